"""Somebody who asks the simulator things."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from simulator import Car, Simulator

USER = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
KEY = "key-1"
REDIRECT = "http://127.0.0.1:8123/auth/external/callback"


class Hand:
    """A clock moved by hand: a winter Monday, 12:00 in Helsinki."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 12, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, moment: str) -> None:
        self._now = datetime.fromisoformat(moment)

    def tick(self, step: timedelta | float) -> None:
        self._now += step if isinstance(step, timedelta) else timedelta(seconds=step)


@dataclass
class Client:
    """Asks the API; answers are status and JSON."""

    session: aiohttp.ClientSession
    sim: Simulator
    user: str | None = USER
    key: str | None = KEY

    async def __call__(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        headers = {"X-Api-Key": self.key, "X-User-Id": self.user}
        sent = {name: value for name, value in headers.items() if value is not None}
        async with self.session.request(
            method, self.sim.url + path, headers=sent, **kwargs
        ) as response:
            text = await response.text()
            return response.status, await response.json() if text else None

    async def get(self, path: str, **params: Any) -> Any:
        """Return what a GET that succeeds answers."""
        status, answer = await self("GET", path, params=params)
        assert status == 200, answer
        return answer

    async def status(self, car: Car) -> dict[str, Any]:
        answer: dict[str, Any] = await self.get(f"/v1/hiven/devices/{car.id}/status")
        return answer

    def as_user(self, user: str | None, key: str | None) -> Client:
        return Client(self.session, self.sim, user, key)
