"""Connecting a car: the authorization URL, SmartCar's pages, the code."""

from datetime import timedelta
from typing import Any

import pytest
from yarl import URL

from simulator import Car
from simulator.smartcar import FOREIGN, REFUSALS

from .client import CONNECT, KEY, OTHER, REDIRECT, USER, Client

AUTHORIZATION = "/v1/hiven/devices/smartcar/authorization-url"


async def authorization_url(ask: Client, make: str = "VOLKSWAGEN", **more: str) -> str:
    params = {"manufacturer": make, "redirectUri": REDIRECT, **more}
    url: str = (await ask.get(AUTHORIZATION, **params))["authorizationUrl"]
    return url


async def connect(ask: Client, location: URL, redirect: str = REDIRECT) -> list[Any]:
    """Return the status, and the device ID or the refused field."""
    body = {"authCode": location.query["code"], "redirectUrl": redirect}
    status, answer = await ask("POST", CONNECT, json=body)
    return [status, answer.get("deviceId") or answer.get("field")]


async def first_form(ask: Client, url: str) -> str:
    async with ask.session.get(url) as response:
        page = await response.text()
    assert 'src="' not in page
    return page.partition('action="')[2].partition('"')[0]


async def test_the_url_is_the_documented_one(ask: Client) -> None:
    url = URL(await authorization_url(ask, countryCode="SE", mode="test"))
    assert url.path == "/oauth/authorize"
    query = dict(url.query)
    assert query.pop("client_id")
    assert query == {
        "make": "VOLKSWAGEN", "redirect_uri": REDIRECT, "response_type": "code",
        "flags": "country:SE", "mode": "test",
        "scope": "required:read_battery required:read_charge required:control_charge "
        "required:read_vehicle_info required:read_vin read_location",
        "single_select": "true",
    }  # fmt: skip
    plain = URL(await authorization_url(ask))
    assert (plain.query["flags"], plain.query["mode"]) == ("country:FI", "live")


async def test_what_the_url_is_refused_for(ask: Client) -> None:
    for field, value in (
        *(("manufacturer", "Volkswagen"), ("manufacturer", ""), ("mode", "demo")),
        *(("redirectUri", ""), ("redirectUri", "https://elsewhere.example/")),
        *(("countryCode", "Finland"), ("countryCode", "fi")),
    ):
        params = {"manufacturer": "VOLKSWAGEN", "redirectUri": REDIRECT, field: value}
        status, answer = await ask("GET", AUTHORIZATION, params=params)
        assert (status, answer["field"]) == (400, field)


async def test_a_car_is_connected(ask: Client) -> None:
    car = ask.sim.add_garage_car(Car(name="Fjord"))
    url = await authorization_url(ask)
    location = await ask.sign_in(f"{url}&state=a%2Bb.c")
    assert str(location).startswith(REDIRECT)
    assert sorted(location.query) == ["code", "state"]
    assert location.query["state"] == "a+b.c"
    assert await connect(ask, location) == [201, car.id]
    assert ask.sim.cars == {car.id: car}
    assert ask.sim.owner(car.id) == USER
    assert ask.sim.count("*", "/oauth/*") == 0
    # The same car is connected again, then by another user.
    for user, seen in ((USER, [200, car.id]), (OTHER, [409, None])):
        assert await connect(ask.as_user(user, KEY), await ask.sign_in(url)) == seen
    for _ in range(2):
        foreign = await ask.sign_in(url, email=FOREIGN)
        assert await connect(ask, foreign) == [409, None]


async def test_a_deleted_car_returns_with_another_id(ask: Client) -> None:
    car = ask.sim.add_garage_car(Car())
    old, vin = car.id, car.vin
    url = await authorization_url(ask)
    await connect(ask, await ask.sign_in(url))
    car.preferences = {"chargingBehavior": "SMART_CHARGE_OFF"}
    await ask("DELETE", f"/v2/hiven/devices/{car.id}")
    status, new = await connect(ask, await ask.sign_in(url))
    assert status == 201
    assert new != old
    assert ask.sim.cars[new].vin == vin
    assert car.preferences is None


