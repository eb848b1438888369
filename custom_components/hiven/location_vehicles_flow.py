"""The steps that choose a location's cars, and the price area of these cars."""

import asyncio
from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .account import HivenAccount, HivenConfigEntry
from .api import AuthenticationError, HivenError, Location, Preferences
from .const import LOGGER
from .devices import async_vehicle_names
from .errors import form_error, said_by, tolerated
from .names import async_error_message
from .preferences import Change
from .store import async_read_preferences

CONF_AREA = "area"
CONF_VEHICLES = "vehicles"


class LocationVehiclesFlow(OptionsFlowWithReload):
    """Stores the cars of the location that a subclass has chosen."""

    config_entry: HivenConfigEntry

    def __init__(self) -> None:
        """Initialize the flow."""
        self._locations: dict[str, Location] = {}
        # The ids of each vehicle's locations.
        self._counting: dict[str, set[str]] = {}
        self._location: Location | None = None
        # The vehicles still to be stored, and those that were.
        self._unstored: set[str] = set()
        self._stored: set[str] = set()
        self._said = ""

    @property
    def _account(self) -> HivenAccount:
        """Return the current account, which may reload while the dialog is open."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("not_loaded")
        return self.config_entry.runtime_data

    async def _async_read(self) -> None:
        """Read the locations, and which of them each car uses."""
        account = self._account
        self._locations = {each.id: each for each in await account.client.locations()}
        vehicle_ids = list(account.coordinator.data)
        counting = await asyncio.gather(*map(self._async_counting, vehicle_ids))
        self._counting = dict(zip(vehicle_ids, counting, strict=True))

    async def _async_counting(self, vehicle_id: str) -> set[str]:
        """Return a car's current locations, which may have been changed elsewhere."""
        account = self._account
        held: Preferences | None = None
        with tolerated("The locations of a car cannot be read"):
            async with account.coordinator.slots:
                held = await async_read_preferences(account.client, vehicle_id)
        if held is None and (car := account.vehicle(vehicle_id)) is not None:
            held = car.preferences
        return set(held.charging_location_ids) if held else set()

    async def _async_store(self, chosen: list[str]) -> ConfigFlowResult:
        """Store the location's cars, then ask about price areas."""
        assert self._location is not None
        location = self._location
        self._unstored |= set(self._at(location)) ^ set(chosen)
        if not (problem := await self._async_store_choice(location, chosen)):
            return await self.async_step_price_area()
        return self.async_show_form(
            step_id="location_vehicles",
            data_schema=vol.Schema(
                {vol.Optional(CONF_VEHICLES, default=chosen): self._vehicle_selector()}
            ),
            errors={"base": "not_stored"},
            description_placeholders={
                "location": label_of(location),
                "problem": problem,
            },
        )

    async def _async_store_choice(self, location: Location, chosen: list[str]) -> str:
        """Store the choice for each car; return the errors."""
        problems: list[str] = []
        for vehicle_id in sorted(self._unstored):
            counts = vehicle_id in chosen
            change = Change(
                locations={location.id: counts},
                default_spot_price_area_id=(
                    location.spot_price_area_id
                    if counts and not self._has_area(vehicle_id)
                    else None
                ),
            )
            if problem := await self._async_problem_of(vehicle_id, change):
                problems.append(problem)
                continue
            self._unstored.remove(vehicle_id)
            self._stored.add(vehicle_id)
            ids = self._counting.setdefault(vehicle_id, set())
            (ids.add if counts else ids.discard)(location.id)
        return "\n".join(problems)

    async def async_step_location_vehicles(
        self, user_input: dict[str, Any]
    ) -> ConfigFlowResult:
        """Try again to store a location's cars."""
        return await self._async_store(user_input[CONF_VEHICLES])

    async def async_step_price_area(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the price area of each car without a location in its area."""
        problem = ""
        if user_input is not None:
            vehicle_id = min(self._stored)
            change = Change(default_spot_price_area_id=user_input[CONF_AREA])
            problem = await self._async_problem_of(vehicle_id, change)
            if not problem:
                self._stored.remove(vehicle_id)
        while self._stored:
            vehicle_id = min(self._stored)
            car = self._account.vehicle(vehicle_id)
            area = (
                car and car.preferences and car.preferences.default_spot_price_area_id
            )
            areas = self._areas_of(vehicle_id)
            if car is not None and area and areas and area not in areas:
                name = self._names[vehicle_id]
                return self._async_show_price_area(name, area, areas, problem)
            self._stored.remove(vehicle_id)
        # Hiven stores the locations, so the options do not change.
        return self.async_create_entry(data=dict(self.config_entry.options))

    @callback
    def _async_show_price_area(
        self, vehicle: str, area: str, areas: list[str], problem: str
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="price_area",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_AREA, default=areas[0]): SelectSelector(
                        SelectSelectorConfig(
                            options=[*areas, area], mode=SelectSelectorMode.LIST
                        )
                    )
                }
            ),
            errors={"base": "not_stored"} if problem else {},
            description_placeholders={
                "vehicle": vehicle,
                "area": area,
                "problem": problem,
            },
        )

    async def _async_problem_of(self, vehicle_id: str, change: Change) -> str:
        """Store a change for a car; return the error message, if any."""
        account = self._account
        if (car := account.vehicle(vehicle_id)) is None:
            # Hiven removed it while the dialog was open.
            return ""
        try:
            await account.async_change(vehicle_id, change)
        except HomeAssistantError as err:
            LOGGER.warning("A dialog could not store a change: %s", err)
            message = async_error_message(self.hass, err)
            return message if car.name in message else f"{car.name}: {message}"
        return ""

    @callback
    def _error(self, err: HivenError) -> str:
        """Return the translation key of an error; poll if the API key was refused."""
        self._said = said_by(err)
        if isinstance(err, AuthenticationError):
            self._account.coordinator.async_suspect_key()
        return form_error(err)

    def _has_area(self, vehicle_id: str) -> bool:
        """Return whether a car has a price area."""
        car = self._account.vehicle(vehicle_id)
        return bool(
            car and car.preferences and car.preferences.default_spot_price_area_id
        )

    def _areas_of(self, vehicle_id: str) -> list[str]:
        """Return the price areas of a car's locations, this location's first."""
        locations = sorted(
            (
                each
                for id_, each in self._locations.items()
                if id_ in self._counting[vehicle_id]
            ),
            key=lambda location: location != self._location,
        )
        areas = (location.spot_price_area_id for location in locations)
        return list(dict.fromkeys(area for area in areas if area))

    def _at(self, location: Location) -> list[str]:
        """Return the vehicles that use a location."""
        return [id_ for id_, ids in self._counting.items() if location.id in ids]

    def _names_at(self, location: Location) -> str:
        names = map(self._names.get, self._at(location))
        return ", ".join(name for name in names if name) or "–"

    @property
    def _names(self) -> dict[str, str]:
        account = self._account
        names = async_vehicle_names(self.hass, self.config_entry)
        return {
            id_: names.get(id_, car.name)
            for id_ in self._counting
            if (car := account.vehicle(id_)) is not None
        }

    def _vehicle_selector(self) -> SelectSelector:
        return SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=id_, label=name)
                    for id_, name in self._names.items()
                ],
                mode=SelectSelectorMode.LIST,
                multiple=True,
            )
        )


def label_of(location: Location) -> str:
    """Return the label of a location."""
    return location.name or location.id
