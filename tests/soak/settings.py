"""Valid edits of a car's settings, and what Hiven has to hold after them."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from custom_components.hiven.const import DOMAIN
from simulator import Car
from simulator.plan import DAYS

type Held = Mapping[str, Any]
"""Preferences by field, the days of the week as fields of their own."""
type Calls = Coroutine[Any, Any, Any]

_WEEK = "weekDaySpecificReadyTimes"


def flat(preferences: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the preferences Hiven holds, in a shape that can be compared."""
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
    """An edit: the fields it changes (None takes one away), and how it is done."""

    changes: Held
    by: Callable[[HomeAssistant, Car], Calls]

    def applied_to(self, held: Held) -> dict[str, Any]:
        """Return what Hiven holds when this was stored."""
        fields = {**held, **self.changes}
        if "chargingBehavior" not in fields:
            fields["chargingBehavior"] = "SMART_CHARGE_OFF"
        return {name: value for name, value in fields.items() if value is not None}


def entity_of(hass: HomeAssistant, car: Car, domain: str, key: str) -> str:
    """Return the entity of a car's setting."""
    entity_id = er.async_get(hass).async_get_entity_id(
        domain, DOMAIN, f"{car.id}_{key}"
    )
    assert entity_id is not None, f"no {key} of {car.id}"
    return entity_id


def act(hass: HomeAssistant, cars: list[Car], **fields: Any) -> Calls:
    """Call the action for cars."""
    registry = dr.async_get(hass)
    devices = [
        device.id
        for car in cars
        for device in registry.async_get_devices(identifiers={(DOMAIN, car.id)})
    ]
    assert len(devices) == len(cars)
    data = {"device_id": devices, **fields}
    return _call(hass, DOMAIN, "set_charging_preferences", data)


def by_entity(domain: str, action: str, key: str, **data: Any) -> Callable[..., Calls]:
    """Return how an edit is done by an entity."""
    return lambda hass, car: _call(
        hass, domain, action, {"entity_id": entity_of(hass, car, domain, key), **data}
    )


def _call(hass: HomeAssistant, domain: str, action: str, data: dict[str, Any]) -> Calls:
    return hass.services.async_call(domain, action, data, blocking=True)


class Editor:
    """Somebody who edits; every edit is one that Hiven takes."""

    def __init__(self, random: Random, location_ids: list[str]) -> None:
        """Edit by chance."""
        self._random = random
        self._location_ids = location_ids

    def edit(self, held: Held) -> Edit:
        """Return any edit of a car with these settings."""
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
        """Return edits of different fields, or many of one, for all at once."""
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
        """Return what people set first for a new car."""
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
            lambda hass, car: act(hass, [car], **fields),
        )

    def clear_week(self) -> Edit:
        """Return a press of the button."""
        return Edit(
            dict.fromkeys(DAYS),
            by_entity("button", "press", "clear_weekday_ready_times"),
        )

    def _time(self) -> str:
        return f"{self._random.randrange(24):02}:{self._random.randrange(60):02}"

    def _behavior(self, _: Held) -> Edit:
        option = self._random.choice(
            ("smart_charge_off", "smart_charge_anywhere", "smart_charge_at_location")
        )
        return Edit(
            {"chargingBehavior": option.upper()},
            by_entity("select", "select_option", "charging_behavior", option=option),
        )

    def _target(self, held: Held) -> Edit:
        _, unit = held["targetSoC"]
        value = self._random.randrange(50, 100) * (5 if unit == "KM" else 1)
        return Edit(
            {"targetSoC": (float(value), unit)},
            by_entity("number", "set_value", "target_soc", value=value),
        )

    def _minimum(self, _: Held) -> Edit:
        value = self._random.randrange(45)
        return Edit(
            {"minimalSoC": (float(value), "PERCENT")},
            by_entity("number", "set_value", "minimum_soc", value=value),
        )

    def _ready_time(self, _: Held) -> Edit:
        at = self._time()
        return Edit(
            {"readyTime": at}, by_entity("time", "set_value", "ready_time", time=at)
        )

    def _day(self, _: Held) -> Edit:
        return self._set_day(self._random.choice(DAYS))

    def _set_day(self, day: str) -> Edit:
        at = self._time()
        key = f"ready_time_{day.lower()}"
        return Edit({day: at}, by_entity("time", "set_value", key, time=at))

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
            lambda hass, car: act(hass, [car], **fields),
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
            lambda hass, car: act(hass, [car], **fields),
        )
