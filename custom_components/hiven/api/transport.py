"""Calls Hiven's endpoints over HTTP."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
import json
from math import isfinite
import re
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from .endpoints import Endpoint
from .errors import (
    AuthenticationError,
    HivenConnectionError,
    NotFoundError,
    UnexpectedAnswerError,
)
from .journal import Journal
from .refusals import MAX_REFUSAL_BYTES, masked, refusal, said_in

MAX_ANSWER_BYTES = 5_000_000
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=10)
_REFUSAL_SECONDS = 5
# These answers are large.
_TIMEOUTS = dict.fromkeys(
    (Endpoint.VEHICLES, Endpoint.MODELS), aiohttp.ClientTimeout(total=30, connect=10)
)


@dataclass(frozen=True)
class Answer:
    """The answer of an endpoint."""

    endpoint: Endpoint
    status: int
    raw: bytes

    def json(self) -> Any:
        """Return its JSON; None for an empty body."""
        if not self.raw.strip():
            return None
        try:
            return json.loads(
                self.raw, parse_float=_finite, parse_constant=lambda _: None
            )
        except RecursionError, ValueError:
            raise UnexpectedAnswerError(
                self.endpoint, "", "the answer is not JSON"
            ) from None


def _finite(text: str) -> float | None:
    """Return a number; None if JSON cannot represent it, such as infinity."""
    return number if isfinite(number := float(text)) else None


class Transport:
    """Sends requests for one user."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        user_id: str,
        api_key: str,
        base_url: str,
        journal: Journal,
    ) -> None:
        """Use a session for a user id and the API key Hiven issued.

        Raises ValueError if the address is neither https nor on this machine.
        """
        if not is_safe_address(base_url):
            raise ValueError("Hiven's address must be https, or http on this machine")
        self._session = session
        self._user_id = user_id
        self._api_key = api_key
        self._base_url = URL(base_url)
        self._journal = journal
        # Names and places that were read. Errors may show them; the journal must not
        # record them.
        self.personal: set[str] = set()

    async def call(
        self,
        endpoint: Endpoint,
        target: str | None = None,
        *,
        query: Iterable[tuple[str, str]] = (),
        body: dict[str, Any] | None = None,
        secrets: Iterable[str] = (),
        expected: Iterable[int] = (),
    ) -> Answer:
        """Call an endpoint; raises the error for a refusal.

        `target` is the id of the vehicle or location in the path. `secrets` are masked
        in the text of a refusal. `expected` are refusals that only mean "there is
        none", so they are not recorded.
        """
        headers = {"X-Api-Key": self._api_key, "Accept": "application/json"}
        if endpoint is not Endpoint.MODELS:
            headers["X-User-Id"] = self._user_id
        if not all(
            value.isascii() and value.isprintable() for value in headers.values()
        ):
            raise AuthenticationError(endpoint, "the key or user id cannot be right")
        method, path = endpoint.split(" ")
        url = self._base_url.joinpath(
            self._path(endpoint, path, target).lstrip("/"), encoded=True
        )
        if self._session.closed:
            raise HivenConnectionError(endpoint, "the session is closed")
        self._journal.count_call(endpoint)
        try:
            async with self._session.request(
                method,
                url,
                params=list(query),
                json=body,
                headers=headers,
                timeout=_TIMEOUTS.get(endpoint, _TIMEOUT),
                # A redirect would send the key to another server.
                allow_redirects=False,
                middlewares=(self._send_writes_once,),
            ) as response:
                if response.status < HTTPStatus.MULTIPLE_CHOICES:
                    raw = await _read(endpoint, response)
                    return Answer(endpoint, response.status, raw)
                if response.status < HTTPStatus.BAD_REQUEST:
                    raise UnexpectedAnswerError(
                        endpoint, "", "the answer is a redirect"
                    )
                said = said_in(
                    await _read_refusal(response),
                    {self._api_key, self._user_id, target or "", *secrets},
                )
                if response.status not in expected:
                    noted = said and masked(said, self.personal)
                    self._journal.note_refusal(endpoint, response.status, noted)
                raise refusal(
                    endpoint,
                    response.status,
                    retry_after=response.headers.get("Retry-After"),
                    said=said,
                )
        except (aiohttp.ClientError, OSError) as err:
            # TimeoutError is an OSError. The texts of these errors may contain the
            # address.
            raise HivenConnectionError(
                endpoint, f"no answer ({type(err).__name__})"
            ) from None

    def _path(self, endpoint: str, path: str, target: str | None) -> str:
        if target is not None and not target.strip("."):
            # An empty id, "." and ".." would lead to another path.
            raise NotFoundError(endpoint, "there can be no such id")
        path = path.replace(":userId", quote(self._user_id, safe=""))
        return re.sub(
            ":(vehicle|location)Id", lambda _: quote(target or "", safe=""), path
        )

    async def _send_writes_once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Prevent aiohttp from repeating a write after a dropped connection.

        A read is not repeated either if the session has been closed.
        """
        try:
            return await handler(request)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
            if request.method == "GET" and not self._session.closed:
                raise
            raise aiohttp.ClientConnectionError(type(err).__name__) from None


def is_safe_address(address: str) -> bool:
    """Return whether an address is https, or http on this machine."""
    try:
        url = URL(address)
    except ValueError:
        return False
    return bool(url.host) and (
        url.scheme == "https"
        or (url.scheme == "http" and url.host in ("127.0.0.1", "::1", "localhost"))
    )


async def _read(endpoint: str, response: aiohttp.ClientResponse) -> bytes:
    too_large = UnexpectedAnswerError(endpoint, "", "the answer is too large")
    length = response.content_length
    if length is not None and length > MAX_ANSWER_BYTES:
        raise too_large
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > MAX_ANSWER_BYTES:
            raise too_large
    return bytes(raw)


async def _read_refusal(response: aiohttp.ClientResponse) -> bytes:
    """Return the start of a refusal's body, as far as it arrives."""
    raw = b""
    # The status is enough, so do not wait long for the reason.
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(_REFUSAL_SECONDS):
            while missing := MAX_REFUSAL_BYTES - len(raw):
                if not (chunk := await response.content.read(missing)):
                    break
                raw += chunk
    return raw
