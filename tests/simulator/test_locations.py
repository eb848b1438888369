"""Charging locations."""

from typing import Any

import pytest

from simulator import Car
from simulator.places import price_area

from .client import HOME, KEY, OTHER, SMART, USER, Client

PATH = f"/v2/hiven/users/{USER}/locations"


async def test_a_location_lives(ask: Client, car: Car) -> None:
    assert await ask.get(PATH) == []
    tariff = {"tariffInfo": {"tariff": "A"}}
    status, place = await ask("POST", PATH, json={**HOME, **tariff})
    assert status == 201
    assert place == {**HOME, "id": place["id"], "spotPriceAreaId": "SE3", **tariff}
    path = f"{PATH}/{place['id']}"
    moved = {"postalCode": "211 20", "city": "Malmö"}
    changed = {**place, **moved, "spotPriceAreaId": "SE4"}
    assert await ask("PUT", path, json=moved) == (200, changed)
    assert await ask.get(PATH) == [changed]

    await ask.put(car, {**SMART, "chargingLocationIds": [place["id"]]})
    car.plug_in()
    assert (await ask.schedule(car))["spotPriceAreaId"] == "SE4"
    ask.sim.app_edit(car.id, {"defaultSpotPriceAreaId": "SE1"})
    assert (await ask.schedule(car))["spotPriceAreaId"] == "SE1"

    assert await ask("DELETE", path) == (200, "")
    assert await ask.get(PATH) == []
    assert car.preferences == {
        **SMART, "chargingLocationIds": [], "defaultSpotPriceAreaId": "SE1",
    }  # fmt: skip
    for method in ("PUT", "DELETE"):
        assert (await ask(method, path, json={}))[0] == 404


@pytest.mark.parametrize(("field", "change"), [
    ("name", {"name": ""}), ("countryCode", {"countryCode": "Sweden"}),
    ("postalCode", {"postalCode": 11120}), ("coordinates", {"coordinates": [59, 18]}),
    ("coordinates.longitude", {"coordinates": {"latitude": 59}}),
    ("coordinates.latitude", {"coordinates": {"latitude": 91, "longitude": 0}}),
    ("id", {"id": "mine"}), ("spotPriceAreaId", {"spotPriceAreaId": "SE1"}),
    ("tariffInfo.price", {"tariffInfo": {"price": 1}}),
])  # fmt: skip
async def test_what_is_refused(ask: Client, field: str, change: dict[str, Any]) -> None:
    _, place = await ask("POST", PATH, json=HOME)
    assert await ask.refuses("POST", PATH, {**HOME, **change}) == field
    assert await ask.refuses("PUT", f"{PATH}/{place['id']}", change) == field
    assert await ask.get(PATH) == [place]


async def test_nothing_may_be_missing(ask: Client) -> None:
    for field in HOME:
        body = {name: value for name, value in HOME.items() if name != field}
        assert await ask.refuses("POST", PATH, body) == field


async def test_of_other_users(ask: Client) -> None:
    _, place = await ask("POST", PATH, json=HOME)
    other = ask.as_user(OTHER, KEY)
    assert (await other("GET", PATH))[0] == 403
    path = PATH.replace(USER, OTHER)
    assert (await other("DELETE", f"{path}/{place['id']}"))[0] == 404


@pytest.mark.parametrize("row", [
    *("FI 00100 FI", "EE 10111 EE", "DK 8000 DK1", "DK 1050 DK2", "DK ? DK2"),
    *("SE 97231 SE1", "SE 85231 SE2", "SE SE-11120 SE3", "SE 21120 SE4"),
    *("NO 0150 NO1", "NO 4006 NO2", "NO 7011 NO3", "NO 9008 NO4", "NO 5003 NO5"),
])  # fmt: skip
def test_price_areas(row: str) -> None:
    country, postal_code, area = row.split()
    assert price_area(country, postal_code) == area
