"""Stands in for Home Assistant's Nord Pool, with the simulator's prices."""

from datetime import UTC, date, datetime, time, timedelta
import os
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import ConfigEntrySelector
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

DOMAIN = "nordpool"
AREA = "FI"

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
SCHEMA = vol.Schema(
    {
        vol.Required("config_entry"): ConfigEntrySelector({"integration": DOMAIN}),
        vol.Required("date"): cv.date,
        vol.Required("areas"): [vol.In([AREA])],
    }
)
# The power exchange's day begins at midnight there.
_MARKET = ZoneInfo("Europe/Brussels")
_HOUR = timedelta(hours=1)
# The simulator has cents per kWh, Nord Pool euros per MWh.
_TIMES = 10


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the action that others read prices with."""

    async def prices(call: ServiceCall) -> ServiceResponse:
        rows: list[Any] = await _prices(hass, call.data["date"])
        return dict.fromkeys(call.data["areas"], rows)

    hass.services.async_register(
        DOMAIN,
        "get_prices_for_date",
        prices,
        schema=SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    return True


async def async_setup_entry(_hass: HomeAssistant, _entry: ConfigEntry) -> bool:
    """Do nothing: the action needs nothing of an entry."""
    return True


async def async_unload_entry(_hass: HomeAssistant, _entry: ConfigEntry) -> bool:
    """Do nothing."""
    return True


async def _prices(hass: HomeAssistant, day: date) -> list[dict[str, Any]]:
    """Return the prices of a day of the power exchange."""
    session = async_get_clientsession(hass)
    url = f"{os.environ['HIVEN_API_URL']}/_simulator/prices"
    async with session.get(url) as response:
        rows = await response.json()
    begin, end = (
        datetime.combine(each, time(), _MARKET).astimezone(UTC)
        for each in (day, day + timedelta(days=1))
    )
    return [
        {
            "start": start.isoformat(),
            "end": (start + _HOUR).isoformat(),
            "price": row["price"] * _TIMES,
        }
        for row in rows
        if begin <= (start := datetime.fromisoformat(row["start"])) < end
    ]
