"""Charging preferences: what is stored, and what is refused."""

from typing import Any

import pytest

from simulator import Car, Simulator

from .client import KEY, USER, Client

OFF = {"chargingBehavior": "SMART_CHARGE_OFF"}
SMART = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
    "readyTime": "07:00",
}


def path(car: Car) -> str:
    return f"/v2/hiven/devices/{car.id}/smart-charging/ev-preferences"


async def test_put_acts_as_patch(ask: Client, car: Car) -> None:
    assert await ask("PUT", path(car), json=SMART) == (200, "")
    assert await ask("PUT", path(car), json={**OFF, "batteryCapacity": 77.5}) == (
        200,
        "",
    )
    assert await ask.get(path(car)) == {**SMART, **OFF, "batteryCapacity": 77.5}


async def test_a_week_replaces_a_week(sim: Simulator, ask: Client, car: Car) -> None:
    first = {"MONDAY": "08:00", "SUNDAY": "18:00"}
    second = {"MONDAY": "09:00"}
    week = "weekDaySpecificReadyTimes"
    await ask("PUT", path(car), json={**SMART, week: first})
    await ask("PUT", path(car), json={**SMART, week: second})
    assert (await ask.get(path(car)))[week] == second
    sim.week_map_merges = True
    await ask("PUT", path(car), json={**SMART, week: first})
    await ask("PUT", path(car), json={**SMART, week: second})
    assert (await ask.get(path(car)))[week] == {**first, **second}


@pytest.mark.parametrize(
    ("how", "status", "answer"),
    [("empty", 200, {}), ("null", 200, None)],
)
async def test_nobody_has_set_any(
    *, sim: Simulator, ask: Client, car: Car, how: Any, status: int, answer: Any
) -> None:
    assert (await ask("GET", path(car)))[0] == 404
    sim.empty_preferences = how
    assert await ask("GET", path(car)) == (status, answer)


@pytest.mark.parametrize(
    ("how", "answer"),
    [("quoted", (200, "")), ("empty", (200, None)), ("204", (204, None))],
)
async def test_ways_to_say_done(
    sim: Simulator, ask: Client, car: Car, how: Any, answer: Any
) -> None:
    sim.put_answer = how
    assert await ask("PUT", path(car), json=OFF) == answer


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("body", []),
        ("body", "text"),
        ("chargingBehavior", {}),
        ("chargingBehavior", {"chargingBehavior": "SMART"}),
        ("chargingBehavior", {"chargingBehavior": None}),
        ("chargingBehavior", {"chargingBehavior": ["SMART_CHARGE_OFF"]}),
        ("colour", {**OFF, "colour": "red"}),
        ("chargingLocations", {**OFF, "chargingLocations": []}),
        ("targetSoC", {**OFF, "targetSoC": 80}),
        ("targetSoC", {**OFF, "targetSoC": None}),
        ("targetSoC.unit", {**OFF, "targetSoC": {"value": 80}}),
        ("targetSoC.unit", {**OFF, "targetSoC": {"value": 80, "unit": "MILES"}}),
        ("targetSoC.value", {**OFF, "targetSoC": {"value": "80", "unit": "KM"}}),
        ("targetSoC.value", {**OFF, "targetSoC": {"value": True, "unit": "KM"}}),
        ("targetSoC.value", {**OFF, "targetSoC": {"value": 101, "unit": "PERCENT"}}),
        ("targetSoC.value", {**OFF, "targetSoC": {"value": -1, "unit": "KM"}}),
        (
            "minimalSoC.extra",
            {**OFF, "minimalSoC": {"value": 1, "unit": "KM", "extra": 1}},
        ),
        ("readyTime", {**OFF, "readyTime": "7:00"}),
        ("readyTime", {**OFF, "readyTime": "24:00"}),
        ("readyTime", {**OFF, "readyTime": "07:00:00"}),
        ("readyTime", {**OFF, "readyTime": 700}),
        ("readyTime", {**OFF, "readyTime": ""}),
        ("weekDaySpecificReadyTimes", {**OFF, "weekDaySpecificReadyTimes": None}),
        (
            "weekDaySpecificReadyTimes.MONDAY",
            {**OFF, "weekDaySpecificReadyTimes": {"MONDAY": None}},
        ),
        (
            "weekDaySpecificReadyTimes.monday",
            {**OFF, "weekDaySpecificReadyTimes": {"monday": "08:00"}},
        ),
        ("batteryCapacity", {**OFF, "batteryCapacity": 0}),
        ("batteryCapacity", {**OFF, "batteryCapacity": "77"}),
        ("defaultSpotPriceAreaId", {**OFF, "defaultSpotPriceAreaId": 1}),
        ("chargingLocationIds", {**OFF, "chargingLocationIds": "a"}),
        ("chargingLocationIds[0]", {**OFF, "chargingLocationIds": [1]}),
        ("chargingLocationIds[0]", {**OFF, "chargingLocationIds": ["unknown"]}),
        ("targetSoC", {k: v for k, v in SMART.items() if k != "targetSoC"}),
        ("readyTime", {k: v for k, v in SMART.items() if k != "readyTime"}),
        (
            "readyTime",
            {
                **{k: v for k, v in SMART.items() if k != "readyTime"},
                "weekDaySpecificReadyTimes": {},
            },
        ),
    ],
)
async def test_what_is_refused(ask: Client, car: Car, field: str, body: Any) -> None:
    await ask("PUT", path(car), json=SMART)
    status, answer = await ask("PUT", path(car), json=body)
    assert status == 400
    assert answer["field"] == field
    assert field in answer["message"]
    assert await ask.get(path(car)) == SMART


async def test_bodies_have_to_be_json(ask: Client, car: Car) -> None:
    status, answer = await ask("PUT", path(car), data="{}")
    assert (status, answer["field"]) == (400, "Content-Type")
    async with ask.session.put(
        ask.sim.url + path(car),
        data=b"{",
        headers={
            "X-Api-Key": KEY,
            "X-User-Id": USER,
            "Content-Type": "application/json",
        },
    ) as response:
        assert response.status == 400
        assert (await response.json())["field"] == "body"


async def test_a_lenient_cloud_counts_what_is_stored(
    sim: Simulator, ask: Client, car: Car
) -> None:
    await ask("PUT", path(car), json=SMART)
    change = {"chargingBehavior": "SMART_CHARGE_AT_LOCATION"}
    assert (await ask("PUT", path(car), json=change))[0] == 400
    sim.whole_preferences = False
    assert (await ask("PUT", path(car), json=change))[0] == 200
    assert await ask.get(path(car)) == {**SMART, **change}


async def test_the_app_stores_unchecked(sim: Simulator, ask: Client, car: Car) -> None:
    sim.app_edit(car.id, {**SMART, "chargingBehavior": "SMART_SOMEHOW"})
    sim.app_edit(
        car.id, {"readyTime": None, "weekDaySpecificReadyTimes": {"MONDAY": "6:5"}}
    )
    assert await ask.get(path(car)) == {
        "chargingBehavior": "SMART_SOMEHOW",
        "targetSoC": {"value": 80, "unit": "PERCENT"},
        "weekDaySpecificReadyTimes": {"MONDAY": "6:5"},
    }
    assert sim.count("*", "*") == 1
