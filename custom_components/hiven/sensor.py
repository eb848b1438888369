"""Sensors: what the car reported, when it is to be ready, and the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

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
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .account import HivenConfigEntry
from .api import ChargingStatus, Status
from .car import Car
from .entity import HivenEntityDescription, HivenValueEntity, async_add_vehicle_entities
from .plan import Plan
from .ready_time import next_ready_time

PARALLEL_UPDATES = 0

type SensorValue = str | float | datetime

CHARGING_STATUS: dict[str, str] = {
    ChargingStatus.CHARGING: "charging",
    ChargingStatus.NOT_CHARGING: "not_charging",
    ChargingStatus.PLUGGED: "plugged",
    ChargingStatus.DISCONNECTED: "disconnected",
    ChargingStatus.COMPLETE: "charging_completed",
    ChargingStatus.CHARGING_COMPLETED: "charging_completed",
}


@dataclass(frozen=True, kw_only=True)
class HivenSensorDescription(
    HivenEntityDescription[SensorValue], SensorEntityDescription
):
    """Describes a sensor.

    `changes_at_fn` returns when the value changes by itself, if ever.
    """

    changes_at_fn: Callable[[Car, datetime], datetime | None] | None = None


def _reported(
    value_fn: Callable[[Status], SensorValue | None],
) -> Callable[[Car], SensorValue | None]:
    """Return the value_fn of something that the telemetry holds."""
    return lambda car: value_fn(car.status) if car.status else None


def _planned(
    value_fn: Callable[[Plan, datetime], SensorValue | None],
) -> Callable[[Car], SensorValue | None]:
    """Return the value_fn of something that the plan means."""
    return lambda car: value_fn(car.plan, dt_util.utcnow()) if car.plan else None


def _next_edge(car: Car, now: datetime) -> datetime | None:
    return car.plan.next_edge(now) if car.plan else None


def _next_ready_time(car: Car, now: datetime) -> datetime | None:
    return next_ready_time(car.preferences, dt_util.as_local(now))


def _spot_price_area(car: Car) -> str | None:
    """Return the area of the plan, else the one people chose."""
    if car.plan is not None and car.plan.schedule.spot_price_area_id:
        return car.plan.schedule.spot_price_area_id
    return car.preferences.default_spot_price_area_id if car.preferences else None


def _battery_capacity(car: Car) -> float | None:
    """Return what the car reports, else what people entered."""
    if car.status is not None and car.status.battery_capacity is not None:
        return car.status.battery_capacity
    return car.preferences.battery_capacity if car.preferences else None


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
        value_fn=lambda car: _next_ready_time(car, dt_util.utcnow()),
        changes_at_fn=_next_ready_time,
    ),
    HivenSensorDescription(
        key="next_charging_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_planned(Plan.next_start),
        changes_at_fn=_next_edge,
        plan=True,
    ),
    HivenSensorDescription(
        key="next_charging_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_planned(Plan.next_end),
        changes_at_fn=_next_edge,
        plan=True,
    ),
    HivenSensorDescription(
        key="planned_charging_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        value_fn=_planned(
            lambda plan, now: round(plan.time_left(now).total_seconds() / 60)
        ),
        changes_at_fn=_next_edge,
        plan=True,
    ),
    HivenSensorDescription(
        key="spot_price_area",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_spot_price_area,
        plan=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSensor, SENSORS)


class HivenSensor(HivenValueEntity[SensorValue], SensorEntity):
    """Something that the car reported, or that its settings or plan mean."""

    entity_description: HivenSensorDescription
    _changes_at: datetime | None = None
    _cancel_change: CALLBACK_TYPE | None = None

    @property
    @override
    def native_value(self) -> SensorValue | None:
        """Return the value."""
        return self._value

    @override
    async def async_added_to_hass(self) -> None:
        """Stop the clock when the entity goes."""
        await super().async_added_to_hass()
        self.async_on_remove(self._stop_clock)
        self._start_clock()

    @callback
    @override
    def _async_update(self, car: Car | None) -> bool:
        is_new = super()._async_update(car)
        if self.hass is not None:
            self._start_clock()
        return is_new

    @callback
    def _start_clock(self) -> None:
        """Update the value when it changes by itself."""
        changes_at_fn = self.entity_description.changes_at_fn
        if changes_at_fn is None:
            return
        at = changes_at_fn(self._car, dt_util.utcnow()) if self._car else None
        if at == self._changes_at:
            return
        self._stop_clock()
        self._changes_at = at
        if at is not None:
            self._cancel_change = async_track_point_in_utc_time(
                self.hass, HassJob(self._change, cancel_on_shutdown=True), at
            )

    @callback
    def _change(self, _now: datetime) -> None:
        self._changes_at = self._cancel_change = None
        if self._async_update(self.account.vehicle(self.vehicle_id)):
            self.async_write_ha_state()

    @callback
    def _stop_clock(self) -> None:
        if self._cancel_change is not None:
            self._cancel_change()
        self._changes_at = self._cancel_change = None
