"""The memory of cars, and of as many plain sensors."""

import gc
from pathlib import Path
import re

from tools.home import home

from . import clocks
from .account import poll, warm_up
from .cloud import Cloud
from .figures import MANY, SOME
from .plain import add_plain_sensors

_RESIDENT = re.compile(r"^VmRSS:\s*(\d+) kB$", re.MULTILINE)
_PROCESS = Path("/proc/self/status")


def of_cars() -> tuple[float, int]:
    """Return the MB and entities of a car; call this in a new process."""
    return clocks.run(_cars())


def of_plain_sensors(sensors: int) -> float:
    """Return the MB of a device with plain sensors; call this in a new process."""
    return clocks.run(_plain(sensors))


async def _cars() -> tuple[float, int]:
    # The first ones fill structures that all share.
    await warm_up(SOME)
    with Cloud(MANY) as cloud:
        async with home(cloud.url) as each:
            before = _resident()
            await each.start()
            await each.rest()
            await poll(each)
            entities = len(each.entities()) // MANY
            return (_resident() - before) / MANY, entities


async def _plain(sensors: int) -> float:
    await warm_up(SOME)
    async with home("") as each:
        before = _resident()
        await add_plain_sensors(each, MANY, MANY * sensors)
        await each.rest()
        return (_resident() - before) / MANY


def _resident() -> float:
    """Return the memory of this process in MB."""
    gc.collect()
    found = _RESIDENT.search(_PROCESS.read_text())
    assert found is not None
    return int(found[1]) / 1024
