"""The charging plan as a calendar."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
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

from custom_components.hiven.plan import windows
from simulator import Car, Simulator

from .actions import PLAN, SCHEDULE, SESSIONS, pass_time, shown
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
        ("16 12:00", "16 13:00", "Charging"),
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
    hass: HomeAssistant,
    simulator: Simulator,
    told: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The plan is told all the same; who asks for the past alone is told why not."""
    await start()
    failing = simulator.fail("GET", SESSIONS, status=500)
    for _ in range(2):
        found = await events(hass, "2026-03-16 00:00:00", "2026-03-18 00:00:00")
        assert [title for _, _, title in found] == ["Charging planned"] * 2
        with pytest.raises(HomeAssistantError, match="does not answer"):
            await events(hass, "2026-03-16 00:00:00", "2026-03-16 12:00:00")
        # Whoever asks again at once gets the same answer.
        assert failing.hits == 1
    assert caplog.text.count("Past charging of Family car cannot be read") == 1
    failing.stop()
    await pass_time(hass, freezer, minutes=2)
    found = await events(hass, "2026-03-16 00:00:00", "2026-03-16 08:00:00")
    assert [title for _, _, title in found] == ["Charged", "Charging interrupted"]


@pytest.mark.parametrize("answer", [{"status": 404}, {"body": b"null"}, {"body": []}])
async def test_no_sessions(
    hass: HomeAssistant,
    simulator: Simulator,
    told: Car,
    start: Start,
    answer: dict[str, Any],
) -> None:
    """However Hiven says it; it is no failure."""
    simulator.fail("GET", SESSIONS, **answer)
    await start()
    assert await events(hass, "2026-03-16 00:00:00", "2026-03-16 12:00:00") == []


async def test_a_bad_session_hides_no_other(
    hass: HomeAssistant, simulator: Simulator, told: Car, start: Start
) -> None:
    """It is left out; a sum that is off by a hair is none."""
    good = session(hours(h1=1.0000000000000002), "COMPLETE", None)
    bad = session(hours(h3=2), "COMPLETE", None)
    simulator.fail("GET", SESSIONS, body=[bad, good])
    await start()
    assert await events(hass, "2026-03-16 00:00:00", "2026-03-16 12:00:00") == [
        ("16 03:00", "16 04:00", "Charged")
    ]


async def test_a_session_under_way_without_its_plan(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """It is told up to now, and what the plan no longer holds of it, too."""
    freezer.tick(timedelta(minutes=30))
    running = session(hours(h10=1, h11=1, h12=1, h13=1), "ACTIVE", None)
    simulator.fail("GET", SESSIONS, body=[running])
    gone = simulator.fail("GET", SCHEDULE, status=404)
    await start()
    asked = ("2026-03-16 00:00:00", "2026-03-17 10:00:00")
    assert await events(hass, *asked) == [("16 12:00", "16 14:30", "Charging")]
    gone.stop()
    simulator.fail("GET", SCHEDULE, body=plan(hours(h12=1, h13=1)))
    await pass_time(hass, freezer, minutes=16)
    assert await events(hass, *asked) == [
        ("16 12:00", "16 14:00", "Charging"),
        ("16 14:00", "16 16:00", "Charging planned"),
    ]


@pytest.mark.parametrize(
    ("charges", "parts"),
    [
        # Clocks go back from 4 to 3 at 01:00 UTC.
        ({0: 1.0}, [("25 03:00", "25 03:59")]),
        ({0: 0.5, 1: 0.25}, [("25 03:30", "25 03:59"), ("25 03:00", "25 03:15")]),
        ({0: 1.0, 1: 1.0}, [("25 03:00", "25 03:59"), ("25 03:00", "25 04:00")]),
        ({-1: 1.0, 0: 1.0, 1: 1.0}, [("25 02:00", "25 04:00")]),
        ({1: 1.0}, [("25 03:00", "25 04:00")]),
    ],
)
async def test_the_hour_that_comes_twice(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    charges: dict[int, float],
    parts: list[tuple[str, str]],
) -> None:
    """Windows of that night are told, and the calendar is on from begin to end."""
    turn = datetime(2026, 10, 25, 1, tzinfo=UTC)
    freezer.move_to(turn - timedelta(hours=2, minutes=10))
    told = {
        (turn + timedelta(hours=hour - 1)).isoformat(): share
        for hour, share in charges.items()
    }
    simulator.fail("GET", SCHEDULE, body=plan(told))
    await start()
    found = await events(hass, "2026-10-25 00:00:00", "2026-10-25 12:00:00")
    assert [(begin, end) for begin, end, _ in found] == parts
    (window,) = windows({datetime.fromisoformat(hour): x for hour, x in told.items()})
    while dt_util.utcnow() < turn + timedelta(hours=2):
        now = dt_util.utcnow()
        if charges != {1: 1.0}:
            # Home Assistant takes the first of the two hours for the second there.
            is_on = window.start <= now < window.end
            assert shown(hass, PLAN) == ("on" if is_on else "off"), now
        await pass_time(hass, freezer, minutes=5)
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    ("event", "offset", "runs_at"),
    [
        ("start", "-0:15:0", (21, 45)),
        ("start", "0:0:0", (22, 0)),
        ("end", "-0:20:0", (23, 10)),
    ],
)
async def test_a_trigger(
    hass: HomeAssistant,
    simulator: Simulator,
    told: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    event: str,
    offset: str,
    runs_at: tuple[int, int],
) -> None:
    """An automation runs when the car charges, or some time before, and once.

    It needs the plan alone: not the past, which cannot be read here.
    """
    failing = simulator.fail("GET", SESSIONS, status=500)
    await start()
    ran = async_mock_service(hass, "test", "ran")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "trigger": {
                    "platform": "calendar",
                    "event": event,
                    "entity_id": PLAN,
                    "offset": offset,
                },
                "action": {
                    "action": "test.ran",
                    "data": {"title": "{{ trigger.calendar_event.summary }}"},
                },
            }
        },
    )
    await hass.async_block_till_done()
    hour, minute = runs_at
    # The window that runs now ends at 13.
    while dt_util.utcnow() < NOON.replace(hour=13, minute=5):
        await pass_time(hass, freezer, minutes=5, seconds=1)
    ran.clear()
    while dt_util.utcnow() < NOON.replace(hour=hour, minute=minute):
        assert not ran
        await pass_time(hass, freezer, minutes=5, seconds=1)
    await hass.async_block_till_done()
    assert [call.data["title"] for call in ran] == ["Charging planned"]
    for _ in range(6):
        await pass_time(hass, freezer, minutes=5, seconds=1)
    assert len(ran) == 1
    assert failing.hits == 0
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
