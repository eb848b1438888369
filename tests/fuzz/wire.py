"""What holds of the client over HTTP, whatever comes back."""

from dataclasses import dataclass
from http import HTTPStatus
import json
from typing import Any

import aiohttp
from hypothesis import strategies as st

from custom_components.hiven.api import HivenClient, HivenError
from simulator import Simulator
from simulator.traffic import Kind
from tests import API_KEY, USER_ID
from tests.api.endpoints import ENDPOINTS, LIST, Endpoint

from .garble import JSONS, WRONGS, Json, Wrong, garbled
from .parsers import check_error

KINDS: tuple[Kind, ...] = ("reset", "reset_midway", "truncate", "html")

_HEADER_TEXT = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"),
    max_size=40,
)
RETRY_AFTER = st.one_of(
    st.integers(-10, 10**20).map(str),
    st.sampled_from(("0", "1e3", "٣", "9" * 400, "soon", "12; 13")),
    _HEADER_TEXT,
    # Dates with a part that is not right.
    st.builds(
        "{}, {} {} {} {}:{}:{} {}".format,
        st.sampled_from(("Mon", "", "12")),
        *(st.integers(-1, 40) | st.integers() for _ in range(1)),
        st.sampled_from(("Jan", "Foo", "13", "")),
        st.integers(0, 10**5) | st.integers(),
        *(st.integers(-1, 70) | st.integers() for _ in range(3)),
        st.sampled_from(("GMT", "+9999", "-0000", "+99999999999999999999", "")),
    ),
)


@dataclass(frozen=True)
class Mangled:
    """How an answer's bytes are mangled after it became JSON."""

    encoding: str = "utf-8"
    keep: float = 1.0
    before: bytes = b""

    def bytes_of(self, value: Json) -> bytes:
        """Return what is sent."""
        raw = json.dumps(value).encode(self.encoding)
        return self.before + raw[: int(len(raw) * self.keep)]


@dataclass(frozen=True)
class Exchange:
    """A call, and what comes back for it.

    The answer is the true one with something wrong, or `instead`.
    """

    endpoint: Endpoint
    status: int
    wrongs: tuple[Wrong, ...]
    instead: Json
    mangled: Mangled
    headers: dict[str, str]
    kind: Kind | None


EXCHANGES = st.builds(
    Exchange,
    endpoint=st.sampled_from(ENDPOINTS),
    status=st.sampled_from((200, 200, 200, 201, 204)) | st.integers(200, 599),
    wrongs=st.just(()) | WRONGS,
    instead=st.just(...) | st.just(...) | JSONS,
    mangled=st.just(Mangled())
    | st.builds(
        Mangled,
        encoding=st.sampled_from(("utf-8", "utf-16", "utf-8-sig", "utf-32-be")),
        keep=st.floats(0, 1),
        before=st.binary(max_size=3),
    ),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "Retry-After": RETRY_AFTER,
            "Location": st.just(LIST) | _HEADER_TEXT,
            "Content-Type": st.sampled_from(("text/plain; charset=x", "", "x")),
            "Content-Encoding": st.sampled_from(("gzip", "deflate", "br", "x")),
        },
    ),
    kind=st.sampled_from((None, None, None, None, *KINDS)),
)


@dataclass
class Wire:
    """A client, and the simulator that answers it wrongly."""

    client: HivenClient
    simulator: Simulator
    answers: dict[str, Json]
    secrets: tuple[str, ...]

    async def check(self, exchange: Exchange) -> None:
        """Check that the client returns, or raises an error of its own."""
        answer = exchange.instead
        if answer is ...:
            true = self.answers.get(exchange.endpoint.name, "")
            answer = garbled(true, exchange.wrongs)
        fault = self.simulator.fail(
            exchange.endpoint.method,
            exchange.endpoint.path,
            status=exchange.status,
            body=exchange.mangled.bytes_of(answer),
            headers=exchange.headers,
            kind=exchange.kind,
        )
        self.simulator.requests.clear()
        try:
            await exchange.endpoint.call(self.client)
        except HivenError as err:
            sent = [answer, *exchange.headers.values()]
            check_error(err, sent, *self.secrets)
        finally:
            fault.stop()
        # Where a connection breaks, a read is tried once more, a write never.
        most = 2 if exchange.endpoint.method == "GET" else 1
        assert 1 <= len(self.simulator.requests) <= most


async def true_answers(
    session: aiohttp.ClientSession, simulator: Simulator
) -> dict[str, Json]:
    """Return what the simulator answers, by the names of the endpoints."""
    answers: dict[str, Json] = {}
    for endpoint in ENDPOINTS:
        if endpoint.method != "GET":
            continue
        answers[endpoint.name] = await ask(
            session, simulator, endpoint.path, **endpoint.query or {}
        )
    answers["POST /v1/hiven/devices/smartcar/connect"] = {
        "deviceId": "car-full",
        "message": "vehicle has been successfully added",
    }
    return answers


async def ask(
    session: aiohttp.ClientSession, simulator: Simulator, path: str, **query: str
) -> Any:
    """Return what the simulator truly answers to a GET; None where it has nothing."""
    async with session.get(
        simulator.url + path,
        params=query,
        headers={"X-Api-Key": API_KEY, "X-User-Id": USER_ID},
    ) as response:
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        assert response.ok, path
        return await response.json()
