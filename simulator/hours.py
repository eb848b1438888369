"""What the wire tells about charging: how much of each hour, not which part of it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

HOUR = timedelta(hours=1)


def hour_of(moment: datetime) -> datetime:
    """Return the beginning of the hour in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def share_out(
    hours: defaultdict[datetime, timedelta], start: datetime, end: datetime
) -> None:
    """Share out a stretch of time among its hours."""
    while start < end:
        until = min(hour_of(start) + HOUR, end)
        hours[hour_of(start)] += until - start
        start = until


def shares(hours: Mapping[datetime, timedelta]) -> dict[datetime, float]:
    """Return the share of each hour with charging, in order."""
    rounded = {hour: round(hours[hour] / HOUR, 3) for hour in sorted(hours)}
    return {hour: share for hour, share in rounded.items() if share}
