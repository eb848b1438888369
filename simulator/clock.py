"""The simulator's time: true on the outside, faster and stoppable for the cars."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

type Now = Callable[[], datetime]


def wall_time() -> datetime:
    """Return the time of day; looked up on each call, so that tests can freeze it."""
    return datetime.now(UTC)


class Clock:
    """What the cars of one simulator live by."""

    def __init__(self, now: Now | None, speed: float) -> None:
        """Start a clock that runs."""
        self._now = now or wall_time
        self.speed = speed
        self.paused = False
        self.time_zone = ZoneInfo("Europe/Helsinki")
        self.telemetry_interval = timedelta(minutes=5)

    def now(self) -> datetime:
        """Return the wall clock in UTC."""
        return self._now().astimezone(UTC)

    @property
    def reading_interval(self) -> timedelta:
        """How old a car's telemetry gets while nothing happens, in wall time."""
        return self.telemetry_interval / self.speed
