"""Set-up and polls of an account."""

import asyncio
from collections.abc import Mapping
import gc
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, State, callback

from tools.home import Home, home

from . import writes
from .budgets import POLLS
from .clocks import timed
from .cloud import Cloud, move, take_calls, vehicle_id
from .figures import Figures
from .plain import add_plain_sensors, prepare

# After this many turns of the loop, all entities have been updated.
TURNS = 100


async def warm_up(cars: int = 1) -> None:
    """Let Home Assistant load what it loads only once."""
    with Cloud(cars) as cloud:
        async with home(cloud.url) as each:
            await each.start()
            await each.rest()
            await poll(each)


async def measure(figures: Figures, cars: int, runs: int) -> None:
    """Measure an account several times, each time in a new Home Assistant."""
    with Cloud(cars) as cloud:
        for _ in range(runs):
            # Otherwise, garbage from earlier runs would slow down some runs.
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            async with home(cloud.url) as each:
                await prepare(each)
                await _set_up(figures, cloud, cars, each)
                await _polls(figures, cloud, cars, each)
                await writes.measure(figures, cloud, cars, each)
                sensors = len(_states(each))
                plain = await add_plain_sensors(each, cloud.url, cars, sensors)
                for what, value in {
                    "s": plain.wall,
                    "CPU ms": plain.cpu * 1000,
                    "loop held CPU ms": plain.held_cpu * 1000,
                }.items():
                    figures.add(f"as many plain sensors, {what}", cars, value)


async def _set_up(figures: Figures, cloud: Cloud, cars: int, each: Home) -> None:
    cloud.do(take_calls)
    times = await timed(each.start())
    calls = cloud.do(take_calls)
    await each.rest()
    gc.collect()
    background = cloud.do(take_calls)
    plans = calls.by_endpoint["plan"] + background.by_endpoint["plan"]
    at_once = max(calls.most_at_once, background.most_at_once)
    for what, value in {
        "s": times.wall,
        "CPU ms": times.cpu * 1000,
        "loop held CPU ms": times.held_cpu * 1000,
        "calls": calls.without_plans,
        "plan calls after it": plans,
        "most calls at once": at_once,
        "states": len(_states(each)),
    }.items():
        figures.add(f"set-up, {what}", cars, value)


async def _polls(figures: Figures, cloud: Cloud, cars: int, each: Home) -> None:
    # The first poll reads the list of models, which happens once a day.
    await poll(each)
    for what, moving in zip(POLLS, (0, 1, cars), strict=True):
        moved = cloud.do(move, moving)
        cloud.do(take_calls)
        before = _states(each)
        state_writes = _StateWrites(each)
        times = await timed(poll(each))
        written = state_writes.stop()
        calls = cloud.do(take_calls)
        after = _states(each)
        _check_shown(each, moved)
        changed = sum(after[id_] != state for id_, state in before.items())
        for kind, value in {
            "s": times.wall,
            "CPU ms": times.cpu * 1000,
            "loop held CPU ms": times.held_cpu * 1000,
            "states written": written,
            "needless state writes": written - changed,
            "calls": calls.without_plans,
            "plan calls": calls.by_endpoint["plan"],
            "most calls at once": calls.most_at_once,
        }.items():
            figures.add(f"poll, {what}, {kind}", cars, value)


async def poll(each: Home) -> None:
    """Poll, as the timer does, until all entities are updated."""
    coordinator = each.entry.runtime_data.coordinator
    # Like update_entity, but without its pause between two requests.
    coordinator._asks_all = True  # noqa: SLF001
    await coordinator.async_refresh()
    assert coordinator.last_update_success
    for _ in range(TURNS):
        await asyncio.sleep(0)


def _states(each: Home) -> dict[str, State]:
    """Return the states of all enabled entities; each must have one."""
    states = {id_: each.hass.states.get(id_) for id_ in each.entities().values()}
    missing = [id_ for id_, state in states.items() if state is None]
    assert not missing, f"without a state: {missing}"
    return {id_: state for id_, state in states.items() if state}


def _check_shown(each: Home, moved: list[float]) -> None:
    """Fail if a car's state of charge is not the one it reported.

    A poll is not fast if it loses data.
    """
    for index, soc in enumerate(moved):
        entity_id = each.entity(vehicle_id(index), "sensor.state_of_charge")
        shown = each.state(entity_id)
        assert float(shown) == soc, f"{entity_id} shows {shown} instead of {soc}"


class _StateWrites:
    """Counts how often the account's states are written, changed or not."""

    def __init__(self, each: Home) -> None:
        self._entity_ids = set(each.entities().values())
        self._count = 0
        self._stops = [
            each.hass.bus.async_listen(kind, self._note, event_filter=self._is_ours)
            for kind in (EVENT_STATE_CHANGED, EVENT_STATE_REPORTED)
        ]

    @callback
    def _is_ours(self, data: Mapping[str, Any]) -> bool:
        return data["entity_id"] in self._entity_ids

    @callback
    def _note(self, _: Event[Any]) -> None:
        self._count += 1

    def stop(self) -> int:
        """Stop counting, and return the numbers."""
        for stop in self._stops:
            stop()
        return self._count
