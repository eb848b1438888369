"""Who may ask, and what devices look like."""

import logging
from typing import Any

import pytest

from simulator import Car, Simulator

from .client import KEY, OTHER, USER, Client

LIST = "/v2/hiven/devices"


async def test_a_vehicle_looks_as_documented(
    sim: Simulator, ask: Client, car: Car
) -> None:
    (device,) = await ask.get(LIST, userId=USER)
    assert device == {
        "id": car.id,
        "type": "EV",
        "integration": "SMARTCAR",
        "associatedToCharger": False,
        "associatedChargerIds": [],
        "createdAt": "2026-01-12T10:00:00.000Z",
        "attributes": {
            "partnerId": device["attributes"]["partnerId"],
            "partnerName": "Nordic Energy",
            "externalId": car.external_id,
            "userId": USER,
            "vin": car.vin,
            "manufacturer": "VOLKSWAGEN",
            "year": 2023,
            "model": "ID.4",
            "name": "Aurora",
            "deviceType": "EV",
            "engineType": "BEV",
        },
        "settings": {"locationSupported": True},
    }
    assert len(car.vin) == 17
    assert await ask.get(f"{LIST}/{car.id}") == device


async def test_preferences_and_their_locations_are_in_the_details(
    sim: Simulator, ask: Client, car: Car
) -> None:
    place = sim.add_location(
        USER,
        {
            "name": "Home",
            "coordinates": {"latitude": 60.2, "longitude": 24.9},
            "countryCode": "FI",
            "postalCode": "00100",
            "streetAddress": "Street 1",
            "city": "Helsinki",
        },
    )
    stored = {
        "chargingBehavior": "SMART_CHARGE_OFF",
        "chargingLocationIds": [place["id"]],
    }
    car.preferences = stored
    settings = (await ask.get(f"{LIST}/{car.id}"))["settings"]
    (shown,) = settings["chargingPreferences"].pop("chargingLocations")
    assert settings["chargingPreferences"] == stored
    assert shown == {
        "id": shown["id"],
        "locationId": place["id"],
        "coordinates": {"latitude": 60.2, "longitude": 24.9},
        "countryCode": "FI",
        "postalCode": "00100",
        "spotPriceAreaId": "FI",
    }


async def test_other_devices_are_listed_and_have_no_status(
    sim: Simulator, ask: Client, car: Car
) -> None:
    charger = sim.add_other_device(USER, {"attributes": {"name": "Wall box"}})
    assert [each["type"] for each in await ask.get(LIST, userId=USER)] == [
        "EV",
        "CHARGER",
    ]
    details = await ask.get(f"{LIST}/{charger}")
    assert details["attributes"] == {"name": "Wall box"}
    assert (await ask("GET", f"/v1/hiven/devices/{charger}/status"))[0] == 404
    assert (await ask("DELETE", f"{LIST}/{charger}"))[0] == 200
    assert (await ask("GET", f"{LIST}/{charger}"))[0] == 404


@pytest.mark.parametrize(
    ("user", "key", "status"),
    [
        (USER, None, 401),
        (USER, "wrong", 401),
        (None, KEY, 400),
        ("nobody", KEY, 400),
        (OTHER, KEY, 403),
        (USER, KEY, 200),
    ],
)
async def test_keys_and_users(
    sim: Simulator, ask: Client, user: str | None, key: str | None, status: int
) -> None:
    sim.add_account(OTHER, "key-2")
    got, answer = await ask.as_user(user, key)("GET", LIST, params={"userId": USER})
    assert got == status
    assert got == 200 or answer["message"]


async def test_users_of_one_key_are_kept_apart(
    sim: Simulator, ask: Client, car: Car
) -> None:
    sim.add_account(OTHER, KEY)
    other = ask.as_user(OTHER, KEY)
    assert await other.get(LIST, userId=OTHER) == []
    assert (await other("GET", LIST, params={"userId": USER}))[0] == 403
    assert (await other("GET", LIST))[0] == 400
    for method, path in (
        ("GET", f"{LIST}/{car.id}"),
        ("DELETE", f"{LIST}/{car.id}"),
        ("GET", f"/v1/hiven/devices/{car.id}/status"),
        ("GET", f"{LIST}/{car.id}/smart-charging/ev-preferences"),
        ("GET", f"{LIST}/{car.id}/smart-charging/schedule"),
        ("GET", f"{LIST}/{car.id}/smart-charging/sessions"),
    ):
        assert (await other(method, path))[0] == 404
    assert car.id in sim.cars


async def test_a_new_key_replaces_the_old_one(sim: Simulator, ask: Client) -> None:
    sim.add_account(USER, "key-3")
    assert (await ask("GET", LIST, params={"userId": USER}))[0] == 401
    assert await ask.as_user(USER, "key-3").get(LIST, userId=USER) == []


