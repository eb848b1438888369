"""The Hiven client."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, cast

import aiohttp

from .catalogue import Capability, VehicleModel
from .endpoints import Endpoint
from .errors import InvalidRequestError, NotFoundError, UnexpectedAnswerError
from .journal import Journal
from .locations import Location, LocationUpdate, NewLocation
from .models import AuthorizationMode, Connection, Status, Vehicle, VehicleList
from .parsing import Fields, rows
from .plan import Schedule, Session
from .preferences import Preferences, PreferencesUpdate
from .transport import Answer, Transport, is_safe_address

DEFAULT_URL = "https://api.hiven.energy"
# The newer field names for connecting a vehicle, if Hiven requires them.
NEWER_CONNECT = "connect: code, redirectUri"
_KEPT_ANSWERS = 1000
# Answers that mean "there is none".
_NOTHING: tuple[Any, ...] = (None, "", {})


class HivenClient:
    """Talks to Hiven for one user.

    Every method raises AuthenticationError (401), ForbiddenError (403),
    NotFoundError (404), ConflictError (409), GoneError (410), InvalidRequestError
    (400, 422), RateLimitedError (429), HivenError (another refusal),
    HivenConnectionError (no answer, or a failure of Hiven) or UnexpectedAnswerError.

    If an answer is identical to the last one, a read returns the same object.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        user_id: str,
        api_key: str,
        base_url: str = DEFAULT_URL,
        journal: Journal | None = None,
    ) -> None:
        """Use a session for a user id and the API key Hiven issued.

        Raises ValueError if the address is neither https nor on this machine.
        """
        self.journal = journal or Journal()
        self._user_id = user_id
        self._transport = Transport(
            session,
            user_id=user_id,
            api_key=api_key,
            base_url=base_url,
            journal=self.journal,
        )
        self._answers = _Answers()

    async def authorization_url(
        self,
        *,
        manufacturer: str,
        redirect_uri: str,
        country_code: str,
        mode: str = AuthorizationMode.LIVE,
    ) -> str:
        """Return the address of SmartCar's page, where the car's owner signs in.

        `country_code` is ISO 3166-1 alpha-2. Hiven must already know `redirect_uri`.
        """
        answer = await self._transport.call(
            Endpoint.AUTHORIZATION_URL,
            query=(
                ("manufacturer", manufacturer),
                ("redirectUri", redirect_uri),
                ("countryCode", country_code),
                ("mode", mode),
            ),
            secrets=(redirect_uri,),
        )
        url = self._fields(answer.json(), answer.endpoint).text("authorizationUrl")
        if url is None or not is_safe_address(url):
            raise UnexpectedAnswerError(
                answer.endpoint, "authorizationUrl", "is not a safe address"
            )
        return url

    async def connect(self, *, auth_code: str, redirect_url: str) -> Connection:
        """Send Hiven the code that SmartCar's page returned.

        A newer page of Hiven's documentation uses other field names. If Hiven does not
        accept one form, the other one is tried; a refused code has not been used.
        ConflictError means that the vehicle is in another user's account.
        """
        documented = {"authCode": auth_code, "redirectUrl": redirect_url}
        newer = {"code": auth_code, "redirectUri": redirect_url}
        dialects = self.journal.dialects
        is_newer = NEWER_CONNECT in dialects
        try:
            return await self._connect(newer if is_newer else documented)
        except InvalidRequestError as err:
            first = err
        try:
            connection = await self._connect(documented if is_newer else newer)
        except InvalidRequestError:
            raise first from None
        dialects ^= {NEWER_CONNECT}
        return connection

    async def vehicles(self) -> VehicleList:
        """Return the user's vehicles."""
        endpoint = Endpoint.VEHICLES
        found = await self._get(
            endpoint,
            lambda answer: VehicleList.from_json(answer, endpoint, self.journal),
            query=(("userId", self._user_id),),
        )
        for vehicle in found.vehicles.values():
            self._transport.personal.update(vehicle.personal_texts)
        return found

    async def vehicle(self, vehicle_id: str) -> Vehicle | None:
        """Return one vehicle; None if Hiven's answer is empty."""
        endpoint = Endpoint.VEHICLE

        def read(answer: Any) -> Vehicle | None:
            if answer in _NOTHING:
                return None
            return Vehicle.from_fields(self._fields(answer, endpoint), vehicle_id)

        return await self._get(endpoint, read, vehicle_id)

    async def delete_vehicle(self, vehicle_id: str) -> None:
        """Remove a vehicle from Hiven."""
        await self._write(Endpoint.DELETE_VEHICLE, vehicle_id)

    async def preferences(self, vehicle_id: str) -> Preferences | None:
        """Return a vehicle's charging preferences; None if there are none."""
        return await self._get_object(
            Endpoint.PREFERENCES, Preferences.from_fields, vehicle_id
        )

    async def set_preferences(self, vehicle_id: str, update: PreferencesUpdate) -> None:
        """Write charging preferences; fields left out stay as they are."""
        await self._write(Endpoint.SET_PREFERENCES, vehicle_id, update.to_json())

    async def status(self, vehicle_id: str) -> Status:
        """Return a vehicle's telemetry."""
        endpoint = Endpoint.STATUS
        return await self._get(
            endpoint,
            lambda answer: Status.from_json(answer, endpoint, self.journal),
            vehicle_id,
        )

    async def schedule(self, vehicle_id: str) -> Schedule | None:
        """Return when Hiven plans to charge a vehicle; None if there is no plan."""
        return await self._get_object(
            Endpoint.SCHEDULE, Schedule.from_fields, vehicle_id
        )

    async def sessions(self, vehicle_id: str) -> tuple[Session, ...]:
        """Return a vehicle's charging sessions."""
        endpoint = Endpoint.SESSIONS

        def read(answer: Any) -> tuple[Session, ...]:
            found = [] if answer in _NOTHING else answer
            return self._rows(found, endpoint, Session.from_fields)

        return await self._get_or_none(endpoint, read, vehicle_id) or ()

    async def locations(self) -> tuple[Location, ...]:
        """Return the user's charging locations."""
        endpoint = Endpoint.LOCATIONS
        found = await self._get(
            endpoint, lambda answer: self._rows(answer, endpoint, Location.from_fields)
        )
        for location in found:
            self._transport.personal.update(location.personal_texts)
        return found

    async def create_location(self, location: NewLocation) -> Location:
        """Create a charging location; Hiven adds id and spot price area."""
        answer = await self._transport.call(
            Endpoint.CREATE_LOCATION,
            body=location.to_json(),
            secrets=location.personal_texts,
        )
        created = Location.from_fields(self._fields(answer.json(), answer.endpoint))
        if created is None:
            raise UnexpectedAnswerError(answer.endpoint, "id", "is missing")
        return created

    async def change_location(self, location_id: str, changes: LocationUpdate) -> None:
        """Change a charging location; fields left out stay as they are."""
        await self._write(
            Endpoint.CHANGE_LOCATION,
            location_id,
            changes.to_json(),
            secrets=changes.personal_texts,
        )

    async def delete_location(self, location_id: str) -> None:
        """Remove a charging location."""
        await self._write(Endpoint.DELETE_LOCATION, location_id)

    async def supported_vehicles(
        self,
        *,
        supporting: Iterable[Capability] = (),
        not_supporting: Iterable[Capability] = (),
    ) -> tuple[VehicleModel, ...]:
        """Return the models that SmartCar supports, with their capabilities.

        The request has no user id.
        """
        endpoint = Endpoint.MODELS
        return await self._get(
            endpoint,
            lambda answer: self._rows(answer, endpoint, VehicleModel.from_fields),
            query=(
                *(("supporting", capability) for capability in supporting),
                *(("not_supporting", capability) for capability in not_supporting),
            ),
        )

    async def _connect(self, body: dict[str, Any]) -> Connection:
        answer = await self._transport.call(
            Endpoint.CONNECT, body=body, secrets=body.values()
        )
        content = answer.json()
        return Connection.from_fields(
            # Only the status matters, so an empty answer is fine.
            self._fields({} if content in _NOTHING else content, answer.endpoint),
            added=answer.status == HTTPStatus.CREATED,
        )

    async def _write(
        self,
        endpoint: Endpoint,
        target: str,
        body: dict[str, Any] | None = None,
        *,
        secrets: Iterable[str] = (),
    ) -> None:
        answer = await self._transport.call(
            endpoint, target, body=body, secrets=secrets
        )
        # The documented answer is `""`. Others are fine, because the caller reads back.
        # Only a page means that another server answered.
        if answer.raw.lstrip().startswith(b"<"):
            raise UnexpectedAnswerError(endpoint, "", "the answer is a page")

    async def _get_object[T](
        self,
        endpoint: Endpoint,
        from_fields: Callable[[Fields], T | None],
        target: str,
    ) -> T | None:
        """Return an object that may not exist.

        Hiven does not document how it answers in that case.
        """

        def read(answer: Any) -> T | None:
            if answer in _NOTHING:
                return None
            return from_fields(self._fields(answer, endpoint))

        return await self._get_or_none(endpoint, read, target)

    async def _get_or_none[T](
        self, endpoint: Endpoint, read: Callable[[Any], T], target: str
    ) -> T | None:
        try:
            return await self._get(
                endpoint, read, target, expected=(HTTPStatus.NOT_FOUND,)
            )
        except NotFoundError:
            return None

    async def _get[T](
        self,
        endpoint: Endpoint,
        read: Callable[[Any], T],
        target: str | None = None,
        *,
        query: tuple[tuple[str, str], ...] = (),
        expected: Iterable[int] = (),
    ) -> T:
        answer = await self._transport.call(
            endpoint, target, query=query, expected=expected
        )
        return self._answers.read((endpoint, target, query), answer, read)

    def _fields(self, content: Any, endpoint: Endpoint) -> Fields:
        return Fields.of_answer(content, endpoint, self.journal)

    def _rows[T](
        self,
        content: Any,
        endpoint: Endpoint,
        from_fields: Callable[[Fields], T | None],
    ) -> tuple[T, ...]:
        found = map(from_fields, rows(content, endpoint, self.journal))
        return tuple(row for row in found if row is not None)


type _Request = tuple[Endpoint, str | None, tuple[tuple[str, str], ...]]


class _Answers:
    """A cache of the last answers and their objects; drops the least recently used."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Request, tuple[bytes, Any]] = OrderedDict()

    def read[T](self, key: _Request, answer: Answer, read: Callable[[Any], T]) -> T:
        """Return the parsed answer; parse it only if it differs from the last one."""
        raw, value = self._kept.pop(key, (None, None))
        if raw != answer.raw:
            value = read(answer.json())
        self._kept[key] = answer.raw, value
        if len(self._kept) > _KEPT_ANSWERS:
            self._kept.popitem(last=False)
        return cast("T", value)
