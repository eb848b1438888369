"""A client of the simulator, and helpers to change the answers it gets."""

from copy import deepcopy
from dataclasses import dataclass, field
import json
import re
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.hiven.api import HivenClient, HivenError, Journal, Oddity
from simulator import Car, Simulator
from tests import API_KEY, USER_ID

from . import endpoints as at
from .cars import FULL_ID

_JSON_TYPES = {
    type(None): "null", bool: "boolean", int: "number", float: "number",
    str: "string", list: "array", dict: "object",
}  # fmt: skip


@dataclass
class Wire:
    """A client of an account with the full car, and a frozen clock."""

    simulator: Simulator
    session: aiohttp.ClientSession
    freezer: FrozenDateTimeFactory
    car: Car
    client: HivenClient = field(init=False)

    def __post_init__(self) -> None:
        self.simulator.redirect_uris.add(at.REDIRECT)
        self.client = self.new_client()

    def new_client(self, **changes: Any) -> HivenClient:
        """Return another client, with some arguments of HivenClient changed."""
        account = {"user_id": USER_ID, "api_key": API_KEY}
        kwargs = {"base_url": self.simulator.url, **account, **changes}
        return HivenClient(kwargs.pop("session", self.session), **kwargs)

    async def failure(self, endpoint: at.Endpoint = at.VEHICLES) -> HivenError:
        """Return the error that a call raises."""
        with pytest.raises(HivenError) as caught:
            await endpoint.call(self.client)
        assert caught.value.endpoint == endpoint.name
        return caught.value

    async def answer(self, endpoint: at.Endpoint) -> Any:
        """Return the answer of the simulator, or the first row of a list."""
        if endpoint is at.POST_CONNECT:
            return {"deviceId": FULL_ID, "message": "added"}
        async with self.session.get(
            self.simulator.url + endpoint.path,
            params=endpoint.query,
            headers={"X-Api-Key": API_KEY, "X-User-Id": USER_ID},
        ) as response:
            answer = await response.json()
        return answer[:1] if isinstance(answer, list) else answer

    async def read(self, endpoint: at.Endpoint, answer: Any) -> tuple[Any, set[Oddity]]:
        """Return what a new client reads from an answer, and what it finds odd."""
        journal = Journal()
        body = json.dumps(answer).encode()
        fault = self.simulator.fail(endpoint.method, endpoint.path, body=body)
        try:
            read = await endpoint.call(self.new_client(journal=journal))
        finally:
            fault.stop()
        return read, set(journal.oddities)


def changed(answer: Any, path: str, value: Any = ...) -> Any:
    """Return a copy with another value at a path, or without the field.

    `[]` in a path is the first row.
    """
    answer = deepcopy(answer)
    steps = re.findall(r"\[\]|[^.\[\]]+", path)
    *way, last = (0 if step == "[]" else step for step in steps)
    place = answer
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return answer


def paths_of(value: Any, path: str = "") -> set[str]:
    """Return the paths of all fields. A list of texts is one field."""
    found: set[str] = {path} if path else set()
    if isinstance(value, dict):
        for key, each in value.items():
            found |= paths_of(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        found |= paths_of(value[0], f"{path}[]")
    return found


def oddity(endpoint: at.Endpoint, path: str, value: Any) -> Oddity:
    """Return the journal's entry for a value that was not understood."""
    found = "null" if value is ... else _JSON_TYPES[type(value)]
    return Oddity(endpoint.name, path, found)
