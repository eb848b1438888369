"""A charging plan: the cheapest hours before the ready time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import re
from typing import Any
from zoneinfo import ZoneInfo

from .hours import HOUR, Window, joined, shares, slot_of
from .prices import Price

DAYS = (
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
)
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Plan:
    """When a car charges, and when it must be ready."""

    ready: datetime
    windows: tuple[Window, ...]

    def charges_at(self, moment: datetime) -> bool:
        """Return whether the car charges at this time."""
        return any(window.start <= moment < window.end for window in self.windows)

    def edges(self) -> list[datetime]:
        """Return the times at which something changes."""
        return [
            self.ready,
            *(edge for window in self.windows for edge in (window.start, window.end)),
        ]


def next_ready(
    preferences: Mapping[str, Any], now: datetime, time_zone: ZoneInfo
) -> datetime | None:
    """Return the next ready time; a day's own time replaces the usual one."""
    every_day = preferences.get("readyTime")
    days = preferences.get("weekDaySpecificReadyTimes")
    week = days if isinstance(days, Mapping) else {}
    today = now.astimezone(time_zone)
    for ahead in range(8):
        day = today.date() + timedelta(days=ahead)
        text = week.get(DAYS[day.weekday()], every_day)
        match = TIME.match(text) if isinstance(text, str) else None
        if match is None:
            continue
        hour, minute = map(int, match.groups())
        ready = datetime(
            day.year, day.month, day.day, hour, minute, tzinfo=time_zone
        ).astimezone(UTC)
        if ready > now:
            return ready
    return None


def make_plan(
    now: datetime,
    ready: datetime,
    *,
    at_once: timedelta,
    later: timedelta,
    price: Price,
    charged: Iterable[Window],
) -> Plan:
    """Charge `at_once` at any price, and `later` in the cheapest hours.

    `charged` is what the session has charged so far, which answers include.
    """
    # An answer has a share for each hour. The rule of _fills_end, which clients
    # know, says which part of the hour that is. The current hour is an
    # exception: part of it is over, and urgent charging does not wait.
    begin = now + at_once
    windows = [Window(now, begin)] if at_once else []
    known = [*charged, *windows]
    slots = []
    hour = slot_of(begin)
    while begin < ready and hour < ready:
        slots.append(Window(max(hour, begin), min(hour + HOUR, ready)))
        hour += HOUR
    # Only the last and most expensive slot is partly filled, once its neighbors are
    # known.
    for slot in sorted(slots, key=lambda slot: price(slot_of(slot.start))):
        if later <= timedelta(0):
            break
        length = min(later, slot.end - slot.start)
        start = slot.end - length if _fills_end(slot, shares(known)) else slot.start
        windows.append(Window(start, start + length))
        known.append(windows[-1])
        later -= length
    return Plan(ready, joined(windows))


def _fills_end(slot: Window, hours: Collection[datetime]) -> bool:
    """Return whether charging for part of a slot is at the slot's end.

    It is if the car charges in the next hour but not in the previous one.
    """
    hour = slot_of(slot.start)
    return hour - HOUR not in hours and hour + HOUR in hours
