"""Diagnostics: what helps to find a fault, nothing personal."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.core import HomeAssistant

from .api import is_constant
from .coordinator import HivenConfigEntry

TO_REDACT = {
    "auth_implementation",
    "country_code",
    "external_id",
    "latitude",
    "location_id",
    "longitude",
    "name",
    "partner_id",
    "partner_name",
    "postal_code",
    "time_zone",
    "title",
    "unique_id",
    "user_id",
    "vin",
}
# Where only one of Hiven's constants is fit to be seen.
CONSTANTS = {
    "charging_behavior",
    "charging_status",
    "device_type",
    "engine_type",
    "integration",
    "type",
    "unit",
}
# Its fields are named by such a constant.
DAYS = "week_day_ready_times"


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: HivenConfigEntry
) -> dict[str, Any]:
    """Return diagnostics of an account."""
    coordinator = entry.runtime_data
    error = coordinator.last_exception
    return {
        "entry": async_redact_data(entry.as_dict(), TO_REDACT),
        "last_update_success": coordinator.last_update_success,
        "last_error": None if error is None else str(error.__cause__ or error),
        "vehicles": async_redact_data(
            _plain(
                {
                    vehicle_id: asdict(vehicle)
                    for vehicle_id, vehicle in coordinator.data.items()
                }
            ),
            TO_REDACT,
        ),
    }


def _constant(value: str | None) -> str | None:
    return value if value is None or is_constant(value) else REDACTED


def _plain(value: Any, name: str = "") -> Any:
    """Return only what redacting looks into, which passes over tuples.

    `name` is the field that holds the value.
    """
    if name in CONSTANTS:
        return _constant(value)
    if isinstance(value, Mapping):
        return {
            _constant(key) if name == DAYS else str(key): _plain(item, str(key))
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | time):
        return value.isoformat()
    return value
