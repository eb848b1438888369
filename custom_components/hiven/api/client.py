"""The Hiven client."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
import json
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from .errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    HivenConnectionError,
    HivenError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)
from .models import (
    AuthorizationMode,
    Capability,
    Connection,
    Location,
    NewLocation,
    Preferences,
    PreferencesUpdate,
    Schedule,
    SessionList,
    Status,
    Vehicle,
    VehicleList,
    VehicleModel,
)
from .parsing import Fields, rows

DEFAULT_URL = "https://api.hiven.energy"
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
MAX_ANSWER_BYTES = 5_000_000

_REFUSALS: dict[int, type[HivenError]] = {
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimitedError,
    HTTPStatus.REQUEST_TIMEOUT: ServerError,
}


class HivenClient:
    """Talks to Hiven for one user.

    Every method raises AuthenticationError (401, 403), NotFoundError (404),
    ConflictError (409), RateLimitedError (429), HivenError (another refusal),
    HivenConnectionError (no answer, a failure of Hiven) or UnexpectedAnswerError.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        user_id: str,
        api_key: str,
        base_url: str = DEFAULT_URL,
    ) -> None:
        """Use a session for a user id and the API key Hiven issued.

        Raises ValueError when the address is neither https nor on this machine.
        """
        if not is_safe_address(base_url):
            raise ValueError("Hiven's address must be https, or http on this machine")
        self._session = session
        self._user_id = user_id
        self._api_key = api_key
        self._base_url = URL(base_url)

    async def authorization_url(
        self,
        *,
        manufacturer: str,
        redirect_uri: str,
        country_code: str,
        mode: str = AuthorizationMode.LIVE,
    ) -> str:
        """Return the address of SmartCar's page where the car's owner signs in.

        GET /v1/hiven/devices/smartcar/authorization-url. `country_code` is ISO
        3166-1 alpha-2, `redirect_uri` must be known to Hiven beforehand.
        """
        endpoint = "GET /v1/hiven/devices/smartcar/authorization-url"
        _, answer = await self._call(
            endpoint,
            query={
                "manufacturer": manufacturer,
                "redirectUri": redirect_uri,
                "countryCode": country_code,
                "mode": mode,
            },
        )
        fields = Fields(answer, endpoint)
        url = fields.required_text("authorizationUrl")
        if not is_safe_address(url):
            raise fields.error("authorizationUrl", "is not a safe address")
        return url

    async def connect(self, *, auth_code: str, redirect_url: str) -> Connection:
        """Hand over the code SmartCar's page came back with.

        POST /v1/hiven/devices/smartcar/connect. ConflictError says that the
        vehicle is in another user's account.
        """
        endpoint = "POST /v1/hiven/devices/smartcar/connect"
        status, answer = await self._call(
            endpoint, body={"authCode": auth_code, "redirectUrl": redirect_url}
        )
        fields = Fields(answer, endpoint)
        return Connection(
            device_id=fields.text("deviceId"),
            message=fields.text("message"),
            added=status == HTTPStatus.CREATED,
        )

    async def devices(self) -> VehicleList:
        """Return the user's vehicles.

        GET /v2/hiven/devices. A row that cannot be read does not hide the others.
        """
        endpoint = "GET /v2/hiven/devices"
        _, answer = await self._call(endpoint, query={"userId": self._user_id})
        return VehicleList.from_json(answer, endpoint)

    async def device(self, vehicle_id: str) -> Vehicle:
        """Return one vehicle. GET /v2/hiven/devices/:vehicleId."""
        endpoint = "GET /v2/hiven/devices/:vehicleId"
        _, answer = await self._call(endpoint, vehicle_id)
        return Vehicle.from_fields(Fields(answer, endpoint))

    async def delete_device(self, vehicle_id: str) -> None:
        """Remove a vehicle from Hiven. DELETE /v2/hiven/devices/:vehicleId."""
        # UNDOCUMENTED: Hiven's documentation names this operation without its
        # path; this one follows from the path of the vehicle's details.
        await self._call("DELETE /v2/hiven/devices/:vehicleId", vehicle_id)

    async def preferences(self, vehicle_id: str) -> Preferences | None:
        """Return a vehicle's charging preferences, None when there are none.

        GET /v2/hiven/devices/:vehicleId/smart-charging/ev-preferences
        """
        endpoint = "GET /v2/hiven/devices/:vehicleId/smart-charging/ev-preferences"
        _, answer = await self._call(endpoint, vehicle_id)
        if answer is None:
            return None
        return Preferences.from_fields(Fields(answer, endpoint))

    async def set_preferences(self, vehicle_id: str, update: PreferencesUpdate) -> None:
        """Write charging preferences; fields left out stay as they are.

        PUT /v2/hiven/devices/:vehicleId/smart-charging/ev-preferences
        """
        endpoint = "PUT /v2/hiven/devices/:vehicleId/smart-charging/ev-preferences"
        _, answer = await self._call(endpoint, vehicle_id, body=update.to_json())
        if answer not in (None, ""):
            raise UnexpectedAnswerError(endpoint, "", "the answer is not empty")

    async def status(self, vehicle_id: str) -> Status:
        """Return a vehicle's telemetry. GET /v1/hiven/devices/:vehicleId/status."""
        endpoint = "GET /v1/hiven/devices/:vehicleId/status"
        _, answer = await self._call(endpoint, vehicle_id)
        return Status.from_json(answer, endpoint)

    async def schedule(self, vehicle_id: str) -> Schedule | None:
        """Return when Hiven plans to charge a vehicle, None when there is no plan.

        GET /v2/hiven/devices/:vehicleId/smart-charging/schedule. What Hiven answers
        without a plan is not documented: 404, null and {} count as none.
        """
        endpoint = "GET /v2/hiven/devices/:vehicleId/smart-charging/schedule"
        try:
            _, answer = await self._call(endpoint, vehicle_id)
        except NotFoundError:
            return None
        if answer is None or not (fields := Fields(answer, endpoint)):
            return None
        return Schedule.from_fields(fields)

    async def sessions(self, vehicle_id: str) -> SessionList:
        """Return a vehicle's charging sessions.

        GET /v2/hiven/devices/:vehicleId/smart-charging/sessions. What Hiven answers
        without any is not documented: 404 and null count as none.
        """
        endpoint = "GET /v2/hiven/devices/:vehicleId/smart-charging/sessions"
        try:
            _, answer = await self._call(endpoint, vehicle_id)
        except NotFoundError:
            answer = None
        return SessionList.from_json(answer, endpoint)

    async def locations(self) -> tuple[Location, ...]:
        """Return the user's charging locations. GET /v2/hiven/users/:userId/locations."""
        endpoint = "GET /v2/hiven/users/:userId/locations"
        _, answer = await self._call(endpoint)
        return tuple(
            Location.from_fields(Fields(row, endpoint, f"[{index}]"))
            for index, row in enumerate(rows(answer, endpoint))
        )

    async def create_location(self, location: NewLocation) -> Location:
        """Create a charging location; Hiven adds id and spot price area.

        POST /v2/hiven/users/:userId/locations
        """
        endpoint = "POST /v2/hiven/users/:userId/locations"
        _, answer = await self._call(endpoint, body=location.to_json())
        return Location.from_fields(Fields(answer, endpoint))

    async def supported_vehicles(
        self,
        *,
        supporting: Iterable[Capability] = (),
        not_supporting: Iterable[Capability] = (),
    ) -> tuple[VehicleModel, ...]:
        """Return the models SmartCar supports and what each can do.

        GET /v2/hiven/vehicles/smartcar/capabilities, sent without a user id.
        """
        endpoint = "GET /v2/hiven/vehicles/smartcar/capabilities"
        _, answer = await self._call(
            endpoint,
            query=[
                *(("supporting", capability) for capability in supporting),
                *(("not_supporting", capability) for capability in not_supporting),
            ],
            for_user=False,
        )
        return tuple(
            VehicleModel.from_fields(Fields(row, endpoint, f"[{index}]"))
            for index, row in enumerate(rows(answer, endpoint))
        )

    async def _call(
        self,
        endpoint: str,
        vehicle_id: str | None = None,
        *,
        query: dict[str, str] | list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        for_user: bool = True,
    ) -> tuple[int, Any]:
        """Call an endpoint; return its status and its JSON, None for an empty body."""
        headers = {"X-Api-Key": self._api_key, "Accept": "application/json"}
        if for_user:
            headers["X-User-Id"] = self._user_id
        if not all(
            value.isascii() and value.isprintable() for value in headers.values()
        ):
            raise AuthenticationError(endpoint, "the key or user id cannot be right")
        method, path = endpoint.split(" ")
        if vehicle_id is not None:
            if not vehicle_id.strip("."):
                # Empty, "." and ".." would name another path.
                raise NotFoundError(endpoint, "no vehicle can have such an id")
            path = path.replace(":vehicleId", quote(vehicle_id, safe=""))
        path = path.replace(":userId", quote(self._user_id, safe=""))
        try:
            async with self._session.request(
                method,
                self._base_url.joinpath(path.lstrip("/"), encoded=True),
                params=query,
                json=body,
                headers=headers,
                timeout=TIMEOUT,
                # A redirect would carry the key elsewhere.
                allow_redirects=False,
                middlewares=() if method == "GET" else (_send_once,),
            ) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    raise _refusal(endpoint, response)
                if response.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise UnexpectedAnswerError(
                        endpoint, "", "the answer is a redirect"
                    )
                raw = await _read(endpoint, response)
                return response.status, raw
        except (aiohttp.ClientError, OSError) as err:
            # TimeoutError is an OSError. The text of these may hold the address.
            raise HivenConnectionError(
                endpoint, f"no answer ({type(err).__name__})"
            ) from None
        except AssertionError, AttributeError, RuntimeError:
            # Nothing better comes from a session that is closed, or being closed.
            if not self._session.closed:
                raise
            raise HivenConnectionError(endpoint, "the session is closed") from None


