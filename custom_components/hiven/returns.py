"""Restores settings that were changed for a while: until a time, or until charged."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from .alarm import Alarm
from .api import FULL, ChargingBehavior, ChargingStatus, Day, HivenError, Preferences
from .const import DOMAIN, LOGGER
from .coordinator import HivenCoordinator
from .errors import invalid, translated, vehicle_error_key
from .kept import Kept, Pending, change_to, from_json, settings_in, to_json, value_of
from .names import async_field_name
from .preferences import Change
from .storage import File, VehicleStorage
from .store import async_read_preferences
from .writer import Writer

TRY_AGAIN = timedelta(minutes=5)
# A setting that Hiven refuses may be possible after another one changes.
TRY_REFUSED_AGAIN = timedelta(hours=1)

# Despite these errors, Hiven may have stored the change.
_DOUBTFUL = ("not_confirmed", "not_stored", "not_written")
# Errors that occur again, unless another setting changes.
_REFUSALS = ("day_not_cleared", "not_stored", "refused", "refused_said")

_PLUGGED_IN = (ChargingStatus.CHARGING, ChargingStatus.PLUGGED, *FULL)


class Returns:
    """Stores the settings to restore, also across restarts, and restores them."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: HivenCoordinator,
        writer: Writer,
    ) -> None:
        """Write through a writer."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._writer = writer
        self._store = VehicleStorage(hass, entry, File.RETURNS, from_json, to_json)
        self._pending = self._store.values
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._not_before: dict[tuple[str, str], datetime] = {}
        self._alarm = Alarm(hass, self._async_follow)
        coordinator.async_follow_ids(self._async_follow_id)

    async def async_load(self) -> None:
        """Load the stored settings."""
        await self._store.async_load()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Start restoring what is due; return a function that stops the timer."""
        self._coordinator.async_add_listener(self._async_follow)
        return self._alarm.stop

    @callback
    def pending(self, vehicle_id: str) -> Pending | None:
        """Return the settings to restore for a vehicle, if any."""
        return self._pending.get(vehicle_id)

    async def async_change_until(
        self, vehicle_id: str, change: Change, until: datetime
    ) -> None:
        """Store a change until a time; raises HomeAssistantError."""
        if (known := self._known(vehicle_id)) is not None:
            for name in settings_in(change):
                if name not in Day and value_of(known, name) is None:
                    raise invalid(
                        "cannot_go_back", field=async_field_name(self._hass, name)
                    )
        async with self._alone(vehicle_id):
            await self._async_change(vehicle_id, change, until)

    async def async_charge_now(self, vehicle_id: str) -> None:
        """Turn smart charging off until the car is full or unplugged.

        Raises HomeAssistantError.
        """
        async with self._alone(vehicle_id):
            if self._pending.get(vehicle_id, Pending()).charges_now:
                return
            known = self._known(vehicle_id)
            if known is not None and known.charging_behavior == ChargingBehavior.OFF:
                raise invalid("charges_at_once_anyway")
            change = Change(charging_behavior=ChargingBehavior.OFF)
            await self._async_change(vehicle_id, change, None)

    async def async_smart_again(self, vehicle_id: str) -> None:
        """Turn smart charging on again; raises HomeAssistantError."""
        async with self._alone(vehicle_id):
            pending = self._pending.get(vehicle_id, Pending())
            names = [name for name, kept in pending.settings.items() if not kept.until]
            try:
                await self._async_put_back(vehicle_id, names, is_asked=True)
            except HivenError as err:
                raise translated(
                    err, HomeAssistantError, key=vehicle_error_key(err)
                ) from err

    # Storing.

    async def _async_change(
        self, vehicle_id: str, change: Change, until: datetime | None
    ) -> None:
        """Store a change, and the settings to restore.

        These are stored first, because Hiven may store the change even if its answer is
        lost.
        """
        earlier = self._pending.get(vehicle_id)
        if (known := self._known(vehicle_id)) is not None:
            await self._async_keep(vehicle_id, change, known, until, earlier)
        try:
            before = await self._writer.async_write(vehicle_id, change)
        except HomeAssistantError as err:
            if err.translation_key not in _DOUBTFUL:
                await self._async_set(vehicle_id, earlier)
            raise
        await self._async_keep(vehicle_id, change, before, until, earlier)

    async def _async_keep(
        self,
        vehicle_id: str,
        change: Change,
        before: Preferences,
        until: datetime | None,
        earlier: Pending | None,
    ) -> None:
        pending = earlier or Pending()
        if until is None:
            pending = replace(pending, was_plugged_in=False, has_charged=False)
        settings = dict(pending.settings)
        for name, now in settings_in(change).items():
            value = value_of(before, name)
            kept = settings.get(name)
            # After a second change, restore the value from before the first one.
            settings[name] = Kept(
                kept.before if kept and kept.is_held(value) else value, now, until
            )
        await self._async_set(vehicle_id, replace(pending, settings=settings))

    @asynccontextmanager
    async def _alone(self, vehicle_id: str) -> AsyncGenerator[None]:
        """Wait until no other task changes or restores a vehicle; reschedule afterwards."""
        try:
            async with self._locks[vehicle_id]:
                yield
        finally:
            self._async_follow()

    async def _async_drop(self, vehicle_id: str, names: list[str]) -> None:
        """Forget some settings."""
        pending = self._pending.get(vehicle_id, Pending())
        settings = {
            name: kept for name, kept in pending.settings.items() if name not in names
        }
        await self._async_set(vehicle_id, replace(pending, settings=settings))

    async def _async_set(self, vehicle_id: str, pending: Pending | None) -> None:
        if pending is not None and pending.settings:
            self._pending[vehicle_id] = pending
        else:
            self._pending.pop(vehicle_id, None)
        await self._store.async_save()
        self._coordinator.async_update_listeners()

    @callback
    def _async_follow_id(self, old_id: str, new_id: str | None) -> None:
        """Move settings to restore to the vehicle's new id, or drop them."""
        if (pending := self._pending.pop(old_id, None)) is not None:
            for name in pending.settings:
                self._not_before.pop((old_id, name), None)
            if new_id is not None:
                self._pending[new_id] = pending
            self._store.async_save_soon()

    def _known(self, vehicle_id: str) -> Preferences | None:
        state = self._coordinator.data.get(vehicle_id)
        return state.preferences if state else None

    # Restoring.

    @callback
    def _async_follow(self, _now: datetime | None = None) -> None:
        """Restore what is due, and schedule what is due next."""
        if self._coordinator.is_closed or self._hass.is_stopping:
            return
        now = dt_util.utcnow()
        upcoming: list[datetime] = []
        for vehicle_id in list(self._pending):
            self._async_note_status(vehicle_id)
            if self._locks[vehicle_id].locked():
                continue
            moments = self._moments(vehicle_id, now)
            if due := [name for name, at in moments.items() if at <= now]:
                self._entry.async_create_background_task(
                    self._hass,
                    self._async_return(vehicle_id, due),
                    f"{DOMAIN} settings return",
                )
            else:
                upcoming += moments.values()
        self._alarm.set(min(upcoming, default=None))

    @callback
    def _async_note_status(self, vehicle_id: str) -> None:
        """Record what a car does, because that ends "Charge now"."""
        pending = self._pending[vehicle_id]
        status = self._status(vehicle_id)
        noted = replace(
            pending,
            was_plugged_in=pending.was_plugged_in or status in _PLUGGED_IN,
            has_charged=pending.has_charged or status == ChargingStatus.CHARGING,
        )
        if noted != pending:
            self._pending[vehicle_id] = noted
            self._store.async_save_soon()

    def _moments(self, vehicle_id: str, now: datetime) -> dict[str, datetime]:
        """Return when to restore settings; `now` for those that have been changed since."""
        if (known := self._known(vehicle_id)) is None:
            return {}
        moments: dict[str, datetime] = {}
        for name, kept in self._pending[vehicle_id].settings.items():
            at = kept.until
            is_held = kept.is_held(value_of(known, name))
            if self._is_over(vehicle_id, kept) or not is_held:
                at = min(at or now, now)
            if at is not None:
                moments[name] = max(at, self._not_before.get((vehicle_id, name), at))
        return moments

    def _is_over(self, vehicle_id: str, kept: Kept) -> bool:
        """Return whether a setting's time is over, or the car is full or unplugged."""
        if kept.until is not None:
            return kept.until <= dt_util.utcnow()
        pending = self._pending[vehicle_id]
        status = self._status(vehicle_id)
        return (pending.has_charged and status in FULL) or (
            pending.was_plugged_in and status == ChargingStatus.DISCONNECTED
        )

    def _status(self, vehicle_id: str) -> str | None:
        state = self._coordinator.data.get(vehicle_id)
        return state.status.charging_status if state and state.status else None

    async def _async_return(self, vehicle_id: str, names: list[str]) -> None:
        async with self._alone(vehicle_id):
            await self._async_try(vehicle_id, names)

    async def _async_try(self, vehicle_id: str, names: list[str]) -> None:
        """Restore settings, or retry later; one that is refused does not block others."""
        try:
            await self._async_put_back(vehicle_id, names)
        except (HivenError, HomeAssistantError) as err:
            if isinstance(err, HomeAssistantError) and len(names) > 1:
                for name in names:
                    await self._async_try(vehicle_id, [name])
                return
            is_refused = isinstance(err, ServiceValidationError) or (
                isinstance(err, HomeAssistantError) and err.translation_key in _REFUSALS
            )
            until = dt_util.utcnow() + (TRY_REFUSED_AGAIN if is_refused else TRY_AGAIN)
            for name in names:
                if (vehicle_id, name) not in self._not_before:
                    LOGGER.warning(
                        "The setting %s will be restored later: %s", name, err
                    )
                self._not_before[vehicle_id, name] = until

    async def _async_put_back(
        self, vehicle_id: str, names: list[str], *, is_asked: bool = False
    ) -> None:
        """Restore the earlier values, except those that have been changed since.

        A setting that is not due is kept if Hiven still stores its value: after a lost
        answer, the account may know an older one. Raises HivenError or
        HomeAssistantError.
        """
        pending = self._pending.get(vehicle_id, Pending())
        held = await async_read_preferences(self._coordinator.client, vehicle_id)
        before: dict[str, Any] = {}
        over: list[str] = []
        for name in names:
            kept = pending.settings.get(name)
            is_held = kept and held and kept.is_held(value_of(held, name))
            if kept and is_held and (is_asked or self._is_over(vehicle_id, kept)):
                before[name] = kept.before
            if name in before or not is_held:
                over.append(name)
            else:
                self._not_before[vehicle_id, name] = dt_util.utcnow() + TRY_AGAIN
        change = change_to(before)
        if change.touched:
            await self._writer.async_write(vehicle_id, change)
        for name in over:
            self._not_before.pop((vehicle_id, name), None)
        await self._async_drop(vehicle_id, over)
