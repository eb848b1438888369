"""What an account may leak: memory, tasks, listeners, timers."""

from dataclasses import dataclass
import gc
from pathlib import Path
import re
import sys

from homeassistant.components.calendar import CalendarEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.util.async_ import get_scheduled_timer_handles

from custom_components.hiven.account import HivenAccount
from custom_components.hiven.alarm import Alarm
from custom_components.hiven.const import DOMAIN
from custom_components.hiven.entity import HivenValueEntity
from tools.home import Home
from tools.watch import tasks_of_ours

_RESIDENT = re.compile(r"^VmRSS:\s*(\d+) kB$", re.MULTILINE)
_PROCESS = Path("/proc/self/status")
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
    entities = [
        entity
        for platform in async_get_platforms(hass, DOMAIN)
        for entity in platform.entities.values()
    ]
    account: HivenAccount = home.entry.runtime_data
    coordinator = account.coordinator
    # Nothing is kept of a car that has gone.
    for kept in (coordinator._tracks, account._cars):  # noqa: SLF001
        assert kept.keys() <= coordinator.data.keys(), kept.keys()
    gc.collect()
    return Sample(
        blocks=sys.getallocatedblocks(),
        resident=_resident(),
        tasks=len(tasks_of_ours()),
        bus_listeners=sum(hass.bus.async_listeners().values()),
        account_listeners=len(coordinator._listeners) - len(entities),  # noqa: SLF001
        timers=_timers(hass) - sum(map(_moments, entities)) - _waiting(account),
    )


def _moments(entity: Entity) -> int:
    """Return the number of timers that wait for a state to change by itself."""
    if isinstance(entity, CalendarEntity):
        return len(entity._alarm_unsubs or ())  # noqa: SLF001
    return isinstance(entity, HivenValueEntity) and _is_set(entity._alarm)  # noqa: SLF001


def _waiting(account: HivenAccount) -> int:
    """Return the number of timers that an account only has sometimes."""
    coordinator, histories = account.coordinator, account.histories
    alarms = (
        *(coordinator._early_poll, coordinator._aging),  # noqa: SLF001
        *(account.plans._alarm, account.returns._alarm),  # noqa: SLF001
        *histories._alarms.values(),  # noqa: SLF001
    )
    store = histories._store._store  # noqa: SLF001
    is_saved_later = store._delay_handle is not None  # noqa: SLF001
    return sum(map(_is_set, alarms)) + is_saved_later


def _is_set(alarm: Alarm | None) -> bool:
    return alarm is not None and alarm._at is not None  # noqa: SLF001


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
