"""A simulator with one account, and somebody who asks it things."""

from collections.abc import AsyncGenerator

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from sim_client import KEY, REDIRECT, USER, Client
from simulator import Car, Simulator


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def sim(
    socket_enabled: None, freezer: FrozenDateTimeFactory
) -> AsyncGenerator[Simulator]:
    """A simulator on a winter Monday, 12:00 in Helsinki."""
    freezer.move_to("2026-01-12T10:00:00+00:00")
    async with Simulator() as sim:
        sim.add_account(USER, KEY, "Nordic Energy")
        sim.redirect_uris.add(REDIRECT)
        yield sim


@pytest.fixture
def ask(session: aiohttp.ClientSession, sim: Simulator) -> Client:
    return Client(session, sim)


@pytest.fixture
def car(sim: Simulator) -> Car:
    return sim.add_car(USER, Car(name="Aurora"))
