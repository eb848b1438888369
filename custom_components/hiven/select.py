"""Select: when the car may charge."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import ChargingBehavior, Preferences, Vehicle
from .changes import Change
from .coordinator import HivenConfigEntry
from .entity import HivenEntity, HivenEntityDescription, async_add_vehicle_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HivenSelectDescription(HivenEntityDescription, SelectEntityDescription):
    """Describes a select; `value_fn` returns an option or None."""


def _behavior(vehicle: Vehicle) -> str | None:
    """Return the behavior's option; a car without preferences charges at once."""
    behavior = (vehicle.preferences or Preferences()).charging_behavior
    return behavior.lower() if behavior in ChargingBehavior else None


SELECTS = (
    HivenSelectDescription(
        key="charging_behavior",
        options=[behavior.lower() for behavior in ChargingBehavior],
        value_fn=_behavior,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSelect, SELECTS)


class HivenSelect(HivenEntity, SelectEntity):
    """The charging behavior."""

    entity_description: HivenSelectDescription

    @property
    @override
    def current_option(self) -> str | None:
        """Return the option in force."""
        return self._value  # type: ignore[no-any-return]

    @override
    async def async_select_option(self, option: str) -> None:
        """Store another behavior."""
        await self.coordinator.async_change(
            self.vehicle_id,
            Change(charging_behavior=ChargingBehavior(option.upper())),
        )
