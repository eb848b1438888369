"""Changes to a vehicle's charging preferences, and the checks of a change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import Any

from homeassistant.exceptions import ServiceValidationError

from .api import (
    ChargingBehavior,
    Preferences,
    PreferencesUpdate,
    SocUnit,
    StateOfCharge,
    Status,
    Vehicle,
)
from .errors import invalid

# Hiven requires these with every write while smart charging is on.
_REQUIRED = frozenset({"target_soc", "ready_time", "week_day_ready_times"})
NO_READY_TIME = ("ready_time_required", "target_and_ready_time_required")


@dataclass(frozen=True, kw_only=True)
class Change:
    """The fields of Preferences to change; None leaves a field alone.

    `days` maps a Day to its new ready time, or to None to clear it. `locations` maps
    a location's id to whether it is used; other locations stay as they are.
    """

    charging_behavior: ChargingBehavior | None = None
    charging_location_ids: tuple[str, ...] | None = None
    ready_time: time | None = None
    target_soc: StateOfCharge | None = None
    minimum_soc: StateOfCharge | None = None
    battery_capacity: float | None = None
    default_spot_price_area_id: str | None = None
    days: Mapping[str, time | None] = field(default_factory=dict)
    locations: Mapping[str, bool] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The new values by field name, without days and locations."""
        return {
            name: value
            for name in _SIMPLE_FIELDS
            if (value := getattr(self, name)) is not None
        }

    @property
    def fields(self) -> set[str]:
        """The fields of Preferences that this changes, without days."""
        return {*self.values, *(("charging_location_ids",) if self.locations else ())}

    @property
    def touched(self) -> set[str]:
        """The names of the changed fields and days."""
        return {*self.fields, *self.days}

    def followed_by(self, later: Change) -> Change:
        """Return both changes as one; the later one wins."""
        before = self.locations if later.charging_location_ids is None else {}
        return replace(
            self,
            **later.values,
            days={**self.days, **later.days},
            locations={**before, **later.locations},
        )

    def applied_to(self, base: Preferences) -> Preferences:
        """Return the preferences after this change."""
        week: dict[str, time | None] = {**base.week_day_ready_times, **self.days}
        after = replace(
            base,
            **self.values,
            week_day_ready_times={
                day: at for day, at in week.items() if at is not None
            },
        )
        ids = dict.fromkeys((*after.charging_location_ids, *self.locations))
        after = replace(
            after,
            charging_location_ids=tuple(
                id_ for id_ in ids if self.locations.get(id_, True)
            ),
        )
        # A later write may have to repeat these values.
        sent = self._update(base, after, null_clears=False).to_json()
        return replace(after, raw={**base.raw, **sent})

    def update_for(
        self,
        base: Preferences,
        *,
        is_whole: bool = False,
        null_clears: bool = False,
    ) -> PreferencesUpdate:
        """Return what to send.

        The documentation says that a write is partial, but also that some fields are
        required. So this always sends the behavior, target and ready times if smart
        charging is on or turned on, and the changes, which is valid either way.
        `is_whole` sends all preferences, in case Hiven replaces them; `null_clears`
        sends null for a cleared day instead of leaving it out.
        """
        after = self.applied_to(base)
        smart = after.charging_behavior != ChargingBehavior.OFF
        carried = {"charging_behavior", *(_REQUIRED if smart else ())}
        if is_whole:
            carried |= _ALL_FIELDS
        update = self._update(base, after, null_clears=null_clears)
        if not base.carried({"charging_behavior"}):
            update = replace(update, charging_behavior=after.charging_behavior)
        if self.days:
            carried.discard("week_day_ready_times")
        return replace(update, carried=base.carried(carried - self.fields))

    def _update(
        self, base: Preferences, after: Preferences, *, null_clears: bool
    ) -> PreferencesUpdate:
        """Return the update that turns `base` into `after`."""
        week = {
            day: at
            for day, at in {**base.raw_week, **self.days}.items()
            if at is not None or null_clears
        }
        return PreferencesUpdate(
            week_day_ready_times=week if self.days else None,
            **{name: getattr(after, name) for name in self.fields},
        )

    def not_in(self, stored: Preferences) -> set[str]:
        """Return the changed fields and days whose new value is not in `stored`."""
        wanted = self.applied_to(stored)
        return {
            name
            for name in self.fields
            if comparable(getattr(stored, name)) != comparable(getattr(wanted, name))
        } | {
            day
            for day, at in self.days.items()
            if stored.week_day_ready_times.get(day) != at
            or (at is None and day in stored.raw_week)
        }

    def lost(self, base: Preferences, stored: Preferences) -> set[str]:
        """Return the fields and days that the write removed without being asked to."""
        names = _ALL_FIELDS - self.fields - {"week_day_ready_times"}
        days = base.raw_week.keys() - self.days.keys()
        return {
            name
            for name in names
            if (base.carried({name}) and not stored.carried({name}))
            # Any kind of empty value counts as removed.
            or (getattr(base, name) and not getattr(stored, name))
        } | (days - stored.raw_week.keys())


