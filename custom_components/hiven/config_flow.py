"""Config flow: sets up an account, changes its key, connects and removes cars."""

from collections.abc import Mapping
from typing import Any, cast, override
from uuid import UUID, uuid4

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY
from homeassistant.core import callback

from .account import HivenConfigEntry
from .api import (
    AuthenticationError,
    HivenConnectionError,
    HivenError,
    NotFoundError,
    UnexpectedAnswerError,
    VehicleList,
)
from .application_credentials import (
    async_get_client,
    async_key_of,
    async_remove_other_keys,
    async_store_key,
    async_stored_keys,
)
from .connect_flow import Step
from .const import CONF_AUTH_IMPLEMENTATION, CONF_SERVICE_ADDRESS, DOMAIN
from .errors import form_error, is_refusal, said_by
from .forms import (
    API_KEY_SCHEMA,
    CONF_PROVIDER,
    CONF_USER_ID,
    NO_FIELDS,
    credentials_schema,
    new_key_schema,
)
from .options_flow import HivenOptionsFlow
from .remove_flow import RemoveFlow, async_refresh
from .urls import is_service_address

# Shown if an entered address or user id is not valid.
EXAMPLE_ADDRESS = "https://hiven.example.com"
EXAMPLE_USER_ID = "6fa459ea-ee8a-4ca4-894e-db77e160355e"

ADDRESS_FAILED = "service_address_failed"


