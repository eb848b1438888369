"""Repair issues: problems that prevent a car's smart charging."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .api import Capability, ChargingBehavior, Vehicle, VehicleModel, models_of
from .const import DOMAIN
from .devices import async_vehicle_name
from .preferences import NO_READY_TIME, Change, missing_for_smart_charging
from .state import VehicleState

TELEMETRY_STALE_AFTER = timedelta(days=7)

BATTERY_CAPACITY_MISSING = "battery_capacity_missing"
READY_TIME_MISSING = "ready_time_missing"
SIGN_IN_AGAIN = "sign_in_again"
SMART_CHARGING_UNSUPPORTED = "smart_charging_unsupported"
TELEMETRY_STALE = "telemetry_stale"


@dataclass(frozen=True)
class _Facts:
    """The facts for deciding on an issue; `models` is empty until the list is read."""

    state: VehicleState
    models: tuple[VehicleModel, ...]
    now: datetime


@dataclass(frozen=True)
class _Cause:
    """A cause of an issue; a fixable one asks for the missing setting.

    `applies` returns None if that is not known. The issue is kept then, because
    deleting it would also forget that the user ignored it.
    """

    applies: Callable[[_Facts], bool | None]
    is_fixable: bool = False


def _no_capacity(facts: _Facts) -> bool | None:
    status, preferences = facts.state.status, facts.state.preferences
    if status is None or preferences is None:
        return None
    return (
        status.battery_capacity is None
        and preferences.battery_capacity is None
        # It may be set in a way that was not understood.
        and not preferences.carried({"battery_capacity"})
    )


def _no_ready_time(facts: _Facts) -> bool | None:
    preferences = facts.state.preferences
    if preferences is None or preferences.charging_behavior not in ChargingBehavior:
        return None
    return missing_for_smart_charging(Change(), preferences) in NO_READY_TIME


def _no_news(facts: _Facts) -> bool | None:
    status = facts.state.status
    if status is None:
        return None
    return (
        status.timestamp is not None
        and facts.now - status.timestamp >= TELEMETRY_STALE_AFTER
    )


def cannot_be_controlled(vehicle: Vehicle, models: tuple[VehicleModel, ...]) -> bool:
    """Return whether it is certain that Hiven cannot start and stop a car.

    It is certain if the list has matching models, none of them can do it, and Hiven has
    no charger for the car.
    """
    fitting = models_of(vehicle.attributes, models)
    return (
        bool(fitting)
        and not any(
            Capability.EXECUTE_START_AND_STOP in model.capabilities for model in fitting
        )
        and not vehicle.has_charger
    )


CAUSES = {
    BATTERY_CAPACITY_MISSING: _Cause(_no_capacity, is_fixable=True),
    READY_TIME_MISSING: _Cause(_no_ready_time, is_fixable=True),
    SIGN_IN_AGAIN: _Cause(lambda facts: facts.state.needs_sign_in),
    TELEMETRY_STALE: _Cause(_no_news),
    SMART_CHARGING_UNSUPPORTED: _Cause(
        lambda facts: (
            cannot_be_controlled(facts.state.vehicle, facts.models)
            if facts.models
            else None
        )
    ),
}


@callback
def async_update_issues(
    hass: HomeAssistant,
    entry: ConfigEntry,
    state: VehicleState,
    models: tuple[VehicleModel, ...],
) -> None:
    """Create the issues of a vehicle, and delete those that are resolved."""
    facts = _Facts(state, models, dt_util.utcnow())
    vehicle = state.vehicle
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
            translation_placeholders={
                "vehicle": async_vehicle_name(hass, entry, vehicle)
            },
        )


@callback
def async_forget_issues(hass: HomeAssistant, vehicle_id: str) -> None:
    """Delete all issues of a vehicle."""
    for key in CAUSES:
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{vehicle_id}")
