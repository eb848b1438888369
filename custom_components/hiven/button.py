"""Button: clears the weekday ready times."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account import HivenConfigEntry
from .api import Day
from .entity import HivenEntity, async_add_vehicle_entities
from .preferences import Change

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HivenButtonDescription(ButtonEntityDescription):
    """Describes a button; `change` is what pressing it stores."""

    change: Change


BUTTONS = (
    HivenButtonDescription(
        key="clear_weekday_ready_times",
        entity_category=EntityCategory.CONFIG,
        change=Change(days=dict.fromkeys(Day)),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the button."""
    async_add_vehicle_entities(entry, async_add_entities, HivenButton, BUTTONS)


class HivenButton(HivenEntity, ButtonEntity):
    """A button that stores a change."""

    entity_description: HivenButtonDescription

    @override
    async def async_press(self) -> None:
        """Store the change."""
        await self.account.async_change(self.vehicle_id, self.entity_description.change)
