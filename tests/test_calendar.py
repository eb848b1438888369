"""The charging plan as a calendar."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.hiven.plan import windows

from .actions import NEXT_END, NEXT_START, PLAN, SCHEDULE, SESSIONS
from .home import HELSINKI, NOON, Home, error_of
from .plans import hours, plan

TODAY = ("2026-03-16 00:00:00", "2026-03-18 00:00:00")
MORNING = ("2026-03-16 00:00:00", "2026-03-16 12:00:00")


def session(
    charges: dict[str, float], status: str, ended: str | None = None
) -> dict[str, Any]:
    return plan(charges, status=status, endDateTime=ended)


@pytest.fixture
async def home(home: Home) -> Home:
    """Return a home in Helsinki, where it is 14:00."""
    await home.hass.config.async_set_time_zone(HELSINKI)
    return home


@pytest.fixture
async def planned(home: Home) -> Home:
    charges = hours(h11=1, h12=1, h22=1, h23=0.5)
    home.simulator.fail("GET", SCHEDULE, body=plan(charges))
    past = [
        session(hours(h1=1, h2=1), "COMPLETE", "2026-03-16T02:30:00Z"),
        session(hours(h5=1), "INTERRUPTED", "2026-03-16T05:10:00Z"),
        session(hours(h8=0.5), "PAUSED"),
        session(hours(h10=1, h11=1, h12=1, h22=1), "ACTIVE"),
        session(hours(h9=1), "COMPLETE", "2026-03-16T08:00:00Z"),
    ]
    home.simulator.fail("GET", SESSIONS, body=past)
    await home.start()
    return home


async def events(home: Home, start: str, end: str) -> list[tuple[str, str, str]]:
    """Return the local start, local end and title of each event in a period."""
    period = {"start_date_time": start, "end_date_time": end}
    response = await home.ask("calendar.get_events", entity_id=PLAN, **period)
    return [
        (
            f"{datetime.fromisoformat(event['start']):%d %H:%M}",
            f"{datetime.fromisoformat(event['end']):%d %H:%M}",
            event["summary"].partition("Family car: ")[2],
        )
        for event in response[PLAN]["events"]
    ]


async def test_past_and_future(planned: Home) -> None:
    assert await events(planned, *TODAY) == [
        ("16 03:00", "16 04:30", "Charged"),
        ("16 07:00", "16 07:10", "Charging interrupted"),
        # The car charged for half of this hour. Which half is unknown.
        ("16 10:00", "16 11:00", "Charged or interrupted"),
        ("16 12:00", "16 13:00", "Charged"),
        ("16 13:00", "16 15:00", "Charging planned"),
        ("17 00:00", "17 01:30", "Charging planned"),
    ]
    state = planned.state(PLAN)
    assert state.state == "on"
    assert state.attributes["message"] == "Family car: Charging planned"
    assert state.attributes["start_time"] == "2026-03-16 13:00:00"
    assert state.attributes["description"] == "Ready by 07:00. The prices of FI apply."


async def test_a_part_of_an_hour(home: Home) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h12=0.5)))
    await home.start()
    said = home.state(PLAN).attributes["description"]
    assert said.startswith("Charges for about 30 minutes")
    home.car.status_override = {"chargingStatus": "CHARGING"}
    await home.poll()
    assert home.shown(NEXT_END) == "2026-03-16T12:35:00+00:00"


async def test_the_future_needs_no_sessions(planned: Home) -> None:
    found = await events(planned, "2026-03-16 14:00:00", "2026-03-17 00:30:00")
    assert len(found) == 2
    # A period does not include its end.
    assert await events(planned, "2026-03-16 15:00:00", "2026-03-17 00:00:00") == []
    # Calendar triggers ask from a moment ago.
    for since, asked in (("13:59:00", 0), ("13:58:59", 1)):
        await events(planned, f"2026-03-16 {since}", "2026-03-17 00:00:00")
        assert planned.simulator.count("GET", SESSIONS) == asked


@pytest.mark.parametrize(("at", "title", "start"), [
    ("11:00", "Charging planned", "2026-03-16T12:00:00+00:00"),
    ("12:00", "Charging", "unknown"),
])  # fmt: skip
async def test_on_the_hour(home: Home, at: str, title: str, start: str) -> None:
    """A window that ends now is over. One that begins now is under way."""
    home.freezer.move_to(f"2026-03-16T{at}:00Z")
    charges = hours(h10=1, h12=1)
    home.simulator.fail("GET", SCHEDULE, body=plan(charges))
    home.simulator.fail("GET", SESSIONS, body=[session(charges, "ACTIVE")])
    home.car.status_override = {"chargingStatus": "CHARGING"}
    await home.start()
    past, now = await events(home, *TODAY)
    assert past == ("16 12:00", "16 13:00", "Charged")
    assert now == ("16 14:00", "16 15:00", title)
    assert home.shown(NEXT_START) == start


async def test_sessions_are_kept_for_15_minutes(planned: Home) -> None:
    for minutes, expected in ((0, 1), (14, 1), (1, 2)):
        await planned.pass_time(minutes=minutes)
        await asyncio.gather(*(events(planned, *MORNING) for _ in range(2)))
        assert planned.simulator.count("GET", SESSIONS) == expected


@pytest.mark.parametrize(("status", "headers", "minutes"), [
    (500, {}, 1), (401, {}, 1), (429, {"Retry-After": "600"}, 10), (429, {}, 5),
])  # fmt: skip
async def test_sessions_that_cannot_be_read(
    planned: Home, status: int, headers: dict[str, str], minutes: int
) -> None:
    """The plan is still shown, but a request for the past alone fails."""
    failing = planned.simulator.fail("GET", SESSIONS, status=status, headers=headers)
    for _ in range(2):
        found = await events(planned, *TODAY)
        assert [title for _, _, title in found] == ["Charging planned"] * 2
        # The period ends right now.
        await error_of(events(planned, "2026-03-16 00:00:00", "2026-03-16 14:00:00"))
        # The failure is kept for a while.
        assert failing.hits == 1
        await planned.pass_time(minutes=minutes - 0.5)
    await error_of(events(planned, *MORNING))
    assert failing.hits == 2
    # Repeated failures are logged once.
    (line,) = planned.log
    assert line.startswith("Past charging of Family car cannot be read")
    assert planned.reauths == 0
    failing.stop()
    # Without a Retry-After the second wait is twice as long.
    await planned.pass_time(minutes=2 * minutes)
    found = await events(planned, "2026-03-16 00:00:00", "2026-03-16 08:00:00")
    assert [title for _, _, title in found] == ["Charged", "Charging interrupted"]


@pytest.mark.parametrize("answer", [{"status": 404}, {"body": b"null"}, {"body": []}])
async def test_no_sessions(planned: Home, answer: dict[str, Any]) -> None:
    planned.simulator.fail("GET", SESSIONS, **answer)
    assert await events(planned, *MORNING) == []


async def test_a_bad_session_hides_no_other(planned: Home) -> None:
    """An invalid session is left out. A rounding error does not make it invalid."""
    good = session(hours(h1=1.0000000000000002), "COMPLETE")
    bad = session(hours(h3=2), "COMPLETE")
    planned.simulator.fail("GET", SESSIONS, body=[bad, good])
    assert await events(planned, *MORNING) == [("16 03:00", "16 04:00", "Charged")]


async def test_a_session_under_way_without_its_plan(home: Home) -> None:
    """It is shown up to now, including parts that the plan no longer has."""
    home.freezer.tick(timedelta(minutes=30))
    running = session(hours(h7=1, h10=1, h11=1, h12=1, h13=1), "ACTIVE")
    home.simulator.fail("GET", SESSIONS, body=[running])
    gone = home.simulator.fail("GET", SCHEDULE, status=404)
    await home.start()
    asked = ("2026-03-16 00:00:00", "2026-03-17 10:00:00")
    over = ("16 09:00", "16 10:00", "Charged")
    for status, end, title in (
        ("PLUGGED", "16 14:35", "Charged or interrupted"),
        ("CHARGING", "16 14:40", "Charging"),
    ):
        home.car.status_override = {"chargingStatus": status}
        await home.poll()
        assert await events(home, *asked) == [over, ("16 12:00", end, title)]
    gone.stop()
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h12=1, h13=1)))
    await home.pass_time(minutes=16)
    assert await events(home, *asked) == [
        over, ("16 12:00", "16 14:00", "Charged"), ("16 14:00", "16 16:00", "Charging"),
    ]  # fmt: skip


@pytest.mark.parametrize(("charges", "parts"), [
    # The clocks go back from 4:00 to 3:00 at 01:00 UTC.
    ({0: 1.0}, [("25 03:00", "25 03:59")]),
    ({0: 0.5, 1: 0.25}, [("25 03:30", "25 03:59"), ("25 03:00", "25 03:15")]),
    ({0: 1.0, 1: 1.0}, [("25 03:00", "25 03:59"), ("25 03:00", "25 04:00")]),
    ({-1: 1.0, 0: 1.0, 1: 1.0}, [("25 02:00", "25 04:00")]),
    ({1: 1.0}, [("25 03:00", "25 04:00")]),
])  # fmt: skip
async def test_the_hour_that_comes_twice(
    home: Home, charges: dict[int, float], parts: list[tuple[str, str]]
) -> None:
    """All windows of that night are shown, and the calendar is on during each."""
    turn = datetime(2026, 10, 25, 1, tzinfo=UTC)
    home.freezer.move_to(turn - timedelta(hours=2, minutes=10))
    shares = {turn + timedelta(hours=hour - 1): x for hour, x in charges.items()}
    body = plan({hour.isoformat(): share for hour, share in shares.items()})
    home.simulator.fail("GET", SCHEDULE, body=body)
    await home.start()
    found = await events(home, "2026-10-25 00:00:00", "2026-10-25 12:00:00")
    assert [(begin, end) for begin, end, _ in found] == parts
    (window,) = windows(shares)
    while dt_util.utcnow() < turn + timedelta(hours=2):
        now = dt_util.utcnow()
        if charges != {1: 1.0}:
            # Home Assistant takes the first of these hours for the second.
            is_on = window.start <= now < window.end
            assert home.shown(PLAN) == ("on" if is_on else "off"), now
        await home.pass_time(minutes=5)
    home.check_quiet()


@pytest.mark.parametrize(("event", "offset", "runs_at"), [
    ("start", "-0:15:0", (21, 45)),
    ("start", "0:0:0", (22, 0)),
    ("end", "-0:20:0", (23, 10)),
])  # fmt: skip
async def test_a_trigger(
    planned: Home, event: str, offset: str, runs_at: tuple[int, int]
) -> None:
    """An automation runs once, at the start or end of charging or some time before.

    The trigger needs only the plan, not the past, which cannot be read here.
    """
    failing = planned.simulator.fail("GET", SESSIONS, status=500)
    ran = async_mock_service(planned.hass, "test", "ran")
    trigger = {"trigger": "calendar", "event": event, "entity_id": PLAN}
    title = {"title": "{{ trigger.calendar_event.summary }}"}
    automation = {
        "triggers": [trigger | {"offset": offset}],
        "actions": [{"action": "test.ran", "data": title}],
    }
    assert await async_setup_component(
        planned.hass, "automation", {"automation": automation}
    )
    await planned.hass.async_block_till_done()
    hour, minute = runs_at
    # The current window ends at 13:00.
    while dt_util.utcnow() < NOON.replace(hour=13, minute=5):
        await planned.poll()
    ran.clear()
    while dt_util.utcnow() < NOON.replace(hour=hour, minute=minute):
        assert not ran
        await planned.poll()
    await planned.hass.async_block_till_done()
    assert [call.data["title"] for call in ran] == ["Family car: Charging planned"]
    await planned.poll(6)
    assert len(ran) == 1
    assert failing.hits == 0
    await planned.act("automation.turn_off", entity_id="all")


async def test_the_simulator_plans_and_charges(home: Home) -> None:
    home.car.soc = 60.0
    home.car.plug_in()
    await home.start()
    planned = await events(home, "2026-03-16 14:00:00", "2026-03-17 12:00:00")
    assert planned
    while dt_util.utcnow() < NOON.replace(day=17, hour=6):
        await home.pass_time(minutes=15)
    done = await events(home, "2026-03-16 14:00:00", "2026-03-17 08:00:00")
    assert len(done) == len(planned) > 0
    for one, other in zip(done, planned, strict=True):
        assert other[0] <= one[0] < one[1] <= other[1]
        assert one[2] == "Charged"
