"""System health: whether Hiven answers, and at which address."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import CONF_SERVICE_ADDRESS, DOMAIN
from .urls import api_url


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register the information about Hiven."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    addresses = {
        api_url(entry.data.get(CONF_SERVICE_ADDRESS))
        for entry in hass.config_entries.async_entries(DOMAIN)
    } or {api_url()}
    return {
        "service_address": ", ".join(sorted(addresses)),
        "can_reach_server": _can_reach(hass, sorted(addresses)),
    }


async def _can_reach(hass: HomeAssistant, addresses: list[str]) -> str | dict[str, str]:
    """Return "ok" if all addresses answer, else the first problem."""
    for address in addresses:
        found = await system_health.async_check_can_reach_url(hass, address)
        if found != "ok":
            break
    return found
