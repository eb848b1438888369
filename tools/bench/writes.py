"""Settings: how long until they are shown and stored, and the calls for that."""

import asyncio
from math import inf
import time

from simulator.plan import DAYS
from tools.home import Home

from .cloud import Cloud, take_calls, vehicle_id
from .figures import MANY, Figures

MOST_TURNS = 1000
TARGET = "number.target_soc"


async def measure(figures: Figures, hiven: Cloud, each: Home) -> None:
    """Change settings of the first car."""
    await _one(figures, hiven, each)
    await _week(figures, hiven, each)


async def _one(figures: Figures, hiven: Cloud, each: Home) -> None:
    """Change the target; measure when it is shown and when it is stored."""
    target = each.entity(vehicle_id(0), TARGET)
    # A value that Hiven already has is not written.
    value = 84 if float(each.state(target)) == 85 else 85
    hiven.do(take_calls)
    cpu, start = time.process_time(), time.perf_counter()
    call = each.hass.async_create_task(each.set(vehicle_id(0), TARGET, value))
    turns = 0
    while float(each.state(target)) != value and turns < MOST_TURNS:
        turns += 1
        await asyncio.sleep(0)
    shown = time.perf_counter()
    await call
    end, cpu = time.perf_counter(), time.process_time() - cpu
    await each.rest()
    calls = hiven.do(take_calls)

    figures.time("write, ms", (end - start) * 1000)
    figures.time("write, CPU ms", cpu * 1000)
    figures.time("write, ms until it shows", (shown - start) * 1000)
    at_most = inf if figures.cars == MANY else 1
    figures.count("write, loop turns until it shows", turns, at_most=at_most)
    figures.count("write, calls", calls.without_plans, exactly=3)
    figures.count("write, plan calls", calls.plans, exactly=1)


async def _week(figures: Figures, hiven: Cloud, each: Home) -> None:
    """Set all days of the week at once."""
    car = vehicle_id(0)
    days = [f"time.ready_time_{day.lower()}" for day in DAYS]
    held = each.state(each.entity(car, days[0]))
    at = "06:30:00" if held == "06:15:00" else "06:15:00"
    await asyncio.gather(*(each.set(car, day, at) for day in days))
    assert all(each.state(each.entity(car, day)) == at for day in days)
    await each.rest()
    figures.count("week, writes", hiven.do(take_calls).writes, at_most=2)