_SIMPLE_FIELDS = tuple(
    f.name for f in fields(Change) if f.name not in ("days", "locations")
)
_ALL_FIELDS = frozenset({*_SIMPLE_FIELDS, "week_day_ready_times"})


def merged(changes: Iterable[Change]) -> Change:
    """Merge several changes, oldest first, into one."""
    result = Change()
    for change in changes:
        result = result.followed_by(change)
    return result


def missing_for_smart_charging(change: Change, base: Preferences) -> str | None:
    """Return the translation key of what smart charging lacks after a change, if any.

    A value that Hiven has but that was not understood is not missing.
    """
    # Every poll of every car asks this without a change.
    after = change.applied_to(base) if change.touched else base
    if after.charging_behavior == ChargingBehavior.OFF:
        return None
    no_target = after.target_soc is None and not base.carried({"target_soc"})
    no_ready_time = (
        after.ready_time is None
        and not after.week_day_ready_times
        and not base.carried({"ready_time"})
        and not base.raw_week.keys() - change.days.keys()
    )
    if no_target and no_ready_time:
        return "target_and_ready_time_required"
    if no_target:
        return "target_required"
    return "ready_time_required" if no_ready_time else None


def missing_to_target(
    preferences: Preferences | None, status: Status | None
) -> float | None:
    """Return how many percent are missing to the target; None if unknown."""
    target = preferences.target_soc if preferences else None
    if target is None or status is None or status.soc is None:
        return None
    if target.unit == SocUnit.PERCENT:
        return target.value - status.soc
    if target.unit == SocUnit.KM and status.range and status.soc:
        return (target.value - status.range) * status.soc / status.range
    return None


def problem_of(change: Change, base: Preferences, vehicle: Vehicle) -> str | None:
    """Return the translation key of the problem with a change, if any.

    Only fields that the change touches are checked, so that a state that Hiven already
    has never prevents another change.
    """
    after = change.applied_to(base)
    turns_on = change.charging_behavior not in (None, ChargingBehavior.OFF)
    at_location = after.charging_behavior == ChargingBehavior.AT_LOCATION
    missing = missing_for_smart_charging(change, base)
    if turns_on and missing:
        return missing
    if change.days and missing in NO_READY_TIME:
        return "last_ready_time"
    if (
        (change.target_soc or change.minimum_soc)
        and after.target_soc
        and after.minimum_soc
        and after.target_soc.unit == after.minimum_soc.unit
        and after.minimum_soc.value > after.target_soc.value
    ):
        return "minimum_above_target"
    if turns_on and at_location and vehicle.location_supported is False:
        return "location_not_supported"
    if (
        (turns_on or "charging_location_ids" in change.fields)
        and at_location
        and not after.charging_location_ids
    ):
        return "no_charging_location" if turns_on else "last_charging_location"
    return None


def check(change: Change, base: Preferences, vehicle: Vehicle) -> None:
    """Raise ServiceValidationError for a change that cannot work."""
    if (problem := problem_of(change, base, vehicle)) is not None:
        raise refused(problem, vehicle)


def refused(problem: str, vehicle: Vehicle) -> ServiceValidationError:
    """Return the error for a translation key of `problem_of`."""
    return invalid(problem, vehicle=vehicle.display_name)


def settings_of(preferences: Preferences) -> dict[str, Any]:
    """Return all settings by name, and each weekday's ready time by day.

    The locations themselves are left out, because not all answers contain them.
    """
    names = _ALL_FIELDS - {"week_day_ready_times"}
    return {
        **{name: comparable(getattr(preferences, name)) for name in names},
        **preferences.week_day_ready_times,
    }


def is_same(one: Preferences, other: Preferences) -> bool:
    """Return whether two answers contain the same settings."""
    return settings_of(one) == settings_of(other)


def comparable(value: Any) -> Any:
    """Return a value without order, because Hiven may sort locations differently."""
    return frozenset(value) if isinstance(value, tuple) else value
