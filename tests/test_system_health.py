"""The system health information."""

from collections.abc import Callable

from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.hiven.const import DOMAIN, ENV_API_URL
from custom_components.hiven.urls import api_url

from .home import Home


@pytest.mark.parametrize("provided", [False, True])
async def test_addresses(
    home: Home, hiven_at: Callable[[str], None], provider: str, *, provided: bool
) -> None:
    own = home.simulator.url

    def add(address: str) -> None:
        data = {"auth_implementation": address, "service_address": address}
        other = MockConfigEntry(domain=DOMAIN, unique_id=address, data=data)
        other.add_to_hass(home.hass)

    if provided:
        add(provider)
        add(own)
        data = {**home.entry.data, "service_address": own}
        home.hass.config_entries.async_update_entry(home.entry, data=data)
    else:
        hiven_at(own)
    await home.start()
    assert await async_setup_component(home.hass, "system_health", {})
    await home.hass.async_block_till_done()
    info = await get_system_health_info(home.hass, DOMAIN)
    addresses = [own, provider] if provided else [own]
    assert info["service_address"] == ", ".join(sorted(addresses))
    assert await info["can_reach_server"] == "ok"
    # No server listens at this address, which comes first.
    add("http://127.0.0.1:10")
    info = await get_system_health_info(home.hass, DOMAIN)
    assert (await info["can_reach_server"])["error"] == "unreachable"


def test_the_address_without_a_provider(
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251 - the environment
) -> None:
    """The account's own address comes first, then the environment's."""
    monkeypatch.setenv(ENV_API_URL, "http://127.0.0.1:1")
    assert api_url("https://example.com/hiven") == "https://example.com/hiven"
    assert api_url() == "http://127.0.0.1:1"
    monkeypatch.delenv(ENV_API_URL)
    assert api_url() == "https://api.hiven.energy"
