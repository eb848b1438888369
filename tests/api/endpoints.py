"""The client's methods, each as a call that can be made of any of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from custom_components.hiven.api import NewLocation, PreferencesUpdate
from tests import USER_ID

from .cars import FULL_ID, LOCATION

REDIRECT = "http://127.0.0.1:8123/auth/external/callback"
LIST = "/v2/hiven/devices"
DETAILS = f"/v2/hiven/devices/{FULL_ID}"
PREFERENCES = f"{DETAILS}/smart-charging/ev-preferences"
SCHEDULE = f"{DETAILS}/smart-charging/schedule"
SESSIONS = f"{DETAILS}/smart-charging/sessions"
LOCATIONS = f"/v2/hiven/users/{USER_ID}/locations"
STATUS = f"/v1/hiven/devices/{FULL_ID}/status"
CAPABILITIES = "/v2/hiven/vehicles/smartcar/capabilities"
CONNECT = "/v1/hiven/devices/smartcar/connect"
AUTHORIZATION_URL = "/v1/hiven/devices/smartcar/authorization-url"


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A method of the client with the request it makes for the full car.

    Calls take a client and, where the path names one, the id of another vehicle.
    """

    method: str
    path: str
    call: Callable[..., Awaitable[Any]]
    query: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    for_user: bool = True

    @property
    def name(self) -> str:
        """How errors name it."""
        path = self.path.replace(FULL_ID, ":vehicleId").replace(USER_ID, ":userId")
        return f"{self.method} {path}"

    def __str__(self) -> str:
        """Return the id of a test."""
        return self.name


DEVICES = Endpoint(
    "GET", LIST, lambda client: client.devices(), query={"userId": USER_ID}
)
DEVICE = Endpoint("GET", DETAILS, lambda client, id_=FULL_ID: client.device(id_))
GET_PREFERENCES = Endpoint(
    "GET", PREFERENCES, lambda client, id_=FULL_ID: client.preferences(id_)
)
PUT_PREFERENCES = Endpoint(
    "PUT",
    PREFERENCES,
    lambda client, id_=FULL_ID: client.set_preferences(
        id_, PreferencesUpdate(charging_behavior="SMART_CHARGE_OFF")
    ),
    body={"chargingBehavior": "SMART_CHARGE_OFF"},
)
GET_SCHEDULE = Endpoint(
    "GET", SCHEDULE, lambda client, id_=FULL_ID: client.schedule(id_)
)
GET_SESSIONS = Endpoint(
    "GET", SESSIONS, lambda client, id_=FULL_ID: client.sessions(id_)
)
GET_LOCATIONS = Endpoint("GET", LOCATIONS, lambda client: client.locations())
POST_LOCATION = Endpoint(
    "POST",
    LOCATIONS,
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
    body=LOCATION,
)
GET_STATUS = Endpoint("GET", STATUS, lambda client, id_=FULL_ID: client.status(id_))
DELETE_DEVICE = Endpoint(
    "DELETE", DETAILS, lambda client, id_=FULL_ID: client.delete_device(id_)
)
POST_CONNECT = Endpoint(
    "POST",
    CONNECT,
    lambda client: client.connect(auth_code="a-code", redirect_url=REDIRECT),
    body={"authCode": "a-code", "redirectUrl": REDIRECT},
)
GET_AUTHORIZATION_URL = Endpoint(
    "GET",
    AUTHORIZATION_URL,
    lambda client: client.authorization_url(
        manufacturer="SKODA", redirect_uri=REDIRECT, country_code="FI"
    ),
    query={
        "manufacturer": "SKODA",
        "redirectUri": REDIRECT,
        "countryCode": "FI",
        "mode": "live",
    },
)
GET_CAPABILITIES = Endpoint(
    "GET",
    CAPABILITIES,
    lambda client: client.supported_vehicles(),
    for_user=False,
)

ENDPOINTS = (
    DEVICES,
    DEVICE,
    GET_PREFERENCES,
    PUT_PREFERENCES,
    GET_STATUS,
    GET_SCHEDULE,
    GET_SESSIONS,
    GET_LOCATIONS,
    POST_LOCATION,
    DELETE_DEVICE,
    POST_CONNECT,
    GET_AUTHORIZATION_URL,
    GET_CAPABILITIES,
)
READS = tuple(endpoint for endpoint in ENDPOINTS if endpoint.method == "GET")
WRITES = tuple(endpoint for endpoint in ENDPOINTS if endpoint.method != "GET")
