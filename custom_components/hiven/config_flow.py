"""Config flow: an account and its key, then cars by SmartCar's sign-in page."""

from collections.abc import Awaitable, Callable, Mapping
import logging
from typing import Any, cast, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_COUNTRY_CODE, CONF_MODE
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
    async_get_implementations,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    CountrySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol
from yarl import URL

from .account import HivenConfigEntry
from .api import (
    BRANDS,
    AuthenticationError,
    AuthorizationMode,
    ChargingBehavior,
    ConflictError,
    Connection,
    HivenClient,
    HivenConnectionError,
    HivenError,
    NotFoundError,
    Preferences,
    RateLimitedError,
    StateOfCharge,
    UnexpectedAnswerError,
    Vehicle,
    VehicleList,
    needs_virtual_key,
)
from .application_credentials import (
    async_get_client,
    async_remove_other_credentials,
    async_store_credential,
)
from .const import (
    CONF_AUTH_IMPLEMENTATION,
    DEFAULT_COUNTRY,
    DOMAIN,
    LOGGER,
    VIRTUAL_KEY_URL,
)
from .errors import form_error
from .issues import cannot_be_controlled
from .options_flow import HivenOptionsFlow
from .preferences import Change, problem_of

CONF_CHARGING_BEHAVIOR = "charging_behavior"
CONF_CONFIRM = "confirm"
CONF_MANUFACTURER = "manufacturer"
CONF_READY_TIME = "ready_time"
CONF_TARGET_SOC = "target_soc"
CONF_TESTING = "testing"
CONF_USER_ID = "user_id"
CONF_VEHICLE = "vehicle"

LATER = "later"

SMARTCAR_REFUSALS = {
    "configuration_error",
    "invalid_subscription",
    "no_vehicles",
    "server_error",
    "vehicle_incompatible",
}

_API_KEY_FIELD = {
    vol.Required(CONF_API_KEY): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD)
    )
}
API_KEY_SCHEMA = vol.Schema(_API_KEY_FIELD)
CREDENTIALS_SCHEMA = vol.Schema(
    {vol.Required(CONF_USER_ID): TextSelector(), **_API_KEY_FIELD}
)
PREFERENCES_SCHEMA = vol.Schema(
    {
        vol.Required(
            CONF_CHARGING_BEHAVIOR, default=ChargingBehavior.ANYWHERE.lower()
        ): SelectSelector(
            SelectSelectorConfig(
                options=[
                    ChargingBehavior.ANYWHERE.lower(),
                    ChargingBehavior.AT_LOCATION.lower(),
                    ChargingBehavior.OFF.lower(),
                    LATER,
                ],
                translation_key=CONF_CHARGING_BEHAVIOR,
                mode=SelectSelectorMode.LIST,
            )
        ),
        # No defaults: they would come back for what somebody emptied.
        vol.Optional(CONF_TARGET_SOC): NumberSelector(
            NumberSelectorConfig(
                min=0,
                max=100,
                step=1,
                unit_of_measurement="%",
                mode=NumberSelectorMode.SLIDER,
            )
        ),
        vol.Optional(CONF_READY_TIME): TimeSelector(),
    }
)
SUGGESTED_PREFERENCES = {CONF_TARGET_SOC: 80, CONF_READY_TIME: "07:00:00"}
VIRTUAL_KEY_SCHEMA = vol.Schema(
    {
        vol.Optional("qr_code"): QrCodeSelector(
            QrCodeSelectorConfig(
                data=VIRTUAL_KEY_URL,
                scale=6,
                error_correction_level=QrErrorCorrectionLevel.QUARTILE,
            )
        )
    }
)


class HivenConfigFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Sets up an account, connects cars, renews the key."""

    DOMAIN = DOMAIN

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._refused_user_id: str | None = None
        # What Hiven held before a car was connected; None before it was asked.
        self._known: VehicleList | None = None
        self._choice: dict[str, Any] = {}
        self._authorization_url: str | None = None
        self._sign_in_again = False
        self._connection: Connection | None = None
        self._vehicle: Vehicle | None = None
        self._steps: list[Callable[[], Awaitable[ConfigFlowResult]]] = []

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger of the sign-in."""
        return LOGGER

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: HivenConfigEntry) -> HivenOptionsFlow:
        """Return the options flow."""
        return HivenOptionsFlow()

    # The account

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Start with a stored key, a new one, or the account that is there."""
        entries = self._async_current_entries(include_ignore=False)
        used = {entry.data.get(CONF_AUTH_IMPLEMENTATION) for entry in entries}
        if (await self._async_stored_keys()).keys() - used:
            return await self.async_step_pick_implementation()
        if entries:
            return self.async_show_menu(
                step_id="user", menu_options=["vehicle", "credentials"]
            )
        return await self.async_step_credentials()

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for user id and API key, and store them once Hiven accepts them."""
        errors: dict[str, str] = {}
        if user_input is not None:
            user_id = user_input[CONF_USER_ID].strip()
            entry = self._entry_of(user_id)
            if entry is not None and user_id != self._refused_user_id:
                return self.async_abort(reason="already_configured")
            api_key = user_input[CONF_API_KEY].strip()
            self._known, errors = await self._async_try_key(user_id, api_key)
            if self._known is not None:
                self.flow_impl = await self._async_store_key(user_id, api_key, entry)
                return await self._async_account_opened()
        return self._async_show_credentials(user_input, errors)

    @callback
    def _async_show_credentials(
        self, user_input: dict[str, Any] | None, errors: dict[str, str]
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="credentials",
            data_schema=self.add_suggested_values_to_schema(
                CREDENTIALS_SCHEMA, user_input or {CONF_USER_ID: self._refused_user_id}
            ),
            errors=errors,
        )

    async def _async_try_key(
        self, user_id: str, api_key: str
    ) -> tuple[VehicleList | None, dict[str, str]]:
        """Return the vehicles a key opens, or the error to show."""
        client = async_get_client(self.hass, user_id, api_key)
        try:
            return await client.vehicles(), {}
        except HivenError as err:
            return None, {"base": form_error(err)}

    async def _async_store_key(
        self, user_id: str, api_key: str, entry: HivenConfigEntry | None
    ) -> LocalOAuth2Implementation:
        """Store a key, have the account use it, and forget the old one."""
        credential_id = await async_store_credential(self.hass, user_id, api_key)
        if entry is not None:
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_AUTH_IMPLEMENTATION: credential_id}
            )
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        await async_remove_other_credentials(self.hass, user_id, keep=credential_id)
        return (await self._async_stored_keys())[credential_id]

    @override
    async def async_step_auth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Come here with a picked credential, then to open SmartCar's page."""
        if user_input is None and self._authorization_url is None:
            return await self._async_check_key() or await self._async_account_opened()
        return await super().async_step_auth(user_input)

    async def _async_open(self, entry: HivenConfigEntry) -> ConfigFlowResult | None:
        """Take the key of an account; return what to show if it does not work."""
        stored_keys = await self._async_stored_keys()
        implementation = stored_keys.get(entry.data[CONF_AUTH_IMPLEMENTATION])
        if implementation is None:
            return self._async_ask_for_key(cast("str", entry.unique_id), {})
        self.flow_impl = implementation
        return await self._async_check_key()

    async def _async_check_key(self) -> ConfigFlowResult | None:
        """List the vehicles a stored key opens; return what to show if it does not."""
        try:
            self._known = await self._client.vehicles()
        except AuthenticationError as err:
            return self._async_ask_for_key(
                self._implementation.client_id, {"base": form_error(err)}
            )
        except HivenError as err:
            return self.async_abort(reason=form_error(err))
        return None

    @callback
    def _async_ask_for_key(
        self, user_id: str, errors: dict[str, str]
    ) -> ConfigFlowResult:
        """Have a stored key replaced that is refused or gone."""
        if self.source == SOURCE_RECONFIGURE:
            return self._async_show_new_key("new_api_key", user_id, errors)
        self._refused_user_id = user_id
        return self._async_show_credentials(None, errors)

    async def _async_account_opened(self) -> ConfigFlowResult:
        """Offer the cars Hiven knows already, or connect one."""
        assert self._known is not None
        user_id = self._implementation.client_id
        # A dialog somebody left open must not block this one.
        await self.async_set_unique_id(user_id, raise_on_progress=False)
        if self._known.vehicles and self._entry_of(user_id) is None:
            return await self.async_step_account()
        return await self.async_step_vehicle()

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the cars Hiven knows already."""
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
        """Set up the account with the cars Hiven knows already."""
        return self._async_create_account()

    # A car

    async def async_step_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which car to connect."""
        if self._known is None:
            return await self._async_pick_account()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._choice = user_input
            try:
                return await self._async_open_sign_in()
            except HivenError as err:
                errors["base"] = (
                    "vehicle_refused" if _is_refusal(err) else form_error(err)
                )
        schema = vol.Schema(
            {
                vol.Required(CONF_MANUFACTURER): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=value, label=label)
                            for value, label in BRANDS.items()
                        ],
                        custom_value=True,
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                ),
                vol.Required(
                    CONF_COUNTRY_CODE,
                    default=self.hass.config.country or DEFAULT_COUNTRY,
                ): CountrySelector(),
                vol.Required(CONF_TESTING): section(
                    vol.Schema(
                        {
                            vol.Required(
                                CONF_MODE, default=AuthorizationMode.LIVE
                            ): SelectSelector(
                                SelectSelectorConfig(
                                    options=list(AuthorizationMode),
                                    translation_key=CONF_MODE,
                                )
                            )
                        }
                    ),
                    {"collapsed": True},
                ),
            }
        )
        try:
            redirect_uri = self._implementation.redirect_uri
        except RuntimeError:
            # Only a browser tells by which address it reaches Home Assistant.
            return self.async_abort(reason="no_browser")
        return self.async_show_form(
            step_id="vehicle",
            data_schema=self.add_suggested_values_to_schema(schema, self._choice),
            errors=errors,
            description_placeholders={
                "redirect_uri": redirect_uri,
                "user_id": self._implementation.client_id,
            },
        )

    async def _async_pick_account(self) -> ConfigFlowResult:
        """Take the account that is there; let people choose among several."""
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
        else:
            entries = self._async_current_entries(include_ignore=False)
            if len(entries) != 1:
                return await self.async_step_pick_implementation()
            [entry] = entries
        return await self._async_open(entry) or await self._async_account_opened()

    async def _async_open_sign_in(self) -> ConfigFlowResult:
        """Open SmartCar's page for the chosen car."""
        self._authorization_url = await self._client.authorization_url(
            manufacturer=self._choice[CONF_MANUFACTURER].strip().upper(),
            redirect_uri=self._implementation.redirect_uri,
            country_code=self._choice[CONF_COUNTRY_CODE],
            mode=self._choice[CONF_TESTING][CONF_MODE],
        )
        return await self.async_step_auth()

    @override
    async def async_generate_authorize_url(self) -> str:
        """Return SmartCar's page with the state that brings people back here."""
        assert self._authorization_url is not None
        own = await self.flow_impl.async_generate_authorize_url(self.flow_id)
        return str(
            URL(self._authorization_url).update_query(state=URL(own).query["state"])
        )

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Tell why SmartCar sent people back without a car."""
        if (reason := self.external_data["error"]) in SMARTCAR_REFUSALS:
            return self.async_abort(reason=reason)
        if reason == "access_denied":
            return await super().async_step_authorize_rejected(data)
        return self.async_abort(reason="sign_in_failed")

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Hand SmartCar's code to Hiven."""
        try:
            connection = await self._client.connect(
                auth_code=self.external_data["code"],
                redirect_url=self.external_data["state"]["redirect_uri"],
            )
        except ConflictError:
            return self.async_abort(reason="vehicle_of_another_user")
        except HivenError as err:
            # The car may be connected all the same: the list tells.
            if (new := await self._async_new_vehicle()) is None:
                return self._async_connect_failed(err)
            connection = Connection(device_id=new.id, message=None, added=True)
        return await self._async_connected(connection)

    async def _async_new_vehicle(self) -> Vehicle | None:
        """Return a vehicle Hiven did not have before."""
        assert self._known is not None
        try:
            listed = await self._client.vehicles()
        except HivenError:
            return None
        before = {*self._known.vehicles}
        new = listed.vehicles.keys() - before
        return listed.vehicles[min(new)] if new else None

    @callback
    def _async_connect_failed(self, err: HivenError) -> ConfigFlowResult:
        """Offer to try again; a code Hiven refuses will not get better."""
        self._sign_in_again = _is_refusal(err)
        error = "sign_in_again" if self._sign_in_again else form_error(err)
        return self.async_show_form(
            step_id="connect_failed",
            data_schema=vol.Schema({}),
            errors={"base": error},
        )

    async def async_step_connect_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Try again, with a new sign-in if need be."""
        if not self._sign_in_again:
            return await self.async_step_creation()
        try:
            return await self._async_open_sign_in()
        except HivenError as err:
            return self.async_show_form(
                step_id="connect_failed",
                data_schema=vol.Schema({}),
                errors={"base": form_error(err)},
            )

    async def _async_connected(self, connection: Connection) -> ConfigFlowResult:
        """Find out what the new car still needs."""
        self._connection = connection
        if connection.device_id is not None:
            try:
                self._vehicle = await self._client.vehicle(connection.device_id)
            except HivenError as err:
                LOGGER.debug("The new vehicle cannot be read yet: %s", err)
        attributes = self._vehicle.attributes if self._vehicle else None
        self._steps = []
        if needs_virtual_key(attributes, self._choice[CONF_MANUFACTURER]):
            self._steps.append(self.async_step_virtual_key)
        if await self._async_cannot_be_controlled():
            self._steps.append(self.async_step_smart_charging_unsupported)
        if self._vehicle is not None and self._vehicle.preferences is None:
            self._steps.append(self.async_step_preferences)
        return await self._async_next_step()

    async def _async_cannot_be_controlled(self) -> bool:
        """Tell whether Hiven can surely not start and stop the new car."""
        if self._vehicle is None:
            return False
        try:
            models = await self._client.supported_vehicles()
        except HivenError as err:
            LOGGER.debug("The list of models cannot be read: %s", err)
            return False
        return cannot_be_controlled(self._vehicle, models)

    async def _async_next_step(self) -> ConfigFlowResult:
        """Go on with what the new car needs, then finish."""
        if self._steps:
            return await self._steps.pop(0)()
        return await self._async_finish()

    async def async_step_virtual_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show how a Tesla lets Hiven start and stop it."""
        if user_input is None:
            return self.async_show_form(
                step_id="virtual_key",
                data_schema=VIRTUAL_KEY_SCHEMA,
                description_placeholders={"virtual_key_url": VIRTUAL_KEY_URL},
            )
        if self._connection is None:
            return self.async_abort(reason="virtual_key_shown")
        return await self._async_next_step()

    async def async_step_smart_charging_unsupported(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell that this model cannot be charged smartly without a charger."""
        if user_input is None:
            return self.async_show_form(
                step_id="smart_charging_unsupported",
                data_schema=vol.Schema({}),
                description_placeholders={"vehicle": self._vehicle_name},
            )
        return await self._async_next_step()

    async def async_step_preferences(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the new car is to be charged."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_CHARGING_BEHAVIOR] == LATER:
                return await self._async_next_step()
            errors = await self._async_set_preferences(user_input)
            if not errors:
                return await self._async_next_step()
        return self.async_show_form(
            step_id="preferences",
            data_schema=self.add_suggested_values_to_schema(
                PREFERENCES_SCHEMA, user_input or SUGGESTED_PREFERENCES
            ),
            errors=errors,
            description_placeholders={"vehicle": self._vehicle_name},
        )

    async def _async_set_preferences(
        self, user_input: dict[str, Any]
    ) -> dict[str, str]:
        """Store the first preferences; return the errors to show."""
        assert self._vehicle is not None
        target = user_input.get(CONF_TARGET_SOC)
        ready_time = dt_util.parse_time(user_input.get(CONF_READY_TIME) or "")
        change = Change(
            charging_behavior=ChargingBehavior(
                user_input[CONF_CHARGING_BEHAVIOR].upper()
            ),
            target_soc=None if target is None else StateOfCharge(value=float(target)),
            ready_time=ready_time and ready_time.replace(second=0),
        )
        base = Preferences()
        if (problem := problem_of(change, base, self._vehicle)) is not None:
            return {"base": problem}
        try:
            await self._client.set_preferences(
                self._vehicle.id, change.update_for(base)
            )
        except HivenError as err:
            return {"base": form_error(err)}
        return {}

    async def _async_finish(self) -> ConfigFlowResult:
        """Set up the account, or have it show the car."""
        assert self._connection is not None
        # Asked only now: another dialog may have set up the account.
        entry = self._entry_of(self._implementation.client_id)
        if entry is None:
            return self._async_create_account()
        await self._async_refresh(entry)
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
        """Create the entry, named after the partner where a car tells it."""
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
            data={CONF_AUTH_IMPLEMENTATION: self.flow_impl.domain},
        )

    async def _async_refresh(self, entry: HivenConfigEntry) -> None:
        """Have a running account show what changed; start one that is not."""
        if entry.state is not ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        else:
            await entry.runtime_data.async_refresh()

    # Later

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Hiven refused the key."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new key; the car stays signed in at SmartCar."""
        return await self._async_renew_key(
            "reauth_confirm", self._get_reauth_entry(), user_input
        )

    async def async_step_new_api_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Replace the key at will."""
        return await self._async_renew_key(
            "new_api_key", self._get_reconfigure_entry(), user_input
        )

    async def _async_renew_key(
        self,
        step_id: str,
        entry: HivenConfigEntry,
        user_input: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        user_id = cast("str", entry.unique_id)
        if user_input is not None:
            api_key = user_input[CONF_API_KEY].strip()
            listed, errors = await self._async_try_key(user_id, api_key)
            if listed is not None:
                await self._async_store_key(user_id, api_key, entry)
                return self.async_update_and_abort(entry)
        return self._async_show_new_key(step_id, user_id, errors)

    @callback
    def _async_show_new_key(
        self, step_id: str, user_id: str, errors: dict[str, str]
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=API_KEY_SCHEMA,
            errors=errors,
            description_placeholders={"user_id": user_id},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer what can be done with an account."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["vehicle", "new_api_key", "virtual_key", "remove_vehicle"],
        )

    async def async_step_remove_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Remove a car at Hiven, and so here."""
        entry = self._get_reconfigure_entry()
        if self._known is None and (problem := await self._async_open(entry)):
            return problem
        assert self._known is not None
        if not self._known.vehicles:
            return self.async_abort(reason="no_vehicle_to_remove")
        errors: dict[str, str] = {}
        if user_input is not None:
            vehicle_id = user_input[CONF_VEHICLE]
            if not user_input[CONF_CONFIRM]:
                errors[CONF_CONFIRM] = "confirm_required"
            else:
                try:
                    if not await self._async_delete(vehicle_id):
                        errors["base"] = "not_removed"
                except HivenError as err:
                    errors["base"] = form_error(err)
            if not errors:
                await self._async_refresh(entry)
                return self.async_abort(
                    reason="vehicle_removed",
                    description_placeholders={
                        "vehicle": self._known.vehicles[vehicle_id].display_name
                    },
                )
        schema = vol.Schema(
            {
                vol.Required(CONF_VEHICLE): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(
                                value=vehicle.id, label=vehicle.display_name
                            )
                            for vehicle in self._known.vehicles.values()
                        ],
                        mode=SelectSelectorMode.LIST,
                    )
                ),
                vol.Required(CONF_CONFIRM, default=False): BooleanSelector(),
            }
        )
        return self.async_show_form(
            step_id="remove_vehicle",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    async def _async_delete(self, vehicle_id: str) -> bool:
        """Remove a car at Hiven; tell whether it is gone."""
        assert self._client is not None
        try:
            await self._client.delete_vehicle(vehicle_id)
        except NotFoundError:
            # Gone already, or Hiven removes cars in a way it does not document.
            try:
                await self._client.vehicle(vehicle_id)
            except NotFoundError:
                return True
            return False
        return True

    async def _async_stored_keys(self) -> dict[str, LocalOAuth2Implementation]:
        """Return what the stored keys make possible, by credential id."""
        try:
            stored = await async_get_implementations(self.hass, DOMAIN)
        except ImplementationUnavailableError:
            # Home Assistant Cloud is down. It has no keys for Hiven anyway.
            return {}
        return cast("dict[str, LocalOAuth2Implementation]", stored)

    @property
    def _implementation(self) -> LocalOAuth2Implementation:
        return cast("LocalOAuth2Implementation", self.flow_impl)

    @property
    def _client(self) -> HivenClient:
        return async_get_client(
            self.hass,
            self._implementation.client_id,
            self._implementation.client_secret,
        )

    @callback
    def _entry_of(self, user_id: str) -> HivenConfigEntry | None:
        return self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, user_id
        )

    @property
    def _vehicle_name(self) -> str:
        if self._vehicle is not None:
            return self._vehicle.display_name
        manufacturer: str = self._choice[CONF_MANUFACTURER]
        return BRANDS.get(manufacturer, manufacturer)


def _is_refusal(err: HivenError) -> bool:
    """Tell whether it is what was sent that Hiven does not like."""
    return not isinstance(
        err,
        (
            AuthenticationError,
            HivenConnectionError,
            RateLimitedError,
            UnexpectedAnswerError,
        ),
    )
