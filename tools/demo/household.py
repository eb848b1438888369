"""The household's prices, account and two cars, and how they are connected."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulator.plan import DAYS
from simulator.scenario import API_KEY, USER_ID
from tools import TIME_ZONE

from .cloud import Cloud, Truth
from .errors import DemoError
from .flow import add_prices, connect_car
from .home_assistant import HomeAssistant
from .registry import entities_of

_ACCOUNT = {"credentials": {"user_id": USER_ID, "api_key": API_KEY}}
_ANOTHER = {"user": {"next_step_id": "vehicle"}}


def _vehicle(manufacturer: str) -> dict[str, Any]:
    return {
        "manufacturer": manufacturer,
        "country_code": "FI",
        "testing": {"mode": "live"},
    }


def _preferences(behavior: str, target: int, ready_in: int) -> dict[str, Any]:
    """Return the input; the ready time is a full hour, this many hours ahead."""
    ready = datetime.now(ZoneInfo(TIME_ZONE)) + timedelta(hours=ready_in)
    return {
        "charging_behavior": behavior,
        "target_soc": target,
        "ready_time": f"{ready:%H}:00:00",
    }


async def connect_cars(
    home: HomeAssistant, cloud: Cloud, *, still: bool
) -> list[Truth]:
    """Connect a price source and both cars; return the cars, the one that charges first.

    It has little time, or charges without a plan if the cars are paused. The other one
    waits for the cheap hours.
    """
    await add_prices(home)
    behavior = "smart_charge_off" if still else "smart_charge_anywhere"
    charges = {
        **_ACCOUNT,
        "vehicle": _vehicle("TESLA"),
        "virtual_key": {},
        "preferences": _preferences(behavior, 90, ready_in=3),
    }
    waits = {
        **_ANOTHER,
        "vehicle": _vehicle("VOLKSWAGEN"),
        "preferences": _preferences("smart_charge_anywhere", 85, ready_in=12),
    }
    for answers, expected in (
        (charges, "create_entry"),
        (waits, "vehicle_connected"),
    ):
        if (ended := await connect_car(home, answers)) != expected:
            raise DemoError(f"the flow ended with {ended} instead of {expected}")
    cars = await cloud.cars()
    cars.sort(key=lambda car: str(car["manufacturer"]) != "TESLA")
    if len(cars) != 2:
        raise DemoError(f"the simulator has {len(cars)} connected cars instead of 2")
    return cars


async def change_settings(home: HomeAssistant, cars: list[Truth]) -> None:
    """Change some settings through the entities, as on a dashboard."""
    at_once, smartly = [await entities_of(home, car["id"]) for car in cars]
    for entity_id, value in (
        (at_once["minimum_soc"], 20),
        (smartly["minimum_soc"], 40),
        # This car does not report it, so a repair asks for it.
        (smartly["battery_capacity_override"], 77),
    ):
        await home.call("number.set_value", entity_id=entity_id, value=value)
    # A day on which this does not change what the car does now.
    day = DAYS[(datetime.now(UTC).weekday() + 3) % 7].lower()
    await home.call(
        "time.set_value", entity_id=smartly[f"ready_time_{day}"], time="10:00:00"
    )
