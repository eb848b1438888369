"""After any failure at Hiven, the states are correct and everything recovers."""

import asyncio
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.hiven.const import DOMAIN
from simulator import Car, Fault, Simulator

from . import API_KEY, USER_ID
from .actions import LIST, PREFERENCES, READY_TIME, STATE_OF_CHARGE, TARGET
from .api.cars import FULL_ID
from .certificates import self_signed
from .home import GIVES_UP, HOUR, POLL, Home, error_of, until, with_full_car
from .troubles import STORED, TROUBLE, Trouble, each_trouble

OTHER_STATE_OF_CHARGE = "sensor.other_state_of_charge"
STATUS_OF_ONE = "/v1/hiven/devices/car-1/status"
# Addresses without an answer. The second one has no TLS.
NOBODY = (f"https://{'x' * 64}.invalid", "https:", "http://127.0.0.1:9")


@pytest.fixture
async def home(home: Home, other: Car, request: pytest.FixtureRequest) -> Home:
    """Add a second parked car and start, unless a test starts by itself."""
    home.car.unplug()
    other.soc = 40.0
    if not hasattr(request, "param"):
        await home.begin_anew()
    return home


async def poll(home: Home, fault: Fault, trouble: Trouble, after: float = POLL) -> None:
    """Poll while the failure happens."""
    if trouble.is_slow:
        await home.poll_unanswered(fault, after=after)
    else:
        await home.poll(after=after)


@each_trouble("[]")
async def test_the_list(home: Home, trouble: Trouble) -> None:
    """Two polls fail: old values stay, settings work, and the log has two lines."""
    before = home.states()
    fault = trouble.begin(home.simulator, "GET", LIST)
    home.car.soc = 61.0
    await poll(home, fault, trouble)
    assert home.states() == before
    error = home.entry.runtime_data.coordinator.last_exception
    assert isinstance(error, HomeAssistantError)
    assert error.translation_domain == DOMAIN
    assert error.translation_key == trouble.poll
    assert str(error).startswith("Hiven ")
    (line,) = home.log
    assert str(error) in line

    await home.set_number(TARGET, 90)
    assert home.held["targetSoC"]["value"] == 90
    assert home.states() == {**before, TARGET: "90.0"}

    asked = home.polls
    await home.pass_time(seconds=trouble.wait - 1)
    assert home.polls == asked
    await poll(home, fault, trouble, after=1)
    assert home.polls > asked
    assert home.states() == {**before, TARGET: "90.0"}
    assert home.log == [line]

    fault.stop()
    home.edit(readyTime="05:15")
    await home.poll(after=trouble.second_wait)
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert home.shown(READY_TIME) == "05:15:00"
    assert home.log[1:] == ["Fetching hiven data recovered"]
    asked = home.polls
    await home.poll()
    assert home.polls == asked + 1
    await home.check(reauths=int(trouble.poll == "invalid_auth"))


