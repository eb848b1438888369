"""One soak, from its first cars to its last figures."""

import asyncio
from datetime import UTC, date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from simulator import Car, Routine, Simulator
from tools import API_KEY, TIME_ZONE, USER_ID
from tools.clock import Clock, stopped_clock
from tools.home import home
from tools.watch import LogWatch

from .month import Month
from .plan import make_plan
from .report import report
from .settings import Editor

# Late in the second, so that timers of that second are due.
_MIDNIGHT = time(microsecond=900_000, tzinfo=ZoneInfo(TIME_ZONE))
_LOCATION = {
    "coordinates": {"latitude": 60.2, "longitude": 24.9},
    "countryCode": "FI",
    "postalCode": "00100",
    "streetAddress": "Somewhere 1",
    "city": "Helsinki",
}


def run(days: int, seed: int, first_day: date) -> tuple[str, list[str]]:
    """Simulate some days; return the figures as text, and what is wrong with them."""
    start = datetime.combine(first_day, _MIDNIGHT).astimezone(UTC)
    try:
        with stopped_clock(start) as clock:
            return asyncio.run(_live(days, Random(seed), clock))  # noqa: S311
    except BaseException as err:
        err.add_note(
            f"To repeat it: scripts/soak --days {days} --seed {seed} "
            f"--start {first_day}"
        )
        raise


async def _live(days: int, random: Random, clock: Clock) -> tuple[str, list[str]]:
    async with Simulator() as simulator:
        simulator.add_account(USER_ID, API_KEY)
        simulator.time_zone = ZoneInfo(TIME_ZONE)
        places = [
            simulator.add_location(USER_ID, {"name": name, **_LOCATION})["id"]
            for name in ("Home", "Cabin")
        ]
        plan = make_plan(days, random)
        _add_cars(simulator, places)
        # Hiven's documentation leaves these questions open.
        simulator.put_answer = random.choice(("quoted", "empty", "204"))
        simulator.empty_preferences = random.choice(("missing", "empty", "null"))
        simulator.quoted_numbers = random.choice((True, False))
        with LogWatch() as log:
            async with home(simulator.url) as each:
                await each.start()
                await each.done()
                editor = Editor(random, places)
                month = Month(each, simulator, clock, log, random, editor)
                try:
                    await month.live(plan)
                except BaseException as err:
                    err.add_note("\n".join(("What happened last:", *month.recent)))
                    raise
                return report(month)


def _add_cars(simulator: Simulator, location_ids: list[str]) -> None:
    """Add two cars with a daily routine."""
    commuter = Routine(time(7, 25), time(17, 5), km=60, days=frozenset(range(5)))
    shopper = Routine(time(10, 40), time(12, 15), km=25)
    preferences = {
        "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
        "chargingLocationIds": location_ids[:1],
        "targetSoC": {"value": 80, "unit": "PERCENT"},
        "minimalSoC": {"value": 20, "unit": "PERCENT"},
        "readyTime": "07:00",
    }
    for id_, name, routine, reports_capacity in (
        ("car-1", "Family car", commuter, True),
        ("car-2", "Second car", shopper, False),
    ):
        simulator.add_car(
            USER_ID,
            Car(
                id=id_,
                name=name,
                routine=routine,
                preferences=preferences,
                reports_capacity=reports_capacity,
            ),
        )