def is_safe_address(address: str) -> bool:
    """Tell whether an address is https, or http on this machine."""
    try:
        url = URL(address)
    except ValueError:
        return False
    return bool(url.host) and (
        url.scheme == "https"
        or (url.scheme == "http" and url.host in ("127.0.0.1", "::1", "localhost"))
    )


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a write again after a dropped connection."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise aiohttp.ClientConnectionError(type(err).__name__) from None


async def _read(endpoint: str, response: aiohttp.ClientResponse) -> Any:
    """Return the JSON of an answer, None for an empty body."""
    too_large = UnexpectedAnswerError(endpoint, "", "the answer is too large")
    if (response.content_length or 0) > MAX_ANSWER_BYTES:
        raise too_large
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > MAX_ANSWER_BYTES:
            raise too_large
    if not raw.strip():
        return None
    try:
        return json.loads(raw)
    except RecursionError, ValueError:
        raise UnexpectedAnswerError(endpoint, "", "the answer is not JSON") from None


def _refusal(endpoint: str, response: aiohttp.ClientResponse) -> HivenError:
    """Return the error for a status of 400 or more."""
    default = (
        ServerError
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        else HivenError
    )
    return _REFUSALS.get(response.status, default)(
        endpoint,
        f"answered {response.status}",
        retry_after=_retry_after(response.headers.get("Retry-After")),
    )


def _retry_after(header: str | None) -> float | None:
    """Return the seconds a Retry-After header (seconds or a date) asks for."""
    if header is None:
        return None
    if header.strip().isdecimal():
        # More digits than a float can hold still mean "long".
        return float(header.strip()[:12])
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
