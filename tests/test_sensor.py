"""The sensors that show what the car reported."""

from datetime import UTC, datetime

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN

from .actions import STATE_OF_CHARGE
from .home import Home

CHARGING_STATUS = "sensor.family_car_charging_status"
CHARGING = "binary_sensor.family_car_charging"
PLUGGED_IN = "binary_sensor.family_car_plugged_in"
CAPACITY = "sensor.family_car_battery_capacity"
LAST_REPORTED = "sensor.family_car_last_reported"
RANGE = "sensor.family_car_range"


async def test_every_charging_status_says_what_it_says(home: Home) -> None:
    unknown = (STATE_UNKNOWN, STATE_UNKNOWN, STATE_UNKNOWN)
    await home.start()
    for status, expected in {
        "CHARGING": ("charging", STATE_ON, STATE_ON),
        "NOT_CHARGING": ("not_charging", STATE_OFF, STATE_UNKNOWN),
        "PREHEATING": unknown,
        "PLUGGED": ("plugged", STATE_OFF, STATE_ON),
        "DISCONNECTED": ("disconnected", STATE_OFF, STATE_OFF),
        "Not charging": ("not_charging", STATE_OFF, STATE_UNKNOWN),
        "COMPLETE": ("charging_completed", STATE_OFF, STATE_ON),
        None: unknown,
        "CHARGING_COMPLETED": ("charging_completed", STATE_OFF, STATE_ON),
    }.items():
        home.car.status_override = {"chargingStatus": status}
        await home.poll()
        entities = (CHARGING_STATUS, CHARGING, PLUGGED_IN)
        assert tuple(map(home.shown, entities)) == expected, status


async def test_telemetry_is_shown_as_reported(home: Home) -> None:
    await home.start()
    home.car.status_override = {"soc": 0, "range": 0}
    home.car.telemetry_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == home.shown(RANGE) == "0.0"
    assert home.shown(LAST_REPORTED) == "2026-01-02T03:04:05+00:00"
    home.car.status_override = {"soc": None, "range": None, "timestamp": None}
    await home.poll()
    for entity_id in (STATE_OF_CHARGE, RANGE, LAST_REPORTED):
        assert home.shown(entity_id) == STATE_UNKNOWN
    # The capacity comes from the car first.
    for is_reported, preference, expected in (
        (True, None, "77.0"), (True, 64, "77.0"), (False, 64, "64.0"),
        (False, None, STATE_UNKNOWN),
    ):  # fmt: skip
        home.car.reports_capacity = is_reported
        home.edit(batteryCapacity=preference)
        await home.poll()
        assert home.shown(CAPACITY) == expected
