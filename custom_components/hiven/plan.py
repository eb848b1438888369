"""What a plan of hours means: windows of charging, and what comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .api import Schedule, Session

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Window:
    """A stretch of charging without a break, in UTC."""

    start: datetime
    end: datetime


def windows(hourly_charges: Mapping[datetime, float]) -> list[Window]:
    """Join the hours with charging to windows, in order.

    Of a part hour Hiven does not say which part. One that follows an hour with
    charging fills its start, one that only precedes one its end, one that stands
    alone its start.
    """
    result: list[Window] = []
    charging = {hour: share for hour, share in hourly_charges.items() if share > 0}
    for hour in sorted(charging):
        length = HOUR * charging[hour]
        only_precedes = hour - HOUR not in charging and hour + HOUR in charging
        start = hour + HOUR - length if only_precedes else hour
        if result and result[-1].end == start:
            start = result.pop().start
            length = hour + length - start
        result.append(Window(start, start + length))
    return result


def windows_of(session: Session) -> list[Window]:
    """Return when a session charged: up to its end, if that came before its plan's."""
    return [
        Window(window.start, min(window.end, session.ended_at or window.end))
        for window in windows(session.hourly_charges)
        if session.ended_at is None or window.start < session.ended_at
    ]


def _ahead(schedule: Schedule | None, now: datetime) -> Iterable[Window]:
    """Return the windows that are not over."""
    if schedule is None:
        return ()
    return (window for window in windows(schedule.hourly_charges) if window.end > now)


def current_or_next(schedule: Schedule | None, now: datetime) -> Window | None:
    """Return the window that runs, else the next one."""
    return next(iter(_ahead(schedule, now)), None)


def next_start(schedule: Schedule | None, now: datetime) -> datetime | None:
    """Return when charging starts next."""
    starts = (window.start for window in _ahead(schedule, now))
    return next((start for start in starts if start > now), None)


def next_end(schedule: Schedule | None, now: datetime) -> datetime | None:
    """Return when charging ends next."""
    window = current_or_next(schedule, now)
    return window.end if window else None


def time_left(schedule: Schedule | None, now: datetime) -> timedelta | None:
    """Return how long the windows are that are not over; None without a plan."""
    if schedule is None:
        return None
    return sum(
        (window.end - window.start for window in _ahead(schedule, now)), timedelta()
    )


def next_edge(schedule: Schedule | None, now: datetime) -> datetime | None:
    """Return when the next window starts or ends."""
    edges = (
        edge for window in _ahead(schedule, now) for edge in (window.start, window.end)
    )
    return next((edge for edge in edges if edge > now), None)
