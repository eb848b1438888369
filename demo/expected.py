"""What each entity of a car has to show, computed from what is true in the simulator.

Nothing of the integration is used here: it is what is checked.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from simulator.plan import DAYS, next_ready

from .cloud import Truth

type Value = str | float | datetime | None
"""None: the simulator has nothing, so `unknown` is right."""

_TIME_ZONE = ZoneInfo("Europe/Helsinki")
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


def _reported(car: Truth) -> datetime:
    # Home Assistant shows whole seconds.
    return datetime.fromisoformat(car["timestamp"]).replace(microsecond=0)


EXPECTED: dict[str, Callable[[Truth], Value]] = {
    "state_of_charge": lambda car: _number(car["soc"]),
    "range": lambda car: _number(car["range"]),
    "charging_status": lambda car: _STATUS[car["status"]],
    "battery_capacity": _capacity,
    "last_reported": _reported,
    "next_ready_time": _next_ready_time,
    "charging": lambda car: _yes_no(car["status"] == "CHARGING"),
    "plugged_in": lambda car: _yes_no(car["plugged_in"]),
    "charging_behavior": lambda car: _behavior(car).lower(),
    "target_soc": _soc("targetSoC"),
    "minimum_soc": _soc("minimalSoC"),
    "battery_capacity_override": lambda car: _number(
        _preference(car, "batteryCapacity")
    ),
    "ready_time": lambda car: _wall_clock(_preference(car, "readyTime")),
    **{f"ready_time_{day.lower()}": _of_day(day) for day in DAYS},
    # A button shows when it was last pressed; nobody did.
    "clear_weekday_ready_times": lambda _: None,
}


def is_disabled(key: str, car: Truth) -> bool:
    """Tell whether an entity is disabled unless people enable it."""
    return key == "battery_capacity_override" and car["capacity"] is not None
