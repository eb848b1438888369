"""Records, faults and holds."""

import asyncio

import aiohttp
import pytest

from simulator import Car, Simulator

from .client import KEY, USER, Client

LIST = "/v2/hiven/devices"
STATUS = "/v1/hiven/devices/*/status"


def preferences(car: Car) -> str:
    return f"/v2/hiven/devices/{car.id}/smart-charging/ev-preferences"


async def test_requests_are_recorded(sim: Simulator, ask: Client, car: Car) -> None:
    await ask.get(LIST, userId=USER)
    body = {"chargingBehavior": "SMART_CHARGE_OFF"}
    await ask("PUT", preferences(car), json=body)
    await ask("PUT", preferences(car), data="{")
    listed, put, broken = sim.requests
    assert (listed.method, listed.path) == ("GET", LIST)
    assert listed.query == {"userId": USER}
    assert listed.headers["x-api-key"] == KEY
    assert (listed.json, put.json, broken.json) == (None, body, None)
    assert sim.count("PUT", "/v2/*/ev-preferences") == 2
    assert sim.count("GET", STATUS) == 0
    assert sim.count("*", "*") == 3
    sim.recording = False
    await ask.get(LIST, userId=USER)
    assert len(sim.requests) == 3


async def test_requests_wait_and_are_counted_at_once(
    sim: Simulator, ask: Client, car: Car
) -> None:
    """The clock of the loop tells that each took its time, side by side."""
    loop = asyncio.get_running_loop()
    await ask.status(car)
    assert sim.most_at_once == 1
    sim.latency = 0.05
    before = loop.time()
    await asyncio.gather(*(ask.status(car) for _ in range(3)))
    assert loop.time() - before >= 0.05
    assert sim.most_at_once == 3
    sim.forget()
    assert (sim.requests, sim.most_at_once) == ([], 0)
    await ask.status(car)
    assert (len(sim.requests), sim.most_at_once) == (1, 1)


async def test_a_fault_answers_instead(sim: Simulator, ask: Client, car: Car) -> None:
    fault = sim.fail("GET", STATUS, status=503, headers={"Retry-After": "7"})
    async with ask.session.get(f"{sim.url}/v1/hiven/devices/x/status") as response:
        assert response.status == 503
        assert response.headers["Retry-After"] == "7"
        assert await response.json() == {"message": "Service Unavailable"}
    assert fault.hits == 1
    assert await ask.get(LIST, userId=USER)
    fault.stop()
    assert await ask.status(car)
    assert fault.hits == 1


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b"\xff\x00", b"\xff\x00"),
        ("not json", b"not json"),
        ([{"id": 1}], b'[{"id": 1}]'),
        ({}, b"{}"),
    ],
)
async def test_bodies_of_faults(
    sim: Simulator, ask: Client, body: object, sent: bytes
) -> None:
    sim.fail("GET", LIST, body=body)
    async with ask.session.get(sim.url + LIST) as response:
        assert (response.status, await response.read()) == (200, sent)


async def test_the_newest_fault_counts_until_its_times_are_up(
    sim: Simulator, ask: Client
) -> None:
    old = sim.fail("*", "/v2/*", status=500)
    new = sim.fail("GET", "/v2/*", status=429, times=2)
    seen = [(await ask("GET", LIST))[0] for _ in range(3)]
    assert seen == [429, 429, 500]
    assert (old.hits, new.hits) == (1, 2)


async def test_a_lost_answer(sim: Simulator, ask: Client, car: Car) -> None:
    body = {"chargingBehavior": "SMART_CHARGE_OFF"}
    sim.fail("PUT", "*", status=500, times=1)
    assert (await ask("PUT", preferences(car), json=body))[0] == 500
    assert car.preferences is None
    sim.fail("PUT", "*", status=504, times=1, apply=True)
    assert (await ask("PUT", preferences(car), json=body))[0] == 504
    assert car.preferences == body


async def test_connections_that_break(sim: Simulator, ask: Client, car: Car) -> None:
    sim.fail("GET", LIST, kind="reset")
    with pytest.raises(aiohttp.ClientOSError):
        await ask.get(LIST, userId=USER)
    sim.fail("GET", LIST, kind="reset_midway")
    with pytest.raises(aiohttp.ClientPayloadError):
        await ask.get(LIST, userId=USER)


