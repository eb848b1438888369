"""System health."""

from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.hiven.const import DOMAIN

from .home import Home
from .repository import LANGUAGES


async def test_it_says_whether_hiven_can_be_reached(home: Home) -> None:
    """It can, then it cannot."""
    await home.start()
    assert await async_setup_component(home.hass, "system_health", {})
    await home.hass.async_block_till_done()
    info = await get_system_health_info(home.hass, DOMAIN)
    assert info.keys() == LANGUAGES["en"]["system_health"]["info"].keys()
    assert await info["can_reach_server"] == "ok"
    await home.simulator.stop()
    info = await get_system_health_info(home.hass, DOMAIN)
    assert (await info["can_reach_server"])["error"] == "unreachable"
