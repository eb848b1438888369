"""Recorded requests, faults and holds."""

import asyncio

import aiohttp
import pytest

from simulator import Car
from tests import turn

from .client import KEY, LIST, OFF, USER, Client

STATUS = "/v1/hiven/devices/*/status"


async def test_requests_are_recorded(ask: Client, car: Car) -> None:
    await ask.cars()
    await ask.put(car, OFF)
    await ask("PUT", f"{LIST}/x/smart-charging/ev-preferences", data="{")
    listed, put, broken = ask.sim.requests
    assert (listed.method, listed.path) == ("GET", LIST)
    assert listed.query == {"userId": USER}
    assert listed.headers["x-api-key"] == KEY
    assert (listed.json, put.json, broken.json) == (None, OFF, None)
    assert ask.sim.count("PUT", "/v2/*/ev-preferences") == 2
    assert ask.sim.count("GET", STATUS) == 0
    assert ask.sim.count("*", "*") == 3
    ask.sim.recording = False
    await ask.cars()
    assert len(ask.sim.requests) == 3


async def test_requests_wait_and_are_counted_at_once(ask: Client, car: Car) -> None:
    loop = asyncio.get_running_loop()
    await ask.status(car)
    assert ask.sim.most_at_once == 1
    ask.sim.latency = 0.05
    before = loop.time()
    await asyncio.gather(*(ask.status(car) for _ in range(3)))
    assert loop.time() - before >= 0.05
    assert ask.sim.most_at_once == 3
    ask.sim.forget()
    assert (ask.sim.requests, ask.sim.most_at_once) == ([], 0)
    await ask.status(car)
    assert (len(ask.sim.requests), ask.sim.most_at_once) == (1, 1)


async def test_the_newest_fault_counts_until_its_times_are_up(ask: Client) -> None:
    old = ask.sim.fail("*", "/v2/*", status=500)
    new = ask.sim.fail("GET", "/v2/*", status=429, times=2)
    seen = [(await ask("GET", LIST))[0] for _ in range(3)]
    assert seen == [429, 429, 500]
    assert (old.hits, new.hits) == (1, 2)


@pytest.mark.parametrize("by", ["fault", "simulator"])
async def test_no_answer_until_somebody_ends_it(ask: Client, by: str) -> None:
    fault = ask.sim.fail("POST", "*", kind="hang")
    # aiohttp would repeat a GET.
    asking = asyncio.create_task(ask("POST", LIST))
    while not fault.hits:
        await turn()
    if by == "fault":
        fault.stop()
    else:
        await ask.sim.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await asking
    assert ask.sim.count("POST", "*") == 1


async def test_the_simulator_can_be_started_again(ask: Client, car: Car) -> None:
    with pytest.raises(RuntimeError, match="already"):
        await ask.sim.start()
    await ask.sim.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask.cars()
    await ask.sim.start(int(ask.sim.url.rpartition(":")[2]))
    assert len(await ask.cars()) == 1
