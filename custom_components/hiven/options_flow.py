"""Options: how often to ask Hiven, and where cars may charge smartly."""

from typing import Any

from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN, ENTITY_ID_HOME
from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import (
    ATTR_LATITUDE,
    ATTR_LONGITUDE,
    CONF_COUNTRY_CODE,
    CONF_NAME,
    CONF_SCAN_INTERVAL,
    CONF_ZONE,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
)
from homeassistant.helpers.selector import (
    CountrySelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .api import HivenError, Location, NewLocation, Preferences, Vehicle
from .application_credentials import async_get_client_of
from .changes import Change
from .const import (
    DEFAULT_SCAN_INTERVAL,
    MAX_SCAN_INTERVAL_MINUTES,
    MIN_SCAN_INTERVAL_MINUTES,
)
from .coordinator import HivenConfigEntry, HivenCoordinator
from .errors import form_error

CONF_CITY = "city"
CONF_LOCATIONS = "locations"
CONF_POSTAL_CODE = "postal_code"
CONF_STREET_ADDRESS = "street_address"
CONF_VEHICLE = "vehicle"
CONF_VEHICLES = "vehicles"


class HivenOptionsFlow(OptionsFlowWithReload):
    """Changes the options of an account."""

    config_entry: HivenConfigEntry

    def __init__(self) -> None:
        """Start with nothing read."""
        self._coordinator: HivenCoordinator | None = None
        self._locations: tuple[Location, ...] = ()
        self._zone: dict[str, Any] = {}
        self._created: Location | None = None
        self._vehicle: Vehicle | None = None

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer what can be changed."""
        return self.async_show_menu(
            step_id="init", menu_options=["settings", "charging_locations"]
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the minutes between two polls."""
        if user_input is not None:
            return self.async_create_entry(
                data={
                    **self.config_entry.options,
                    CONF_SCAN_INTERVAL: int(user_input[CONF_SCAN_INTERVAL]),
                }
            )
        default = DEFAULT_SCAN_INTERVAL.total_seconds() // 60
        schema = vol.Schema(
            {
                vol.Required(
                    CONF_SCAN_INTERVAL,
                    default=self.config_entry.options.get(CONF_SCAN_INTERVAL, default),
                ): NumberSelector(
                    NumberSelectorConfig(
                        min=MIN_SCAN_INTERVAL_MINUTES,
                        max=MAX_SCAN_INTERVAL_MINUTES,
                        step=1,
                        unit_of_measurement="min",
                        mode=NumberSelectorMode.SLIDER,
                    )
                )
            }
        )
        return self.async_show_form(step_id="settings", data_schema=schema)

    async def async_step_charging_locations(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the locations Hiven has, and what can be done with them."""
        try:
            await self._async_read()
        except HivenError as err:
            return self.async_abort(reason=form_error(err))
        except HomeAssistantError:
            return self.async_abort(reason="key_missing")
        menu_options = ["add_location"]
        if self._locations and self._vehicles:
            menu_options.append("choose_vehicle")
        return self.async_show_menu(
            step_id="charging_locations",
            menu_options=menu_options,
            description_placeholders={
                "locations": ", ".join(map(_label, self._locations)) or "–"
            },
        )

    async def async_step_add_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which zone to add."""
        if user_input is not None:
            zone = self.hass.states.get(user_input[CONF_ZONE])
            if zone is not None and ATTR_LATITUDE in zone.attributes:
                self._zone = {CONF_NAME: zone.name, **zone.attributes}
                return await self.async_step_location_address()
        return self.async_show_form(
            step_id="add_location",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_ZONE, default=ENTITY_ID_HOME): EntitySelector(
                        EntitySelectorConfig(domain=ZONE_DOMAIN)
                    )
                }
            ),
        )

    async def async_step_location_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for what a zone does not tell, and create the location."""
        errors: dict[str, str] = {}
        placeholders = {"problem": ""}
        if user_input is not None:
            try:
                await self._async_create_location(user_input)
                return self._async_done()
            except HivenError as err:
                errors["base"] = form_error(err)
            except HomeAssistantError as err:
                errors["base"] = "not_stored"
                placeholders["problem"] = str(err)
        text = TextSelector()
        schema = vol.Schema(
            {
                vol.Required(CONF_NAME, default=self._zone[CONF_NAME]): text,
                vol.Required(
                    CONF_COUNTRY_CODE, default=self.hass.config.country
                ): CountrySelector(),
                vol.Required(CONF_STREET_ADDRESS): text,
                vol.Required(CONF_POSTAL_CODE): text,
                vol.Required(CONF_CITY): text,
                vol.Required(
                    CONF_VEHICLES, default=list(self._vehicles)
                ): self._vehicle_selector(multiple=True),
            }
        )
        return self.async_show_form(
            step_id="location_address",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_choose_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whose locations to choose; one car needs no question."""
        if user_input is None and len(self._vehicles) == 1:
            user_input = {CONF_VEHICLE: next(iter(self._vehicles))}
        if user_input is not None:
            self._vehicle = self._vehicles[user_input[CONF_VEHICLE]]
            return await self.async_step_vehicle_locations()
        return self.async_show_form(
            step_id="choose_vehicle",
            data_schema=vol.Schema(
                {vol.Required(CONF_VEHICLE): self._vehicle_selector(multiple=False)}
            ),
        )

    async def async_step_vehicle_locations(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which locations count for a car."""
        assert self._vehicle is not None
        errors: dict[str, str] = {}
        placeholders = {"vehicle": self._vehicle.display_name, "problem": ""}
        if user_input is not None:
            try:
                await self._async_choose(self._vehicle.id, user_input[CONF_LOCATIONS])
                return self._async_done()
            except HomeAssistantError as err:
                errors["base"] = "not_stored"
                placeholders["problem"] = str(err)
        schema = vol.Schema(
            {
                vol.Required(CONF_LOCATIONS): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=location.id, label=_label(location))
                            for location in self._locations
                        ],
                        mode=SelectSelectorMode.LIST,
                        multiple=True,
                    )
                )
            }
        )
        known = {location.id for location in self._locations}
        counting = [id_ for id_ in _locations_of(self._vehicle) if id_ in known]
        return self.async_show_form(
            step_id="vehicle_locations",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or {CONF_LOCATIONS: counting}
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_read(self) -> None:
        """Read locations and cars, also while the account is not running."""
        entry = self.config_entry
        if entry.state is ConfigEntryState.LOADED:
            self._coordinator = entry.runtime_data
        else:
            implementation = await async_get_config_entry_implementation(
                self.hass, entry
            )
            client = async_get_client_of(self.hass, implementation)
            self._coordinator = HivenCoordinator(self.hass, entry, client)
            self._coordinator.data = dict((await client.devices()).vehicles)
        self._locations = await self._coordinator.client.locations()

    async def _async_create_location(self, user_input: dict[str, Any]) -> None:
        """Create the location once, and have it count for the chosen cars."""
        assert self._coordinator is not None
        if self._created is None:
            self._created = await self._coordinator.client.create_location(
                NewLocation(
                    name=user_input[CONF_NAME],
                    latitude=self._zone[ATTR_LATITUDE],
                    longitude=self._zone[ATTR_LONGITUDE],
                    country_code=user_input[CONF_COUNTRY_CODE],
                    postal_code=user_input[CONF_POSTAL_CODE],
                    street_address=user_input[CONF_STREET_ADDRESS],
                    city=user_input[CONF_CITY],
                )
            )
            self._locations += (self._created,)
        for vehicle_id in user_input[CONF_VEHICLES]:
            before = _locations_of(self._vehicles[vehicle_id])
            await self._async_choose(
                vehicle_id, [*dict.fromkeys((*before, self._created.id))]
            )

    async def _async_choose(self, vehicle_id: str, location_ids: list[str]) -> None:
        """Have locations count for a car, and the price area of the last one with them."""
        assert self._coordinator is not None
        areas = [
            location.spot_price_area_id
            for location in self._locations
            if location.id in location_ids and location.spot_price_area_id
        ]
        await self._coordinator.async_change(
            vehicle_id,
            Change(
                charging_location_ids=tuple(location_ids),
                default_spot_price_area_id=areas[-1] if areas else None,
            ),
        )

    def _async_done(self) -> ConfigFlowResult:
        """End with the options as they were: locations are kept by Hiven."""
        return self.async_create_entry(data=dict(self.config_entry.options))

    @property
    def _vehicles(self) -> dict[str, Vehicle]:
        return self._coordinator.data if self._coordinator else {}

    def _vehicle_selector(self, *, multiple: bool) -> SelectSelector:
        return SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=vehicle.id, label=vehicle.display_name)
                    for vehicle in self._vehicles.values()
                ],
                mode=SelectSelectorMode.LIST,
                multiple=multiple,
            )
        )


def _locations_of(vehicle: Vehicle) -> tuple[str, ...]:
    return (vehicle.preferences or Preferences()).charging_location_ids


def _label(location: Location) -> str:
    return location.name or location.id
