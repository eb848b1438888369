"""A Home Assistant with an account, in this process, over loopback sockets."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
import os
from tempfile import TemporaryDirectory
from unittest.mock import patch

from homeassistant import loader
from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    DOMAIN as APPLICATION_CREDENTIALS,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er, frame
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component

from custom_components.hiven.const import CONF_AUTH_IMPLEMENTATION, DOMAIN, ENV_API_URL

# Before the test package, which was made for another release.
from tests import newest  # isort: skip  # noqa: F401
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from .clocks import timed
from .cloud import API_KEY, USER_ID, vehicle_id

# Of the event loop, in which entities are told at last.
TURNS = 100


def unique_id(index: int, key: str) -> str:
    """Return the unique id of a car's entity."""
    return f"{vehicle_id(index)}_{key}"


@dataclass(frozen=True)
class Home:
    """A Home Assistant with an account that has not started."""

    hass: HomeAssistant
    entry: MockConfigEntry
    url: str

    async def start(self) -> None:
        """Start the account; every entity has a state then."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        assert self.entry.state is ConfigEntryState.LOADED

    async def rest(self) -> None:
        """Wait until nothing is left to be done, not even to be stored."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def poll(self) -> None:
        """Ask for news, like the clock does, until all entities were told."""
        await self.entry.runtime_data.async_refresh()
        assert self.entry.runtime_data.last_update_success
        for _ in range(TURNS):
            await asyncio.sleep(0)

    def entity(self, index: int, key: str) -> str:
        """Return the entity of a car."""
        return self.entities()[unique_id(index, key)]

    def entities(self) -> dict[str, str]:
        """Return all entities of the account by unique id."""
        return {
            entity.unique_id: entity.entity_id
            for entity in er.async_entries_for_config_entry(
                er.async_get(self.hass), self.entry.entry_id
            )
        }

    def states(self) -> dict[str, State]:
        """Return the states of all enabled entities of the account."""
        states = {
            entity.entity_id: self.hass.states.get(entity.entity_id)
            for entity in er.async_entries_for_config_entry(
                er.async_get(self.hass), self.entry.entry_id
            )
            if entity.disabled_by is None
        }
        missing = [entity_id for entity_id, state in states.items() if state is None]
        assert not missing, f"without a state: {missing}"
        return {entity_id: state for entity_id, state in states.items() if state}

    async def round_trip(self) -> float:
        """Return the seconds of a bare call of which nothing is made."""
        session = async_get_clientsession(self.hass)
        headers = {"X-Api-Key": API_KEY, "X-User-Id": USER_ID}

        async def call() -> None:
            path = f"/v1/hiven/devices/{vehicle_id(0)}/status"
            async with session.get(self.url + path, headers=headers) as response:
                await response.read()

        await call()
        return sorted([(await timed(call())).wall for _ in range(5)])[2]


@asynccontextmanager
async def home(url: str) -> AsyncGenerator[Home]:
    """Run a Home Assistant with an account at that cloud."""
    os.environ[ENV_API_URL] = url
    # The warning that there is a custom integration.
    logging.disable(logging.WARNING)
    server = "homeassistant.components.http.HomeAssistantHTTP"
    with (
        TemporaryDirectory(prefix="hiven-bench-") as folder,
        # Nobody visits.
        patch(f"{server}.async_bind"),
        patch(f"{server}.start"),
    ):
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            frame.async_setup(hass)
            assert await async_setup_component(hass, APPLICATION_CREDENTIALS, {})
            await hass.data[DATA_COMPONENT].async_create_item(
                {"domain": DOMAIN, "client_id": USER_ID, "client_secret": API_KEY}
            )
            entry = MockConfigEntry(
                domain=DOMAIN,
                unique_id=USER_ID,
                data={
                    CONF_AUTH_IMPLEMENTATION: f"{DOMAIN}_{USER_ID}".replace("-", "_")
                },
            )
            entry.add_to_hass(hass)
            try:
                yield Home(hass, entry, url)
            finally:
                await hass.async_stop(force=True)
