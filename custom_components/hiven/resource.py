"""Serves the dashboard's file, and registers it with Home Assistant's frontend."""

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from homeassistant.components.frontend import (
    DOMAIN as FRONTEND,
    add_extra_js_url,
    remove_extra_js_url,
)
from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

FILE = Path(__file__).parent / "frontend" / "hiven.js"
PREFIX = f"/{DOMAIN}_frontend/"

_MODULE = {"res_type": "module"}


@dataclass
class _Served:
    """What was done since Home Assistant started."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    url: str | None = None
    """The address, once the file is served. It stays until a restart."""


_SERVED: HassKey[_Served] = HassKey(f"{DOMAIN}_resource")


async def async_add_resource(hass: HomeAssistant) -> None:
    """Let browsers load this version of the file, and no other."""
    if LOVELACE_DATA not in hass.data:
        # Home Assistant runs without a frontend.
        return
    served = hass.data.setdefault(_SERVED, _Served())
    # Several accounts may be set up at the same time.
    async with served.lock:
        if served.url is None:
            served.url = await _serve(hass)
        resources = hass.data[LOVELACE_DATA].resources
        if isinstance(resources, ResourceStorageCollection):
            await _store(resources, served.url)
        elif FRONTEND in hass.config.components:
            # Resources in YAML belong to the user. Integrations have a list of their
            # own.
            add_extra_js_url(hass, served.url)


async def async_remove_resource(hass: HomeAssistant) -> None:
    """Stop browsers from loading the file."""
    if LOVELACE_DATA not in hass.data:
        return
    served = hass.data.setdefault(_SERVED, _Served())
    async with served.lock:
        resources = hass.data[LOVELACE_DATA].resources
        if isinstance(resources, ResourceStorageCollection):
            for item_id in await _stored(resources):
                await resources.async_delete_item(item_id)
        elif FRONTEND in hass.config.components and served.url is not None:
            remove_extra_js_url(hass, served.url)


async def _serve(hass: HomeAssistant) -> str:
    """Serve the file, and return its address, which changes with its content."""
    integration = await async_get_integration(hass, DOMAIN)
    content = await hass.async_add_executor_job(FILE.read_bytes)
    digest = sha256(content).hexdigest()[:8]
    url = f"{PREFIX}{integration.version}-{digest}/{FILE.name}"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(FILE))])
    return url


async def _store(resources: ResourceStorageCollection, url: str) -> None:
    """Store this address as the only resource of the integration."""
    stored = await _stored(resources)
    if not stored:
        await resources.async_create_item({**_MODULE, CONF_URL: url})
        return
    first, *others = stored
    if stored[first] != url:
        await resources.async_update_item(first, {**_MODULE, CONF_URL: url})
    for item_id in others:
        await resources.async_delete_item(item_id)


async def _stored(resources: ResourceStorageCollection) -> dict[str, str]:
    """Return the addresses of the integration's resources by id."""
    # Resources are loaded on the first request.
    await resources.async_get_info()
    return {
        item[CONF_ID]: item[CONF_URL]
        for item in resources.async_items()
        if item[CONF_URL].startswith(PREFIX)
    }
