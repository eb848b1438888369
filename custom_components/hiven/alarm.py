"""A timer for one moment at a time."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time


class Alarm:
    """Calls a function at a moment; setting the same moment again costs nothing."""

    def __init__(self, hass: HomeAssistant, action: Callable[[datetime], None]) -> None:
        """Create an alarm that is not set."""
        self._hass = hass
        self._action = action
        self._at: datetime | None = None
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def set(self, at: datetime | None) -> None:
        """Call the function at this moment, not earlier; None stops the alarm."""
        if at == self._at:
            return
        self.stop()
        if at is not None:
            self._at = at
            self._cancel = async_track_point_in_utc_time(self._hass, self._ring, at)

    @callback
    def stop(self) -> None:
        """Do not call the function."""
        if self._cancel is not None:
            self._cancel()
        self._at = self._cancel = None

    @callback
    def _ring(self, now: datetime) -> None:
        self._at = self._cancel = None
        self._action(now)
