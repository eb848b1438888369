"""Conditions: a car is plugged in, has completed charging."""

from typing import ClassVar, override

from homeassistant.const import STATE_ON, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .entity import async_entities_with_key


class VehicleCondition(EntityStateConditionBase):
    """True while cars report a state."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave out entities that do not belong to a car, such as smart plugs."""
        return async_entities_with_key(
            self._hass, super().entity_filter(entities), self._key
        )

    @override
    def _should_include(self, _state: State) -> bool:
        """Count unknown as false, so that "all cars" needs a report from every car."""
        return True


class IsPluggedInCondition(VehicleCondition):
    """A car is plugged in."""

    _domain_specs = {Platform.BINARY_SENSOR: DomainSpec()}
    _key = "plugged_in"
    _states = {STATE_ON}


class IsChargingCompletedCondition(VehicleCondition):
    """A car has completed charging."""

    _domain_specs = {Platform.SENSOR: DomainSpec()}
    _key = "charging_status"
    _states = {"charging_completed"}


CONDITIONS: dict[str, type[Condition]] = {
    "is_charging_completed": IsChargingCompletedCondition,
    "is_plugged_in": IsPluggedInCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
