"""Set-up, polls and writes of an account."""

import asyncio
from collections.abc import Mapping
import gc
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, State, callback

from . import writes
from .budgets import trips
from .clocks import timed
from .cloud import Cloud, move, set_latency, take_calls
from .figures import Case, Results
from .home import Home, home, unique_id
from .plain import add_plain_entities

IDLE = 0.5


async def warm_up(vehicles: int = 1) -> None:
    """Let Home Assistant load what it loads once."""
    with Cloud(vehicles) as cloud:
        async with home(cloud.url) as each:
            await each.start()
            await each.rest()
            await each.poll()


async def measure(results: Results, cloud: Cloud, case: Case, runs: int) -> None:
    """Measure an account several times, each time in a new Home Assistant."""
    cloud.do(set_latency, case.latency)
    for _ in range(runs):
        # Else one run in some has to look through all that was there before it.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        async with home(cloud.url) as each:
            round_trip = await each.round_trip()
            results.add("round trip, ms", case, round_trip * 1000)
            floor = trips(case.vehicles) * round_trip
            set_up = await _set_up(results, cloud, case, each, floor)
            await _polls(results, cloud, case, each, floor)
            await writes.measure(results, cloud, case, each, round_trip)
            if case.latency:
                await _beside_plain(results, case, each, set_up, floor)


async def _set_up(
    results: Results, cloud: Cloud, case: Case, each: Home, floor: float
) -> float:
    """Start the account; return the seconds that took."""
    cloud.do(take_calls)
    times = await timed(each.start())
    states = len(each.states())
    calls = cloud.do(take_calls)
    await each.rest()
    gc.collect()
    background = cloud.do(take_calls)
    results.add("set-up, s", case, times.wall)
    if case.latency:
        results.add("set-up, floors", case, times.wall / floor)
    results.add("set-up, CPU ms a vehicle", case, times.cpu * 1000 / case.vehicles)
    results.add("set-up, calls", case, calls.without_plans)
    results.add(
        "set-up, plan calls after it",
        case,
        calls.by_endpoint["plan"] + background.by_endpoint["plan"],
    )
    results.add(
        "set-up, most calls at once",
        case,
        max(calls.most_at_once, background.most_at_once),
    )
    results.add("set-up, states", case, states)
    return times.wall


async def _beside_plain(
    results: Results, case: Case, each: Home, set_up: float, floor: float
) -> None:
    """Compare the set-up with round trips and as many plain entities together."""
    plain = await add_plain_entities(each, case.vehicles, len(each.states()))
    results.add("as many plain entities, s", case, plain.wall)
    results.add("set-up, floors and plain", case, set_up / (floor + plain.wall))


async def _polls(
    results: Results, cloud: Cloud, case: Case, each: Home, floor: float
) -> None:
    # The first one reads the list of models, once a day.
    await each.poll()
    nothing = await timed(asyncio.sleep(IDLE))
    results.add("idle, loop held ms", case, nothing.held * 1000)
    results.add("idle, loop held CPU ms", case, nothing.held_cpu * 1000)
    results.add("idle, CPU ms a second", case, nothing.cpu * 1000 / nothing.wall)
    for what, moving in (
        ("nothing changed", 0),
        ("one changed", 1),
        ("all changed", case.vehicles),
    ):
        moved = cloud.do(move, moving)
        cloud.do(take_calls)
        before = each.states()
        state_writes = _StateWrites(each)
        times = await timed(each.poll())
        written = state_writes.stop()
        calls = cloud.do(take_calls)
        after = each.states()
        _check_shown(each, after, moved)
        changed = [
            entity_id
            for entity_id, state in after.items()
            if state != before[entity_id]
        ]
        poll = f"poll, {what}"
        cpu = times.cpu * 1000
        results.add(f"{poll}, s", case, times.wall)
        if case.latency:
            results.add(f"{poll}, floors", case, times.wall / floor)
        results.add(f"{poll}, CPU ms", case, cpu)
        results.add(f"{poll}, CPU ms a vehicle", case, cpu / case.vehicles)
        results.add(f"{poll}, loop held ms", case, times.held * 1000)
        results.add(f"{poll}, loop held CPU ms", case, times.held_cpu * 1000)
        results.add(f"{poll}, states written", case, len(written))
        results.add(
            f"{poll}, states written in vain", case, len(written) - len(changed)
        )
        results.add(f"{poll}, calls", case, calls.without_plans)
        results.add(f"{poll}, plan calls", case, calls.by_endpoint["plan"])
        results.add(f"{poll}, most calls at once", case, calls.most_at_once)


def _check_shown(each: Home, states: Mapping[str, State], moved: list[float]) -> None:
    """Fail if a car shows another state of charge than it reported.

    A poll that loses news is no quick one.
    """
    entities = each.entities()
    for index, soc in enumerate(moved):
        entity_id = entities[unique_id(index, "state_of_charge")]
        shown = states[entity_id].state
        assert float(shown) == soc, f"{entity_id} shows {shown} instead of {soc}"


class _StateWrites:
    """The entities of an account whose states are written, changed or not."""

    def __init__(self, each: Home) -> None:
        self._entity_ids = set(each.states())
        self._written: list[str] = []
        self._stops = [
            each.hass.bus.async_listen(kind, self._note, event_filter=self._is_ours)
            for kind in (EVENT_STATE_CHANGED, EVENT_STATE_REPORTED)
        ]

    @callback
    def _is_ours(self, data: Mapping[str, Any]) -> bool:
        return data["entity_id"] in self._entity_ids

    @callback
    def _note(self, event: Event[Any]) -> None:
        self._written.append(event.data["entity_id"])

    def stop(self) -> list[str]:
        """Return what was written until now."""
        for stop in self._stops:
            stop()
        return self._written
