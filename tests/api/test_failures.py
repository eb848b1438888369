"""Refusals, lost answers, and answers that are not valid."""

import asyncio
import gzip
from typing import Any

import aiohttp
import pytest

from custom_components.hiven import api
from simulator import Simulator
from simulator.traffic import Kind
from tests import turn

from . import endpoints as at
from .wire import Wire

each_endpoint = pytest.mark.parametrize("endpoint", at.ENDPOINTS, ids=str)
# The client ignores the answer to these.
UNREAD = {at.PUT_PREFERENCES, at.DELETE_VEHICLE, at.PUT_LOCATION, at.DELETE_LOCATION}
SERVER = (408, 500, 502, 503, 504, 599)
STATUSES = {
    **dict.fromkeys((400, 422), api.InvalidRequestError),
    **dict.fromkeys((402, 405, 418), api.HivenError),
    **dict.fromkeys(SERVER, api.ServerError),
    401: api.AuthenticationError, 403: api.ForbiddenError, 404: api.NotFoundError,
    409: api.ConflictError, 410: api.GoneError, 429: api.RateLimitedError,
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
async def test_statuses(wire: Wire, status: int) -> None:
    wire.simulator.fail("*", "*", status=status, body={"error": "a reason"})
    for endpoint in at.ENDPOINTS:
        if status == 404 and endpoint in at.NONE_YET:
            kept = wire.client.journal.refusals
            assert not await endpoint.call(wire.client)
            assert wire.client.journal.refusals == kept
            continue
        err = await wire.failure(endpoint)
        assert type(err) is STATUSES[status]
        # Hiven may have carried out these, as after a lost connection.
        parent = api.HivenConnectionError if status in SERVER else api.HivenError
        assert type(err) in (api.HivenError, *parent.__subclasses__())
        assert str(err) == f"{endpoint.name}: answered {status}"
        assert (err.status, err.said, err.retry_after) == (status, "a reason", None)


RETRY_AFTER = {
    "0": 0, "7": 7, " 120 ": 120, "9" * 400: 999_999_999_999,
    "Mon, 12 Jan 2026 10:02:30 GMT": 150, "Mon, 12 Jan 2026 12:02:30 +0200": 150,
    "Mon, 12 Jan 2026 10:02:30 -0000": 150, "Mon, 12 Jan 2026 09:00:00 GMT": 0,
    **dict.fromkeys(("-5", "1.5", "soon", "", "\u00b2")),
    "Mon, 99 Jan 2026 10:02:30 GMT": None, "Mon, 12 Jan 2026 10:02:30 +9999": None,
    "Mon, 12 Jan 99999 10:02:30 GMT": None,
}  # fmt: skip


async def test_retry_after(wire: Wire) -> None:
    """The header is a number of seconds or a date. Anything else is ignored."""
    for header, seconds in RETRY_AFTER.items():
        for status in (429, 503):
            headers = {"Retry-After": header}
            wire.simulator.fail("GET", at.LIST, status=status, headers=headers)
            assert (await wire.failure()).retry_after == seconds, header


@each_endpoint
async def test_redirects_are_not_followed(wire: Wire, endpoint: at.Endpoint) -> None:
    """The API key must not be sent to another server."""
    async with Simulator() as stranger:
        for status in (300, 301, 302, 303, 304, 307, 308, 399):
            location = {"Location": stranger.url + endpoint.path}
            wire.simulator.fail("*", "*", status=status, headers=location, body=b"")
            err = await wire.failure(endpoint)
            assert isinstance(err, api.UnexpectedAnswerError)
            assert "redirect" in str(err)
            assert "127.0.0.1" not in str(err)
        assert stranger.requests == []
    assert len(wire.simulator.requests) == 8


@each_endpoint
async def test_what_is_not_json(wire: Wire, endpoint: at.Endpoint) -> None:
    for body in (b"<html>Sorry</html>", b"[1, ", b"\xff\xfe\x00", b"{'a': 1}"):
        wire.simulator.fail("*", "*", body=body)
        if endpoint in UNREAD and body[:1] != b"<":
            await endpoint.call(wire.client)
            continue
        err = await wire.failure(endpoint)
        assert isinstance(err, api.UnexpectedAnswerError)
        assert err.field == ""
        assert str(err).endswith("is a page" if endpoint in UNREAD else "is not JSON")


@pytest.mark.parametrize(("size", "is_read"), [(5_000_000, True), (5_000_001, False)])
@pytest.mark.parametrize("packed", [False, True])
async def test_largest(wire: Wire, size: int, is_read: bool, packed: bool) -> None:
    """The limit of 5 MB applies to the unpacked answer."""
    body = b"[" + b" " * (size - 2) + b"]"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    body = gzip.compress(body, 1) if packed else body
    wire.simulator.fail("GET", at.LIST, body=body, headers=headers)
    if is_read:
        assert (await wire.client.vehicles()).vehicles == {}
    else:
        expected = f"{at.VEHICLES.name}: the answer is too large"
        assert str(await wire.failure()) == expected


async def test_a_large_answer_is_not_read_to_its_end(wire: Wire) -> None:
    length = {"Content-Length": "5000001"}
    wire.simulator.fail("GET", at.LIST, body=b"[]", headers=length, times=1)
    assert "too large" in str(await wire.failure())
    opened: list[object] = []

    async def count(*args: object) -> None:
        opened.append(args)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(count)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        wire.client = wire.new_client(session=session)
        kinds: tuple[Kind, ...] = ("huge", "huge_chunked")
        for connections, kind in enumerate(kinds, 1):
            wire.simulator.fail("GET", at.LIST, kind=kind, times=1)
            await wire.failure()
            assert len(opened) == connections
            await wire.client.vehicles()
            await wire.client.vehicles()
            assert len(opened) == connections + 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_answers_that_cannot_be_unpacked(wire: Wire, encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    wire.simulator.fail("GET", at.LIST, body=b"not packed", headers=headers)
    assert isinstance(await wire.failure(), api.HivenConnectionError)


@each_endpoint
async def test_dropped_connections(wire: Wire, endpoint: at.Endpoint) -> None:
    kinds: tuple[Kind, ...] = ("reset", "reset_midway")
    for kind in kinds[: 1 if endpoint is at.POST_CONNECT else 2]:
        wire.simulator.fail("*", "*", kind=kind)
        err = await wire.failure(endpoint)
        assert type(err) is api.HivenConnectionError
        assert "127.0.0.1" not in str(err)


@each_endpoint
async def test_a_session_that_is_closed(wire: Wire, endpoint: at.Endpoint) -> None:
    """Home Assistant closes the session when it stops, even during a request."""
    await wire.client.vehicles()  # aiohttp repeats a GET on an open connection.
    wire.simulator.forget()
    hold = wire.simulator.hold("*", "*")
    call = asyncio.ensure_future(wire.failure(endpoint))
    await hold.arrived()
    # Home Assistant closes the session like this.
    connector = wire.session.connector
    assert connector is not None
    wire.session.detach()
    await connector.close()
    assert type(await call) is api.HivenConnectionError
    assert "closed" in str(await wire.failure(endpoint))
    assert len(wire.simulator.requests) == 1


@pytest.mark.parametrize("endpoint", at.WRITES, ids=str)
async def test_a_write_is_never_sent_twice(wire: Wire, endpoint: at.Endpoint) -> None:
    """If an open connection is dropped, aiohttp would repeat a PUT or DELETE."""
    await wire.client.vehicles()
    fault = wire.simulator.fail(endpoint.method, "*", kind="reset", times=1)
    assert type(await wire.failure(endpoint)) is api.HivenConnectionError
    assert fault.hits == wire.simulator.count(endpoint.method, "*") == 1


async def test_a_read_may_be_sent_twice(wire: Wire) -> None:
    """An open connection that was dropped does not fail a poll."""
    await wire.client.vehicles()
    wire.simulator.fail("GET", at.LIST, kind="reset", times=1)
    assert (await wire.client.vehicles()).vehicles
    assert wire.simulator.count("GET", at.LIST) == 3


async def end_of(
    wire: Wire, call: asyncio.Task[api.HivenError], after: int
) -> type[api.HivenError]:
    """Return the error of a call that ends after some seconds, or up to two more.

    The clock of the event loop is frozen too, and aiohttp rounds up to a second.
    """
    for seconds in range(after + 2):
        assert seconds >= after or not call.done()
        wire.freezer.tick(1)
        for _ in range(10):
            await turn()
    assert call.done()
    return type(await call)


@each_endpoint
async def test_a_call_that_hangs_ends(wire: Wire, endpoint: at.Endpoint) -> None:
    hold = wire.simulator.hold("*", "*")
    call = asyncio.ensure_future(wire.failure(endpoint))
    await hold.arrived()
    seconds = 30 if endpoint in (at.VEHICLES, at.GET_CAPABILITIES) else 15
    assert await end_of(wire, call, seconds) is api.HivenConnectionError


@pytest.mark.parametrize(("fault", "seconds", "error"), [
    # An answer that is too slow is a failure.
    ({"kind": "drip"}, 30, api.HivenConnectionError),
    # The client waits only briefly for the body of a refusal.
    ({"status": 403, "headers": {"Content-Length": "9"}}, 5, api.ForbiddenError),
])  # fmt: skip
async def test_endless(wire: Wire, fault: Any, seconds: int, error: object) -> None:
    answer = wire.simulator.fail("GET", at.LIST, body=b"no", **fault)
    call = asyncio.ensure_future(wire.failure())
    while not answer.hits:
        await turn()
    assert await end_of(wire, call, seconds) is error


async def test_a_connection_is_awaited_for_10_seconds(wire: Wire) -> None:
    """The second of two calls waits for the only connection."""
    one = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=one) as session:
        wire.client = wire.new_client(session=session)
        hold = wire.simulator.hold("GET", at.LIST)
        first = asyncio.ensure_future(wire.client.vehicles())
        await hold.arrived()
        second = asyncio.ensure_future(wire.failure())
        await turn()
        assert await end_of(wire, second, 10) is api.HivenConnectionError
        hold.release()
        assert (await first).vehicles


async def test_a_cancelled_call_is_cancelled(wire: Wire) -> None:
    hold = wire.simulator.hold("GET", at.LIST)
    call = asyncio.ensure_future(wire.client.vehicles())
    await hold.arrived()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
