"""Refusals, lost answers and answers that are none."""

import asyncio
import gzip
from http import HTTPStatus

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.hiven.api import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    GoneError,
    HivenClient,
    HivenConnectionError,
    HivenError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)
from simulator import Car, Simulator
from simulator.traffic import Kind
from tests import API_KEY, USER_ID

from .cars import FULL_ID
from .endpoints import (
    DELETE_LOCATION,
    DELETE_VEHICLE,
    ENDPOINTS,
    GET_CAPABILITIES,
    GET_PREFERENCES,
    GET_SCHEDULE,
    GET_SESSIONS,
    GET_STATUS,
    LIST,
    POST_CONNECT,
    PUT_LOCATION,
    PUT_PREFERENCES,
    REDIRECT,
    VEHICLES,
    WRITES,
    Endpoint,
)

# What these answer does not matter.
UNREAD_ANSWERS = {PUT_PREFERENCES, DELETE_VEHICLE, PUT_LOCATION, DELETE_LOCATION}
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)


async def failure(client: HivenClient, endpoint: Endpoint = VEHICLES) -> HivenError:
    """Return what a call raises."""
    with pytest.raises(HivenError) as caught:
        await endpoint.call(client)
    assert caught.value.endpoint == endpoint.name
    return caught.value


# Here 404 means that there are none.
NONE_YET = {GET_PREFERENCES, GET_SCHEDULE, GET_SESSIONS}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidRequestError),
        (401, AuthenticationError),
        (402, HivenError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (405, HivenError),
        (408, ServerError),
        (409, ConflictError),
        (410, GoneError),
        (422, InvalidRequestError),
        (429, RateLimitedError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (599, ServerError),
    ],
)
async def test_statuses(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    status: int,
    error: type[HivenError],
) -> None:
    """Each has its exception, the same for all endpoints."""
    simulator.fail("*", "*", status=status, body={"error": "a reason"})
    for endpoint in ENDPOINTS:
        if status == HTTPStatus.NOT_FOUND and endpoint in NONE_YET:
            continue
        err = await failure(client, endpoint)
        assert type(err) is error
        assert str(err) == f"{endpoint.name}: answered {status}"
        assert (err.status, err.said) == (status, "a reason")
        assert err.retry_after is None


def test_what_the_exceptions_are() -> None:
    """No handler of one catches another, but for those without an answer."""
    kinds = HivenError.__subclasses__()
    assert {AuthenticationError, ForbiddenError, UnexpectedAnswerError} < {*kinds}
    assert [sub for kind in kinds for sub in kind.__subclasses__()] == [ServerError]
    assert issubclass(ServerError, HivenConnectionError)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 120 ", 120),
        ("9" * 400, 999_999_999_999),
        ("Mon, 12 Jan 2026 10:02:30 GMT", 150),
        ("Mon, 12 Jan 2026 12:02:30 +0200", 150),
        ("Mon, 12 Jan 2026 10:02:30 -0000", 150),
        ("Mon, 12 Jan 2026 09:00:00 GMT", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("\u00b2", None),
        ("Mon, 99 Jan 2026 10:02:30 GMT", None),
        ("Mon, 12 Jan 2026 10:02:30 +9999", None),
        ("Mon, 12 Jan 99999 10:02:30 GMT", None),
    ],
)
async def test_retry_after(
    monday_noon: FrozenDateTimeFactory,
    client: HivenClient,
    simulator: Simulator,
    header: str,
    seconds: float | None,
) -> None:
    """Seconds or a date; what is neither asks for nothing."""
    for status in (429, 503):
        simulator.fail("GET", LIST, status=status, headers={"Retry-After": header})
        assert (await failure(client)).retry_after == seconds


@each_endpoint
async def test_redirects_are_not_followed(
    client: HivenClient, simulator: Simulator, full_car: Car, endpoint: Endpoint
) -> None:
    """A key must not follow where a stranger points."""
    async with Simulator() as stranger:
        for status in (300, 301, 302, 303, 304, 307, 308, 399):
            location = {"Location": stranger.url + endpoint.path}
            simulator.fail("*", "*", status=status, headers=location, body=b"")
            err = await failure(client, endpoint)
            assert isinstance(err, UnexpectedAnswerError)
            assert "redirect" in str(err)
            assert "127.0.0.1" not in str(err)
        assert stranger.requests == []
    assert len(simulator.requests) == 8


