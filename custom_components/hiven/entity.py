"""Base classes for the entities of a vehicle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import dt as dt_util

from .account import HivenAccount, HivenConfigEntry
from .alarm import Alarm
from .car import Car
from .const import DOMAIN
from .coordinator import HivenCoordinator


@dataclass(frozen=True, kw_only=True)
class HivenEntityDescription[T](EntityDescription):
    """Describes an entity; the key is its translation key too.

    `value_fn` returns the value, `changes_at_fn` when it changes without new data, if
    ever. `telemetry` marks values that the car reported, which are unavailable once
    they are too old. `plan` marks values from the plan.
    """

    value_fn: Callable[[Car], T | None]
    changes_at_fn: Callable[[Car, datetime], datetime | None] | None = None
    telemetry: bool = False
    plan: bool = False


class HivenEntity(CoordinatorEntity[HivenCoordinator]):
    """An entity of a vehicle."""

    _attr_has_entity_name = True

    def __init__(
        self, account: HivenAccount, vehicle_id: str, description: EntityDescription
    ) -> None:
        """Create an entity for a vehicle of an account."""
        super().__init__(account.coordinator)
        self.entity_description = description
        self.account = account
        self.vehicle_id = vehicle_id
        self._attr_unique_id = f"{vehicle_id}_{description.key}"
        self._attr_translation_key = description.key
        self._attr_available = False

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device. It is requested only once, so it is not stored."""
        return DeviceInfo(identifiers={(DOMAIN, self.vehicle_id)})

    @property
    @override
    def available(self) -> bool:
        """Return whether the car is known; a failed poll does not hide settings."""
        return self._attr_available

    @override
    async def async_added_to_hass(self) -> None:
        """Show what has changed since the entity was created."""
        await super().async_added_to_hass()
        self._async_update(self.account.vehicle(self.vehicle_id))

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if self._async_update(self.account.vehicle(self.vehicle_id)):
            self.async_write_ha_state()

    @callback
    def _async_update(self, car: Car | None) -> bool:
        """Update from a vehicle; return whether the state has changed."""
        before, self._attr_available = self._attr_available, car is not None
        return before != self._attr_available


class HivenValueEntity[T](HivenEntity):
    """An entity with a value, computed once per update and written if it changed."""

    entity_description: HivenEntityDescription[T]

    def __init__(
        self,
        account: HivenAccount,
        vehicle_id: str,
        description: HivenEntityDescription[T],
    ) -> None:
        """Create an entity for a vehicle of an account."""
        super().__init__(account, vehicle_id, description)
        self._value: T | None = None
        self._car: Car | None = None
        self._alarm: Alarm | None = None
        self._async_update(account.vehicle(vehicle_id))

    @override
    async def async_added_to_hass(self) -> None:
        """Update when the value changes without new data, until it is removed."""
        if self.entity_description.changes_at_fn is not None:
            self._alarm = Alarm(self.hass, self._change)
            self.async_on_remove(self._alarm.stop)
            # Compute the value again, which sets the alarm.
            self._car = None
        await super().async_added_to_hass()

    @override
    async def async_update(self) -> None:
        """Request an update from Hiven."""
        await super().async_update()
        if self.entity_description.plan:
            await self.account.plans.async_read(self.vehicle_id)

    @callback
    @override
    def _async_update(self, car: Car | None) -> bool:
        # Most updates are about other cars.
        if car is not None and car is self._car:
            return False
        before = self._attr_available, self._value
        self._car = car
        description = self.entity_description
        has_telemetry = car is not None and car.has_telemetry
        shown = car if has_telemetry or not description.telemetry else None
        self._attr_available = shown is not None
        self._value = None if shown is None else description.value_fn(shown)
        changes_at_fn = description.changes_at_fn
        if self._alarm is not None and changes_at_fn is not None:
            self._alarm.set(changes_at_fn(car, dt_util.utcnow()) if car else None)
        return before != (self._attr_available, self._value)

    @callback
    def _change(self, _now: datetime) -> None:
        # The car is the same, but the value depends on the time.
        self._car = None
        self._handle_coordinator_update()


@callback
def async_add_vehicle_entities[D: EntityDescription](
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entity_class: Callable[[HivenAccount, str, D], Entity],
    descriptions: tuple[D, ...],
) -> None:
    """Add the entities of all vehicles, now and whenever a vehicle appears."""
    account = entry.runtime_data
    known: set[str] = set()

    @callback
    def add_new() -> None:
        vehicle_ids = account.coordinator.data.keys()
        new = vehicle_ids - known
        known.clear()
        known.update(vehicle_ids)
        if new:
            async_add_entities(
                entity_class(account, vehicle_id, description)
                for vehicle_id in sorted(new)
                for description in descriptions
            )

    entry.async_on_unload(account.coordinator.async_add_listener(add_new))
    add_new()


@callback
def async_entities_with_key(
    hass: HomeAssistant, entity_ids: set[str], key: str
) -> set[str]:
    """Return which of these entities are Hiven's and have this key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entity := registry.async_get(entity_id)) is not None
        and entity.platform == DOMAIN
        and entity.translation_key == key
    }
