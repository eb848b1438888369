"""What an account may leak: memory, tasks, listeners, timers."""

from dataclasses import dataclass
import gc
from pathlib import Path
import re
import sys

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.util.async_ import get_scheduled_timer_handles

from custom_components.hiven.account import HivenAccount
from tools.home import Home
from tools.truth import entities_of
from tools.watch import tasks_of_ours

_RESIDENT = re.compile(r"^VmRSS:\s*(\d+) kB$", re.MULTILINE)
_PROCESS = Path("/proc/self/status")
_MOVED = (
    *("_next_ready_time", "_next_charging_start", "_next_charging_end"),
    "_planned_charging_time",
)
_AIOHTTP = ("_weakref_handle", "RequestHandler._process_keepalive")


@dataclass(frozen=True)
class Sample:
    """Figures while nothing happens.

    `blocks` is the number of memory blocks that Python has allocated, `resident` the
    memory of the process in MB. Listeners and timers that entities always have are not
    counted.
    """

    blocks: int
    resident: float
    tasks: int
    bus_listeners: int
    account_listeners: int
    timers: int


def sample(home: Home) -> Sample:
    """Return the current figures."""
    hass = home.hass
    shown = {
        entity.entity_id: hass.states.get(entity.entity_id)
        for _, _, entity in entities_of(home)
        if entity.disabled_by is None
    }
    # Each has a timer for its next value; the calendar has one for each edge.
    moments = sum(
        entity_id.endswith(_MOVED) and state is not None and state.state[:1].isdigit()
        for entity_id, state in shown.items()
    ) + sum(
        1 if state.state == STATE_ON else 2
        for entity_id, state in shown.items()
        if entity_id.endswith("_charging_plan")
        and state is not None
        and "start_time" in state.attributes
    )
    account: HivenAccount = home.entry.runtime_data
    coordinator = account.coordinator
    # Nothing may be left of a removed car.
    assert coordinator._tracks.keys() <= coordinator.data.keys()  # noqa: SLF001
    gc.collect()
    return Sample(
        blocks=sys.getallocatedblocks(),
        resident=_resident(),
        tasks=len(tasks_of_ours()),
        bus_listeners=sum(hass.bus.async_listeners().values()),
        account_listeners=len(coordinator._listeners) - len(shown),  # noqa: SLF001
        timers=_timers(hass) - moments - _waiting(account),
    )


def _waiting(account: HivenAccount) -> int:
    """Return the number of timers that an account only has sometimes."""
    coordinator = account.coordinator
    timers = (
        *(coordinator._cancel_early_poll, coordinator._cancel_aging),  # noqa: SLF001
        *(account.plans._cancel_timer, account.returns._cancel_timer),  # noqa: SLF001
        account.histories._store._delay_handle,  # noqa: SLF001
        *account.histories._cancel_asking.values(),  # noqa: SLF001
    )
    return sum(timer is not None for timer in timers)


def _timers(hass: HomeAssistant) -> int:
    """Return the number of timers, without those of connections."""
    return sum(
        not handle.cancelled() and not any(name in repr(handle) for name in _AIOHTTP)
        for handle in get_scheduled_timer_handles(hass.loop)
    )


def _resident() -> float:
    """Return the memory of this process in MB; 0 if the system does not provide it."""
    found = _RESIDENT.search(_PROCESS.read_text()) if _PROCESS.exists() else None
    return int(found[1]) / 1024 if found else 0.0
