"""What stands in the way of a car's smart charging, told under Repairs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .api import Capability, ChargingBehavior, Vehicle, VehicleModel, capabilities_of
from .const import DOMAIN

TELEMETRY_STALE_AFTER = timedelta(days=7)

BATTERY_CAPACITY_MISSING = "battery_capacity_missing"
READY_TIME_MISSING = "ready_time_missing"
SMART_CHARGING_UNSUPPORTED = "smart_charging_unsupported"
TELEMETRY_STALE = "telemetry_stale"


@dataclass(frozen=True)
class _Facts:
    """What a cause is judged by; `models` is empty until the list was read."""

    vehicle: Vehicle
    models: tuple[VehicleModel, ...]
    now: datetime


@dataclass(frozen=True)
class _Cause:
    """A cause; a fixable one asks for what is missing.

    `applies` returns None while that cannot be told: taking an issue back would
    make people see again what they chose to ignore.
    """

    applies: Callable[[_Facts], bool | None]
    is_fixable: bool = False


def _no_capacity(facts: _Facts) -> bool | None:
    status, preferences = facts.vehicle.status, facts.vehicle.preferences
    if status is None:
        return None
    return status.battery_capacity is None and (
        preferences is None or preferences.battery_capacity is None
    )


def _no_ready_time(facts: _Facts) -> bool:
    preferences = facts.vehicle.preferences
    return (
        preferences is not None
        and preferences.charging_behavior != ChargingBehavior.OFF
        and preferences.ready_time is None
        and not preferences.week_day_ready_times
    )


def _no_news(facts: _Facts) -> bool | None:
    status = facts.vehicle.status
    if status is None:
        return None
    return (
        status.timestamp is not None
        and facts.now - status.timestamp >= TELEMETRY_STALE_AFTER
    )


def cannot_be_controlled(vehicle: Vehicle, models: tuple[VehicleModel, ...]) -> bool:
    """Tell whether Hiven can surely not start and stop a car.

    That takes a model that is found in the list; a charger at Hiven does it for
    the car.
    """
    model = capabilities_of(vehicle.attributes, models)
    return (
        model is not None
        and Capability.EXECUTE_START_AND_STOP not in model.capabilities
        and not vehicle.has_charger
    )


CAUSES = {
    BATTERY_CAPACITY_MISSING: _Cause(_no_capacity, is_fixable=True),
    READY_TIME_MISSING: _Cause(_no_ready_time, is_fixable=True),
    TELEMETRY_STALE: _Cause(_no_news),
    SMART_CHARGING_UNSUPPORTED: _Cause(
        lambda facts: (
            cannot_be_controlled(facts.vehicle, facts.models) if facts.models else None
        )
    ),
}


@callback
def async_update_issues(
    hass: HomeAssistant,
    entry: ConfigEntry,
    vehicle: Vehicle,
    models: tuple[VehicleModel, ...],
    now: datetime,
) -> None:
    """Tell what stands in the way of a vehicle, and take back what no longer does."""
    facts = _Facts(vehicle, models, now)
    for key, cause in CAUSES.items():
        issue_id = f"{key}_{vehicle.id}"
        if (applies := cause.applies(facts)) is None:
            continue
        if not applies:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "vehicle_id": vehicle.id},
            is_fixable=cause.is_fixable,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={"vehicle": vehicle.display_name},
        )


@callback
def async_forget_issues(hass: HomeAssistant, vehicle_id: str) -> None:
    """Take back all that was told of a vehicle."""
    for key in CAUSES:
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{vehicle_id}")
