"""A client of the API, and the cars of its account."""

from collections.abc import AsyncGenerator

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from simulator import Simulator

from .cars import add_full_car
from .wire import Wire


@pytest.fixture(autouse=True)
def _integration(socket_enabled: None) -> None:
    """Replace the fixture that sets up Home Assistant."""


@pytest.fixture
async def wire(
    freezer: FrozenDateTimeFactory, simulator: Simulator
) -> AsyncGenerator[Wire]:
    """Return a client of an account with the full car, on a Monday at noon."""
    freezer.move_to("2026-01-12T10:00:00+00:00")
    async with aiohttp.ClientSession() as session:
        yield Wire(simulator, session, freezer, add_full_car(simulator))
