"""Repair flows: they ask for a missing setting and store it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TimeSelector,
)
import voluptuous as vol

from .account import HivenConfigEntry
from .const import LOGGER, MAX_CAPACITY, MIN_CAPACITY
from .devices import async_vehicle_name
from .issues import BATTERY_CAPACITY_MISSING
from .names import async_error_message
from .preferences import Change

CONF_BATTERY_CAPACITY = "battery_capacity"
CONF_READY_TIME = "ready_time"


@dataclass(frozen=True)
class _Fix:
    """A form, and a function that returns its change; None for an impossible answer."""

    schema: vol.Schema
    change_fn: Callable[[dict[str, Any]], Change | None]


def _capacity(answer: dict[str, Any]) -> Change | None:
    capacity = float(answer.get(CONF_BATTERY_CAPACITY, 0))
    if not MIN_CAPACITY <= capacity <= MAX_CAPACITY:
        return None
    return Change(battery_capacity=capacity)


def _ready_time(answer: dict[str, Any]) -> Change:
    at = time.fromisoformat(answer[CONF_READY_TIME])
    return Change(ready_time=at.replace(second=0))


BATTERY_CAPACITY_FIX = _Fix(
    vol.Schema(
        {
            # Optional and without limits, because the frontend would fill in the
            # minimum, and show an empty error for a value out of range.
            vol.Optional(CONF_BATTERY_CAPACITY): NumberSelector(
                NumberSelectorConfig(
                    step=0.1,
                    unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
                    mode=NumberSelectorMode.BOX,
                )
            )
        }
    ),
    _capacity,
)
READY_TIME_FIX = _Fix(
    vol.Schema({vol.Required(CONF_READY_TIME, default="07:00:00"): TimeSelector()}),
    _ready_time,
)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the fix of an issue."""
    is_capacity = issue_id.startswith(BATTERY_CAPACITY_MISSING)
    return MissingSettingFlow(BATTERY_CAPACITY_FIX if is_capacity else READY_TIME_FIX)


class MissingSettingFlow(RepairsFlow):
    """Asks for a missing setting."""

    def __init__(self, fix: _Fix) -> None:
        """Initialize the flow."""
        self._fix = fix

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the form at once."""
        return await self.async_step_missing()

    async def async_step_missing(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for the setting and store it."""
        assert self.data is not None
        vehicle_id = str(self.data["vehicle_id"])
        entry: HivenConfigEntry | None = self.hass.config_entries.async_get_entry(
            str(self.data["entry_id"])
        )
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if (car := entry.runtime_data.vehicle(vehicle_id)) is None:
            return self.async_abort(reason="vehicle_gone")
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            if (change := self._fix.change_fn(user_input)) is None:
                errors["base"] = "out_of_range"
            else:
                try:
                    await entry.runtime_data.async_change(vehicle_id, change)
                except HomeAssistantError as err:
                    LOGGER.warning("A dialog could not store a change: %s", err)
                    errors["base"] = "not_stored"
                    problem = async_error_message(self.hass, err)
                else:
                    return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="missing",
            data_schema=self.add_suggested_values_to_schema(
                self._fix.schema, user_input
            ),
            errors=errors,
            description_placeholders={
                "vehicle": async_vehicle_name(self.hass, entry, car.vehicle),
                "problem": problem,
            },
        )
