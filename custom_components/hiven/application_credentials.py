"""Where the API key lives: client id is Hiven's user id, client secret its API key.

Hiven has no OAuth endpoints of its own; Home Assistant only lends its store of
secrets, and the signed `state` that brings SmartCar's page back to the flow.
"""

from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    AuthorizationServer,
)
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
)

from .api import HivenClient, Journal
from .const import DOMAIN
from .urls import api_url


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Return Hiven as the server the credentials are for."""
    return AuthorizationServer(authorize_url=api_url(), token_url=api_url())


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the dialog for credentials says about where to get them."""
    return {"documentation_url": "https://github.com/hiven-ha/hiven#what-you-need"}


@callback
def async_get_client(
    hass: HomeAssistant, user_id: str, api_key: str, journal: Journal | None = None
) -> HivenClient:
    """Return a client for an account."""
    return HivenClient(
        async_get_clientsession(hass),
        user_id=user_id,
        api_key=api_key,
        base_url=api_url(),
        journal=journal,
    )


@callback
def async_get_client_of(
    hass: HomeAssistant,
    implementation: AbstractOAuth2Implementation,
    journal: Journal | None = None,
) -> HivenClient:
    """Return a client for a stored credential."""
    assert isinstance(implementation, LocalOAuth2Implementation)
    return async_get_client(
        hass, implementation.client_id, implementation.client_secret, journal
    )


async def async_store_credential(
    hass: HomeAssistant, user_id: str, api_key: str
) -> str:
    """Store a key and return the id of its credential; nothing else is touched.

    A key that is stored already, maybe by another dialog, is left as it is.
    """
    collection = hass.data[DATA_COMPONENT]
    data = {CONF_DOMAIN: DOMAIN, CONF_CLIENT_ID: user_id, CONF_CLIENT_SECRET: api_key}
    for item in collection.async_items():
        if item.items() >= data.items():
            return str(item[CONF_ID])
    return str((await collection.async_create_item(data))[CONF_ID])


async def async_remove_other_credentials(
    hass: HomeAssistant, user_id: str, keep: str
) -> None:
    """Delete all of a user's credentials but one, which the account has to use."""
    collection = hass.data[DATA_COMPONENT]
    for item in collection.async_items():
        if (
            item[CONF_DOMAIN] == DOMAIN
            and item[CONF_CLIENT_ID] == user_id
            and item[CONF_ID] != keep
        ):
            await collection.async_delete_item(item[CONF_ID])
