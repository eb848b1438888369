"""When the telemetry of a car is read: rarely in vain, and soon after a report."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import accumulate, cycle

from homeassistant.util import dt as dt_util
import pytest

from .actions import LIST, SCHEDULE, STATE_OF_CHARGE, STATUS, TARGET
from .home import NOON, Home
from .plans import hours, plan

type Stamp = Callable[[datetime], datetime | None]

STATUS_OF_ONE = STATUS.replace("*", "car-1")
CHARGING_STATUS = "sensor.family_car_charging_status"

# The minutes between reports.
HALF_HOURLY = (30,)
ABOUT_HALF_HOURLY = (27, 33, 30, 28, 32, 31, 29)
OUT_OF_TURN = (30, 30, 30, 30, 30, 7, 52, 30, 18)
RANDOM = (16, 71, 17, 33, 118, 22, 19, 47)


# The timestamps that the car reports.
CLOCKS: dict[str, Stamp] = {
    "right": lambda now: now,
    "fast": lambda now: now + timedelta(hours=7),
    "slow": lambda now: now - timedelta(hours=7),
    "stands still": lambda now: NOON,
    "none": lambda now: None,
    "backwards": lambda now: NOON - (now - NOON),
    "now and then": lambda now: now + timedelta(days=now.hour % 2),
}


class Reports:
    """A car that reports when a test says so."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.delays: list[int] = []
        home.simulator.telemetry_interval = timedelta(days=100)

    def report(self, stamp: datetime | None) -> None:
        self.home.car.soc = 41 + (self.home.car.soc - 40) % 50
        self.home.car.status_override = {"timestamp": stamp and stamp.isoformat()}

    async def live(
        self, minutes: int, gaps: tuple[int, ...], stamp: Stamp = lambda now: now
    ) -> None:
        """Let the car report after each gap, and count minutes until that is shown."""
        moments = accumulate(cycle(gaps))
        due, since = next(moments), None
        self.delays = []
        self.home.simulator.forget()
        for minute in range(1, minutes + 1):
            # A report comes some seconds before the clock moves.
            if minute >= due:
                assert since is None, f"not shown after {minute - (since or 0)} minutes"
                self.report(stamp(dt_util.utcnow() + timedelta(seconds=40)))
                due, since = next(moments), minute
            await self.home.pass_time(minutes=1)
            if since is not None and self.is_shown:
                self.delays.append(minute - since)
                since = None

    @property
    def is_shown(self) -> bool:
        return float(self.home.shown(STATE_OF_CHARGE)) == self.home.car.soc

    @property
    def asked(self) -> int:
        return self.home.simulator.count("GET", STATUS_OF_ONE)


@pytest.fixture
async def reports(home: Home) -> Reports:
    """Start with a parked car whose rhythm is unknown."""
    reports = Reports(home)
    reports.report(NOON)
    await home.start()
    return reports


@pytest.mark.parametrize("minutes", [None, 10, 60])
async def test_a_rhythm_that_is_not_known(
    home: Home, reports: Reports, minutes: int | None
) -> None:
    if minutes is not None:
        home.hass.config_entries.async_update_entry(
            home.entry, options={"scan_interval": minutes}
        )
        await home.reload()
    home.simulator.forget()
    await home.poll(120, after=60)
    assert reports.asked == home.polls == 120 // (minutes or 5)


async def test_a_report_every_30_minutes(home: Home, reports: Reports) -> None:
    await reports.live(180, HALF_HOURLY)
    await reports.live(300, HALF_HOURLY)
    assert max(reports.delays) <= 1
    assert len(reports.delays) == 10
    assert reports.asked == home.polls == 20


@pytest.mark.parametrize(("minutes", "gaps", "stamp", "steps"), [
    # Three regular gaps are enough. The car is read after 15 minutes at the latest,
    # and 20 seconds after its next report is due.
    (60, (20,), 0, ((899, 0), (1, 1), (299, 1), (1, 2))),
    # Eight gaps count, of which three in four must be regular.
    (190, (7, 54, 9, *(20,) * 6), 0, ((600, 0), (300, 1))),
    # It is not read with the other car, which is due 2.5 minutes earlier.
    (65, (12,), 30, ((300, 0), (149, 0), (1, 1))),
])  # fmt: skip
async def test_when_a_car_is_read(
    home: Home,
    reports: Reports,
    minutes: int,
    gaps: tuple[int, ...],
    stamp: int,
    steps: tuple[tuple[int, int], ...],
) -> None:
    if stamp:
        home.add_car()
    await reports.live(minutes, gaps, lambda now: now + timedelta(seconds=stamp))
    home.simulator.forget()
    for seconds, expected in steps:
        await home.pass_time(seconds=seconds)
        assert reports.asked == expected


