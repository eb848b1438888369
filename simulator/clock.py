"""The wall clock, and how fast the life of cars passes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from .prices import Price, by_day

type Now = Callable[[], datetime]


def wall_time() -> datetime:
    """Return the time of day; called by name, so that tests can freeze it."""
    return datetime.now(UTC)


class Clock:
    """The time, the pace and the prices for all cars of one simulator."""

    def __init__(self, now: Now | None, speed: float) -> None:
        """Start a clock that runs."""
        self._now = now or wall_time
        self.speed = speed
        self.paused = False
        self.time_zone = ZoneInfo("Europe/Helsinki")
        self.prices: Price | None = None
        """None: prices by the time of day."""
        self.telemetry_interval = timedelta(minutes=5)
        self.plan_delay = timedelta(0)

    def now(self) -> datetime:
        """Return the wall clock in UTC."""
        return self._now().astimezone(UTC)

    def price(self, hour: datetime) -> float:
        """Return the price of the hour that begins then."""
        return (self.prices or by_day(self.time_zone))(hour)

    @property
    def reading_interval(self) -> timedelta:
        """How old telemetry gets while nothing happens, in wall time."""
        return self.telemetry_interval / self.speed
