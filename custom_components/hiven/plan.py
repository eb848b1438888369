"""What a plan means: windows of charging, and what comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import zip_longest

from .api import Schedule, Session

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Window:
    """A stretch of charging without a break, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Slot:
    """A stretch of the plan, in UTC, and the share of it (0 to 1) with charging."""

    start: datetime
    end: datetime
    share: float


def slots(hourly_charges: Mapping[datetime, float]) -> list[Slot]:
    """Return the slots of a plan, in order.

    A slot lasts until the next key, at most an hour. Before a gap it lasts as long as
    the slot it follows, or until the hour ends.
    """
    result: list[Slot] = []
    starts = sorted(hourly_charges)
    for start, following in zip_longest(starts, starts[1:]):
        if following is not None and following - start <= HOUR:
            length = following - start
        elif result and result[-1].end == start:
            length = result[-1].end - result[-1].start
        else:
            length = HOUR - timedelta(
                minutes=start.minute,
                seconds=start.second,
                microseconds=start.microsecond,
            )
        result.append(Slot(start, start + length, hourly_charges[start]))
    return result


def windows(hourly_charges: Mapping[datetime, float]) -> list[Window]:
    """Join the slots with charging to windows, in order.

    Hiven does not say which part of a slot is charged. A part that follows a slot with
    charging fills its start, one that only precedes one its end, one that stands alone
    its start.
    """
    result: list[Window] = []
    charging = [slot for slot in slots(hourly_charges) if slot.share > 0]
    starts = {slot.start for slot in charging}
    ends = {slot.end for slot in charging}
    for slot in charging:
        length = (slot.end - slot.start) * slot.share
        only_precedes = slot.start not in ends and slot.end in starts
        start = slot.end - length if only_precedes else slot.start
        end = start + length
        if result and result[-1].end == start:
            start = result.pop().start
        result.append(Window(start, end))
    return result


def windows_of(session: Session) -> list[Window]:
    """Return when a session charged: up to its end, if that came before its plan's."""
    return [
        Window(window.start, min(window.end, session.ended_at or window.end))
        for window in windows(session.hourly_charges)
        if session.ended_at is None or window.start < session.ended_at
    ]


@dataclass(frozen=True)
class Plan:
    """A schedule and the windows it means."""

    schedule: Schedule

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """The windows, in order."""
        return tuple(windows(self.schedule.hourly_charges))

    @property
    def edges(self) -> Iterator[datetime]:
        """The moments at which a window starts or ends, in order."""
        return (edge for each in self.windows for edge in (each.start, each.end))

    def current_or_next(self, now: datetime) -> Window | None:
        """Return the window that runs, else the next one."""
        return next((window for window in self.windows if window.end > now), None)

    def next_start(self, now: datetime) -> datetime | None:
        """Return when charging starts next."""
        return next((each.start for each in self.windows if each.start > now), None)

    def next_end(self, now: datetime) -> datetime | None:
        """Return when charging ends next."""
        window = self.current_or_next(now)
        return window.end if window else None

    def time_left(self, now: datetime) -> timedelta:
        """Return how long the windows are that are not over."""
        return sum(
            (each.end - each.start for each in self.windows if each.end > now),
            timedelta(),
        )

    def next_edge(self, now: datetime) -> datetime | None:
        """Return when the next window starts or ends."""
        return next((edge for edge in self.edges if edge > now), None)
