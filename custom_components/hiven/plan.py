"""Works out the charging windows of a plan, and what comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import zip_longest

from .api import Schedule, Session

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Slot:
    """A period of the plan, in UTC, and the share of it (0 to 1) with charging."""

    start: datetime
    end: datetime
    share: float


@dataclass(frozen=True)
class Window:
    """A period of the plan in which the car charges, in UTC.

    `charging` is how long it charges. That is less than the period if Hiven only says
    how much of a slot is charged, not which part.
    """

    start: datetime
    end: datetime
    charging: timedelta

    @property
    def is_exact(self) -> bool:
        """Whether the car charges from start to end."""
        return self.charging >= self.end - self.start

    @property
    def as_slot(self) -> Slot:
        """The window as a slot."""
        return Slot(self.start, self.end, self.charging / (self.end - self.start))


def slots(hourly_charges: Mapping[datetime, float]) -> list[Slot]:
    """Return the slots of a plan, in order.

    A slot lasts until the next one, at most an hour. Before a gap, it lasts as long as
    the previous slot, or until the hour ends.
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


def windows(
    hourly_charges: Mapping[datetime, float],
    *,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> list[Window]:
    """Join the slots with charging to windows, in order.

    Hiven does not say which part of a slot is charged. The part follows from a charge
    that started or ended in the slot, else from a neighboring slot with charging.
    Otherwise, the window is as long as the slot.
    """
    result: list[Window] = []
    charging = [slot for slot in slots(hourly_charges) if slot.share > 0]
    starts = {slot.start for slot in charging}
    for slot in charging:
        length = (slot.end - slot.start) * slot.share
        is_part = slot.start + length < slot.end
        follows = bool(result) and result[-1].end == slot.start
        if started_at and is_part and slot.start <= started_at < slot.end:
            is_last = slot.end not in starts
            end = min(started_at + length, slot.end) if is_last else slot.end
            part = Window(started_at, end, end - started_at)
        elif ended_at and is_part and slot.start < ended_at <= slot.end:
            start = slot.start if follows else max(slot.start, ended_at - length)
            part = Window(start, ended_at, ended_at - start)
        elif follows or not is_part:
            part = Window(slot.start, slot.start + length, length)
        elif slot.end in starts:
            part = Window(slot.end - length, slot.end, length)
        else:
            part = Window(slot.start, slot.end, length)
        if result and result[-1].end == part.start and part.is_exact:
            before = result.pop()
            part = Window(before.start, part.end, before.charging + part.charging)
        result.append(part)
    return result


def windows_of(session: Session) -> list[Window]:
    """Return when a session charged; an early end cuts off its plan."""
    ended_at = session.ended_at
    planned = windows(session.hourly_charges, ended_at=ended_at)
    if ended_at is None:
        return planned
    return [
        Window(
            each.start,
            min(each.end, ended_at),
            min(each.charging, ended_at - each.start),
        )
        for each in planned
        if each.start < ended_at
    ]


@dataclass(frozen=True)
class Plan:
    """A schedule and its windows.

    `started_at` is when the car began to charge, which shows the charged part of a slot.
    """

    schedule: Schedule
    started_at: datetime | None = None
    _started: dict[datetime, Plan] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def started(self, at: datetime) -> Plan:
        """Return the plan for a car that began to charge then, the same object each time."""
        if at not in self._started:
            self._started[at] = replace(self, started_at=at)
        return self._started[at]

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """The windows, in order."""
        return tuple(windows(self.schedule.hourly_charges, started_at=self.started_at))

    @property
    def edges(self) -> Iterator[datetime]:
        """The moments at which a window starts or ends, in order."""
        return (edge for each in self.windows for edge in (each.start, each.end))

    def current_or_next(self, now: datetime) -> Window | None:
        """Return the current window, else the next one."""
        return next((window for window in self.windows if window.end > now), None)

    def next_start(self, now: datetime) -> datetime | None:
        """Return the next start of charging."""
        return next((each.start for each in self.windows if each.start > now), None)

    def next_end(self, now: datetime) -> datetime | None:
        """Return the next end of charging."""
        window = self.current_or_next(now)
        return window.end if window else None

    def time_left(self, now: datetime) -> timedelta:
        """Return how long the car will charge in the remaining windows."""
        return sum(
            (each.charging for each in self.windows if each.end > now), timedelta()
        )

    def next_edge(self, now: datetime) -> datetime | None:
        """Return when the next window starts or ends."""
        return next((edge for edge in self.edges if edge > now), None)
