"""Stores what the account knows about each vehicle, so that it outlives a restart."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN, LOGGER


class File(StrEnum):
    """What follows the account's id in the name of a file."""

    RETURNS = ""
    HISTORIES = ".history"


class VehicleStorage[T]:
    """One value for each vehicle of an account, stored in a file."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        file: File,
        from_json: Callable[[Mapping[str, Any]], T],
        to_json: Callable[[T], dict[str, Any]],
    ) -> None:
        """Use a file of the account."""
        self.values: dict[str, T] = {}
        self._store = _store(hass, entry, file)
        self._from_json = from_json
        self._to_json = to_json

    async def async_load(self) -> None:
        """Load the values; one that is damaged is ignored."""
        for vehicle_id, stored in (await self._store.async_load() or {}).items():
            try:
                self.values[vehicle_id] = self._from_json(stored)
            except AttributeError, LookupError, TypeError, ValueError:
                LOGGER.warning("Stored data of a vehicle is damaged and was ignored")

    async def async_save(self) -> None:
        """Store the values now."""
        await self._store.async_save(self._all_to_json())

    @callback
    def async_save_soon(self, delay: float = 0) -> None:
        """Store the values after some seconds, or earlier if Home Assistant stops."""
        self._store.async_delay_save(self._all_to_json, delay)

    def _all_to_json(self) -> dict[str, Any]:
        return {id_: self._to_json(value) for id_, value in self.values.items()}


async def async_forget_stored(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the files of an account that is removed."""
    for file in File:
        await _store(hass, entry, file).async_remove()


def _store(
    hass: HomeAssistant, entry: ConfigEntry, file: File
) -> Store[dict[str, Any]]:
    return Store(hass, 1, f"{DOMAIN}.{entry.entry_id}{file}")
