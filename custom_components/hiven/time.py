"""Times: the ready time of every day and of single weekdays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account import HivenConfigEntry
from .api import Day
from .entity import HivenEntityDescription, HivenValueEntity, async_add_vehicle_entities
from .preferences import Change

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HivenTimeDescription(HivenEntityDescription[time], TimeEntityDescription):
    """Describes a ready time; `change_fn` returns the change that sets it."""

    change_fn: Callable[[time], Change]


def _of_day(day: Day) -> HivenTimeDescription:
    return HivenTimeDescription(
        key=f"ready_time_{day.lower()}",
        # As configuration, these seven do not crowd automatic dashboards.
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda car: (
            car.preferences.week_day_ready_times.get(day) if car.preferences else None
        ),
        change_fn=lambda value: Change(days={day: value}),
    )


TIMES = (
    HivenTimeDescription(
        key="ready_time",
        value_fn=lambda car: car.preferences.ready_time if car.preferences else None,
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


class HivenTime(HivenValueEntity[time], TimeEntity):
    """A ready time, in local time."""

    entity_description: HivenTimeDescription

    @property
    @override
    def native_value(self) -> time | None:
        """Return the time; None if there is none."""
        return self._value

    @override
    async def async_set_value(self, value: time) -> None:
        """Store a new time, in whole minutes."""
        await self.account.async_change(
            self.vehicle_id,
            self.entity_description.change_fn(value.replace(second=0, microsecond=0)),
        )
