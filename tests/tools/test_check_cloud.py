"""The cloud check: what it says of each dialect, and what it never says."""

import asyncio
from collections.abc import Awaitable, Callable
import re

import aiohttp
import pytest

from simulator import DIALECTS, Car, Simulator
from tests import API_KEY, OTHER_USER_ID, PARTNER, USER_ID
from tests.api import endpoints as at
from tests.api.cars import FULL_ID, LOCATION_ID, add_full_car, secrets_of
from tools.check_cloud import __main__ as program
from tools.check_cloud.check import check
from tools.check_cloud.report import report

type Report = Callable[..., Awaitable[str]]

NAME = "Virtanen's car"
KEPT = "No setting was lost: a write keeps what it does not name."
# What a dialect changes in the report. Others cannot be told by reading, and the
# written setting stays as it is.
SHOWS: dict[str, tuple[str, ...]] = {
    "put_replaces": (
        "Lost: chargingLocationIds, batteryCapacity, defaultSpotPriceAreaId.",
        "- Everything was put back.",
    ),
    "put_whole": ("ev-preferences: answered 422. Hiven says: batteryCapacity is",),
    "preferences_in_list_only": ("| Where preferences stand | details, list |",),
    "preferences_in_resource_only": ("| Where preferences stand | resource |",),
    "preferences_empty": ("| No preferences | {} |",),
    "preferences_null": ("| No preferences | null or no body |",),
    "schedule_empty": ("| No plan | {} |",),
    "schedule_null": ("| No plan | null or no body |",),
    "quarter_hours": ("| Slots of a plan | quarters of an hour, whole hours |",),
    "quarter_hours_sparse": ("| Slots of a plan | quarters of an hour",),
    "car_401": ("failed: answered 401", "| 401 | the sign-in at the car maker has"),
    "car_403": ("failed: answered 403", "| 403 | the sign-in at the car maker has"),
    "models_doubled": ("several for one model",),
    "timestamps_offset": ("| Timestamps | ISO 8601 with an offset |",),
    "timestamps_naive": ("| Timestamps | ISO 8601 without a zone |",),
    "epoch_seconds": ("| Timestamps | epoch seconds |",),
    "epoch_milliseconds": ("| Timestamps | epoch milliseconds |",),
    "lower_case": ("| Constants and units | not upper case |",),
    "times_short": ("| Times of day | like 7:30 |",),
    "times_seconds": ("| Times of day | like 07:30:00 |",),
    "optional_missing": ("| Fields without a value | missing |", "missing: `[].assoc"),
    "optional_null": ("| Fields without a value | null |", "null: `[].assoc"),
    "optional_empty": (
        "| Fields without a value | empty text",
        "empty text: `[].assoc",
    ),
    "optional_typed": ("odd: `[].attributes.year` is array", "is object"),
    "quoted_numbers": ("| Numbers and booleans | as text |",),
    "capacity_as_number": ("| Battery capacity in the telemetry | number |",),
}


@pytest.fixture
def cars(simulator: Simulator) -> list[Car]:
    """Add a car with everything, and one with nothing."""
    full = add_full_car(simulator)
    full.name = NAME
    return [full, simulator.add_car(USER_ID, Car(id="car-bare", plugged_in=False))]


@pytest.fixture
async def made(simulator: Simulator, cars: list[Car]) -> Report:
    """Return what makes a report of the account."""

    async def no_time(_: float) -> None:
        """Pass."""

    async def made(write: str | None = None) -> str:
        async with aiohttp.ClientSession() as session:
            account = {"user_id": USER_ID, "api_key": API_KEY}
            url = simulator.url
            found = await check(
                session, write=write, sleep=no_time, base_url=url, **account
            )
        text = report(found)
        hidden = {*secrets_of(cars[0]), API_KEY, PARTNER, NAME, "Virtanen", "Home"}
        hidden |= {FULL_ID, LOCATION_ID, cars[1].id, cars[1].vin, "127.0.0.1"}
        assert not [secret for secret in hidden if secret in text]
        return re.sub(r"\d+\.\d( s|(?= \|))", "0.0", text)

    return made


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_what_a_dialect_shows(
    simulator: Simulator, cars: list[Car], made: Report, dialect: str
) -> None:
    """Each way in which answers differ has its line; settings stay as they are."""
    before = cars[0].preferences
    cars[0].signed_out = dialect.startswith("car_")
    simulator.speak(dialect)
    text = await made(FULL_ID)
    assert cars[0].preferences == before
    simulator.speak()
    documented = await made(FULL_ID)
    assert KEPT in documented
    assert not [word for word in ("odd:", "failed:", "null:") if word in documented]
    if dialect not in SHOWS:
        assert text == documented
        return
    for line in SHOWS[dialect]:
        assert line in text
        assert line not in documented


