"""Diagnostics: data that helps to find a fault, without anything personal."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time
import re
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .account import HivenConfigEntry
from .api.refusals import masked
from .devices import async_vehicle_names
from .memory import async_memory_of

TO_REDACT = {
    "auth_implementation",
    "charging_location_ids",
    "country_code",
    "external_id",
    "latitude",
    "location_id",
    "longitude",
    "name",
    "partner_id",
    "partner_name",
    "postal_code",
    "service_address",
    "time_zone",
    "title",
    "unique_id",
    "user_id",
    "vin",
}
# Left out: what Hiven sent may contain personal data.
LEFT_OUT = {"raw"}
# Fields in which only constants such as SMART_CHARGE are shown.
CONSTANTS = {
    "charging_behavior",
    "charging_status",
    "device_type",
    "engine_type",
    "integration",
    "status",
    "unit",
}
# The keys of this field are constants, too.
DAYS = "week_day_ready_times"
_CONSTANT = re.compile(r"[A-Z]+(_[A-Z]+)*")


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: HivenConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an account, even if it is not loaded."""
    journal = async_memory_of(hass, entry).journal
    # A client that has not read the list yet knows no names.
    names = async_vehicle_names(hass, entry).values()
    return {
        "entry": async_redact_data(entry.as_dict(), TO_REDACT),
        "hiven": {
            "not_understood": [
                asdict(oddity) for oddity in sorted(journal.oddities, key=str)
            ],
            "learned": sorted(journal.dialects),
            "refusals": _plain(
                [
                    asdict(each) | {"said": each.said and masked(each.said, names)}
                    for each in journal.refusals
                ]
            ),
            "calls_of_the_last_day": journal.calls(),
        },
        **(_running(entry) if entry.state is ConfigEntryState.LOADED else {}),
    }


def _running(entry: HivenConfigEntry) -> dict[str, Any]:
    """Return the data of a running account."""
    account = entry.runtime_data
    error = account.coordinator.last_exception
    cars = {id_: account.vehicle(id_) for id_ in account.coordinator.data}
    return {
        "last_update_success": account.coordinator.last_update_success,
        "last_error": None if error is None else str(error.__cause__ or error),
        "vehicles": async_redact_data(
            _plain({id_: asdict(car) for id_, car in cars.items() if car}), TO_REDACT
        ),
    }


def _constant(value: str) -> str:
    return value if _CONSTANT.fullmatch(value) else REDACTED


def _plain(value: Any, name: str = "") -> Any:
    """Convert a value to dictionaries and lists, because redaction skips tuples.

    `name` is the field that contains the value.
    """
    if name in CONSTANTS and isinstance(value, str):
        return _constant(value)
    if isinstance(value, Mapping):
        return {
            _constant(key) if name == DAYS else str(key): _plain(item, str(key))
            for key, item in value.items()
            if key not in LEFT_OUT
        }
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | time):
        return value.isoformat()
    return value
