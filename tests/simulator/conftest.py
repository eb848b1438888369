"""A simulator with one account, and its client."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from simulator import Car

from .client import Client, Hand, without_server


@pytest.fixture(autouse=True)
def _integration() -> None:
    """Replace the fixture that sets up Home Assistant."""


@pytest.fixture
async def ask(socket_enabled: None) -> AsyncGenerator[Client]:
    clock = Hand()
    async with without_server(clock) as sim, aiohttp.ClientSession() as session:
        yield Client(session, sim, clock)


@pytest.fixture
def car(ask: Client) -> Car:
    return ask.add(name="Aurora", plugged_in=False)
