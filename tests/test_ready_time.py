"""When a car is next to be ready."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.hiven.api import Preferences
from custom_components.hiven.ready_time import next_ready_time
from simulator import Car, Simulator

from .actions import (
    NEXT_READY_TIME,
    READY_TIME,
    choose,
    pass_time,
    ready_time_of,
    set_time,
    shown,
)
from .platforms import HELSINKI, Start

KOLKATA = "Asia/Kolkata"
ADELAIDE = "Australia/Adelaide"


def moment(
    now: str,
    zone: str = HELSINKI,
    every_day: str | None = None,
    behavior: str = "SMART_CHARGE_ANYWHERE",
    **week: str,
) -> str | None:
    """Return the next moment in UTC for a moment in a zone; a suffix Z is UTC."""
    at = datetime.fromisoformat(now)
    zone_info = ZoneInfo(zone)
    preferences = Preferences(
        charging_behavior=behavior,
        ready_time=time.fromisoformat(every_day) if every_day else None,
        week_day_ready_times={
            day: time.fromisoformat(text) for day, text in week.items()
        },
    )
    ready = next_ready_time(
        preferences,
        at.astimezone(zone_info) if at.tzinfo else at.replace(tzinfo=zone_info),
    )
    return ready and ready.strftime("%a %d %b %H:%M %Z")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-12T06:59:59", "Mon 12 Jan 05:00 UTC"),
        ("2026-01-12T07:00:00", "Tue 13 Jan 05:00 UTC"),
        ("2026-01-12T12:00:00", "Tue 13 Jan 05:00 UTC"),
        ("2026-01-18T23:59:59", "Mon 19 Jan 05:00 UTC"),
        ("2026-12-31T12:00:00", "Fri 01 Jan 05:00 UTC"),
    ],
)
def test_every_day(now: str, expected: str) -> None:
    """Strictly after now."""
    assert moment(now, every_day="07:00") == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-11T23:59:59", "Sun 11 Jan 22:00 UTC"),
        ("2026-01-12T00:00:00", "Mon 12 Jan 22:00 UTC"),
    ],
)
def test_midnight(now: str, expected: str) -> None:
    """It begins the day it is a time of, in UTC another one."""
    assert moment(now, every_day="00:00") == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-12T04:00", "Mon 12 Jan 04:00 UTC"),
        # Its own time has passed: the every-day one is not this day's.
        ("2026-01-12T06:30", "Tue 13 Jan 05:00 UTC"),
        ("2026-01-17T07:30", "Sat 17 Jan 08:00 UTC"),
        ("2026-01-17T10:00", "Sun 18 Jan 05:00 UTC"),
    ],
)
def test_a_week_days_own_time_goes_first(now: str, expected: str) -> None:
    """Earlier or later than that of every day."""
    ready = moment(now, every_day="07:00", MONDAY="06:00", SATURDAY="10:00")
    assert ready == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-12T12:00", "Sun 18 Jan 16:00 UTC"),
        ("2026-01-18T17:59", "Sun 18 Jan 16:00 UTC"),
        ("2026-01-18T18:00", "Sun 25 Jan 16:00 UTC"),
        ("2026-01-18T23:59", "Sun 25 Jan 16:00 UTC"),
    ],
)
def test_a_single_week_day(now: str, expected: str) -> None:
    """A whole week may pass."""
    assert moment(now, SUNDAY="18:00") == expected


@pytest.mark.parametrize(
    ("now", "every_day", "expected"),
    [
        # Clocks skip from 03:00 to 04:00 on 29 March.
        ("2026-03-28T12:00", "07:00", "Sun 29 Mar 04:00 UTC"),
        ("2026-03-28T12:00", "02:59", "Sun 29 Mar 00:59 UTC"),
        ("2026-03-28T12:00", "03:30", "Sun 29 Mar 01:30 UTC"),
        ("2026-03-28T12:00", "04:00", "Sun 29 Mar 01:00 UTC"),
        ("2026-03-29T01:29:59Z", "03:30", "Sun 29 Mar 01:30 UTC"),
        ("2026-03-29T01:30:00Z", "03:30", "Mon 30 Mar 00:30 UTC"),
        # They go back from 04:00 to 03:00 on 25 October.
        ("2026-10-24T12:00", "07:00", "Sun 25 Oct 05:00 UTC"),
        ("2026-10-24T12:00", "03:30", "Sun 25 Oct 00:30 UTC"),
        ("2026-10-25T00:29:59Z", "03:30", "Sun 25 Oct 00:30 UTC"),
        ("2026-10-25T00:30:00Z", "03:30", "Mon 26 Oct 01:30 UTC"),
        ("2026-10-25T01:10:00Z", "03:30", "Mon 26 Oct 01:30 UTC"),
        ("2026-10-25T00:45:00Z", "04:00", "Sun 25 Oct 02:00 UTC"),
    ],
)
def test_clock_changes_in_helsinki(now: str, every_day: str, expected: str) -> None:
    """A time that is skipped moves on; of one that is there twice the first counts."""
    assert moment(now, every_day=every_day) == expected


@pytest.mark.parametrize(
    ("zone", "now", "every_day", "expected"),
    [
        (KOLKATA, "2026-01-12T12:00", "07:30", "Tue 13 Jan 02:00 UTC"),
        (KOLKATA, "2026-01-12T12:00", "05:29", "Mon 12 Jan 23:59 UTC"),
        (ADELAIDE, "2026-01-12T12:00", "07:00", "Mon 12 Jan 20:30 UTC"),
        (ADELAIDE, "2026-07-13T12:00", "07:00", "Mon 13 Jul 21:30 UTC"),
        (ADELAIDE, "2026-04-04T12:00", "02:30", "Sat 04 Apr 16:00 UTC"),
        (ADELAIDE, "2026-10-03T12:00", "02:30", "Sat 03 Oct 17:00 UTC"),
        ("Australia/Lord_Howe", "2026-10-03T12:00", "02:15", "Sat 03 Oct 15:45 UTC"),
        ("UTC", "2026-01-12T12:00", "12:01", "Mon 12 Jan 12:01 UTC"),
    ],
)
def test_other_zones(zone: str, now: str, every_day: str, expected: str) -> None:
    """Also those half an hour off, with and without clock changes."""
    assert moment(now, zone, every_day) == expected


def test_no_moment() -> None:
    """While it is off, and where no time is set; a day nobody knows is none."""
    now = "2026-01-12T12:00"
    assert moment(now, every_day="07:00", behavior="SMART_CHARGE_OFF") is None
    assert moment(now) is None
    assert moment(now, HOLIDAY="11:00") is None
    assert next_ready_time(None, datetime.now(ZoneInfo(HELSINKI))) is None


def test_a_behavior_nobody_knows_is_not_off() -> None:
    """Hiven may have more ways to charge smartly."""
    ready = moment("2026-01-12T12:00", every_day="07:00", behavior="SMART_SOLAR")
    assert ready == "Tue 13 Jan 05:00 UTC"


@pytest.fixture
async def early(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Two minutes before a car in Helsinki is to be ready on a Monday."""
    freezer.move_to("2026-01-12T04:58:00+00:00")
    await hass.config.async_set_time_zone(HELSINKI)


