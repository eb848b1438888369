"""Settings: how long until they are stored, and what that takes."""

import asyncio
from collections.abc import Coroutine
import time
from typing import Any

from simulator.plan import DAYS

from .cloud import Cloud, take_calls
from .figures import Case, Results
from .home import Home

EDITS = 20
MOST_TURNS = 1000


async def measure(
    results: Results, cloud: Cloud, case: Case, each: Home, round_trip: float
) -> None:
    """Change settings of the first car."""
    await _one(results, cloud, case, each, round_trip)
    await _week(results, cloud, case, each)
    await _many(results, cloud, case, each)


async def _one(
    results: Results, cloud: Cloud, case: Case, each: Home, round_trip: float
) -> None:
    """Move a number; tell when it shows and when it is stored."""
    target = each.entity(0, "target_soc")
    cloud.do(take_calls)
    cpu, start = time.process_time(), time.perf_counter()
    call = each.hass.async_create_task(_set_number(each, target, 85))
    turns = 0
    while _number(each, target) != 85 and turns < MOST_TURNS:
        turns += 1
        await asyncio.sleep(0)
    shown = time.perf_counter()
    await call
    end, cpu = time.perf_counter(), time.process_time() - cpu
    await each.rest()
    calls = cloud.do(take_calls)
    results.add("write, ms", case, (end - start) * 1000)
    if case.latency:
        results.add("write, round trips", case, (end - start) / round_trip)
    results.add("write, CPU ms", case, cpu * 1000)
    results.add("write, ms until it shows", case, (shown - start) * 1000)
    results.add("write, loop turns until it shows", case, turns)
    results.add("write, calls", case, calls.without_plans)
    results.add("write, plan calls", case, calls.by_endpoint["plan"])


async def _week(results: Results, cloud: Cloud, case: Case, each: Home) -> None:
    """Set all days of the week at once."""
    days = [each.entity(0, f"ready_time_{day.lower()}") for day in DAYS]
    await asyncio.gather(*(_set_time(each, day, "06:15:00") for day in days))
    assert all(_shown(each, day) == "06:15:00" for day in days)
    await each.rest()
    calls = cloud.do(take_calls)
    results.add("week, writes", case, calls.by_endpoint["write settings"])
    results.add("week, calls", case, calls.without_plans)


async def _many(results: Results, cloud: Cloud, case: Case, each: Home) -> None:
    """Move a slider: twenty edits in a second."""
    target = each.entity(0, "target_soc")
    edits = []
    for edit in range(EDITS):
        edits.append(each.hass.async_create_task(_set_number(each, target, 60 + edit)))
        await asyncio.sleep(1 / EDITS)
    last = time.perf_counter()
    await asyncio.gather(*edits)
    end = time.perf_counter()
    assert _number(each, target) == 60 + EDITS - 1
    await each.rest()
    calls = cloud.do(take_calls)
    results.add(
        "20 edits in a second, writes", case, calls.by_endpoint["write settings"]
    )
    results.add("20 edits in a second, calls", case, calls.without_plans)
    results.add("20 edits in a second, ms after", case, (end - last) * 1000)


def _shown(each: Home, entity_id: str) -> str | None:
    state = each.hass.states.get(entity_id)
    return state.state if state else None


def _number(each: Home, entity_id: str) -> float:
    return float(_shown(each, entity_id) or "nan")


def _set_number(
    each: Home, entity_id: str, value: float
) -> Coroutine[Any, Any, object]:
    data = {"entity_id": entity_id, "value": value}
    return each.hass.services.async_call("number", "set_value", data, blocking=True)


def _set_time(each: Home, entity_id: str, at: str) -> Coroutine[Any, Any, object]:
    data = {"entity_id": entity_id, "time": at}
    return each.hass.services.async_call("time", "set_value", data, blocking=True)
