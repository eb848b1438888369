"""A day of a household with two cars: how often Hiven is asked."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import time, timedelta
import json
import os
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.cloud import counted
from bench.day import ENV_FILE
from simulator import Car, Routine, Simulator
from tests import USER_ID
from tests.actions import pass_time

# A Monday; late in the second, so that what is due in this second is due now.
START = "2026-03-16T00:00:00.9+00:00"
CARS = 2
POLLS = timedelta(days=1) // timedelta(minutes=5)
# Every 15 minutes, and when a car is plugged in, charges, pauses or is full.
PLANS = timedelta(days=1) // timedelta(minutes=15)
MOST_CHANGES = 20


def add_car(simulator: Simulator, vehicle_id: str, routine: Routine) -> None:
    simulator.add_car(
        USER_ID,
        Car(
            id=vehicle_id,
            name=vehicle_id,
            routine=routine,
            preferences={
                "chargingBehavior": "SMART_CHARGE_ANYWHERE",
                "targetSoC": {"value": 80, "unit": "PERCENT"},
                "readyTime": "07:00",
            },
        ),
    )


def tell(calls: Counter[str]) -> None:
    """Give the figures to the benchmark, if it asked for them."""
    if path := os.environ.get(ENV_FILE):
        Path(path).write_text(json.dumps(calls))


@pytest.mark.freeze_time(START)
async def test_calls_of_a_day(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Callable[[], Awaitable[MockConfigEntry]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The list and both cars every five minutes, plans as they may change."""
    await hass.config.async_set_time_zone("Europe/Helsinki")
    add_car(simulator, "car-1", Routine(time(7, 25), time(17, 5), km=60))
    add_car(simulator, "car-2", Routine(time(10, 40), time(12, 15), km=25))
    await start()
    simulator.requests.clear()
    for _ in range(POLLS):
        await pass_time(hass, freezer, minutes=5)
    calls = counted(simulator)
    tell(calls)
    plans = calls.pop("plan")
    assert CARS * PLANS <= plans <= CARS * (PLANS + MOST_CHANGES)
    assert calls == {"list": POLLS, "telemetry": CARS * POLLS, "model list": 1}
