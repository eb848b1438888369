"""Switch: charge now, until the car is full or unplugged."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account import HivenConfigEntry
from .entity import HivenEntityDescription, HivenValueEntity, async_add_vehicle_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HivenSwitchDescription(HivenEntityDescription[bool], SwitchEntityDescription):
    """Describes a switch."""


SWITCHES = (
    HivenSwitchDescription(
        key="charge_now",
        value_fn=lambda car: car.returns is not None and car.returns.charges_now,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switch."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSwitch, SWITCHES)


class HivenSwitch(HivenValueEntity[bool], SwitchEntity):
    """Turns smart charging off until the car is full or unplugged."""

    entity_description: HivenSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether the car charges now instead of smartly."""
        return self._value

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn smart charging off until the car is full or unplugged."""
        await self.account.returns.async_charge_now(self.vehicle_id)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn smart charging on again."""
        await self.account.returns.async_smart_again(self.vehicle_id)
