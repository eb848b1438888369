"""Plans as Hiven sends them."""

from datetime import timedelta
from typing import Any

from .home import NOON


def hours(**shares: float) -> dict[str, float]:
    """Return hourlyCharges; h22=0.5 is 22:00 today, d1_15=1 is 1:15 tomorrow."""

    def key(name: str) -> str:
        hour, _, minute = name[1:].partition("_")
        at = NOON.replace(hour=int(hour), minute=int(minute or 0))
        return f"{at + timedelta(days=name[0] == 'd'):%Y-%m-%dT%H:%M:%SZ}"

    return {key(name): share for name, share in shares.items()}


def plan(charges: dict[str, float], **fields: Any) -> dict[str, Any]:
    return {
        "id": "plan-1", "createdAt": "2026-03-16T11:00:00Z", "hourlyCharges": charges,
        "spotPriceAreaId": "FI", "readyTime": "2026-03-17T05:00:00Z",
        "timeZone": "US/Pacific", **fields,
    }  # fmt: skip
