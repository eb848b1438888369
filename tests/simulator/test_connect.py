"""Connecting a car: the authorization URL, SmartCar's pages, the code."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from simulator import Car, Simulator
from simulator.person import sign_in

from .client import KEY, OTHER, REDIRECT, USER, Client, Hand

AUTHORIZATION = "/v1/hiven/devices/smartcar/authorization-url"
CONNECT = "/v1/hiven/devices/smartcar/connect"


async def authorization_url(ask: Client, make: str = "VOLKSWAGEN", **more: str) -> str:
    params = {"manufacturer": make, "redirectUri": REDIRECT, **more}
    url: str = (await ask.get(AUTHORIZATION, **params))["authorizationUrl"]
    return url


async def connect(
    ask: Client, location: URL, redirect: str = REDIRECT
) -> tuple[int, Any]:
    body = {"authCode": location.query["code"], "redirectUrl": redirect}
    return await ask("POST", CONNECT, json=body)


async def test_the_url_is_the_documented_one(ask: Client) -> None:
    url = URL(await authorization_url(ask, countryCode="SE", mode="test"))
    assert url.path == "/oauth/authorize"
    query = dict(url.query)
    assert query.pop("client_id")
    assert query == {
        "make": "VOLKSWAGEN",
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "flags": "country:SE",
        "mode": "test",
        "scope": "required:read_battery required:read_charge required:control_charge "
        "required:read_vehicle_info required:read_vin read_location",
        "single_select": "true",
    }
    plain = URL(await authorization_url(ask))
    assert plain.query["flags"] == "country:FI"
    assert plain.query["mode"] == "live"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("manufacturer", {"manufacturer": "Volkswagen"}),
        ("manufacturer", {"manufacturer": None}),
        ("redirectUri", {"redirectUri": None}),
        ("redirectUri", {"redirectUri": "https://elsewhere.example/"}),
        ("countryCode", {"countryCode": "Finland"}),
        ("countryCode", {"countryCode": "fi"}),
        ("mode", {"mode": "demo"}),
    ],
)
async def test_what_the_url_is_refused_for(
    ask: Client, field: str, change: dict[str, str | None]
) -> None:
    params = {"manufacturer": "VOLKSWAGEN", "redirectUri": REDIRECT, **change}
    sent = {name: value for name, value in params.items() if value is not None}
    status, answer = await ask("GET", AUTHORIZATION, params=sent)
    assert (status, answer["field"]) == (400, field)


async def test_a_car_is_connected(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    car = sim.add_garage_car(Car(name="Fjord"))
    url = await authorization_url(ask)
    location = await sign_in(session, f"{url}&state=a%2Bb.c")
    assert str(location).startswith(REDIRECT)
    assert location.query["state"] == "a+b.c"
    assert "virtual_key_url" not in location.query
    status, answer = await connect(ask, location)
    assert (status, answer["deviceId"]) == (201, car.id)
    assert sim.cars == {car.id: car}
    assert sim.count("*", "/oauth/*") == 0

    # The same car again.
    status, answer = await connect(ask, await sign_in(session, url))
    assert (status, answer["deviceId"]) == (200, car.id)
    assert "already" in answer["message"]

    # And for somebody else.
    sim.add_account(OTHER, KEY)
    location = await sign_in(session, url)
    status, answer = await connect(ask.as_user(OTHER, KEY), location)
    assert (status, list(answer)) == (409, ["message"])


async def test_a_deleted_car_returns_under_another_id(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    car = sim.add_garage_car(Car())
    old, vin = car.id, car.vin
    url = await authorization_url(ask)
    await connect(ask, await sign_in(session, url))
    car.preferences = {"chargingBehavior": "SMART_CHARGE_OFF"}
    await ask("DELETE", f"/v2/hiven/devices/{car.id}")
    status, answer = await connect(ask, await sign_in(session, url))
    assert status == 201
    assert answer["deviceId"] != old
    assert sim.cars[answer["deviceId"]].vin == vin
    assert car.preferences is None


async def test_an_invented_car_is_the_same_for_the_same_address(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    url = await authorization_url(ask, "KIA")
    first = await connect(ask, await sign_in(session, url))
    again = await connect(ask, await sign_in(session, url))
    other = await connect(ask, await sign_in(session, url, email="b@example.com"))
    assert [status for status, _ in (first, again, other)] == [201, 200, 201]
    assert first[1]["deviceId"] == again[1]["deviceId"] != other[1]["deviceId"]
    assert {car.manufacturer for car in sim.cars.values()} == {"KIA"}


async def test_one_of_several_cars_is_chosen(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    sim.add_garage_car(Car())
    second = sim.add_garage_car(Car())
    sim.add_garage_car(Car(), email="somebody@example.com")
    sim.add_garage_car(Car(manufacturer="KIA", model="EV6"))
    url = await authorization_url(ask)
    location = await sign_in(session, url, vehicle_id=second.id)
    assert (await connect(ask, location))[1]["deviceId"] == second.id
    with pytest.raises(RuntimeError, match="vehicle"):
        await sign_in(session, url, vehicle_id=second.id)


async def test_a_tesla_needs_a_virtual_key(
    ask: Client, session: aiohttp.ClientSession
) -> None:
    location = await sign_in(session, await authorization_url(ask, "TESLA"))
    assert location.query["virtual_key_url"] == "https://www.tesla.com/_ak/smartcar.com"


async def test_a_brand_is_picked_on_the_page(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    url = str(URL(await authorization_url(ask)).without_query_params("make"))
    location = await sign_in(session, f"{url}&state=s", make="SKODA")
    assert location.query["state"] == "s"
    await connect(ask, location)
    assert {car.manufacturer for car in sim.cars.values()} == {"SKODA"}


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("smartcar@invalid-subscription.com", "invalid_subscription"),
        ("smartcar@vehicle-incompatible.com", "vehicle_incompatible"),
        ("smartcar@no-vehicles.com", "no_vehicles"),
        ("smartcar@configuration-error.com", "configuration_error"),
        ("smartcar@server-error.com", "server_error"),
        ("Smartcar@Server-Error.com", "server_error"),
    ],
)
async def test_refusals(
    ask: Client, session: aiohttp.ClientSession, email: str, error: str
) -> None:
    url = await authorization_url(ask)
    location = await sign_in(session, f"{url}&state=xyz", email=email)
    assert dict(location.query) == {
        "error": error,
        "error_description": location.query["error_description"],
        "state": "xyz",
    }


async def test_the_driver_denies(ask: Client, session: aiohttp.ClientSession) -> None:
    url = await authorization_url(ask)
    location = await sign_in(session, url, allow=False)
    assert dict(location.query) == {
        "error": "access_denied",
        "error_description": "User denied access to application.",
    }


async def test_another_users_car(ask: Client, session: aiohttp.ClientSession) -> None:
    url = await authorization_url(ask)
    for _ in range(2):
        location = await sign_in(session, url, email="smartcar@another-user.com")
        assert (await connect(ask, location))[0] == 409


async def test_an_address_with_a_query_keeps_it(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    redirect = f"{REDIRECT}?flow=1"
    sim.redirect_uris.add(redirect)
    url = await authorization_url(ask, redirectUri=redirect)
    location = await sign_in(session, url)
    assert location.query["flow"] == "1"
    assert (await connect(ask, location, redirect))[0] == 201


async def test_codes_work_once_and_for_their_address(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    location = await sign_in(session, await authorization_url(ask))
    status, answer = await connect(ask, location, "https://elsewhere.example/")
    assert (status, answer["field"]) == (400, "redirectUrl")
    assert (await connect(ask, location))[0] == 201
    status, answer = await connect(ask, location)
    assert (status, answer["field"]) == (400, "authCode")


@pytest.mark.parametrize(("age", "status"), [(600, 201), (601, 400)])
async def test_codes_are_valid_for_ten_minutes(
    ask: Client,
    session: aiohttp.ClientSession,
    clock: Hand,
    age: int,
    status: int,
) -> None:
    location = await sign_in(session, await authorization_url(ask))
    clock.tick(timedelta(seconds=age))
    assert (await connect(ask, location))[0] == status


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("authCode", {"redirectUrl": REDIRECT}),
        ("redirectUrl", {"authCode": "x"}),
        ("authCode", {"authCode": 1, "redirectUrl": REDIRECT}),
        ("authCode", {"authCode": "x", "redirectUrl": REDIRECT}),
        ("code", {"authCode": "x", "redirectUrl": REDIRECT, "code": "x"}),
    ],
)
async def test_what_connect_refuses(ask: Client, field: str, body: Any) -> None:
    status, answer = await ask("POST", CONNECT, json=body)
    assert (status, answer["field"]) == (400, field)


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "https://elsewhere.example/"},
        {"client_id": "unknown"},
        {"response_type": "token"},
        {"mode": "demo"},
        {"make": "LADA"},
        {"scope": ""},
    ],
)
async def test_the_page_sends_nobody_away_on_a_bad_request(
    ask: Client, session: aiohttp.ClientSession, change: dict[str, str]
) -> None:
    url = URL(await authorization_url(ask)).update_query(change)
    with pytest.raises(RuntimeError, match=next(iter(change))):
        await sign_in(session, str(url))


async def test_the_page_asks_again_without_a_password(
    ask: Client, session: aiohttp.ClientSession
) -> None:
    with pytest.raises(RuntimeError, match="password"):
        await sign_in(session, await authorization_url(ask), password="")


async def test_pages_are_whole_and_escape_what_they_show(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession
) -> None:
    url = await authorization_url(ask)
    async with session.get(url) as response:
        page = await response.text()
    assert "Log in to Volkswagen" in page
    assert "smartcar@no-vehicles.com" in page
    assert 'src="' not in page
    action = page.partition('action="')[2].partition('"')[0]
    async with session.post(
        sim.url + action, data={"email": '"><script>', "password": "x"}
    ) as response:
        assert response.status == 400
        assert "&quot;&gt;&lt;script&gt;" in await response.text()
    async with session.post(f"{sim.url}/oauth/connect/none/login") as response:
        assert response.status == 410


async def test_a_visit_does_not_wait_for_ever(
    sim: Simulator,
    ask: Client,
    session: aiohttp.ClientSession,
    clock: Hand,
) -> None:
    url = await authorization_url(ask)
    async with session.get(url) as response:
        page = await response.text()
    action = page.partition('action="')[2].partition('"')[0]
    clock.tick(timedelta(hours=2))
    async with session.get(url):
        pass
    form = {"email": "a@example.com", "password": "x"}
    async with session.post(sim.url + action, data=form) as response:
        assert response.status == 410


async def test_the_garage_may_hold_a_car_that_is_connected(
    sim: Simulator, ask: Client, session: aiohttp.ClientSession, car: Car
) -> None:
    sim.add_garage_car(car)
    location = await sign_in(session, await authorization_url(ask))
    status, answer = await connect(ask, location)
    assert (status, answer["deviceId"]) == (200, car.id)
    assert [each.id for each in sim.cars.values()] == [car.id]
    assert sim.owner(car.id) == USER
