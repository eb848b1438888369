"""What all entities of a vehicle share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .api import Vehicle
from .const import DOMAIN
from .coordinator import HivenConfigEntry, HivenCoordinator


@dataclass(frozen=True, kw_only=True)
class HivenEntityDescription(EntityDescription):
    """Describes an entity; the key is its translation key too.

    `value_fn` returns what it shows. `telemetry` says that this is something the
    car reported, which is not shown when it is too old.
    """

    value_fn: Callable[[Vehicle], Any]
    telemetry: bool = False


class HivenEntity(CoordinatorEntity[HivenCoordinator]):
    """An entity of a vehicle.

    Its value is computed once an update and written only if it changed.
    """

    _attr_has_entity_name = True
    entity_description: HivenEntityDescription

    def __init__(
        self,
        coordinator: HivenCoordinator,
        vehicle_id: str,
        description: HivenEntityDescription,
    ) -> None:
        """Show a vehicle of a coordinator."""
        super().__init__(coordinator, context=vehicle_id)
        self.entity_description = description
        self.vehicle_id = vehicle_id
        self._value: Any = None
        self._attr_unique_id = f"{vehicle_id}_{description.key}"
        self._attr_translation_key = description.key
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, vehicle_id)})
        self._attr_available = False
        self._update()

    @property
    @override
    def available(self) -> bool:
        """Not last_update_success: settings stay usable, telemetry ages."""
        return self._attr_available

    @callback
    def _update(self) -> bool:
        """Take over what the coordinator has; tell whether it is anything new."""
        vehicle = self.coordinator.vehicle(self.vehicle_id)
        before = self._attr_available, self._value
        self._attr_available = vehicle is not None and (
            not self.entity_description.telemetry
            or self.coordinator.has_telemetry(self.vehicle_id)
        )
        self._value = (
            self.entity_description.value_fn(vehicle)
            if vehicle is not None and self._attr_available
            else None
        )
        return (self._attr_available, self._value) != before

    @override
    async def async_added_to_hass(self) -> None:
        """Start following; what came since creation counts."""
        await super().async_added_to_hass()
        self._update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if self._update():
            self.async_write_ha_state()


@callback
def async_add_vehicle_entities(
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entity_class: Callable[[HivenCoordinator, str, Any], HivenEntity],
    descriptions: tuple[HivenEntityDescription, ...],
) -> None:
    """Add the entities of all vehicles, now and whenever one appears or returns."""
    coordinator = entry.runtime_data
    known: set[str] = set()

    @callback
    def add_new() -> None:
        new = coordinator.data.keys() - known
        known.clear()
        known.update(coordinator.data)
        if new:
            async_add_entities(
                entity_class(coordinator, vehicle_id, description)
                for vehicle_id in sorted(new)
                for description in descriptions
            )

    entry.async_on_unload(coordinator.async_add_listener(add_new))
    add_new()


@callback
def async_entities_with_key(
    hass: HomeAssistant, entity_ids: set[str], key: str
) -> set[str]:
    """Return those of some entities that are of this integration and show this."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entity := registry.async_get(entity_id)) is not None
        and entity.platform == DOMAIN
        and entity.translation_key == key
    }
