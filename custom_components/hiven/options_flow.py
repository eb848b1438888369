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
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
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

from .account import HivenAccount, HivenConfigEntry
from .api import (
    AuthenticationError,
    ForbiddenError,
    HivenClient,
    HivenConnectionError,
    HivenError,
    Location,
    NewLocation,
    NotFoundError,
    Preferences,
    UnexpectedAnswerError,
    Vehicle,
)
from .const import (
    DEFAULT_COUNTRY,
    DEFAULT_SCAN_INTERVAL,
    MAX_SCAN_INTERVAL_MINUTES,
    MIN_SCAN_INTERVAL_MINUTES,
)
from .errors import form_error, translated
from .preferences import Change

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
        # As shown; what is written starts from what Hiven holds then.
        self._vehicles: dict[str, Vehicle] = {}
        self._locations: tuple[Location, ...] = ()
        self._counting: frozenset[str] = frozenset()
        self._zone: dict[str, Any] = {}
        # The names of locations that Hiven may have created without saying so.
        self._unanswered: set[str] = set()
        self._created: Location | None = None
        self._vehicle: Vehicle | None = None
        # The locations chosen or not chosen otherwise than shown, in any try.
        self._touched: set[str] = set()

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
            await self._async_read(await self._async_coordinator())
        except (HivenError, HomeAssistantError) as err:
            return self._async_end(err)
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
        errors: dict[str, str] = {}
        if user_input is not None:
            zone = self.hass.states.get(user_input[CONF_ZONE])
            if zone is not None and ATTR_LATITUDE in zone.attributes:
                self._zone = {CONF_NAME: zone.name, **zone.attributes}
                return await self.async_step_location_address()
            errors["zone"] = "zone_unusable"
        return self.async_show_form(
            step_id="add_location",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_ZONE, default=ENTITY_ID_HOME): EntitySelector(
                        EntitySelectorConfig(domain=ZONE_DOMAIN)
                    )
                }
            ),
            errors=errors,
        )

    async def async_step_location_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for what a zone does not tell, and create the location."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                client = (await self._async_coordinator()).client
                if await self._async_created_unanswered(client):
                    # What was entered this time may differ.
                    return self._async_show_location_vehicles(user_input[CONF_VEHICLES])
                await self._async_create_location(client, user_input)
            except HivenError as err:
                errors["base"] = self._async_failed(err)
            except HomeAssistantError as err:
                return self._async_end(err)
            else:
                return await self.async_step_location_vehicles(user_input)
        text = TextSelector()
        schema = vol.Schema(
            {
                vol.Required(CONF_NAME, default=self._zone[CONF_NAME]): text,
                vol.Required(
                    CONF_COUNTRY_CODE,
                    default=self.hass.config.country or DEFAULT_COUNTRY,
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
        )

    async def async_step_location_vehicles(
        self, user_input: dict[str, Any]
    ) -> ConfigFlowResult:
        """Have the location, which exists now, count for cars."""
        assert self._created is not None
        left = list(user_input[CONF_VEHICLES])
        change = Change(
            locations={self._created.id: True},
            default_spot_price_area_id=self._created.spot_price_area_id,
        )
        try:
            while left:
                coordinator = await self._async_coordinator()
                # It may have gone meanwhile.
                if left[0] in coordinator.coordinator.data:
                    await coordinator.async_change(left[0], change)
                del left[0]
        except (HivenError, HomeAssistantError) as err:
            return self._async_show_location_vehicles(left, self._async_told(err))
        return self._async_done()

    @callback
    def _async_show_location_vehicles(
        self, vehicle_ids: list[str], problem: str = ""
    ) -> ConfigFlowResult:
        """Tell that the location exists, and ask for which cars it counts."""
        assert self._created is not None
        return self.async_show_form(
            step_id="location_vehicles",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_VEHICLES, default=vehicle_ids
                    ): self._vehicle_selector(multiple=True)
                }
            ),
            errors={"base": "not_stored"} if problem else {},
            description_placeholders={
                "location": _label(self._created),
                "problem": problem,
            },
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
        try:
            client = (await self._async_coordinator()).client
            held = await _async_preferences(client, self._vehicle.id)
            if user_input is None:
                self._counting = frozenset(held.charging_location_ids)
            # Only now: an account may have started or stopped meanwhile, and a
            # location that was just added counts already.
            coordinator = await self._async_coordinator()
            if self._vehicle.id not in coordinator.coordinator.data:
                return self.async_abort(reason="vehicle_gone")
            if user_input is None:
                await self._async_read(coordinator)
            else:
                await self._async_choose(coordinator, held, user_input[CONF_LOCATIONS])
                return self._async_done()
        except (HivenError, HomeAssistantError) as err:
            if user_input is None:
                return self._async_end(err)
            errors["base"] = "not_stored"
            placeholders["problem"] = self._async_told(err)
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
        counting = [each.id for each in self._locations if each.id in self._counting]
        return self.async_show_form(
            step_id="vehicle_locations",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or {CONF_LOCATIONS: counting}
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_coordinator(self) -> HivenAccount:
        """Return what reads and writes for the account right now."""
        if not _is_running(self.config_entry):
            raise HomeAssistantError
        return self.config_entry.runtime_data

    async def _async_read(self, coordinator: HivenAccount) -> None:
        """Read what there is to choose from."""
        self._vehicles = {
            id_: state.vehicle for id_, state in coordinator.coordinator.data.items()
        }
        self._locations = await coordinator.client.locations()

    async def _async_create_location(
        self, client: HivenClient, user_input: dict[str, Any]
    ) -> None:
        """Create the location; a lost answer does not make a second one."""
        try:
            self._created = await client.create_location(
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
        except HivenConnectionError, UnexpectedAnswerError:
            self._unanswered.add(user_input[CONF_NAME])
            if not await self._async_created_unanswered(client):
                raise

    async def _async_created_unanswered(self, client: HivenClient) -> bool:
        """Tell whether Hiven created a location without saying so."""
        if self._unanswered:
            known = {location.id for location in self._locations}
            for location in await client.locations():
                if location.id not in known and location.name in self._unanswered:
                    self._created = location
        return self._created is not None

    async def _async_choose(
        self, coordinator: HivenAccount, held: Preferences, chosen: list[str]
    ) -> None:
        """Store what was chosen otherwise than shown, with a price area that fits."""
        assert self._vehicle is not None
        self._touched |= self._counting ^ set(chosen)
        if not self._touched:
            return
        areas = [
            location.spot_price_area_id
            for location in self._locations
            if location.id in chosen and location.spot_price_area_id
        ]
        fits = not areas or held.default_spot_price_area_id in areas
        await coordinator.async_change(
            self._vehicle.id,
            Change(
                locations={id_: id_ in chosen for id_ in sorted(self._touched)},
                default_spot_price_area_id=None if fits else areas[-1],
            ),
        )

    @callback
    def _async_failed(self, err: HivenError) -> str:
        """Return the key of what to tell; ask for a key if it is the key."""
        if isinstance(err, ForbiddenError):
            return "forbidden"
        if isinstance(err, AuthenticationError):
            self.config_entry.async_start_reauth(self.hass)
        return form_error(err)

    @callback
    def _async_end(self, err: HivenError | HomeAssistantError) -> ConfigFlowResult:
        """End with the reason; what Home Assistant itself misses is the key."""
        if isinstance(err, HivenError):
            return self.async_abort(reason=self._async_failed(err))
        return self.async_abort(reason="key_missing")

    @callback
    def _async_told(self, err: HivenError | HomeAssistantError) -> str:
        """Return what to tell of a change that was not stored."""
        if isinstance(err, HivenError):
            self._async_failed(err)
            err = translated(err, HomeAssistantError)
        return str(err)

    def _async_done(self) -> ConfigFlowResult:
        """End with the options as they were: locations are kept by Hiven."""
        return self.async_create_entry(data=dict(self.config_entry.options))

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


async def _async_preferences(client: HivenClient, vehicle_id: str) -> Preferences:
    """Return what Hiven holds now, as people may have changed it elsewhere."""
    try:
        held = await client.preferences(vehicle_id)
    except NotFoundError:
        held = None
    return held or Preferences()


def _is_running(entry: HivenConfigEntry) -> bool:
    return entry.state is ConfigEntryState.LOADED


def _label(location: Location) -> str:
    return location.name or location.id
