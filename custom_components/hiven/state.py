"""A vehicle as Hiven last described it."""

from dataclasses import dataclass
from datetime import datetime

from .api import Preferences, Status, Vehicle


@dataclass(frozen=True, kw_only=True)
class VehicleState:
    """A vehicle of the list, its preferences and its last telemetry.

    `preferences` is None until they were read from the list or their own resource. Show
    the telemetry only if `has_fresh_status`; `reported_at` is the time to use for it.
    Without telemetry, `status` and `reported_at` are None.
    """

    vehicle: Vehicle
    preferences: Preferences | None
    status: Status | None
    reported_at: datetime | None
    has_fresh_status: bool
    is_listed: bool
    needs_sign_in: bool | None
