"""What an account keeps about one vehicle from poll to poll."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from homeassistant.util import dt as dt_util

from .api import (
    AuthenticationError,
    ChargingStatus,
    ForbiddenError,
    GoneError,
    HivenError,
    NotFoundError,
    Preferences,
    Status,
)
from .freshness import Freshness
from .preferences import settings_of
from .rhythm import Rhythm

# A vehicle has gone when as many lists running lack it and its details are gone too.
MISSING_POLLS = 3
# A car whose sign-in is refused is to be connected again after as many polls.
REFUSED_POLLS = 3
# Where the list holds no preferences, their own resource is read this often.
READ_PREFERENCES_EVERY = timedelta(minutes=30)
# For so long after a write was confirmed, an older answer does not undo it.
HOLD_WRITES = timedelta(minutes=1)


@dataclass
class Track:
    """How reading one vehicle goes, and what writes did to its preferences."""

    rhythm: Rhythm
    telemetry: Freshness = field(default_factory=Freshness)
    # How many lists running lack the vehicle.
    missing: int = 0
    # Preferences from their own resource, and when those were read.
    resource: Preferences | None = None
    resource_read_at: datetime | None = None
    # Grows with every write; a poll that began before a write must not undo it.
    revision: int = 0
    is_being_written: bool = False
    _refused: int = 0
    # Values of settings that were replaced, and until when an answer that holds one
    # counts as late.
    _replaced: dict[tuple[str, Any], datetime] = field(default_factory=dict)

    # Telemetry.

    def due_at(self, now: datetime) -> datetime:
        """Return when to ask for telemetry."""
        due = self.rhythm.due_at(now)
        wait_until = self.telemetry.wait_until
        return due if wait_until is None else max(due, wait_until)

    def status_read(self, name: str, status: Status) -> None:
        """Note telemetry."""
        if self.telemetry.error is not None:
            # The car is back; its rhythm has to show anew.
            self.rhythm.watch(dt_util.utcnow())
        self.telemetry.succeeded(name)
        self._refused = 0
        self.rhythm.heard(
            status.timestamp,
            is_charging=status.charging_status == ChargingStatus.CHARGING,
        )

    def status_failed(self, name: str, err: HivenError) -> None:
        """Note that telemetry could not be read."""
        self.telemetry.failed(name, err)
        is_refused = isinstance(err, AuthenticationError | ForbiddenError)
        self._refused = self._refused + 1 if is_refused else 0

    @property
    def needs_sign_in(self) -> bool:
        """Whether the car's sign-in seems to have ended."""
        return self._refused >= REFUSED_POLLS

    # The list.

    def is_gone(self, details: HivenError | None) -> bool:
        """Return whether a vehicle that the list lacks has gone, by its details.

        `details` is the error, or None for an answer that holds nothing.
        """
        return self.missing >= MISSING_POLLS and (
            details is None
            or isinstance(details, ForbiddenError | GoneError | NotFoundError)
        )

    # Preferences.

    def wants_resource(self, now: datetime) -> bool:
        """Return whether to read the preferences from their own resource."""
        return (
            self.resource_read_at is None
            or now - self.resource_read_at >= READ_PREFERENCES_EVERY
        )

    def resource_read(self, preferences: Preferences, now: datetime) -> None:
        """Note the answer of the resource."""
        self.resource = preferences
        self.resource_read_at = now

    def replaced(self, before: Preferences, after: Preferences, now: datetime) -> None:
        """Note that `after`, read apart from the polls, is newer than `before`."""
        old, new = settings_of(before), settings_of(after)
        for name in old.keys() | new.keys():
            if old.get(name) != new.get(name):
                self._replaced[name, old.get(name)] = now + HOLD_WRITES
                self._replaced.pop((name, new.get(name)), None)

    def is_late(self, answer: Preferences, now: datetime) -> bool:
        """Return whether an answer holds what was replaced a moment ago."""
        settings = settings_of(answer)
        return any(
            now < until and settings.get(name) == value
            for (name, value), until in self._replaced.items()
        )
