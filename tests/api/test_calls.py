"""What each method sends and returns."""

from collections.abc import Awaitable
from dataclasses import fields
from datetime import UTC, datetime, time
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from yarl import URL

from custom_components.hiven.api import (
    Attributes,
    AuthenticationError,
    Capability,
    ChargingLocation,
    ConflictError,
    Connection,
    ForbiddenError,
    HivenClient,
    NotFoundError,
    Preferences,
    PreferencesUpdate,
    StateOfCharge,
    Status,
    UnexpectedAnswerError,
    Vehicle,
    VehicleModel,
)
from simulator import Car, Simulator
from tests import API_KEY, OTHER_USER_ID, PARTNER, USER_ID

from .cars import FULL_ID
from .endpoints import (
    AUTHORIZATION_URL,
    DELETE_DEVICE,
    DEVICE,
    ENDPOINTS,
    GET_PREFERENCES,
    GET_SCHEDULE,
    GET_SESSIONS,
    GET_STATUS,
    PREFERENCES,
    PUT_PREFERENCES,
    REDIRECT,
    STATUS,
    Endpoint,
)

STRANGE_IDS = (
    "a/b",
    "a?b=c",
    "a#b",
    "100%",
    "%2F",
    "a b+c&d",
    "ä-日本",
    "a\\b",
    "...a",
)
SATURDAY_AND_SUNDAY = {"SATURDAY": time(9, 30), "SUNDAY": time(0, 0)}
EVERYTHING = PreferencesUpdate(
    charging_behavior="SMART_CHARGE_ANYWHERE",
    charging_location_ids=(),
    ready_time=time(6, 5),
    week_day_ready_times=SATURDAY_AND_SUNDAY,
    target_soc=StateOfCharge(value=250.0, unit="KM"),
    minimal_soc=StateOfCharge(value=20.5),
    battery_capacity=64.0,
    default_spot_price_area_id="SE3",
)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
async def test_every_call_is_sent_as_documented(
    client: HivenClient, simulator: Simulator, full_car: Car, endpoint: Endpoint
) -> None:
    """Method, path, query, body and headers; only the model list goes without a user."""
    simulator.redirect_uris.add(REDIRECT)
    simulator.fail("POST", "*", body={"deviceId": FULL_ID, "id": "a-location"})
    await endpoint.call(client)
    (request,) = simulator.requests
    assert (request.method, request.path) == (endpoint.method, endpoint.path)
    assert request.query == (endpoint.query or {})
    assert request.json == endpoint.body
    assert request.headers["X-Api-Key"] == API_KEY
    assert request.headers.get("X-User-Id") == (USER_ID if endpoint.for_user else None)
    assert request.headers["Accept"] == "application/json"
    is_json = request.headers.get("Content-Type") == "application/json"
    assert is_json is (endpoint.body is not None)


@pytest.mark.parametrize(
    "endpoint",
    [
        *(DEVICE, GET_STATUS, GET_PREFERENCES, PUT_PREFERENCES, GET_SCHEDULE),
        *(GET_SESSIONS, DELETE_DEVICE),
    ],
    ids=str,
)
async def test_ids_are_quoted_in_the_path(
    client: HivenClient, simulator: Simulator, endpoint: Endpoint
) -> None:
    """Whatever an id looks like, its car is found and nothing ends up in the query."""
    for vehicle_id in STRANGE_IDS:
        off = {"chargingBehavior": "SMART_CHARGE_OFF"}
        simulator.add_car(USER_ID, Car(id=vehicle_id, preferences=off))
        await endpoint.call(client, vehicle_id)
        request = simulator.requests[-1]
        assert request.path == endpoint.path.replace(FULL_ID, vehicle_id)
        assert request.query == {}


@pytest.mark.parametrize("vehicle_id", ["", ".", ".."])
async def test_ids_that_would_name_another_path_are_not_sent(
    client: HivenClient, simulator: Simulator, vehicle_id: str
) -> None:
    """Deleting `..` must not delete what is above the vehicles."""
    with pytest.raises(NotFoundError):
        await client.delete_device(vehicle_id)
    assert simulator.requests == []


