"""Changes to a vehicle's charging preferences, and what speaks against one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import Any

from homeassistant.exceptions import ServiceValidationError

from .api import (
    ChargingBehavior,
    Preferences,
    PreferencesUpdate,
    StateOfCharge,
    Vehicle,
)
from .const import DOMAIN


@dataclass(frozen=True, kw_only=True)
class Change:
    """The fields of Preferences to change; None leaves a field alone.

    `days` maps a Day to its new ready time, or to None to take it away;
    `locations` maps a location to whether it is to count, others stay as they are.
    """

    charging_behavior: ChargingBehavior | None = None
    charging_location_ids: tuple[str, ...] | None = None
    ready_time: time | None = None
    target_soc: StateOfCharge | None = None
    minimal_soc: StateOfCharge | None = None
    battery_capacity: float | None = None
    default_spot_price_area_id: str | None = None
    days: Mapping[str, time | None] = field(default_factory=dict)
    locations: Mapping[str, bool] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The new values by field name of Preferences, without days and locations."""
        return {
            name: value
            for name in _SIMPLE_FIELDS
            if (value := getattr(self, name)) is not None
        }

    @property
    def fields(self) -> set[str]:
        """The fields of Preferences that this changes, without the days."""
        return {*self.values, *(("charging_location_ids",) if self.locations else ())}

    @property
    def touched(self) -> set[str]:
        """The names of what this changes; a day by its own name."""
        return {*self.fields, *self.days}

    def followed_by(self, later: Change) -> Change:
        """Return both as one; where they disagree the later one counts."""
        before = self.locations if later.charging_location_ids is None else {}
        return replace(
            self,
            **later.values,
            days={**self.days, **later.days},
            locations={**before, **later.locations},
        )

    def applied_to(self, base: Preferences) -> Preferences:
        """Return the preferences as they are to be."""
        week: dict[str, time | None] = {**base.week_day_ready_times, **self.days}
        after = replace(
            base,
            **self.values,
            week_day_ready_times={
                day: at for day, at in week.items() if at is not None
            },
        )
        ids = dict.fromkeys((*after.charging_location_ids, *self.locations))
        return replace(
            after,
            charging_location_ids=tuple(
                id_ for id_ in ids if self.locations.get(id_, True)
            ),
        )

    def update_for(self, base: Preferences) -> PreferencesUpdate:
        """Return what to send.

        The documentation calls the write partial and yet some fields required.
        The behavior always, target and ready times while smart charging is or
        becomes on, and what changes: that is valid under both readings.
        """
        after = self.applied_to(base)
        smart = after.charging_behavior != ChargingBehavior.OFF
        week = after.week_day_ready_times
        required = {
            "target_soc": after.target_soc,
            "ready_time": after.ready_time,
            "week_day_ready_times": week or None,
        }
        return PreferencesUpdate(
            **{
                **(required if smart else {}),
                **{name: getattr(after, name) for name in self.fields},
                **({"week_day_ready_times": week} if self.days else {}),
                "charging_behavior": after.charging_behavior,
            }
        )

    def not_in(self, stored: Preferences) -> set[str]:
        """Return the names of what this changes but is not stored so."""
        wanted = self.applied_to(stored)
        return {
            name
            for name in self.fields
            if _comparable(getattr(stored, name)) != _comparable(getattr(wanted, name))
        } | {
            day
            for day, at in self.days.items()
            if stored.week_day_ready_times.get(day) != at
        }


_SIMPLE_FIELDS = tuple(
    f.name for f in fields(Change) if f.name not in ("days", "locations")
)


def merged(changes: Iterable[Change]) -> Change:
    """Return several changes, oldest first, as one."""
    result = Change()
    for change in changes:
        result = result.followed_by(change)
    return result


def problem_of(change: Change, base: Preferences, vehicle: Vehicle) -> str | None:
    """Return the translation key of what speaks against a change, if anything.

    Only what the change touches counts: a state Hiven already holds never
    stands in the way of another edit.
    """
    after = change.applied_to(base)
    turns_on = change.charging_behavior not in (None, ChargingBehavior.OFF)
    is_on = after.charging_behavior != ChargingBehavior.OFF
    at_location = after.charging_behavior == ChargingBehavior.AT_LOCATION
    has_ready_time = bool(after.ready_time is not None or after.week_day_ready_times)
    if turns_on and after.target_soc is None:
        return "target_required"
    if turns_on and not has_ready_time:
        return "ready_time_required"
    if change.days and is_on and not has_ready_time:
        return "last_ready_time"
    if (
        (change.target_soc or change.minimal_soc)
        and after.target_soc
        and after.minimal_soc
        and after.target_soc.unit == after.minimal_soc.unit
        and after.minimal_soc.value > after.target_soc.value
    ):
        return "minimum_above_target"
    if turns_on and at_location and vehicle.location_supported is False:
        return "location_not_supported"
    if (
        (turns_on or "charging_location_ids" in change.fields)
        and at_location
        and not after.charging_location_ids
    ):
        return "no_charging_location"
    return None


def check(change: Change, base: Preferences, vehicle: Vehicle) -> None:
    """Raise ServiceValidationError for a change that cannot work."""
    if (problem := problem_of(change, base, vehicle)) is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=problem,
            translation_placeholders={"vehicle": vehicle.display_name},
        )


def _comparable(value: Any) -> Any:
    """Hiven may return locations in another order."""
    return frozenset(value) if isinstance(value, tuple) else value
