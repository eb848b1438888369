"""The state of one vehicle between polls."""

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
from .poll import Poll
from .preferences import is_same, settings_of
from .reported import Report, report_of
from .rhythm import Rhythm

# A vehicle is gone after it was missing from this many lists in a row, and its
# details are gone, too.
MISSING_POLLS = 3
# After this many refused polls, the user is asked to connect the car again.
REFUSED_POLLS = 3
# How often preferences are read from their own resource, if the list has none.
READ_PREFERENCES_EVERY = timedelta(minutes=30)
# How long after a confirmed write older answers are ignored.
HOLD_WRITES = timedelta(minutes=1)


@dataclass
class Track:
    """The state of reading one vehicle, and of writes to its preferences."""

    rhythm: Rhythm
    telemetry: Freshness = field(default_factory=Freshness)
    report: Report | None = None
    # The number of lists in a row without the vehicle.
    missing: int = 0
    # Preferences from their own resource, and the state of reading it.
    resource: Preferences | None = None
    settings: Freshness = field(default_factory=Freshness)
    # Grows with every write, because a poll that began before a write must not undo it.
    revision: int = 0
    is_being_written: bool = False
    _refused: int = 0
    # Maps each replaced value of a setting to a time. Until then, an answer that still
    # contains the value is out of date.
    _replaced: dict[tuple[str, Any], datetime] = field(default_factory=dict)

    # Telemetry.

    def due_at(self, now: datetime) -> datetime:
        """Return when to read telemetry."""
        due = self.rhythm.due_at(now)
        wait_until = self.telemetry.wait_until
        return due if wait_until is None else max(due, wait_until)

    def status_read(self, name: str, status: Status) -> None:
        """Record telemetry."""
        now = dt_util.utcnow()
        self.report = report_of(status, self.report, now)
        if self.telemetry.error is not None:
            # The car is back: read it often until its rhythm is known again.
            self.rhythm.watch(now)
        self.telemetry.succeeded(name)
        self._refused = 0
        self.rhythm.heard(
            status.timestamp,
            is_charging=status.charging_status == ChargingStatus.CHARGING,
        )

    def status_failed(self, name: str, err: HivenError) -> None:
        """Record that telemetry could not be read."""
        self.telemetry.failed(name, err)
        if isinstance(err, AuthenticationError | ForbiddenError):
            self._refused += 1

    @property
    def needs_sign_in(self) -> bool | None:
        """Whether the car's sign-in seems to have expired; None if that is not clear."""
        if self._refused >= REFUSED_POLLS:
            return True
        return None if self.telemetry.error is not None else False

    # The list.

    def is_gone(self, details: HivenError | None) -> bool:
        """Return whether a vehicle that is missing from the list is gone.

        `details` is the error of its details, or None for an empty answer.
        """
        return self.missing >= MISSING_POLLS and (
            details is None
            or isinstance(details, ForbiddenError | GoneError | NotFoundError)
        )

    # Preferences.

    def wants_resource(self, now: datetime, *, asks_all: bool) -> bool:
        """Return whether to read the preferences from their own resource."""
        if self.settings.waits(now):
            return False
        read_at = self.settings.last_good
        return asks_all or read_at is None or now - read_at >= READ_PREFERENCES_EVERY

    def resource_read(self, name: str, preferences: Preferences) -> None:
        """Record the answer of the resource."""
        self.resource = preferences
        self.settings.succeeded(f"The settings of {name}")

    def resource_failed(self, name: str, err: HivenError) -> None:
        """Record that the resource could not be read."""
        self.settings.failed(f"The settings of {name}", err)

    def preferences(
        self,
        vehicle_id: str,
        poll: Poll,
        known: Preferences | None,
        revision: int,
        now: datetime,
    ) -> Preferences | None:
        """Return the preferences to show: those of the poll, unless they are older.

        `revision` is the one at which the poll began.
        """
        if known is not None and (self.is_being_written or self.revision != revision):
            return known
        vehicle = poll.vehicle(vehicle_id)
        if vehicle is not None and vehicle_id in poll.resources:
            resource = poll.resources[vehicle_id] or Preferences()
            if isinstance(resource, HivenError):
                self.resource_failed(vehicle.display_name, resource)
            elif not self.is_late(resource, now):
                self.resource_read(vehicle.display_name, resource)
        # If the poll has no vehicle, use the known preferences: those of the last poll
        # may be older than a write.
        answer = (vehicle.preferences if vehicle else known) or self.resource
        if known is not None and (
            answer is None or self.is_late(answer, now) or is_same(answer, known)
        ):
            return known
        return answer

    def replaced(self, before: Preferences, after: Preferences, now: datetime) -> None:
        """Record that `after`, read outside a poll, is newer than `before`."""
        old, new = settings_of(before), settings_of(after)
        self._replaced = {
            each: until for each, until in self._replaced.items() if now < until
        }
        for name in old.keys() | new.keys():
            if old.get(name) != new.get(name):
                self._replaced[name, old.get(name)] = now + HOLD_WRITES
                self._replaced.pop((name, new.get(name)), None)

    def is_late(self, answer: Preferences, now: datetime) -> bool:
        """Return whether an answer contains values that were replaced a moment ago."""
        settings = settings_of(answer)
        return any(
            now < until and settings.get(name) == value
            for (name, value), until in self._replaced.items()
        )
