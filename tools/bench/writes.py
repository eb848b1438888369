"""Settings: how long until they are shown and stored, and the calls for that."""

import asyncio
import time

from simulator.plan import DAYS
from tools.home import Home

from .cloud import Cloud, take_calls, vehicle_id
from .figures import Figures

EDITS = 20
MOST_TURNS = 1000
TARGET = "number.target_soc"


async def measure(figures: Figures, cloud: Cloud, cars: int, each: Home) -> None:
    """Change settings of the first car."""
    await _one(figures, cloud, cars, each)
    await _week(figures, cloud, cars, each)
    await _many(figures, cloud, cars, each)


def _set(each: Home, value: float) -> asyncio.Task[object]:
    return each.hass.async_create_task(each.set(vehicle_id(0), TARGET, value))


async def _one(figures: Figures, cloud: Cloud, cars: int, each: Home) -> None:
    """Change the target; measure when it is shown and when it is stored."""
    target = each.entity(vehicle_id(0), TARGET)
    cloud.do(take_calls)
    cpu, start = time.process_time(), time.perf_counter()
    call = _set(each, 85)
    turns = 0
    while float(each.state(target)) != 85 and turns < MOST_TURNS:
        turns += 1
        await asyncio.sleep(0)
    shown = time.perf_counter()
    await call
    end, cpu = time.perf_counter(), time.process_time() - cpu
    await each.rest()
    calls = cloud.do(take_calls)
    for what, value in {
        "ms": (end - start) * 1000,
        "CPU ms": cpu * 1000,
        "ms until it shows": (shown - start) * 1000,
        "loop turns until it shows": turns,
        "calls": calls.without_plans,
        "plan calls": calls.by_endpoint["plan"],
    }.items():
        figures.add(f"write, {what}", cars, value)


async def _week(figures: Figures, cloud: Cloud, cars: int, each: Home) -> None:
    """Set all days of the week at once."""
    car = vehicle_id(0)
    days = [f"time.ready_time_{day.lower()}" for day in DAYS]
    await asyncio.gather(*(each.set(car, day, "06:15:00") for day in days))
    assert all(each.state(each.entity(car, day)) == "06:15:00" for day in days)
    await each.rest()
    calls = cloud.do(take_calls)
    figures.add("week, writes", cars, calls.by_endpoint["write settings"])


async def _many(figures: Figures, cloud: Cloud, cars: int, each: Home) -> None:
    """Move a slider: twenty changes in a second."""
    edits = []
    for edit in range(EDITS):
        edits.append(_set(each, 60 + edit))
        await asyncio.sleep(1 / EDITS)
    last = time.perf_counter()
    await asyncio.gather(*edits)
    end = time.perf_counter()
    target = each.entity(vehicle_id(0), TARGET)
    assert float(each.state(target)) == 60 + EDITS - 1
    await each.rest()
    calls = cloud.do(take_calls)
    slider = "20 edits in a second"
    figures.add(f"{slider}, writes", cars, calls.by_endpoint["write settings"])
    figures.add(f"{slider}, ms after the last", cars, (end - last) * 1000)
