"""The steps that connect a car, from its brand to its charging preferences."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
import logging
from typing import Any, cast, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_COUNTRY_CODE, CONF_MODE
from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    LocalOAuth2Implementation,
)
from homeassistant.util import dt as dt_util
from yarl import URL

from .account import HivenConfigEntry
from .api import (
    BRANDS,
    AuthorizationMode,
    ChargingBehavior,
    ConflictError,
    Connection,
    HivenClient,
    HivenError,
    StateOfCharge,
    Vehicle,
    VehicleList,
    brand_id,
    needs_virtual_key,
)
from .application_credentials import async_get_client
from .const import DEFAULT_COUNTRY, DOMAIN, LOGGER, VIRTUAL_KEY_URL
from .errors import form_error, is_refusal, is_unanswered, said_by, tolerated
from .forms import (
    CONF_CHARGING_BEHAVIOR,
    CONF_MANUFACTURER,
    CONF_READY_TIME,
    CONF_TARGET_SOC,
    CONF_TESTING,
    LATER,
    NO_FIELDS,
    SUGGESTED_PREFERENCES,
    VIRTUAL_KEY_SCHEMA,
    preferences_schema,
    vehicle_schema,
)
from .issues import cannot_be_controlled
from .memory import Memory, async_memory_of
from .preferences import Change
from .store import async_read_preferences, async_store_once

type Step = Callable[[], Awaitable[ConfigFlowResult]]

# The errors that SmartCar's page returns instead of a code.
SMARTCAR_REFUSALS = {
    "access_denied",
    "configuration_error",
    "invalid_subscription",
    "no_vehicles",
    "server_error",
    "vehicle_incompatible",
}


class ConnectFlow(AbstractOAuth2FlowHandler, ABC):
    """Connects a car to the account that a subclass has chosen."""

    DOMAIN = DOMAIN

    def __init__(self) -> None:
        """Initialize the flow."""
        super().__init__()
        self._service_address: str | None = None
        self._own_memory = Memory()
        # The vehicles before connecting; None until they have been read.
        self._known: VehicleList | None = None
        self._choice: dict[str, Any] = {}
        self._authorization_url: str | None = None
        self._is_unanswered = False
        self._sign_in_again = False
        self._connection: Connection | None = None
        self._vehicle: Vehicle | None = None
        self._steps: list[Step] = []
        self._later_failed = False
        # The text of Hiven's last refusal.
        self._said = ""

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger of the sign-in."""
        return LOGGER

    @abstractmethod
    async def _async_pick_account(self) -> ConfigFlowResult:
        """Choose the account, read its vehicles, and return to `vehicle`."""

    @abstractmethod
    async def _async_finish(self) -> ConfigFlowResult:
        """End the dialog once the car is connected."""

    async def async_step_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which car to connect."""
        if self._known is None:
            return await self._async_pick_account()
        if user_input is None:
            return self._async_show_vehicle()
        self._choice = user_input
        if not user_input.get(CONF_MANUFACTURER, "").strip():
            return self._async_show_vehicle({CONF_MANUFACTURER: "brand_required"})
        try:
            return await self._async_open_sign_in()
        except HivenError as err:
            error = self._error(err)
            if not is_refusal(err):
                return self._async_show_vehicle({"base": error})
        is_new_here = (
            self._authorization_url is None
            and self._entry_of(self._implementation.client_id) is None
        )
        if is_new_here and self._brand in BRANDS:
            return self._async_show_vehicle({"base": "redirect_refused"})
        return self._async_show_vehicle({"base": "brand_refused"})

    @callback
    def _async_show_vehicle(
        self, errors: dict[str, str] | None = None
    ) -> ConfigFlowResult:
        try:
            redirect_uri = self._implementation.redirect_uri
        except RuntimeError:
            # Only the browser knows at which address it reaches Home Assistant.
            return self.async_abort(reason="no_browser")
        schema = vehicle_schema(
            self.hass.config.country or DEFAULT_COUNTRY, redirect_uri
        )
        is_address_needed = (errors or {}).get("base") in {
            "brand_refused",
            "redirect_refused",
        }
        return self.async_show_form(
            step_id="vehicle",
            data_schema=self.add_suggested_values_to_schema(schema, self._choice),
            errors=errors,
            description_placeholders={
                "code_block": f"```\n{redirect_uri}\n```" if is_address_needed else "",
                "said": self._said,
                "user_id": self._implementation.client_id,
            },
        )

    @property
    def _brand(self) -> str:
        """Return the chosen brand as Hiven spells it."""
        return brand_id(self._choice[CONF_MANUFACTURER])

    async def _async_open_sign_in(self) -> ConfigFlowResult:
        """Open SmartCar's page for the chosen car."""
        self._authorization_url = await self._client.authorization_url(
            manufacturer=self._brand,
            redirect_uri=self._implementation.redirect_uri,
            country_code=self._choice[CONF_COUNTRY_CODE],
            mode=self._choice.get(CONF_TESTING, {}).get(
                CONF_MODE, AuthorizationMode.LIVE
            ),
        )
        self._is_unanswered = False
        return await super().async_step_auth()

    @override
    async def async_generate_authorize_url(self) -> str:
        """Return the URL of SmartCar's page, with the state that leads back here."""
        assert self._authorization_url is not None
        own = await self.flow_impl.async_generate_authorize_url(self.flow_id)
        return str(
            URL(self._authorization_url).update_query(state=URL(own).query["state"])
        )

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Show why SmartCar returned without a car, and offer to try again."""
        reason = self.external_data["error"]
        LOGGER.debug("SmartCar's page returned: %s", reason)
        if reason not in SMARTCAR_REFUSALS:
            reason = "sign_in_failed"
        return self._async_show_vehicle({"base": reason})

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Send SmartCar's code to Hiven."""
        try:
            connection = await self._client.connect(
                auth_code=self.external_data["code"],
                redirect_url=self.external_data["state"]["redirect_uri"],
            )
        except ConflictError as err:
            self._error(err)
            return self.async_abort(reason="vehicle_of_another_user")
        except HivenError as err:
            found = await self._async_find_connected(err)
            if found is None:
                return self._async_connect_failed(err)
            connection = found
        return await self._async_connected(connection)

    async def _async_find_connected(self, err: HivenError) -> Connection | None:
        """Find a car in the list after connecting it failed."""
        assert self._known is not None
        was_unanswered = self._is_unanswered
        self._is_unanswered |= is_unanswered(err)
        try:
            listed = await self._client.vehicles()
        except HivenError:
            return None
        if new := listed.vehicles.keys() - self._known.vehicles.keys():
            return Connection(device_id=min(new), message=None, added=True)
        if not (was_unanswered and is_refusal(err)):
            return None
        # The earlier attempt used the code but added no car, so Hiven already had
        # the car.
        same_brand = [
            vehicle.id
            for vehicle in listed.vehicles.values()
            if brand_id(vehicle.attributes.manufacturer or "") == self._brand
            and await self._async_is_readable(vehicle.id)
        ]
        if not same_brand:
            return None
        # With several cars of this brand, it is not known which one it was.
        device_id = same_brand[0] if len(same_brand) == 1 else None
        return Connection(device_id=device_id, message=None, added=False)

    async def _async_is_readable(self, vehicle_id: str) -> bool:
        with tolerated("The car cannot be read"):
            await self._client.status(vehicle_id)
            return True
        return False

    @callback
    def _async_connect_failed(self, err: HivenError) -> ConfigFlowResult:
        """Offer to try again; with a new sign-in if the code was refused."""
        error = self._error(err)
        self._sign_in_again = is_refusal(err)
        return self._async_show_connect_failed(
            "sign_in_again" if self._sign_in_again else error
        )

    @callback
    def _async_show_connect_failed(self, error: str) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="connect_failed",
            data_schema=NO_FIELDS,
            errors={"base": error},
            description_placeholders={"said": self._said},
        )

    async def async_step_connect_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Try again, with a new sign-in if needed."""
        if not self._sign_in_again:
            return await self.async_step_creation()
        try:
            return await self._async_open_sign_in()
        except HivenError as err:
            return self._async_show_connect_failed(self._error(err))

    async def _async_connected(self, connection: Connection) -> ConfigFlowResult:
        """Find out what the new car still needs."""
        self._connection = connection
        has_preferences = True
        if connection.device_id is not None:
            # If the car cannot be read yet, the steps that it may need are left out.
            with tolerated("The new car cannot be read yet"):
                self._vehicle = await self._client.vehicle(connection.device_id)
                has_preferences = (
                    await async_read_preferences(self._client, connection.device_id)
                    is not None
                )
        attributes = self._vehicle.attributes if self._vehicle else None
        self._steps = []
        if needs_virtual_key(attributes, self._brand):
            self._steps.append(self.async_step_virtual_key)
        if await self._async_cannot_be_controlled():
            self._steps.append(self.async_step_smart_charging_unsupported)
        if self._vehicle is not None and not has_preferences:
            self._steps.append(self.async_step_preferences)
        return await self._async_next_step()

    async def _async_cannot_be_controlled(self) -> bool:
        """Return whether it is certain that Hiven cannot start and stop the new car."""
        if self._vehicle is None:
            return False
        with tolerated("The list of models cannot be read"):
            models = await self._client.supported_vehicles()
            return cannot_be_controlled(self._vehicle, models)
        return False

    async def _async_next_step(self) -> ConfigFlowResult:
        """Continue with the next step that the new car needs, or finish."""
        if self._steps:
            return await self._steps.pop(0)()
        return await self._async_finish()

    async def async_step_virtual_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show how to add the virtual key to a Tesla."""
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
        """Explain that this model needs a charger for smart charging."""
        if user_input is None:
            return self.async_show_form(
                step_id="smart_charging_unsupported",
                data_schema=NO_FIELDS,
                description_placeholders={"vehicle": self._vehicle_name},
            )
        return await self._async_next_step()

    async def async_step_preferences(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the new car should charge."""
        assert self._vehicle is not None
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._async_set_preferences(self._vehicle, user_input)
            # With "Decide later", a second failure to store does not stop the dialog.
            is_later = user_input[CONF_CHARGING_BEHAVIOR] == LATER
            if not errors or (is_later and self._later_failed):
                return await self._async_next_step()
            self._later_failed = is_later
        return self.async_show_form(
            step_id="preferences",
            data_schema=self.add_suggested_values_to_schema(
                preferences_schema(self._vehicle), user_input or SUGGESTED_PREFERENCES
            ),
            errors=errors,
            description_placeholders={
                "vehicle": self._vehicle_name,
                "said": self._said,
            },
        )

    async def _async_set_preferences(
        self, vehicle: Vehicle, user_input: dict[str, Any]
    ) -> dict[str, str]:
        """Store the first preferences; return the errors to show."""
        behavior = user_input[CONF_CHARGING_BEHAVIOR]
        target = user_input.get(CONF_TARGET_SOC)
        ready_time = dt_util.parse_time(user_input.get(CONF_READY_TIME) or "")
        if behavior == LATER:
            if target is None and ready_time is None:
                return {}
            behavior = ChargingBehavior.OFF
        change = Change(
            charging_behavior=ChargingBehavior(behavior.upper()),
            target_soc=None if target is None else StateOfCharge(value=float(target)),
            ready_time=ready_time and ready_time.replace(second=0),
        )
        try:
            outcome = await async_store_once(
                self.hass, self._client, self._memory, vehicle, change
            )
        except ServiceValidationError as err:
            return {"base": str(err.translation_key)}
        except HivenError as err:
            return {"base": self._error(err)}
        if not outcome.missing and (outcome.stored or not outcome.doubt):
            return {}
        return {"base": self._error(outcome.doubt) if outcome.doubt else "not_stored"}

    @property
    def _memory(self) -> Memory:
        """Return what was learned about Hiven; empty for a new account."""
        entry = self._entry_of(self._implementation.client_id)
        return self._own_memory if entry is None else async_memory_of(self.hass, entry)

    @callback
    def _entry_of(self, user_id: str) -> HivenConfigEntry | None:
        return self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, user_id
        )

    @callback
    def _error(self, err: HivenError) -> str:
        """Return the translation key of an error, for a form without a key field."""
        self._said = said_by(err)
        return form_error(err)

    @property
    def _implementation(self) -> LocalOAuth2Implementation:
        return cast("LocalOAuth2Implementation", self.flow_impl)

    @property
    def _client(self) -> HivenClient:
        return async_get_client(
            self.hass,
            self._implementation.client_id,
            self._implementation.client_secret,
            service_address=self._service_address,
            journal=self._memory.journal,
        )

    @property
    def _vehicle_name(self) -> str:
        if self._vehicle is not None:
            return self._vehicle.display_name
        manufacturer: str = self._choice[CONF_MANUFACTURER]
        return BRANDS.get(self._brand, manufacturer)
