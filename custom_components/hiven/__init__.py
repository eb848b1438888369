"""The Hiven integration: smart charging of electric cars."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HassJob, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
)
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .application_credentials import async_get_client_of
from .const import DOMAIN
from .coordinator import HivenConfigEntry, HivenCoordinator
from .devices import async_registered_vehicles, vehicle_id_of
from .issues import async_forget_issues
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: list[Platform] = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.TIME,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what is there once for all accounts."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: HivenConfigEntry) -> bool:
    """Set up an account."""
    implementation = await async_get_config_entry_implementation(hass, entry)
    client = async_get_client_of(hass, implementation)
    coordinator = HivenCoordinator(hass, entry, client)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    # Of all that runs, Home Assistant waits for this alone before it stops.
    entry.async_on_unload(hass.async_add_shutdown_job(HassJob(coordinator.async_close)))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    # Not before: nobody has to wait for the plans.
    coordinator.plans.async_read_due()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: HivenConfigEntry) -> bool:
    """Unload an account."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: HivenConfigEntry) -> None:
    """Take back what was told of the account's cars."""
    for vehicle_id in async_registered_vehicles(hass, entry):
        async_forget_issues(hass, vehicle_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: HivenConfigEntry, device: DeviceEntry
) -> bool:
    """Let people delete a car that Hiven no longer has."""
    vehicle_id = vehicle_id_of(device)
    if entry.state is not ConfigEntryState.LOADED:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="vehicle_not_read",
            translation_placeholders={
                "vehicle": device.name_by_user or device.name or ""
            },
        )
    if vehicle_id in entry.runtime_data.data:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="vehicle_still_connected",
            translation_placeholders={
                "vehicle": device.name_by_user or device.name or ""
            },
        )
    return True
