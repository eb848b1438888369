"""Hiven's HTTP API."""

from collections.abc import Awaitable, Callable
import logging
import re
from typing import Any
from urllib.parse import quote

from aiohttp import web

from . import places, preferences, wire
from .accent import Json, spoken, understood
from .bodies import json_body
from .brands import BRANDS
from .car import Car
from .checks import BODY, Refusal, bad, one_of, shape, text
from .cloud import CLIENT_ID, MODES, Account, Cloud
from .models import MODELS, Capability, with_hybrids
from .session import Session
from .ways import Nothing

_LOGGER = logging.getLogger(__name__)

SCOPE = (
    "required:read_battery",
    "required:read_charge",
    "required:control_charge",
    "required:read_vehicle_info",
    "required:read_vin",
    "read_location",
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

type _Handler = Callable[[web.Request], Awaitable[web.Response]]


class Api:
    """The documented endpoints."""

    def __init__(self, cloud: Cloud) -> None:
        """Serve a cloud."""
        self._cloud = cloud

    def routes(self) -> list[web.RouteDef]:
        """Return all endpoints."""
        vehicle = "/v2/hiven/devices/{id}"
        charging = f"{vehicle}/smart-charging"
        places_ = "/v2/hiven/users/{user}/locations"
        smartcar = "/v1/hiven/devices/smartcar"
        models = "/v2/hiven/vehicles/smartcar/capabilities"
        routes: list[tuple[str, str, _Handler]] = [
            ("GET", f"{smartcar}/authorization-url", self._authorization_url),
            ("POST", f"{smartcar}/connect", self._connect),
            ("GET", "/v2/hiven/devices", self._list),
            ("GET", vehicle, self._details),
            ("DELETE", vehicle, self._delete),
            ("GET", f"{charging}/ev-preferences", self._preferences),
            ("PUT", f"{charging}/ev-preferences", self._set_preferences),
            ("GET", "/v1/hiven/devices/{id}/status", self._status),
            ("GET", models, self._capabilities),
            ("GET", f"{charging}/schedule", self._schedule),
            ("GET", f"{charging}/sessions", self._sessions),
            ("GET", places_, self._locations),
            ("POST", places_, self._add_location),
            ("PUT", f"{places_}/{{location}}", self._change_location),
            ("DELETE", f"{places_}/{{location}}", self._delete_location),
        ]
        return [web.route(*route) for route in routes]

    # Requests and answers.

    async def answer(self, request: web.Request, handler: Any) -> web.Response:
        """Run a handler, and return its refusals as JSON."""
        try:
            handler = self._refuse if self._cloud.down else handler
            response: web.Response = await handler(request)
        except Refusal as refusal:
            body = refusal.body(self._cloud.reason_in)
            response = self._json(body, refusal.status)
        except web.HTTPException as err:
            body = Refusal(err.status, err.reason).body(self._cloud.reason_in)
            response = self._json(body, err.status)
        resource = request.match_info.route.resource
        # Paths and queries may contain private data; routes do not.
        place = resource.canonical if resource else "(no such path)"
        _LOGGER.debug("%s %s: %s", request.method, place, response.status)
        return response

    async def _refuse(self, _request: web.Request) -> web.Response:
        raise Refusal(503, "Hiven is down for maintenance")

    def _json(self, value: Json, status: int = 200) -> web.Response:
        value = spoken(value, self._cloud, self._cloud.time_zone)
        return web.json_response(value, status=status)

    async def _body(self, request: web.Request) -> Any:
        return understood(await json_body(request), self._cloud)

    def _none(self, how: Nothing, what: str) -> web.Response:
        if how == "missing":
            raise Refusal(404, f"{what} not found")
        return self._json({} if how == "empty" else None)

    def _done(self) -> web.Response:
        match self._cloud.put_answer:
            case "quoted":
                return self._json("")
            case "empty":
                return web.Response(content_type="application/json")
        return web.Response(status=204)

    # The user and device of a request.

    def _key(self, request: web.Request) -> str:
        key = request.headers.get("X-Api-Key")
        keys = {account.api_key for account in self._cloud.accounts.values()}
        if not key or key not in keys:
            raise Refusal(401, "the API key is missing or unknown")
        return key

    def _account(self, request: web.Request) -> Account:
        key = self._key(request)
        user_id = request.headers.get("X-User-Id")
        if not user_id:
            raise bad("X-User-Id", "is required")
        if not _UUID.fullmatch(user_id):
            raise bad("X-User-Id", "must be a UUID")
        account = self._cloud.account(user_id, key)
        if account is None:
            raise Refusal(403, "the user does not belong to this API key")
        return account

    def _own(self, request: web.Request) -> str:
        """Return the device id in the path, if the device belongs to the user."""
        device_id = request.match_info["id"]
        user_id = self._account(request).user_id
        if self._cloud.owner(device_id) == user_id:
            return device_id
        if self._cloud.is_gone(device_id, user_id):
            raise Refusal(self._cloud.gone or 404, "the device was removed")
        raise Refusal(404, "device not found")

    def _car(self, request: web.Request) -> Car:
        car = self._cloud.cars.get(self._own(request))
        if car is None:
            raise Refusal(404, "the device is no vehicle")
        return car

    def _signed_in_car(self, request: web.Request) -> Car:
        car = self._car(request)
        if car.signed_out and self._cloud.signed_out_status:
            message = "the sign-in at the car maker has expired"
            raise Refusal(self._cloud.signed_out_status, message)
        return car

    # Connecting a vehicle.

    async def _authorization_url(self, request: web.Request) -> web.Response:
        self._account(request)
        make = request.query.get("manufacturer")
        redirect_uri = request.query.get("redirectUri")
        country = request.query.get("countryCode", "FI")
        mode = request.query.get("mode", "live")
        one_of(*BRANDS)("manufacturer", make)
        text("redirectUri", redirect_uri)
        if not places.is_country(country):
            raise bad("countryCode", "must be an ISO 3166-1 alpha-2 country code")
        one_of(*MODES)("mode", mode)
        if redirect_uri not in self._cloud.redirect_uris:
            raise bad("redirectUri", "is not whitelisted")
        query = "&".join(
            (
                f"make={make}",
                f"redirect_uri={quote(redirect_uri, safe='')}",
                "response_type=code",
                f"flags=country:{country}",
                f"mode={mode}",
                f"scope={'+'.join(SCOPE)}",
                "single_select=true",
                f"client_id={CLIENT_ID}",
            )
        )
        url = f"http://{request.host}/oauth/authorize?{query}"
        return self._json({"authorizationUrl": url})

    async def _connect(self, request: web.Request) -> web.Response:
        account = self._account(request)
        body = await self._body(request)
        names = self._cloud.connect_names
        try:
            shape(dict.fromkeys(names, text), {})(BODY, body)
        except Refusal as refusal:
            refusal.status = self._cloud.connect_refusal
            raise
        how, car = self._cloud.connect(
            account.user_id, self._cloud.codes.redeem(body, names)
        )
        if how == "foreign":
            message = "vehicle is already added to another user's account"
            raise Refusal(409, message)
        status, message = {
            "added": (201, "vehicle has been successfully added"),
            "known": (200, "vehicle is already added to your account"),
        }[how]
        return self._json({"deviceId": car.id, "message": message}, status)

    # Devices.

    async def _list(self, request: web.Request) -> web.Response:
        account = self._account(request)
        asked = request.query.get("userId")
        if not asked:
            raise bad("userId", "is required")
        if asked != account.user_id:
            raise Refusal(403, "userId is not the user of X-User-Id", "userId")
        ids = (*self._cloud.cars, *self._cloud.other_devices)
        return self._json(
            [
                self._device(device_id, account)
                for device_id in ids
                if self._cloud.owner(device_id) == account.user_id
            ]
        )

    async def _details(self, request: web.Request) -> web.Response:
        account = self._account(request)
        device_id = request.match_info["id"]
        if self._cloud.gone is None and self._cloud.is_gone(device_id, account.user_id):
            return self._json(None)
        return self._json(self._device(self._own(request), account))

    async def _delete(self, request: web.Request) -> web.Response:
        self._cloud.delete(self._own(request))
        return self._done()

    def _device(self, device_id: str, account: Account) -> dict[str, Any]:
        car = self._cloud.cars.get(device_id)
        if car is None:
            return self._cloud.other_devices[device_id]
        return wire.device(
            car,
            user_id=account.user_id,
            partner_id=account.partner_id,
            partner_name=account.partner_name,
            preferences=self._cloud.settings.in_list(car),
            locations=self._cloud.locations.get(account.user_id, {}),
        )

    async def _status(self, request: web.Request) -> web.Response:
        return self._json(wire.status(self._signed_in_car(request), self._cloud))

    async def _capabilities(self, request: web.Request) -> web.Response:
        self._key(request)
        wanted = _capabilities(request, "supporting")
        unwanted = _capabilities(request, "not_supporting")
        models = with_hybrids(MODELS) if self._cloud.models_doubled else MODELS
        return self._json(
            [
                wire.capabilities(model)
                for model in models
                if wanted <= model.capabilities and not unwanted & model.capabilities
            ]
        )

    # Smart charging.

    async def _preferences(self, request: web.Request) -> web.Response:
        shown = self._cloud.settings.in_resource(self._car(request))
        if shown is None:
            return self._none(self._cloud.empty_preferences, "charging preferences")
        return self._json(shown)

    async def _set_preferences(self, request: web.Request) -> web.Response:
        car = self._car(request)
        self._cloud.settings.put(
            car,
            await self._body(request),
            location_ids=self._cloud.locations.get(request.headers["X-User-Id"], {}),
        )
        return self._done()

    async def _schedule(self, request: web.Request) -> web.Response:
        car = self._signed_in_car(request)
        session = car.life.session
        if session is None:
            return self._none(self._cloud.empty_schedule, "charging schedule")
        return self._json(self._scheduled(request, car, session))

    async def _sessions(self, request: web.Request) -> web.Response:
        car = self._signed_in_car(request)
        car.life.catch_up()
        return self._json(
            [
                wire.charging_session(session, self._scheduled(request, car, session))
                for session in car.life.sessions
            ]
        )

    def _scheduled(
        self, request: web.Request, car: Car, session: Session
    ) -> dict[str, Any]:
        stored = self._cloud.locations.get(request.headers["X-User-Id"], {})
        ids = preferences.location_ids(car.preferences)
        areas = [stored[each]["spotPriceAreaId"] for each in ids if each in stored]
        return wire.schedule(
            car,
            session,
            self._cloud,
            area=areas[0] if areas else "FI",
            zone=self._cloud.time_zone.key,
        )

    # Locations.

    def _user(self, request: web.Request) -> str:
        user_id = self._account(request).user_id
        if request.match_info["user"] != user_id:
            raise Refusal(403, "the path names another user than X-User-Id")
        return user_id

    def _location(self, request: web.Request) -> tuple[str, str]:
        user_id = self._user(request)
        location_id = request.match_info["location"]
        if location_id not in self._cloud.locations.get(user_id, {}):
            raise Refusal(404, "location not found")
        return user_id, location_id

    async def _locations(self, request: web.Request) -> web.Response:
        stored = self._cloud.locations.get(self._user(request), {})
        return self._json(list(stored.values()))

    async def _add_location(self, request: web.Request) -> web.Response:
        user_id = self._user(request)
        body = await self._body(request)
        places.check(body, partial=False)
        return self._json(self._cloud.add_location(user_id, body), 201)

    async def _change_location(self, request: web.Request) -> web.Response:
        user_id, location_id = self._location(request)
        body = await self._body(request)
        places.check(body, partial=True)
        return self._json(self._cloud.store_location(user_id, location_id, body))

    async def _delete_location(self, request: web.Request) -> web.Response:
        self._cloud.delete_location(*self._location(request))
        return self._done()


def _capabilities(request: web.Request, name: str) -> set[Capability]:
    """Return the capabilities of a filter, which may be repeated or use commas."""
    words = ",".join(request.query.getall(name, [])).split(",")
    chosen = set()
    for word in filter(None, (word.strip() for word in words)):
        one_of(*Capability)(name, word)
        chosen.add(Capability(word))
    return chosen
