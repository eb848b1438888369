"""Fixes: ask for what is missing and store it."""

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
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .account import HivenConfigEntry
from .issues import BATTERY_CAPACITY_MISSING
from .preferences import Change

CONF_BATTERY_CAPACITY = "battery_capacity"
CONF_READY_TIME = "ready_time"


def _whole_minutes(answer: str) -> time | None:
    at = dt_util.parse_time(answer)
    return at and at.replace(second=0)


@dataclass(frozen=True)
class _Fix:
    """What to ask for, and the change the answer means."""

    schema: vol.Schema
    change_fn: Callable[[dict[str, Any]], Change]


BATTERY_CAPACITY_FIX = _Fix(
    vol.Schema(
        {
            vol.Required(CONF_BATTERY_CAPACITY): NumberSelector(
                NumberSelectorConfig(
                    min=1,
                    max=250,
                    step=0.1,
                    unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
                    mode=NumberSelectorMode.BOX,
                )
            )
        }
    ),
    lambda answer: Change(battery_capacity=float(answer[CONF_BATTERY_CAPACITY])),
)
READY_TIME_FIX = _Fix(
    vol.Schema({vol.Required(CONF_READY_TIME, default="07:00:00"): TimeSelector()}),
    lambda answer: Change(ready_time=_whole_minutes(answer[CONF_READY_TIME])),
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
        """Ask for what a fix needs."""
        self._fix = fix

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask at once."""
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
            return self.async_abort(reason="not_loaded")
        placeholders = {"vehicle": car.name, "problem": ""}
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await entry.runtime_data.async_change(
                    vehicle_id, self._fix.change_fn(user_input)
                )
            except HomeAssistantError as err:
                errors["base"] = "not_stored"
                placeholders["problem"] = str(err)
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="missing",
            data_schema=self.add_suggested_values_to_schema(
                self._fix.schema, user_input
            ),
            errors=errors,
            description_placeholders=placeholders,
        )
