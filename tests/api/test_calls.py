"""What each method of the client sends and returns."""

from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from custom_components.hiven import api
from simulator import Car
from simulator.traffic import Kind
from tests import API_KEY, OTHER_USER_ID, PARTNER, USER_ID

from . import endpoints as at
from .cars import FULL_ID, LOCATION_ID
from .wire import Wire

SATURDAY_AND_SUNDAY = {"SATURDAY": time(9, 30), "SUNDAY": time(0, 0)}
EVERYTHING = api.PreferencesUpdate(
    charging_behavior="SMART_CHARGE_ANYWHERE", charging_location_ids=(),
    ready_time=time(6, 5), week_day_ready_times=SATURDAY_AND_SUNDAY,
    target_soc=api.StateOfCharge(value=250.0, unit="KM"), battery_capacity=64.0,
    minimum_soc=api.StateOfCharge(value=20.5), default_spot_price_area_id="SE3",
)  # fmt: skip


@pytest.mark.parametrize("endpoint", at.ENDPOINTS, ids=str)
async def test_calls_are_as_documented(wire: Wire, endpoint: at.Endpoint) -> None:
    wire.simulator.fail("POST", "*", body={"deviceId": FULL_ID, "id": "a-location"})
    await endpoint.call(wire.client)
    (request,) = wire.simulator.requests
    assert (request.method, request.path) == (endpoint.method, endpoint.path)
    assert request.query == (endpoint.query or {})
    assert request.json == endpoint.body
    assert request.headers["X-Api-Key"] == API_KEY
    assert request.headers.get("X-User-Id") == (USER_ID if endpoint.for_user else None)
    assert request.headers["Accept"] == "application/json"
    is_json = request.headers.get("Content-Type") == "application/json"
    assert is_json is (endpoint.body is not None)


STRANGE_IDS = "a/b", "a?b=c", "a#b", "100%", "%2F", "a b+c&d", "ä-日本", "a\\b", "...a"


@pytest.mark.parametrize("endpoint", [*at.OF_A_VEHICLE, *at.OF_A_LOCATION], ids=str)
async def test_ids_are_quoted_in_the_path(wire: Wire, endpoint: at.Endpoint) -> None:
    for strange in STRANGE_IDS:
        off = {"chargingBehavior": "SMART_CHARGE_OFF"}
        wire.simulator.add_car(USER_ID, Car(id=strange, preferences=off))
        place = wire.simulator.locations[USER_ID][LOCATION_ID]
        wire.simulator.store_location(USER_ID, strange, {**place, "id": strange})
        await endpoint.call(wire.client, strange)
        request = wire.simulator.requests[-1]
        path = endpoint.path.replace(FULL_ID, strange).replace(LOCATION_ID, strange)
        assert (request.path, request.query) == (path, {})


@pytest.mark.parametrize("vehicle_id", ["", ".", ".."])
async def test_no_id_names_another_path(wire: Wire, vehicle_id: str) -> None:
    with pytest.raises(api.NotFoundError):
        await wire.client.delete_vehicle(vehicle_id)
    assert wire.simulator.requests == []


@pytest.mark.parametrize("account", [
    {"user_id": "user\n1"}, {"user_id": "üser"}, {"api_key": "key\r\nX-Evil: 1"},
])  # fmt: skip
async def test_headers_that_cannot_be_are_refused_unsent(
    wire: Wire, account: dict[str, str]
) -> None:
    """A key or user ID that cannot be sent is treated as a wrong key."""
    with pytest.raises(api.AuthenticationError):
        await wire.new_client(**account).vehicles()
    assert wire.simulator.requests == []


async def test_list_and_details_hold_every_field(wire: Wire) -> None:
    vehicle = await wire.client.vehicle(FULL_ID)
    assert vehicle is not None
    assert vehicle.preferences is not None
    (place,) = vehicle.preferences.charging_locations
    assert vehicle == api.Vehicle(
        id=FULL_ID, integration="SMARTCAR", location_supported=True,
        associated_to_charger=True, associated_charger_ids=("charger-1",),
        created_at=datetime(2026, 1, 12, 10, tzinfo=UTC),
        attributes=api.Attributes(
            partner_id=wire.simulator.accounts[USER_ID].partner_id,
            partner_name=PARTNER, external_id=wire.car.external_id, user_id=USER_ID,
            vin=wire.car.vin, manufacturer="VOLKSWAGEN", year=2023, model="ID.4",
            name="Family car", device_type="EV", engine_type="BEV",
        ),
        preferences=api.Preferences(
            charging_behavior="SMART_CHARGE_AT_LOCATION", battery_capacity=74.5,
            charging_location_ids=(LOCATION_ID,), default_spot_price_area_id="FI",
            charging_locations=(
                api.ChargingLocation(
                    id=place.id, location_id=LOCATION_ID, latitude=60.170833,
                    longitude=24.9375, country_code="FI", postal_code="00170",
                    spot_price_area_id="FI",
                ),
            ),
            ready_time=time(7, 0), week_day_ready_times=SATURDAY_AND_SUNDAY,
            target_soc=api.StateOfCharge(value=80.0, unit="PERCENT"),
            minimum_soc=api.StateOfCharge(value=120.0, unit="KM"),
        ),
    )  # fmt: skip
    assert (await wire.client.vehicles()).vehicles == {FULL_ID: vehicle}


