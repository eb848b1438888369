"""Differences between dialects that the report of the cloud check does not show."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from simulator import DIALECTS, Car, Simulator

from .client import CONNECT, OFF, READS, REDIRECT, SMART, WEEK, Client, path_of

type Look = Callable[[Client, Car], Awaitable[Any]]

LOOKS: list[tuple[Look, str, Any]] = []


def differs(documented: Any, **others: Any) -> Callable[[Look], Look]:
    """Register what a look returns as documented, and in dialects that differ."""
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


@differs(400, put_counts_stored=200)
async def target_left_out(ask: Client, car: Car) -> Any:
    await ask.put(car, SMART)
    return (await ask.put(car, {"chargingBehavior": "SMART_CHARGE_ANYWHERE"}))[0]


@differs(
    (["MONDAY"], 400, ["MONDAY"]),
    week_merged_null=(["MONDAY", "SUNDAY"], 200, ["MONDAY"]),
    week_merged_forever=(["MONDAY", "SUNDAY"], 200, ["MONDAY", "SUNDAY"]),
    week_merged_refused=(["MONDAY", "SUNDAY"], 400, ["MONDAY", "SUNDAY"]),
)
async def sunday_taken_out(ask: Client, car: Car) -> Any:
    await ask.put(car, {**OFF, WEEK: {"MONDAY": "08:00", "SUNDAY": "18:00"}})
    await ask.put(car, {**OFF, WEEK: {"MONDAY": "09:00"}})
    left_out = list((await ask.stored(car))[WEEK])
    status, _ = await ask.put(car, {**OFF, WEEK: {"SUNDAY": None, "FRIDAY": None}})
    return left_out, status, list((await ask.stored(car))[WEEK])


@differs(
    {"list": 0, "resource": 0}, lagging_reads={"resource": 4, "list": 10},
    lagging_resource={"list": 2, "resource": 10},
)  # fmt: skip
async def when_a_write_shows(ask: Client, car: Car) -> Any:
    """Return after how many seconds the list and the resource show a write."""
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
    [404] * 4, gone_403=[404, 403, 403, 403], gone_410=[404, 410, 410, 410],
    gone_null=[404, 200, 404, 404],
)  # fmt: skip
async def gone(ask: Client, car: Car) -> Any:
    ask.sim.remove_car(car.id)
    paths = path_of(Car(), ""), *(path_of(car, what) for what in READS[:2])
    statuses = [(await ask("GET", path))[0] for path in paths]
    return [*statuses, (await ask("DELETE", path_of(car, "")))[0]]


@differs(
    ["message", "field"], refusals_in_error=["error", "field"],
    refusals_in_detail=["detail", "field"],
)  # fmt: skip
async def fields_of_a_refusal(ask: Client, car: Car) -> Any:
    return list((await ask.put(car, {}))[1])


@differs(
    "2026-01-12T10:00:00.000Z", timestamps_offset="2026-01-12T12:00:00.000+02:00",
    timestamps_naive="2026-01-12T10:00:00.000",
    timestamps_fraction_free="2026-01-12T10:00:00Z", epoch_seconds=1768212000,
)  # fmt: skip
async def timestamp(ask: Client, car: Car) -> Any:
    return (await ask.status(car))["timestamp"]


@pytest.mark.parametrize(("look", "dialect", "seen"), LOOKS)
async def test_look(ask: Client, car: Car, look: Look, dialect: str, seen: Any) -> None:
    ask.sim.speak(dialect)
    assert await look(ask, car) == seen


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_dialect_takes_back_what_it_answers(
    ask: Client, car: Car, dialect: str
) -> None:
    full = {
        **SMART, "chargingLocationIds": [ask.add_home()], WEEK: {"MONDAY": "08:30"},
        "minimalSoC": {"value": 90.5, "unit": "KM"}, "batteryCapacity": 77.5,
        "defaultSpotPriceAreaId": "SE3",
    }  # fmt: skip
    ask.sim.speak(dialect)
    for preferences in (full, SMART):
        car.preferences = preferences
        ask.clock.tick(60)
        answer = await ask.listed() or await ask.stored(car)
        answer.pop("chargingLocations", None)
        assert (await ask.put(car, answer))[0] in {200, 204}
        assert car.preferences == preferences
        # Every dialect accepts the documented form.
        assert (await ask.put(car, preferences))[0] in {200, 204}
        assert car.preferences == preferences


async def test_several_at_once(ask: Client, car: Car) -> None:
    ask.sim.speak("refusals_in_error", "epoch_seconds")
    assert await fields_of_a_refusal(ask, car) == ["error", "field"]
    assert await timestamp(ask, car) == 1768212000
    ask.sim.speak("epoch_milliseconds")  # replaces the others
    assert await fields_of_a_refusal(ask, car) == ["message", "field"]
    assert await timestamp(ask, car) == 1768212000000


def test_names_have_to_be_known_and_agree() -> None:
    with pytest.raises(ValueError, match="no dialect klingon"):
        Simulator(dialect="klingon")
    with pytest.raises(ValueError, match="contradicts"):
        Simulator().speak("gone_403", "gone_410")
    assert Simulator(dialect="put_replaces").put_replaces
