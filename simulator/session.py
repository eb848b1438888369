"""One smart-charging session: what was planned, what was charged, how it ended."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from .plan import HOUR, Plan, hour_of

type SessionStatus = Literal["ACTIVE", "COMPLETE", "INTERRUPTED"]


@dataclass(eq=False)
class Session:
    """From the first plan until the car is full, is unplugged or stops being smart."""

    created: datetime
    plan: Plan
    id: str = field(default_factory=lambda: str(uuid4()))
    status: SessionStatus = "ACTIVE"
    ended: datetime | None = None
    charged: dict[datetime, timedelta] = field(
        default_factory=lambda: defaultdict(timedelta)
    )

    def end(self, status: SessionStatus, at: datetime) -> None:
        """Close the session."""
        self.status = status
        self.ended = at

    def charge(self, start: datetime, end: datetime) -> None:
        """Note that the car charged in between."""
        _add(self.charged, start, end)

    def hours(self, at: datetime) -> dict[datetime, float]:
        """Return the part of each hour with charging: past as it was, then as planned."""
        total = defaultdict(timedelta, self.charged)
        if self.ended is None:
            for window in self.plan.windows:
                _add(total, max(window.start, at), window.end)
        parts = {hour: round(total[hour] / HOUR, 3) for hour in sorted(total)}
        return {hour: part for hour, part in parts.items() if part}


def _add(hours: dict[datetime, timedelta], start: datetime, end: datetime) -> None:
    """Share out a stretch of time among its hours."""
    while start < end:
        until = min(hour_of(start) + HOUR, end)
        hours[hour_of(start)] += until - start
        start = until
