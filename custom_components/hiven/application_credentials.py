"""Where the API key is stored: user id as client id, key as client secret.

Hiven has no OAuth endpoints. This uses Home Assistant's storage for secrets, and its
signed `state`, which leads from SmartCar's page back to the dialog.
"""

from typing import cast

from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    AuthorizationServer,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    UnknownImplementationError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
    async_get_implementations,
)

from .api import HivenClient, Journal
from .const import CONF_AUTH_IMPLEMENTATION, CONF_SERVICE_ADDRESS, DOMAIN
from .urls import api_url

# A stored key with its user id.
type Key = LocalOAuth2Implementation


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Return Hiven as the server the credentials are for."""
    return AuthorizationServer(authorize_url=api_url(), token_url=api_url())


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return the link shown in the dialog for credentials."""
    return {"documentation_url": "https://github.com/hiven-ha/hiven#what-you-need"}


@callback
def async_get_client(
    hass: HomeAssistant,
    user_id: str,
    api_key: str,
    *,
    service_address: str | None = None,
    journal: Journal | None = None,
) -> HivenClient:
    """Return a client; `service_address` is None for Hiven's own address."""
    return HivenClient(
        async_get_clientsession(hass),
        user_id=user_id,
        api_key=api_key,
        base_url=api_url(service_address),
        journal=journal,
    )


async def async_get_client_of(
    hass: HomeAssistant, entry: ConfigEntry, journal: Journal
) -> HivenClient:
    """Return a client for an account.

    Raises ConfigEntryAuthFailed if its key is not stored or belongs to another user.
    """
    key = await async_get_config_entry_implementation(hass, entry)
    assert isinstance(key, LocalOAuth2Implementation)
    if key.client_id != entry.unique_id:
        raise UnknownImplementationError
    return async_get_client(
        hass,
        key.client_id,
        key.client_secret,
        service_address=entry.data.get(CONF_SERVICE_ADDRESS),
        journal=journal,
    )


async def async_stored_keys(hass: HomeAssistant) -> dict[str, Key]:
    """Return the stored keys by the ids of their credentials."""
    try:
        stored = await async_get_implementations(hass, DOMAIN)
    except ImplementationUnavailableError:
        # Home Assistant Cloud is down. It has no keys for Hiven anyway.
        return {}
    return cast("dict[str, Key]", stored)


async def async_key_of(hass: HomeAssistant, entry: ConfigEntry) -> Key | None:
    """Return the key that an account uses; None if it is not stored."""
    return (await async_stored_keys(hass)).get(entry.data[CONF_AUTH_IMPLEMENTATION])


async def async_store_key(hass: HomeAssistant, user_id: str, api_key: str) -> Key:
    """Store a key, unless it is stored already, maybe by another dialog."""
    collection = hass.data[DATA_COMPONENT]
    data = {CONF_DOMAIN: DOMAIN, CONF_CLIENT_ID: user_id, CONF_CLIENT_SECRET: api_key}
    there = (each for each in collection.async_items() if each.items() >= data.items())
    item = next(there, None) or await collection.async_create_item(data)
    return (await async_stored_keys(hass))[item[CONF_ID]]


async def async_remove_other_keys(hass: HomeAssistant, key: Key) -> None:
    """Delete all keys of a user except the one that the account uses."""
    collection = hass.data[DATA_COMPONENT]
    for item in collection.async_items():
        if (
            item[CONF_DOMAIN] == DOMAIN
            and item[CONF_CLIENT_ID] == key.client_id
            and item[CONF_ID] != key.domain
        ):
            await collection.async_delete_item(item[CONF_ID])
