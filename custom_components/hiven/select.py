"""Selects: when the car may charge, and clearing a weekday's ready time."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account import HivenConfigEntry
from .api import ChargingBehavior, Day
from .car import Car
from .entity import (
    HivenEntity,
    HivenEntityDescription,
    HivenValueEntity,
    async_add_vehicle_entities,
)
from .preferences import Change

PARALLEL_UPDATES = 0

# Shown while no day is chosen, because this select has no value of its own.
CHOOSE_DAY = "choose_day"


@dataclass(frozen=True, kw_only=True)
class HivenSelectDescription(HivenEntityDescription[str], SelectEntityDescription):
    """Describes a select; `value_fn` returns an option."""


def _behavior(car: Car) -> str | None:
    """Return the behavior's option. Home Assistant shows a new one as unknown."""
    behavior = car.preferences.charging_behavior if car.preferences else None
    return behavior.lower() if behavior else None


SELECTS = (
    HivenSelectDescription(
        key="charging_behavior",
        options=[behavior.lower() for behavior in ChargingBehavior],
        value_fn=_behavior,
    ),
)

CLEARING_SELECTS = (
    SelectEntityDescription(
        key="clear_ready_time",
        entity_category=EntityCategory.CONFIG,
        options=[CHOOSE_DAY, *(day.lower() for day in Day)],
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSelect, SELECTS)
    async_add_vehicle_entities(
        entry, async_add_entities, HivenClearingSelect, CLEARING_SELECTS
    )


class HivenSelect(HivenValueEntity[str], SelectEntity):
    """The charging behavior."""

    entity_description: HivenSelectDescription

    @property
    @override
    def current_option(self) -> str | None:
        """Return the current behavior."""
        return self._value

    @override
    async def async_select_option(self, option: str) -> None:
        """Store a new behavior."""
        await self.account.async_change(
            self.vehicle_id,
            Change(charging_behavior=ChargingBehavior(option.upper())),
        )


class HivenClearingSelect(HivenEntity, SelectEntity):
    """Clears the ready time of the chosen weekday.

    Home Assistant's time field cannot clear it: when emptied, it sends midnight.
    """

    _attr_current_option = CHOOSE_DAY

    @override
    async def async_select_option(self, option: str) -> None:
        """Clear the day's ready time; show the day until Hiven has stored that."""
        if option == CHOOSE_DAY:
            return
        self._attr_current_option = option
        self.async_write_ha_state()
        try:
            await self.account.async_change(
                self.vehicle_id, Change(days={Day(option.upper()): None})
            )
        finally:
            # Unless another day has been chosen meanwhile.
            if self._attr_current_option == option:
                self._attr_current_option = CHOOSE_DAY
                self.async_write_ha_state()
