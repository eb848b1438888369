"""Cars with one odd setting, which does not affect the others and is kept.

Each field is tested in tests/api/test_reading.py, and the states in `test_wrong_types`.
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from simulator import Car, Simulator

from . import USER_ID
from .actions import CAPACITY, LOCATIONS, MINIMUM, READY_TIME, TARGET, ready_time_of
from .dialog import Dialog
from .home import Home

SETTINGS: dict[str, Any] = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE", "readyTime": "07:00",
    "targetSoC": {"value": 80, "unit": "PERCENT"}, "batteryCapacity": 74.5,
    "minimalSoC": {"value": 10, "unit": "PERCENT"}, "defaultSpotPriceAreaId": "FI",
    "weekDaySpecificReadyTimes": {"MONDAY": "06:00"},
}  # fmt: skip
WEEK = "weekDaySpecificReadyTimes"
# The settings that every write includes while smart charging is on.
CARRIED = {"chargingBehavior", "targetSoC", "readyTime", WEEK}
# The keys of entities that show settings.
SHOWN = {
    *("charging_behavior", "target_soc", "minimum_soc", "spot_price_area"),
    *("ready_time", "ready_time_monday", "ready_time_sunday"),
    *("battery_capacity", "battery_capacity_override"),
}
IN_PREFERENCES = "/v2/hiven/devices: [].settings.chargingPreferences."

# The field, its value, what is logged, and the entities that are then unknown.
type Odd = tuple[str, Any, str | None, set[str]]
SETTING_ROWS: list[Odd] = [
    ("chargingBehavior", "SMART_CHARGE_SOLAR", "chargingBehavior as string", {"charging_behavior"}),
    ("chargingBehavior", 2, "chargingBehavior as number", {"charging_behavior"}),
    ("readyTime", "7:00", None, set()), ("readyTime", "07:00:30", None, set()),
    ("readyTime", "7 am", "readyTime as string", {"ready_time"}),
    ("readyTime", "25:00", "readyTime as string", {"ready_time"}),
    ("readyTime", 700, "readyTime as number", {"ready_time"}),
    (WEEK, {"monday": "06:00"}, None, set()),
    (WEEK, {"MONDAY": "morning"}, f"{WEEK}.MONDAY as string", {"ready_time_monday"}),
    (WEEK, {"MONDAY": "06:00", "HOLIDAY": "10:00"}, f"{WEEK}[] as string", set()),
    (WEEK, ["06:00"], f"{WEEK} as array", {"ready_time_monday"}),
    ("targetSoC", 80, "targetSoC as number", {"target_soc"}),
    ("targetSoC", {"value": 80}, "targetSoC.unit as null", {"target_soc"}),
    ("targetSoC", {"value": "80", "unit": "percent"}, None, set()),
    ("targetSoC", {"value": 50, "unit": "MILES"}, "targetSoC.unit as string", {"target_soc"}),
    ("targetSoC", {"value": 110, "unit": "PERCENT"}, "targetSoC.value as number", {"target_soc"}),
    ("minimalSoC", "10 %", "minimalSoC as string", {"minimum_soc"}),
    ("batteryCapacity", "74,5", None, set()),
    ("batteryCapacity", "large", "batteryCapacity as string", {"battery_capacity", "battery_capacity_override"}),
    ("chargingLocationIds", "home", "chargingLocationIds as string", set()),
    ("chargingLocations", [5], "chargingLocations[] as number", set()),
    ("defaultSpotPriceAreaId", ["FI"], "defaultSpotPriceAreaId as array", {"spot_price_area"}),
]  # fmt: skip

# How people set these entities, and the new state.
SETTERS: dict[str, tuple[Callable[[Home], Coroutine[Any, Any, None]], str]] = {
    "charging_behavior": (lambda home: home.choose("smart_charge_off"), "smart_charge_off"),
    "target_soc": (lambda home: home.set_number(TARGET, 70), "70.0"),
    "minimum_soc": (lambda home: home.set_number(MINIMUM, 30), "30.0"),
    "ready_time": (lambda home: home.set_time(READY_TIME, "05:30"), "05:30:00"),
    "ready_time_monday": (lambda home: home.set_time(ready_time_of("monday"), "05:30"), "05:30:00"),
    "battery_capacity_override": (lambda home: home.set_number(CAPACITY, 60), "60.0"),
}  # fmt: skip


def a_car(number: int, name: str) -> Car:
    """Return a parked car with every kind of setting."""
    car = Car(id=f"car-{number}", name=name, plugged_in=False, reports_capacity=False)
    car.preferences = SETTINGS
    return car


@pytest.fixture
def car(simulator: Simulator) -> Car:
    """Add the car with an odd setting, and a twin without one."""
    simulator.telemetry_interval = timedelta(days=1)
    simulator.add_car(USER_ID, a_car(2, "Twin"))
    return simulator.add_car(USER_ID, a_car(1, "Family car"))


def states(home: Home, vehicle_id: str) -> dict[str, str]:
    """Return the states of a car's entities, by their keys."""
    return {
        entity.unique_id.removeprefix(f"{vehicle_id}_"): home.shown(entity.entity_id)
        for entity in er.async_get(home.hass).entities.values()
        if entity.unique_id.startswith(vehicle_id) and entity.disabled_by is None
    }


@pytest.mark.parametrize(
    "odd", SETTING_ROWS, ids=[f"{name}={value}" for name, value, *_ in SETTING_ROWS]
)
async def test_settings(home: Home, odd: Odd) -> None:
    name, value, noted, instead = odd
    home.car.preferences = SETTINGS | {name: value}
    await home.start()
    for is_odd in (True, False, True):
        shown, twin = states(home, "car-1"), states(home, "car-2")
        twin |= dict.fromkeys(instead if is_odd else (), "unknown")
        assert [key for key in SHOWN if shown[key] != twin[key]] == []
        assert "unavailable" not in shown.values()
        home.car.preferences = SETTINGS | ({} if is_odd else {name: value})
        await home.poll()
    line = f"Hiven sent GET {IN_PREFERENCES}{noted}, which this integration does not"
    assert home.log == ([f"{line} understand"] if noted else [])
    home.check_quiet()
    await home.pass_time(minutes=1)
    home.car.preferences = SETTINGS | {name: value}
    is_minimum = name == "minimalSoC"
    other, key = (TARGET, "targetSoC") if is_minimum else (MINIMUM, "minimalSoC")
    # The simulator refuses undocumented values.
    with suppress(HomeAssistantError):
        await home.through(home.set_number(other, 20))
    assert {**home.held, key: None} == {**SETTINGS, name: value, key: None}
    assert home.puts[0].get(name) == (value if name in CARRIED else None)
    home.car.preferences = SETTINGS | {name: value}
    await home.pass_time(minutes=1)
    for setting in instead & SETTERS.keys():
        act, expected = SETTERS[setting]
        await home.through(act(home))
        for _ in range(2):
            assert states(home, "car-1")[setting] == expected
            await home.poll()


async def test_bad_locations(home: Home, dialog: Dialog) -> None:
    good = {"id": "summer", "name": "Summer house", "coordinates": "60.1, 24.9"}
    home.simulator.fail("GET", LOCATIONS, body=[5, {"name": "Nowhere"}, None, good])
    await home.start()
    await dialog.open_options(home.entry, "charging_locations")
    assert "Summer house" in dialog.placeholders["locations"]
    assert "Nowhere" not in dialog.placeholders["locations"]
