"""The simulator: a cloud with a server, and controls that make it fail."""

from collections.abc import Mapping
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from .api import Api
from .clock import Now
from .cloud import Cloud
from .control import Control
from .smartcar import SmartCar
from .traffic import Fault, Handler, Hold, Kind, Request, Traffic

_HOST = "127.0.0.1"
_LOOPBACK = {"127.0.0.1", "localhost"}
_API = ("/v1/", "/v2/")


class Simulator(Cloud):
    """A Hiven cloud and SmartCar Connect pages on the loopback interface."""

    def __init__(
        self,
        *,
        speed: float = 1.0,
        now: Now | None = None,
        dialect: str = "documented",
    ) -> None:
        """Create an empty cloud; `start` starts the server.

        `speed` is how many seconds of simulated time pass in a second. `now` returns
        the current time. `speak` takes several dialects.
        """
        super().__init__(speed, now)
        self.speak(dialect)
        self._traffic = Traffic()
        self._api = Api(self)
        self._runner: web.AppRunner | None = None
        self.url = ""
        """Its address."""

    # The server.

    async def start(self, port: int = 0, *, tls: SSLContext | None = None) -> None:
        """Listen on loopback, with TLS if given. Port 0 means any free port."""
        if self._runner:
            raise RuntimeError("the simulator is already running")
        control = Control(self)
        app = web.Application(
            middlewares=[_loopback_only, self._middleware, control.middleware]
        )
        app.add_routes(self._api.routes())
        app.add_routes(SmartCar(self).routes())
        app.add_routes(control.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, _HOST, port, ssl_context=tls)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://{_HOST}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening, and end requests that hang or are on hold."""
        self._traffic.stop()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    @web.middleware
    async def _middleware(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if not request.path.startswith(_API):
            return await handler(request)
        return await self._traffic.handle(
            request, lambda each: self._api.answer(each, handler)
        )

    # The requests so far.

    @property
    def requests(self) -> list[Request]:
        """All API requests since the start, in order of arrival."""
        return self._traffic.requests

    def count(self, method: str, pattern: str) -> int:
        """Return the number of requests whose path matches `pattern` (fnmatch)."""
        return sum(request.matches(method, pattern) for request in self.requests)

    @property
    def recording(self) -> bool:
        """Whether requests are recorded. Turn it off if the simulator runs for days."""
        return self._traffic.recording

    @recording.setter
    def recording(self, recording: bool) -> None:
        self._traffic.recording = recording

    @property
    def most_at_once(self) -> int:
        """The highest number of simultaneous API requests."""
        return self._traffic.most_at_once

    def forget(self) -> None:
        """Delete the recorded requests, and the highest number at the same time."""
        self._traffic.requests.clear()
        self._traffic.most_at_once = self._traffic.under_way

    @property
    def latency(self) -> float:
        """How many seconds each API request waits before it is processed."""
        return self._traffic.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._traffic.latency = seconds

    # Faults.

    def fail(
        self,
        method: str,
        pattern: str,
        *,
        status: int | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
        apply: bool = False,
        kind: Kind | None = None,
    ) -> Fault:
        """Make requests fail. If several faults match, the newest is used.

        The answer is `status` (200) with `body`: bytes and text as they are, other
        values as JSON, and a message for None. The fault ends after `times` requests,
        or with `stop()`. With `apply`, the request is processed first. `kind` is one of

        - `reset`: the connection is reset without an answer,
        - `reset_midway`: it is closed after half of the real answer,
        - `hang`: no answer until the fault or the simulator is stopped,
        - `drip`: the real answer, one byte per second,
        - `truncate`: half of the real answer, as a complete HTTP response,
        - `html`: a page,
        - `huge`, `huge_chunked`: 6 MiB of JSON, with or without a Content-Length.

        A request is also processed if the fault needs its real answer.
        """
        fault = Fault(
            method,
            pattern,
            status=status,
            body=body,
            headers=headers,
            times=times,
            apply=apply,
            kind=kind,
        )
        self._traffic.faults.append(fault)
        return fault

    def hold(
        self, method: str, pattern: str, times: int = 1, *, after: bool = False
    ) -> Hold:
        """Hold requests until released, before they are processed or `after`."""
        hold = Hold(method, pattern, times, after=after)
        self._traffic.holds.append(hold)
        return hold


@web.middleware
async def _loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests for other hosts, to prevent DNS rebinding."""
    if request.url.host not in _LOOPBACK:
        raise web.HTTPMisdirectedRequest(text="loopback only")
    return await handler(request)
