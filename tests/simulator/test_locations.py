"""Charging locations."""

from typing import Any

import pytest

from simulator import Car, Simulator
from simulator.places import price_area

from .client import KEY, OTHER, USER, Client

PATH = f"/v2/hiven/users/{USER}/locations"
HOME = {
    "name": "Home",
    "coordinates": {"latitude": 59.33, "longitude": 18.07},
    "countryCode": "SE",
    "postalCode": "111 20",
    "streetAddress": "Street 1",
    "city": "Stockholm",
}


async def test_a_location_lives(sim: Simulator, ask: Client, car: Car) -> None:
    assert await ask.get(PATH) == []
    status, place = await ask(
        "POST", PATH, json={**HOME, "tariffInfo": {"tariff": "A"}}
    )
    assert status == 201
    assert place == {
        **HOME,
        "id": place["id"],
        "spotPriceAreaId": "SE3",
        "tariffInfo": {"tariff": "A"},
    }
    moved = {"postalCode": "211 20", "city": "Malmö"}
    path = f"{PATH}/{place['id']}"
    status, place = await ask("PUT", path, json=moved)
    assert (status, place["spotPriceAreaId"], place["name"]) == (200, "SE4", "Home")
    assert await ask.get(PATH) == [place]

    preferences = {
        "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
        "chargingLocationIds": [place["id"]],
        "targetSoC": {"value": 80, "unit": "PERCENT"},
        "readyTime": "07:00",
    }
    charging = f"/v2/hiven/devices/{car.id}/smart-charging"
    await ask("PUT", f"{charging}/ev-preferences", json=preferences)
    car.plug_in()
    assert (await ask.get(f"{charging}/schedule"))["spotPriceAreaId"] == "SE4"
    sim.app_edit(car.id, {"defaultSpotPriceAreaId": "SE1"})
    assert (await ask.get(f"{charging}/schedule"))["spotPriceAreaId"] == "SE1"

    assert await ask("DELETE", path) == (200, "")
    assert await ask.get(PATH) == []
    assert (await ask.get(f"{charging}/ev-preferences"))["chargingLocationIds"] == []
    for method in ("PUT", "DELETE"):
        assert (await ask(method, path, json={}))[0] == 404


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": ""}),
        ("countryCode", {"countryCode": "Sweden"}),
        ("postalCode", {"postalCode": 11120}),
        ("coordinates", {"coordinates": [59, 18]}),
        ("coordinates.longitude", {"coordinates": {"latitude": 59}}),
        ("coordinates.latitude", {"coordinates": {"latitude": 91, "longitude": 0}}),
        ("id", {"id": "mine"}),
        ("spotPriceAreaId", {"spotPriceAreaId": "SE1"}),
        ("tariffInfo.price", {"tariffInfo": {"price": 1}}),
    ],
)
async def test_what_is_refused(ask: Client, field: str, change: dict[str, Any]) -> None:
    _, place = await ask("POST", PATH, json=HOME)
    for method, path, body in (
        ("POST", PATH, {**HOME, **change}),
        ("PUT", f"{PATH}/{place['id']}", change),
    ):
        status, answer = await ask(method, path, json=body)
        assert (status, answer["field"]) == (400, field)
    assert await ask.get(PATH) == [place]


async def test_nothing_may_be_missing(ask: Client) -> None:
    for field in HOME:
        body = {name: value for name, value in HOME.items() if name != field}
        status, answer = await ask("POST", PATH, json=body)
        assert (status, answer["field"]) == (400, field)


async def test_of_other_users(sim: Simulator, ask: Client) -> None:
    sim.add_account(OTHER, KEY)
    _, place = await ask("POST", PATH, json=HOME)
    other = ask.as_user(OTHER, KEY)
    assert (await other("GET", PATH))[0] == 403
    path = f"/v2/hiven/users/{OTHER}/locations/{place['id']}"
    assert (await other("DELETE", path))[0] == 404


@pytest.mark.parametrize(
    ("country", "postal_code", "area"),
    [
        ("FI", "00100", "FI"),
        ("EE", "10111", "EE"),
        ("SE", "972 31", "SE1"),
        ("SE", "852 31", "SE2"),
        ("SE", "SE-111 20", "SE3"),
        ("SE", "211 20", "SE4"),
        ("NO", "0150", "NO1"),
        ("NO", "4006", "NO2"),
        ("NO", "7011", "NO3"),
        ("NO", "9008", "NO4"),
        ("NO", "5003", "NO5"),
        ("DK", "8000", "DK1"),
        ("DK", "1050", "DK2"),
        ("DK", "?", "DK2"),
    ],
)
def test_price_areas(country: str, postal_code: str, area: str) -> None:
    assert price_area(country, postal_code) == area
