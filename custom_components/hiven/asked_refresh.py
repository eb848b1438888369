"""A refresh that somebody asks for; all who ask before it begins share it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.debounce import Debouncer

from .const import DOMAIN, LOGGER

# In seconds. Who asks again within this time gets a refresh at its end.
COOLDOWN = 10


class AskedRefresh:
    """Waits for a poll that runs, which may have missed what somebody asks for."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Refresh an account by the debouncer of its coordinator."""
        self.debouncer: Debouncer[Coroutine[Any, Any, None]] = Debouncer(
            hass, LOGGER, cooldown=COOLDOWN, immediate=True
        )
        self._hass = hass
        self._entry = entry
        self._is_polling = False
        self._next: asyncio.Task[None] | None = None

    @contextmanager
    def polling(self) -> Iterator[None]:
        """Note that a poll runs; who asks from now on needs another one."""
        self._next = None
        self._is_polling = True
        try:
            yield
        finally:
            self._is_polling = False

    async def async_wait(self, is_allowed: Callable[[], bool]) -> None:
        """Refresh if that is allowed when its turn comes."""
        if self._next is None:
            self._next = self._entry.async_create_background_task(
                self._hass,
                self._async_refresh(is_allowed),
                f"{DOMAIN} refresh",
                eager_start=False,
            )
        # Who asked may give up; others wait for it too.
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
