"""When a car leaves and comes home by itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))


class Drives(Protocol):
    """The drives in a car's life."""

    @property
    def km(self) -> float:
        """The distance of each drive."""

    @property
    def away(self) -> timedelta:
        """How long the car is away, in simulated time."""

    def next_departure(self, after: datetime, time_zone: ZoneInfo) -> datetime | None:
        """Return when the car leaves next, in UTC."""


@dataclass(frozen=True)
class Routine:
    """Leaves and returns at the same local times on certain days."""

    leaves: time
    returns: time
    km: float
    days: frozenset[int] = EVERY_DAY
    """Weekdays, Monday is 0."""

    @property
    def away(self) -> timedelta:
        """How long the car is away: overnight if it returns before it leaves."""
        start, end = (
            datetime.combine(date.min, moment) for moment in (self.leaves, self.returns)
        )
        return end - start if end > start else end - start + timedelta(days=1)

    def next_departure(self, after: datetime, time_zone: ZoneInfo) -> datetime | None:
        """Return when the car leaves next, in UTC."""
        today = after.astimezone(time_zone).date()
        for ahead in range(8):
            day = today + timedelta(days=ahead)
            if day.weekday() not in self.days:
                continue
            leaves = datetime.combine(day, self.leaves, time_zone).astimezone(UTC)
            if leaves > after:
                return leaves
        return None


@dataclass(frozen=True)
class Rounds:
    """Leaves at regular intervals after the first departure."""

    first: datetime
    every: timedelta
    away: timedelta
    km: float

    def next_departure(self, after: datetime, time_zone: ZoneInfo) -> datetime | None:
        """Return when the car leaves next, in UTC."""
        if after < self.first:
            return self.first
        return after + self.every - (after - self.first) % self.every
