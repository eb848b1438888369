"""The simulator's page, and its controls over HTTP for demo and browser tests."""

from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from . import wire
from .bodies import json_body
from .car import Car
from .checks import BODY, Refusal, boolean, list_of, number, one_of, shape, text
from .cloud import Cloud
from .control_page import PAGE
from .dialects import DIALECTS
from .hours import HOUR, slot_of
from .html import respond
from .traffic import Handler

PREFIX = "/_simulator/"

_check_clock = shape({}, {"paused": boolean, "speed": number(0, 10_000, above=True)})
_check_cloud = shape({}, {"down": boolean, "dialects": list_of(one_of(*DIALECTS))})
_check_account = shape({"api_key": text}, {})
_check_car = shape(
    {},
    {
        "soc": number(0, 100),
        "plugged_in": boolean,
        "charges_fast": boolean,
        "drive_km": number(0, 1000, above=True),
    },
)


class Control:
    """Controls the running simulator."""

    def __init__(self, cloud: Cloud) -> None:
        """Control a cloud."""
        self._cloud = cloud

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the page and the controls."""
        return [
            web.get("/", self._page),
            web.get(f"{PREFIX}cars", self._cars),
            web.post(f"{PREFIX}cars/{{id}}", self._change),
            web.post(f"{PREFIX}accounts/{{user}}", self._change_account),
            web.get(f"{PREFIX}clock", self._clock),
            web.post(f"{PREFIX}clock", self._set_clock),
            web.get(f"{PREFIX}cloud", self._state),
            web.post(f"{PREFIX}cloud", self._set_state),
            web.get(f"{PREFIX}prices", self._prices),
        ]

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Return refusals of the controls as JSON."""
        if not request.path.startswith(PREFIX):
            return await handler(request)
        try:
            return await handler(request)
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.status)

    async def _page(self, _request: web.Request) -> web.Response:
        return respond(PAGE)

    # Cars and accounts.

    async def _cars(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [self._truth(car) for car in self._cloud.cars.values()]
        )

    async def _change(self, request: web.Request) -> web.Response:
        car = self._cloud.cars.get(request.match_info["id"])
        if car is None:
            raise Refusal(404, "no such car")
        body = await json_body(request)
        _check_car(BODY, body)
        if "soc" in body:
            car.soc = float(body["soc"])
        if "plugged_in" in body:
            car.plugged_in = body["plugged_in"]
        if "charges_fast" in body:
            if body["charges_fast"]:
                car.plug_in()
            car.charges_fast = body["charges_fast"]
        if "drive_km" in body:
            car.drive_off(body["drive_km"])
        return web.json_response(self._truth(car))

    async def _change_account(self, request: web.Request) -> web.Response:
        account = self._cloud.accounts.get(request.match_info["user"])
        if account is None:
            raise Refusal(404, "no such account")
        body = await json_body(request)
        _check_account(BODY, body)
        self._cloud.add_account(account.user_id, body["api_key"], account.partner_name)
        return web.json_response({"user": account.user_id})

    def _truth(self, car: Car) -> dict[str, Any]:
        """Return the true state of a car, independent of the dialect."""
        status = wire.status(car, self._cloud)
        session = car.life.session
        planned = session.plan.windows if session else ()
        return {
            "id": car.id,
            "user": self._cloud.owner(car.id),
            "name": car.name,
            "manufacturer": car.manufacturer,
            "model": car.model,
            "year": car.year,
            "soc": status["soc"],
            "range": status["range"],
            "status": status["chargingStatus"],
            "capacity": status["batteryCapacity"],
            "timestamp": status["timestamp"],
            "preferences": car.preferences,
            "plugged_in": car.plugged_in,
            "at_home": car.at_home,
            "charges_fast": car.charges_fast,
            "windows": [
                [wire.timestamp(window.start), wire.timestamp(window.end)]
                for window in planned
                if window.end > car.life.at
            ],
        }

    # The clock, the cloud and the prices.

    async def _clock(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "now": wire.timestamp(self._cloud.now()),
                "paused": self._cloud.paused,
                "speed": self._cloud.speed,
                "time_zone": self._cloud.time_zone.key,
            }
        )

    async def _set_clock(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        _check_clock(BODY, body)
        if "speed" in body:
            self._cloud.speed = body["speed"]
        if "paused" in body:
            (self._cloud.pause if body["paused"] else self._cloud.resume)()
        return await self._clock(request)

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"down": self._cloud.down, "dialects": self._cloud.dialects}
        )

    async def _set_state(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        _check_cloud(BODY, body)
        if "down" in body:
            self._cloud.down = body["down"]
        if "dialects" in body:
            self._cloud.speak(*body["dialects"])
        return await self._state(request)

    async def _prices(self, _request: web.Request) -> web.Response:
        """Return the prices of today and tomorrow, in cents per kWh."""
        zone = self._cloud.time_zone
        today = self._cloud.now().astimezone(zone).date()
        hour, end = (
            slot_of(datetime.combine(today + timedelta(days=days), time(), zone))
            for days in (0, 2)
        )
        prices = []
        while hour < end:
            price = self._cloud.clock.price(hour)
            prices.append({"start": wire.timestamp(hour), "price": round(price, 2)})
            hour += HOUR
        return web.json_response(prices)
