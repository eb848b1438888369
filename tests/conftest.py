"""Fixtures: Home Assistant, a simulated Hiven cloud, and an account with cars."""

from collections.abc import AsyncGenerator, Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any, cast

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    DOMAIN as APPLICATION_CREDENTIALS,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.loader import DATA_COMPONENTS, DATA_INTEGRATIONS, Integration
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_storage
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hiven.const import CONF_AUTH_IMPLEMENTATION, DOMAIN, ENV_API_URL
from simulator import Car, Simulator

from . import API_KEY, CREDENTIAL_ID, PARTNER, USER_ID, Json
from .api.cars import add_full_car
from .dialog import Dialog
from .flow_helpers import NOWHERE, REDIRECT_URI
from .home import NOON, Home, check_log

_MANIFESTS: dict[str, tuple[Any, ...]] = {}
_MODULES: dict[str, Any] = {}


@pytest.fixture(scope="module")
def _disk() -> Iterator[Json]:
    with mock_storage() as files:
        yield files


@pytest.fixture
def hass_storage(_disk: Json) -> Iterator[Json]:
    """Return an empty disk; Home Assistant's fixture makes a new one for every test."""
    yield _disk
    _disk.clear()
    for method in (Store._async_load, Store._async_write_data, Store.async_remove):  # noqa: SLF001
        cast("Any", method).reset_mock()


@pytest.fixture(autouse=True)
def _integration(
    hass: HomeAssistant, enable_custom_integrations: None, socket_enabled: None
) -> Iterator[None]:
    """Allow custom integrations and network connections in every test.

    The manifests and modules of Home Assistant's own integrations are read once.
    """
    known, modules = hass.data[DATA_INTEGRATIONS], hass.data[DATA_COMPONENTS]
    known.update({each: Integration(hass, *_MANIFESTS[each]) for each in _MANIFESTS})
    modules.update(_MODULES)
    yield
    for domain, each in known.items():
        if isinstance(each, Integration) and each.is_built_in:
            files = each._top_level_files  # noqa: SLF001
            _MANIFESTS[domain] = (each.pkg_path, each.file_path, each.manifest, files)
    # Not ours, and not the ones that a test made up.
    for name, module in modules.items():
        if isinstance(module, ModuleType) and not name.startswith(DOMAIN):
            _MODULES[name] = module  # noqa: PERF403


@pytest.fixture
def hiven_at(
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251 - the environment
) -> Callable[[str], None]:
    """Return a function that sets the address of Hiven."""
    return partial(monkeypatch.setenv, ENV_API_URL)


@pytest.fixture
async def simulator(hiven_at: Callable[[str], None]) -> AsyncGenerator[Simulator]:
    """Run a Hiven cloud with one account and no cars."""
    async with Simulator() as simulator:
        simulator.add_account(USER_ID, API_KEY, partner_name=PARTNER)
        hiven_at(simulator.url)
        yield simulator


@pytest.fixture
def car(simulator: Simulator, request: pytest.FixtureRequest) -> Car:
    """Add a car with smart charging that is not plugged in, so its states are stable.

    Tests with `with_full_car` get a car with every documented field.
    """
    if hasattr(request, "param"):
        return add_full_car(simulator)
    return simulator.add_car(
        USER_ID,
        Car(
            id="car-1", name="Family car", manufacturer="VOLKSWAGEN", model="ID.4",
            year=2023, soc=50.0, plugged_in=False,
            preferences={
                "chargingBehavior": "SMART_CHARGE_ANYWHERE",
                "targetSoC": {"value": 80, "unit": "PERCENT"},
                "readyTime": "07:00",
            },
        ),
    )  # fmt: skip


@pytest.fixture
async def credential(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, APPLICATION_CREDENTIALS, {})
    await hass.data[DATA_COMPONENT].async_create_item(
        {"domain": DOMAIN, "client_id": USER_ID, "client_secret": API_KEY}
    )


@pytest.fixture
def entry(hass: HomeAssistant, credential: None) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=PARTNER,
        unique_id=USER_ID,
        data={CONF_AUTH_IMPLEMENTATION: CREDENTIAL_ID},
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def freezer(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock at noon, so that no test depends on the current time."""
    freezer.move_to(NOON)
    return freezer


@pytest.fixture
def home(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Home]:
    """Return a home whose account has one car and is not started yet."""
    yield Home(hass, simulator, freezer, caplog, entry, car)
    check_log(caplog.get_records("call"))


@pytest.fixture
def other(home: Home) -> Car:
    """Add a second car, parked and without preferences."""
    return home.add_car()


@pytest.fixture
async def windowless(
    hass: HomeAssistant,
    simulator: Simulator,
    hass_client_no_auth: ClientSessionGenerator,
) -> Dialog:
    """Return a dialog that was not opened in a browser."""
    assert await async_setup_component(hass, APPLICATION_CREDENTIALS, {})
    # The web server cannot add pages after a client connects.
    assert await async_setup_component(hass, "calendar", {})
    simulator.redirect_uris.add(REDIRECT_URI)
    return Dialog(hass, simulator, await hass_client_no_auth())


@pytest.fixture
def dialog(windowless: Dialog, current_request_with_host: None) -> Dialog:
    """Return a dialog in a browser with an address that Hiven accepts."""
    return windowless


@pytest.fixture
def new_car(simulator: Simulator) -> Car:
    """Add a car that can be connected but is not known to Hiven yet."""
    return simulator.add_garage_car(Car(id="car-2", name="New car"))


@pytest.fixture
async def provider(
    simulator: Simulator, hiven_at: Callable[[str], None]
) -> AsyncGenerator[str]:
    """Return the address of a provider, which is the only way to reach Hiven."""

    async def forward(request: web.Request) -> web.Response:
        names = ("X-Api-Key", "X-User-Id", "Content-Type")
        headers = {key: request.headers[key] for key in names if key in request.headers}
        async with (
            ClientSession() as session,
            session.request(
                request.method,
                f"{simulator.url}/{request.match_info['path']}",
                params=request.query,
                data=await request.read(),
                headers=headers,
            ) as answer,
        ):
            body = await answer.read()
            return web.Response(
                status=answer.status, body=body, content_type=answer.content_type
            )

    app = web.Application()
    app.router.add_route("*", "/for/hiven/{path:.*}", forward)
    async with TestServer(app) as server:
        hiven_at(NOWHERE)
        yield str(server.make_url("/for/hiven"))
