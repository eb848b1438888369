"""A Home Assistant with an account, in this process, using loopback sockets."""

from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
import os
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from homeassistant import loader
from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    DOMAIN as APPLICATION_CREDENTIALS,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, frame
from homeassistant.setup import async_setup_component

from custom_components.hiven.const import CONF_AUTH_IMPLEMENTATION, DOMAIN, ENV_API_URL

from . import API_KEY, TIME_ZONE, USER_ID, newest  # isort: skip  # noqa: F401
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

# How to change a setting: the action, and the field with the new value.
_ACTIONS = {
    "button": ("press", None),
    "number": ("set_value", "value"),
    "select": ("select_option", "option"),
    "switch": ("toggle", None),
    "time": ("set_value", "time"),
}

type Call = Coroutine[Any, Any, Any]


@dataclass(frozen=True)
class Home:
    """A Home Assistant with an account that is not set up yet."""

    hass: HomeAssistant
    entry: MockConfigEntry

    async def start(self) -> None:
        """Set up the account; afterwards, every entity has a state."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        assert self.entry.state is ConfigEntryState.LOADED

    async def done(self) -> None:
        """Wait until all tasks are done."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def rest(self) -> None:
        """Wait until all tasks are done and everything is stored."""
        await self.done()
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await self.done()

    def ask(self) -> Call:
        """Update an entity, as an automation would."""
        some = list(self.entities().values())[:1]
        return self._call(HOMEASSISTANT_DOMAIN, "update_entity", {"entity_id": some})

    def set(self, vehicle_id: str, setting: str, value: float | str | None) -> Call:
        """Change a setting such as `number.target_soc` through its entity."""
        action, field = _ACTIONS[setting.partition(".")[0]]
        data: dict[str, Any] = {"entity_id": self.entity(vehicle_id, setting)}
        if field is not None:
            data[field] = value
        return self._call(setting.partition(".")[0], action, data)

    def act(self, vehicle_ids: list[str], **fields: Any) -> Call:
        """Change settings of several cars with the action."""
        registry = dr.async_get(self.hass)
        devices = [
            device.id
            for id_ in vehicle_ids
            for device in registry.async_get_devices(identifiers={(DOMAIN, id_)})
        ]
        assert len(devices) == len(vehicle_ids)
        data = {"device_id": devices, **fields}
        return self._call(DOMAIN, "set_charging_preferences", data)

    def _call(self, domain: str, action: str, data: dict[str, Any]) -> Call:
        return self.hass.services.async_call(domain, action, data, blocking=True)

    def entity(self, vehicle_id: str, name: str) -> str:
        """Return an entity of a car, such as its `number.target_soc`."""
        domain, key = name.split(".")
        unique_id = f"{vehicle_id}_{key}"
        registry = er.async_get(self.hass)
        entity_id = registry.async_get_entity_id(domain, DOMAIN, unique_id)
        assert entity_id is not None, f"{vehicle_id} has no {name}"
        return entity_id

    def entities(self) -> dict[str, str]:
        """Return the enabled entities of the account by unique id."""
        return {
            entity.unique_id: entity.entity_id
            for entity in er.async_entries_for_config_entry(
                er.async_get(self.hass), self.entry.entry_id
            )
            if entity.disabled_by is None
        }

    def state(self, entity_id: str) -> str:
        """Return the state of an entity."""
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} has no state"
        return state.state


@asynccontextmanager
async def home(url: str) -> AsyncGenerator[Home]:
    """Run a Home Assistant with an account at a simulated cloud."""
    os.environ[ENV_API_URL] = url
    if logging.lastResort:
        # Print warnings only on request.
        logging.lastResort.setLevel(logging.ERROR)
    server = "homeassistant.components.http.HomeAssistantHTTP"
    with (
        TemporaryDirectory(prefix="hiven-") as folder,
        # There are no visitors.
        patch(f"{server}.async_bind"),
        patch(f"{server}.start"),
    ):
        async with async_test_home_assistant(config_dir=folder) as hass:
            await hass.config.async_set_time_zone(TIME_ZONE)
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            frame.async_setup(hass)
            for component in (HOMEASSISTANT_DOMAIN, APPLICATION_CREDENTIALS):
                assert await async_setup_component(hass, component, {})
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
                yield Home(hass, entry)
            finally:
                await hass.async_stop(force=True)
