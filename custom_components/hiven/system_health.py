"""System health: can Hiven be reached."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .urls import api_url


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register what is told about Hiven."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is told."""
    return {
        "can_reach_server": system_health.async_check_can_reach_url(hass, api_url())
    }
