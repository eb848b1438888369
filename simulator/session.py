"""One smart-charging session: what was planned, what was charged, how it ended."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from .hours import share_out, shares
from .plan import Plan

type SessionStatus = Literal["ACTIVE", "COMPLETE", "INTERRUPTED"]


@dataclass(eq=False)
class Session:
    """From the first plan until the car is full, is unplugged or stops being smart."""

    created: datetime
    plan: Plan
    id: str = field(default_factory=lambda: str(uuid4()))
    status: SessionStatus = "ACTIVE"
    ended: datetime | None = None
    charged: defaultdict[datetime, timedelta] = field(
        default_factory=lambda: defaultdict(timedelta)
    )

    def end(self, status: SessionStatus, at: datetime) -> None:
        """Close the session."""
        self.status = status
        self.ended = at

    def charge(self, start: datetime, end: datetime) -> None:
        """Note that the car charged in between."""
        share_out(self.charged, start, end)

    def hours(self, at: datetime) -> dict[datetime, float]:
        """Return the share of each hour with charging: as it was, then as planned."""
        total = defaultdict(timedelta, self.charged)
        if self.ended is None:
            for window in self.plan.windows:
                share_out(total, max(window.start, at), window.end)
        return shares(total)
