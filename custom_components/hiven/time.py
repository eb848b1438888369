"""Times: by when the car is to be ready, every day and on single week days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import Day, Preferences
from .changes import Change
from .coordinator import HivenConfigEntry
from .entity import HivenEntity, HivenEntityDescription, async_add_vehicle_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HivenTimeDescription(HivenEntityDescription, TimeEntityDescription):
    """Describes a ready time; `change_fn` returns the change that sets it."""

    change_fn: Callable[[time], Change]


def _of_day(day: Day) -> HivenTimeDescription:
    return HivenTimeDescription(
        key=f"ready_time_{day.lower()}",
        value_fn=lambda vehicle: (
            vehicle.preferences or Preferences()
        ).week_day_ready_times.get(day),
        change_fn=lambda value: Change(days={day: value}),
    )


TIMES = (
    HivenTimeDescription(
        key="ready_time",
        value_fn=lambda vehicle: (vehicle.preferences or Preferences()).ready_time,
        change_fn=lambda value: Change(ready_time=value),
    ),
    *map(_of_day, Day),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the times."""
    async_add_vehicle_entities(entry, async_add_entities, HivenTime, TIMES)


class HivenTime(HivenEntity, TimeEntity):
    """A ready time, local wall clock."""

    entity_description: HivenTimeDescription

    @property
    @override
    def native_value(self) -> time | None:
        """Return the time; None when there is none."""
        return self._value  # type: ignore[no-any-return]

    @override
    async def async_set_value(self, value: time) -> None:
        """Store another time, in whole minutes."""
        await self.coordinator.async_change(
            self.vehicle_id,
            self.entity_description.change_fn(value.replace(second=0, microsecond=0)),
        )
