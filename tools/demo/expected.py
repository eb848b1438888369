"""The expected state of each entity, computed from the simulator.

It does not use the integration, because that is what it checks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from simulator.plan import DAYS, next_ready
from tools import TIME_ZONE

from .cloud import Truth


class Kind(Enum):
    """The expected state is not a single value."""

    ENERGY = "(energy)"
    MOMENT = "(a moment or nothing)"


type Value = str | float | datetime | Kind | None
"""None: the simulator has no value, so `unknown` is expected."""

_TIME_ZONE = ZoneInfo(TIME_ZONE)
_HOUR = timedelta(hours=1)
_OFF = "SMART_CHARGE_OFF"
_STATUS = {
    "CHARGING": "charging",
    "NOT_CHARGING": "not_charging",
    "PLUGGED": "plugged",
    "DISCONNECTED": "disconnected",
    "COMPLETE": "charging_completed",
    "CHARGING_COMPLETED": "charging_completed",
}


def _preference(car: Truth, name: str) -> object:
    return (car["preferences"] or {}).get(name)


def _yes_no(yes: bool) -> str:
    return "on" if yes else "off"


def _capacity(car: Truth) -> float | None:
    for value in (car["capacity"], _preference(car, "batteryCapacity")):
        if value is not None:
            return float(str(value))
    return None


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _soc(name: str) -> Callable[[Truth], Value]:
    def value(car: Truth) -> Value:
        soc = _preference(car, name)
        return _number(soc["value"]) if isinstance(soc, dict) else None

    return value


def _wall_clock(text: object) -> str | None:
    return None if text is None else f"{text}:00"


def _of_day(day: str) -> Callable[[Truth], Value]:
    def value(car: Truth) -> Value:
        week = _preference(car, "weekDaySpecificReadyTimes")
        return _wall_clock(week.get(day)) if isinstance(week, dict) else None

    return value


def _next_ready_time(car: Truth) -> Value:
    if _behavior(car) == _OFF:
        return None
    return next_ready(car["preferences"], datetime.now(UTC), _TIME_ZONE)


def _behavior(car: Truth) -> str:
    return str(_preference(car, "chargingBehavior") or _OFF)


def _reported(car: Truth) -> Value:
    return _seconds(datetime.fromisoformat(car["timestamp"]))


def _plan(car: Truth) -> dict[str, Any] | None:
    """Return the plan; None without smart charging."""
    return car.get("schedule") if _behavior(car) != _OFF else None


def _hours(car: Truth) -> dict[datetime, float]:
    """Return the share of each hour of the plan in which the car charges."""
    hours = (_plan(car) or {}).get("hourlyCharges", {})
    return {datetime.fromisoformat(hour): share for hour, share in hours.items()}


@dataclass(frozen=True)
class _Window:
    start: datetime
    end: datetime
    charging: timedelta


def _windows(car: Truth) -> list[_Window]:
    """Return the remaining planned windows, from the plan's hours.

    A part of an hour joins the hour next to it; without one, it can be anywhere in its
    hour.
    """
    parts = {hour: share * _HOUR for hour, share in _hours(car).items()}
    found: list[_Window] = []
    for hour, length in sorted(parts.items()):
        start, end = hour, hour + length
        if found and found[-1].end == hour:
            before = found.pop()
            start, length = before.start, before.charging + length
        elif hour + _HOUR in parts:
            start, end = hour + _HOUR - length, hour + _HOUR
        elif length < _HOUR:
            end = hour + _HOUR
        found.append(_Window(start, end, length))
    return [window for window in found if window.end > datetime.now(UTC)]


def _seconds(moment: datetime | None) -> datetime | None:
    # Home Assistant shows whole seconds.
    return moment and moment.replace(microsecond=0)


def _next_start(car: Truth) -> Value:
    starts = [window.start for window in _windows(car)]
    return _seconds(min((at for at in starts if at > datetime.now(UTC)), default=None))


def _next_end(car: Truth) -> Value:
    return _seconds(min((window.end for window in _windows(car)), default=None))


def _planned_hours(car: Truth) -> Value:
    if _plan(car) is None:
        return None
    left = sum((window.charging for window in _windows(car)), timedelta())
    return round(left / _HOUR, 2)


def _planned_price(car: Truth) -> Value:
    """Return the average price of the windows that are not over, in euros."""
    cents = {datetime.fromisoformat(at): each for at, each in car["prices"].items()}
    windows = _windows(car)
    first = min((window.start for window in windows), default=None)
    planned = {
        hour: share
        for hour, share in _hours(car).items()
        if first is not None and hour + _HOUR > first
    }
    if not planned:
        return None
    cost = sum(cents[hour] * share for hour, share in planned.items())
    return float(cost / sum(planned.values()) / 100)


def _price_area(car: Truth) -> Value:
    plan = _plan(car) or {}
    area = plan.get("spotPriceAreaId") or _preference(car, "defaultSpotPriceAreaId")
    return None if area is None else str(area)


def _charges_by_plan(car: Truth) -> bool:
    return any(window.start <= datetime.now(UTC) for window in _windows(car))


def _smart_charging_status(car: Truth) -> Value:
    if _behavior(car) == _OFF:
        return "off"
    if not car["plugged_in"]:
        return "not_plugged_in"
    minimum, target = _soc("minimalSoC")(car), _soc("targetSoC")(car)
    if car["status"] == "CHARGING":
        if isinstance(minimum, float) and car["soc"] < minimum:
            return "charging_to_minimum"
        return (
            "charging_as_planned" if _charges_by_plan(car) else "charging_outside_plan"
        )
    if isinstance(target, float) and car["soc"] >= target:
        return "target_reached"
    return "waiting" if _windows(car) else "no_plan"


EXPECTED: dict[str, Callable[[Truth], Value]] = {
    "state_of_charge": lambda car: _number(car["soc"]),
    "range": lambda car: _number(car["range"]),
    "charging_status": lambda car: _STATUS[car["status"]],
    "battery_capacity": _capacity,
    "last_reported": _reported,
    "next_ready_time": _next_ready_time,
    "next_charging_start": _next_start,
    "next_charging_end": _next_end,
    "planned_charging_time": _planned_hours,
    "smart_charging_status": _smart_charging_status,
    "settings_until": lambda _: None,
    "spot_price_area": _price_area,
    "energy_charged": lambda car: None if _capacity(car) is None else Kind.ENERGY,
    "charging_plan": lambda car: _yes_no(_charges_by_plan(car)),
    "charging_session": lambda _: Kind.MOMENT,
    "charge_now": lambda _: "off",
    "charging": lambda car: _yes_no(car["status"] == "CHARGING"),
    "plugged_in": lambda car: _yes_no(car["plugged_in"]),
    # Both cars of the demo have enough time.
    "not_ready_in_time": lambda _: "off",
    "charging_behavior": lambda car: _behavior(car).lower(),
    "target_soc": _soc("targetSoC"),
    "minimum_soc": _soc("minimalSoC"),
    "battery_capacity_override": lambda car: _number(
        _preference(car, "batteryCapacity")
    ),
    "ready_time": lambda car: _wall_clock(_preference(car, "readyTime")),
    **{f"ready_time_{day.lower()}": _of_day(day) for day in DAYS},
    "clear_ready_time": lambda _: "choose_day",
    # The state of a button is the time of the last press.
    "clear_weekday_ready_times": lambda _: Kind.MOMENT,
}

# Only with a price source, as in the demo.
WITH_PRICES: dict[str, Callable[[Truth], Value]] = {
    **EXPECTED,
    "planned_charging_price": _planned_price,
}


def is_disabled(key: str, car: Truth) -> bool:
    """Return whether an entity is disabled by default."""
    return key == "battery_capacity_override" and car["capacity"] is not None
