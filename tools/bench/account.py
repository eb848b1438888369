"""Set-up and polls of an account."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
import gc
from math import inf
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, State, callback

from tools.home import Home, home

from . import writes
from .clocks import Times, timed
from .cloud import AT_ONCE, Cloud, cloud, move, take_calls, vehicle_id
from .figures import MANY, Figures
from .plain import add_plain_sensors, prepare

# After this many turns of the loop, all entities have been updated.
TURNS = 100
# The limit, as a multiple of plain sensors.
MOST_TIMES_PLAIN = 1.25


async def warm_up(cars: int = 1) -> None:
    """Let Home Assistant load what it loads only once."""
    with cloud(cars) as hiven:
        async with home(hiven.url) as each:
            await each.start()
            await each.rest()
            await poll(each)


async def measure(figures: Figures, cars: int, runs: int) -> None:
    """Measure an account several times, each time in a new Home Assistant."""
    figures.cars = cars
    with cloud(cars) as hiven:
        for _ in range(runs):
            async with _prepared(hiven) as each:
                ours = await _set_up(figures, hiven, each)
                sensors = len(_states(each))
                # The first poll reads the list of models, which happens once a day.
                await poll(each)
                for moving, what in (0, "nothing"), (1, "one"), (cars, "all"):
                    name = f"poll, {what} changed"
                    await _poll(figures, name, hiven, each, moving)
                await writes.measure(figures, hiven, each)
            async with _prepared(hiven) as each:
                plain = await add_plain_sensors(each, hiven.url, cars, sensors)
                _add_times(figures, "as many plain sensors", plain)
            name, times_plain = "set-up, times plain sensors", ours.wall / plain.wall
            figures.ratio(name, times_plain, at_most=MOST_TIMES_PLAIN)


@asynccontextmanager
async def _prepared(hiven: Cloud) -> AsyncIterator[Home]:
    """Run a new Home Assistant; garbage of earlier ones must not slow it down."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    async with home(hiven.url) as each:
        await prepare(each)
        yield each


async def _set_up(figures: Figures, hiven: Cloud, each: Home) -> Times:
    hiven.do(take_calls)
    times = await timed(each.start())
    calls = hiven.do(take_calls)
    await each.rest()
    gc.collect()
    afterwards = hiven.do(take_calls)
    cars, plans = figures.cars, calls.plans + afterwards.plans
    at_once = max(calls.at_once, afterwards.at_once)
    _add_times(figures, "set-up", times)
    figures.count("set-up, calls", calls.without_plans, exactly=2 + cars)
    figures.count("set-up, plan calls after it", plans, exactly=cars)
    figures.count("set-up, most calls at once", at_once, at_most=AT_ONCE)
    figures.count("set-up, states", len(_states(each)))
    return times


async def _poll(
    figures: Figures, name: str, hiven: Cloud, each: Home, moving: int
) -> None:
    moved = hiven.do(move, moving)
    hiven.do(take_calls)
    before = _states(each)
    with _state_writes(each) as written:
        times = await timed(poll(each))
    calls = hiven.do(take_calls)
    after = _states(each)
    _check_shown(each, moved)
    needless = len(written) - sum(after[id_] != old for id_, old in before.items())
    most_held = 60 if figures.cars == MANY else 20
    _add_times(figures, name, times, most_held)
    # A car's state of charge and range, and when it reported.
    figures.count(f"{name}, states written", len(written), exactly=3 * moving)
    figures.count(f"{name}, needless state writes", needless, exactly=0)
    figures.count(f"{name}, calls", calls.without_plans, exactly=1 + figures.cars)
    # They were just read, and no car started or stopped charging.
    figures.count(f"{name}, plan calls", calls.plans, exactly=0)
    figures.count(f"{name}, most calls at once", calls.at_once, at_most=AT_ONCE)


def _add_times(
    figures: Figures, name: str, times: Times, most_held: float = inf
) -> None:
    """Add times; `most_held` limits a turn of the event loop, in ms of CPU time."""
    held = times.held * 1000
    figures.time(f"{name}, s", times.wall)
    figures.time(f"{name}, CPU ms", times.cpu * 1000)
    figures.time(f"{name}, loop held CPU ms", held, at_most=most_held)


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


@contextmanager
def _state_writes(each: Home) -> Iterator[list[str]]:
    """Collect the account's states that are written, changed or not."""
    entity_ids, written = set(each.entities().values()), list[str]()

    @callback
    def is_ours(data: Mapping[str, Any]) -> bool:
        return data["entity_id"] in entity_ids

    @callback
    def note(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    stops = [
        each.hass.bus.async_listen(kind, note, event_filter=is_ours)
        for kind in (EVENT_STATE_CHANGED, EVENT_STATE_REPORTED)
    ]
    yield written
    for stop in stops:
        stop()
