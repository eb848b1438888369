"""The next ready time of a car."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from homeassistant.const import STATE_UNKNOWN
import pytest

from custom_components.hiven.api import Preferences
from custom_components.hiven.ready_time import next_ready_time

from .actions import NEXT_READY_TIME, READY_TIME, ready_time_of
from .home import HELSINKI, Home

KOLKATA = "Asia/Kolkata"
ADELAIDE = "Australia/Adelaide"


def moment(
    now: str,
    zone: str = HELSINKI,
    every_day: str | None = None,
    behavior: str = "SMART_CHARGE_ANYWHERE",
    **week: str,
) -> str | None:
    """Return the next ready time after a local time, or after a UTC time with Z."""
    at = datetime.fromisoformat(now)
    zone_info = ZoneInfo(zone)
    preferences = Preferences(
        charging_behavior=behavior,
        ready_time=time.fromisoformat(every_day) if every_day else None,
        week_day_ready_times={day: time.fromisoformat(x) for day, x in week.items()},
    )
    local = at.astimezone(zone_info) if at.tzinfo else at.replace(tzinfo=zone_info)
    ready = next_ready_time(preferences, local)
    return f"{ready:%a %d %b %H:%M %Z}" if ready else None


WEEKEND_LATER = {"every_day": "07:00", "MONDAY": "06:00", "SATURDAY": "10:00"}
SUNDAY_ONLY = {"SUNDAY": "18:00"}


@pytest.mark.parametrize(("zone", "now", "times", "expected"), [
    # The next time is after now, not equal.
    (HELSINKI, "2026-01-12T06:59:59", "07:00", "Mon 12 Jan 05:00 UTC"),
    (HELSINKI, "2026-01-12T07:00:00", "07:00", "Tue 13 Jan 05:00 UTC"),
    (HELSINKI, "2026-12-31T12:00:00", "07:00", "Fri 01 Jan 05:00 UTC"),
    # Midnight begins its day, which is another day in UTC.
    (HELSINKI, "2026-01-11T23:59:59", "00:00", "Sun 11 Jan 22:00 UTC"),
    (HELSINKI, "2026-01-12T00:00:00", "00:00", "Mon 12 Jan 22:00 UTC"),
    # Clocks skip from 03:00 to 04:00 on 29 March, and a skipped time is moved.
    (HELSINKI, "2026-03-28T12:00", "07:00", "Sun 29 Mar 04:00 UTC"),
    (HELSINKI, "2026-03-28T12:00", "03:30", "Sun 29 Mar 01:30 UTC"),
    (HELSINKI, "2026-03-28T12:00", "04:00", "Sun 29 Mar 01:00 UTC"),
    (HELSINKI, "2026-03-29T01:29:59Z", "03:30", "Sun 29 Mar 01:30 UTC"),
    (HELSINKI, "2026-03-29T01:30:00Z", "03:30", "Mon 30 Mar 00:30 UTC"),
    # Clocks go back from 04:00 to 03:00 on 25 October, and the first time counts.
    (HELSINKI, "2026-10-24T12:00", "07:00", "Sun 25 Oct 05:00 UTC"),
    (HELSINKI, "2026-10-24T12:00", "03:30", "Sun 25 Oct 00:30 UTC"),
    (HELSINKI, "2026-10-25T00:29:59Z", "03:30", "Sun 25 Oct 00:30 UTC"),
    (HELSINKI, "2026-10-25T00:30:00Z", "03:30", "Mon 26 Oct 01:30 UTC"),
    (HELSINKI, "2026-10-25T00:45:00Z", "04:00", "Sun 25 Oct 02:00 UTC"),
    # Zones half an hour off, with and without clock changes.
    (KOLKATA, "2026-01-12T12:00", "07:30", "Tue 13 Jan 02:00 UTC"),
    (KOLKATA, "2026-01-12T12:00", "05:29", "Mon 12 Jan 23:59 UTC"),
    (ADELAIDE, "2026-01-12T12:00", "07:00", "Mon 12 Jan 20:30 UTC"),
    (ADELAIDE, "2026-04-04T12:00", "02:30", "Sat 04 Apr 16:00 UTC"),
    (ADELAIDE, "2026-10-03T12:00", "02:30", "Sat 03 Oct 17:00 UTC"),
    ("Australia/Lord_Howe", "2026-10-03T12:00", "02:15", "Sat 03 Oct 15:45 UTC"),
    ("US/Pacific", "2026-01-11T20:00", "21:00", "Mon 12 Jan 05:00 UTC"),
    # Some days have a time of their own.
    (HELSINKI, "2026-01-12T04:00", WEEKEND_LATER, "Mon 12 Jan 04:00 UTC"),
    # Monday's own time has passed, and replaces the every-day time.
    (HELSINKI, "2026-01-12T06:30", WEEKEND_LATER, "Tue 13 Jan 05:00 UTC"),
    (HELSINKI, "2026-01-17T07:30", WEEKEND_LATER, "Sat 17 Jan 08:00 UTC"),
    (HELSINKI, "2026-01-17T10:00", WEEKEND_LATER, "Sun 18 Jan 05:00 UTC"),
    (HELSINKI, "2026-01-18T23:59", WEEKEND_LATER, "Mon 19 Jan 04:00 UTC"),
    # A whole week may pass.
    (HELSINKI, "2026-01-18T17:59", SUNDAY_ONLY, "Sun 18 Jan 16:00 UTC"),
    (HELSINKI, "2026-01-18T18:00", SUNDAY_ONLY, "Sun 25 Jan 16:00 UTC"),
])  # fmt: skip
def test_moments(
    zone: str, now: str, times: str | dict[str, str], expected: str
) -> None:
    """The times are one for every day, or one for some days."""
    each = {"every_day": times} if isinstance(times, str) else times
    assert moment(now, zone, **each) == expected


def test_no_moment() -> None:
    now = "2026-01-12T12:00"
    assert moment(now, every_day="07:00", behavior="SMART_CHARGE_OFF") is None
    assert moment(now) is None
    assert moment(now, HOLIDAY="11:00") is None
    assert next_ready_time(None, datetime.now(ZoneInfo(HELSINKI))) is None
    ready = moment(now, every_day="07:00", behavior="SMART_SOLAR")
    assert ready == "Tue 13 Jan 05:00 UTC"


@pytest.fixture
async def home(home: Home) -> Home:
    """Start two minutes before the ready time, on a Monday in Helsinki."""
    home.freezer.move_to("2026-01-12T04:58:00+00:00")
    await home.hass.config.async_set_time_zone(HELSINKI)
    await home.start()
    return home


async def test_the_sensor_moves_on_by_itself(home: Home) -> None:
    requests = len(home.simulator.requests)
    await home.pass_time(seconds=119)
    assert home.shown(NEXT_READY_TIME) == "2026-01-12T05:00:00+00:00"
    await home.pass_time(seconds=1)
    assert home.shown(NEXT_READY_TIME) == "2026-01-13T05:00:00+00:00"
    assert len(home.simulator.requests) == requests
    home.simulator.fail("*", "*", status=503)
    for day in ("14", "15"):
        await home.pass_time(days=1)
        assert home.shown(NEXT_READY_TIME) == f"2026-01-{day}T05:00:00+00:00"


async def test_the_sensor_follows_the_settings(home: Home) -> None:
    await home.choose("smart_charge_off")
    assert home.shown(NEXT_READY_TIME) == STATE_UNKNOWN
    await home.choose("smart_charge_anywhere")
    assert home.shown(NEXT_READY_TIME) == "2026-01-12T05:00:00+00:00"
    await home.set_time(ready_time_of("monday"), "06:59:00")
    assert home.shown(NEXT_READY_TIME) == "2026-01-12T04:59:00+00:00"
    await home.set_time(READY_TIME, "08:00:00")
    await home.pass_time(minutes=1)
    assert home.shown(NEXT_READY_TIME) == "2026-01-13T06:00:00+00:00"