@pytest.mark.usefixtures("early")
async def test_the_sensor_moves_on_by_itself(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """At the moment, not at the next poll."""
    await start()
    requests = len(simulator.requests)
    await pass_time(hass, freezer, seconds=119)
    assert shown(hass, NEXT_READY_TIME) == "2026-01-12T05:00:00+00:00"
    await pass_time(hass, freezer, seconds=1)
    assert shown(hass, NEXT_READY_TIME) == "2026-01-13T05:00:00+00:00"
    assert len(simulator.requests) == requests


@pytest.mark.usefixtures("early")
async def test_the_sensor_moves_on_while_hiven_is_silent(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Day by day: it is a setting, no telemetry."""
    await start()
    simulator.fail("*", "*", status=503)
    for day in ("13", "14", "15"):
        await pass_time(hass, freezer, days=1)
        assert shown(hass, NEXT_READY_TIME) == f"2026-01-{day}T05:00:00+00:00"


@pytest.mark.usefixtures("early")
async def test_the_sensor_follows_the_settings(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """And moves on from where they put it."""
    await start()
    await choose(hass, "smart_charge_off")
    assert shown(hass, NEXT_READY_TIME) == STATE_UNKNOWN
    await choose(hass, "smart_charge_anywhere")
    assert shown(hass, NEXT_READY_TIME) == "2026-01-12T05:00:00+00:00"
    await set_time(hass, ready_time_of("monday"), "06:59:00")
    assert shown(hass, NEXT_READY_TIME) == "2026-01-12T04:59:00+00:00"
    await set_time(hass, READY_TIME, "08:00:00")
    await pass_time(hass, freezer, minutes=1)
    assert shown(hass, NEXT_READY_TIME) == "2026-01-13T06:00:00+00:00"