async def test_one_of_several_cars_is_chosen(ask: Client) -> None:
    ask.sim.add_garage_car(Car())
    second = ask.sim.add_garage_car(Car())
    ask.sim.add_garage_car(Car(), email="somebody@example.com")
    ask.sim.add_garage_car(Car(manufacturer="KIA", model="EV6"))
    url = await authorization_url(ask)
    location = await ask.sign_in(url, vehicle_id=second.id)
    assert await connect(ask, location) == [201, second.id]
    with pytest.raises(RuntimeError, match="vehicle"):
        await ask.sign_in(url, vehicle_id=second.id)


async def test_a_tesla_needs_a_virtual_key(ask: Client) -> None:
    location = await ask.sign_in(await authorization_url(ask, "TESLA"))
    key = "https://www.tesla.com/_ak/smartcar.com"
    assert location.query["virtual_key_url"] == key


async def test_refusals(ask: Client) -> None:
    url = await authorization_url(ask)
    for email, (error, description) in REFUSALS.items():
        location = await ask.sign_in(f"{url}&state=x", email=email.title())
        expected = {"error": error, "error_description": description, "state": "x"}
        assert dict(location.query) == expected
    denied = await ask.sign_in(url, allow=False)
    assert denied.query["error"] == "access_denied"
    assert set(denied.query) == {"error", "error_description"}
    with pytest.raises(RuntimeError, match="password"):
        await ask.sign_in(url, password="")


async def test_codes_work_once_and_for_their_address(ask: Client) -> None:
    redirect = f"{REDIRECT}?flow=1"
    ask.sim.redirect_uris.add(redirect)
    url = await authorization_url(ask, redirectUri=redirect)
    location = await ask.sign_in(url)
    assert location.query["flow"] == "1"
    assert await connect(ask, location) == [400, "redirectUrl"]
    assert (await connect(ask, location, redirect))[0] == 201
    assert await connect(ask, location, redirect) == [400, "authCode"]


async def test_what_connect_refuses(ask: Client) -> None:
    body = {"authCode": "x", "redirectUrl": REDIRECT}
    for field, wrong in (
        ("authCode", {"redirectUrl": REDIRECT}), ("redirectUrl", {"authCode": "x"}),
        ("authCode", {**body, "authCode": 1}), ("authCode", body),
        ("code", {**body, "code": "x"}),
    ):  # fmt: skip
        assert await ask.refuses("POST", CONNECT, wrong) == field


async def test_the_page_sends_nobody_away_on_a_bad_request(ask: Client) -> None:
    for change in (
        {"redirect_uri": "https://elsewhere.example/"},
        *({"client_id": "unknown"}, {"response_type": "token"}, {"mode": "demo"}),
        *({"make": "LADA"}, {"scope": ""}),
    ):
        url = URL(await authorization_url(ask)).update_query(change)
        with pytest.raises(RuntimeError, match=next(iter(change))):
            await ask.sign_in(str(url))


async def test_pages_escape_what_they_show_and_end(ask: Client) -> None:
    url = await authorization_url(ask)
    action = await first_form(ask, url)
    form = {"email": '"><script>', "password": "x"}
    async with ask.session.post(ask.sim.url + action, data=form) as response:
        assert response.status == 400
        page = await response.text()
    assert "Log in to Volkswagen" in page
    assert "&quot;&gt;&lt;script&gt;" in page
    ask.clock.tick(timedelta(hours=2))
    await first_form(ask, url)
    form = {"email": "a@example.com", "password": "x"}
    for path in (action, "/oauth/connect/none/login"):
        async with ask.session.post(ask.sim.url + path, data=form) as response:
            assert response.status == 410
