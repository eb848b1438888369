"""A simulator with one account, and somebody who asks it things."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from simulator import Car, Simulator

from .client import KEY, REDIRECT, USER, Client, Hand


@pytest.fixture(autouse=True)
def _integration() -> None:
    """Do without Home Assistant, which the other tests set up."""


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
async def sim(socket_enabled: None, clock: Hand) -> AsyncGenerator[Simulator]:
    async with Simulator(now=clock) as sim:
        sim.add_account(USER, KEY, "Nordic Energy")
        sim.redirect_uris.add(REDIRECT)
        yield sim


@pytest.fixture
def ask(session: aiohttp.ClientSession, sim: Simulator) -> Client:
    return Client(session, sim)


@pytest.fixture
def car(sim: Simulator) -> Car:
    return sim.add_car(USER, Car(name="Aurora", plugged_in=False))