@pytest.mark.parametrize("end", ["", "/"])
async def test_the_address_may_end_with_a_slash(
    session: aiohttp.ClientSession, simulator: Simulator, end: str
) -> None:
    """It makes no difference."""
    client = HivenClient(
        session, user_id=USER_ID, api_key=API_KEY, base_url=simulator.url + end
    )
    assert (await client.devices()).vehicles == {}


@pytest.mark.parametrize(
    ("user_id", "api_key"),
    [("user\n1", API_KEY), (USER_ID, "key\r\nX-Evil: 1"), ("üser", API_KEY)],
)
async def test_headers_that_cannot_be_are_refused_unsent(
    session: aiohttp.ClientSession, simulator: Simulator, user_id: str, api_key: str
) -> None:
    """A key or user id pasted wrongly is a wrong key, not a crash."""
    client = HivenClient(
        session, user_id=user_id, api_key=api_key, base_url=simulator.url
    )
    with pytest.raises(AuthenticationError):
        await client.devices()
    assert simulator.requests == []


async def test_wrong_key_and_wrong_user(
    session: aiohttp.ClientSession, simulator: Simulator
) -> None:
    """The simulator tells them apart, and so does the client."""
    simulator.add_account(OTHER_USER_ID, "key-2")
    for user_id, api_key, error in (
        (USER_ID, "wrong", AuthenticationError),
        (OTHER_USER_ID, API_KEY, ForbiddenError),
    ):
        client = HivenClient(
            session, user_id=user_id, api_key=api_key, base_url=simulator.url
        )
        with pytest.raises(AuthenticationError) as caught:
            await client.devices()
        assert type(caught.value) is error


async def test_list_and_details_hold_every_field(
    monday_noon: FrozenDateTimeFactory,
    client: HivenClient,
    full_car: Car,
    simulator: Simulator,
) -> None:
    """Nothing of the documentation is dropped."""
    (location,) = simulator.locations[USER_ID].values()
    expected = Vehicle(
        id=FULL_ID,
        type="EV",
        integration="SMARTCAR",
        associated_to_charger=True,
        associated_charger_ids=("charger-1",),
        created_at=datetime(2026, 1, 12, 10, tzinfo=UTC),
        attributes=Attributes(
            partner_id=simulator.accounts[USER_ID].partner_id,
            partner_name=PARTNER,
            external_id=full_car.external_id,
            user_id=USER_ID,
            vin=full_car.vin,
            manufacturer="VOLKSWAGEN",
            year=2023,
            model="ID.4",
            name="Family car",
            device_type="EV",
            engine_type="BEV",
        ),
        location_supported=True,
        preferences=Preferences(
            charging_behavior="SMART_CHARGE_AT_LOCATION",
            charging_location_ids=(location["id"],),
            charging_locations=(
                ChargingLocation(
                    id=_charging_location_id(await client.device(FULL_ID)),
                    location_id=location["id"],
                    latitude=60.170833,
                    longitude=24.9375,
                    country_code="FI",
                    postal_code="00170",
                    spot_price_area_id="FI",
                ),
            ),
            ready_time=time(7, 0),
            week_day_ready_times=SATURDAY_AND_SUNDAY,
            target_soc=StateOfCharge(value=80.0, unit="PERCENT"),
            minimal_soc=StateOfCharge(value=120.0, unit="KM"),
            battery_capacity=74.5,
            default_spot_price_area_id="FI",
        ),
    )
    assert await client.device(FULL_ID) == expected
    listed = await client.devices()
    assert listed.vehicles == {FULL_ID: expected}
    assert listed.unreadable == {}


def _charging_location_id(vehicle: Vehicle) -> str:
    """Return the id the simulator made up."""
    assert vehicle.preferences is not None
    return str(vehicle.preferences.charging_locations[0].id)


async def test_status_holds_every_field(
    monday_noon: FrozenDateTimeFactory, client: HivenClient, full_car: Car
) -> None:
    """Capacity is text on the wire and a number here."""
    assert await client.status(FULL_ID) == Status(
        id=FULL_ID,
        timestamp=datetime(2026, 1, 12, 10, tzinfo=UTC),
        soc=50.0,
        range=210.0,
        charging_status=full_car.charging_status,
        battery_capacity=77.0,
    )


