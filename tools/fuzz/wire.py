"""Checks what must be true for the client over HTTP with any answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
import json
from typing import Any

import aiohttp
from hypothesis import strategies as st

from custom_components.hiven.api import (
    HivenClient,
    HivenError,
    NewLocation,
    PreferencesUpdate,
)
from simulator import Car, Simulator
from simulator.traffic import Kind
from tools import API_KEY, USER_ID
from tools.calls import LIST, MODELS

from .garble import JSONS, WRONGS, Json, Wrong, garbled
from .parsers import check_error

FULL_ID = "car-full"
REDIRECT = "http://127.0.0.1:8123/auth/external/callback"
LOCATION = {
    "name": "Home",
    "coordinates": {"latitude": 60.170833, "longitude": 24.9375},
    "countryCode": "FI",
    "postalCode": "00170",
    "streetAddress": "Liisankatu 21",
    "city": "Helsinki",
}
# Texts that no error may show, because they are personal.
SECRETS = (USER_ID, "00170", "60.17", "24.93", "Liisankatu")
KINDS: tuple[Kind, ...] = ("reset", "reset_midway", "truncate", "html")

_HEADER_TEXT = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"),
    max_size=40,
)
RETRY_AFTER = st.one_of(
    st.integers(-10, 10**20).map(str),
    st.sampled_from(("0", "1e3", "٣", "9" * 400, "soon", "12; 13")),
    _HEADER_TEXT,
    # Dates with a wrong part.
    st.builds(
        "{}, {} {} {} {}:{}:{} {}".format,
        st.sampled_from(("Mon", "", "12")),
        *(st.integers(-1, 40) | st.integers() for _ in range(1)),
        st.sampled_from(("Jan", "Foo", "13", "")),
        st.integers(0, 10**5) | st.integers(),
        *(st.integers(-1, 70) | st.integers() for _ in range(3)),
        st.sampled_from(("GMT", "+9999", "-0000", "+99999999999999999999", "")),
    ),
)


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A method of the client, with its request for the full car."""

    method: str
    path: str
    call: Callable[[HivenClient], Awaitable[Any]]
    query: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name in errors."""
        path = self.path.replace(FULL_ID, ":vehicleId").replace(USER_ID, ":userId")
        return f"{self.method} {path}"


_DETAILS = f"{LIST}/{FULL_ID}"
_PREFERENCES = f"{_DETAILS}/smart-charging/ev-preferences"
_LOCATIONS = f"/v2/hiven/users/{USER_ID}/locations"
_SMARTCAR = "/v1/hiven/devices/smartcar"
ENDPOINTS = (
    Endpoint("GET", LIST, lambda client: client.vehicles(), {"userId": USER_ID}),
    Endpoint("GET", _DETAILS, lambda client: client.vehicle(FULL_ID)),
    Endpoint("DELETE", _DETAILS, lambda client: client.delete_vehicle(FULL_ID)),
    Endpoint("GET", _PREFERENCES, lambda client: client.preferences(FULL_ID)),
    Endpoint(
        "PUT",
        _PREFERENCES,
        lambda client: client.set_preferences(
            FULL_ID, PreferencesUpdate(charging_behavior="SMART_CHARGE_OFF")
        ),
    ),
    Endpoint(
        "GET",
        f"/v1/hiven/devices/{FULL_ID}/status",
        lambda client: client.status(FULL_ID),
    ),
    Endpoint(
        "GET",
        f"{_DETAILS}/smart-charging/schedule",
        lambda client: client.schedule(FULL_ID),
    ),
    Endpoint(
        "GET",
        f"{_DETAILS}/smart-charging/sessions",
        lambda client: client.sessions(FULL_ID),
    ),
    Endpoint("GET", _LOCATIONS, lambda client: client.locations()),
    Endpoint(
        "POST",
        _LOCATIONS,
        lambda client: client.create_location(
            NewLocation(
                name="Home",
                latitude=60.170833,
                longitude=24.9375,
                country_code="FI",
                postal_code="00170",
                street_address="Liisankatu 21",
                city="Helsinki",
            )
        ),
    ),
    Endpoint(
        "POST",
        f"{_SMARTCAR}/connect",
        lambda client: client.connect(auth_code="a-code", redirect_url=REDIRECT),
    ),
    Endpoint(
        "GET",
        f"{_SMARTCAR}/authorization-url",
        lambda client: client.authorization_url(
            manufacturer="SKODA", redirect_uri=REDIRECT, country_code="FI"
        ),
        {
            "manufacturer": "SKODA",
            "redirectUri": REDIRECT,
            "countryCode": "FI",
            "mode": "live",
        },
    ),
    Endpoint("GET", MODELS, lambda client: client.supported_vehicles()),
)


def add_full_car(simulator: Simulator) -> Car:
    """Add a car with all documented fields."""
    location = simulator.add_location(USER_ID, LOCATION)
    return simulator.add_car(
        USER_ID,
        Car(
            id=FULL_ID,
            name="Family car",
            associated_charger_ids=["charger-1"],
            preferences={
                "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
                "chargingLocationIds": [location["id"]],
                "readyTime": "07:00",
                "weekDaySpecificReadyTimes": {"SATURDAY": "09:30", "SUNDAY": "00:00"},
                "targetSoC": {"value": 80, "unit": "PERCENT"},
                "minimalSoC": {"value": 120, "unit": "KM"},
                "batteryCapacity": 74.5,
                "defaultSpotPriceAreaId": "FI",
            },
        ),
    )


@dataclass(frozen=True)
class Mangled:
    """Bytes of an answer, changed."""

    encoding: str = "utf-8"
    keep: float = 1.0
    before: bytes = b""

    def bytes_of(self, value: Json) -> bytes:
        """Return the bytes to send."""
        raw = json.dumps(value).encode(self.encoding)
        return self.before + raw[: int(len(raw) * self.keep)]


@dataclass(frozen=True)
class Exchange:
    """A call, and its answer: the real one with errors, or `instead`."""

    endpoint: Endpoint
    status: int
    wrongs: tuple[Wrong, ...]
    instead: Json
    mangled: Mangled
    headers: dict[str, str]
    kind: Kind | None


EXCHANGES = st.builds(
    Exchange,
    endpoint=st.sampled_from(ENDPOINTS),
    status=st.sampled_from((200, 200, 200, 201, 204)) | st.integers(200, 599),
    wrongs=st.just(()) | WRONGS,
    instead=st.just(...) | st.just(...) | JSONS,
    mangled=st.just(Mangled())
    | st.builds(
        Mangled,
        encoding=st.sampled_from(("utf-8", "utf-16", "utf-8-sig", "utf-32-be")),
        keep=st.floats(0, 1),
        before=st.binary(max_size=3),
    ),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "Retry-After": RETRY_AFTER,
            "Location": st.just(LIST) | _HEADER_TEXT,
            "Content-Type": st.sampled_from(("text/plain; charset=x", "", "x")),
            "Content-Encoding": st.sampled_from(("gzip", "deflate", "br", "x")),
        },
    ),
    kind=st.sampled_from((None, None, None, None, *KINDS)),
)


@dataclass
class Wire:
    """A client, and a simulator that answers it with errors."""

    client: HivenClient
    simulator: Simulator
    answers: dict[str, Json]
    secrets: tuple[str, ...]

    async def check(self, exchange: Exchange) -> None:
        """Check that the client returns, or raises one of its own errors."""
        answer = exchange.instead
        if answer is ...:
            true = self.answers.get(exchange.endpoint.name, "")
            answer = garbled(true, exchange.wrongs)
        fault = self.simulator.fail(
            exchange.endpoint.method,
            exchange.endpoint.path,
            status=exchange.status,
            body=exchange.mangled.bytes_of(answer),
            headers=exchange.headers,
            kind=exchange.kind,
        )
        self.simulator.requests.clear()
        try:
            await exchange.endpoint.call(self.client)
        except HivenError as err:
            sent = [answer, *exchange.headers.values()]
            check_error(err, sent, *self.secrets)
        finally:
            fault.stop()
        # If a connection breaks, a read is repeated once, a write never. A refused
        # connect is tried once more in its newer form.
        endpoint = exchange.endpoint
        is_connect = endpoint.path.endswith("/connect")
        most = 2 if endpoint.method == "GET" or is_connect else 1
        assert 1 <= len(self.simulator.requests) <= most


async def ask_all(
    session: aiohttp.ClientSession, simulator: Simulator
) -> dict[str, Json]:
    """Return the simulator's answers by the names of the endpoints."""
    answers: dict[str, Json] = {
        endpoint.name: await ask(session, simulator, endpoint.path, **endpoint.query)
        for endpoint in ENDPOINTS
        if endpoint.method == "GET"
    }
    answers[f"POST {_SMARTCAR}/connect"] = {
        "deviceId": FULL_ID,
        "message": "vehicle has been successfully added",
    }
    return answers


async def ask(
    session: aiohttp.ClientSession, simulator: Simulator, path: str, **query: str
) -> Any:
    """Return the simulator's answer to a GET; None for a 404."""
    async with session.get(
        simulator.url + path,
        params=query,
        headers={"X-Api-Key": API_KEY, "X-User-Id": USER_ID},
    ) as response:
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        assert response.ok, path
        return await response.json()
