"""Charging preferences: what is stored, and what is refused."""

from typing import Any

import pytest

from simulator import Car

from .client import KEY, OFF, SMART, USER, WEEK, Client, path_of


async def test_put_acts_as_patch(ask: Client, car: Car) -> None:
    assert await ask.put(car, SMART) == (200, "")
    assert await ask.put(car, {**OFF, "batteryCapacity": 77}) == (200, "")
    assert await ask.get(path_of(car)) == {**SMART, **OFF, "batteryCapacity": 77}


@pytest.mark.parametrize(("field", "change"), [
    ("chargingBehavior", {"chargingBehavior": "SMART"}),
    ("chargingBehavior", {"chargingBehavior": None}),
    ("chargingBehavior", {"chargingBehavior": ["SMART_CHARGE_OFF"]}),
    ("colour", {"colour": "red"}), ("chargingLocations", {"chargingLocations": []}),
    ("targetSoC", {"targetSoC": 80}), ("targetSoC", {"targetSoC": None}),
    ("targetSoC.unit", {"targetSoC": {"value": 80}}), ("readyTime", {"readyTime": ""}),
    ("targetSoC.unit", {"targetSoC": {"value": 80, "unit": "MILES"}}),
    *(("targetSoC.value", {"targetSoC": {"value": value, "unit": "KM"}})
      for value in ("80", True, -1)),
    ("targetSoC.value", {"targetSoC": {"value": 101, "unit": "PERCENT"}}),
    ("minimalSoC.extra", {"minimalSoC": {"value": 1, "unit": "KM", "extra": 1}}),
    *(("readyTime", {"readyTime": at}) for at in ("7:00", "24:00", "07:00:00", 700)),
    (WEEK, {WEEK: None}), (f"{WEEK}.MONDAY", {WEEK: {"MONDAY": None}}),
    (f"{WEEK}.monday", {WEEK: {"monday": "08:00"}}),
    *(("batteryCapacity", {"batteryCapacity": capacity}) for capacity in (0, "77")),
    ("defaultSpotPriceAreaId", {"defaultSpotPriceAreaId": 1}),
    ("chargingLocationIds", {"chargingLocationIds": "a"}),
    ("chargingLocationIds[0]", {"chargingLocationIds": [1]}),
    ("chargingLocationIds[0]", {"chargingLocationIds": ["unknown"]}),
])  # fmt: skip
async def test_what_is_refused(ask: Client, car: Car, field: str, change: Any) -> None:
    await ask.put(car, SMART)
    assert await ask.refuses("PUT", path_of(car), {**OFF, **change}) == field
    assert await ask.get(path_of(car)) == SMART


@pytest.mark.parametrize("field", SMART)
async def test_smart_charging_needs(ask: Client, car: Car, field: str) -> None:
    body = {name: value for name, value in SMART.items() if name != field}
    for each in (body, {**body, WEEK: {}}):
        assert await ask.refuses("PUT", path_of(car), each) == field
    assert car.preferences is None


async def test_bodies_have_to_be_json(ask: Client, car: Car) -> None:
    for body in (list[Any](), "text"):
        assert await ask.refuses("PUT", path_of(car), body) == "body"
    status, answer = await ask("PUT", path_of(car), data="{}")
    assert (status, answer["field"]) == (400, "Content-Type")
    headers = {"X-Api-Key": KEY, "X-User-Id": USER, "Content-Type": "application/json"}
    async with ask.session.put(
        ask.sim.url + path_of(car), data=b"{", headers=headers
    ) as response:
        assert response.status == 400
        assert (await response.json())["field"] == "body"
