"""What smart charging is doing, and whether a car will be ready in time."""

from datetime import datetime, timedelta
from enum import StrEnum

from homeassistant.util import dt as dt_util

from .api import FULL, ChargingBehavior, ChargingStatus, SocUnit
from .car import Car
from .preferences import (
    NO_READY_TIME,
    Change,
    missing_for_smart_charging,
    missing_to_target,
)
from .ready_time import next_ready_time

# In kW. Assumed until the car's own charging speed is known.
DEFAULT_SPEED = 3.7
# A car that is plugged in this long without a plan will not get one.
NO_PLAN_AFTER = timedelta(minutes=30)
# In % of the battery: the tolerance of estimates.
TOLERANCE = 3.0


class SmartChargingStatus(StrEnum):
    """What smart charging is doing, or why it does nothing."""

    OFF = "off"
    NOT_PLUGGED_IN = "not_plugged_in"
    TARGET_REACHED = "target_reached"
    CHARGING_TO_MINIMUM = "charging_to_minimum"
    CHARGING_AS_PLANNED = "charging_as_planned"
    CHARGING_OUTSIDE_PLAN = "charging_outside_plan"
    WAITING = "waiting"
    NO_PLAN = "no_plan"
    NO_READY_TIME = "no_ready_time"


def smart_charging_status(car: Car, now: datetime) -> SmartChargingStatus | None:
    """Return what smart charging is doing; None while that is not known."""
    if (
        car.preferences is None
        or car.preferences.charging_behavior not in ChargingBehavior
    ):
        return None
    if car.preferences.charging_behavior == ChargingBehavior.OFF:
        return SmartChargingStatus.OFF
    if missing_for_smart_charging(Change(), car.preferences) in NO_READY_TIME:
        return SmartChargingStatus.NO_READY_TIME
    if not car.has_telemetry:
        return None
    assert car.status is not None
    status = car.status.charging_status
    if status not in ChargingStatus:
        return None
    if status == ChargingStatus.DISCONNECTED:
        return SmartChargingStatus.NOT_PLUGGED_IN
    if status == ChargingStatus.CHARGING:
        return _charging(car, now)
    if status in FULL or _is_at_target(car):
        return SmartChargingStatus.TARGET_REACHED
    if car.plan is not None and car.plan.current_or_next(now) is not None:
        return SmartChargingStatus.WAITING
    return SmartChargingStatus.NO_PLAN if car.is_plan_known else None


def _charging(car: Car, now: datetime) -> SmartChargingStatus | None:
    assert car.status is not None
    assert car.preferences is not None
    minimum = car.preferences.minimum_soc
    if (
        minimum is not None
        and minimum.unit == SocUnit.PERCENT
        and car.status.soc is not None
        and car.status.soc < minimum.value
    ):
        return SmartChargingStatus.CHARGING_TO_MINIMUM
    window = car.plan.current_or_next(now) if car.plan else None
    if window is not None and window.start <= now:
        return SmartChargingStatus.CHARGING_AS_PLANNED
    return SmartChargingStatus.CHARGING_OUTSIDE_PLAN if car.is_plan_known else None


def _missing(car: Car) -> float | None:
    """Return how many percent are missing to the target; None if unknown."""
    return missing_to_target(car.preferences, car.status)


def _is_at_target(car: Car) -> bool:
    missing = _missing(car)
    return missing is not None and missing <= 0


def not_ready_in_time(car: Car, now: datetime) -> bool | None:
    """Return whether a car is certain to miss its target; None if unknown."""
    if (
        car.preferences is None
        or car.preferences.charging_behavior not in ChargingBehavior
    ):
        return None
    if car.preferences.charging_behavior == ChargingBehavior.OFF:
        return False
    missing = _missing(car)
    ready_at = next_ready_time(car.preferences, dt_util.as_local(now))
    if missing is None or ready_at is None or not car.has_telemetry:
        return None
    assert car.status is not None
    status = car.status.charging_status
    if missing <= TOLERANCE or status in FULL:
        return False
    if status is None:
        return None
    needs = _time_for(car, missing)
    # Until this integration knows the car's speed, trust Hiven's plan.
    trusts_plan = _has_plan(car, now) and not car.history.speeds
    if status == ChargingStatus.DISCONNECTED or (
        status == ChargingStatus.CHARGING and not trusts_plan
    ):
        return None if needs is None else ready_at - now < needs
    if not car.is_plan_known:
        return None
    if _waits_in_vain(car, now):
        return True
    if needs is None:
        return None
    if car.plan is None or not car.history.speeds:
        return False
    planned = car.plan.time_left(now)
    tolerance = _time_for(car, TOLERANCE) or timedelta()
    return planned + tolerance < needs


def not_ready_changes_at(car: Car, now: datetime) -> datetime | None:
    """Return when `not_ready_in_time` may change without new data."""
    if car.preferences is None:
        return None
    ready_at = next_ready_time(car.preferences, dt_util.as_local(now))
    moments = [ready_at]
    missing = _missing(car)
    needs = None if missing is None else _time_for(car, missing)
    if ready_at is not None and needs is not None:
        moments.append(ready_at - needs)
    if car.history.plugged_in_since is not None:
        moments.append(car.history.plugged_in_since + NO_PLAN_AFTER)
    if car.plan is not None:
        moments.append(car.plan.next_edge(now))
    return min((at for at in moments if at is not None and at > now), default=None)


def _waits_in_vain(car: Car, now: datetime) -> bool:
    """Return whether a car has been plugged in for long without a plan."""
    since = car.history.plugged_in_since
    return (
        since is not None and now - since >= NO_PLAN_AFTER and not _has_plan(car, now)
    )


def _has_plan(car: Car, now: datetime) -> bool:
    return car.plan is not None and car.plan.current_or_next(now) is not None


def _time_for(car: Car, percent: float) -> timedelta | None:
    """Return how long charging a share of the battery takes; None if unknown."""
    if car.battery_capacity is None:
        return None
    speed = car.history.speed or DEFAULT_SPEED
    return timedelta(hours=percent / 100 * car.battery_capacity / speed)
