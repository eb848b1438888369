"""The simulator's own page and controls, its scenarios, and its program."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
import signal
import sys
from typing import Any

import pytest

from simulator import DIALECTS, Car, scenario

from .client import HOUR, OTHER, SMART, USER, Client, Hand, without_server

CLOCK = "/_simulator/clock"
CLOUD = "/_simulator/cloud"


async def test_the_truth_about_the_cars(ask: Client, car: Car) -> None:
    (truth,) = await ask.get("/_simulator/cars")
    status = await ask.status(car)
    assert truth == {
        "id": car.id, "user": USER, "name": "Aurora", "preferences": None,
        "manufacturer": "VOLKSWAGEN", "model": "ID.4", "year": 2023, "windows": [],
        "plugged_in": False, "at_home": True, "charges_fast": False,
        **{key: status[key] for key in ("soc", "range", "timestamp")},
        "status": status["chargingStatus"], "capacity": status["batteryCapacity"],
    }  # fmt: skip
    assert ask.sim.count("*", "*") == 1  # only the status


async def test_levers_of_a_car(ask: Client, car: Car) -> None:
    path = f"/_simulator/cars/{car.id}"
    car.preferences = SMART
    car.charger_power = 30
    for body, seen in (
        ({"soc": 50, "plugged_in": True}, ("PLUGGED", True, False, 1)),
        ({"charges_fast": True}, ("CHARGING", True, True, 1)),
        ({"drive_km": 60}, ("DISCONNECTED", False, False, 0)),
        ({"charges_fast": True}, ("CHARGING", True, True, 1)),
        ({"charges_fast": False}, ("PLUGGED", True, False, 1)),
    ):
        _, truth = await ask("POST", path, json=body)
        state = truth["status"], truth["at_home"], truth["charges_fast"]
        assert (*state, len(truth["windows"])) == seen
    for bad in ({"soc": 101}, {"plugged_in": 1}, {"drive_km": 0}, {"colour": "red"}):
        assert [await ask.refuses("POST", path, bad)] == list(bad)
    assert (await ask("POST", path, data="{}"))[0] == 400
    assert (await ask("POST", "/_simulator/cars/x", json={}))[0] == 404


async def test_a_new_key(ask: Client) -> None:
    path = f"/_simulator/accounts/{USER}"
    status, _ = await ask("POST", path, json={"api_key": "another"})
    assert (status, ask.sim.accounts[USER].api_key) == (200, "another")
    assert await ask.refuses("POST", path, {"api_key": " "}) == "api_key"
    assert (await ask("POST", "/_simulator/accounts/x", json={}))[0] == 404


async def test_the_clock(ask: Client, car: Car) -> None:
    car.plug_in()
    body = {"paused": True, "speed": 2.5}
    now = {"now": "2026-01-12T10:00:00.000Z", "time_zone": "Europe/Helsinki"}
    assert await ask("POST", CLOCK, json=body) == (200, {**now, **body})
    ask.clock.tick(HOUR)
    assert car.soc == 50
    await ask("POST", CLOCK, json={"paused": False})
    assert (await ask.get(CLOCK))["paused"] is False
    ask.clock.tick(HOUR)
    assert car.soc > 60
    assert await ask.refuses("POST", CLOCK, {"speed": 0}) == "speed"


async def test_the_cloud(ask: Client, car: Car) -> None:
    body = {"down": True, "dialects": ["refusals_in_error", "epoch_seconds"]}
    assert await ask("POST", CLOUD, json=body) == (200, body)
    answer = await ask("GET", "/v2/hiven/devices")
    assert answer == (503, {"error": "Hiven is down for maintenance"})
    await ask("POST", CLOUD, json={"down": False})
    assert (await ask.status(car))["timestamp"] == 1768212000
    assert await ask.get(CLOUD) == {**body, "down": False}
    bad = {"dialects": ["klingon"]}
    assert await ask.refuses("POST", CLOUD, bad) == "dialects[0]"


async def test_prices(ask: Client) -> None:
    prices = await ask.get("/_simulator/prices")
    assert len(prices) == 48
    assert prices[0] == {"start": "2026-01-11T22:00:00.000Z", "price": 4.3}
    night = {row["start"]: row["price"] for row in prices[14:31]}
    car = ask.add(preferences=SMART, charger_power=30)
    (window,) = (await ask.schedule(car))["hourlyCharges"]
    assert night[window.replace("Z", ".000Z")] == min(night.values())


async def test_the_page_is_for_this_machine(ask: Client) -> None:
    async with ask.session.get(ask.sim.url) as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert "Hiven simulator" in page
    assert "http" not in page
    for host, status in (("rebound.example", 421), ("localhost", 200)):
        async with ask.session.get(ask.sim.url, headers={"Host": host}) as response:
            assert response.status == status


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("minute", ["00:00", "59:59"])
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_scenarios_at_any_hour(*, hour: int, minute: str, still: bool) -> None:
    clock = Hand()
    clock.move_to(f"2026-03-29T{hour:02}:{minute}+00:00")
    start = clock()
    sim = without_server(clock, speed=12)
    scenario.set_up(sim, USER, connect=True, still=still)
    charging, waiting = sim.cars.values()
    clock.tick(30)
    for _ in range(11):
        assert charging.charging_status == "CHARGING"
        assert waiting.charging_status == "PLUGGED"
        clock.tick(54)
        waiting.preferences = {**(waiting.preferences or {}), "batteryCapacity": 70}
        session = waiting.life.session
        assert session is not None
        (window,) = session.plan.windows
        assert 3 * HOUR <= window.start - start <= 4 * HOUR
        assert window.start.minute == 0
    assert (charging.soc == 46) is still
    clock.tick(timedelta(minutes=7))
    assert charging.at_home is still


async def listening(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    said = ""
    while "Ctrl-C" not in said:
        said += (await process.stdout.readline()).decode()
    return said


@pytest.fixture
async def alone(ask: Client) -> AsyncGenerator[Any]:
    started = []

    async def start(*arguments: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *("-m", "simulator", *arguments),
            cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_runs_alone(alone: Any, ask: Client) -> None:
    both = await alone("--port", "0", "--user", OTHER, "--dialect", "gone_403")
    none = await alone("--port", "0", "--empty", "--still")
    said = await asyncio.gather(listening(both), listening(none))
    assert f"user id  {OTHER}\n  API key  demo-key\n" in said[0]
    urls = [each.partition(" at ")[2].split()[0] for each in said]
    answers: list[Any] = []
    for what, key in (("cars", "model"), ("cloud", "dialects"), ("clock", "paused")):
        for url in urls:
            async with ask.session.get(f"{url}/_simulator/{what}") as response:
                body = await response.json()
            rows = body if isinstance(body, list) else [body]
            answers.append([row[key] for row in rows])
    assert answers[:2] == [["Model Y", "ID.4"], []]
    assert answers[2:] == [[["gone_403"]], [[]], [False], [True]]
    taken = await alone("--port", urls[0].rpartition(":")[2])
    _, problem = await taken.communicate()
    assert taken.returncode == 1
    assert b"in use" in problem
    assert b"Traceback" not in problem
    for each, number in ((both, signal.SIGTERM), (none, signal.SIGINT)):
        each.send_signal(number)
        _, problem = await each.communicate()
        assert (each.returncode, problem) == (0, b"")


async def test_dialects_are_listed_and_have_to_agree(alone: Any) -> None:
    listed = await alone("--list-dialects")
    said, _ = await listed.communicate()
    assert [line.split()[0] for line in said.decode().splitlines()] == list(DIALECTS)
    wrong = await alone("--dialect", "gone_403", "--dialect", "gone_410")
    _, problem = await wrong.communicate()
    assert (wrong.returncode, b"contradicts" in problem) == (2, True)
