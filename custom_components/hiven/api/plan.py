"""Charging plans and past charging sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self, override

from .parsing import Fields

# The longest name in the time zone database has 32 characters.
_LONGEST_TIME_ZONE = 64


class SessionStatus(StrEnum):
    """The state of a charging session."""

    ACTIVE = "ACTIVE"
    COMPLETE = "COMPLETE"
    INTERRUPTED = "INTERRUPTED"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When Hiven charges a vehicle.

    `hourly_charges` maps the start of a slot in UTC to the share of the slot (0 to 1)
    with charging. A slot starts at a full quarter-hour and lasts until the next one, at
    most an hour. Slots without charging are left out. `ready_time` is in UTC,
    `time_zone` is the zone in which the plan was made.
    """

    created_at: datetime | None
    hourly_charges: Mapping[datetime, float]
    spot_price_area_id: str | None
    ready_time: datetime | None
    time_zone: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> Self:
        """Create one from an answer."""
        return cls(**cls._read(fields))

    @staticmethod
    def _read(fields: Fields) -> dict[str, Any]:
        return {
            "created_at": fields.moment("createdAt"),
            "hourly_charges": fields.shares("hourlyCharges"),
            "spot_price_area_id": fields.text("spotPriceAreaId"),
            "ready_time": fields.moment("readyTime"),
            "time_zone": fields.text("timeZone", longest=_LONGEST_TIME_ZONE),
        }


@dataclass(frozen=True, kw_only=True)
class Session(Schedule):
    """A charging session; `status` is a SessionStatus, `ended_at` None while it runs."""

    ended_at: datetime | None
    status: str | None

    @classmethod
    @override
    def from_fields(cls, fields: Fields) -> Self:
        """Create one from an answer."""
        return cls(
            **cls._read(fields),
            ended_at=fields.moment("endDateTime"),
            status=fields.choice("status", SessionStatus),
        )
