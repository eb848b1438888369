"""Sensors that do nothing. No integration can be faster."""

from homeassistant.components.sensor import DOMAIN as SENSOR, SensorEntity
from homeassistant.helpers.device_registry import DeviceInfo
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockEntityPlatform,
)

from tools.home import Home

from .clocks import Times, timed

DOMAIN = "plain"


class _Plain(SensorEntity):
    """A sensor of a device."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_native_value = 1

    def __init__(self, device: int, number: int) -> None:
        self._attr_name = f"Sensor {number}"
        self._attr_unique_id = f"{device}_{number}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, str(device))}, name=f"Device {device}"
        )


async def add_plain_sensors(each: Home, devices: int, sensors: int) -> Times:
    """Add sensors to devices."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(each.hass)
    platform = MockEntityPlatform(each.hass, domain=SENSOR, platform_name=DOMAIN)
    platform.config_entry = entry
    added = [_Plain(number % devices, number) for number in range(sensors)]
    times = await timed(platform.async_add_entities(added))
    assert all(each.hass.states.get(sensor.entity_id) for sensor in added)
    return times
