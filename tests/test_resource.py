"""The dashboard's file, which is served and which the frontend loads once."""

import asyncio
from hashlib import sha256
import re

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, UrlManager
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hiven.const import DOMAIN
from custom_components.hiven.resource import (
    FILE,
    PREFIX,
    async_add_resource,
    async_remove_resource,
)

from . import Json
from .home import Home

STORAGE: Json = {}
YAML = {"resource_mode": "yaml", "resources": []}
THEIRS = "/local/their-card.js"


async def set_up_lovelace(hass: HomeAssistant, config: Json) -> None:
    assert await async_setup_component(hass, "lovelace", {"lovelace": config})


@pytest.fixture
def modules(hass: HomeAssistant) -> UrlManager:
    """Replace the frontend, which the pinned environment does not have."""
    modules = UrlManager(lambda *_: None, [])
    hass.data[DATA_EXTRA_MODULE_URL] = modules
    hass.config.components.add("frontend")
    return modules


async def resources(hass: HomeAssistant) -> list[dict[str, str]]:
    collection = hass.data[LOVELACE_DATA].resources
    await collection.async_get_info()
    items = collection.async_items()
    return [{key: each[key] for key in ("type", "url")} for each in items]


async def ours(hass: HomeAssistant) -> list[str]:
    urls = [item["url"] for item in await resources(hass)]
    return [url for url in urls if url.startswith(PREFIX)]


async def test_browsers_get_the_file(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await set_up_lovelace(hass, STORAGE)
    await async_add_resource(hass)
    (item,) = await resources(hass)
    assert item["type"] == "module"
    # The address changes with the content, so that no browser keeps an old file.
    digest = sha256(FILE.read_bytes()).hexdigest()[:8]
    address = rf"/hiven_frontend/\d+\.\d+\.\d+-{digest}/hiven\.js"
    assert re.fullmatch(address, item["url"])
    client = await hass_client_no_auth()
    response = await client.get(item["url"])
    assert response.status == 200
    assert await response.read() == FILE.read_bytes()
    assert "javascript" in response.headers["Content-Type"]
    assert "max-age" in response.headers["Cache-Control"]


async def test_an_update_in_place(hass: HomeAssistant, hass_storage: Json) -> None:
    urls = (f"{PREFIX}0.0.1-abc/hiven.js", THEIRS, f"{PREFIX}0.0.0-abc/hiven.js")
    items = [{"id": str(n), "type": "module", "url": url} for n, url in enumerate(urls)]
    key = "lovelace_resources"
    hass_storage[key] = {"version": 1, "key": key, "data": {"items": items}}
    await set_up_lovelace(hass, STORAGE)
    await async_add_resource(hass)
    collection = hass.data[LOVELACE_DATA].resources
    mine, theirs = collection.async_items()
    assert mine["id"] == "0"
    assert mine["url"].startswith(PREFIX)
    assert "0.0.1" not in mine["url"]
    assert theirs == {"id": "1", "type": "module", "url": THEIRS}


async def test_removing_leaves_others(hass: HomeAssistant, modules: UrlManager) -> None:
    await set_up_lovelace(hass, STORAGE)
    collection = hass.data[LOVELACE_DATA].resources
    assert isinstance(collection, ResourceStorageCollection)
    await collection.async_create_item({"res_type": "module", "url": THEIRS})
    await asyncio.gather(*(async_add_resource(hass) for _ in range(3)))
    await async_add_resource(hass)
    assert len(await ours(hass)) == 1
    for _ in range(2):
        await async_remove_resource(hass)
        assert await resources(hass) == [{"type": "module", "url": THEIRS}]
    await async_add_resource(hass)
    assert len(await ours(hass)) == 1
    assert not modules.urls


async def test_resources_in_yaml(hass: HomeAssistant, modules: UrlManager) -> None:
    await set_up_lovelace(hass, YAML)
    await asyncio.gather(*(async_add_resource(hass) for _ in range(2)))
    assert await resources(hass) == []
    (url,) = modules.urls
    assert url.startswith(PREFIX)
    await async_remove_resource(hass)
    await async_remove_resource(hass)
    assert not modules.urls
    await async_add_resource(hass)
    assert modules.urls == {url}


@pytest.mark.parametrize("is_disabled", [False, True])
async def test_the_last_account_takes_it_along(home: Home, is_disabled: bool) -> None:
    """The resource stays for another account, even if that one cannot start."""
    hass, entry_id = home.hass, home.entry.entry_id
    await set_up_lovelace(hass, STORAGE)
    home.simulator.down = True
    await home.start()
    assert not home.is_loaded()
    assert len(await ours(hass)) == 1
    other = MockConfigEntry(domain=DOMAIN)
    other.add_to_hass(hass)
    await hass.config_entries.async_remove(other.entry_id)
    assert len(await ours(hass)) == 1
    if is_disabled:
        by_user = ConfigEntryDisabler.USER
        await hass.config_entries.async_set_disabled_by(entry_id, by_user)
        await hass.async_block_till_done()
        assert await ours(hass) == []
        await hass.config_entries.async_set_disabled_by(entry_id, None)
        assert len(await ours(hass)) == 1
    await hass.config_entries.async_remove(entry_id)
    assert await ours(hass) == []


@pytest.mark.parametrize("lovelace", [None, YAML])
async def test_without_a_frontend(hass: HomeAssistant, lovelace: Json | None) -> None:
    if lovelace is not None:
        await set_up_lovelace(hass, lovelace)
    await async_add_resource(hass)
    await async_remove_resource(hass)


def test_the_dashboard_speaks_the_languages_of_the_integration() -> None:
    languages = {path.stem for path in (FILE.parents[1] / "translations").iterdir()}
    texts = FILE.parents[3] / "frontend" / "src" / "texts"
    assert {path.stem for path in texts.iterdir()} == languages
