"""Decides which time to use for a report, because a car's clock can be wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.util import dt as dt_util

from .api import Status

# A clock that is further ahead is wrong.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class Report:
    """Telemetry, and the time to use for it."""

    status: Status
    at: datetime

    def is_repeated_by(self, status: Status) -> bool:
        """Return whether the values changed but the timestamp did not."""
        return status.timestamp == self.status.timestamp and (
            status.soc != self.status.soc
            or status.charging_status != self.status.charging_status
        )


def report_of(status: Status, before: Report | None, now: datetime) -> Report:
    """Return the report just read, with the time to use for it.

    That is its timestamp, or now if the timestamp is missing, cannot be right, or did
    not change with the values.
    """
    if before is not None and before.status == status:
        return before
    at = status.timestamp
    if at is None or is_ahead(at, now):
        return Report(status, now)
    stands_still = before is not None and before.is_repeated_by(status)
    return Report(status, now if stands_still else at)


def moments_in(
    stored: Mapping[str, Any], names: Iterable[str]
) -> dict[str, datetime | None]:
    """Return stored moments by name, None for those that are missing."""
    return {
        name: datetime.fromisoformat(text) if (text := stored.get(name)) else None
        for name in names
    }


def is_ahead(moment: datetime | None, now: datetime | None = None) -> bool:
    """Return whether a moment is too far in the future to be right."""
    return moment is not None and moment > (now or dt_util.utcnow()) + AHEAD