async def test_nothing_is_written_unless_asked_for(
    simulator: Simulator, cars: list[Car], made: Report
) -> None:
    """Every documented GET is sent, for every car, and nothing else."""
    text = await made()
    assert {request.method for request in simulator.requests} == {"GET"}
    asked = {request.path for request in simulator.requests}
    assert asked > {each.path for each in at.READS} - {at.AUTHORIZATION_URL}
    assert "Writing" not in text
    assert "| `GET /v1/hiven/devices/:vehicleId/status` | 2 |" in text


@pytest.mark.parametrize("car", [FULL_ID, FULL_ID.upper(), NAME, NAME.lower()])
async def test_only_the_minimum_is_written(
    simulator: Simulator, cars: list[Car], made: Report, car: str
) -> None:
    """With what Hiven requires beside it, all as it was."""
    await made(car)
    (put,) = (each for each in simulator.requests if each.method == "PUT")
    assert put.path == at.PREFERENCES
    assert put.json.keys() == {
        *("chargingBehavior", "minimalSoC", "targetSoC", "readyTime"),
        "weekDaySpecificReadyTimes",
    }
    assert put.json.items() <= (cars[0].preferences or {}).items()


async def test_what_cannot_be_put_back_is_said(
    simulator: Simulator, cars: list[Car], made: Report
) -> None:
    """The settings are named, so that they can be set again."""
    full = cars[0].preferences or {}
    simulator.fail("PUT", "*", body=b"")
    simulator.fail("GET", at.PREFERENCES, body=full, times=2)
    left = [name for name in full if name != "batteryCapacity"]
    cars[0].preferences = {name: full[name] for name in left}
    text = await made(FULL_ID)
    assert "Could not be put back: batteryCapacity. Please set it again." in text


async def test_a_car_without_a_minimum_and_a_refused_write(
    simulator: Simulator, made: Report
) -> None:
    """Nothing to write, and what Hiven says, masked."""
    assert "has no charge minimum, so nothing was written" in await made("car-bare")
    body = {"message": f"{NAME} of {USER_ID} is | asleep"}
    simulator.fail("PUT", "*", status=422, body=body)
    text = await made(FULL_ID)
    assert "answered 422. Hiven says: *** of *** is | asleep" in text


async def test_refusals_are_shown_masked(simulator: Simulator, made: Report) -> None:
    """As a table; what is said cannot break out of its cell."""
    body = {"message": f"{NAME} | <b> at Liisankatu 21"}
    simulator.fail("GET", at.GET_STATUS.path, status=403, body=body)
    simulator.fail("GET", f"{at.LIST}/????????-*", status=410)
    text = await made()
    assert "| 403 | *** \\| &lt;b> at *** |" in text
    assert "| A vehicle it does not know | 410 |" in text


async def run(*arguments: str, **environment: str) -> int:
    """Run the program; it has an event loop of its own."""
    return await asyncio.to_thread(program.main, arguments, environment)


async def test_the_program_asks_for_what_is_not_in_the_environment(
    simulator: Simulator,
    cars: list[Car],
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without showing it; the report goes to standard output, and only the report."""
    cars[0].status_override = {"soc": "many"}
    typed = {"API key: ": f"{API_KEY} ", "User ID: ": USER_ID}
    monkeypatch.setattr(program, "getpass", typed.pop)
    assert await run(HIVEN_API_URL=simulator.url) == 0
    assert typed == {}
    shown = capsys.readouterr()
    assert shown.out.startswith("# How this Hiven cloud answers\n")
    assert "odd: `soc` is string" in shown.out
    assert shown.err == ""


async def test_the_program_says_what_is_wrong(
    simulator: Simulator, cars: list[Car], capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong key still makes a report; a wrong car or address does not."""
    account = {"HIVEN_API_KEY": API_KEY, "HIVEN_USER_ID": USER_ID}
    url = {"HIVEN_API_URL": simulator.url}
    assert await run(**{**account, "HIVEN_API_KEY": "wrong"}, **url) == 1
    assert "failed: answered 401" in capsys.readouterr().out
    assert await run("--write", "nobody", **account, **url) == 2
    assert capsys.readouterr().err == "There is no car called nobody.\n"
    assert await run(**account, HIVEN_API_URL="http://example.com") == 2
    assert "must be https" in capsys.readouterr().err
    simulator.add_account(OTHER_USER_ID, "key-2")
    other = {"HIVEN_API_KEY": "key-2", "HIVEN_USER_ID": OTHER_USER_ID}
    assert await run(**other, **url) == 0
    assert "Vehicles: 0. Other devices: 0." in capsys.readouterr().out
