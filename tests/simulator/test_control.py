"""The simulator's own page and levers, and how it runs alone."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
import signal
import sys
from typing import Any

import aiohttp
import pytest

from simulator import Car, Simulator

from .client import OTHER, USER, Client, Hand

ROOT = Path(__file__).parents[2]


async def test_the_truth_about_the_cars(sim: Simulator, ask: Client, car: Car) -> None:
    (truth,) = await ask.get("/_simulator/cars")
    status = await ask.status(car)
    assert truth == {
        "id": car.id,
        "user": USER,
        "name": "Aurora",
        "manufacturer": "VOLKSWAGEN",
        "model": "ID.4",
        "year": 2023,
        "soc": status["soc"],
        "range": status["range"],
        "status": status["chargingStatus"],
        "capacity": status["batteryCapacity"],
        "timestamp": status["timestamp"],
        "preferences": None,
        "plugged_in": False,
        "at_home": True,
        "charges_fast": False,
        "windows": [],
    }
    assert sim.count("*", "*") == 1  # the status alone


async def test_levers(sim: Simulator, ask: Client, car: Car) -> None:
    path = f"/_simulator/cars/{car.id}"
    status, truth = await ask("POST", path, json={"soc": 20, "plugged_in": True})
    assert (status, truth["soc"], truth["status"]) == (200, 20, "CHARGING")
    assert car.plugged_in
    for field, body in (
        ("soc", {"soc": 101}),
        ("plugged_in", {"plugged_in": 1}),
        ("colour", {"colour": "red"}),
    ):
        status, answer = await ask("POST", path, json=body)
        assert (status, answer["field"]) == (400, field)
    assert (await ask("POST", path, data="{}"))[0] == 400
    assert (await ask("POST", "/_simulator/cars/x", json={}))[0] == 404


async def test_a_new_key(sim: Simulator, ask: Client) -> None:
    path = f"/_simulator/accounts/{USER}"
    status, _ = await ask("POST", path, json={"api_key": "another"})
    assert (status, sim.accounts[USER].api_key) == (200, "another")
    assert (await ask("POST", path, json={"api_key": " "}))[0] == 400
    assert (await ask("POST", "/_simulator/accounts/x", json={}))[0] == 404


async def test_the_speed(sim: Simulator, ask: Client, car: Car) -> None:
    """How fast the cars live can be changed while they do."""
    await ask("POST", "/_simulator/clock", json={"speed": 2.5})
    assert sim.speed == 2.5
    assert (await ask.get("/_simulator/clock"))["speed"] == 2.5
    assert (await ask("POST", "/_simulator/clock", json={"speed": 0}))[0] == 400


async def test_the_clock(sim: Simulator, ask: Client, car: Car, clock: Hand) -> None:
    car.plug_in()
    told = {"now": "2026-01-12T10:00:00.000Z", "paused": True, "speed": 1.0}
    answer = await ask("POST", "/_simulator/clock", json={"paused": True})
    assert answer == (200, told)
    clock.tick(3600)
    assert car.soc == 50
    await ask("POST", "/_simulator/clock", json={"paused": False})
    assert (await ask.get("/_simulator/clock"))["paused"] is False
    clock.tick(3600)
    assert car.soc > 60


async def test_the_page(sim: Simulator, session: aiohttp.ClientSession) -> None:
    async with session.get(sim.url) as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert "Hiven simulator" in page
    assert "http" not in page.replace("http-equiv", "")


async def test_other_hosts_are_refused(
    sim: Simulator, session: aiohttp.ClientSession
) -> None:
    for host, status in (("rebound.example", 421), ("localhost", 200)):
        async with session.get(sim.url, headers={"Host": host}) as response:
            assert response.status == status


class Alone:
    """The simulator in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told = ""
        self.url = ""

    async def listen(self) -> None:
        assert self.process.stdout
        while "Ctrl-C" not in self.told:
            self.told += (await self.process.stdout.readline()).decode()
        self.url = self.told.partition(" at ")[2].split()[0]


@pytest.fixture
async def alone(socket_enabled: None) -> AsyncGenerator[Any]:
    started = []

    async def start(*arguments: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "simulator", *arguments),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_runs_alone(alone: Any, session: aiohttp.ClientSession) -> None:
    both = Alone(await alone("--port", "0", "--user", OTHER, "--key", "mine"))
    none = Alone(await alone("--port", "0", "--empty"))
    await asyncio.gather(both.listen(), none.listen())
    assert OTHER in both.told
    assert "mine" in both.told
    names = []
    for each in (both, none):
        async with session.get(f"{each.url}/_simulator/cars") as response:
            names.append([car["model"] for car in await response.json()])
    assert names == [["Model Y", "ID.4"], []]
    taken = await alone("--port", both.url.rpartition(":")[2])
    _, problem = await taken.communicate()
    assert taken.returncode == 1
    assert b"in use" in problem
    assert b"Traceback" not in problem
    for each, number in ((both, signal.SIGTERM), (none, signal.SIGINT)):
        each.process.send_signal(number)
        _, problem = await each.process.communicate()
        assert (each.process.returncode, problem) == (0, b"")
