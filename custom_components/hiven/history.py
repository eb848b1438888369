"""What cars did: when they were plugged in, how fast they charge, ended sessions."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .alarm import Alarm
from .api import (
    FULL,
    ChargingBehavior,
    ChargingStatus,
    HivenError,
    Session,
    SessionStatus,
    Status,
)
from .const import DOMAIN
from .coordinator import HivenCoordinator
from .plan import Slot, windows_of
from .plans import Plans
from .preferences import missing_to_target
from .reported import is_ahead, moments_in
from .state import VehicleState
from .storage import File, VehicleStorage

_REMEMBERED_SPEEDS = 5
# After a longer gap between two reports, it is unknown how long the car charged, so
# the session has no minutes and no speed.
_LONGEST_GAP = timedelta(hours=2)
# Shorter charging says little about the speed.
_LONG_ENOUGH = timedelta(minutes=20)
# Hiven may close a session a moment after the car has stopped.
ASK_AGAIN_AFTER = timedelta(minutes=1)
# In seconds.
SAVE_AFTER = 1

_MOMENTS = (
    *("reported_at", "plugged_in_since", "charging_since", "started_at"),
    *("stopped_at", "session_ended_at"),
)


@dataclass(frozen=True, kw_only=True)
class EndedSession:
    """A charging session that has ended; energy in kWh, state of charge in %.

    `charged` is when the car charged, `minutes` how long, as far as that is known.
    """

    start: datetime
    end: datetime
    is_completed: bool
    minutes: int | None
    soc_before: float | None = None
    soc_after: float | None = None
    energy: float | None = None
    charged: tuple[Slot, ...] = ()


@dataclass(frozen=True, kw_only=True)
class History:
    """What a car has done so far, according to its reports.

    `charging_since` and `soc_before` belong to the current charging session,
    `charged_for` is how long it has charged, without pauses; None if that is unknown.
    `stopped_at` is when it last stopped charging. `speeds` are in kW.
    """

    reported_at: datetime | None = None
    status: str | None = None
    plugged_in_since: datetime | None = None
    charging_since: datetime | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    soc_before: float | None = None
    soc_after: float | None = None
    charged_for: timedelta | None = timedelta()
    session_ended_at: datetime | None = None
    speeds: tuple[float, ...] = ()

    @property
    def speed(self) -> float | None:
        """The median of the last charging speeds in kW; None if none is known."""
        return median(self.speeds) if self.speeds else None

    def after(self, status: Status, at: datetime) -> History:
        """Return the history, updated with a report whose time is `at`."""
        if self.reported_at is not None and at <= self.reported_at:
            return self
        kind = status.charging_status
        after = replace(self, reported_at=at, status=kind)
        if kind == ChargingStatus.DISCONNECTED:
            after = replace(after, plugged_in_since=None)
        elif kind != ChargingStatus.NOT_CHARGING and self.plugged_in_since is None:
            after = replace(after, plugged_in_since=at)
        if self.charging_since is not None and self.reported_at is not None:
            gap = at - self.reported_at
            charged_for = self.charged_for
            if charged_for is not None:
                charged_for = charged_for + gap if gap <= _LONGEST_GAP else None
            after = replace(after, soc_after=status.soc, charged_for=charged_for)
        if kind != ChargingStatus.CHARGING:
            if self.charging_since is not None or self._is_filled_by(status):
                after = replace(after, stopped_at=at, soc_after=status.soc)
            return replace(after, charging_since=None)
        if self.charging_since is None:
            after = replace(after, charging_since=at)
        if self.started_at is None:
            after = replace(after, started_at=at, soc_before=status.soc)
        return replace(after, soc_after=status.soc)

    def _is_filled_by(self, status: Status) -> bool:
        """Return whether a car that had paused became full without another report."""
        return (
            status.charging_status in FULL
            and status.soc is not None
            and self.soc_after is not None
            and status.soc > self.soc_after
        )

    def over(self, ended_at: datetime, speed: float | None) -> History:
        """Return the history after a session has ended."""
        speeds = self.speeds if speed is None else (*self.speeds, speed)
        return replace(
            self,
            started_at=None,
            stopped_at=None,
            soc_before=None,
            soc_after=None,
            charged_for=timedelta(),
            session_ended_at=ended_at,
            speeds=speeds[-_REMEMBERED_SPEEDS:],
        )


class Histories:
    """Follows the reports of cars, and detects the end of each session once."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: HivenCoordinator,
        plans: Plans,
    ) -> None:
        """Follow the vehicles of a coordinator; plans know Hiven's sessions."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._plans = plans
        self._store = VehicleStorage(hass, entry, File.HISTORIES, _from_json, _to_json)
        self._histories = self._store.values
        self._listeners: dict[str, list[Callable[[EndedSession], None]]] = {}
        # Sessions that ended before anything listened, for example during a start.
        self._missed: dict[str, EndedSession] = {}
        self._alarms: dict[str, Alarm] = {}
        coordinator.async_follow_ids(self._async_follow_id)

    async def async_load(self) -> None:
        """Load the stored histories."""
        await self._store.async_load()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow reports until the account closes; return a function that stops the timers."""
        self._coordinator.async_add_listener(self._async_follow)

        @callback
        def stop() -> None:
            for alarm in self._alarms.values():
                alarm.stop()

        return stop

    async def async_save(self) -> None:
        """Store the histories now, because a reloaded account loads them at once."""
        await self._store.async_save()

    @callback
    def history(self, vehicle_id: str) -> History | None:
        """Return the history of a car."""
        return self._histories.get(vehicle_id)

    @callback
    def async_listen(
        self, vehicle_id: str, listener: Callable[[EndedSession], None]
    ) -> CALLBACK_TYPE:
        """Call a listener when a car's session ends; return a function that stops it."""
        listeners = self._listeners.setdefault(vehicle_id, [])
        listeners.append(listener)
        if (missed := self._missed.pop(vehicle_id, None)) is not None:
            listener(missed)
        return lambda: listeners.remove(listener)

    @callback
    def _async_follow(self) -> None:
        for vehicle_id, state in self._coordinator.data.items():
            if state.status is None:
                continue
            assert state.reported_at is not None
            before = self._histories.get(vehicle_id, History())
            after = before.after(state.status, state.reported_at)
            if after is before:
                continue
            self._histories[vehicle_id] = after
            self._store.async_save_soon(SAVE_AFTER)
            has_stopped = before.charging_since and not after.charging_since
            if after.started_at and (has_stopped or _is_over(after, state)):
                self._async_ask(vehicle_id, is_last=False)

    @callback
    def _async_follow_id(self, old_id: str, new_id: str | None) -> None:
        """Move the history of a vehicle to its new id, or drop it."""
        self._async_stop_asking(old_id)
        if (history := self._histories.pop(old_id, None)) is not None:
            if new_id is not None:
                self._histories[new_id] = history
            self._store.async_save_soon(SAVE_AFTER)

    # Ending sessions.

    @callback
    def _async_ask(self, vehicle_id: str, *, is_last: bool) -> None:
        self._entry.async_create_background_task(
            self._hass,
            self._async_end(vehicle_id, is_last=is_last),
            f"{DOMAIN} session",
        )

    async def _async_end(self, vehicle_id: str, *, is_last: bool) -> None:
        """Ask Hiven about the session of a car that stopped charging."""
        try:
            sessions = await self._plans.async_sessions(vehicle_id, force_refresh=True)
        except HivenError:
            sessions = ()
        state = self._coordinator.data.get(vehicle_id)
        history = self._histories.get(vehicle_id)
        if state is None or history is None or history.started_at is None:
            return
        # Ignore sessions that ended earlier.
        begun = max(history.started_at, history.session_ended_at or history.started_at)
        mine = [each for each in sessions if _last_moment(each) > begun]
        ended = [each for each in mine if each.status != SessionStatus.ACTIVE]
        if ended:
            last = max(ended, key=_last_moment)
            self._async_ended(vehicle_id, state, last)
        elif history.charging_since is not None or not (
            _is_over(history, state) or _charges_at_once(state)
        ):
            # The car charges again, or its plan has more to charge later.
            return
        elif mine and not is_last:
            self._async_ask_later(vehicle_id)
        else:
            self._async_ended(vehicle_id, state, None)

    @callback
    def _async_ask_later(self, vehicle_id: str) -> None:
        """Ask once more; further reports do not postpone that."""
        if vehicle_id in self._alarms or self._coordinator.is_closed:
            return

        @callback
        def ask(_now: datetime) -> None:
            del self._alarms[vehicle_id]
            self._async_ask(vehicle_id, is_last=True)

        alarm = self._alarms[vehicle_id] = Alarm(self._hass, ask)
        alarm.set(dt_util.utcnow() + ASK_AGAIN_AFTER)

    @callback
    def _async_stop_asking(self, vehicle_id: str) -> None:
        if (alarm := self._alarms.pop(vehicle_id, None)) is not None:
            alarm.stop()

    @callback
    def _async_ended(
        self, vehicle_id: str, state: VehicleState, session: Session | None
    ) -> None:
        """Report a session that has ended, with Hiven's data or else the car's."""
        self._async_stop_asking(vehicle_id)
        history = self._histories[vehicle_id]
        assert history.started_at is not None
        start = history.started_at
        end = history.stopped_at or history.reported_at or dt_util.utcnow()
        charged_for = history.charged_for
        # Reports do not show when a car paused.
        charged = [Slot(start, end, 1.0)] if charged_for == end - start else []
        is_completed = history.status in FULL or _is_at_target(state)
        if session is not None:
            # Later sessions are recognized by ending after this one.
            end = min(session.ended_at or end, dt_util.utcnow())
            is_completed = session.status == SessionStatus.COMPLETE
            if windows := windows_of(session):
                start = windows[0].start
                charged = [each.as_slot for each in windows]
                charged_for = sum((each.charging for each in windows), timedelta())
        energy = _energy(history, state)
        speed = None
        if energy and history.charged_for and history.charged_for >= _LONG_ENOUGH:
            speed = energy / (history.charged_for / timedelta(hours=1))
        self._histories[vehicle_id] = history.over(end, speed)
        self._store.async_save_soon(SAVE_AFTER)
        self._coordinator.async_update_listeners()
        ended = EndedSession(
            start=start,
            end=end,
            is_completed=is_completed,
            minutes=None
            if charged_for is None
            else round(charged_for / timedelta(minutes=1)),
            soc_before=history.soc_before,
            soc_after=history.soc_after,
            energy=energy,
            charged=tuple(charged),
        )
        if not self._listeners.get(vehicle_id):
            self._missed[vehicle_id] = ended
        for listener in tuple(self._listeners.get(vehicle_id, ())):
            listener(ended)


