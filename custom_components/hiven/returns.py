"""Settings that go back by themselves: one day only, or until the car has charged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .api import (
    ChargingBehavior,
    ChargingStatus,
    Day,
    HivenError,
    Preferences,
    StateOfCharge,
)
from .const import DOMAIN, LOGGER
from .coordinator import HivenCoordinator
from .errors import invalid, translated, vehicle_error_key
from .preferences import Change
from .store import async_read_preferences
from .writer import Writer

TRY_AGAIN = timedelta(minutes=5)

_FULL = (ChargingStatus.COMPLETE, ChargingStatus.CHARGING_COMPLETED)
_PLUGGED_IN = (ChargingStatus.CHARGING, ChargingStatus.PLUGGED, *_FULL)


@dataclass(frozen=True)
class Kept:
    """A setting that goes back: its value before, its value now, and when.

    Without a time it goes back when the car is full or unplugged.
    """

    before: Any
    now: Any
    until: datetime | None


@dataclass(frozen=True)
class Pending:
    """The settings of a vehicle that go back, by field name or day."""

    settings: Mapping[str, Kept] = field(default_factory=dict)
    # What the car has done since "charge now" began.
    was_plugged_in: bool = False
    has_charged: bool = False

    @property
    def until(self) -> datetime | None:
        """When the next setting goes back, if that has a time."""
        times = [kept.until for kept in self.settings.values() if kept.until]
        return min(times, default=None)

    @property
    def charges_now(self) -> bool:
        """Whether smart charging is off until the car is full or unplugged."""
        return any(kept.until is None for kept in self.settings.values())


class Returns:
    """Keeps what goes back, also across restarts, and puts it back."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: HivenCoordinator,
        writer: Writer,
    ) -> None:
        """Write with a writer."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._writer = writer
        self._store: Store[dict[str, Any]] = _store(hass, entry)
        self._pending: dict[str, Pending] = {}
        self._returning: set[str] = set()
        self._not_before: dict[str, datetime] = {}
        self._cancel_timer: CALLBACK_TYPE | None = None

    async def async_load(self) -> None:
        """Read what was pending when Home Assistant stopped."""
        for vehicle_id, stored in (await self._store.async_load() or {}).items():
            self._pending[vehicle_id] = _from_json(stored)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Put back what is due from now on; return what ends that."""
        stop_listening = self._coordinator.async_add_listener(self._async_follow)
        self._async_follow()

        @callback
        def stop() -> None:
            stop_listening()
            self._async_stop_timer()

        return stop

    @callback
    def pending(self, vehicle_id: str) -> Pending | None:
        """Return what goes back for a vehicle, if anything."""
        return self._pending.get(vehicle_id)

    async def async_change_until(
        self, vehicle_id: str, change: Change, until: datetime
    ) -> None:
        """Store a change that goes back at a time; raises HomeAssistantError."""
        before = await self._writer.async_write(vehicle_id, change)
        await self._async_keep(vehicle_id, change, before, until)

    async def async_charge_now(self, vehicle_id: str) -> None:
        """Turn smart charging off until the car is full or unplugged.

        Raises HomeAssistantError.
        """
        change = Change(charging_behavior=ChargingBehavior.OFF)
        before = await self._writer.async_write(vehicle_id, change)
        if before.charging_behavior == ChargingBehavior.OFF:
            raise invalid("charges_at_once_anyway")
        await self._async_keep(vehicle_id, change, before, None)

    async def async_smart_again(self, vehicle_id: str) -> None:
        """End "charge now" at once; raises HomeAssistantError."""
        pending = self._pending.get(vehicle_id, Pending())
        names = [name for name, kept in pending.settings.items() if not kept.until]
        try:
            await self._async_put_back(vehicle_id, names)
        except HivenError as err:
            raise translated(
                err, HomeAssistantError, key=vehicle_error_key(err)
            ) from err

    # What is kept.

    async def _async_keep(
        self,
        vehicle_id: str,
        change: Change,
        before: Preferences,
        until: datetime | None,
    ) -> None:
        pending = self._pending.get(vehicle_id, Pending())
        settings = dict(pending.settings)
        for name, now in _settings(change).items():
            # What a second change replaces came from the first one.
            earlier = settings.get(name)
            value = earlier.before if earlier else _value_of(before, name)
            settings[name] = Kept(value, now, until)
        self._pending[vehicle_id] = replace(pending, settings=settings)
        await self._async_kept_changed()

    async def _async_drop(self, vehicle_id: str, names: Iterable[str]) -> None:
        """Keep some settings no longer."""
        pending = self._pending.get(vehicle_id, Pending())
        settings = {
            name: kept for name, kept in pending.settings.items() if name not in names
        }
        if settings:
            self._pending[vehicle_id] = replace(pending, settings=settings)
        else:
            self._pending.pop(vehicle_id, None)
        await self._async_kept_changed()

    async def _async_kept_changed(self) -> None:
        await self._store.async_save(self._to_store())
        self._coordinator.async_update_listeners()

    def _to_store(self) -> dict[str, Any]:
        return {id_: _to_json(pending) for id_, pending in self._pending.items()}

    # When it goes back.

    @callback
    def _async_follow(self, _now: datetime | None = None) -> None:
        """Put back what is due; wake up for what is due next."""
        self._async_stop_timer()
        if self._coordinator.is_closed or self._hass.is_stopping:
            return
        now = dt_util.utcnow()
        upcoming: list[datetime] = []
        for vehicle_id in list(self._pending):
            self._async_note_status(vehicle_id)
            if vehicle_id in self._returning:
                continue
            due = self._due(vehicle_id, now)
            not_before = self._not_before.get(vehicle_id, now)
            if due and not_before <= now:
                self._returning.add(vehicle_id)
                self._entry.async_create_background_task(
                    self._hass,
                    self._async_return(vehicle_id, due),
                    f"{DOMAIN} settings return",
                )
            elif due:
                upcoming.append(not_before)
            elif (until := self._pending[vehicle_id].until) is not None:
                upcoming.append(until)
        if upcoming:
            self._cancel_timer = async_call_later(
                self._hass,
                min(upcoming) - now,
                HassJob(self._async_follow, cancel_on_shutdown=True),
            )

    @callback
    def _async_note_status(self, vehicle_id: str) -> None:
        """Note what a car does that is to charge now."""
        pending = self._pending[vehicle_id]
        status = self._status(vehicle_id)
        noted = replace(
            pending,
            was_plugged_in=pending.was_plugged_in or status in _PLUGGED_IN,
            has_charged=pending.has_charged or status == ChargingStatus.CHARGING,
        )
        if pending.charges_now and noted != pending:
            self._pending[vehicle_id] = noted
            self._store.async_delay_save(self._to_store)

    def _due(self, vehicle_id: str, now: datetime) -> list[str]:
        """Return the settings that go back now, or that somebody changed since."""
        state = self._coordinator.data.get(vehicle_id)
        if state is None or state.preferences is None:
            return []
        pending = self._pending[vehicle_id]
        status = self._status(vehicle_id)
        is_over = (pending.has_charged and status in _FULL) or (
            pending.was_plugged_in and status == ChargingStatus.DISCONNECTED
        )
        return [
            name
            for name, kept in pending.settings.items()
            if (is_over if kept.until is None else kept.until <= now)
            or (kept.until is None and _value_of(state.preferences, name) != kept.now)
        ]

    def _status(self, vehicle_id: str) -> str | None:
        state = self._coordinator.data.get(vehicle_id)
        return state.status.charging_status if state and state.status else None

    async def _async_return(self, vehicle_id: str, names: list[str]) -> None:
        try:
            await self._async_put_back(vehicle_id, names)
        except ServiceValidationError as err:
            LOGGER.warning("Settings do not go back, as Hiven would refuse: %s", err)
            await self._async_drop(vehicle_id, names)
        except (HivenError, HomeAssistantError) as err:
            LOGGER.warning("Settings go back later, as Hiven cannot store: %s", err)
            self._not_before[vehicle_id] = dt_util.utcnow() + TRY_AGAIN
        finally:
            self._returning.discard(vehicle_id)
        self._async_follow()

    async def _async_put_back(self, vehicle_id: str, names: Iterable[str]) -> None:
        """Write the values from before, but leave what somebody changed meanwhile.

        Raises HivenError or HomeAssistantError.
        """
        pending = self._pending.get(vehicle_id, Pending())
        held = await async_read_preferences(self._coordinator.client, vehicle_id)
        change = _change(
            {
                name: kept.before
                for name in names
                if (kept := pending.settings.get(name)) is not None
                and held is not None
                and _value_of(held, name) == kept.now
            }
        )
        if change.touched:
            await self._writer.async_write(vehicle_id, change)
        self._not_before.pop(vehicle_id, None)
        await self._async_drop(vehicle_id, names)

    @callback
    def _async_stop_timer(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None


async def async_forget_returns(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget what is kept for an account that is removed."""
    await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[dict[str, Any]]:
    return Store(hass, 1, f"{DOMAIN}.{entry.entry_id}")


# Settings by name: a field of Preferences, or a day.


def _settings(change: Change) -> dict[str, Any]:
    """Return what a change sets, by name."""
    return {**change.values, **change.days}


def _value_of(preferences: Preferences, name: str) -> Any:
    if name in Day:
        return preferences.week_day_ready_times.get(name)
    return getattr(preferences, name)


def _change(settings: Mapping[str, Any]) -> Change:
    """Return the change that sets values; only a day can be cleared."""
    return Change(
        days={name: value for name, value in settings.items() if name in Day},
        **{
            name: value
            for name, value in settings.items()
            if name not in Day and value is not None
        },
    )


def _to_json(pending: Pending) -> dict[str, Any]:
    return {
        "was_plugged_in": pending.was_plugged_in,
        "has_charged": pending.has_charged,
        "settings": {
            name: {
                "before": _dumped(kept.before),
                "now": _dumped(kept.now),
                "until": kept.until.isoformat() if kept.until else None,
            }
            for name, kept in pending.settings.items()
        },
    }


def _from_json(stored: Mapping[str, Any]) -> Pending:
    return Pending(
        settings={
            name: Kept(
                before=_loaded(name, kept["before"]),
                now=_loaded(name, kept["now"]),
                until=datetime.fromisoformat(kept["until"]) if kept["until"] else None,
            )
            for name, kept in stored["settings"].items()
        },
        was_plugged_in=stored["was_plugged_in"],
        has_charged=stored["has_charged"],
    )


def _dumped(value: Any) -> Any:
    match value:
        case StateOfCharge():
            return {"value": value.value, "unit": value.unit}
        case time():
            return value.isoformat()
        case tuple():
            return list(value)
    return value


def _loaded(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("target_soc", "minimum_soc"):
        return StateOfCharge(**value)
    if name == "ready_time" or name in Day:
        return time.fromisoformat(value)
    if name == "charging_location_ids":
        return tuple(value)
    return ChargingBehavior(value) if value in ChargingBehavior else value
