"""True answers of the simulator, to be changed and read by the client."""

from copy import deepcopy
from dataclasses import dataclass
import json
import re
from typing import Any

import aiohttp

from custom_components.hiven.api import HivenClient, Journal, Oddity
from simulator import Simulator
from tests import API_KEY, USER_ID

from .cars import FULL_ID
from .endpoints import POST_CONNECT, REDIRECT, Endpoint

_JSON_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


@dataclass
class Wire:
    """Has the client read answers that are not quite those of the simulator."""

    simulator: Simulator
    session: aiohttp.ClientSession

    async def answer(self, endpoint: Endpoint) -> Any:
        """Return what the simulator answers; of a list its first row."""
        if endpoint is POST_CONNECT:
            return {"deviceId": FULL_ID, "message": "added"}
        self.simulator.redirect_uris.add(REDIRECT)
        async with self.session.get(
            self.simulator.url + endpoint.path,
            params=endpoint.query,
            headers={"X-Api-Key": API_KEY, "X-User-Id": USER_ID},
        ) as response:
            answer = await response.json()
        return answer[:1] if isinstance(answer, list) else answer

    async def read(self, endpoint: Endpoint, answer: Any) -> tuple[Any, set[Oddity]]:
        """Return what a new client reads, and what it finds odd."""
        journal = Journal()
        client = HivenClient(
            self.session,
            user_id=USER_ID,
            api_key=API_KEY,
            base_url=self.simulator.url,
            journal=journal,
        )
        body = json.dumps(answer).encode()
        fault = self.simulator.fail(endpoint.method, endpoint.path, body=body)
        try:
            return await endpoint.call(client), set(journal.oddities)
        finally:
            fault.stop()


def changed(answer: Any, path: str, value: Any = ...) -> Any:
    """Return a copy with another value at a path, without the field if there is none.

    `[]` in a path is the first row.
    """
    answer = deepcopy(answer)
    *way, last = (
        0 if step == "[]" else step for step in re.findall(r"\[\]|[^.\[\]]+", path)
    )
    place = answer
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return answer


def paths_of(value: Any, path: str = "") -> set[str]:
    """Return the paths of everything in JSON; a list of texts is one field."""
    found: set[str] = {path} if path else set()
    if isinstance(value, dict):
        for key, each in value.items():
            found |= paths_of(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        found |= paths_of(value[0], f"{path}[]")
    return found


def oddity(endpoint: Endpoint, path: str, value: Any) -> Oddity:
    """Return how the journal names a value that was not understood."""
    found = "null" if value is ... else _JSON_TYPES[type(value)]
    return Oddity(endpoint.name, path, found)