@each_trouble()
async def test_the_status_of_a_car(home: Home, other: Car, trouble: Trouble) -> None:
    """Two polls fail, which does not affect the other car or the settings."""
    before = home.states()
    fault = trouble.begin(home.simulator, "GET", STATUS_OF_ONE)
    home.car.soc, other.soc = 61.0, 41.0
    await poll(home, fault, trouble)
    assert home.states() == before
    assert home.shown(OTHER_STATE_OF_CHARGE) == "41.0"
    assert home.entry.runtime_data.coordinator.last_update_success
    (line,) = home.log
    endpoint = "GET /v1/hiven/devices/:vehicleId/status"
    assert line.startswith(f"Family car cannot be read: {endpoint}: ")
    assert trouble.detail in line
    await home.set_number(TARGET, 90)
    home.edit(readyTime="05:15")
    settings = {TARGET: "90.0", READY_TIME: "05:15:00"}

    # Only this car waits as long as Hiven asks, even if an automation updates it.
    asked = fault.hits
    other.soc = 42.0
    for _ in range(trouble.wait // 300 - 1):
        await home.poll()
        await home.update()
        assert home.shown(OTHER_STATE_OF_CHARGE) == "42.0"
        assert home.shown(READY_TIME) == "05:15:00"
    assert fault.hits == asked
    other.soc = 43.0
    await poll(home, fault, trouble)
    assert fault.hits > asked
    assert home.shown(OTHER_STATE_OF_CHARGE) == "43.0"
    if trouble.wait < HOUR / 2:
        assert home.states() == {**before, **settings}
    else:
        assert home.shown(STATE_OF_CHARGE) == STATE_UNAVAILABLE
    assert home.log == [line]

    fault.stop()
    await home.poll(trouble.second_wait // 300)
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert home.log[1:] == ["Family car can be read again"]
    await home.check()


async def _set_target(home: Home, value: int) -> str | None:
    """Set the target and return the key of the error, if any."""
    call = home.through(home.set_number(TARGET, value))
    (err,) = await asyncio.gather(call, return_exceptions=True)
    if err is None:
        return STORED
    assert isinstance(err, HomeAssistantError)
    assert err.translation_domain == DOMAIN
    assert str(err).startswith("Hiven ")
    return err.translation_key


@each_trouble()
async def test_a_write(home: Home, trouble: Trouble) -> None:
    before, target = home.states(), 80

    def check(value: int, outcome: str | None, expected: str | None) -> None:
        nonlocal target
        assert outcome == expected
        target = value if outcome is STORED else target
        assert home.held["targetSoC"]["value"] == target
        assert home.states() == {**before, TARGET: f"{target}.0"}

    fault = trouble.begin(home.simulator, "GET", PREFERENCES)
    check(90, await _set_target(home, 90), trouble.read)
    fault.stop()
    puts = len(home.puts)
    assert puts == (trouble.read is STORED)

    fault = trouble.begin(home.simulator, "PUT", PREFERENCES)
    check(91, await _set_target(home, 91), trouble.put)
    fault.stop()
    assert len(home.puts) == puts + 1

    call, put = await home.hold("PUT", PREFERENCES, home.set_number(TARGET, 92))
    fault = trouble.begin(home.simulator, "GET", PREFERENCES)
    put.release()
    await home.through(call)
    fault.stop()
    check(92, STORED, STORED)

    await home.set_time(READY_TIME, "05:15")
    assert home.states() == {**before, TARGET: "92.0", READY_TIME: "05:15:00"}
    assert home.log == []
    await home.check()


async def test_nobody_listens(home: Home) -> None:
    port = int(home.simulator.url.rpartition(":")[2])
    await home.simulator.stop()
    before = home.states()
    home.car.soc = 61.0
    for _ in range(2):
        await home.poll()
        error = await error_of(home.set_number(TARGET, 90))
        assert "Hiven does not answer" in str(error)
        assert home.states() == before
        assert len(home.log) == 1
    error = home.entry.runtime_data.coordinator.last_exception
    assert error.translation_key == "poll_cannot_connect"
    await home.simulator.start(port)
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert len(home.log) == 2
    await home.set_number(TARGET, 90)
    assert home.shown(TARGET) == "90.0"
    await home.check()


@pytest.fixture
def resolver(disable_mock_zeroconf_resolver: None, mock_async_zeroconf: object) -> None:
    """Use the name resolver of a real Home Assistant."""


not_started = pytest.mark.parametrize("home", ["not started"], indirect=True)


@not_started
async def test_a_certificate_nobody_trusts(
    home: Home, hiven_at: Callable[[str], None], tmp_path: Path
) -> None:
    await home.simulator.stop()
    await home.simulator.start(tls=self_signed(tmp_path))
    hiven_at(home.simulator.url)
    await home.start()
    assert home.entry.state is ConfigEntryState.SETUP_RETRY
    assert home.simulator.requests == []


@not_started
@pytest.mark.parametrize(("cause", "reason"), [
    # An address, or a failure of the list.
    *((cause, "does not answer")
      for cause in (*NOBODY, "reset midway", "no answer", "503")),
    *((cause, "does not understand") for cause in ("404", "a page", "half", "{}")),
])  # fmt: skip
async def test_down_at_start(
    resolver: None, home: Home, hiven_at: Callable[[str], None], cause: str, reason: str
) -> None:
    url = home.simulator.url.replace("http:", "https:") if cause == "https:" else cause
    fault = (
        TROUBLE[cause].begin(home.simulator, "GET", LIST) if cause in TROUBLE else None
    )
    if fault is None:
        hiven_at(url)
    starting = asyncio.create_task(home.start())
    if fault is not None and cause == "no answer":
        await until(lambda: fault.hits)
        home.freezer.tick(timedelta(seconds=GIVES_UP))
    await starting
    assert home.entry.state is ConfigEntryState.SETUP_RETRY
    assert reason in (home.entry.reason or "")

    if fault is not None:
        fault.stop()
    hiven_at(home.simulator.url)
    # Newer releases of Home Assistant wait as long as Hiven wants.
    await home.pass_time(minutes=21)
    assert home.is_loaded()
    assert home.shown(STATE_OF_CHARGE) == "50.0"
    assert home.reauths == 0
    assert home.log == []
    home.check_quiet()


# Fields.

# The entities that need a row of the list, and those that need a status.
SETTINGS = {
    *("charge_minimum", "charge_target", "charging_behavior", "smart_charging_status"),
    *("spot_price_area", "ready_time", "saturday_ready_time", "sunday_ready_time"),
}
TELEMETRY = {
    *("battery_capacity", "charging", "charging_status", "last_reported", "range"),
    *("plugged_in", "smart_charging_status", "state_of_charge"),
}

type Way = tuple[str | int, ...]


def ways(answer: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to every field of an answer, including objects and lists."""
    if way:
        yield way
    steps = dict(enumerate(answer)) if isinstance(answer, list) else answer
    if isinstance(steps, dict):
        for step, value in steps.items():
            yield from ways(value, (*way, step))


def spoiled(answer: Any, way: Way) -> Any:
    """Return a copy with a wrong value at the end of the way."""
    answer = deepcopy(answer)
    *before, last = way
    place = answer
    for step in before:
        place = place[step]
    place[last] = [] if isinstance(place[last], bool | None) else True
    return answer


async def answer_of(simulator: Simulator, path: str) -> Any:
    headers = {"X-Api-Key": API_KEY, "X-User-Id": USER_ID}
    async with (
        aiohttp.ClientSession(simulator.url, headers=headers) as session,
        session.get(path, params={"userId": USER_ID}) as response,
    ):
        return await response.json()


@with_full_car
@pytest.mark.parametrize(
    ("path", "fields", "lost"),
    [(LIST, 46, SETTINGS), (f"/v1/hiven/devices/{FULL_ID}/status", 5, TELEMETRY)],
    ids=["list", "status"],
)
async def test_wrong_types(
    home: Home, other: Car, path: str, fields: int, lost: set[str]
) -> None:
    home.simulator.telemetry_interval = timedelta(days=1)
    await home.poll()
    before = home.states()
    answer = await answer_of(home.simulator, path)
    car = answer[0] if path == LIST else answer
    bad = list(ways(car))[1:]  # not the id
    assert len(bad) == fields
    unknown: set[str] = set()
    for number, way in enumerate(bad):
        home.caplog.clear()
        wrong = spoiled(car, way)
        body = [wrong, *answer[1:]] if path == LIST else wrong
        fault = home.simulator.fail("GET", path, body=body)
        other.soc = number
        await home.poll()
        fault.stop()
        changed = dict(home.states().items() - before.items())
        # The entered capacity replaces the reported one.
        assert {*changed.values()} <= {STATE_UNKNOWN, "74.5"}, way
        unknown |= changed.keys()
        assert home.shown(OTHER_STATE_OF_CHARGE) == f"{number}.0", way
        (line,) = home.log
        assert all(str(step) in line for step in way if isinstance(step, str)), way
        await home.poll()
        assert home.states() == before, way
        assert home.log == [line], way
        home.check_quiet()
    assert {id_.rpartition("family_car_")[2] for id_ in unknown} == lost


@pytest.mark.parametrize("row", [{}, [], None, "text", 42, {"id": {}}, {"id": ""}])
async def test_rows_that_say_nothing(home: Home, other: Car, row: Any) -> None:
    """They are logged once. A car that such a row hides is read by its ID."""
    home.simulator.fail("GET", LIST, body=[row, row])
    home.car.soc, other.soc = 61.0, 41.0
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert home.shown(OTHER_STATE_OF_CHARGE) == "41.0"
    assert home.shown(TARGET) == "80.0"
    (line,) = home.log
    await home.poll()
    assert home.log == [line]
    await home.check()
