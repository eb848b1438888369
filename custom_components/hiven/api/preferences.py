"""Charging preferences: what Hiven stores, and updates to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any

from .locations import ChargingLocation
from .parsing import Fields
from .ranges import is_capacity, is_distance, is_percentage

_WEEK = "weekDaySpecificReadyTimes"
_WIRE_NAMES = {
    "charging_behavior": "chargingBehavior",
    "charging_location_ids": "chargingLocationIds",
    "ready_time": "readyTime",
    "week_day_ready_times": _WEEK,
    "target_soc": "targetSoC",
    "minimum_soc": "minimalSoC",
    "battery_capacity": "batteryCapacity",
    "default_spot_price_area_id": "defaultSpotPriceAreaId",
}


class ChargingBehavior(StrEnum):
    """When Hiven lets a vehicle charge."""

    OFF = "SMART_CHARGE_OFF"
    AT_LOCATION = "SMART_CHARGE_AT_LOCATION"
    ANYWHERE = "SMART_CHARGE_ANYWHERE"


class SocUnit(StrEnum):
    """The unit of a state of charge."""

    PERCENT = "PERCENT"
    KM = "KM"


class Day(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


@dataclass(frozen=True)
class StateOfCharge:
    """A state of charge; `unit` is a SocUnit, the value 0 to 100 if it is PERCENT."""

    value: float
    unit: str = SocUnit.PERCENT

    @classmethod
    def from_fields(cls, fields: Fields) -> StateOfCharge | None:
        """Create one from an answer; a value without a unit is not understood."""
        unit = fields.choice("unit", SocUnit)
        is_possible = is_percentage if unit == SocUnit.PERCENT else is_distance
        value = fields.number("value", is_possible)
        if value is None:
            return None
        if unit is None:
            fields.note("unit")
            return None
        return cls(value=value, unit=unit)

    def to_json(self) -> dict[str, Any]:
        """Return it in Hiven's format."""
        value = int(self.value) if self.value.is_integer() else self.value
        return {"value": value, "unit": self.unit}


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a vehicle should be charged.

    Times are local times. `week_day_ready_times` maps a Day to its time, and contains
    only days with a time of their own. `battery_capacity` is in kWh.
    `charging_locations` is only set in answers about a vehicle. `raw` is the object
    that Hiven sent; a field that is None may have a value there that was not
    understood.
    """

    charging_behavior: str | None = ChargingBehavior.OFF
    charging_location_ids: tuple[str, ...] = ()
    charging_locations: tuple[ChargingLocation, ...] = ()
    ready_time: time | None = None
    week_day_ready_times: Mapping[str, time] = field(default_factory=dict)
    target_soc: StateOfCharge | None = None
    minimum_soc: StateOfCharge | None = None
    battery_capacity: float | None = None
    default_spot_price_area_id: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_fields(cls, fields: Fields) -> Preferences | None:
        """Create them from an answer; None if nothing is set."""
        if not fields:
            return None
        return cls(
            charging_behavior=fields.choice("chargingBehavior", ChargingBehavior),
            charging_location_ids=fields.texts("chargingLocationIds"),
            charging_locations=tuple(
                map(ChargingLocation.from_fields, fields.objects("chargingLocations"))
            ),
            ready_time=fields.wall_clock("readyTime"),
            week_day_ready_times=fields.wall_clocks(_WEEK, Day),
            target_soc=StateOfCharge.from_fields(fields.object("targetSoC")),
            minimum_soc=StateOfCharge.from_fields(fields.object("minimalSoC")),
            battery_capacity=fields.number("batteryCapacity", is_capacity),
            default_spot_price_area_id=fields.text("defaultSpotPriceAreaId"),
            raw=fields.raw,
        )

    @property
    def raw_week(self) -> Mapping[str, Any]:
        """The weekday times as Hiven sent them, by day in upper case."""
        week = self.raw.get(_WEEK)
        if not isinstance(week, Mapping):
            return {}
        return {day.upper(): at for day, at in week.items() if at not in (None, "")}

    def carried(self, names: Iterable[str]) -> dict[str, Any]:
        """Return fields by their JSON names, as Hiven sent them.

        `names` are the names in the dataclass. Fields that are not set are left out.
        """
        return {
            wire: self.raw[wire]
            for name, wire in _WIRE_NAMES.items()
            if name in names and self.raw.get(wire) not in (None, "")
        }


@dataclass(frozen=True, kw_only=True)
class PreferencesUpdate:
    """The fields of Preferences to write; None leaves Hiven's value alone.

    `carried` has JSON names and is sent as it is, unless another field replaces it.
    `week_day_ready_times` is the whole week: a day that is left out, or None, loses its
    time. Text is sent as it is.
    """

    carried: Mapping[str, Any] = field(default_factory=dict)
    charging_behavior: str | None = None
    charging_location_ids: tuple[str, ...] | None = None
    ready_time: time | None = None
    week_day_ready_times: Mapping[str, time | str | None] | None = None
    target_soc: StateOfCharge | None = None
    minimum_soc: StateOfCharge | None = None
    battery_capacity: float | None = None
    default_spot_price_area_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the body of the PUT."""
        return dict(self.carried) | {
            wire: _to_json(value)
            for name, wire in _WIRE_NAMES.items()
            if (value := getattr(self, name)) is not None
        }


def _to_json(value: Any) -> Any:
    match value:
        case time():
            return value.strftime("%H:%M")
        case StateOfCharge():
            return value.to_json()
        case tuple():
            return list(value)
        case Mapping():
            return {day: _to_json(at) for day, at in value.items()}
    return value
