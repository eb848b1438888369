"""The steps that show and change charging locations."""

from contextlib import suppress
from typing import Any

from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN, ENTITY_ID_HOME
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import (
    ATTR_LATITUDE,
    ATTR_LONGITUDE,
    CONF_COUNTRY_CODE,
    CONF_NAME,
    CONF_ZONE,
)
from homeassistant.helpers.selector import (
    CountrySelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .api import (
    GoneError,
    HivenError,
    Location,
    LocationUpdate,
    NewLocation,
    NotFoundError,
)
from .const import DEFAULT_COUNTRY
from .errors import is_unanswered
from .forms import NO_FIELDS
from .location_vehicles_flow import CONF_VEHICLES, LocationVehiclesFlow, label_of

CONF_CITY = "city"
CONF_LOCATION = "location"
CONF_POSTAL_CODE = "postal_code"
CONF_STREET_ADDRESS = "street_address"

_ZONES = EntitySelector(EntitySelectorConfig(domain=ZONE_DOMAIN))

# The fields whose names are the same at Hiven.
ADDRESS = (CONF_COUNTRY_CODE, CONF_STREET_ADDRESS, CONF_POSTAL_CODE, CONF_CITY)

# The number of digits in a postal code, for countries where all have the same.
POSTAL_DIGITS = {
    "AT": 4,
    "BE": 4,
    "CH": 4,
    "DE": 5,
    "DK": 4,
    "EE": 5,
    "ES": 5,
    "FI": 5,
    "FR": 5,
    "IT": 5,
    "LT": 5,
    "LV": 4,
    "NL": 4,
    "NO": 4,
    "PL": 5,
    "SE": 5,
}


class LocationFlow(LocationVehiclesFlow):
    """Lists, adds, changes and deletes locations."""

    def __init__(self) -> None:
        """Initialize the flow."""
        super().__init__()
        # The names of locations that Hiven may have created without answering.
        self._unanswered: set[str] = set()
        # Values that looked wrong once; submitting them again is accepted.
        self._questioned: set[tuple[str, str]] = set()

    async def async_step_charging_locations(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """List the locations with their cars."""
        try:
            await self._async_read()
        except HivenError as err:
            return self.async_abort(
                reason=self._error(err), description_placeholders={"said": self._said}
            )
        menu_options = ["add_location"]
        if self._locations:
            menu_options.append("choose_location")
        return self.async_show_menu(
            step_id="charging_locations",
            menu_options=menu_options,
            description_placeholders={
                "locations": "\n".join(
                    f"- **{label_of(location)}**: {self._names_at(location)}"
                    for location in self._locations.values()
                )
            },
        )

    async def async_step_add_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new location and create it."""
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := self._questions(user_input)):
            try:
                await self._async_create(user_input)
            except HivenError as err:
                errors = {"base": self._error(err)}
            else:
                return await self._async_store(user_input[CONF_VEHICLES])
        text = TextSelector()
        schema = vol.Schema(
            {
                vol.Required(CONF_ZONE, default=ENTITY_ID_HOME): _ZONES,
                vol.Optional(CONF_NAME): text,
                vol.Required(
                    CONF_COUNTRY_CODE,
                    default=self.hass.config.country or DEFAULT_COUNTRY,
                ): CountrySelector(),
                vol.Required(CONF_STREET_ADDRESS): text,
                vol.Required(CONF_POSTAL_CODE): text,
                vol.Required(CONF_CITY): text,
                vol.Required(
                    CONF_VEHICLES, default=list(self._counting)
                ): self._vehicle_selector(),
            }
        )
        return self.async_show_form(
            step_id="add_location",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders={"said": self._said},
        )

    async def async_step_choose_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which location to change, if there are several."""
        errors: dict[str, str] = {}
        if len(self._locations) == 1:
            user_input = {CONF_LOCATION: next(iter(self._locations))}
        if user_input is not None:
            if CONF_LOCATION in user_input:
                self._location = self._locations[user_input[CONF_LOCATION]]
                return await self.async_step_location()
            errors = {CONF_LOCATION: "location_required"}
        options = [
            SelectOptionDict(value=location.id, label=label_of(location))
            for location in self._locations.values()
        ]
        return self.async_show_form(
            step_id="choose_location",
            data_schema=vol.Schema(
                {
                    # Optional, because the frontend would preselect the first one.
                    vol.Optional(CONF_LOCATION): SelectSelector(
                        SelectSelectorConfig(
                            options=options, mode=SelectSelectorMode.LIST
                        )
                    )
                }
            ),
            errors=errors,
        )

    async def async_step_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the menu of a location."""
        assert self._location is not None
        return self.async_show_menu(
            step_id="location",
            menu_options=["change_location", "delete_location"],
            description_placeholders=self._facts(self._location),
        )

    async def async_step_change_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the name, place, address or cars of a location."""
        assert self._location is not None
        location = self._location
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := self._questions(user_input)):
            try:
                await self._async_change(location, user_input)
            except HivenError as err:
                errors = {"base": self._error(err)}
            else:
                return await self._async_store(user_input[CONF_VEHICLES])
        text = TextSelector()
        schema = vol.Schema(
            {
                vol.Optional(CONF_NAME): text,
                vol.Optional(CONF_ZONE): _ZONES,
                vol.Optional(CONF_COUNTRY_CODE): CountrySelector(),
                vol.Optional(CONF_STREET_ADDRESS): text,
                vol.Optional(CONF_POSTAL_CODE): text,
                vol.Optional(CONF_CITY): text,
                vol.Optional(CONF_VEHICLES, default=[]): self._vehicle_selector(),
            }
        )
        now = {
            CONF_NAME: location.name,
            **{name: getattr(location, name) for name in ADDRESS},
            CONF_VEHICLES: self._at(location),
        }
        return self.async_show_form(
            step_id="change_location",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or now),
            errors=errors,
            description_placeholders={**self._facts(location), "said": self._said},
        )

    async def async_step_delete_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Remove a location from its cars, then delete it."""
        assert self._location is not None
        location = self._location
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            try:
                await self._async_read()
                self._unstored = set(self._at(location))
                if not (problem := await self._async_store_choice(location, [])):
                    await self._async_delete(location)
                    return await self.async_step_price_area()
                errors = {"base": "not_deleted"}
            except HivenError as err:
                errors = {"base": self._error(err)}
        return self.async_show_form(
            step_id="delete_location",
            data_schema=NO_FIELDS,
            errors=errors,
            description_placeholders={
                **self._facts(location),
                "problem": problem,
                "said": self._said,
            },
        )

    def _questions(self, user_input: dict[str, Any]) -> dict[str, str]:
        """Return errors; an unlikely name or postal code is rejected only once."""
        errors: dict[str, str] = {}
        if (zone_id := user_input.get(CONF_ZONE)) is not None:
            zone = self.hass.states.get(zone_id)
            if zone is None or ATTR_LATITUDE not in zone.attributes:
                errors[CONF_ZONE] = "zone_unusable"
        name = self._name(user_input)
        if name and name.casefold() in {
            (each.name or "").casefold()
            for each in self._locations.values()
            if each != self._location
        }:
            errors[CONF_NAME] = "name_taken"
        country = user_input.get(CONF_COUNTRY_CODE, "")
        postal_code = user_input.get(CONF_POSTAL_CODE, "")
        digits = sum(map(str.isdigit, postal_code))
        if postal_code and POSTAL_DIGITS.get(country, digits) != digits:
            errors[CONF_POSTAL_CODE] = "postal_code_unlikely"
        asked = {
            CONF_NAME: (CONF_NAME, name),
            CONF_POSTAL_CODE: (country, postal_code),
        }
        known, self._questioned = (
            self._questioned,
            {
                *self._questioned,
                *(asked[field] for field in errors if field in asked),
            },
        )
        return {
            field: error
            for field, error in errors.items()
            if asked.get(field) not in known
        }

    def _name(self, user_input: dict[str, Any]) -> str:
        """Return the entered name, else the zone's."""
        name: str = user_input.get(CONF_NAME, "").strip()
        zone = self.hass.states.get(user_input.get(CONF_ZONE, ""))
        return name or (zone.name if zone and self._location is None else "")

    def _update(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return the input with the client's field names."""
        update = {name: user_input.get(name, "").strip() for name in ADDRESS}
        update[CONF_NAME] = self._name(user_input)
        if CONF_ZONE in user_input:
            zone = self.hass.states.get(user_input[CONF_ZONE])
            assert zone is not None
            update[ATTR_LATITUDE] = zone.attributes[ATTR_LATITUDE]
            update[ATTR_LONGITUDE] = zone.attributes[ATTR_LONGITUDE]
        return {name: value for name, value in update.items() if value != ""}

    async def _async_create(self, user_input: dict[str, Any]) -> None:
        """Create a location, but not a second one if the answer was lost."""
        client = self._account.client
        if self._location is None and self._unanswered:
            self._location = await self._async_find_created()
        if self._location is not None:
            # The input may have changed since the first try.
            await self._async_change(self._location, user_input)
            return
        new = NewLocation(**self._update(user_input))
        try:
            self._location = await client.create_location(new)
        except HivenError as err:
            if not is_unanswered(err):
                raise
            self._unanswered.add(new.name)
            self._location = await self._async_find_created()
            if self._location is None:
                raise
        self._locations[self._location.id] = self._location

    async def _async_find_created(self) -> Location | None:
        """Return a location that Hiven created without answering."""
        for location in await self._account.client.locations():
            if location.id not in self._locations and location.name in self._unanswered:
                return location
        return None

    async def _async_change(
        self, location: Location, user_input: dict[str, Any]
    ) -> None:
        """Change the fields of a location that differ from the input."""
        update = {
            name: value
            for name, value in self._update(user_input).items()
            if getattr(location, name) != value
        }
        if update:
            await self._account.client.change_location(
                location.id, LocationUpdate(**update)
            )
            after = {each.id: each for each in await self._account.client.locations()}
            self._locations = after
            self._location = after.get(location.id, location)
            if self._location.spot_price_area_id != location.spot_price_area_id:
                self._stored |= set(self._at(location))

    async def _async_delete(self, location: Location) -> None:
        with suppress(GoneError, NotFoundError):
            await self._account.client.delete_location(location.id)

    def _facts(self, location: Location) -> dict[str, str]:
        """Return the placeholders for a location."""
        town = f"{location.postal_code or ''} {location.city or ''}".strip()
        parts = (location.street_address, town, location.country_code)
        return {
            "location": label_of(location),
            "address": ", ".join(part for part in parts if part) or "–",
            "vehicles": self._names_at(location),
        }