class HivenConfigFlow(RemoveFlow, domain=DOMAIN):
    """Sets up an account and changes it later."""

    def __init__(self) -> None:
        """Initialize the flow."""
        super().__init__()
        self._user_id: str | None = None
        self._new_user_id = str(uuid4())
        # The step that reconfiguring continues with once the account's key works.
        self._after_key: Step | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: HivenConfigEntry) -> HivenOptionsFlow:
        """Return the options flow."""
        return HivenOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Start with a new key, a stored key, or an existing account."""
        entries = self._async_current_entries()
        used = {entry.data.get(CONF_AUTH_IMPLEMENTATION) for entry in entries}
        menu_options = ["credentials"]
        if (await async_stored_keys(self.hass)).keys() - used:
            menu_options.insert(0, "pick_implementation")
        if entries:
            menu_options.insert(0, "vehicle")
        if menu_options == ["credentials"]:
            return await self.async_step_credentials()
        return self.async_show_menu(step_id="user", menu_options=menu_options)

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the API key and user id; store them once Hiven accepts them."""
        if user_input is None:
            return self._async_show_credentials()
        user_id = user_input.get(CONF_USER_ID, "").strip()
        is_new = not user_id
        user_id = user_id or self._new_user_id
        entry = self._entry_of(user_id)
        if entry is not None and user_id != self._user_id:
            return self.async_abort(reason="already_configured")
        if not self._take_address(user_input):
            return self._async_show_credentials(
                user_input, {"base": "service_address_invalid"}
            )
        api_key = user_input[CONF_API_KEY].strip()
        try:
            self._known = await self._async_list(user_id, api_key)
        except HivenError as err:
            error = self._key_error(err)
            errors = {"base": error}
            if error != ADDRESS_FAILED and is_refusal(err) and not _is_uuid(user_id):
                errors = {CONF_USER_ID: "user_id_invalid"}
            return self._async_show_credentials(user_input, errors)
        await self._async_use_key(user_id, api_key, entry)
        if is_new:
            return await self.async_step_new_user_id()
        return await self._async_account_opened()

    @callback
    def _async_show_credentials(
        self,
        user_input: dict[str, Any] | None = None,
        errors: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        suggested = user_input or {
            CONF_USER_ID: self._user_id,
            **self._suggested_address,
        }
        return self.async_show_form(
            step_id="credentials",
            data_schema=self.add_suggested_values_to_schema(
                credentials_schema(has_address=self._service_address is not None),
                suggested,
            ),
            errors=errors,
            description_placeholders={
                "address": EXAMPLE_ADDRESS,
                "example": EXAMPLE_USER_ID,
                "said": self._said,
            },
        )

    async def async_step_new_user_id(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the new user id, so that the user can write it down."""
        if user_input is not None:
            return await self._async_account_opened()
        return self.async_show_form(
            step_id="new_user_id",
            data_schema=NO_FIELDS,
            description_placeholders={
                "code_block": f"```\n{self._implementation.client_id}\n```"
            },
        )

    @override
    async def async_step_auth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Continue with the chosen credential, or with the answer of SmartCar's page."""
        if user_input is not None:
            return await super().async_step_auth(user_input)
        entry = self._entry_of(self._implementation.client_id)
        if entry is not None:
            self._service_address = entry.data.get(CONF_SERVICE_ADDRESS)
        return await self._async_check_key() or await self._async_account_opened()

    @override
    async def _async_pick_account(self) -> ConfigFlowResult:
        """Use the existing account; ask which one if there are several."""
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
        else:
            entries = self._async_current_entries()
            if len(entries) != 1:
                return await self.async_step_pick_implementation()
            [entry] = entries
        return (
            await self._async_open(entry, self.async_step_vehicle)
            or await self._async_account_opened()
        )

    @override
    async def _async_open(
        self, entry: HivenConfigEntry, then: Step
    ) -> ConfigFlowResult | None:
        """Use the key of an account; return a form or abort if it does not work."""
        self._after_key = then
        self._service_address = entry.data.get(CONF_SERVICE_ADDRESS)
        user_id = cast("str", entry.unique_id)
        if (key := await async_key_of(self.hass, entry)) is None:
            return self._async_ask_for_key(user_id, "key_missing")
        if key.client_id != user_id:
            return self._async_ask_for_key(user_id, "key_of_another_user")
        self.flow_impl = key
        return await self._async_check_key()

    async def _async_check_key(self) -> ConfigFlowResult | None:
        """List the vehicles with a stored key; return a form or abort if that fails."""
        user_id = self._implementation.client_id
        try:
            self._known = await self._async_list(
                user_id, self._implementation.client_secret
            )
        except HivenError as err:
            # A key without an account may belong to a provider with its own address.
            is_unused = self._entry_of(user_id) is None
            if is_unused or isinstance(err, AuthenticationError) or is_refusal(err):
                return self._async_ask_for_key(user_id, self._key_error(err))
            return self.async_abort(reason=self._error(err))
        return None

    @callback
    def _async_ask_for_key(self, user_id: str, error: str) -> ConfigFlowResult:
        """Ask for a new key; the stored one is refused, missing or another user's."""
        if self.source == SOURCE_RECONFIGURE:
            return self._async_show_new_key("new_api_key", user_id, error)
        self._user_id = user_id
        return self._async_show_credentials(errors={"base": error})

    async def _async_account_opened(self) -> ConfigFlowResult:
        """Offer the cars that Hiven already has, or connect one."""
        assert self._known is not None
        user_id = self._implementation.client_id
        # Another dialog that was left open must not block this one.
        await self.async_set_unique_id(user_id, raise_on_progress=False)
        if self._known.vehicles and self._entry_of(user_id) is None:
            return await self.async_step_account()
        return await self.async_step_vehicle()

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the cars that Hiven already has."""
        assert self._known is not None
        return self.async_show_menu(
            step_id="account",
            menu_options=["use_vehicles", "vehicle"],
            description_placeholders={
                "vehicles": ", ".join(
                    vehicle.display_name for vehicle in self._known.vehicles.values()
                )
            },
        )

    async def async_step_use_vehicles(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Set up the account with the cars that Hiven already has."""
        return self._async_create_account()

    @override
    async def _async_finish(self) -> ConfigFlowResult:
        """Set up the account, or let the existing account show the car."""
        assert self._connection is not None
        # Checked this late because another dialog may have set up the account.
        entry = self._entry_of(self._implementation.client_id)
        if entry is None:
            return self._async_create_account()
        await async_refresh(self.hass, entry)
        return self.async_abort(
            reason=(
                "vehicle_connected"
                if self._connection.added
                else "vehicle_already_connected"
            ),
            description_placeholders={"vehicle": self._vehicle_name},
        )

    @callback
    def _async_create_account(self) -> ConfigFlowResult:
        """Create the entry, named after the partner if a car names one."""
        self._abort_if_unique_id_configured()
        assert self._known is not None
        vehicles = [*self._known.vehicles.values(), self._vehicle]
        return self.async_create_entry(
            title=next(
                (
                    vehicle.attributes.partner_name
                    for vehicle in vehicles
                    if vehicle is not None and vehicle.attributes.partner_name
                ),
                "Hiven",
            ),
            data=self._data,
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start over with a new key, because Hiven refused the stored one."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new key; the cars stay signed in at SmartCar."""
        return await self._async_renew_key(
            "reauth_confirm", self._get_reauth_entry(), user_input
        )

    async def async_step_new_api_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the API key or the provider's address."""
        return await self._async_renew_key(
            "new_api_key", self._get_reconfigure_entry(), user_input
        )

    async def _async_renew_key(
        self,
        step_id: str,
        entry: HivenConfigEntry,
        user_input: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        user_id = cast("str", entry.unique_id)
        self._service_address = entry.data.get(CONF_SERVICE_ADDRESS)
        if user_input is None:
            return self._async_show_new_key(step_id, user_id)
        if not self._take_address(user_input):
            return self._async_show_new_key(
                step_id, user_id, "service_address_invalid", user_input
            )
        api_key = user_input.get(CONF_API_KEY, "").strip()
        if not api_key:
            key = await async_key_of(self.hass, entry)
            if key is None or key.client_id != user_id:
                return self._async_show_new_key(step_id, user_id, "key_missing")
            api_key = key.client_secret
        try:
            self._known = await self._async_list(user_id, api_key)
        except HivenError as err:
            return self._async_show_new_key(
                step_id, user_id, self._key_error(err), user_input
            )
        await self._async_use_key(user_id, api_key, entry)
        if self._after_key is not None:
            return await self._after_key()
        return self.async_update_and_abort(entry)

    @callback
    def _async_show_new_key(
        self,
        step_id: str,
        user_id: str,
        error: str | None = None,
        user_input: dict[str, Any] | None = None,
    ) -> ConfigFlowResult:
        schema = API_KEY_SCHEMA
        if step_id == "new_api_key":
            schema = new_key_schema(has_address=self._service_address is not None)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or self._suggested_address
            ),
            errors={"base": error} if error else None,
            description_placeholders={
                "address": EXAMPLE_ADDRESS,
                "user_id": user_id,
                "said": self._said,
            },
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the menu of an account."""
        entry = self._get_reconfigure_entry()
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[
                "vehicle",
                "virtual_key",
                "remove_vehicle",
                "new_api_key",
            ],
            description_placeholders={"user_id": cast("str", entry.unique_id)},
        )

    async def _async_list(self, user_id: str, api_key: str) -> VehicleList:
        """Return the vehicles that a key gives access to."""
        client = async_get_client(
            self.hass, user_id, api_key, service_address=self._service_address
        )
        return await client.vehicles()

    async def _async_use_key(
        self, user_id: str, api_key: str, entry: HivenConfigEntry | None
    ) -> None:
        """Store a key, let the account use it, and delete the old one."""
        self.flow_impl = key = await async_store_key(self.hass, user_id, api_key)
        if entry is not None:
            self.hass.config_entries.async_update_entry(entry, data=self._data)
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        await async_remove_other_keys(self.hass, key)

    def _take_address(self, user_input: Mapping[str, Any]) -> bool:
        """Use the entered address; return whether it is valid."""
        if (provider := user_input.get(CONF_PROVIDER)) is None:
            return True
        address = provider.get(CONF_SERVICE_ADDRESS, "").strip()
        self._service_address = address or None
        return not address or is_service_address(address)

    @property
    def _suggested_address(self) -> dict[str, Any]:
        return {CONF_PROVIDER: {CONF_SERVICE_ADDRESS: self._service_address}}

    @property
    def _data(self) -> dict[str, str]:
        """Return the data of the config entry."""
        data = {CONF_AUTH_IMPLEMENTATION: self.flow_impl.domain}
        if self._service_address is not None:
            data[CONF_SERVICE_ADDRESS] = self._service_address
        return data

    @callback
    def _key_error(self, err: HivenError) -> str:
        """Return the translation key of an error, for a form with a key field."""
        self._said = said_by(err)
        error = form_error(err, asks_for_key=True)
        if (
            self._service_address is not None
            # This form has no field for the address.
            and self.source != SOURCE_REAUTH
            and isinstance(
                err, (HivenConnectionError, NotFoundError, UnexpectedAnswerError)
            )
        ):
            return ADDRESS_FAILED
        return error


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
