"""Days of a household with two cars: the requests to Hiven, and the delay of reports."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from statistics import mean
from zoneinfo import ZoneInfo

from simulator import Car, Routine, Simulator
from tools import API_KEY, TIME_ZONE, USER_ID
from tools.calls import counted
from tools.clock import Clock, begin_due, stopped_clock
from tools.home import Home, home

# A Monday, not at a full minute, and late in the second, so that timers of that second
# are due.
START = datetime(2026, 3, 16, 0, 3, 40, 900_000, tzinfo=UTC)
SEED = 1
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# How often a car reports to Hiven, in minutes.
REPORTS = (27, 33)
ROUTINES = (
    Routine(time(7, 25), time(17, 5), km=60, days=frozenset(range(5))),
    Routine(time(10, 40), time(12, 15), km=25),
)
CHARGING = "CHARGING"


@dataclass
class Days:
    """The counts, and the delays in minutes until Home Assistant showed something."""

    days: int
    calls: Counter[str] = field(default_factory=Counter)
    reports: list[float] = field(default_factory=list)
    charging: list[float] = field(default_factory=list)
    """The delays of charging that starts at a planned hour."""

    @property
    def mean_delay(self) -> float:
        """The mean of all reports."""
        return mean(self.reports)

    def a_day(self, endpoint: str) -> float:
        """Return the number of calls of an endpoint per day."""
        return self.calls[endpoint] / self.days


@dataclass
class _Watched:
    """A car, what Hiven knows about it, and what Home Assistant does not show yet."""

    car: Car
    random: Random
    reports_at: datetime = START
    reported: datetime = START
    status: str = ""
    waiting: list[datetime] = field(default_factory=list)
    charges_since: datetime | None = None

    def live(self, now: datetime) -> None:
        """Report to Hiven if it is time, or if the status has changed."""
        status = self.car.charging_status
        is_news = status != self.status
        if not is_news and now < self.reports_at:
            return
        # A regular report came some seconds ago, in the past minute.
        self.reported = now if is_news else self.reports_at
        self.reports_at = self.reported + self.random.uniform(*REPORTS) * MINUTE
        self.waiting.append(self.reported)
        self.status = status
        if status != CHARGING:
            self.charges_since = None
        elif is_news:
            self.charges_since = self.reported
        self.car.status_override = {
            "soc": round(self.car.soc, 1),
            "range": round(self.car.soc * self.car.km_per_percent),
            "chargingStatus": status,
            "timestamp": self.reported.isoformat(),
        }

    def look(self, now: datetime, each: Home, found: Days) -> None:
        """Record what Home Assistant shows by now, and the delay."""
        shown = each.state(each.entity(self.car.id, "sensor.last_reported"))
        # Home Assistant shows whole seconds.
        if datetime.fromisoformat(shown) >= self.reported.replace(microsecond=0):
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
    found = Days(days)
    async with Simulator() as simulator:
        simulator.add_account(USER_ID, API_KEY)
        simulator.time_zone = ZoneInfo(TIME_ZONE)
        # The car is always up to date; what Hiven knows is in the override.
        simulator.telemetry_interval = timedelta(0)
        cars = [
            _Watched(_car(simulator, number, routine), random)
            for number, routine in enumerate(ROUTINES, 1)
        ]
        for car in cars:
            car.live(START)
        async with home(simulator.url) as each:
            await each.start()
            await each.done()
            simulator.requests.clear()
            for minute in range(1, days * DAY // MINUTE + 1):
                now = START + minute * MINUTE
                clock.move_to(now)
                for car in cars:
                    car.live(now)
                await begin_due()
                await each.done()
                for car in cars:
                    car.look(now, each, found)
            found.calls = counted(simulator.requests)
    return found


def _car(simulator: Simulator, number: int, routine: Routine) -> Car:
    return simulator.add_car(
        USER_ID,
        Car(
            id=f"car-{number}",
            name=f"Car {number}",
            routine=routine,
            preferences={
                "chargingBehavior": "SMART_CHARGE_ANYWHERE",
                "targetSoC": {"value": 80, "unit": "PERCENT"},
                "readyTime": "07:00",
            },
        ),
    )
