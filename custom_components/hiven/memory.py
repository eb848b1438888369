"""Data that survives a reload of an account, until its entry is removed."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .api import Journal
from .const import DOMAIN

_DATA: HassKey[dict[str, Memory]] = HassKey(f"{DOMAIN}_memory")


@dataclass
class Memory:
    """Data that survives a reload."""

    journal: Journal = field(default_factory=Journal)
    # A slow write may outlive a reload; the next write waits for it.
    write_locks: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    list_failed: bool = False
    forbidden_lists: int = 0


@callback
def async_memory_of(hass: HomeAssistant, entry: ConfigEntry) -> Memory:
    """Return the memory of an account."""
    return hass.data.setdefault(_DATA, {}).setdefault(entry.entry_id, Memory())


@callback
def async_forget_memory(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the memory of an account that is removed."""
    hass.data.get(_DATA, {}).pop(entry.entry_id, None)
