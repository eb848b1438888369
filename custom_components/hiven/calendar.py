"""Calendar: when the car charges, and how it went."""

from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .api import HivenError, Schedule, Session, SessionStatus
from .coordinator import HivenConfigEntry
from .entity import HivenEntity, HivenEntityDescription, async_add_vehicle_entities
from .names import async_event_label, async_event_title
from .plan import Window, current_or_next, windows

PARALLEL_UPDATES = 0

PLANNED = "planned"
ENDED = "ended"
TITLES: dict[str | None, str] = {
    SessionStatus.ACTIVE: "active",
    SessionStatus.COMPLETE: "complete",
    SessionStatus.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, kw_only=True)
class HivenCalendarDescription(HivenEntityDescription, CalendarEntityDescription):
    """Describes a calendar; `value_fn` returns the plan."""


CALENDARS = (
    HivenCalendarDescription(
        key="charging_plan", value_fn=lambda vehicle: vehicle.schedule
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendar."""
    async_add_vehicle_entities(entry, async_add_entities, HivenCalendar, CALENDARS)


class HivenCalendar(HivenEntity, CalendarEntity):
    """The charging plan, and past sessions."""

    entity_description: HivenCalendarDescription

    @property
    def _schedule(self) -> Schedule | None:
        return self._value  # type: ignore[no-any-return]

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the window that runs, else the next one."""
        window = current_or_next(self._schedule, dt_util.utcnow())
        if window is None or self._schedule is None:
            return None
        return self._event(window, PLANNED, self._schedule)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return windows ahead from the plan, those behind from the sessions."""
        now = dt_util.utcnow()
        found: list[tuple[Window, str, Schedule]] = []
        if start_date < now:
            found += [
                (window, TITLES.get(session.status, ENDED), session)
                for session in await self._sessions()
                for window in _windows_of(session)
                if window.end <= now
            ]
        if self._schedule is not None:
            found += [
                (window, PLANNED, self._schedule)
                for window in windows(self._schedule.hourly_charges)
                if window.end > now
            ]
        return [
            self._event(window, title, schedule)
            for window, title, schedule in sorted(found, key=lambda item: item[0].start)
            if window.start < end_date and window.end > start_date
        ]

    async def _sessions(self) -> tuple[Session, ...]:
        try:
            return await self.coordinator.plans.sessions(self.vehicle_id)
        except HivenError as err:
            raise self.coordinator.async_call_failed(err) from err

    def _event(self, window: Window, title: str, schedule: Schedule) -> CalendarEvent:
        lines = []
        if schedule.ready_time is not None:
            at = dt_util.as_local(schedule.ready_time)
            lines.append(f"{self._label('ready_time')}: {at:%Y-%m-%d %H:%M}")
        if schedule.spot_price_area_id is not None:
            lines.append(
                f"{self._label('spot_price_area')}: {schedule.spot_price_area_id}"
            )
        return CalendarEvent(
            start=dt_util.as_local(window.start),
            end=dt_util.as_local(window.end),
            summary=async_event_title(self.hass, title),
            description="\n".join(lines) or None,
        )

    def _label(self, key: str) -> str:
        return async_event_label(self.hass, key)


def _windows_of(session: Session) -> list[Window]:
    """Return when a session charged: up to its end, if that came before its plan's."""
    result = []
    for window in windows(session.hourly_charges):
        end = min(window.end, session.ended_at or window.end)
        if end > window.start:
            result.append(Window(window.start, end))
    return result
