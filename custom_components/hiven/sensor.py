"""Sensors: what the car reported, and when it is next to be ready."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfLength
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .api import ChargingStatus, Status, Vehicle
from .coordinator import HivenConfigEntry
from .entity import HivenEntity, HivenEntityDescription, async_add_vehicle_entities
from .ready_time import next_ready_time

PARALLEL_UPDATES = 0

CHARGING_STATUS: dict[str, str] = {
    ChargingStatus.CHARGING: "charging",
    ChargingStatus.NOT_CHARGING: "not_charging",
    ChargingStatus.PLUGGED: "plugged",
    ChargingStatus.DISCONNECTED: "disconnected",
    ChargingStatus.COMPLETE: "charging_completed",
    ChargingStatus.CHARGING_COMPLETED: "charging_completed",
}


@dataclass(frozen=True, kw_only=True)
class HivenSensorDescription(HivenEntityDescription, SensorEntityDescription):
    """Describes a sensor.

    `moves` says that the value is a moment, and another one once it has passed.
    """

    moves: bool = False


def _reported(value_fn: Callable[[Status], Any]) -> Callable[[Vehicle], Any]:
    """Return the value_fn of something the telemetry holds."""
    return lambda vehicle: value_fn(vehicle.status) if vehicle.status else None


def _battery_capacity(vehicle: Vehicle) -> float | None:
    """Return what the car reports, else what people told Hiven."""
    if vehicle.status is not None and vehicle.status.battery_capacity is not None:
        return vehicle.status.battery_capacity
    return vehicle.preferences.battery_capacity if vehicle.preferences else None


SENSORS = (
    HivenSensorDescription(
        key="state_of_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_reported(lambda status: status.soc),
        telemetry=True,
    ),
    HivenSensorDescription(
        key="range",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.KILOMETERS,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_reported(lambda status: status.range),
        telemetry=True,
    ),
    HivenSensorDescription(
        key="charging_status",
        device_class=SensorDeviceClass.ENUM,
        options=list(dict.fromkeys(CHARGING_STATUS.values())),
        value_fn=_reported(
            lambda status: CHARGING_STATUS.get(status.charging_status or "")
        ),
        telemetry=True,
    ),
    HivenSensorDescription(
        key="battery_capacity",
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_battery_capacity,
    ),
    HivenSensorDescription(
        key="last_reported",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_reported(lambda status: status.timestamp),
        telemetry=True,
    ),
    HivenSensorDescription(
        key="next_ready_time",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda vehicle: next_ready_time(vehicle.preferences, dt_util.now()),
        moves=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSensor, SENSORS)


class HivenSensor(HivenEntity, SensorEntity):
    """Something the car reported, or a moment its settings lead to."""

    entity_description: HivenSensorDescription
    _cancel_move: CALLBACK_TYPE | None = None

    @property
    @override
    def native_value(self) -> Any:
        """Return the value."""
        return self._value

    @callback
    @override
    def _update(self) -> bool:
        changed = super()._update()
        if changed and self.hass is not None and self.entity_description.moves:
            self._schedule_move()
        return changed

    @override
    async def async_added_to_hass(self) -> None:
        """Start the clock of a moving value."""
        await super().async_added_to_hass()
        self.async_on_remove(self._stop_move)
        if self.entity_description.moves:
            self._schedule_move()

    @callback
    def _schedule_move(self) -> None:
        self._stop_move()
        if isinstance(self._value, datetime):
            self._cancel_move = async_track_point_in_utc_time(
                self.hass, self._move, self._value
            )

    @callback
    def _move(self, _now: datetime) -> None:
        self._cancel_move = None
        self._handle_coordinator_update()

    @callback
    def _stop_move(self) -> None:
        if self._cancel_move is not None:
            self._cancel_move()
            self._cancel_move = None
