"""The methods of the client, as tables for tests."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from custom_components.hiven.api import LocationUpdate, NewLocation, PreferencesUpdate
from tests import USER_ID

from .cars import FULL_ID, LOCATION, LOCATION_ID

REDIRECT = "http://127.0.0.1:8123/auth/external/callback"
LIST = "/v2/hiven/devices"
DETAILS = f"/v2/hiven/devices/{FULL_ID}"
PREFERENCES = f"{DETAILS}/smart-charging/ev-preferences"
SCHEDULE = f"{DETAILS}/smart-charging/schedule"
SESSIONS = f"{DETAILS}/smart-charging/sessions"
STATUS = f"/v1/hiven/devices/{FULL_ID}/status"
LOCATIONS = f"/v2/hiven/users/{USER_ID}/locations"
PLACE = f"{LOCATIONS}/{LOCATION_ID}"
CONNECT = "/v1/hiven/devices/smartcar/connect"
AUTHORIZATION_URL = "/v1/hiven/devices/smartcar/authorization-url"

SIGN_IN = {"manufacturer": "SKODA", "redirectUri": REDIRECT, "countryCode": "FI"}
OFF = PreferencesUpdate(charging_behavior="SMART_CHARGE_OFF")
HOME = NewLocation(
    name="Home", latitude=60.170833, longitude=24.9375, country_code="FI",
    postal_code="00170", street_address="Liisankatu 21", city="Helsinki",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A method of the client with the request it makes for the full car.

    A call takes the client and, if the path names a vehicle or location, another ID.
    """

    method: str
    path: str
    call: Callable[..., Awaitable[Any]]
    query: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    for_user: bool = True

    @property
    def name(self) -> str:
        """Return the name that errors show."""
        path = self.path.replace(FULL_ID, ":vehicleId").replace(USER_ID, ":userId")
        return f"{self.method} {path.replace(LOCATION_ID, ':locationId')}"

    def __str__(self) -> str:
        return self.name


VEHICLES = Endpoint("GET", LIST, lambda c: c.vehicles(), query={"userId": USER_ID})
VEHICLE = Endpoint("GET", DETAILS, lambda c, i=FULL_ID: c.vehicle(i))
DELETE_VEHICLE = Endpoint("DELETE", DETAILS, lambda c, i=FULL_ID: c.delete_vehicle(i))
GET_PREFERENCES = Endpoint("GET", PREFERENCES, lambda c, i=FULL_ID: c.preferences(i))
PUT_PREFERENCES = Endpoint(
    "PUT", PREFERENCES, lambda c, i=FULL_ID: c.set_preferences(i, OFF),
    body={"chargingBehavior": "SMART_CHARGE_OFF"},
)  # fmt: skip
GET_SCHEDULE = Endpoint("GET", SCHEDULE, lambda c, i=FULL_ID: c.schedule(i))
GET_SESSIONS = Endpoint("GET", SESSIONS, lambda c, i=FULL_ID: c.sessions(i))
GET_STATUS = Endpoint("GET", STATUS, lambda c, i=FULL_ID: c.status(i))
GET_LOCATIONS = Endpoint("GET", LOCATIONS, lambda c: c.locations())
POST_LOCATION = Endpoint(
    "POST", LOCATIONS, lambda c: c.create_location(HOME), body=LOCATION
)
PUT_LOCATION = Endpoint(
    "PUT", PLACE, body={"name": "Cabin"},
    call=lambda c, i=LOCATION_ID: c.change_location(i, LocationUpdate(name="Cabin")),
)  # fmt: skip
DELETE_LOCATION = Endpoint(
    "DELETE", PLACE, lambda c, i=LOCATION_ID: c.delete_location(i)
)
POST_CONNECT = Endpoint(
    "POST", CONNECT, lambda c: c.connect(auth_code="a-code", redirect_url=REDIRECT),
    body={"authCode": "a-code", "redirectUrl": REDIRECT},
)  # fmt: skip
GET_AUTHORIZATION_URL = Endpoint(
    "GET", AUTHORIZATION_URL, query={**SIGN_IN, "mode": "live"},
    call=lambda c: c.authorization_url(
        manufacturer="SKODA", redirect_uri=REDIRECT, country_code="FI"
    ),
)  # fmt: skip
GET_CAPABILITIES = Endpoint(
    "GET", "/v2/hiven/vehicles/smartcar/capabilities",
    lambda c: c.supported_vehicles(), for_user=False,
)  # fmt: skip

OF_A_VEHICLE = (
    *(VEHICLE, DELETE_VEHICLE, GET_STATUS, GET_PREFERENCES, PUT_PREFERENCES),
    *(GET_SCHEDULE, GET_SESSIONS),
)
OF_A_LOCATION = (PUT_LOCATION, DELETE_LOCATION)
ENDPOINTS = (
    *(VEHICLES, *OF_A_VEHICLE, GET_LOCATIONS, POST_LOCATION, *OF_A_LOCATION),
    *(POST_CONNECT, GET_AUTHORIZATION_URL, GET_CAPABILITIES),
)
READS = tuple(endpoint for endpoint in ENDPOINTS if endpoint.method == "GET")
WRITES = tuple(endpoint for endpoint in ENDPOINTS if endpoint.method != "GET")
# A 404 from these means that there are none.
NONE_YET = (GET_PREFERENCES, GET_SCHEDULE, GET_SESSIONS)
