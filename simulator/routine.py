"""What a car's household does with it every day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Routine:
    """When a car leaves home and returns (local time), and how far it goes."""

    leaves: time
    returns: time
    km: float
    days: frozenset[int] = EVERY_DAY
    """Week days, Monday is 0."""

    @property
    def away(self) -> timedelta:
        """How long the car is gone; overnight where it returns before it leaves."""
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
