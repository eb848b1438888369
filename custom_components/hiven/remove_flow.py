"""The step that removes a car."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant

from .account import HivenConfigEntry
from .api import (
    AuthenticationError,
    ForbiddenError,
    GoneError,
    HivenClient,
    HivenError,
    NotFoundError,
    Vehicle,
)
from .connect_flow import ConnectFlow, Step
from .devices import async_forget, async_vehicle_names
from .errors import is_refusal
from .forms import CONF_CONFIRM, CONF_VEHICLE, remove_vehicle_schema


class RemoveFlow(ConnectFlow, ABC):
    """Removes a car from the account that a subclass has chosen."""

    @abstractmethod
    async def _async_open(
        self, entry: HivenConfigEntry, then: Step
    ) -> ConfigFlowResult | None:
        """Read the vehicles of an account; return a form or abort if that fails.

        Continues with `then` once the account has a key that works.
        """

    async def async_step_remove_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which car to remove, and remove it from Hiven and Home Assistant."""
        entry = self._get_reconfigure_entry()
        if self._known is None and (
            problem := await self._async_open(entry, self.async_step_remove_vehicle)
        ):
            return problem
        assert self._known is not None
        # Hiven may no longer know a car that still has a device.
        listed = self._known.vehicles
        names = {
            id_: vehicle.display_name for id_, vehicle in listed.items()
        } | async_vehicle_names(self.hass, entry)
        if not names:
            return self.async_abort(reason="no_vehicle_to_remove")
        errors: dict[str, str] = {}
        if user_input is not None:
            vehicle_id = user_input.get(CONF_VEHICLE)
            if vehicle_id is None:
                errors[CONF_VEHICLE] = "vehicle_required"
            elif not user_input[CONF_CONFIRM]:
                errors[CONF_CONFIRM] = "confirm_required"
            elif err := await async_remove_vehicle(self._client, vehicle_id):
                errors["base"] = self._error(err)
                if isinstance(err, AuthenticationError) or is_refusal(err):
                    errors["base"] = "not_removed"
            else:
                if entry.state is ConfigEntryState.LOADED:
                    entry.runtime_data.coordinator.async_forget(vehicle_id)
                async_forget(self.hass, entry, vehicle_id)
                await async_refresh(self.hass, entry)
                return self.async_abort(
                    reason="vehicle_removed",
                    description_placeholders={"vehicle": names[vehicle_id]},
                )
        return self.async_show_form(
            step_id="remove_vehicle",
            data_schema=self.add_suggested_values_to_schema(
                remove_vehicle_schema(_told_apart(names, listed)), user_input
            ),
            errors=errors,
            description_placeholders={"said": self._said},
        )


def _told_apart(
    names: Mapping[str, str], listed: Mapping[str, Vehicle]
) -> dict[str, str]:
    """Return the names of vehicles; those with the same name get their VIN or id."""
    called = list(names.values())
    return {
        id_: name
        if called.count(name) == 1
        else f"{name} ({(id_ in listed and listed[id_].attributes.vin) or id_})"
        for id_, name in names.items()
    }


async def async_refresh(hass: HomeAssistant, entry: HivenConfigEntry) -> None:
    """Refresh a running account; reload one that is not running."""
    if entry.state is not ConfigEntryState.LOADED:
        hass.config_entries.async_schedule_reload(entry.entry_id)
    else:
        await entry.runtime_data.async_refresh()


async def async_remove_vehicle(
    client: HivenClient, vehicle_id: str
) -> HivenError | None:
    """Remove a car; return the error if it is still there, None if it is gone.

    Hiven does not document how to remove a car, nor how it answers about a removed one.
    """
    try:
        await client.delete_vehicle(vehicle_id)
    except HivenError as err:
        return None if await _has_gone(client, vehicle_id, err) else err
    return None


async def _has_gone(client: HivenClient, vehicle_id: str, err: HivenError) -> bool:
    """Return whether a car is gone even though removing it failed."""
    try:
        if not isinstance(err, GoneError | NotFoundError):
            # A car in the list still exists, even if its details cannot be read.
            listed = await client.vehicles()
            if vehicle_id in listed.vehicles:
                return False
        return await client.vehicle(vehicle_id) is None
    except ForbiddenError, GoneError, NotFoundError:
        return True
    except HivenError:
        return False
