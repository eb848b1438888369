"""The memory of cars, and of as many plain sensors."""

import gc
import tracemalloc

from tools.home import home

from . import clocks
from .account import poll, warm_up
from .cloud import cloud
from .plain import add_plain_sensors, prepare

CARS = 20


def compare() -> tuple[float, float]:
    """Return the kB of a car's entity and of a plain sensor; call it in a new process."""
    return clocks.run(_compare())


async def _compare() -> tuple[float, float]:
    # The first account fills caches that all accounts share.
    await warm_up(CARS)
    with cloud(CARS) as hiven:
        async with home(hiven.url) as each:
            await prepare(each)
            # Count everything allocated from here on.
            tracemalloc.start()
            await each.start()
            await each.rest()
            await poll(each)
            entities = len(each.entities())
            cars = _allocated()
            await add_plain_sensors(each, hiven.url, CARS, entities)
            await each.rest()
            plain = _allocated() - cars
            return cars / entities / 1000, plain / entities / 1000


def _allocated() -> int:
    gc.collect()
    allocated, _ = tracemalloc.get_traced_memory()
    return allocated