async def test_half_an_answer(sim: Simulator, ask: Client, car: Car) -> None:
    sim.fail("GET", LIST, kind="truncate")
    headers = {"X-Api-Key": KEY, "X-User-Id": USER}
    async with ask.session.get(
        sim.url + LIST, params={"userId": USER}, headers=headers
    ) as response:
        text = await response.text()
    assert response.status == 200
    assert response.content_type == "application/json"
    assert text.startswith('[{"id"')
    assert not text.endswith("]")


async def test_a_page_for_an_answer(sim: Simulator, ask: Client) -> None:
    sim.fail("GET", LIST, kind="html")
    async with ask.session.get(sim.url + LIST) as response:
        assert (response.status, response.content_type) == (200, "text/html")


@pytest.mark.parametrize("kind", ["huge", "huge_chunked"])
async def test_too_much(sim: Simulator, ask: Client, kind: str) -> None:
    sim.fail("GET", LIST, kind=kind)  # type: ignore[arg-type]
    async with ask.session.get(sim.url + LIST) as response:
        assert (response.content_length is None) == (kind == "huge_chunked")
        assert len(await response.json()) > 5_000_000
    # A client that leaves early does no harm.
    async with ask.session.get(sim.url + LIST) as response:
        response.close()
    assert (await ask("GET", "/v1/nothing"))[0] == 404


@pytest.mark.parametrize("by", ["fault", "simulator"])
async def test_no_answer_until_somebody_ends_it(
    sim: Simulator, ask: Client, by: str
) -> None:
    fault = sim.fail("POST", "*", kind="hang")
    # Not a GET: aiohttp would ask a second time by itself.
    asking = asyncio.create_task(ask("POST", LIST))
    while not fault.hits:
        await asyncio.sleep(0)
    if by == "fault":
        fault.stop()
    else:
        await sim.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await asking
    assert sim.count("POST", "*") == 1


async def test_drop_by_drop(sim: Simulator, ask: Client, car: Car) -> None:
    fault = sim.fail("GET", LIST, kind="drip")
    headers = {"X-Api-Key": KEY, "X-User-Id": USER}
    async with ask.session.get(
        sim.url + LIST, params={"userId": USER}, headers=headers
    ) as response:
        assert response.status == 200
        assert response.content_length is not None
        assert response.content_length > 100
        fault.stop()
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_a_hold_before(sim: Simulator, ask: Client, car: Car) -> None:
    hold = sim.hold("PUT", "*", times=2)
    body = {"chargingBehavior": "SMART_CHARGE_OFF"}
    asking = [
        asyncio.create_task(ask("PUT", preferences(car), json=body)) for _ in range(2)
    ]
    await hold.arrived(2)
    assert hold.count == 2
    assert sim.count("PUT", "*") == 2
    assert car.preferences is None
    # A third one passes.
    assert (await ask("PUT", preferences(car), json=body))[0] == 200
    hold.release()
    assert [(await each)[0] for each in asking] == [200, 200]


async def test_a_hold_after(sim: Simulator, ask: Client, car: Car) -> None:
    hold = sim.hold("PUT", "*", after=True)
    body = {"chargingBehavior": "SMART_CHARGE_OFF"}
    asking = asyncio.create_task(ask("PUT", preferences(car), json=body))
    await hold.arrived()
    assert car.preferences == body
    assert not asking.done()
    hold.release()
    assert await asking == (200, "")


async def test_a_released_hold_holds_no_more(sim: Simulator, ask: Client) -> None:
    sim.hold("GET", "*", times=5).release()
    assert (await ask("GET", LIST))[0] == 400


async def test_the_simulator_can_be_started_again(
    sim: Simulator, ask: Client, car: Car
) -> None:
    with pytest.raises(RuntimeError, match="already"):
        await sim.start()
    await sim.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask.get(LIST, userId=USER)
    await sim.start(int(sim.url.rpartition(":")[2]))
    assert len(await ask.get(LIST, userId=USER)) == 1
