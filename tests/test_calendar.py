"""The charging plan as a calendar."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from simulator import Car, Simulator

from .actions import PLAN, SCHEDULE, SESSIONS, pass_time
from .test_plan import NOON, hours, plan

type Start = Callable[[], Awaitable[MockConfigEntry]]


def session(
    charges: dict[str, float], status: str, ended: str | None
) -> dict[str, Any]:
    """Return a session as Hiven answers it."""
    return {**plan(charges), "status": status, "endDateTime": ended}


@pytest.fixture(autouse=True)
async def _helsinki(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Live in Helsinki, at 14 o'clock."""
    await hass.config.async_set_time_zone("Europe/Helsinki")
    freezer.move_to(NOON)


@pytest.fixture
def told(simulator: Simulator, car: Car) -> Car:
    """Have Hiven tell a certain plan and past of the car."""
    simulator.fail("GET", SCHEDULE, body=plan(hours(h11=1, h12=1, h22=1, h23=0.5)))
    simulator.fail(
        "GET",
        SESSIONS,
        body=[
            session(hours(h1=1, h2=1), "COMPLETE", "2026-03-16T02:30:00Z"),
            session(hours(h5=1), "INTERRUPTED", "2026-03-16T05:10:00Z"),
            session(hours(h8=0.5), "PAUSED", None),
            session(hours(h10=1, h11=1, h12=1, h22=1), "ACTIVE", None),
            session(hours(h9=1), "COMPLETE", "2026-03-16T08:00:00Z"),
        ],
    )
    return car


async def events(
    hass: HomeAssistant, start: str, end: str
) -> list[tuple[str, str, str]]:
    """Return the events of a period: local start and end, and the title."""
    response: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": PLAN, "start_date_time": start, "end_date_time": end},
        blocking=True,
        return_response=True,
    )
    return [
        (
            f"{datetime.fromisoformat(event['start']):%d %H:%M}",
            f"{datetime.fromisoformat(event['end']):%d %H:%M}",
            event["summary"],
        )
        for event in response[PLAN]["events"]
    ]


async def test_past_and_future(
    hass: HomeAssistant, simulator: Simulator, told: Car, start: Start
) -> None:
    """Sessions with how they ended, then the plan; the running window once."""
    await start()
    assert await events(hass, "2026-03-16 00:00:00", "2026-03-18 00:00:00") == [
        ("16 03:00", "16 04:30", "Charged"),
        ("16 07:00", "16 07:10", "Charging interrupted"),
        ("16 10:00", "16 10:30", "Charged or interrupted"),
        ("16 13:00", "16 15:00", "Charging planned"),
        ("17 00:00", "17 01:30", "Charging planned"),
    ]


async def test_what_a_person_reads(
    hass: HomeAssistant, told: Car, start: Start
) -> None:
    """Title and description of the window that runs."""
    await start()
    state = hass.states.get(PLAN)
    assert state is not None
    assert state.state == "on"
    assert state.attributes["message"] == "Charging planned"
    assert state.attributes["start_time"] == "2026-03-16 13:00:00"
    assert state.attributes["description"] == (
        "Ready by: 2026-03-17 07:00\nSpot price area: FI"
    )


async def test_the_future_needs_no_sessions(
    hass: HomeAssistant, simulator: Simulator, told: Car, start: Start
) -> None:
    """They are read for time already past only."""
    await start()
    found = await events(hass, "2026-03-16 14:00:00", "2026-03-17 00:30:00")
    assert len(found) == 2
    assert simulator.count("GET", SESSIONS) == 0


async def test_sessions_are_kept_for_a_quarter_of_an_hour(
    hass: HomeAssistant,
    simulator: Simulator,
    told: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """However often somebody asks."""
    await start()
    for minutes, expected in ((0, 1), (14, 1), (2, 2)):
        await pass_time(hass, freezer, minutes=minutes)
        await events(hass, "2026-03-16 00:00:00", "2026-03-16 14:00:00")
        assert simulator.count("GET", SESSIONS) == expected


async def test_sessions_that_cannot_be_read(
    hass: HomeAssistant, simulator: Simulator, told: Car, start: Start
) -> None:
    """Whoever asks is told."""
    await start()
    simulator.fail("GET", SESSIONS, status=500)
    with pytest.raises(HomeAssistantError, match="does not answer"):
        await events(hass, "2026-03-16 00:00:00", "2026-03-18 00:00:00")


async def test_a_trigger_with_an_offset(
    hass: HomeAssistant,
    simulator: Simulator,
    told: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """An automation runs a quarter of an hour before the car charges, once."""
    await start()
    ran = async_mock_service(hass, "test", "ran")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "trigger": {
                    "platform": "calendar",
                    "event": "start",
                    "entity_id": PLAN,
                    "offset": "-0:15:0",
                },
                "action": {
                    "action": "test.ran",
                    "data": {"title": "{{ trigger.calendar_event.summary }}"},
                },
            }
        },
    )
    await hass.async_block_till_done()
    while dt_util.utcnow() < NOON.replace(hour=21, minute=40):
        await pass_time(hass, freezer, minutes=10)
    assert not ran
    await pass_time(hass, freezer, minutes=6)
    assert [call.data["title"] for call in ran] == ["Charging planned"]
    for _ in range(6):
        await pass_time(hass, freezer, minutes=10)
    assert len(ran) == 1
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )


async def test_the_simulator_plans_and_charges(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A night with the simulator's own plan: what was planned is what was charged."""
    car.soc = 60.0
    car.plug_in()
    await start()
    planned = await events(hass, "2026-03-16 14:00:00", "2026-03-17 12:00:00")
    assert planned
    while dt_util.utcnow() < NOON.replace(day=17, hour=6):
        await pass_time(hass, freezer, minutes=15)
    done = await events(hass, "2026-03-16 14:00:00", "2026-03-17 08:00:00")
    assert [(begin, end) for begin, end, _ in done] == [
        (begin, end) for begin, end, _ in planned
    ]
    assert {title for _, _, title in done} == {"Charged"}