@pytest.mark.parametrize("empty", ["empty", "null"])
async def test_no_preferences(
    client: HivenClient, simulator: Simulator, full_car: Car, empty: Any
) -> None:
    """Nobody documents how "none" looks; all ways are understood."""
    full_car.preferences = None
    simulator.empty_preferences = empty
    assert await client.preferences(FULL_ID) is None
    assert (await client.device(FULL_ID)).preferences is None


async def test_no_preferences_as_not_found(client: HivenClient, full_car: Car) -> None:
    """404 is told as such: the vehicle may be gone as well."""
    full_car.preferences = None
    with pytest.raises(NotFoundError):
        await client.preferences(FULL_ID)


async def test_preferences_come_back_as_written(
    client: HivenClient, full_car: Car, simulator: Simulator
) -> None:
    """Every field goes out and comes back."""
    await client.set_preferences(FULL_ID, EVERYTHING)
    assert simulator.requests[-1].json == {
        "chargingBehavior": "SMART_CHARGE_ANYWHERE",
        "chargingLocationIds": [],
        "readyTime": "06:05",
        "weekDaySpecificReadyTimes": {"SATURDAY": "09:30", "SUNDAY": "00:00"},
        "targetSoC": {"value": 250, "unit": "KM"},
        "minimalSoC": {"value": 20.5, "unit": "PERCENT"},
        "batteryCapacity": 64.0,
        "defaultSpotPriceAreaId": "SE3",
    }
    stored = await client.preferences(FULL_ID)
    assert stored is not None
    for field in fields(EVERYTHING):
        assert getattr(stored, field.name) == getattr(EVERYTHING, field.name)


async def test_fields_left_out_are_not_sent(
    client: HivenClient, full_car: Car, simulator: Simulator
) -> None:
    """None leaves Hiven's value alone; the spent week map does not."""
    update = PreferencesUpdate(
        charging_behavior="SMART_CHARGE_OFF", week_day_ready_times={}
    )
    await client.set_preferences(FULL_ID, update)
    assert simulator.requests[-1].json == {
        "chargingBehavior": "SMART_CHARGE_OFF",
        "weekDaySpecificReadyTimes": {},
    }
    stored = await client.preferences(FULL_ID)
    assert stored is not None
    assert stored.target_soc == StateOfCharge(value=80.0)
    assert stored.week_day_ready_times == {}


@pytest.mark.parametrize("answer", ["quoted", "empty", "204"])
async def test_writes_are_answered_with_nothing(
    client: HivenClient, full_car: Car, simulator: Simulator, answer: Any
) -> None:
    """Two quotes, an empty body and 204 are all the nothing that is documented."""
    simulator.put_answer = answer
    await client.set_preferences(FULL_ID, EVERYTHING)
    await client.delete_device(FULL_ID)
    assert (await client.devices()).vehicles == {}


@pytest.mark.parametrize("body", [{"error": "no"}, [], "null?", 0, False, " x"])
async def test_a_write_answered_with_something_is_in_doubt(
    client: HivenClient, full_car: Car, simulator: Simulator, body: Any
) -> None:
    """What is not the documented answer does not count as stored."""
    simulator.fail("PUT", PREFERENCES, body=body)
    with pytest.raises(UnexpectedAnswerError):
        await client.set_preferences(FULL_ID, EVERYTHING)


async def test_connect_adds_then_knows_then_refuses(
    client: HivenClient, simulator: Simulator
) -> None:
    """201, 200 and 409."""
    simulator.add_account("user-2", "key-2")
    foreign = simulator.add_car("user-2", Car(id="car-foreign"))
    own = Car(id="car-new")

    def connect(car: Car) -> Awaitable[Connection]:
        code = simulator.codes.issue(car, REDIRECT)
        return client.connect(auth_code=code, redirect_url=REDIRECT)

    for added in (True, False):
        connection = await connect(own)
        assert (connection.device_id, connection.added) == ("car-new", added)
        assert connection.message
    with pytest.raises(ConflictError):
        await connect(foreign)


async def test_connect_understands_a_short_answer(
    client: HivenClient, simulator: Simulator
) -> None:
    """Without an id and a message the status still tells."""
    simulator.fail("POST", "*/connect", status=201, body={})
    connection = await client.connect(auth_code="code", redirect_url=REDIRECT)
    assert connection == Connection(device_id=None, message=None, added=True)


