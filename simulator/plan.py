"""A charging plan: the cheapest hours before the car has to be ready."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import re
from typing import Any
from zoneinfo import ZoneInfo

from .hours import HOUR, hour_of, share_out, shares
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
    charged: Mapping[datetime, timedelta],
) -> Plan:
    """Charge `at_once` whatever it costs, and `later` in the cheapest hours.

    `charged` is how much of each hour the session already charged: the wire tells it
    together with the plan.
    """
    # Read by the rule of _fills_end, the wire tells when the car will charge, save in
    # the hour that runs now. Its beginning is past, what is needed at once does not
    # wait for its end, and what was charged may not adjoin what is still to be. Nor
    # does the wire tell which part of an hour went by while the simulator was paused.
    begin = now + at_once
    windows = [Window(now, begin)] if at_once else []
    hours = defaultdict(timedelta, charged)
    share_out(hours, now, begin)
    slots = []
    hour = hour_of(begin)
    while begin < ready and hour < ready:
        slots.append(Window(max(hour, begin), min(hour + HOUR, ready)))
        hour += HOUR
    # Only the last one taken, the dearest, is not filled: the hours beside it are known.
    for slot in sorted(slots, key=lambda slot: price(hour_of(slot.start), time_zone)):
        if later <= timedelta(0):
            break
        length = min(later, slot.end - slot.start)
        start = slot.end - length if _fills_end(slot, hours) else slot.start
        windows.append(Window(start, start + length))
        share_out(hours, start, start + length)
        later -= length
    return Plan(now, ready, _joined(windows))


def _fills_end(slot: Window, hours: Mapping[datetime, timedelta]) -> bool:
    """Tell whether charging for a part of that slot is to be at its end.

    A part hour that follows an hour with charging fills its start, one that only
    precedes one its end, one that stands alone its start.
    """
    told = shares(hours)
    hour = hour_of(slot.start)
    return hour - HOUR not in told and hour + HOUR in told


def _joined(windows: list[Window]) -> tuple[Window, ...]:
    """Return the windows in order, neighbours as one."""
    joined: list[Window] = []
    for window in sorted(windows, key=lambda window: window.start):
        if joined and joined[-1].end == window.start:
            joined[-1] = Window(joined[-1].start, window.end)
        else:
            joined.append(window)
    return tuple(joined)
