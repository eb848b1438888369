"""Reads the plans of an account's vehicles, and their past sessions."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .alarm import Alarm
from .api import ChargingBehavior, HivenError, Preferences, Schedule, Session
from .const import LOGGER
from .coordinator import HivenCoordinator
from .freshness import STALE_AFTER, Freshness
from .plan import Plan
from .preferences import is_same
from .state import VehicleState

READ_EVERY = timedelta(minutes=15)
# After a change, Hiven may take a minute to make a new plan.
READ_AFTER_CHANGE = (timedelta(), timedelta(seconds=10), timedelta(seconds=60))
KEEP_SESSIONS = timedelta(minutes=15)
KEEP_FAILURE = timedelta(minutes=1)
# A manual update does not read a plan again that was read within this time.
KEEP_PLAN = timedelta(seconds=10)


@dataclass
class _Record:
    """The plan of a vehicle, and when to read it again.

    If `plan` is None and `is_known` is true, Hiven has made no plan.
    """

    preferences: Preferences
    charging_status: str | None
    due: list[datetime]
    freshness: Freshness = field(default_factory=Freshness)
    plan: Plan | None = None
    is_known: bool = False
    # After a change of settings: the previous schedule. Until `settles_at`, the same
    # schedule means that Hiven has not planned again yet.
    outdated: Schedule | None = None
    settles_at: datetime | None = None
    task: asyncio.Task[None] | None = None

    def await_plan(self, now: datetime) -> None:
        """Read several times after a change of settings, until Hiven has a new plan."""
        self.due = [now + delay for delay in READ_AFTER_CHANGE]


@dataclass
class _Past:
    """The sessions as last read, and until when they are cached."""

    sessions: tuple[Session, ...] = ()
    until: datetime | None = None
    # A counter of reads, and a lock so that one caller reads at a time.
    readings: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    freshness: Freshness = field(default_factory=Freshness)


class Plans:
    """Reads plans when they may have changed, independently of polls."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, coordinator: HivenCoordinator
    ) -> None:
        """Read for the vehicles of a coordinator."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._client = coordinator.client
        self._records: dict[str, _Record] = {}
        self._past: dict[str, _Past] = {}
        self._has_started = False
        self._is_zone_reported = False
        self._alarm = Alarm(hass, self._async_read_due)

    @callback
    def plan(self, vehicle_id: str) -> Plan | None:
        """Return the plan of a vehicle; None if there is none or it is not known."""
        record = self._records.get(vehicle_id)
        return record.plan if record else None

    @callback
    def is_known(self, vehicle_id: str) -> bool:
        """Return whether Hiven's answer is known, which may be that there is no plan."""
        record = self._records.get(vehicle_id)
        return record is None or record.is_known

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow reports until the account closes; return a function that stops the timer."""
        self._coordinator.async_add_listener(self._async_follow)
        return self._alarm.stop

    @callback
    def async_begin_reading(self) -> None:
        """Read what is due from now on; until then, entities come first."""
        self._has_started = True
        self._async_read_due()

    async def async_read(self, vehicle_id: str) -> None:
        """Read a plan now, unless it was just read or Hiven asks to wait."""
        record = self._records.get(vehicle_id)
        if record is None:
            return
        last_good = record.freshness.last_good
        now = dt_util.utcnow()
        if (
            record.task is None
            and not record.freshness.waits(now)
            and (last_good is None or now - last_good > KEEP_PLAN)
        ):
            self._async_begin(vehicle_id, record, now)
        if record.task is not None:
            await asyncio.wait([record.task])

    async def async_read_first(self, vehicle_id: str) -> None:
        """Read a plan, unless that was tried before."""
        record = self._records.get(vehicle_id)
        if record is not None and not record.freshness.was_tried:
            await self.async_read(vehicle_id)

    async def async_sessions(
        self, vehicle_id: str, *, force_refresh: bool = False
    ) -> tuple[Session, ...]:
        """Return a vehicle's sessions, cached for 15 minutes.

        Raises HivenError. For a minute, the same error is raised without a new request.
        """
        past = self._past.setdefault(vehicle_id, _Past())
        now = dt_util.utcnow()
        is_kept = past.until is not None and now < past.until
        if not is_kept or (force_refresh and not past.freshness.waits(now)):
            readings = past.readings
            async with past.lock:
                # Another caller may have read them in the meantime.
                if past.readings == readings:
                    await self._read_sessions(vehicle_id, past)
        if past.freshness.error is not None:
            raise past.freshness.error
        return past.sessions

    async def _read_sessions(self, vehicle_id: str, past: _Past) -> None:
        name = f"Past charging of {self._name(vehicle_id)}"
        try:
            async with self._coordinator.slots:
                past.sessions = await self._client.sessions(vehicle_id)
        except HivenError as err:
            past.freshness.failed(name, err)
            until = dt_util.utcnow() + KEEP_FAILURE
            past.until = max(until, past.freshness.wait_until or until)
        else:
            past.freshness.succeeded(name)
            past.until = dt_util.utcnow() + KEEP_SESSIONS
        past.readings += 1

    # When to read.

    @callback
    def _async_follow(self) -> None:
        """Find out which plans are due, and read them."""
        now = dt_util.utcnow()
        states = self._coordinator.data
        for vehicle_id in list(self._records):
            if not _charges_smartly(states.get(vehicle_id)):
                del self._records[vehicle_id]
        for vehicle_id, state in states.items():
            if _charges_smartly(state):
                self._note(vehicle_id, state, now)
        self._async_read_due()

    @callback
    def _note(self, vehicle_id: str, state: VehicleState, now: datetime) -> None:
        """Record changes of a vehicle's settings and charging status."""
        assert state.preferences is not None
        charging_status = state.status.charging_status if state.status else None
        if (record := self._records.get(vehicle_id)) is None:
            record = _Record(state.preferences, charging_status, due=[now])
            self._records[vehicle_id] = record
            if self._has_started:
                # Smart charging was turned on.
                record.await_plan(now)
                record.settles_at = record.due[-1]
            return
        if record.preferences is not state.preferences:
            record.await_plan(now)
            if not _plans_alike(record.preferences, state.preferences):
                record.settles_at = record.due[-1]
                record.outdated = record.plan.schedule if record.plan else None
            record.preferences = state.preferences
        if record.charging_status != charging_status:
            record.charging_status = charging_status
            record.due.append(now)

    @callback
    def _async_read_due(self, _now: datetime | None = None) -> None:
        """Start reading the plans that are due, and schedule the next ones."""
        if (
            not self._has_started
            or self._coordinator.is_closed
            or self._hass.is_stopping
        ):
            return
        now = dt_util.utcnow()
        # While the account fails, reading its plans would fail, too.
        if self._coordinator.last_update_success:
            upcoming = self._read_due(now)
        else:
            upcoming = self._age(now)
        self._alarm.set(min(upcoming, default=None))

    @callback
    def _read_due(self, now: datetime) -> list[datetime]:
        """Start reading the plans that are due; return when the next one is."""
        upcoming: list[datetime] = []
        for vehicle_id, record in self._records.items():
            if not record.due:
                continue
            due = min(record.due)
            if record.freshness.wait_until is not None:
                due = max(due, record.freshness.wait_until)
            if due > now:
                upcoming.append(due)
            elif record.task is None:
                self._async_begin(vehicle_id, record, now)
        return upcoming

    @callback
    def _age(self, now: datetime) -> list[datetime]:
        """Stop showing plans that are too old; return when the next one will be."""
        upcoming: list[datetime] = []
        for vehicle_id, record in list(self._records.items()):
            if not record.is_known:
                continue
            assert record.freshness.last_good is not None
            stale_at = record.freshness.last_good + STALE_AFTER
            if stale_at <= now:
                self._show(vehicle_id, record, None, is_known=False)
            else:
                upcoming.append(stale_at)
        return upcoming

    # Reading.

    @callback
    def _async_begin(self, vehicle_id: str, record: _Record, now: datetime) -> None:
        record.due = [at for at in record.due if at > now]
        if not record.due and not self._entry.pref_disable_polling:
            record.due = [now + READ_EVERY]
        record.task = self._entry.async_create_background_task(
            self._hass,
            self._async_read_one(vehicle_id, record),
            "Hiven plans",
            # The task must not end before it is in the record.
            eager_start=False,
        )

    async def _async_read_one(self, vehicle_id: str, record: _Record) -> None:
        asked_for = record.preferences
        answer: Schedule | HivenError | None
        try:
            async with self._coordinator.slots:
                answer = await self._client.schedule(vehicle_id)
        except HivenError as err:
            answer = err
        finally:
            record.task = None
        if self._records.get(vehicle_id) is not record:
            # Smart charging was turned off, or the vehicle is gone.
            return
        if _plans_alike(record.preferences, asked_for):
            self._take(vehicle_id, record, answer)
        self._async_read_due()
        if isinstance(answer, Schedule):
            await self._async_report_zone(answer)

    @callback
    def _take(
        self, vehicle_id: str, record: _Record, answer: Schedule | HivenError | None
    ) -> None:
        """Store an answer or an error, and show it."""
        now = dt_util.utcnow()
        name = f"The plan of {self._name(vehicle_id)}"
        if isinstance(answer, HivenError):
            record.freshness.failed(name, answer)
            if record.settles_at is not None:
                record.due.append(now + KEEP_FAILURE)
            # Do not show a plan that was made for earlier settings.
            if record.settles_at is not None or record.freshness.is_stale(now):
                self._show(vehicle_id, record, None, is_known=False)
            return
        record.freshness.succeeded(name)
        has_settled = record.settles_at is None or now >= record.settles_at
        if has_settled or answer != record.outdated:
            record.outdated = record.settles_at = None
            self._show(vehicle_id, record, answer, is_known=True)
        else:
            self._show(vehicle_id, record, None, is_known=False)

    @callback
    def _show(
        self,
        vehicle_id: str,
        record: _Record,
        schedule: Schedule | None,
        *,
        is_known: bool,
    ) -> None:
        is_same = schedule == (record.plan.schedule if record.plan else None)
        if is_same and record.is_known == is_known:
            return
        record.is_known = is_known
        if not is_same:
            record.plan = Plan(schedule) if schedule else None
            self._coordinator.async_watch_edges(
                vehicle_id, record.plan.edges if record.plan else ()
            )
        self._coordinator.async_update_listeners()

    async def _async_report_zone(self, schedule: Schedule) -> None:
        """Log once that Hiven plans in another time zone; planned hours are right."""
        if self._is_zone_reported or schedule.time_zone is None:
            return
        try:
            zone = await dt_util.async_get_time_zone(schedule.time_zone)
        except OSError, ValueError:
            zone = None
        moments = [*schedule.hourly_charges]
        if schedule.ready_time is not None:
            moments.append(schedule.ready_time)
        # Compare the offset, because one time zone can have several names.
        if any(
            zone is None
            or moment.astimezone(zone).utcoffset()
            != dt_util.as_local(moment).utcoffset()
            for moment in moments
        ):
            self._is_zone_reported = True
            LOGGER.warning(
                "Hiven plans in another time zone (%s) than Home Assistant's (%s). "
                "Planned hours are right, but Hiven takes ready times in its own zone",
                zone or "unknown here",
                self._hass.config.time_zone,
            )

    def _name(self, vehicle_id: str) -> str:
        state = self._coordinator.data.get(vehicle_id)
        return state.vehicle.display_name if state else vehicle_id


def _charges_smartly(state: VehicleState | None) -> bool:
    return (
        state is not None
        and state.preferences is not None
        and state.preferences.charging_behavior != ChargingBehavior.OFF
    )


def _plans_alike(one: Preferences, other: Preferences) -> bool:
    """Return whether Hiven makes the same plan with both preferences.

    The minimum does not matter, because it is charged at once, without a plan.
    """
    return is_same(replace(one, minimum_soc=other.minimum_soc), other)
