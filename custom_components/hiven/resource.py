"""The dashboard's file: serves it, and has Home Assistant's frontend load it."""

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
    """What this run of Home Assistant has done so far."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    url: str | None = None
    """The address, once it is served. It cannot be taken back before a restart."""


_SERVED: HassKey[_Served] = HassKey(f"{DOMAIN}_resource")


async def async_add_resource(hass: HomeAssistant) -> None:
    """Have every browser load the file of this version, and no other."""
    if LOVELACE_DATA not in hass.data:
        # A Home Assistant that nobody looks at.
        return
    served = hass.data.setdefault(_SERVED, _Served())
    # Accounts are set up at the same time.
    async with served.lock:
        if served.url is None:
            served.url = await _serve(hass)
        resources = hass.data[LOVELACE_DATA].resources
        if isinstance(resources, ResourceStorageCollection):
            await _store(resources, served.url)
        elif FRONTEND in hass.config.components:
            # Resources in YAML are the user's; there is another list for integrations.
            add_extra_js_url(hass, served.url)


async def async_remove_resource(hass: HomeAssistant) -> None:
    """Have browsers no longer load the file."""
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
    """Serve the file and return its address, which is another for every content."""
    integration = await async_get_integration(hass, DOMAIN)
    content = await hass.async_add_executor_job(FILE.read_bytes)
    digest = sha256(content).hexdigest()[:8]
    url = f"{PREFIX}{integration.version}-{digest}/{FILE.name}"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(FILE))])
    return url


async def _store(resources: ResourceStorageCollection, url: str) -> None:
    """Keep one resource of ours, with this address."""
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
    """Return the addresses of our resources by their ids."""
    # They are read when somebody first asks for them.
    await resources.async_get_info()
    return {
        item[CONF_ID]: item[CONF_URL]
        for item in resources.async_items()
        if item[CONF_URL].startswith(PREFIX)
    }
