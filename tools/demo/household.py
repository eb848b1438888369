"""The household's account and its two cars, and how they are connected."""

from datetime import UTC, datetime
from typing import Any

from simulator.plan import DAYS

from .cloud import Cloud, Truth
from .errors import DemoError
from .flow import connect_car
from .home_assistant import HomeAssistant
from .registry import entities_of

USER_ID = "3d6f1c9e-5b7a-4e21-9c84-0a6d2f7b1e35"
API_KEY = "demo-key"

_ACCOUNT = {"credentials": {"user_id": USER_ID, "api_key": API_KEY}}
_ANOTHER = {"user": {"next_step_id": "vehicle"}}


def _vehicle(manufacturer: str) -> dict[str, Any]:
    return {
        "manufacturer": manufacturer,
        "country_code": "FI",
        "testing": {"mode": "live"},
    }


def _preferences(behavior: str, target: int, ready_time: str) -> dict[str, Any]:
    return {
        "charging_behavior": behavior,
        "target_soc": target,
        "ready_time": ready_time,
    }


_CHARGES_AT_ONCE = {
    **_ACCOUNT,
    "vehicle": _vehicle("TESLA"),
    "virtual_key": {},
    "preferences": _preferences("smart_charge_off", 90, "07:00:00"),
}
_CHARGES_SMARTLY = {
    **_ANOTHER,
    "vehicle": _vehicle("VOLKSWAGEN"),
    "preferences": _preferences("smart_charge_anywhere", 85, "07:30:00"),
}


async def connect_cars(home: HomeAssistant, cloud: Cloud) -> list[Truth]:
    """Connect both cars; return them, the one that charges at once first."""
    for answers, expected in (
        (_CHARGES_AT_ONCE, "create_entry"),
        (_CHARGES_SMARTLY, "vehicle_connected"),
    ):
        if (ended := await connect_car(home, answers)) != expected:
            raise DemoError(f"the flow ended with {ended} instead of {expected}")
    cars = await cloud.cars()
    cars.sort(key=lambda car: str(car["manufacturer"]) != "TESLA")
    if len(cars) != 2:
        raise DemoError(f"the simulator has {len(cars)} connected cars instead of 2")
    for car in cars:
        if not car["plugged_in"]:
            await cloud.plug_in(car["id"])
    return cars


async def change_settings(home: HomeAssistant, cars: list[Truth]) -> None:
    """Change some settings by the entities, as on a dashboard."""
    at_once, smartly = [await entities_of(home, car["id"]) for car in cars]
    for entity_id, value in (
        (at_once["minimum_soc"], 20),
        (smartly["minimum_soc"], 40),
        # This car does not report it, so Home Assistant asks for it in a repair.
        (smartly["battery_capacity_override"], 77),
    ):
        await home.call("number.set_value", entity_id=entity_id, value=value)
    # A day on which it changes nothing about what the car does now.
    day = DAYS[(datetime.now(UTC).weekday() + 3) % 7].lower()
    await home.call(
        "time.set_value", entity_id=smartly[f"ready_time_{day}"], time="10:00:00"
    )
