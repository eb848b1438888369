"""Days of a household with two cars: the requests to Hiven, and the delay of reports."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from simulator import Car, Routine, Simulator
from simulator.life import Reading
from tools import API_KEY, TIME_ZONE, USER_ID
from tools.calls import counted
from tools.clock import Clock, begin_due, stopped_clock
from tools.home import Home, home

# A Monday, not at a full minute, and late in the second, so that timers of that second
# are due.
START = datetime(2026, 3, 16, 0, 3, 40, 900_000, tzinfo=UTC)
# With other seeds, the mean delay of a day is between 2.3 and 2.7 minutes.
SEED = 2
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# How often a car reports to Hiven, in minutes.
REPORTS = (27, 33)
ROUTINES = (
    Routine(time(7, 25), time(17, 5), km=60, days=frozenset(range(5))),
    Routine(time(10, 40), time(12, 15), km=25),
)
PREFERENCES = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
    "readyTime": "07:00",
}
CHARGING = "CHARGING"


@dataclass
class Days:
    """The calls, and the delays in minutes until Home Assistant showed something."""

    calls: Counter[str] = field(default_factory=Counter)
    reports: list[float] = field(default_factory=list)
    charging: list[float] = field(default_factory=list)
    """The delays of charging that starts at a planned hour."""


@dataclass
class _Watched:
    """A car, its last report, and what Home Assistant does not show yet."""

    car: Car
    reported: Reading
    waiting: list[datetime] = field(default_factory=list)
    charges_since: datetime | None = None

    def take_report(self, now: datetime) -> bool:
        """Record the car's new report to Hiven; return whether there was one."""
        before, self.reported = self.reported, self.car.life.reading
        if self.reported == before:
            return False
        # Charging starts and stops at full minutes, and this clock runs between them.
        is_news = self.reported.status != before.status
        self.waiting.append(now if is_news else self.reported.at)
        if is_news:
            self.charges_since = now if self.reported.status == CHARGING else None
        return True

    def look(self, now: datetime, each: Home, found: Days) -> None:
        """Record what Home Assistant shows by now, and the delay."""
        shown = each.state(each.entity(self.car.id, "sensor.last_reported"))
        # Home Assistant shows whole seconds.
        if datetime.fromisoformat(shown) >= self.reported.at.replace(microsecond=0):
            found.reports += [(now - at) / MINUTE for at in self.waiting]
            self.waiting.clear()
        charging = each.entity(self.car.id, "binary_sensor.charging")
        if self.charges_since is not None and each.state(charging) == "on":
            found.charging.append((now - self.charges_since) / MINUTE)
            self.charges_since = None


def live(days: int) -> Days:
    """Simulate some days; call this in a separate process."""
    with stopped_clock(START) as clock:
        return asyncio.run(_live(days, clock))


async def _live(days: int, clock: Clock) -> Days:
    random = Random(SEED)  # noqa: S311 - it is to be repeatable
    found = Days()
    async with Simulator() as simulator:
        simulator.add_account(USER_ID, API_KEY)
        simulator.clock.time_zone = ZoneInfo(TIME_ZONE)
        simulator.clock.telemetry_interval = REPORTS[0] * MINUTE
        cars = []
        for routine in ROUTINES:
            new = Car(routine=routine, preferences=PREFERENCES)
            simulator.add_car(USER_ID, new)
            cars.append(_Watched(new, new.life.reading))
        async with home(simulator.url) as each:
            await each.start()
            await each.done()
            simulator.requests.clear()
            for minute in range(1, days * DAY // MINUTE + 1):
                now = START + minute * MINUTE
                clock.move_to(now)
                for car in cars:
                    if car.take_report(now):
                        pause = random.uniform(*REPORTS) * MINUTE
                        simulator.clock.telemetry_interval = pause
                await begin_due()
                await each.done()
                for car in cars:
                    car.look(now, each, found)
            found.calls = counted(simulator.requests)
    return found