async def test_cars_leave_and_come_back(sim: Simulator, ask: Client, car: Car) -> None:
    assert sim.remove_car(car.id) is car
    assert await ask.get(LIST, userId=USER) == []
    assert (await ask("GET", f"{LIST}/{car.id}"))[0] == 404
    sim.add_car(USER, car)
    assert len(await ask.get(LIST, userId=USER)) == 1
    assert await ask("DELETE", f"{LIST}/{car.id}") == (200, "")
    assert sim.cars == {}


async def test_ids_are_unique_and_accounts_come_first(sim: Simulator, car: Car) -> None:
    with pytest.raises(ValueError, match="id"):
        sim.add_car(USER, Car(id=car.id))
    with pytest.raises(ValueError, match="account"):
        sim.add_car("nobody", Car())


async def test_odd_data_can_be_produced(sim: Simulator, ask: Client, car: Car) -> None:
    car.details_override = {"attributes": {"year": None}, "type": "BOAT", "more": [1]}
    car.status_override = {"soc": None, "chargingStatus": "DREAMING"}
    car.telemetry_at = sim.now().replace(year=2020)
    details = await ask.get(f"{LIST}/{car.id}")
    assert (details["type"], details["more"]) == ("BOAT", [1])
    assert details["attributes"]["year"] is None
    assert details["attributes"]["name"] == "Aurora"
    status = await ask.status(car)
    assert status["soc"] is None
    assert status["chargingStatus"] == "DREAMING"
    assert status["timestamp"] == "2020-01-12T10:00:00.000Z"


async def test_numbers_in_quotes(sim: Simulator, ask: Client, car: Car) -> None:
    sim.speak("quoted_numbers")
    car.preferences = {"targetSoC": {"value": 80.5, "unit": "PERCENT"}}
    details = await ask.get(f"{LIST}/{car.id}")
    assert details["attributes"]["year"] == "2023"
    assert details["associatedToCharger"] == "false"
    wanted = details["settings"]["chargingPreferences"]["targetSoC"]["value"]
    assert wanted == "80.5"
    status = await ask.status(car)
    assert (status["soc"], status["range"]) == ("50", "210")


async def test_capacity(sim: Simulator, ask: Client, car: Car) -> None:
    assert (await ask.status(car))["batteryCapacity"] == "77"
    sim.speak("capacity_as_number")
    assert (await ask.status(car))["batteryCapacity"] == 77.0
    car.reports_capacity = False
    assert (await ask.status(car))["batteryCapacity"] is None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/hiven/nothing", 404),
        ("GET", "/v2/hiven/devices/unknown", 404),
        ("DELETE", "/v2/hiven/devices/unknown", 404),
        ("PATCH", "/v2/hiven/devices", 405),
    ],
)
async def test_what_there_is_not_answers_json(
    ask: Client, method: str, path: str, status: int
) -> None:
    got, answer = await ask(method, path)
    assert (got, list(answer)) == (status, ["message"])


async def test_nothing_secret_is_logged(
    ask: Client, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await ask.get(LIST, userId=USER)
    await ask("GET", f"{LIST}/{car.id}")
    assert "/v2/hiven/devices/{id}: 200" in caplog.text
    for secret in (KEY, USER, car.vin, car.id):
        assert secret not in caplog.text


def models(answer: list[dict[str, Any]]) -> set[str]:
    return {f"{model['make']} {model['model']}" for model in answer}


async def test_capabilities(ask: Client) -> None:
    path = "/v2/hiven/vehicles/smartcar/capabilities"
    everything = await ask.as_user(None, KEY).get(path)
    assert len({model["make"] for model in everything}) == 21
    assert {model["type"] for model in everything} == {"BEV", "PHEV"}
    tesla = next(model for model in everything if model["model"] == "Model 3")
    assert tesla == {
        "make": "TESLA",
        "model": "Model 3",
        "yearRange": {"start": 2017, "end": 2026},
        "type": "BEV",
        "capabilities": [
            "EXECUTE_START_AND_STOP",
            "READ_BATTERY_CAPACITY",
            "READ_LOCATION",
        ],
    }
    able = await ask.get(path, supporting="EXECUTE_START_AND_STOP")
    unable = await ask.get(path, not_supporting="EXECUTE_START_AND_STOP")
    assert models(able) | models(unable) == models(everything)
    assert not models(able) & models(unable)
    both = "READ_LOCATION,READ_BATTERY_CAPACITY"
    repeated = [
        ("supporting", "READ_LOCATION"),
        ("supporting", "READ_BATTERY_CAPACITY"),
    ]
    assert (
        await ask.get(path, supporting=both)
        == (await ask("GET", path, params=repeated))[1]
    )
    status, answer = await ask("GET", path, params={"supporting": "FLYING"})
    assert (status, answer["field"]) == (400, "supporting")
    assert (await ask.as_user(None, None)("GET", path))[0] == 401
