"""Sensors: what the car reported, when it should be ready, and the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorExtraStoredData,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfEnergy,
    UnitOfLength,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .account import HivenConfigEntry
from .api import ChargingStatus, Status
from .car import Car
from .energy import Meter
from .entity import (
    HivenEntity,
    HivenEntityDescription,
    HivenValueEntity,
    async_add_vehicle_entities,
)
from .plan import HOUR, Plan, slots
from .prices import PER_KWH, spot_price_area
from .ready_time import next_ready_time
from .smart_charging import SmartChargingStatus, smart_charging_status

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
    """Describes a sensor."""


def _reported(
    value_fn: Callable[[Status], SensorValue | None],
) -> Callable[[Car], SensorValue | None]:
    """Return a value_fn that reads a field of the telemetry."""
    return lambda car: value_fn(car.status) if car.status else None


def _planned(
    value_fn: Callable[[Plan, datetime], SensorValue | None],
) -> Callable[[Car], SensorValue | None]:
    """Return a value_fn that reads from the plan."""
    return lambda car: value_fn(car.plan, dt_util.utcnow()) if car.plan else None


def _next_edge(car: Car, now: datetime) -> datetime | None:
    return car.plan.next_edge(now) if car.plan else None


def _next_ready_time(car: Car, now: datetime) -> datetime | None:
    return next_ready_time(car.preferences, dt_util.as_local(now))


def _planned_price(car: Car) -> float | None:
    """Return the average price of the remaining windows."""
    window = car.plan.current_or_next(dt_util.utcnow()) if car.plan else None
    if car.plan is None or car.prices is None or window is None:
        return None
    return car.prices.average(
        slot
        for slot in slots(car.plan.schedule.hourly_charges)
        if slot.end > window.start
    )


SENSORS = (
    HivenSensorDescription(
        key="state_of_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
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
        value_fn=lambda car: car.battery_capacity,
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
        # Home Assistant shows hours as hours and minutes.
        native_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=2,
        value_fn=_planned(lambda plan, now: round(plan.time_left(now) / HOUR, 2)),
        changes_at_fn=_next_edge,
        plan=True,
    ),
    HivenSensorDescription(
        key="smart_charging_status",
        device_class=SensorDeviceClass.ENUM,
        options=list(SmartChargingStatus),
        value_fn=lambda car: smart_charging_status(car, dt_util.utcnow()),
        changes_at_fn=_next_edge,
        plan=True,
    ),
    HivenSensorDescription(
        key="settings_until",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda car: car.returns.until if car.returns else None,
    ),
    HivenSensorDescription(
        key="spot_price_area",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda car: spot_price_area(car.plan, car.preferences),
        plan=True,
    ),
)

# Added only if there is a price source.
PRICE_SENSORS = (
    HivenSensorDescription(
        key="planned_charging_price",
        suggested_display_precision=3,
        value_fn=_planned_price,
        changes_at_fn=_next_edge,
        plan=True,
    ),
)

ENERGY_SENSORS = (
    SensorEntityDescription(
        key="energy_charged",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL_INCREASING,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSensor, SENSORS)
    async_add_vehicle_entities(
        entry, async_add_entities, HivenEnergySensor, ENERGY_SENSORS
    )
    if entry.runtime_data.prices.has_source:
        async_add_vehicle_entities(
            entry, async_add_entities, HivenPriceSensor, PRICE_SENSORS
        )
    else:
        _async_forget(hass, entry, {each.key for each in PRICE_SENSORS})


@callback
def _async_forget(hass: HomeAssistant, entry: HivenConfigEntry, keys: set[str]) -> None:
    """Remove sensors that are no longer provided."""
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.translation_key in keys:
            registry.async_remove(entity.entity_id)


class HivenSensor(HivenValueEntity[SensorValue], SensorEntity):
    """A sensor of a car."""

    entity_description: HivenSensorDescription

    @property
    @override
    def native_value(self) -> SensorValue | None:
        """Return the value."""
        return self._value


class HivenPriceSensor(HivenSensor):
    """A price per kWh."""

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit, in the currency of the source."""
        currency = self.account.prices.currency
        return currency and f"{currency}{PER_KWH}"


@dataclass
class _StoredMeter(SensorExtraStoredData):
    meter: Meter

    @override
    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "meter": self.meter.to_json()}


class HivenEnergySensor(HivenEntity, RestoreSensor):
    """The energy charged, estimated from the rise of the state of charge."""

    # Nothing is counted until the last total has been restored.
    _meter: Meter | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the meter."""
        stored = await self.async_get_last_extra_data()
        self._meter = Meter.from_json(stored.as_dict()["meter"]) if stored else Meter()
        await super().async_added_to_hass()

    @property
    @override
    def extra_restore_state_data(self) -> _StoredMeter:
        """Return the meter, to be restored after a restart."""
        return _StoredMeter(
            self.native_value,
            self.native_unit_of_measurement,
            self._meter or Meter(),
        )

    @callback
    @override
    def _async_update(self, car: Car | None) -> bool:
        is_new = super()._async_update(car)
        before = self._attr_native_value
        if self._meter is not None and car is not None:
            if car.status is not None:
                assert car.reported_at is not None
                self._meter = self._meter.after(
                    car.status, car.reported_at, car.battery_capacity
                )
            # Without a capacity, a rise cannot be converted to energy.
            has_capacity = car.battery_capacity is not None
            total = round(self._meter.total, 3)
            self._attr_native_value = total if has_capacity else None
        return is_new or self._attr_native_value != before
