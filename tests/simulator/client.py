"""A client of the simulator, and a clock that tests move."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from yarl import URL

from simulator import Car, Simulator, person

USER = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
KEY = "key-1"
MODELS = "/v2/hiven/vehicles/smartcar/capabilities"
CONNECT = "/v1/hiven/devices/smartcar/connect"
REDIRECT = "http://127.0.0.1:8123/auth/external/callback"
LIST = "/v2/hiven/devices"
STATUS, SCHEDULE = "/status", "/smart-charging/schedule"
PREFERENCES, SESSIONS = "/smart-charging/ev-preferences", "/smart-charging/sessions"
READS = ("", STATUS, PREFERENCES, SCHEDULE, SESSIONS)
WEEK = "weekDaySpecificReadyTimes"
OFF = {"chargingBehavior": "SMART_CHARGE_OFF"}
SMART = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE", "readyTime": "07:00",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
}  # fmt: skip
HOME = {
    "name": "Home", "coordinates": {"latitude": 59.33, "longitude": 18.07},
    "countryCode": "SE", "postalCode": "111 20", "streetAddress": "Street 1",
    "city": "Stockholm",
}  # fmt: skip
HOUR = timedelta(hours=1)


class Hand:
    """A clock that tests move. It starts on a winter Monday, at 12:00 in Helsinki."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 12, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, moment: str) -> None:
        self._now = datetime.fromisoformat(moment)

    def tick(self, step: timedelta | float) -> None:
        self._now += step if isinstance(step, timedelta) else timedelta(seconds=step)


def without_server(clock: Hand, speed: float = 1.0) -> Simulator:
    sim = Simulator(now=clock, speed=speed)
    sim.add_account(USER, KEY, "Nordic Energy")
    sim.redirect_uris.add(REDIRECT)
    return sim


def path_of(car: Car, what: str = PREFERENCES) -> str:
    return f"/{'v1' if what == STATUS else 'v2'}/hiven/devices/{car.id}{what}"


@dataclass
class Client:
    """A client of the API. Answers are a status and JSON."""

    session: aiohttp.ClientSession
    sim: Simulator
    clock: Hand
    user: str | None = USER
    key: str | None = KEY

    def add(self, **facts: Any) -> Car:
        return self.sim.add_car(USER, Car(**facts))

    async def __call__(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        headers = {"X-Api-Key": self.key, "X-User-Id": self.user}
        sent = {name: value for name, value in headers.items() if value is not None}
        async with self.session.request(
            method, self.sim.url + path, headers=sent, **kwargs
        ) as response:
            text = await response.text()
            return response.status, await response.json() if text else None

    async def sign_in(self, url: str, **how: Any) -> URL:
        """Return the address to which SmartCar redirects."""
        return await person.sign_in(self.session, url, **how)

    async def get(self, path: str, **params: Any) -> Any:
        """Return the answer to a GET request that has to succeed."""
        status, answer = await self("GET", path, params=params)
        assert status == 200, answer
        return answer

    def add_home(self) -> str:
        """Return the ID of a new charging location."""
        place: str = self.sim.add_location(USER, HOME)["id"]
        return place

    async def cars(self) -> Any:
        return await self.get(LIST, userId=self.user)

    async def listed(self) -> Any:
        """Return the preferences in the list."""
        (device,) = await self.cars()
        return device.get("settings", {}).get("chargingPreferences")

    async def stored(self, car: Car) -> Any:
        """Return the preferences from their own resource, or its error."""
        return (await self("GET", path_of(car)))[1]

    async def status(self, car: Car) -> Any:
        return await self.get(path_of(car, STATUS))

    async def schedule(self, car: Car) -> Any:
        return await self.get(path_of(car, SCHEDULE))

    async def sessions(self, car: Car) -> Any:
        return await self.get(path_of(car, SESSIONS))

    async def put(self, car: Car, body: Any) -> tuple[int, Any]:
        return await self("PUT", path_of(car), json=body)

    async def ready(self, car: Car) -> str:
        """Return the ready time of the plan in UTC, such as 13 05:00."""
        at = datetime.fromisoformat((await self.schedule(car))["readyTime"])
        return f"{at:%d %H:%M}"

    async def refuses(self, method: str, path: str, body: Any) -> str:
        """Return the field that makes the simulator refuse a body."""
        status, answer = await self(method, path, json=body)
        assert status == 400, answer
        field: str = answer["field"]
        assert answer["message"].startswith(field)
        return field

    def as_user(self, user: str | None, key: str | None) -> Client:
        return replace(self, user=user, key=key)
