"""What the tests of the dialogs begin with."""

from collections.abc import AsyncGenerator, Callable

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from homeassistant.components.application_credentials import (
    DOMAIN as APPLICATION_CREDENTIALS,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import Car, Simulator

from .dialog import Dialog
from .flow_helpers import NOWHERE, REDIRECT_URI


@pytest.fixture
async def windowless(
    hass: HomeAssistant,
    simulator: Simulator,
    hass_client_no_auth: ClientSessionGenerator,
) -> Dialog:
    """Return a dialog opened by something that is no browser."""
    assert await async_setup_component(hass, APPLICATION_CREDENTIALS, {})
    # A test's web server takes no more pages once somebody is connected.
    assert await async_setup_component(hass, "calendar", {})
    simulator.redirect_uris.add(REDIRECT_URI)
    return Dialog(hass, simulator, await hass_client_no_auth())


@pytest.fixture
def dialog(windowless: Dialog, current_request_with_host: None) -> Dialog:
    """Return a dialog in a browser whose address Hiven has whitelisted."""
    return windowless


@pytest.fixture
def new_car(simulator: Simulator) -> Car:
    """Let a car be connected that Hiven does not know yet."""
    return simulator.add_garage_car(Car(id="car-2", name="New car"))


@pytest.fixture
async def provider(
    simulator: Simulator, hiven_at: Callable[[str], None]
) -> AsyncGenerator[str]:
    """Return the address of a provider, by which alone Hiven is reached."""

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
