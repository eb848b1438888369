"""Refreshes on request; all requests made before a refresh starts share it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.debounce import Debouncer

from .const import DOMAIN, LOGGER

# In seconds. The next refresh starts at least this long after the last one.
COOLDOWN = 10


class AskedRefresh:
    """Refreshes after a running poll, because that poll may have missed the news."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Create the debouncer that the coordinator uses."""
        self.debouncer: Debouncer[Coroutine[Any, Any, None]] = Debouncer(
            hass, LOGGER, cooldown=COOLDOWN, immediate=True
        )
        self._hass = hass
        self._entry = entry
        self._is_polling = False
        self._next: asyncio.Task[None] | None = None

    @contextmanager
    def polling(self) -> Iterator[None]:
        """Record that a poll is running; later requests need another one."""
        self._next = None
        self._is_polling = True
        try:
            yield
        finally:
            self._is_polling = False

    async def async_wait(self, is_allowed: Callable[[], bool]) -> None:
        """Refresh, if `is_allowed` is true when the refresh starts."""
        if self._next is None:
            self._next = self._entry.async_create_background_task(
                self._hass,
                self._async_refresh(is_allowed),
                f"{DOMAIN} refresh",
                eager_start=False,
            )
        # A caller may be cancelled; others still wait.
        await asyncio.wait([self._next])

    async def _async_refresh(self, is_allowed: Callable[[], bool]) -> None:
        try:
            if self._is_polling:
                async with self.debouncer.async_lock():
                    self.debouncer.async_cancel()
            if is_allowed():
                await self.debouncer.async_call()
        finally:
            if self._next is asyncio.current_task():
                self._next = None
