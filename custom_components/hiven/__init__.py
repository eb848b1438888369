"""The Hiven integration: smart charging of electric cars."""

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType

from .account import HivenAccount, HivenConfigEntry
from .application_credentials import async_get_client_of
from .const import DOMAIN
from .devices import async_registered_vehicles, vehicle_id_of
from .issues import async_forget_issues
from .memory import async_forget_memory, async_memory_of
from .resource import async_add_resource, async_remove_resource
from .services import async_setup_services
from .storage import async_forget_stored

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: list[Platform] = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all accounts share."""
    async_setup_services(hass)

    @callback
    def entry_changed(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Clean up after an account that is disabled, whether it ran or not."""
        if entry.domain == DOMAIN and entry.disabled_by is not None:
            _async_forget_issues(hass, entry)
            hass.async_create_task(_async_remove_unused_resource(hass))

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: HivenConfigEntry) -> bool:
    """Set up an account."""
    # First, so that the dashboard loads even if the account cannot be set up.
    await async_add_resource(hass)
    memory = async_memory_of(hass, entry)
    client = await async_get_client_of(hass, entry, memory.journal)
    account = HivenAccount(hass, entry, client, memory)
    await account.async_load()
    await account.coordinator.async_config_entry_first_refresh()
    entry.runtime_data = account
    # Before the platforms, so that these parts update before the entities.
    account.async_start()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    account.plans.async_begin_reading()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: HivenConfigEntry) -> bool:
    """Unload an account."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    await entry.runtime_data.histories.async_save()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: HivenConfigEntry) -> None:
    """Delete what is stored outside the entry."""
    _async_forget_issues(hass, entry)
    async_forget_memory(hass, entry)
    await async_forget_stored(hass, entry)
    await _async_remove_unused_resource(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: HivenConfigEntry, device: DeviceEntry
) -> bool:
    """Allow deleting a car that Hiven no longer lists."""
    if entry.state is not ConfigEntryState.LOADED:
        raise _refusal("vehicle_not_read", device)
    vehicle_id = vehicle_id_of(device) or ""
    coordinator = entry.runtime_data.coordinator
    state = coordinator.data.get(vehicle_id)
    if state is not None and state.is_listed:
        raise _refusal("vehicle_still_connected", device)
    coordinator.async_forget(vehicle_id)
    return True


async def _async_remove_unused_resource(hass: HomeAssistant) -> None:
    """Remove the dashboard's file if no account is left that would serve it."""
    if not hass.config_entries.async_entries(DOMAIN, include_disabled=False):
        await async_remove_resource(hass)


@callback
def _async_forget_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    for vehicle_id in async_registered_vehicles(hass, entry):
        async_forget_issues(hass, vehicle_id)


def _refusal(key: str, device: DeviceEntry) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"vehicle": device.name_by_user or device.name or ""},
    )
