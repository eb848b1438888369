"""System health."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator


async def test_it_tells_whether_hiven_can_be_reached(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Callable[[], Awaitable[MockConfigEntry]],
) -> None:
    """Yes, then no."""
    await start()
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert await info["can_reach_server"] == "ok"
    await simulator.stop()
    info = await get_system_health_info(hass, DOMAIN)
    assert (await info["can_reach_server"])["error"] == "unreachable"
