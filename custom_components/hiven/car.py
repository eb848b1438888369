"""A vehicle as entities show it: Hiven's data, pending changes, and the plan."""

from dataclasses import dataclass, replace
from datetime import datetime

from .api import Preferences, Status, Vehicle
from .history import History
from .kept import Pending
from .plan import Plan
from .preferences import Change
from .prices import Prices
from .state import VehicleState


@dataclass(frozen=True, kw_only=True)
class Car:
    """A vehicle to show.

    `status` is the last telemetry, `reported_at` the time to use for it; show it only
    if `has_telemetry`. `preferences` include changes that are being written; they are
    None until they have been read from Hiven. If `plan` is None and `is_plan_known` is
    true, Hiven has made no plan. `returns` are settings that will be restored,
    `history` is what the car did, `prices` are those of its area, if known.
    """

    vehicle: Vehicle
    status: Status | None
    reported_at: datetime | None
    has_telemetry: bool
    preferences: Preferences | None
    plan: Plan | None
    is_plan_known: bool
    returns: Pending | None
    history: History
    prices: Prices | None

    @property
    def id(self) -> str:
        """Hiven's id of the vehicle."""
        return self.vehicle.id

    @property
    def name(self) -> str:
        """The car's name, else make and model."""
        return self.vehicle.display_name

    @property
    def battery_capacity(self) -> float | None:
        """In kWh: what the car reports, else what the user entered."""
        if self.status is not None and self.status.battery_capacity is not None:
            return self.status.battery_capacity
        return self.preferences.battery_capacity if self.preferences else None


def car_of(
    state: VehicleState,
    pending: Change | None,
    plan: Plan | None,
    returns: Pending | None,
    history: History | None,
    *,
    is_plan_known: bool,
    prices: Prices | None,
) -> Car:
    """Return a vehicle with its pending changes, its plan and settings to restore."""
    preferences = state.preferences
    if pending is not None:
        # If the behavior is not known, it stays unknown instead of "off".
        preferences = pending.applied_to(
            preferences or replace(Preferences(), charging_behavior=None)
        )
    if plan is not None and history is not None and history.charging_since is not None:
        plan = plan.started(history.charging_since)
    return Car(
        vehicle=state.vehicle,
        status=state.status,
        reported_at=state.reported_at,
        has_telemetry=state.has_fresh_status,
        preferences=preferences,
        plan=plan,
        is_plan_known=is_plan_known,
        returns=returns,
        history=history or History(),
        prices=prices,
    )