async def test_status_holds_every_field(wire: Wire) -> None:
    """The API sends the capacity as text. One request is enough."""
    assert await wire.client.status(FULL_ID) == api.Status(
        id=FULL_ID, timestamp=datetime(2026, 1, 12, 10, tzinfo=UTC),
        soc=50.0, range=210.0, battery_capacity=77.0,
        charging_status=wire.car.charging_status,
    )  # fmt: skip
    assert len(wire.simulator.requests) == 1


async def test_preferences_come_back_as_written(wire: Wire) -> None:
    await wire.client.set_preferences(FULL_ID, EVERYTHING)
    assert wire.simulator.requests[-1].json == {
        "chargingBehavior": "SMART_CHARGE_ANYWHERE", "chargingLocationIds": [],
        "weekDaySpecificReadyTimes": {"SATURDAY": "09:30", "SUNDAY": "00:00"},
        "targetSoC": {"value": 250, "unit": "KM"}, "defaultSpotPriceAreaId": "SE3",
        "minimalSoC": {"value": 20.5, "unit": "PERCENT"}, "batteryCapacity": 64.0,
        "readyTime": "06:05",
    }  # fmt: skip
    stored = await wire.client.preferences(FULL_ID)
    for name in {field.name for field in fields(EVERYTHING)} - {"carried"}:
        assert getattr(stored, name) == getattr(EVERYTHING, name)


async def test_fields_left_out_are_not_sent(wire: Wire) -> None:
    """`None` leaves a setting unchanged, but an empty week is sent."""
    update = replace(at.OFF, week_day_ready_times={})
    await wire.client.set_preferences(FULL_ID, update)
    off = {"chargingBehavior": "SMART_CHARGE_OFF", "weekDaySpecificReadyTimes": {}}
    assert wire.simulator.requests[-1].json == off


async def test_what_is_carried_is_sent_as_it_came(wire: Wire) -> None:
    """A new value replaces a carried one. A day may be text, or null to clear it."""
    wire.simulator.fail("PUT", at.PREFERENCES, body=b"")
    update = api.PreferencesUpdate(
        carried={"targetSoC": "80 %", "readyTime": "7 am", "new": [1]},
        ready_time=time(7, 30),
        week_day_ready_times={"MONDAY": time(6), "FRIDAY": "noon", "SUNDAY": None},
    )
    await wire.client.set_preferences(FULL_ID, update)
    week = {"MONDAY": "06:00", "FRIDAY": "noon", "SUNDAY": None}
    assert wire.simulator.requests[-1].json == {
        "targetSoC": "80 %", "readyTime": "07:30", "new": [1],
        "weekDaySpecificReadyTimes": week,
    }  # fmt: skip


@pytest.mark.parametrize("answer", [b"", {"stored": True}, [], "OK", b"OK", 0, False])
async def test_writes_may_be_answered_with_anything(wire: Wire, answer: Any) -> None:
    """Only a web page is an error, because it does not come from Hiven."""
    for write in (at.PUT_PREFERENCES, at.DELETE_VEHICLE, *at.OF_A_LOCATION):
        wire.simulator.fail("*", "*", body=answer)
        await write.call(wire.client)
        wire.simulator.fail("*", "*", kind="html")
        assert isinstance(await wire.failure(write), api.UnexpectedAnswerError)


@pytest.mark.parametrize("dialect", ["documented", "connect_code", "connect_code_422"])
async def test_connect_adds_then_knows_then_refuses(wire: Wire, dialect: str) -> None:
    wire.simulator.speak(dialect)
    wire.simulator.add_account(OTHER_USER_ID, "key-2")
    foreign = wire.simulator.add_car(OTHER_USER_ID, Car(id="car-foreign"))
    own = Car(id="car-new")

    async def connect(car: Car) -> api.Connection:
        code = wire.simulator.codes.issue(car, at.REDIRECT)
        return await wire.client.connect(auth_code=code, redirect_url=at.REDIRECT)

    for added in (True, False):
        connection = await connect(own)
        assert (connection.device_id, connection.added) == ("car-new", added)
        assert connection.message
    with pytest.raises(api.ConflictError):
        await connect(foreign)


NEWER = {"code": "a-code", "redirectUri": at.REDIRECT}


