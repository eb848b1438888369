"""A smart-charging session: its plan, its charging and its end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from .hours import HOUR, Window, joined, shares
from .plan import Plan

type SessionStatus = Literal["ACTIVE", "COMPLETE", "INTERRUPTED"]


@dataclass(eq=False)
class Session:
    """A smart-charging session.

    It starts with the first plan, and ends when the car is full or unplugged, or smart
    charging is turned off.
    """

    created: datetime
    plan: Plan
    id: str = field(default_factory=lambda: str(uuid4()))
    status: SessionStatus = "ACTIVE"
    ended: datetime | None = None
    charged: tuple[Window, ...] = ()

    def end(self, status: SessionStatus, at: datetime) -> None:
        """Close the session."""
        self.status = status
        self.ended = at

    def charge(self, start: datetime, end: datetime) -> None:
        """Record that the car charged in this period."""
        self.charged = joined((*self.charged, Window(start, end)))

    def ahead(self, at: datetime) -> tuple[Window, ...]:
        """Return the remaining planned windows."""
        if self.ended is not None:
            return ()
        return tuple(
            Window(max(window.start, at), window.end)
            for window in self.plan.windows
            if window.end > at
        )

    def shares(self, at: datetime, length: timedelta = HOUR) -> dict[datetime, float]:
        """Return the share of each slot with charging: past charging, then the plan."""
        return shares((*self.charged, *self.ahead(at)), length)
