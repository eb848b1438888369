"""A client with a session of its own, and the cars it asks for."""

from collections.abc import AsyncGenerator

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.hiven.api import HivenClient
from simulator import Car, Simulator
from tests import API_KEY, USER_ID

from .cars import add_full_car
from .wire import Wire


@pytest.fixture(autouse=True)
def _integration(socket_enabled: None) -> None:
    """Do without Home Assistant, which the other tests set up."""


@pytest.fixture
def monday_noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop all clocks on a winter Monday at noon in Helsinki."""
    freezer.move_to("2026-01-12T10:00:00+00:00")
    return freezer


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a session of one's own."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(session: aiohttp.ClientSession, simulator: Simulator) -> HivenClient:
    """Return a client of the account."""
    return HivenClient(
        session, user_id=USER_ID, api_key=API_KEY, base_url=simulator.url
    )


@pytest.fixture
def full_car(simulator: Simulator) -> Car:
    """Add a car with every field filled."""
    return add_full_car(simulator)


@pytest.fixture
def wire(simulator: Simulator, session: aiohttp.ClientSession, full_car: Car) -> Wire:
    """Return the simulator's answers for the full car."""
    return Wire(simulator, session)


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Do without the debug mode of the event loop, which takes half the time."""
