"""Plans as Hiven answers them."""

from datetime import timedelta
from typing import Any

from .home import NOON


def hours(**shares: float) -> dict[str, float]:
    """Return hourlyCharges; h22=0.5 is 22 o'clock today, d1=1 is 1 o'clock tomorrow."""
    start = {"h": NOON.replace(hour=0), "d": NOON.replace(hour=0) + timedelta(days=1)}
    return {
        f"{start[name[0]] + timedelta(hours=int(name[1:])):%Y-%m-%dT%H:%M:%SZ}": share
        for name, share in shares.items()
    }


def plan(charges: dict[str, float], **fields: Any) -> dict[str, Any]:
    """Return a plan."""
    return {
        "id": "plan-1",
        "createdAt": "2026-03-16T11:00:00Z",
        "hourlyCharges": charges,
        "spotPriceAreaId": "FI",
        "readyTime": "2026-03-17T05:00:00Z",
        "timeZone": "US/Pacific",
        **fields,
    }
