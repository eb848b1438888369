"""What the client remembers: odd fields, refusals, calls and answers."""

from datetime import UTC, datetime, timedelta
import logging

import pytest

from custom_components.hiven.api import Oddity

from . import endpoints as at
from .cars import FULL_ID
from .wire import Wire

STATUS = at.GET_STATUS.name


async def test_an_oddity_is_noted(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    for soc in ("Liisankatu", "other", [wire.car.vin]):
        wire.car.status_override = {"soc": soc, "chargingStatus": "Liisankatu"}
        client = wire.new_client(journal=wire.client.journal)
        assert client.journal is wire.client.journal
        await client.status(FULL_ID)
    warnings = [r for r in caplog.records if r.levelno >= logging.WARNING]
    odd = [("soc", "string"), ("chargingStatus", "string"), ("soc", "array")]
    assert [warning.getMessage() for warning in warnings] == [
        f"Hiven sent {STATUS}: {field} as {found}, "
        "which this integration does not understand"
        for field, found in odd
    ]
    assert {warning.name for warning in warnings} == {"custom_components.hiven.api"}
    assert wire.client.journal.oddities == {Oddity(STATUS, *each) for each in odd}


async def test_the_last_refusals(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    """The journal keeps ten. A repeated refusal is kept once, with its last time."""
    caplog.set_level(logging.DEBUG, "custom_components.hiven.api")
    for status in (*range(400, 411), 405):
        wire.simulator.fail("GET", "*", status=status, body={"message": "no"})
        wire.freezer.tick(60)
        await wire.failure()
    kept = wire.client.journal.refusals
    assert [each.status for each in kept] == [401, 402, 403, 404, *range(406, 411), 405]
    assert {(each.endpoint, each.said) for each in kept} == {(at.VEHICLES.name, "no")}
    assert kept[-1].at == datetime(2026, 1, 12, 10, 12, tzinfo=UTC)
    assert f"{at.VEHICLES.name} answered 410: no" in caplog.text


async def test_refusals_name_no_car_and_no_place(wire: Wire) -> None:
    """The caller may see the names, but they are masked in the journal."""
    await wire.client.vehicles()
    await wire.client.locations()
    said = "Family car at Liisankatu 21, Home is busy"
    wire.simulator.fail("GET", "*", status=409, body={"message": said})
    assert (await wire.failure()).said == said
    (noted,) = wire.client.journal.refusals
    assert noted.said == "*** at ***, *** is busy"


async def test_calls_of_the_last_day_are_counted(wire: Wire) -> None:
    """Refused calls count too. Calls are dropped by the hour."""
    await wire.client.status(FULL_ID)
    wire.freezer.tick(timedelta(minutes=59))
    wire.simulator.fail("*", "*", status=500, times=1)
    await wire.failure()
    wire.freezer.tick(timedelta(minutes=2))
    await wire.client.status(FULL_ID)
    calls = wire.client.journal.calls
    assert calls() == {STATUS: 2, at.VEHICLES.name: 1}
    wire.freezer.tick(timedelta(hours=22, minutes=58))
    assert calls() == {STATUS: 2, at.VEHICLES.name: 1}
    wire.freezer.tick(timedelta(minutes=2))
    assert calls() == {STATUS: 1}
    await wire.client.status(FULL_ID)
    wire.freezer.tick(timedelta(hours=1))
    assert calls() == {STATUS: 1}


async def test_an_identical_answer_is_not_parsed_again(wire: Wire) -> None:
    """The same bytes return the same object, separately for each vehicle."""
    wire.car.plugged_in = False
    before = {endpoint: await endpoint.call(wire.client) for endpoint in at.READS}
    del before[at.GET_AUTHORIZATION_URL]
    for endpoint, value in before.items():
        assert await endpoint.call(wire.client) is value
    wire.car.status_override = {"soc": 51}
    after = await wire.client.status(FULL_ID)
    assert (after.soc, before[at.GET_STATUS].soc) == (51, 50)
    assert await wire.client.status(FULL_ID) is after
    wire.simulator.fail("GET", f"{at.LIST}/car-*", body={"settings": {}})
    for id_ in ("car-1", "car-2"):
        vehicle = await wire.client.vehicle(id_)
        assert vehicle is not None
        assert vehicle.id == id_


async def test_an_answer_that_was_refused_is_read_again(wire: Wire) -> None:
    await wire.client.status(FULL_ID)
    wire.simulator.fail("GET", at.GET_STATUS.path, body={"id": FULL_ID})
    for _ in range(2):
        assert "no telemetry" in str(await wire.failure(at.GET_STATUS))


async def test_answers_are_not_kept_without_end(wire: Wire) -> None:
    wire.simulator.fail("GET", f"{at.LIST}/car-*", body={"settings": {}})
    first, second, *_ = [await wire.client.vehicle(f"car-{n}") for n in range(1000)]
    assert await wire.client.vehicle("car-0") is first
    await wire.client.vehicle("car-1000")
    assert await wire.client.vehicle("car-0") is first
    assert await wire.client.vehicle("car-1") is not second
