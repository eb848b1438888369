"""Numbers: charge target, charge minimum and battery capacity."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfLength
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account import HivenAccount, HivenConfigEntry
from .api import SocUnit, StateOfCharge
from .const import MAX_CAPACITY, MIN_CAPACITY
from .entity import HivenEntityDescription, HivenValueEntity, async_add_vehicle_entities
from .preferences import Change

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HivenNumberDescription[T](HivenEntityDescription[T], NumberEntityDescription):
    """Describes a number; `change_fn` returns the change that sets it."""

    change_fn: Callable[[T], Change]


SOC_NUMBERS = (
    HivenNumberDescription[StateOfCharge](
        key="target_soc",
        value_fn=lambda car: car.preferences.target_soc if car.preferences else None,
        change_fn=lambda soc: Change(target_soc=soc),
    ),
    HivenNumberDescription[StateOfCharge](
        key="minimum_soc",
        value_fn=lambda car: car.preferences.minimum_soc if car.preferences else None,
        change_fn=lambda soc: Change(minimum_soc=soc),
    ),
)
CAPACITY_NUMBERS = (
    HivenNumberDescription[float](
        key="battery_capacity_override",
        device_class=NumberDeviceClass.ENERGY_STORAGE,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_min_value=MIN_CAPACITY,
        native_max_value=MAX_CAPACITY,
        native_step=0.1,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda car: (
            car.preferences.battery_capacity if car.preferences else None
        ),
        change_fn=lambda value: Change(battery_capacity=value),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSocNumber, SOC_NUMBERS)
    async_add_vehicle_entities(
        entry, async_add_entities, HivenCapacityNumber, CAPACITY_NUMBERS
    )


class HivenCapacityNumber(HivenValueEntity[float], NumberEntity):
    """The battery capacity, for cars that do not report it."""

    entity_description: HivenNumberDescription[float]

    def __init__(
        self,
        account: HivenAccount,
        vehicle_id: str,
        description: HivenNumberDescription[float],
    ) -> None:
        """Create a number, enabled only if the car does not report its capacity."""
        super().__init__(account, vehicle_id, description)
        status = self._car.status if self._car else None
        self._attr_entity_registry_enabled_default = (
            status is None or status.battery_capacity is None
        )

    @property
    @override
    def native_value(self) -> float | None:
        """Return the capacity in kWh."""
        return self._value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Store a new capacity."""
        await self.account.async_change(
            self.vehicle_id, self.entity_description.change_fn(value)
        )


class HivenSocNumber(HivenValueEntity[StateOfCharge], NumberEntity):
    """A state of charge, in the unit that Hiven stores."""

    entity_description: HivenNumberDescription[StateOfCharge]
    _attr_native_min_value = 0
    _attr_native_step = 1

    @property
    def _is_distance(self) -> bool:
        return self._value is not None and self._value.unit == SocUnit.KM

    @property
    @override
    def device_class(self) -> NumberDeviceClass:
        """Return battery for percent, distance for kilometers."""
        if self._is_distance:
            return NumberDeviceClass.DISTANCE
        return NumberDeviceClass.BATTERY

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Return percent, unless Hiven stores kilometers."""
        return UnitOfLength.KILOMETERS if self._is_distance else PERCENTAGE

    @property
    @override
    def native_max_value(self) -> float:
        """Return the highest value of the unit."""
        return 1000 if self._is_distance else 100

    @property
    @override
    def native_value(self) -> float | None:
        """Return the number; None if its unit is not known."""
        if self._value is not None and self._value.unit in SocUnit:
            return self._value.value
        return None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Store a new state of charge, in the unit that is shown."""
        unit = SocUnit.KM if self._is_distance else SocUnit.PERCENT
        await self.account.async_change(
            self.vehicle_id,
            self.entity_description.change_fn(StateOfCharge(value=value, unit=unit)),
        )
