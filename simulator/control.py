"""The simulator's own levers over HTTP, for the demo and browser tests."""

from typing import Any

from aiohttp import web

from . import wire
from .bodies import json_body
from .car import Car
from .checks import BODY, Refusal, boolean, number, shape, text
from .cloud import Cloud
from .control_page import PAGE
from .html import respond
from .traffic import Handler

PREFIX = "/_simulator/"

_check_clock = shape({"paused": boolean}, {})
_check_account = shape({"api_key": text}, {})
_check_car = shape({}, {"soc": number(0, 100), "plugged_in": boolean})


class Control:
    """What people and the demo do to the simulator while it runs."""

    def __init__(self, cloud: Cloud) -> None:
        """Control that cloud."""
        self._cloud = cloud

    def routes(self) -> list[web.RouteDef]:
        """Return the page and what it is made with."""
        return [
            web.get("/", self._page),
            web.get(f"{PREFIX}cars", self._cars),
            web.post(f"{PREFIX}cars/{{id}}", self._change),
            web.post(f"{PREFIX}accounts/{{user}}", self._change_account),
            web.get(f"{PREFIX}clock", self._clock),
            web.post(f"{PREFIX}clock", self._set_clock),
        ]

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Answer refusals as JSON."""
        try:
            return await handler(request)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.status)

    async def _page(self, _request: web.Request) -> web.Response:
        return respond(PAGE)

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
        return web.json_response(self._truth(car))

    async def _change_account(self, request: web.Request) -> web.Response:
        account = self._cloud.accounts.get(request.match_info["user"])
        if account is None:
            raise Refusal(404, "no such account")
        body = await json_body(request)
        _check_account(BODY, body)
        self._cloud.add_account(account.user_id, body["api_key"], account.partner_name)
        return web.json_response({"user": account.user_id})

    async def _clock(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "now": wire.timestamp(self._cloud.now()),
                "paused": self._cloud.paused,
                "speed": self._cloud.speed,
            }
        )

    async def _set_clock(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        _check_clock(BODY, body)
        if body["paused"]:
            self._cloud.pause()
        else:
            self._cloud.resume()
        return await self._clock(request)

    def _truth(self, car: Car) -> dict[str, Any]:
        """Return what the car's own API would say."""
        status = wire.status(car, capacity_as_text=self._cloud.capacity_as_text)
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
        }
