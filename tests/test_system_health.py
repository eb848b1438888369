"""System health."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.hiven.const import DOMAIN, ENV_API_URL
from custom_components.hiven.urls import api_url
from simulator import Simulator


async def check(hass: HomeAssistant, simulator: Simulator, *addresses: str) -> None:
    """See what is shown while Hiven runs, and when it does not."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert info["service_address"] == ", ".join(sorted(addresses))
    assert await info["can_reach_server"] == "ok"
    await simulator.stop()
    info = await get_system_health_info(hass, DOMAIN)
    assert (await info["can_reach_server"])["error"] == "unreachable"


async def test_hivens_own_address(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Callable[[], Awaitable[MockConfigEntry]],
) -> None:
    """It is shown, and whether it answers."""
    await start()
    await check(hass, simulator, simulator.url)


async def test_a_providers_address(
    hass: HomeAssistant, simulator: Simulator, entry: MockConfigEntry, provider: str
) -> None:
    """Those of all accounts are shown; all have to answer."""
    for address in (provider, simulator.url):
        data = {"auth_implementation": address, "service_address": address}
        MockConfigEntry(domain=DOMAIN, unique_id=address, data=data).add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "service_address": simulator.url}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    await check(hass, simulator, provider, simulator.url)


def test_the_address_without_a_provider(
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251 - the environment
) -> None:
    """An account's own counts most, then the environment's."""
    monkeypatch.setenv(ENV_API_URL, "http://127.0.0.1:1")
    assert api_url("https://example.com/hiven") == "https://example.com/hiven"
    assert api_url() == "http://127.0.0.1:1"
    monkeypatch.delenv(ENV_API_URL)
    assert api_url() == "https://api.hiven.energy"
