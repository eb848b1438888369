"""Valid changes of a car's settings, and what Hiven must store after them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator import Car
from simulator.plan import DAYS
from tools.home import Call, Home

type Held = Mapping[str, Any]
"""Preferences by field; each weekday is a separate field."""
type By = Callable[[Home, Car], Call]

_WEEK = "weekDaySpecificReadyTimes"


def flat(preferences: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return Hiven's preferences in a form that can be compared."""
    fields = dict(preferences or {})
    held = {**fields.pop(_WEEK, {})}
    for name, value in fields.items():
        match value:
            case {"value": number, "unit": unit}:
                held[name] = (float(number), unit)
            case list():
                held[name] = frozenset(value)
            case int():
                held[name] = float(value)
            case _:
                held[name] = value
    return held


@dataclass(frozen=True)
class Edit:
    """A change: the changed fields (None removes one), and how it is made."""

    changes: Held
    by: By

    def applied_to(self, held: Held) -> dict[str, Any]:
        """Return what Hiven has after storing this."""
        fields = {**held, **self.changes}
        if "chargingBehavior" not in fields:
            fields["chargingBehavior"] = "SMART_CHARGE_OFF"
        return {name: value for name, value in fields.items() if value is not None}


def _by_entity(setting: str, value: float | str | None) -> By:
    return lambda home, car: home.set(car.id, setting, value)


def _by_action(**fields: Any) -> By:
    return lambda home, car: home.act([car.id], **fields)


class Editor:
    """Makes random changes that Hiven accepts."""

    def __init__(self, random: Random, location_ids: list[str]) -> None:
        """Take the choices from a source of random numbers."""
        self._random = random
        self._location_ids = location_ids

    def edit(self, held: Held) -> Edit:
        """Return a random change of a car with these settings."""
        if not held:
            return self.everything()
        return self._random.choice(
            (
                self._behavior,
                *(self._target, self._minimum, self._ready_time, self._day) * 2,
                self._days_by_action,
                self._several_by_action,
                lambda _: self.clear_week(),
            )
        )(held)

    def burst(self, held: Held) -> list[Edit]:
        """Return simultaneous changes: of several fields, or many of one."""
        if not held:
            return [self.everything()]
        match self._random.randrange(4):
            case 0:
                return [self._set_day(day) for day in DAYS]
            case 1:
                # A slider that is dragged.
                return [self._target(held) for _ in range(5)]
            case 2:
                day = self._random.choice(DAYS)
                return [self._set_day(day), self._set_day(day), self._minimum(held)]
        return [
            self._behavior(held),
            self._target(held),
            self._minimum(held),
            self._ready_time(held),
            self._set_day(self._random.choice(DAYS)),
        ]

    def everything(self) -> Edit:
        """Return the first settings of a new car."""
        fields = {
            "charging_behavior": "smart_charge_anywhere",
            "target_soc": 80,
            "minimum_soc": 20,
            "ready_time": "07:00",
            "charging_location_ids": self._location_ids[:1],
        }
        return Edit(
            {
                "chargingBehavior": "SMART_CHARGE_ANYWHERE",
                "targetSoC": (80.0, "PERCENT"),
                "minimalSoC": (20.0, "PERCENT"),
                "readyTime": "07:00",
                "chargingLocationIds": frozenset(self._location_ids[:1]),
            },
            _by_action(**fields),
        )

    def clear_week(self) -> Edit:
        """Return a press of the button that clears the week."""
        return Edit(
            dict.fromkeys(DAYS),
            _by_entity("button.clear_weekday_ready_times", None),
        )

    def _time(self) -> str:
        return f"{self._random.randrange(24):02}:{self._random.randrange(60):02}"

    def _behavior(self, _: Held) -> Edit:
        option = self._random.choice(
            ("smart_charge_off", "smart_charge_anywhere", "smart_charge_at_location")
        )
        return Edit(
            {"chargingBehavior": option.upper()},
            _by_entity("select.charging_behavior", option),
        )

    def _target(self, held: Held) -> Edit:
        _, unit = held["targetSoC"]
        value = self._random.randrange(50, 100) * (5 if unit == "KM" else 1)
        return Edit(
            {"targetSoC": (float(value), unit)},
            _by_entity("number.target_soc", value),
        )

    def _minimum(self, _: Held) -> Edit:
        value = self._random.randrange(45)
        return Edit(
            {"minimalSoC": (float(value), "PERCENT")},
            _by_entity("number.minimum_soc", value),
        )

    def _ready_time(self, _: Held) -> Edit:
        at = self._time()
        return Edit({"readyTime": at}, _by_entity("time.ready_time", at))

    def _day(self, _: Held) -> Edit:
        return self._set_day(self._random.choice(DAYS))

    def _set_day(self, day: str) -> Edit:
        at = self._time()
        setting = f"time.ready_time_{day.lower()}"
        return Edit({day: at}, _by_entity(setting, at))

    def _days_by_action(self, _: Held) -> Edit:
        *some, gone = self._random.sample(DAYS, k=self._random.randrange(2, 6))
        at = self._time()
        fields = {
            "ready_time": at,
            "days": [day.lower() for day in some],
            "clear_days": [gone.lower()],
        }
        return Edit(
            {**dict.fromkeys(some, at), gone: None},
            _by_action(**fields),
        )

    def _several_by_action(self, _: Held) -> Edit:
        unit, names = self._random.choice((("PERCENT", "percent"), ("KM", "km")))
        target = self._random.randrange(50, 100)
        ids = self._random.choice((self._location_ids, self._location_ids[:1]))
        capacity = self._random.randrange(200, 900) / 10
        area = self._random.choice(("FI", "SE3"))
        fields = {
            "target_soc": target,
            "soc_unit": names,
            "charging_location_ids": ids,
            "battery_capacity": capacity,
            "default_spot_price_area_id": area,
        }
        return Edit(
            {
                "targetSoC": (float(target), unit),
                "chargingLocationIds": frozenset(ids),
                "batteryCapacity": capacity,
                "defaultSpotPriceAreaId": area,
            },
            _by_action(**fields),
        )
