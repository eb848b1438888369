"""The cloud check: its report for each dialect, and what it never contains."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
import re

import aiohttp
import pytest

from simulator import DIALECTS, Car, Simulator
from tests import API_KEY, OTHER_USER_ID, PARTNER, USER_ID
from tests.api import endpoints as at
from tests.api.cars import FULL_ID, LOCATION_ID, add_full_car, secrets_of
from tests.simulator.test_dialects import LOOKS
from tools.check_cloud import __main__ as program
from tools.check_cloud.check import check
from tools.check_cloud.report import report

NAME = "Virtanen's car"
KEPT = "No setting was lost: a write keeps what it does not name."
# What a dialect changes in the report. Other dialects look the same to this check,
# which reads and writes an unchanged setting.
SHOWS: dict[str, tuple[str, ...]] = {
    "put_replaces": (
        "Lost: chargingLocationIds, batteryCapacity, defaultSpotPriceAreaId, also",
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
    "optional_empty": ("value | empty text", "empty text: `[].assoc"),
    "optional_typed": ("odd: `[].attributes.year` is array", "is object"),
    "quoted_numbers": ("| Numbers and booleans | as text |",),
    "capacity_as_number": ("| Battery capacity in the telemetry | number |",),
}


@dataclass
class Account:
    """An account with two cars: one with every field, and one without settings."""

    simulator: Simulator
    full: Car
    bare: Car

    async def report(self, write: str | None = None) -> str:
        """Return a report without times, and check that it has no secrets."""

        async def no_time(_: float) -> None:
            """Do not wait."""

        account = {"user_id": USER_ID, "api_key": API_KEY}
        account["base_url"] = self.simulator.url
        async with aiohttp.ClientSession() as session:
            found = await check(session, write=write, sleep=no_time, **account)
        text = report(found)
        hidden = {*secrets_of(self.full), API_KEY, PARTNER, NAME, "Virtanen", "Home"}
        hidden |= {FULL_ID, LOCATION_ID, self.bare.id, self.bare.vin, "127.0.0.1"}
        assert not [secret for secret in hidden if secret in text]
        return re.sub(r"\d+\.\d( s|(?= \|))", "0.0", text)


@pytest.fixture
async def account() -> AsyncGenerator[Account]:
    async with Simulator() as simulator:
        simulator.add_account(USER_ID, API_KEY, partner_name=PARTNER)
        full = add_full_car(simulator)
        full.name = NAME
        bare = simulator.add_car(USER_ID, Car(id="car-bare", plugged_in=False))
        yield Account(simulator, full, bare)


def test_every_dialect_differs_somewhere() -> None:
    """A dialect differs in a test of the simulator or in the report."""
    assert {dialect for _, dialect, _ in LOOKS} | SHOWS.keys() == DIALECTS.keys()


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_what_a_dialect_shows(account: Account, dialect: str) -> None:
    """Every difference has its line in the report, and settings are kept."""
    before = account.full.preferences
    account.full.signed_out = dialect.startswith("car_")
    account.simulator.speak(dialect)
    text = await account.report(FULL_ID)
    assert account.full.preferences == before
    account.simulator.speak()
    documented = await account.report(FULL_ID)
    assert KEPT in documented
    assert not [word for word in ("odd:", "failed:", "null:") if word in documented]
    if dialect not in SHOWS:
        assert text == documented
        return
    for line in SHOWS[dialect]:
        assert line in text
        assert line not in documented


async def test_nothing_is_written_unless_asked_for(account: Account) -> None:
    text = await account.report()
    assert {request.method for request in account.simulator.requests} == {"GET"}
    asked = {request.path for request in account.simulator.requests}
    assert asked > {each.path for each in at.READS} - {at.AUTHORIZATION_URL}
    assert "Writing" not in text
    assert "| `GET /v1/hiven/devices/:vehicleId/status` | 2 |" in text


@pytest.mark.parametrize("car", [FULL_ID, FULL_ID.upper(), NAME, NAME.lower()])
async def test_only_the_minimum_is_written(account: Account, car: str) -> None:
    await account.report(car)
    (put,) = (each for each in account.simulator.requests if each.method == "PUT")
    assert put.path == at.PREFERENCES
    week = "weekDaySpecificReadyTimes"
    written = {"chargingBehavior", "minimalSoC", "targetSoC", "readyTime", week}
    assert put.json.keys() == written
    assert put.json.items() <= (account.full.preferences or {}).items()


async def test_what_cannot_be_put_back_is_said(account: Account) -> None:
    full = account.full.preferences or {}
    account.simulator.fail("PUT", "*", body=b"")
    account.simulator.fail("GET", at.PREFERENCES, body=full, times=2)
    left = [name for name in full if name != "batteryCapacity"]
    account.full.preferences = {name: full[name] for name in left}
    text = await account.report(FULL_ID)
    assert "Could not be put back: batteryCapacity. Please set it again." in text


async def test_a_car_without_a_minimum_and_a_refused_write(account: Account) -> None:
    text = await account.report("car-bare")
    assert "has no charge minimum, so nothing was written" in text
    body = {"message": f"{NAME} of {USER_ID} is | asleep"}
    account.simulator.fail("PUT", "*", status=422, body=body)
    text = await account.report(FULL_ID)
    assert "answered 422. Hiven says: *** of *** is | asleep" in text


async def test_refusals_are_shown_masked(account: Account) -> None:
    """The text of a refusal cannot break the table."""
    body = {"message": f"{NAME} | <b> at Liisankatu 21"}
    account.simulator.fail("GET", at.GET_STATUS.path, status=403, body=body)
    account.simulator.fail("GET", f"{at.LIST}/????????-*", status=410)
    text = await account.report()
    assert "| 403 | *** \\| &lt;b> at *** |" in text
    assert "| A vehicle it does not know | 410 |" in text


async def run(*arguments: str, **environment: str) -> int:
    """Run the program in a thread, because it has its own event loop."""
    return await asyncio.to_thread(program.main, arguments, environment)


async def test_the_program_asks_for_what_is_not_in_the_environment(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The input is hidden, and standard output has only the report."""
    account.full.status_override = {"soc": "many"}
    typed = {"API key: ": f"{API_KEY} ", "User ID: ": USER_ID}
    monkeypatch.setattr(program, "getpass", typed.pop)
    assert await run(HIVEN_API_URL=account.simulator.url) == 0
    assert typed == {}
    shown = capsys.readouterr()
    assert shown.out.startswith("# How this Hiven cloud answers\n")
    assert "odd: `soc` is string" in shown.out
    assert shown.err == ""


async def test_the_program_says_what_is_wrong(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {"HIVEN_API_KEY": API_KEY, "HIVEN_USER_ID": USER_ID}
    url = {"HIVEN_API_URL": account.simulator.url}
    assert await run(**{**own, "HIVEN_API_KEY": "wrong"}, **url) == 1
    assert "failed: answered 401" in capsys.readouterr().out
    assert await run("--write", "nobody", **own, **url) == 2
    assert capsys.readouterr().err == "There is no car called nobody.\n"
    assert await run(**own, HIVEN_API_URL="http://example.com") == 2
    assert "must be https" in capsys.readouterr().err
    account.simulator.add_account(OTHER_USER_ID, "key-2")
    other = {"HIVEN_API_KEY": "key-2", "HIVEN_USER_ID": OTHER_USER_ID}
    assert await run(**other, **url) == 0
    assert "Vehicles: 0. Other devices: 0." in capsys.readouterr().out
