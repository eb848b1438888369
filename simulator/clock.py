"""The wall clock, and the speed of the cars' lives."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from .prices import Price, by_day

type Now = Callable[[], datetime]


def wall_time() -> datetime:
    """Return the current time; called by name, so that tests can freeze it."""
    return datetime.now(UTC)


class Clock:
    """The time, the speed and the prices for all cars of a simulator."""

    def __init__(self, now: Now | None, speed: float) -> None:
        """Start the clock."""
        self._now = now or wall_time
        self.speed = speed
        self.paused = False
        self.time_zone = ZoneInfo("Europe/Helsinki")
        self.prices: Price | None = None
        """None: prices depend on the time of day."""
        self.telemetry_interval = timedelta(minutes=5)
        self.plan_delay = timedelta(0)

    def now(self) -> datetime:
        """Return the wall clock in UTC."""
        return self._now().astimezone(UTC)

    def price(self, hour: datetime) -> float:
        """Return the price of the hour that starts at this time."""
        return (self.prices or by_day(self.time_zone))(hour)

    @property
    def reading_interval(self) -> timedelta:
        """How old telemetry gets while nothing happens, in real time."""
        return self.telemetry_interval / self.speed