@pytest.mark.parametrize(
    "endpoint",
    [*(each for each in ENDPOINTS if each not in UNREAD_ANSWERS)],
    ids=str,
)
async def test_what_is_not_json(
    client: HivenClient, simulator: Simulator, full_car: Car, endpoint: Endpoint
) -> None:
    """It counts as an answer nobody understands."""
    for body in (b"<html>Sorry</html>", b"[1, ", b"\xff\xfe\x00", b"{'a': 1}"):
        simulator.fail("*", "*", body=body)
        err = await failure(client, endpoint)
        assert isinstance(err, UnexpectedAnswerError)
        assert (err.field, str(err)) == ("", f"{endpoint.name}: the answer is not JSON")


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
@pytest.mark.parametrize("status", [200, 204])
async def test_reads_answered_with_nothing(
    client: HivenClient, simulator: Simulator, full_car: Car, body: bytes, status: int
) -> None:
    """Nothing is no list, no vehicle and no telemetry."""
    simulator.fail("GET", "*", status=status, body=body)
    assert isinstance(await failure(client), UnexpectedAnswerError)
    assert isinstance(await failure(client, GET_STATUS), UnexpectedAnswerError)
    assert await client.preferences(FULL_ID) is None


@pytest.mark.parametrize("kind", ["html", "truncate", "huge", "huge_chunked"])
async def test_answers_that_are_none(
    client: HivenClient, simulator: Simulator, full_car: Car, kind: Kind
) -> None:
    """A proxy's page, half an answer, an endless one."""
    simulator.fail("GET", LIST, kind=kind)
    err = await failure(client)
    assert isinstance(err, UnexpectedAnswerError)
    problem = "too large" if kind.startswith("huge") else "not JSON"
    assert problem in str(err)


@pytest.mark.parametrize(("size", "is_read"), [(5_000_000, True), (5_000_001, False)])
@pytest.mark.parametrize("packed", [False, True])
async def test_the_largest_answer(
    client: HivenClient, simulator: Simulator, size: int, is_read: bool, packed: bool
) -> None:
    """Five megabytes, counted after unpacking."""
    body = b"[" + b" " * (size - 2) + b"]"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    simulator.fail(
        "GET", LIST, body=gzip.compress(body, 1) if packed else body, headers=headers
    )
    if is_read:
        assert (await client.vehicles()).vehicles == {}
    else:
        assert "too large" in str(await failure(client))


async def test_an_announced_large_answer_is_not_read_at_all(
    client: HivenClient, simulator: Simulator
) -> None:
    """It is refused before it has come."""
    simulator.fail("GET", LIST, body=b"[]", headers={"Content-Length": "5000001"})
    assert "too large" in str(await failure(client))


async def test_a_large_answer_is_not_read_to_its_end(simulator: Simulator) -> None:
    """Its connection is closed, so that the next call opens another one."""
    opened: list[object] = []

    async def count(*args: object) -> None:
        opened.append(args)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(count)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        client = HivenClient(
            session, user_id=USER_ID, api_key=API_KEY, base_url=simulator.url
        )
        kinds: tuple[Kind, ...] = ("huge", "huge_chunked")
        for connections, kind in enumerate(kinds, 1):
            simulator.fail("GET", LIST, kind=kind, times=1)
            await failure(client)
            assert len(opened) == connections
            await client.vehicles()
            await client.vehicles()
            assert len(opened) == connections + 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_packed_answers_that_cannot_be_unpacked(
    client: HivenClient, simulator: Simulator, encoding: str
) -> None:
    """The client's own error, not one of a library."""
    headers = {"Content-Encoding": encoding}
    simulator.fail("GET", LIST, body=b"not packed", headers=headers)
    assert isinstance(await failure(client), HivenConnectionError)


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [(each, "reset") for each in ENDPOINTS]
    + [(each, "reset_midway") for each in ENDPOINTS if each is not POST_CONNECT],
    ids=str,
)
async def test_dropped_connections(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    endpoint: Endpoint,
    kind: Kind,
) -> None:
    """Nobody knows whether the call was carried out."""
    simulator.redirect_uris.add(REDIRECT)
    simulator.fail("*", "*", kind=kind)
    err = await failure(client, endpoint)
    assert type(err) is HivenConnectionError
    assert "127.0.0.1" not in str(err)


async def test_nobody_listens(session: aiohttp.ClientSession) -> None:
    """A refused connection."""
    async with Simulator() as simulator:
        url = simulator.url
    client = HivenClient(session, user_id=USER_ID, api_key=API_KEY, base_url=url)
    assert type(await failure(client)) is HivenConnectionError


