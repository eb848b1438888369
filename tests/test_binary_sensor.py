"""Is it charging, is it plugged in."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant

from simulator import Car

from .actions import pass_time, shown
from .platforms import SnapshotOfPlatform, Start

CHARGING = "binary_sensor.family_car_charging"
PLUGGED_IN = "binary_sensor.family_car_plugged_in"

MEANINGS = {
    "CHARGING": (STATE_ON, STATE_ON),
    "NOT_CHARGING": (STATE_OFF, STATE_UNKNOWN),
    "PLUGGED": (STATE_OFF, STATE_ON),
    "DISCONNECTED": (STATE_OFF, STATE_OFF),
    "COMPLETE": (STATE_OFF, STATE_ON),
    "CHARGING_COMPLETED": (STATE_OFF, STATE_ON),
    "PREHEATING": (STATE_UNKNOWN, STATE_UNKNOWN),
    "charging": (STATE_UNKNOWN, STATE_UNKNOWN),
    None: (STATE_UNKNOWN, STATE_UNKNOWN),
}


class TestSnapshot(SnapshotOfPlatform):
    """The binary sensors of a car."""

    platform = Platform.BINARY_SENSOR


async def test_every_charging_status_says_what_it_says(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """NOT_CHARGING says nothing about the plug; what nobody knows says nothing."""
    await start()
    for status, meaning in MEANINGS.items():
        car.status_override = {"chargingStatus": status}
        await pass_time(hass, freezer, minutes=5)
        assert (shown(hass, CHARGING), shown(hass, PLUGGED_IN)) == meaning, status
