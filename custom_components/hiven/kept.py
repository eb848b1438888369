"""Settings to restore, and their storage format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from .api import Day, Preferences, StateOfCharge
from .preferences import Change, comparable


@dataclass(frozen=True)
class Kept:
    """A setting to restore: its value before, its value now, and when.

    Without a time, it is restored when the car is full or unplugged.
    """

    before: Any
    now: Any
    until: datetime | None

    def is_held(self, value: Any) -> bool:
        """Return whether a value that Hiven stores is still the temporary one."""
        return bool(comparable(value) == comparable(self.now))


@dataclass(frozen=True)
class Pending:
    """The settings of a vehicle to restore, by field name or day."""

    settings: Mapping[str, Kept] = field(default_factory=dict)
    # What the car has done since "Charge now" was turned on.
    was_plugged_in: bool = False
    has_charged: bool = False

    @property
    def until(self) -> datetime | None:
        """When the next setting is restored, if that has a time."""
        times = [kept.until for kept in self.settings.values() if kept.until]
        return min(times, default=None)

    @property
    def charges_now(self) -> bool:
        """Whether smart charging is off until the car is full or unplugged."""
        return any(kept.until is None for kept in self.settings.values())


# Settings by name: a field of Preferences or a day.


def settings_in(change: Change) -> dict[str, Any]:
    """Return the values of a change by name."""
    return {**change.values, **change.days}


def value_of(preferences: Preferences, name: str) -> Any:
    """Return the value of a setting."""
    if name in Day:
        return preferences.week_day_ready_times.get(name)
    return getattr(preferences, name)


def change_to(settings: Mapping[str, Any]) -> Change:
    """Return the change that sets these values; only a day can be cleared."""
    return Change(
        days={name: value for name, value in settings.items() if name in Day},
        **{
            name: value
            for name, value in settings.items()
            if name not in Day and value is not None
        },
    )


def to_json(pending: Pending) -> dict[str, Any]:
    """Return the settings as JSON."""
    return {
        "was_plugged_in": pending.was_plugged_in,
        "has_charged": pending.has_charged,
        "settings": {
            name: {
                "before": _dumped(kept.before),
                "now": _dumped(kept.now),
                "until": kept.until.isoformat() if kept.until else None,
            }
            for name, kept in pending.settings.items()
        },
    }


def from_json(stored: Mapping[str, Any]) -> Pending:
    """Return settings from JSON."""
    return Pending(
        settings={
            name: Kept(
                before=_loaded(name, kept["before"]),
                now=_loaded(name, kept["now"]),
                until=datetime.fromisoformat(kept["until"]) if kept["until"] else None,
            )
            for name, kept in stored["settings"].items()
        },
        was_plugged_in=stored["was_plugged_in"],
        has_charged=stored["has_charged"],
    )


def _dumped(value: Any) -> Any:
    match value:
        case StateOfCharge():
            return {"value": value.value, "unit": value.unit}
        case time():
            return value.isoformat()
        case tuple():
            return list(value)
    return value


def _loaded(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("target_soc", "minimum_soc"):
        return StateOfCharge(**value)
    if name == "ready_time" or name in Day:
        return time.fromisoformat(value)
    if name == "charging_location_ids":
        return tuple(value)
    # A charging behavior equals its text.
    return value
