"""Binary sensors: is it charging, is it plugged in."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import ChargingStatus, Vehicle
from .coordinator import HivenConfigEntry
from .entity import HivenEntity, HivenEntityDescription, async_add_vehicle_entities

PARALLEL_UPDATES = 0

_COMPLETE = (ChargingStatus.COMPLETE, ChargingStatus.CHARGING_COMPLETED)
_CHARGING: dict[str, bool] = {
    ChargingStatus.CHARGING: True,
    ChargingStatus.NOT_CHARGING: False,
    ChargingStatus.PLUGGED: False,
    ChargingStatus.DISCONNECTED: False,
    **dict.fromkeys(_COMPLETE, False),
}
# NOT_CHARGING is missing: it says nothing about the plug.
_PLUGGED_IN: dict[str, bool] = {
    ChargingStatus.CHARGING: True,
    ChargingStatus.PLUGGED: True,
    ChargingStatus.DISCONNECTED: False,
    **dict.fromkeys(_COMPLETE, True),
}


def _status_in(meanings: dict[str, bool], vehicle: Vehicle) -> bool | None:
    if vehicle.status is None or vehicle.status.charging_status is None:
        return None
    return meanings.get(vehicle.status.charging_status)


@dataclass(frozen=True, kw_only=True)
class HivenBinarySensorDescription(
    HivenEntityDescription, BinarySensorEntityDescription
):
    """Describes a binary sensor; `value_fn` returns bool or None."""


BINARY_SENSORS = (
    HivenBinarySensorDescription(
        key="charging",
        device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
        value_fn=lambda vehicle: _status_in(_CHARGING, vehicle),
        telemetry=True,
    ),
    HivenBinarySensorDescription(
        key="plugged_in",
        device_class=BinarySensorDeviceClass.PLUG,
        value_fn=lambda vehicle: _status_in(_PLUGGED_IN, vehicle),
        telemetry=True,
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


class HivenBinarySensor(HivenEntity, BinarySensorEntity):
    """A yes or no the car reported."""

    entity_description: HivenBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return yes, no or unknown."""
        return self._value  # type: ignore[no-any-return]