async def test_authorization_url_is_returned_as_it_is(
    client: HivenClient, simulator: Simulator
) -> None:
    """Its query holds what was asked for."""
    simulator.redirect_uris.add(REDIRECT)
    url = URL(
        await client.authorization_url(
            manufacturer="TESLA",
            redirect_uri=REDIRECT,
            country_code="SE",
            mode="simulated",
        )
    )
    assert url.query["make"] == "TESLA"
    assert url.query["redirect_uri"] == REDIRECT
    assert url.query["flags"] == "country:SE"
    assert url.query["mode"] == "simulated"


@pytest.mark.parametrize(
    ("url", "is_accepted"),
    [
        ("https://connect.smartcar.com/oauth/authorize?make=BMW", True),
        ("http://localhost:8080/oauth", True),
        ("http://[::1]:8080/oauth", True),
        ("http://connect.smartcar.com/oauth", False),
        ("http://127.0.0.1.example.com/oauth", False),
        ("http://127.0.0.1@example.com/oauth", False),
        ("javascript:alert(1)", False),
        ("ftp://example.com", False),
        ("//example.com", False),
        ("https://", False),
        ("https://[::1", False),
        ("https://example.com:99999999", False),
        ("", False),
        (None, False),
        (["https://example.com"], False),
    ],
)
async def test_only_safe_addresses_are_opened(
    client: HivenClient, simulator: Simulator, url: Any, is_accepted: bool
) -> None:
    """A browser is sent to https, or to this machine."""
    simulator.fail("GET", AUTHORIZATION_URL, body={"authorizationUrl": url})
    call = client.authorization_url(
        manufacturer="BMW", redirect_uri=REDIRECT, country_code="FI"
    )
    if is_accepted:
        assert await call == url
        return
    with pytest.raises(UnexpectedAnswerError) as caught:
        await call
    assert caught.value.field == "authorizationUrl"


async def test_models_and_what_they_can_do(client: HivenClient) -> None:
    """The filters are sent repeated, and the answer holds every field."""
    models = await client.supported_vehicles()
    assert (
        VehicleModel(
            make="LANDROVER",
            model="Defender PHEV",
            year_from=2020,
            year_to=2026,
            type="PHEV",
            capabilities=frozenset({"READ_LOCATION", "READ_BATTERY_CAPACITY"}),
        )
        in models
    )


async def test_models_are_filtered_by_what_they_can_do(
    client: HivenClient, simulator: Simulator
) -> None:
    """Several capabilities go out as a repeated parameter."""
    models = await client.supported_vehicles(
        supporting=[Capability.READ_LOCATION, Capability.READ_BATTERY_CAPACITY],
        not_supporting=[Capability.EXECUTE_START_AND_STOP],
    )
    assert {model.make for model in models} == {"LANDROVER", "TOYOTA"}
    assert simulator.requests[-1].query == {
        "supporting": "READ_LOCATION,READ_BATTERY_CAPACITY",
        "not_supporting": "EXECUTE_START_AND_STOP",
    }


@pytest.mark.parametrize(
    ("base_url", "is_accepted"),
    [
        ("https://api.hiven.energy", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://api.hiven.energy", False),
        ("http://192.168.1.2:8080", False),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost@example.com", False),
        ("api.hiven.energy", False),
        ("ws://127.0.0.1", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("", False),
    ],
)
async def test_the_key_travels_encrypted_or_not_at_all(
    session: aiohttp.ClientSession, base_url: str, is_accepted: bool
) -> None:
    """Plain http is for one's own machine."""

    def build() -> HivenClient:
        return HivenClient(session, user_id=USER_ID, api_key=API_KEY, base_url=base_url)

    if is_accepted:
        build()
        return
    with pytest.raises(ValueError, match="must be https") as caught:
        build()
    assert API_KEY not in str(caught.value)


async def test_reading_a_status_reads_nothing_else(
    client: HivenClient, simulator: Simulator, full_car: Car
) -> None:
    """One method, one request."""
    await client.status(FULL_ID)
    assert [request.path for request in simulator.requests] == [STATUS]