@pytest.mark.parametrize("status", [400, 422])
async def test_connect_speaks_both_ways(wire: Wire, status: int) -> None:
    """The client tries the other field names with the same code and remembers them."""

    async def connect(client: api.HivenClient) -> list[Any]:
        wire.simulator.forget()
        wire.simulator.fail("POST", at.CONNECT, status=201, body={})
        # Hiven refuses the names that the client tries first.
        wire.simulator.fail("POST", at.CONNECT, status=status, times=1)
        connection = await at.POST_CONNECT.call(client)
        assert connection == api.Connection(device_id=None, message=None, added=True)
        return [request.json for request in wire.simulator.requests]

    journal = wire.client.journal
    assert await connect(wire.client) == [at.POST_CONNECT.body, NEWER]
    assert journal.dialects == {"connect: code, redirectUri"}
    other = wire.new_client(journal=journal)
    assert await connect(other) == [NEWER, at.POST_CONNECT.body]
    assert journal.dialects == set()


async def test_a_code_that_is_refused_both_ways(wire: Wire) -> None:
    """The client raises the error about the documented field names."""
    first = {"message": "code expired"}
    wire.simulator.fail("POST", at.CONNECT, status=400, body={"message": "second"})
    wire.simulator.fail("POST", at.CONNECT, status=422, body=first, times=1)
    err = await wire.failure(at.POST_CONNECT)
    assert isinstance(err, api.InvalidRequestError)
    assert (err.status, err.said) == (422, "code expired")
    assert wire.client.journal.dialects == set()


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 408, 500, 503, None])
async def test_a_code_that_may_have_been_used_is_not_sent_again(
    wire: Wire, status: int | None
) -> None:
    """Only a 400 or 422 shows that Hiven did not understand the request."""
    kind: Kind | None = None if status else "reset"
    wire.simulator.fail("POST", at.CONNECT, status=status, kind=kind)
    assert isinstance(await wire.failure(at.POST_CONNECT), api.HivenError)
    (request,) = wire.simulator.requests
    assert request.json == at.POST_CONNECT.body


async def test_locations_are_listed_changed_and_deleted(wire: Wire) -> None:
    expected = api.Location(id=LOCATION_ID, spot_price_area_id="FI", **asdict(at.HOME))
    assert await wire.client.locations() == (expected,)
    created = await wire.client.create_location(at.HOME)
    assert created == replace(expected, id=created.id)
    moved = api.LocationUpdate(
        latitude=59.3, longitude=18.1, country_code="SE", postal_code="111 22"
    )
    await wire.client.change_location(LOCATION_ID, moved)
    assert wire.simulator.requests[-1].json == {
        "coordinates": {"latitude": 59.3, "longitude": 18.1},
        "countryCode": "SE", "postalCode": "111 22",
    }  # fmt: skip
    await wire.client.delete_location(created.id)
    (home,) = await wire.client.locations()
    assert (home.id, home.city) == (LOCATION_ID, "Helsinki")
    assert home.spot_price_area_id == "SE3"


async def test_models_and_what_they_can_do(wire: Wire) -> None:
    defender = api.VehicleModel(
        make="LANDROVER", model="Defender PHEV", type="PHEV",
        year_from=2020, year_to=2026,
        capabilities=frozenset({"READ_LOCATION", "READ_BATTERY_CAPACITY"}),
    )  # fmt: skip
    assert defender in await wire.client.supported_vehicles()
    models = await wire.client.supported_vehicles(
        supporting=[api.Capability.READ_LOCATION, api.Capability.READ_BATTERY_CAPACITY],
        not_supporting=[api.Capability.EXECUTE_START_AND_STOP],
    )
    assert defender in models
    assert {model.make for model in models} == {"LANDROVER", "TOYOTA"}
    assert wire.simulator.requests[-1].query == {
        "supporting": "READ_LOCATION,READ_BATTERY_CAPACITY",
        "not_supporting": "EXECUTE_START_AND_STOP",
    }


ENCRYPTED = ("https://api.hiven.energy", "https://a.example/hiven")
OWN_MACHINE = ("http://127.0.0.1:8080", "http://localhost", "http://[::1]:80")
OTHERS = (
    *("http://api.hiven.energy", "http://192.168.1.2:8080", "api.hiven.energy"),
    *("http://127.0.0.1.example.com", "http://localhost@example.com"),
    *("ws://127.0.0.1", "file:///etc/passwd", "https://", ""),
)


async def test_the_key_travels_encrypted_or_not_at_all(wire: Wire) -> None:
    """HTTP is allowed only for this machine. A slash at the end is ignored."""
    for address in (*ENCRYPTED, *OWN_MACHINE):
        wire.new_client(base_url=address)
    client = wire.new_client(base_url=f"{wire.simulator.url}/")
    assert (await client.vehicles()).vehicles
    for address in OTHERS:
        with pytest.raises(ValueError, match="must be https") as caught:
            wire.new_client(base_url=address)
        assert API_KEY not in str(caught.value)
