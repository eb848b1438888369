"""How much memory vehicles take, with their entities."""

import gc
from pathlib import Path
import re

from . import clocks
from .account import warm_up
from .cloud import Cloud
from .home import home

_RESIDENT = re.compile(r"^VmRSS:\s*(\d+) kB$", re.MULTILINE)
_PROCESS = Path("/proc/self/status")
# The first ones fill what is there once for all.
FEW = 10


def is_told() -> bool:
    """Tell whether this system says how much memory a process has."""
    return _PROCESS.exists()


def megabytes_a_vehicle(vehicles: int) -> float:
    """Return what a vehicle takes; in a fresh process."""
    return clocks.run(_grown(vehicles)) / vehicles


async def _grown(vehicles: int) -> float:
    await warm_up(FEW)
    with Cloud(vehicles) as cloud:
        async with home(cloud.url) as each:
            before = _resident()
            await each.start()
            await each.rest()
            await each.poll()
            return _resident() - before


def _resident() -> float:
    """Return the memory of this process in MB."""
    gc.collect()
    found = _RESIDENT.search(_PROCESS.read_text())
    assert found is not None
    return int(found[1]) / 1024
