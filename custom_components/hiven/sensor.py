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
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfEnergy,
    UnitOfLength,
    UnitOfTime,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .api import ChargingStatus, Schedule, Status, Vehicle
from .coordinator import HivenConfigEntry
from .entity import HivenEntity, HivenEntityDescription, async_add_vehicle_entities
from .plan import next_edge, next_end, next_start, time_left
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

    `changes_at_fn` returns when the value becomes another by itself, if ever.
    """

    changes_at_fn: Callable[[Vehicle, datetime], datetime | None] | None = None


def _reported(value_fn: Callable[[Status], Any]) -> Callable[[Vehicle], Any]:
    """Return the value_fn of something the telemetry holds."""
    return lambda vehicle: value_fn(vehicle.status) if vehicle.status else None


def _planned(
    value_fn: Callable[[Schedule | None, datetime], Any],
) -> Callable[[Vehicle], Any]:
    """Return the value_fn of something the plan leads to."""
    return lambda vehicle: value_fn(vehicle.schedule, dt_util.utcnow())


def _next_edge(vehicle: Vehicle, now: datetime) -> datetime | None:
    return next_edge(vehicle.schedule, now)


def _next_ready_time(vehicle: Vehicle, now: datetime) -> datetime | None:
    return next_ready_time(vehicle.preferences, dt_util.as_local(now))


def _spot_price_area(vehicle: Vehicle) -> str | None:
    """Return the area of the plan, else the one people chose."""
    if vehicle.schedule is not None and vehicle.schedule.spot_price_area_id:
        return vehicle.schedule.spot_price_area_id
    if vehicle.preferences is None:
        return None
    return vehicle.preferences.default_spot_price_area_id


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
        value_fn=lambda vehicle: _next_ready_time(vehicle, dt_util.utcnow()),
        changes_at_fn=_next_ready_time,
    ),
    HivenSensorDescription(
        key="next_charging_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_planned(next_start),
        changes_at_fn=_next_edge,
    ),
    HivenSensorDescription(
        key="next_charging_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_planned(next_end),
        changes_at_fn=_next_edge,
    ),
    HivenSensorDescription(
        key="planned_charging_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        value_fn=_planned(
            lambda schedule, now: (
                None
                if (left := time_left(schedule, now)) is None
                else round(left.total_seconds() / 60)
            )
        ),
        changes_at_fn=_next_edge,
    ),
    HivenSensorDescription(
        key="spot_price_area",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_spot_price_area,
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
    """Something the car reported, or something its settings or plan lead to."""

    entity_description: HivenSensorDescription
    _cancel_change: CALLBACK_TYPE | None = None

    @property
    @override
    def native_value(self) -> Any:
        """Return the value."""
        return self._value

    @override
    async def async_added_to_hass(self) -> None:
        """Start the clock of a value that changes by itself."""
        await super().async_added_to_hass()
        self.async_on_remove(self._stop_clock)
        self._start_clock()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        if self.entity_description.changes_at_fn is not None:
            self._start_clock()

    @callback
    def _start_clock(self) -> None:
        self._stop_clock()
        vehicle = self.coordinator.vehicle(self.vehicle_id)
        if vehicle is None or self.entity_description.changes_at_fn is None:
            return
        at = self.entity_description.changes_at_fn(vehicle, dt_util.utcnow())
        if at is not None:
            self._cancel_change = async_track_point_in_utc_time(
                self.hass, self._change, at
            )

    @callback
    def _change(self, _now: datetime) -> None:
        self._cancel_change = None
        self._handle_coordinator_update()

    @callback
    def _stop_clock(self) -> None:
        if self._cancel_change is not None:
            self._cancel_change()
            self._cancel_change = None