def _is_over(history: History, state: VehicleState) -> bool:
    """Return whether a car is full, was unplugged, or stopped at its target."""
    return history.status in (*FULL, ChargingStatus.DISCONNECTED) or (
        history.charging_since is None and _is_at_target(state)
    )


def _is_at_target(state: VehicleState) -> bool:
    missing = missing_to_target(state.preferences, state.status)
    return missing is not None and missing <= 0


def _charges_at_once(state: VehicleState) -> bool:
    return (
        state.preferences is not None
        and state.preferences.charging_behavior == ChargingBehavior.OFF
    )


def _last_moment(session: Session) -> datetime:
    """Return when a session ended, or the latest time it may have charged."""
    if session.ended_at is not None:
        return session.ended_at
    windows = windows_of(session)
    if session.status == SessionStatus.ACTIVE or not windows:
        return dt_util.utcnow()
    return windows[-1].end


def _energy(history: History, state: VehicleState) -> float | None:
    capacity = state.status.battery_capacity if state.status else None
    if capacity is None and state.preferences is not None:
        capacity = state.preferences.battery_capacity
    if capacity is None or history.soc_before is None or history.soc_after is None:
        return None
    return max(0.0, history.soc_after - history.soc_before) / 100 * capacity


def _to_json(history: History) -> dict[str, Any]:
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else value.total_seconds()
        if isinstance(value, timedelta)
        else value
        for name, value in asdict(history).items()
    }


def _from_json(stored: Mapping[str, Any]) -> History:
    moments = moments_in(stored, _MOMENTS)
    speeds = tuple(stored["speeds"])
    if any(map(is_ahead, moments.values())):
        # A clock was wrong. Reports would be ignored until that time.
        return History(speeds=speeds)
    seconds = stored["charged_for"]
    charged_for = None if seconds is None else timedelta(seconds=seconds)
    return History(
        **{**stored, **moments, "charged_for": charged_for, "speeds": speeds}
    )
