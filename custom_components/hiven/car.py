"""A vehicle as entities show it: what Hiven told, what is being written, and the plan."""

from dataclasses import dataclass, replace

from .api import Preferences, Status, Vehicle
from .plan import Plan
from .preferences import Change
from .state import VehicleState


@dataclass(frozen=True, kw_only=True)
class Car:
    """A vehicle to show.

    `status` is the last telemetry, shown while `has_telemetry`. `preferences` include
    what is being written; they are None until Hiven's list or resource was read.
    """

    vehicle: Vehicle
    status: Status | None
    has_telemetry: bool
    preferences: Preferences | None
    plan: Plan | None
    needs_sign_in: bool

    @property
    def id(self) -> str:
        """Hiven's id of the vehicle."""
        return self.vehicle.id

    @property
    def name(self) -> str:
        """The car's name, else make and model."""
        return self.vehicle.display_name


def car_of(state: VehicleState, pending: Change | None, plan: Plan | None) -> Car:
    """Return a vehicle with the change that is being written and its plan."""
    preferences = state.preferences
    if pending is not None:
        # What is not known stays unknown: without a behavior, not "off".
        preferences = pending.applied_to(
            preferences or replace(Preferences(), charging_behavior=None)
        )
    return Car(
        vehicle=state.vehicle,
        status=state.status,
        has_telemetry=state.has_fresh_status,
        preferences=preferences,
        plan=plan,
        needs_sign_in=state.needs_sign_in,
    )