@each_endpoint
async def test_a_session_that_is_closed(
    client: HivenClient,
    session: aiohttp.ClientSession,
    simulator: Simulator,
    endpoint: Endpoint,
) -> None:
    """While an answer is awaited, and before: Home Assistant is going down."""
    await client.vehicles()  # A read over a kept connection would be tried again.
    simulator.forget()
    hold = simulator.hold("*", "*")
    call = asyncio.ensure_future(failure(client, endpoint))
    await hold.arrived()
    await session.close()
    assert type(await call) is HivenConnectionError
    assert "closed" in str(await failure(client, endpoint))
    assert len(simulator.requests) == 1


async def test_no_such_host(session: aiohttp.ClientSession) -> None:
    """A name that nobody knows; no name server has to be asked for that."""
    url = f"https://{'x' * 64}.invalid"
    client = HivenClient(session, user_id=USER_ID, api_key=API_KEY, base_url=url)
    err = await failure(client)
    assert isinstance(err, HivenConnectionError)
    assert "invalid" not in str(err)


@pytest.mark.parametrize("endpoint", WRITES, ids=str)
async def test_a_write_is_never_sent_twice(
    client: HivenClient, simulator: Simulator, full_car: Car, endpoint: Endpoint
) -> None:
    """Not even a PUT or DELETE on a kept connection that drops, as aiohttp would."""
    await client.vehicles()
    fault = simulator.fail(endpoint.method, "*", kind="reset", times=1)
    assert type(await failure(client, endpoint)) is HivenConnectionError
    assert fault.hits == simulator.count(endpoint.method, "*") == 1


async def test_a_read_may_be_sent_twice(
    client: HivenClient, simulator: Simulator
) -> None:
    """A kept connection that dropped meanwhile does not cost a poll."""
    await client.vehicles()
    simulator.fail("GET", LIST, kind="reset", times=1)
    assert (await client.vehicles()).vehicles == {}
    assert simulator.count("GET", LIST) == 3


async def pass_seconds(freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass on the clock of the event loop, which is frozen too."""
    freezer.tick(seconds)
    for _ in range(10):
        await asyncio.sleep(0)


@each_endpoint
async def test_a_call_that_hangs_ends(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    endpoint: Endpoint,
    freezer: FrozenDateTimeFactory,
) -> None:
    """After 15 seconds, long answers after 30; aiohttp rounds up to a second."""
    seconds = 30 if endpoint in (VEHICLES, GET_CAPABILITIES) else 15
    hold = simulator.hold("*", "*")
    call = asyncio.ensure_future(failure(client, endpoint))
    await hold.arrived()
    await pass_seconds(freezer, seconds - 1)
    assert not call.done()
    await pass_seconds(freezer, 2)
    assert call.done()
    err = await call
    assert type(err) is HivenConnectionError
    assert "Timeout" in str(err)


async def test_an_answer_that_drips_ends_after_30_seconds(
    client: HivenClient, simulator: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    """Coming at all is not enough."""
    simulator.add_car(USER_ID, Car())
    drip = simulator.fail("GET", LIST, kind="drip")
    call = asyncio.ensure_future(failure(client))
    while not drip.hits:
        await asyncio.sleep(0)
    for _ in range(29):
        await pass_seconds(freezer, 1)
    assert not call.done()
    await pass_seconds(freezer, 2)
    assert call.done()
    assert type(await call) is HivenConnectionError


async def test_a_connection_that_cannot_be_had_ends_after_10_seconds(
    simulator: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    """The second of two calls over one connection waits for it that long."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=1)
    ) as session:
        client = HivenClient(
            session, user_id=USER_ID, api_key=API_KEY, base_url=simulator.url
        )
        hold = simulator.hold("GET", LIST)
        first = asyncio.ensure_future(client.vehicles())
        await hold.arrived()
        second = asyncio.ensure_future(failure(client))
        await pass_seconds(freezer, 0)
        await pass_seconds(freezer, 9)
        assert not second.done()
        await pass_seconds(freezer, 2)
        assert second.done()
        assert type(await second) is HivenConnectionError
        hold.release()
        assert (await first).vehicles == {}
    assert simulator.count("GET", LIST) == 1


async def test_a_cancelled_call_is_cancelled(
    client: HivenClient, simulator: Simulator
) -> None:
    """Nothing turns it into an error of Hiven."""
    hold = simulator.hold("GET", LIST)
    call = asyncio.ensure_future(client.vehicles())
    await hold.arrived()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