async def test_a_report_about_every_30_minutes(home: Home, reports: Reports) -> None:
    """Most requests are saved, and reports are shown as soon as before."""
    await reports.live(240, ABOUT_HALF_HOURLY)
    await reports.live(420, ABOUT_HALF_HOURLY)
    assert sum(reports.delays) / len(reports.delays) <= 2.5
    assert max(reports.delays) <= 5
    assert reports.asked <= 0.45 * 420 / 5


@pytest.mark.parametrize("gaps", [ABOUT_HALF_HOURLY, OUT_OF_TURN, RANDOM])
@pytest.mark.parametrize("stamp", CLOCKS.values(), ids=CLOCKS)
async def test_no_report_waits_longer_than_15_minutes(
    reports: Reports, gaps: tuple[int, ...], stamp: Stamp
) -> None:
    await reports.live(420, gaps, stamp)
    assert len(reports.delays) >= 8
    assert max(reports.delays) <= 15


@pytest.mark.parametrize("late", [0, 1, 4, 9])
async def test_a_planned_start(home: Home, reports: Reports, late: int) -> None:
    await reports.live(230, (15, *HALF_HOURLY * 9))
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h16=1)))
    await home.update()
    for hour, status in ((16, "CHARGING"), (17, "PLUGGED")):
        while (at := NOON.replace(hour=hour, minute=late)) > dt_util.utcnow():
            await home.pass_time(minutes=1)
        says = {"chargingStatus": status, "timestamp": at.isoformat()}
        home.car.status_override = says
        await home.poll(5, after=60)
        assert home.shown(CHARGING_STATUS) == status.lower()


async def test_a_plan_that_begins_before_the_next_poll(home: Home) -> None:
    await home.start()
    failing = home.simulator.fail("GET", SCHEDULE, status=500)
    await home.pass_time(minutes=11, seconds=30)
    await home.set_number(TARGET, 90)
    await home.poll(after=60)
    failing.stop()
    home.simulator.fail("GET", SCHEDULE, body=plan({"2026-03-16T12:15:00Z": 1}))
    for seconds, polls in ((60, 3), (149, 3), (1, 4)):
        await home.pass_time(seconds=seconds)
        assert home.polls == polls


async def test_a_car_that_charges(home: Home, reports: Reports) -> None:
    await reports.live(180, HALF_HOURLY)
    home.car.status_override = {"chargingStatus": "CHARGING"}
    await home.update()
    home.simulator.forget()
    await home.poll(60, after=60)
    assert reports.asked == 12


async def test_after_a_change(home: Home, reports: Reports) -> None:
    await reports.live(186, HALF_HOURLY)
    home.simulator.forget()
    await home.set_number(TARGET, 90)
    for minutes, expected in ((1, 1), (4, 1), (1, 2), (5, 3), (5, 4), (5, 4)):
        await home.poll(minutes, after=60)
        assert reports.asked == expected
    # No poll is left over from a change if Hiven asks to wait.
    await home.set_number(TARGET, 80)
    wait = {"Retry-After": "600"}
    home.simulator.fail("GET", STATUS, status=429, headers=wait, times=1)
    await home.update()
    home.simulator.forget()
    await home.poll(4, after=60)
    assert home.polls == 0


async def test_a_report_lost_with_its_list(home: Home, reports: Reports) -> None:
    """The car is read again with the next list."""
    await reports.live(60, (20,))
    home.simulator.forget()
    home.simulator.fail("GET", LIST, status=500, times=1)
    await home.update()
    assert reports.asked == 1
    await home.poll()
    assert reports.asked == 2


async def test_a_car_that_can_be_read_again(home: Home, reports: Reports) -> None:
    """It is read often until its rhythm is known again."""
    await reports.live(60, (20,))
    home.simulator.fail("GET", STATUS, status=500, times=1)
    await home.pass_time(minutes=15)
    home.simulator.forget()
    for minutes, expected in ((5, 1), (1, 2), (5, 3)):
        await home.pass_time(minutes=minutes)
        assert reports.asked == expected


async def test_cars_that_are_due_together(home: Home, reports: Reports) -> None:
    home.add_car()
    await reports.live(180, HALF_HOURLY)
    await reports.live(60, HALF_HOURLY)
    of_other = home.simulator.count("GET", STATUS.replace("*", "car-2"))
    assert (reports.asked, of_other, home.polls) == (4, 12, 12)
