"""API requests: records, faults and holds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
import json
import socket
import struct
from typing import Any, Literal

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

type Kind = Literal[
    "reset",
    "reset_midway",
    "hang",
    "drip",
    "truncate",
    "html",
    "huge",
    "huge_chunked",
]
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# These faults change the real answer, so they need one.
_NEEDS_ANSWER = {"reset_midway", "drip", "truncate"}
_HUGE = 6 * 1024 * 1024
_CHUNK = 64 * 1024
_HTML = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"


@dataclass(frozen=True)
class Request:
    """A request. In `query`, commas join repeated parameters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: CIMultiDictProxy[str]
    json: Any

    def matches(self, method: str, pattern: str) -> bool:
        """Return whether it matches; the method `*` matches any."""
        return fnmatchcase(self.method, method.upper()) and fnmatchcase(
            self.path, pattern
        )


class Fault:
    """A fault that occurs a number of times, or until it is stopped."""

    def __init__(
        self,
        method: str,
        pattern: str,
        *,
        status: int | None,
        body: Any,
        headers: Mapping[str, str] | None,
        times: int | None,
        apply: bool,
        kind: Kind | None,
    ) -> None:
        """See `Simulator.fail`."""
        self.method = method
        self.pattern = pattern
        self.hits = 0
        self._status = status
        self._body = body
        self._headers = dict(headers or {})
        self._left = times
        self._apply = apply or kind in _NEEDS_ANSWER
        self._kind = kind
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Stop the fault, and end requests that hang."""
        self._left = 0
        self._stopped.set()

    def takes(self, request: Request) -> bool:
        """Return whether this request fails, and count it."""
        if self._left == 0 or not request.matches(self.method, self.pattern):
            return False
        if self._left is not None:
            self._left -= 1
        self.hits += 1
        return True

    async def answer(
        self, request: web.Request, process: Callable[[bool], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """Send the faulty answer, after processing the request if the fault says so."""
        true = await process(self._apply)
        body = true.body if isinstance(true.body, bytes) else b""
        match self._kind:
            case "reset":
                return _drop(request)
            case "reset_midway":
                half = body[: len(body) // 2]
                response = await self._send(request, true, half, len(body))
                assert request.transport is not None
                request.transport.close()  # The client still gets this half.
                return response
            case "hang":
                await self._stopped.wait()
                return _drop(request)
            case "drip":
                return await self._drip(request, true, body)
            case "truncate":
                return web.Response(
                    status=true.status,
                    headers=self._headers,
                    content_type=true.content_type,
                    body=body[: len(body) // 2],
                )
            case "html":
                return self._response(_HTML, "text/html")
            case "huge" | "huge_chunked":
                return await self._huge(request)
        return self._plain()

    def _plain(self) -> web.Response:
        status = self._status or 200
        match self._body:
            case bytes():
                return self._response(self._body, "application/octet-stream")
            case str():
                return self._response(self._body.encode(), "text/plain")
            case None if self._status:
                reason = {"message": HTTPStatus(status).phrase}
                return self._response(json.dumps(reason).encode())
        return self._response(json.dumps(self._body).encode())

    def _response(
        self, body: bytes, content_type: str = "application/json"
    ) -> web.Response:
        headers = {"Content-Type": content_type, **self._headers}
        return web.Response(status=self._status or 200, body=body, headers=headers)

    async def _send(
        self, request: web.Request, true: web.Response, part: bytes, length: int
    ) -> web.StreamResponse:
        """Announce a body of this length, and send part of it."""
        response = web.StreamResponse(status=true.status, headers=self._headers)
        response.content_type = true.content_type
        response.content_length = length
        await response.prepare(request)
        await response.write(part)
        return response

    async def _drip(
        self, request: web.Request, true: web.Response, body: bytes
    ) -> web.StreamResponse:
        response = await self._send(request, true, b"", len(body))
        for byte in body:
            try:
                await asyncio.wait_for(self._stopped.wait(), 1)
            except TimeoutError:
                await response.write(bytes([byte]))
            else:
                return _drop(request)
        return response

    async def _huge(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=self._status or 200, headers=self._headers)
        response.content_type = "application/json"
        if self._kind == "huge":
            response.content_length = _HUGE
        else:
            response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b'"' + b"x" * (_CHUNK - 1))
        for _ in range(_HUGE // _CHUNK - 2):
            await response.write(b"x" * _CHUNK)
        await response.write(b"x" * (_CHUNK - 1) + b'"')
        return response


class Hold:
    """Holds requests until they are released."""

    def __init__(self, method: str, pattern: str, times: int, *, after: bool) -> None:
        """See `Simulator.hold`."""
        self.method = method
        self.pattern = pattern
        self.after = after
        self.count = 0
        self._left = times
        self._released = asyncio.Event()
        self._arrival = asyncio.Condition()

    async def arrived(self, n: int = 1) -> None:
        """Wait until this many requests are on hold."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: self.count >= n)

    def release(self) -> None:
        """Release all requests, also later ones."""
        self._left = 0
        self._released.set()

    def takes(self, request: Request) -> bool:
        """Return whether to hold this request, and count it."""
        if self._left == 0 or not request.matches(self.method, self.pattern):
            return False
        self._left -= 1
        return True

    async def wait(self) -> None:
        """Wait until released."""
        async with self._arrival:
            self.count += 1
            self._arrival.notify_all()
        await self._released.wait()


class Traffic:
    """Records every API request, and applies holds and faults."""

    def __init__(self) -> None:
        """Start without records, holds and faults."""
        self.requests: list[Request] = []
        self.recording = True
        self.latency = 0.0
        self.under_way = 0
        self.most_at_once = 0
        self.faults: list[Fault] = []
        self.holds: list[Hold] = []

    def stop(self) -> None:
        """End all requests that hang or are on hold."""
        for fault in self.faults:
            fault.stop()
        for hold in self.holds:
            hold.release()

    async def handle(
        self, incoming: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Record a request, and answer it, faulty or not."""
        request = await _request(incoming)
        if self.recording:
            self.requests.append(request)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            if self.latency:
                await asyncio.sleep(self.latency)
            return await self._answer(incoming, handler, request)
        finally:
            self.under_way -= 1

    async def _answer(
        self, incoming: web.Request, handler: Handler, request: Request
    ) -> web.StreamResponse:
        held = next((hold for hold in self.holds if hold.takes(request)), None)
        if held and not held.after:
            await held.wait()

        async def process(apply: bool) -> web.Response:
            response = await handler(incoming) if apply else web.Response()
            assert isinstance(response, web.Response)
            if held and held.after:
                await held.wait()
            return response

        fault = next(
            (fault for fault in reversed(self.faults) if fault.takes(request)), None
        )
        if fault is None:
            return await process(True)
        try:
            return await fault.answer(incoming, process)
        except ConnectionError:  # The client disconnected early.
            return _drop(incoming)


async def _request(incoming: web.Request) -> Request:
    try:
        body = json.loads(await incoming.read() or b"null")
    except ValueError:
        body = None
    return Request(
        incoming.method,
        incoming.path,
        {name: ",".join(incoming.query.getall(name)) for name in incoming.query},
        CIMultiDictProxy(CIMultiDict(incoming.headers)),
        body,
    )


def _drop(request: web.Request) -> web.Response:
    """Close the connection so that the client sees a reset."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        linger = struct.pack("ii", 1, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()
    return web.Response()
