"""A second integration, which does as little as an integration can."""

import asyncio

from homeassistant.components.sensor import DOMAIN as SENSOR, SensorEntity
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

from custom_components.hiven import PLATFORMS
from tools import API_KEY, USER_ID
from tools.home import Home

from .clocks import Times, timed
from .cloud import AT_ONCE, vehicle_id

DOMAIN = "plain"
_HEADERS = {"X-Api-Key": API_KEY, "X-User-Id": USER_ID}


class _Flow(ConfigFlow, domain=DOMAIN):
    """Home Assistant sets up no entry without a flow."""


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


async def prepare(each: Home) -> None:
    """Load what Home Assistant loads once for all integrations."""
    for platform in PLATFORMS:
        assert await async_setup_component(each.hass, platform, {})
    async_get_clientsession(each.hass)
    await each.done()


async def add_plain_sensors(each: Home, url: str, devices: int, sensors: int) -> Times:
    """Set up an integration that reads devices and adds sensors."""
    added = [_Plain(number % devices, number) for number in range(sensors)]

    async def set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await _read(hass, url, devices)
        await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR])
        return True

    async def set_up_sensors(
        _hass: HomeAssistant,
        _entry: ConfigEntry,
        async_add_entities: AddEntitiesCallback,
    ) -> None:
        async_add_entities(added)

    module = MockModule(DOMAIN, async_setup_entry=set_up)
    mock_integration(each.hass, module, built_in=False)
    mock_platform(each.hass, f"{DOMAIN}.config_flow")
    sensor_platform = MockPlatform(async_setup_entry=set_up_sensors)
    mock_platform(each.hass, f"{DOMAIN}.{SENSOR}", sensor_platform)
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(each.hass)
    times = await timed(each.hass.config_entries.async_setup(entry.entry_id))
    assert entry.state is ConfigEntryState.LOADED
    assert all(each.hass.states.get(sensor.entity_id) for sensor in added)
    return times


async def _read(hass: HomeAssistant, url: str, devices: int) -> None:
    """Read the list of cars, then each car."""
    session = async_get_clientsession(hass)
    slots = asyncio.Semaphore(AT_ONCE)

    async def get(path: str) -> None:
        async with slots, session.get(f"{url}{path}", headers=_HEADERS) as response:
            response.raise_for_status()
            await response.json(content_type=None)

    await get(f"/v2/hiven/devices?userId={USER_ID}")
    await asyncio.gather(
        *(
            get(f"/v1/hiven/devices/{vehicle_id(each)}/status")
            for each in range(devices)
        )
    )
