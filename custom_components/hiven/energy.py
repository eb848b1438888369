"""The energy that a car charged, estimated from its reports."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from .api import FULL, ChargingStatus, Status
from .reported import is_ahead, moments_in

# A rise counts if the report before or after it has one of these statuses.
_CHARGED = (
    ChargingStatus.CHARGING,
    *FULL,
)
# Limits in % of the battery: no car discharges or charges faster.
_SLACK = 5.0
_FALL_A_MINUTE = 1.0
_RISE_A_MINUTE = 10.0
_MOMENTS = ("reported_at", "doubted_at")


@dataclass(frozen=True, kw_only=True)
class Meter:
    """The energy charged so far in kWh, and the last report that was counted.

    `doubted` is a state of charge that no car could have reached; it counts only if a
    later report confirms it. `doubted_at` is the time of that report.
    """

    total: float = 0.0
    soc: float | None = None
    reported_at: datetime | None = None
    charged: bool = False
    doubted: float | None = None
    doubted_at: datetime | None = None

    def after(self, status: Status, at: datetime, capacity: float | None) -> Meter:
        """Return the meter after a report whose time is `at`; `capacity` is in kWh."""
        last = self.doubted_at or self.reported_at
        if status.soc is None or (last is not None and at <= last):
            return self
        charged = status.charging_status in _CHARGED
        here = replace(
            self,
            soc=status.soc,
            reported_at=at,
            charged=charged,
            doubted=None,
            doubted_at=None,
        )
        if self.soc is None or self.reported_at is None:
            return here
        if not _is_possible(self.soc, status.soc, at - self.reported_at):
            if (
                self.doubted is not None
                and self.doubted_at is not None
                and _is_possible(self.doubted, status.soc, at - self.doubted_at)
            ):
                return here
            return replace(
                self,
                doubted=status.soc,
                doubted_at=at,
                charged=charged or self.charged,
            )
        rise = max(0.0, status.soc - self.soc)
        if not (charged or self.charged) or capacity is None:
            return here
        return replace(here, total=self.total + rise / 100 * capacity)

    def to_json(self) -> dict[str, Any]:
        """Return the meter as JSON."""
        moments = {
            name: at.isoformat() if (at := getattr(self, name)) else None
            for name in _MOMENTS
        }
        return {**asdict(self), **moments}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return a meter from JSON."""
        moments = moments_in(stored, _MOMENTS)
        # With a time in the future, reports would be ignored until then.
        known = {name: None if is_ahead(at) else at for name, at in moments.items()}
        return cls(**{**stored, **known})


def _is_possible(before: float, after: float, passed: timedelta) -> bool:
    """Return whether a car can change its state of charge this much in this time."""
    minutes = passed / timedelta(minutes=1)
    fall = _SLACK + _FALL_A_MINUTE * minutes
    rise = _SLACK + _RISE_A_MINUTE * minutes
    return before - fall <= after <= before + rise
