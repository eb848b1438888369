"""A charging plan: the cheapest hours before the car has to be ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import re
from typing import Any
from zoneinfo import ZoneInfo

from .prices import price

DAYS = (
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
)
HOUR = timedelta(hours=1)
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Window:
    """A stretch of time with charging."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Plan:
    """When a car charges, and by when it has to be ready."""

    made: datetime
    ready: datetime
    windows: tuple[Window, ...]

    def charges_at(self, moment: datetime) -> bool:
        """Tell whether the car charges at that moment."""
        return any(window.start <= moment < window.end for window in self.windows)

    def edges(self) -> list[datetime]:
        """Return the moments at which something changes."""
        return [
            self.ready,
            *(edge for window in self.windows for edge in (window.start, window.end)),
        ]


def hour_of(moment: datetime) -> datetime:
    """Return the beginning of the hour in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def next_ready(
    preferences: Mapping[str, Any], now: datetime, time_zone: ZoneInfo
) -> datetime | None:
    """Return when the car is next to be ready: week day over every-day time."""
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
    time_zone: ZoneInfo,
) -> Plan:
    """Charge `at_once` whatever it costs, and `later` in the cheapest hours."""
    begin = now + at_once
    windows = [Window(now, begin)] if at_once else []
    slots = []
    hour = hour_of(begin)
    while begin < ready and hour < ready:
        slots.append(Window(max(hour, begin), min(hour + HOUR, ready)))
        hour += HOUR
    for slot in sorted(slots, key=lambda slot: price(hour_of(slot.start), time_zone)):
        if later <= timedelta(0):
            break
        length = min(later, slot.end - slot.start)
        windows.append(Window(slot.start, slot.start + length))
        later -= length
    return Plan(now, ready, _joined(windows))


def _joined(windows: list[Window]) -> tuple[Window, ...]:
    """Return the windows in order, neighbours as one."""
    joined: list[Window] = []
    for window in sorted(windows, key=lambda window: window.start):
        if joined and joined[-1].end == window.start:
            joined[-1] = Window(joined[-1].start, window.end)
        else:
            joined.append(window)
    return tuple(joined)
