"""What differs in each dialect."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from simulator import DIALECTS, Car, Simulator

from .client import CONNECT, MODELS, OFF, READS, REDIRECT, SMART, WEEK, Client, path_of

ALL = sorted([*SMART, "batteryCapacity"])
DAYS = ["MONDAY", "SUNDAY"]
NIGHT = "2026-01-13T0"
QUARTERS = {
    **{f"{NIGHT}0:{minutes}:00Z": 1 for minutes in ("00", "15", "30")},
    f"{NIGHT}0:45:00Z": 0.08,
}
WORDS = ["SMART_CHARGE_ANYWHERE", "PERCENT", "MONDAY", "DISCONNECTED", "EV"]
ABLE = "EXECUTE_START_AND_STOP"
NAMES = ["VOLKSWAGEN", "Aurora"]

type Look = Callable[[Client, Car], Awaitable[Any]]

LOOKS: list[tuple[Look, str, Any]] = []


def differs(documented: Any, **others: Any) -> Callable[[Look], Look]:
    """Expect what a look returns if documented, and in the dialects that differ."""
    assert documented not in others.values()

    def add(look: Look) -> Look:
        seen = {"documented": documented, **others}
        LOOKS.extend((look, dialect, each) for dialect, each in seen.items())
        return look

    return add


@differs([201, 400], connect_code=[400, 201], connect_code_422=[422, 201])
async def names_in_connect(ask: Client, car: Car) -> Any:
    statuses = []
    for code, address in (("authCode", "redirectUrl"), ("code", "redirectUri")):
        body = {code: ask.sim.codes.issue(Car(), REDIRECT), address: REDIRECT}
        statuses.append((await ask("POST", CONNECT, json=body))[0])
    return statuses


@differs((200, ""), put_answers_nothing=(200, None), put_answers_204=(204, None))
async def answer_to_a_put(ask: Client, car: Car) -> Any:
    return await ask.put(car, OFF)


@differs(
    (404, {"message": "charging preferences not found"}),
    preferences_empty=(200, {}),
    preferences_null=(200, None),
)
async def no_preferences(ask: Client, car: Car) -> Any:
    return await ask("GET", path_of(car))


@differs(
    (404, {"message": "charging schedule not found"}),
    schedule_empty=(200, {}),
    schedule_null=(200, None),
)
async def no_plan(ask: Client, car: Car) -> Any:
    return await ask("GET", path_of(car, READS[3]))


@differs((200, ALL), put_replaces=(200, ["chargingBehavior"]), put_whole=(422, ALL))
async def part_of_the_settings(ask: Client, car: Car) -> Any:
    await ask.put(car, {**SMART, "batteryCapacity": 70})
    status, _ = await ask.put(car, OFF)
    return status, sorted(await ask.stored(car))


@differs(400, put_counts_stored=200)
async def target_left_out(ask: Client, car: Car) -> Any:
    await ask.put(car, SMART)
    return (await ask.put(car, {"chargingBehavior": "SMART_CHARGE_ANYWHERE"}))[0]


@differs(
    (["MONDAY"], 400, ["MONDAY"]),
    week_merged_null=(DAYS, 200, ["MONDAY"]),
    week_merged_forever=(DAYS, 200, DAYS),
    week_merged_refused=(DAYS, 400, DAYS),
)
async def sunday_taken_out(ask: Client, car: Car) -> Any:
    """Leave Sunday out, then send null."""
    await ask.put(car, {**OFF, WEEK: {"MONDAY": "08:00", "SUNDAY": "18:00"}})
    await ask.put(car, {**OFF, WEEK: {"MONDAY": "09:00"}})
    left_out = list((await ask.stored(car))[WEEK])
    status, _ = await ask.put(car, {**OFF, WEEK: {"SUNDAY": None, "FRIDAY": None}})
    return left_out, status, list((await ask.stored(car))[WEEK])


@differs(
    [True, True, True, True],
    preferences_in_list_only=[True, False, True, True],
    preferences_in_resource_only=[False, True, False, True],
)
async def where_preferences_show(ask: Client, car: Car) -> Any:
    car.preferences = SMART
    shown = [await ask.listed(), await ask.stored(car)]
    await ask.put(car, SMART)
    shown += [await ask.listed(), await ask.stored(car)]
    return [preferences == SMART for preferences in shown]


@differs(
    {"list": 0, "resource": 0},
    lagging_reads={"resource": 4, "list": 10},
    lagging_resource={"list": 2, "resource": 10},
)
async def when_a_write_shows(ask: Client, car: Car) -> Any:
    """Return the seconds after which list and resource show it."""
    car.preferences = SMART
    await ask.put(car, OFF)
    seen: dict[str, int] = {}
    for second in range(12):
        if second == 1:
            await ask.put(car, {**OFF, "batteryCapacity": 70})
        shown = {"list": await ask.listed(), "resource": await ask.stored(car)}
        for place, preferences in shown.items():
            if preferences != SMART:
                seen.setdefault(place, second)
        ask.clock.tick(1)
    return seen


@differs(["13 06:00", "13 06:00"], late_plans=["13 05:00", "13 06:00"])
async def when_a_plan_is_new(ask: Client, car: Car) -> Any:
    car.preferences = SMART
    car.plug_in()
    ask.clock.tick(60)
    await ask.put(car, {**SMART, "readyTime": "08:00"})
    old = await ask.ready(car)
    ask.clock.tick(50)
    return [old, await ask.ready(car)]


@differs(
    {f"{NIGHT}0:00:00Z": 0.77},
    quarter_hours_sparse=QUARTERS,
    quarter_hours={**QUARTERS, f"{NIGHT}1:00:00Z": 0},
)
async def plan(ask: Client, car: Car) -> Any:
    car.preferences = SMART
    car.charger_power = 30
    car.plug_in()
    return (await ask.schedule(car))["hourlyCharges"]


@differs(
    [200, 200, 404, 404, 200],
    car_401=[200, 401, 404, 401, 401],
    car_403=[200, 403, 404, 403, 403],
)
async def signed_out(ask: Client, car: Car) -> Any:
    """A car that is signed out reports nothing, and is in the list all the same."""
    car.signed_out = True
    ask.clock.tick(3600)
    car.soc = 20
    assert (car.life.reading.soc, len(await ask.cars())) == (50, 1)
    answers = [(await ask("GET", path_of(car, what)))[0] for what in READS]
    car.signed_out = False
    assert (await ask.status(car))["soc"] == 20
    return answers


@differs(
    [404] * 4,
    gone_403=[404, 403, 403, 403],
    gone_410=[404, 410, 410, 410],
    gone_null=[404, 200, 404, 404],
)
async def gone(ask: Client, car: Car) -> Any:
    ask.sim.remove_car(car.id)
    paths = path_of(Car(), ""), *(path_of(car, what) for what in READS[:2])
    statuses = [(await ask("GET", path))[0] for path in paths]
    return [*statuses, (await ask("DELETE", path_of(car, "")))[0]]


@differs([("BEV", True)], models_doubled=[("PHEV", False), ("BEV", True)])
async def rows_of_a_model(ask: Client, car: Car) -> Any:
    return [
        (row["type"], ABLE in row["capabilities"])
        for row in await ask.get(MODELS)
        if row["model"] == "ID.4"
    ]


@differs(
    ["2026-01-12T10:00:00.000Z", f"{NIGHT}0:00:00Z"],
    timestamps_offset=["2026-01-12T12:00:00.000+02:00", f"{NIGHT}2:00:00.000+02:00"],
    timestamps_naive=["2026-01-12T10:00:00.000", f"{NIGHT}0:00:00.000"],
    timestamps_fraction_free=["2026-01-12T10:00:00Z", f"{NIGHT}0:00:00Z"],
    epoch_seconds=[1768212000, "1768262400"],
    epoch_milliseconds=[1768212000000, "1768262400000"],
)
async def timestamps(ask: Client, car: Car) -> Any:
    return [(await ask.status(car))["timestamp"], *(await plan(ask, car))]


@differs(
    [*WORDS, ABLE, *NAMES],
    lower_case=[*map(str.lower, WORDS), ABLE.lower(), *NAMES],
)
async def words(ask: Client, car: Car) -> Any:
    await ask.put(car, {**SMART, WEEK: {"MONDAY": "09:00"}})
    stored, device = await ask.stored(car), await ask.details(car)
    return [
        *(stored["chargingBehavior"], stored["targetSoC"]["unit"], *stored[WEEK]),
        *((await ask.status(car))["chargingStatus"], device["type"]),
        *(await ask.get(MODELS))[0]["capabilities"][:1],
        *(device["attributes"]["manufacturer"], device["attributes"]["name"]),
    ]


@differs(
    ["07:00", "00:30"],
    times_short=["7:00", "0:30"],
    times_seconds=["07:00:00", "00:30:00"],
)
async def times(ask: Client, car: Car) -> Any:
    await ask.put(car, {**SMART, WEEK: {"MONDAY": "00:30"}})
    stored = await ask.stored(car)
    return [stored["readyTime"], stored[WEEK]["MONDAY"]]


@differs(
    [2023, [], None, True, ...],
    optional_missing=[..., ..., ..., ..., ...],
    optional_null=[None, None, None, None, None],
    optional_empty=["", "", "", "", ""],
    optional_typed=[[], {}, [], [], []],
)
async def without_values(ask: Client, car: Car) -> Any:
    """Return some fields that have no value; `...` where they are missing."""
    car.reports_capacity = False
    device, status = await ask.details(car), await ask.status(car)
    assert ("settings" in device) is (ask.sim.without_value != "missing")
    await ask.put(car, OFF)
    places = (
        (device["attributes"], "year"),
        (device, "associatedChargerIds"),
        (status, "batteryCapacity"),
        (device.get("settings", {}), "locationSupported"),
        (await ask.stored(car), "minimalSoC"),
    )
    return [place.get(name, ...) for place, name in places]


@differs(
    [80.5, False, 50.0, "77"],
    quoted_numbers=["80.5", "false", "50", "77"],
    capacity_as_number=[80.5, False, 50.0, 77.0],
)
async def numbers(ask: Client, car: Car) -> Any:
    car.preferences = {"targetSoC": {"value": 80.5, "unit": "PERCENT"}}
    device, status = await ask.details(car), await ask.status(car)
    target = device["settings"]["chargingPreferences"]["targetSoC"]["value"]
    battery = status["soc"], status["batteryCapacity"]
    return [target, device["associatedToCharger"], *battery]


@differs(
    ["message", "field"],
    refusals_in_error=["error", "field"],
    refusals_in_detail=["detail", "field"],
)
async def fields_of_a_refusal(ask: Client, car: Car) -> Any:
    return list((await ask.put(car, {}))[1])


@pytest.mark.parametrize(("look", "dialect", "seen"), LOOKS)
async def test_what_differs(
    ask: Client, car: Car, look: Look, dialect: str, seen: Any
) -> None:
    ask.sim.speak(dialect)
    assert await look(ask, car) == seen


def test_every_dialect_differs_somewhere() -> None:
    assert {dialect for _, dialect, _ in LOOKS} == set(DIALECTS)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_dialect_takes_back_what_it_answers(
    ask: Client, car: Car, dialect: str
) -> None:
    full = {
        **SMART,
        "chargingLocationIds": [ask.add_home()],
        WEEK: {"MONDAY": "08:30"},
        "minimalSoC": {"value": 90.5, "unit": "KM"},
        "batteryCapacity": 77.5,
        "defaultSpotPriceAreaId": "SE3",
    }
    ask.sim.speak(dialect)
    for preferences in (full, SMART):
        car.preferences = preferences
        ask.clock.tick(60)
        answer = await ask.listed() or await ask.stored(car)
        answer.pop("chargingLocations", None)
        assert (await ask.put(car, answer))[0] in {200, 204}
        assert car.preferences == preferences
        # Everybody may write as documented.
        assert (await ask.put(car, preferences))[0] in {200, 204}
        assert car.preferences == preferences


async def test_several_at_once(ask: Client, car: Car) -> None:
    ask.sim.speak("lower_case", "epoch_seconds")
    assert (await words(ask, car))[0] == "smart_charge_anywhere"
    assert (await timestamps(ask, car))[0] == 1768212000
    ask.sim.speak("epoch_milliseconds")  # alone
    assert (await words(ask, car))[0] == "SMART_CHARGE_ANYWHERE"
    assert (await timestamps(ask, car))[0] == 1768212000000


def test_names_have_to_be_known_and_agree() -> None:
    with pytest.raises(ValueError, match="no dialect klingon"):
        Simulator(dialect="klingon")
    with pytest.raises(ValueError, match="contradicts"):
        Simulator().speak("gone_403", "gone_410")
    assert Simulator(dialect="put_replaces").put_replaces
