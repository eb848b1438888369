"""Calendar: planned and past charging."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .account import HivenConfigEntry
from .api import ChargingStatus, HivenError, Schedule, Session, SessionStatus
from .entity import HivenEntityDescription, HivenValueEntity, async_add_vehicle_entities
from .errors import translated, vehicle_error_key
from .names import async_event_sentence, async_event_title
from .plan import HOUR, Plan, Window, windows_of

PARALLEL_UPDATES = 0

type _Event = tuple[Window, str, Schedule]
"""When an event is, the key of its title, and its plan."""

JUST_NOW = timedelta(minutes=1)
ACTIVE = "active"
COMPLETE = "complete"
PLANNED = "planned"
ENDED = "ended"
TITLES: dict[str | None, str] = {
    SessionStatus.COMPLETE: COMPLETE,
    SessionStatus.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, kw_only=True)
class HivenCalendarDescription(HivenEntityDescription[Plan], CalendarEntityDescription):
    """Describes a calendar; `value_fn` returns the plan."""


CALENDARS = (
    HivenCalendarDescription(
        key="charging_plan", value_fn=lambda car: car.plan, plan=True
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendar."""
    async_add_vehicle_entities(entry, async_add_entities, HivenCalendar, CALENDARS)


class HivenCalendar(HivenValueEntity[Plan], CalendarEntity):
    """The charging plan, and past sessions."""

    entity_description: HivenCalendarDescription

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the current window, else the next one."""
        now = dt_util.utcnow()
        if self._value is None or (window := self._value.current_or_next(now)) is None:
            return None
        parts = _parts(window)
        part = next((each for each in parts if each.end > now), parts[-1])
        return self._event(part, PLANNED, self._value.schedule)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return future windows from the plan, and past ones from the sessions."""
        plan = self._value
        planned: list[_Event] = (
            [(window, PLANNED, plan.schedule) for window in plan.windows]
            if plan
            else []
        )
        now = dt_util.utcnow()
        if start_date >= now - JUST_NOW:
            # Calendar triggers request the period since their last request, moments
            # ago.
            found = planned
        else:
            ahead = [event for event in planned if event[0].end > now]
            running = (window.start for window, *_ in ahead if window.start <= now)
            past = await self._past(now, next(running, now), is_all=end_date <= now)
            found = past + ahead
        return [
            self._event(part, title, schedule)
            for window, title, schedule in sorted(found, key=lambda item: item[0].start)
            for part in _parts(window)
            if part.start < end_date and part.end > start_date
        ]

    async def _past(
        self, now: datetime, until: datetime, *, is_all: bool
    ) -> list[_Event]:
        """Return when the car charged, and how that ended.

        Raises HomeAssistantError if only the past is requested.
        """
        try:
            sessions = await self.account.plans.async_sessions(self.vehicle_id)
        except HivenError as err:
            if is_all:
                raise translated(
                    err, HomeAssistantError, key=vehicle_error_key(err)
                ) from err
            return []
        return [
            (
                replace(window, end=min(window.end, until)),
                self._past_title(
                    session, window, is_over=until < now or window.end <= now
                ),
                session,
            )
            for session in sessions
            for window in windows_of(session)
            if window.start < until
        ]

    def _past_title(self, session: Session, window: Window, *, is_over: bool) -> str:
        """Return the title key of a session's window.

        An active session has charged in the windows that are over.
        """
        if session.status != SessionStatus.ACTIVE:
            return TITLES.get(session.status, ENDED)
        if is_over:
            return COMPLETE
        return ACTIVE if self._charges_in(window) else ENDED

    def _event(self, window: Window, title: str, schedule: Schedule) -> CalendarEvent:
        sentences = []
        if not window.is_exact:
            minutes = round(window.charging / timedelta(minutes=1))
            sentences.append(self._sentence("part", minutes=str(minutes)))
        if schedule.ready_time is not None:
            at = dt_util.as_local(schedule.ready_time)
            sentences.append(self._sentence("ready_time", time=f"{at:%H:%M}"))
        if schedule.spot_price_area_id is not None:
            area = schedule.spot_price_area_id
            sentences.append(self._sentence("spot_price_area", area=area))
        if title == PLANNED and self._charges_in(window):
            title = ACTIVE
        device = self.device_entry
        name = (device.name_by_user or device.name or "") if device else ""
        return CalendarEvent(
            start=dt_util.as_local(window.start),
            end=dt_util.as_local(window.end),
            summary=f"{name}: {async_event_title(self.hass, title)}",
            description=" ".join(sentences) or None,
        )

    def _charges_in(self, window: Window) -> bool:
        """Return whether the car charges right now, in this window."""
        status = self._car.status if self._car else None
        return (
            status is not None
            and status.charging_status == ChargingStatus.CHARGING
            and window.start <= dt_util.utcnow() < window.end
        )

    def _sentence(self, key: str, **values: str) -> str:
        return async_event_sentence(self.hass, key, **values)


def _parts(window: Window) -> list[Window]:
    """Split a window into parts that each end after they start on the wall clock.

    Home Assistant compares local times. When the clocks go back, an hour occurs twice,
    so the window is split at the full hour.
    """
    start, end = dt_util.as_local(window.start), dt_util.as_local(window.end)
    if start.replace(tzinfo=None) < end.replace(tzinfo=None) and (
        start.utcoffset() == end.utcoffset()
        or start.replace(fold=1).utcoffset() == start.utcoffset()
    ):
        return [window]
    turn = window.start.replace(minute=0, second=0, microsecond=0) + HOUR
    first = replace(window, end=turn - timedelta(microseconds=1))
    return [first] if window.end <= turn else [first, replace(window, start=turn)]
