"""A short search for answers that break something; `scripts/fuzz` searches on."""

import asyncio
from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hiven.api import HivenClient
from simulator import Car, Simulator

from . import API_KEY, USER_ID
from .api.cars import FULL_ID, add_full_car, secrets_of
from .api.endpoints import REDIRECT
from .fuzz.account import STORIES, Account
from .fuzz.explore import Search
from .fuzz.garble import JSONS, WRONGS, Json, Wrong, garbled
from .fuzz.parsers import PARSERS, check_parser
from .fuzz.wire import EXCHANGES, Wire, true_answers
from .log_watch import LogWatch


async def test_parsers(
    hass: HomeAssistant, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the JSON: what is read is sound, what is refused tells no value."""
    add_full_car(simulator)
    simulator.redirect_uris.add(REDIRECT)
    true = await true_answers(async_get_clientsession(hass), simulator)
    devices = "GET /v2/hiven/devices"
    answers = {
        "list": true[devices],
        "details": true[f"{devices}/:vehicleId"],
        "preferences": true[f"{devices}/:vehicleId/smart-charging/ev-preferences"],
        "status": true["GET /v1/hiven/devices/:vehicleId/status"],
        "models": true["GET /v2/hiven/vehicles/smartcar/capabilities"][0],
    }

    def check(example: tuple[str, tuple[Wrong, ...] | None, Json]) -> None:
        name, wrongs, instead = example
        answer = instead if wrongs is None else garbled(answers[name], wrongs)
        check_parser(name, answer)

    # No network from here on, so it need not hold the loop up.
    await asyncio.to_thread(
        Search("parsers", 0.15, 300, capsys).run_here,
        st.tuples(
            st.sampled_from(tuple(PARSERS)),
            st.none() | WRONGS | WRONGS,
            JSONS,
        ),
        check,
    )


async def test_client(
    hass: HomeAssistant, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever comes back: the client returns, or raises an error of its own."""
    car = add_full_car(simulator)
    simulator.redirect_uris.add(REDIRECT)
    session = async_get_clientsession(hass)
    client = HivenClient(
        session, user_id=USER_ID, api_key=API_KEY, base_url=simulator.url
    )
    answers = await true_answers(session, simulator)
    hidden = (API_KEY, FULL_ID, "127.0.0.1", *secrets_of(car))
    wire = Wire(client, simulator, answers, hidden)
    await Search("client", 0.25, 150, capsys).run(EXCHANGES, wire.check)


async def test_account(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Callable[[], Awaitable[MockConfigEntry]],
    freezer: FrozenDateTimeFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever Hiven answers: no crash, nothing lost, and one good poll mends all."""
    await hass.config.async_set_time_zone("Europe/Helsinki")
    second = simulator.add_car(USER_ID, Car(id="car-2", name="Second car"))
    with LogWatch() as log:
        account = Account(hass, simulator, await start(), freezer, log, (car, second))
        await Search("account", 0.6, 20, capsys).run(STORIES, account.check)
