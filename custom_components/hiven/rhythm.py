"""When to read a car's telemetry: shortly after its next report is expected."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median_low

# Unexpected reports are found within this time.
LONGEST_PAUSE = timedelta(minutes=15)
# How long a car is read often after a write, a window's start or end, or its return.
WATCH = timedelta(minutes=15)
# A report needs some seconds to reach Hiven. Reading too early finds it minutes later.
ON_ITS_WAY = timedelta(seconds=20)
# A car reports soon after something has changed.
AFTER_CHANGE = timedelta(minutes=1)

_REMEMBERED = 8
_NEEDED = 3
# A rhythm is regular when most intervals are about as long as their median.
_TOLERANCE = 0.25
_MOST = 0.75


class Rhythm:
    """Learns how often a car reports, and when to read it again."""

    def __init__(self, interval: timedelta) -> None:
        """Read every `interval` until the rhythm is known."""
        self._interval = interval
        self._intervals: deque[timedelta] = deque(maxlen=_REMEMBERED)
        self._reported_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._is_charging = False
        self._watched_from: datetime | None = None
        self._edges: frozenset[datetime] = frozenset()

    def asked(self, now: datetime) -> None:
        """Record that the car's telemetry is being read."""
        self._asked_at = now

    def heard(self, reported_at: datetime | None, *, is_charging: bool) -> None:
        """Record the time of the telemetry that was read."""
        self._is_charging = is_charging
        before, self._reported_at = self._reported_at, reported_at
        # If the car's clock was set back, the time between the reports is not known.
        if before is not None and reported_at is not None and reported_at > before:
            self._intervals.append(reported_at - before)

    def watch(self, moment: datetime) -> None:
        """Read often for a while after a moment, because a change is expected."""
        self._watched_from = moment + AFTER_CHANGE

    def watch_edges(self, moments: Iterable[datetime]) -> None:
        """Read often for a while after each moment; replaces earlier moments."""
        self._edges = frozenset(moment + AFTER_CHANGE for moment in moments)

    def due_at(self, now: datetime) -> datetime:
        """Return when to read again."""
        if self._asked_at is None:
            return now
        often = self._asked_at + self._interval
        watched = set(self._edges)
        if self._watched_from is not None:
            watched.add(self._watched_from)
        is_watched = any(at <= self._asked_at < at + WATCH for at in watched)
        return min(
            often if self._is_charging or is_watched else self._expected_after(often),
            self._asked_at + max(LONGEST_PAUSE, self._interval),
            *(at for at in watched if at > self._asked_at),
        )

    def _expected_after(self, often: datetime) -> datetime:
        """Return when the next report is due; `often` if that is not known."""
        assert self._asked_at is not None
        usual = self._usual_interval()
        # The car reports about as often as it may be read.
        if (
            usual is None
            or usual <= self._interval * (1 + _TOLERANCE)
            or self._reported_at is None
        ):
            return often
        expected = self._reported_at + usual + ON_ITS_WAY
        # The report is late: read often until it arrives.
        return expected if expected > self._asked_at else often

    def _usual_interval(self) -> timedelta | None:
        """Return the median of the last intervals; None if they are not regular."""
        if len(self._intervals) < _NEEDED:
            return None
        # With an even number, use the lower middle value: asking too early costs less
        # than asking too late.
        usual = median_low(self._intervals)
        alike = sum(
            abs(interval - usual) <= usual * _TOLERANCE for interval in self._intervals
        )
        return usual if alike >= len(self._intervals) * _MOST else None
