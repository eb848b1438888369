"""Made-up electricity prices, in cents per kWh."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from .hours import HOUR, slot_of

type Price = Callable[[datetime], float]
"""Returns the price of the hour that starts at this time."""

# By local hour: cheap at night, expensive when people cook.
_DAY = (
    4.1, 3.6, 3.2, 3.0, 3.3, 4.4, 7.2, 10.8, 12.1, 10.4, 8.7, 7.9,
    7.1, 6.6, 6.9, 8.3, 11.2, 14.6, 15.3, 13.0, 10.1, 8.0, 6.2, 5.0,
)  # fmt: skip

# By hours since the start: soon more expensive, then a cheap period that ends slowly.
_SCENARIO = (
    6.0, 7.5, 9.5, 11.0, 3.0, 3.2, 3.4, 3.7, 4.0, 4.3, 4.6, 4.9,
    5.2, 5.5, 7.2, 9.8, 12.1, 14.6, 15.3, 13.0, 11.0, 9.0, 7.8, 6.8,
)  # fmt: skip


def by_day(time_zone: ZoneInfo) -> Price:
    """Return prices that depend on the time of day."""

    def price(hour: datetime) -> float:
        local = hour.astimezone(time_zone)
        # Days differ a little, so that the cheapest hours are not the same every night.
        wobble = (local.toordinal() * 37 + local.hour * 17) % 11 - 5
        return _DAY[local.hour] + wobble * 0.1

    return price


def since(start: datetime) -> Price:
    """Return prices that rise and fall the same way after any start."""
    first = slot_of(start)

    def price(hour: datetime) -> float:
        return _SCENARIO[(slot_of(hour) - first) // HOUR % len(_SCENARIO)]

    return price
