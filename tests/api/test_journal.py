"""What the client remembers: oddities, refusals, calls, and its last answers."""

from datetime import UTC, datetime, timedelta
import logging
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.hiven.api import HivenClient, HivenError, Journal, Oddity
from simulator import Car, Simulator
from tests import API_KEY, USER_ID

from .cars import FULL_ID
from .endpoints import (
    CAPABILITIES,
    GET_PREFERENCES,
    GET_SCHEDULE,
    GET_STATUS,
    READS,
    REDIRECT,
    VEHICLE,
    VEHICLES,
)
from .wire import Wire, changed


async def test_an_oddity_is_logged_once(
    client: HivenClient,
    full_car: Car,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Endpoint, field and JSON type, never the value; another type is another oddity."""
    for soc in ("Liisankatu", "other", [full_car.vin]):
        full_car.status_override = {"soc": soc, "chargingStatus": "Liisankatu"}
        await client.status(FULL_ID)
        await client.status(FULL_ID)
    warnings = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert [warning.getMessage() for warning in warnings] == [
        f"Hiven sent {GET_STATUS.name}: {field} as {found}, "
        "which this integration does not understand"
        for field, found in (
            ("soc", "string"),
            ("chargingStatus", "string"),
            ("soc", "array"),
        )
    ]
    assert {warning.name for warning in warnings} == {"custom_components.hiven.api"}
    assert client.journal.oddities == {
        Oddity(GET_STATUS.name, "soc", "string"),
        Oddity(GET_STATUS.name, "chargingStatus", "string"),
        Oddity(GET_STATUS.name, "soc", "array"),
    }
    for secret in ("Liisankatu", "LIISANKATU", full_car.vin):
        assert secret not in caplog.text
        assert secret not in repr(client.journal.oddities)


async def test_a_journal_outlives_a_client(
    session: aiohttp.ClientSession,
    simulator: Simulator,
    full_car: Car,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was logged before a reload is not logged again."""
    full_car.status_override = {"range": "far"}
    journal = Journal()
    for _ in range(2):
        client = HivenClient(
            session,
            user_id=USER_ID,
            api_key=API_KEY,
            base_url=simulator.url,
            journal=journal,
        )
        assert client.journal is journal
        await client.status(FULL_ID)
    assert caplog.text.count("which this integration does not understand") == 1


async def test_the_last_refusals_are_kept(
    client: HivenClient,
    simulator: Simulator,
    monday_noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Ten of them; one that repeats is kept once, with the time of the last."""
    caplog.set_level(logging.DEBUG, "custom_components.hiven.api")
    for status in (*range(400, 411), 405):
        simulator.fail("GET", "*", status=status, body={"message": "no"})
        monday_noon.tick(60)
        with pytest.raises(HivenError):
            await client.vehicles()
    kept = client.journal.refusals
    assert [each.status for each in kept] == [401, 402, 403, 404, *range(406, 411), 405]
    assert {(each.endpoint, each.said) for each in kept} == {(VEHICLES.name, "no")}
    assert kept[-1].at == datetime(2026, 1, 12, 10, 12, tzinfo=UTC)
    assert f"{VEHICLES.name} answered 410: no" in caplog.text


async def test_none_yet_is_no_refusal(client: HivenClient, full_car: Car) -> None:
    """404 is how Hiven says that a car has no plan or preferences."""
    full_car.plugged_in = False
    full_car.preferences = None
    for endpoint in (GET_PREFERENCES, GET_SCHEDULE):
        assert await endpoint.call(client) is None
    assert client.journal.refusals == ()
    with pytest.raises(HivenError):
        await client.vehicle("car-unknown")
    assert [each.endpoint for each in client.journal.refusals] == [VEHICLE.name]


async def test_calls_of_the_last_day_are_counted(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    monday_noon: FrozenDateTimeFactory,
) -> None:
    """By endpoint, refused ones too; the oldest hour leaves as a whole."""
    await client.status(FULL_ID)
    monday_noon.tick(timedelta(minutes=59))
    simulator.fail("*", "*", status=500, times=1)
    with pytest.raises(HivenError):
        await client.vehicles()
    monday_noon.tick(timedelta(minutes=2))
    await client.status(FULL_ID)
    assert client.journal.calls() == {GET_STATUS.name: 2, VEHICLES.name: 1}
    now = monday_noon().replace(tzinfo=UTC).timestamp()
    assert client.journal.calls(now + 22 * 3600) == client.journal.calls()
    monday_noon.tick(timedelta(hours=23))
    assert client.journal.calls() == {GET_STATUS.name: 1}
    monday_noon.tick(timedelta(hours=1))
    assert client.journal.calls() == {}


async def test_an_identical_answer_is_not_parsed_again(
    client: HivenClient, simulator: Simulator, full_car: Car
) -> None:
    """The same bytes are the same object; for each car and filter its own."""
    simulator.redirect_uris.add(REDIRECT)
    full_car.plugged_in = False
    before = {endpoint: await endpoint.call(client) for endpoint in READS}
    for endpoint, value in before.items():
        if endpoint.path != "/v1/hiven/devices/smartcar/authorization-url":
            assert await endpoint.call(client) is value
    full_car.status_override = {"soc": 51}
    after = await client.status(FULL_ID)
    assert (after.soc, before[GET_STATUS].soc) == (51, 50)
    assert await client.status(FULL_ID) is after
    # The same bytes for another car are that car's.
    simulator.fail("GET", "/v2/hiven/devices/*", body={})
    simulator.fail("GET", "/v2/hiven/devices/car-*", body={"settings": {}})
    assert [(await client.vehicle(id_)).id for id_ in ("car-1", "car-2")] == [  # type: ignore[union-attr]
        *("car-1", "car-2"),
    ]
    simulator.fail("GET", CAPABILITIES, body=[])
    assert await client.supported_vehicles() == ()


async def test_an_answer_that_was_refused_is_read_again(
    wire: Wire, client: HivenClient
) -> None:
    """Only what was understood is kept."""
    status: Any = changed(await wire.answer(GET_STATUS), "soc")
    for _ in range(2):
        wire.simulator.fail("GET", GET_STATUS.path, body={"id": FULL_ID})
        with pytest.raises(HivenError, match="no telemetry"):
            await client.status(FULL_ID)
    wire.simulator.fail("GET", GET_STATUS.path, body=status)
    assert (await client.status(FULL_ID)).soc is None


async def test_answers_are_not_kept_without_end(
    client: HivenClient, simulator: Simulator
) -> None:
    """Those of cars that are no longer asked for leave."""
    simulator.fail("GET", "/v2/hiven/devices/*", body={"settings": {}})
    first = await client.vehicle("car-0")
    for number in range(1, 1000):
        await client.vehicle(f"car-{number}")
    assert await client.vehicle("car-0") is first
    await client.vehicle("car-1000")
    await client.vehicle("car-1001")
    assert await client.vehicle("car-0") is first
    second = await client.vehicle("car-1")
    assert await client.vehicle("car-1") is second
