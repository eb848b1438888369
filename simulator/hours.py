"""Periods of time, and the share of each hour that they fill."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Window:
    """A period of charging."""

    start: datetime
    end: datetime


def slot_of(moment: datetime, length: timedelta = HOUR) -> datetime:
    """Return the start in UTC of the hour, or another slot, at this time."""
    moment = moment.astimezone(UTC)
    return moment - (moment - _EPOCH) % length


def shares(
    windows: Iterable[Window], length: timedelta = HOUR
) -> dict[datetime, float]:
    """Return the share of each slot that the windows fill, in order."""
    filled: defaultdict[datetime, timedelta] = defaultdict(timedelta)
    for window in windows:
        start = window.start
        while start < window.end:
            slot = slot_of(start, length)
            until = min(slot + length, window.end)
            filled[slot] += until - start
            start = until
    rounded = {slot: round(filled[slot] / length, 3) for slot in sorted(filled)}
    return {slot: share for slot, share in rounded.items() if share}


def joined(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the windows in order, with adjacent ones joined."""
    result: list[Window] = []
    for window in sorted(windows, key=lambda window: window.start):
        if result and result[-1].end == window.start:
            result[-1] = Window(result[-1].start, window.end)
        else:
            result.append(window)
    return tuple(result)
