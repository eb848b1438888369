"""Numbers: target and minimum state of charge, battery capacity."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfLength
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import Preferences, SocUnit, StateOfCharge, Vehicle
from .changes import Change
from .coordinator import HivenConfigEntry, HivenCoordinator
from .entity import HivenEntity, HivenEntityDescription, async_add_vehicle_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HivenNumberDescription(HivenEntityDescription, NumberEntityDescription):
    """Describes a number; `change_fn` returns the change that sets it.

    `needed_fn` says whether it is enabled by default.
    """

    change_fn: Callable[[Any], Change]
    needed_fn: Callable[[Vehicle], bool] = lambda _: True


SOC_NUMBERS = (
    HivenNumberDescription(
        key="target_soc",
        value_fn=lambda vehicle: (vehicle.preferences or Preferences()).target_soc,
        change_fn=lambda soc: Change(target_soc=soc),
    ),
    HivenNumberDescription(
        key="minimum_soc",
        value_fn=lambda vehicle: (vehicle.preferences or Preferences()).minimal_soc,
        change_fn=lambda soc: Change(minimal_soc=soc),
    ),
)
NUMBERS = (
    HivenNumberDescription(
        key="battery_capacity_override",
        device_class=NumberDeviceClass.ENERGY_STORAGE,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_min_value=1,
        native_max_value=250,
        native_step=0.1,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda vehicle: (
            (vehicle.preferences or Preferences()).battery_capacity
        ),
        change_fn=lambda value: Change(battery_capacity=value),
        needed_fn=lambda vehicle: (
            vehicle.status is None or vehicle.status.battery_capacity is None
        ),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSocNumber, SOC_NUMBERS)
    async_add_vehicle_entities(entry, async_add_entities, HivenNumber, NUMBERS)


class HivenNumber(HivenEntity, NumberEntity):
    """A setting that is a number."""

    entity_description: HivenNumberDescription

    def __init__(
        self,
        coordinator: HivenCoordinator,
        vehicle_id: str,
        description: HivenNumberDescription,
    ) -> None:
        """Show a vehicle of a coordinator."""
        super().__init__(coordinator, vehicle_id, description)
        vehicle = coordinator.vehicle(vehicle_id)
        self._attr_entity_registry_enabled_default = (
            vehicle is not None and description.needed_fn(vehicle)
        )

    @property
    @override
    def native_value(self) -> float | None:
        """Return the number."""
        return self._value  # type: ignore[no-any-return]

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Store another number."""
        await self._async_store(value)

    async def _async_store(self, value: Any) -> None:
        await self.coordinator.async_change(
            self.vehicle_id, self.entity_description.change_fn(value)
        )


class HivenSocNumber(HivenNumber):
    """A state of charge, in the unit Hiven holds it in."""

    _attr_native_min_value = 0
    _attr_native_step = 1

    @property
    def _is_distance(self) -> bool:
        return isinstance(self._value, StateOfCharge) and self._value.unit == SocUnit.KM

    @property
    @override
    def device_class(self) -> NumberDeviceClass:
        """A share of the battery, or a distance to drive."""
        if self._is_distance:
            return NumberDeviceClass.DISTANCE
        return NumberDeviceClass.BATTERY

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Percent unless Hiven holds kilometres."""
        return UnitOfLength.KILOMETERS if self._is_distance else PERCENTAGE

    @property
    @override
    def native_max_value(self) -> float:
        """Return the end of the unit's range."""
        return 1000 if self._is_distance else 100

    @property
    @override
    def native_value(self) -> float | None:
        """Return the number; None when its unit is not known."""
        if isinstance(self._value, StateOfCharge) and self._value.unit in SocUnit:
            return self._value.value
        return None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Store another state of charge in the unit that is shown."""
        unit = SocUnit.KM if self._is_distance else SocUnit.PERCENT
        await self._async_store(StateOfCharge(value=value, unit=unit))
