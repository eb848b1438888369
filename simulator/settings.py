"""Stored charging preferences: the effect of a PUT, and when it is visible."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from . import preferences
from .car import Car
from .checks import Refusal
from .clock import Clock
from .ways import Ways

type Preferences = dict[str, Any] | None


@dataclass(frozen=True)
class _Write:
    at: datetime
    before: Preferences


class Settings:
    """The preferences of all cars in the API."""

    def __init__(self, ways: Ways, clock: Clock) -> None:
        """Start without writes."""
        self._ways = ways
        self._clock = clock
        self._writes: dict[str, list[_Write]] = {}

    def put(self, car: Car, body: Any, *, location_ids: Collection[str]) -> None:
        """Check and store a PUT."""
        ways = self._ways
        preferences.check(
            body,
            location_ids=location_ids,
            stored=None if ways.whole_preferences else car.preferences,
            null_days=ways.week_null != "refused",
        )
        if ways.put_whole and (lacks := (car.preferences or {}).keys() - body.keys()):
            field = min(lacks)
            raise Refusal(422, f"{field} is required, as it is set", field)
        now = self._clock.now()
        longest = max(ways.list_lag, ways.resource_lag)
        self._writes[car.id] = [
            *(each for each in self._writes.get(car.id, ()) if each.at > now - longest),
            _Write(now, car.preferences),
        ]
        car.preferences = preferences.written(
            None if ways.put_replaces else car.preferences,
            body,
            merge_week=ways.week_map_merges,
            null_clears=ways.week_null == "clears",
        )

    def in_list(self, car: Car) -> Preferences:
        """Return what the list and the details show."""
        if self._ways.preferences_in == "resource":
            return None
        return self._seen(car, self._ways.list_lag)

    def in_resource(self, car: Car) -> Preferences:
        """Return what the preferences' own resource shows."""
        if self._ways.preferences_in == "list" and car.id not in self._writes:
            return None
        return self._seen(car, self._ways.resource_lag)

    def _seen(self, car: Car, lag: timedelta) -> Preferences:
        visible = self._clock.now() - lag
        for write in self._writes.get(car.id, ()):
            if write.at > visible:
                return write.before
        return car.preferences
