"""A day with everything in it; `scripts/soak` lives a month."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
import os
from random import Random
import sys
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Car, Routine, Simulator

from . import USER_ID
from .log_watch import LogWatch
from .soak import ENV_DAYS, ENV_SEED, ENV_START
from .soak.month import Month
from .soak.plan import make_plan
from .soak.report import report
from .soak.settings import Editor

ZONE = "Europe/Helsinki"
DAYS = int(os.environ.get(ENV_DAYS, "1"))
SEED = int(os.environ.get(ENV_SEED, "1"))
# The day on which clocks go back.
FIRST_DAY = datetime.fromisoformat(os.environ.get(ENV_START, "2026-10-25"))
# Late in the second, so that what is due in this second is due now.
START = (FIRST_DAY.replace(tzinfo=ZoneInfo(ZONE)) + timedelta(seconds=0.9)).astimezone(
    UTC
)
LOCATION = {
    "coordinates": {"latitude": 60.2, "longitude": 24.9},
    "countryCode": "FI",
    "postalCode": "00100",
    "streetAddress": "Somewhere 1",
    "city": "Helsinki",
}


def add_cars(simulator: Simulator, location_ids: list[str]) -> Car:
    """Add two cars that live; return a third one."""
    commuter = Routine(time(7, 25), time(17, 5), km=60, days=frozenset(range(5)))
    preferences = {
        "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
        "chargingLocationIds": location_ids[:1],
        "targetSoC": {"value": 80, "unit": "PERCENT"},
        "minimalSoC": {"value": 20, "unit": "PERCENT"},
        "readyTime": "07:00",
    }
    simulator.add_car(
        USER_ID,
        Car(id="car-1", name="Family car", routine=commuter, preferences=preferences),
    )
    simulator.add_car(
        USER_ID,
        Car(
            id="car-2",
            name="Second car",
            routine=Routine(time(10, 40), time(12, 15), km=25),
            preferences=preferences,
            reports_capacity=False,
        ),
    )
    return Car(id="car-3", name="Third car")


@pytest.mark.freeze_time(START)
async def test_nothing_is_left_behind(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    simulator: Simulator,
    start: Callable[[], Awaitable[MockConfigEntry]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Polls, edits, faults, cars that come and go, restarts: all is as it should be."""
    hass.loop.set_debug(False)
    await hass.config.async_set_time_zone(ZONE)
    assert await async_setup_component(hass, HOMEASSISTANT_DOMAIN, {})
    places = [
        simulator.add_location(USER_ID, {"name": name, **LOCATION})["id"]
        for name in ("Home", "Cabin")
    ]
    random = Random(SEED)  # noqa: S311 - it is to be repeatable
    plan = make_plan(DAYS, random)
    spare_car = add_cars(simulator, places)
    # Where Hiven's documentation says nothing, or two things.
    simulator.put_answer = random.choice(("quoted", "empty", "204"))
    simulator.empty_preferences = random.choice(("missing", "empty", "null"))
    simulator.quoted_numbers = random.choice((True, False))
    with LogWatch() as log:
        month = Month(
            hass,
            simulator,
            await start(),
            freezer,
            log,
            random,
            Editor(random, places),
            spare_car,
        )
        try:
            await month.live(plan)
        except BaseException as err:
            err.add_note("\n".join(("What happened last:", *month.recent)))
            err.add_note(
                f"To repeat it: scripts/soak --days {DAYS} --seed {SEED} "
                f"--start {FIRST_DAY.date()}"
            )
            raise
    figures, wrong = report(month)
    if ENV_DAYS in os.environ:
        with capsys.disabled():
            sys.stdout.write(figures)
    assert not wrong, "\n".join(wrong)
