"""Binary sensors: charging, plugged in, and not ready in time."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .account import HivenConfigEntry
from .api import FULL, ChargingStatus
from .car import Car
from .entity import HivenEntityDescription, HivenValueEntity, async_add_vehicle_entities
from .smart_charging import not_ready_changes_at, not_ready_in_time

PARALLEL_UPDATES = 0

_CHARGING: dict[str, bool] = {
    ChargingStatus.CHARGING: True,
    ChargingStatus.NOT_CHARGING: False,
    ChargingStatus.PLUGGED: False,
    ChargingStatus.DISCONNECTED: False,
    **dict.fromkeys(FULL, False),
}
# NOT_CHARGING is left out, because it says nothing about the plug.
_PLUGGED_IN: dict[str, bool] = {
    ChargingStatus.CHARGING: True,
    ChargingStatus.PLUGGED: True,
    ChargingStatus.DISCONNECTED: False,
    **dict.fromkeys(FULL, True),
}


def _status_in(meanings: dict[str, bool], car: Car) -> bool | None:
    status = car.status.charging_status if car.status else None
    return meanings.get(status or "")


@dataclass(frozen=True, kw_only=True)
class HivenBinarySensorDescription(
    HivenEntityDescription[bool], BinarySensorEntityDescription
):
    """Describes a binary sensor."""


BINARY_SENSORS = (
    HivenBinarySensorDescription(
        key="charging",
        device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
        value_fn=lambda car: _status_in(_CHARGING, car),
        telemetry=True,
    ),
    HivenBinarySensorDescription(
        key="plugged_in",
        device_class=BinarySensorDeviceClass.PLUG,
        value_fn=lambda car: _status_in(_PLUGGED_IN, car),
        telemetry=True,
    ),
    HivenBinarySensorDescription(
        key="not_ready_in_time",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=lambda car: not_ready_in_time(car, dt_util.utcnow()),
        changes_at_fn=not_ready_changes_at,
        plan=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors."""
    async_add_vehicle_entities(
        entry, async_add_entities, HivenBinarySensor, BINARY_SENSORS
    )


class HivenBinarySensor(HivenValueEntity[bool], BinarySensorEntity):
    """A binary sensor of a car."""

    entity_description: HivenBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is on; None if unknown."""
        return self._value
