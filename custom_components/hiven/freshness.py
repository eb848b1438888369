"""How current polled data is: failures, waits, and when it is too old."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .api import GoneError, HivenError, NotFoundError, RateLimitedError
from .const import LOGGER

# Old data is shown until both limits are reached.
STALE_FAILURES = 3
STALE_AFTER = timedelta(minutes=30)

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)


@dataclass
class Freshness:
    """Counts failures in a row, logs the first and the recovery, and tracks waits."""

    failures: int = 0
    last_good: datetime | None = None
    error: HivenError | None = None
    wait_until: datetime | None = None
    _wait: timedelta | None = None

    def succeeded(self, name: str) -> None:
        """Record that `name` was read."""
        if self.error is not None:
            LOGGER.info("%s can be read again", name)
        self.error = None
        self.failures = 0
        self.last_good = dt_util.utcnow()
        self.wait_until = self._wait = None

    def failed(self, name: str, err: HivenError) -> None:
        """Record that `name` could not be read, and how long Hiven asks to wait."""
        if self.error is None:
            LOGGER.warning("%s cannot be read: %s", name, err)
        self.error = err
        self.failures += 1
        self.wait(err)

    def missed(self) -> None:
        """Record a failure that is logged elsewhere."""
        self.failures += 1

    def wait(self, err: HivenError) -> timedelta | None:
        """Record how long to wait before the next request; None for no wait.

        The wait is at most an hour. Without a Retry-After, it doubles with each 429.
        """
        wait = self._wait_after(err)
        self.wait_until = dt_util.utcnow() + wait if wait else None
        return wait

    def _wait_after(self, err: HivenError) -> timedelta | None:
        if isinstance(err, GoneError | NotFoundError):
            # No wait, so that it soon turns out whether the car is gone.
            return None
        if err.retry_after is not None:
            return min(timedelta(seconds=err.retry_after), LONGEST_WAIT)
        if not isinstance(err, RateLimitedError):
            return None
        self._wait = min(self._wait * 2 if self._wait else FIRST_WAIT, LONGEST_WAIT)
        return self._wait

    def waits(self, now: datetime) -> bool:
        """Return whether to wait before the next request."""
        return self.wait_until is not None and now < self.wait_until

    @property
    def was_tried(self) -> bool:
        """Whether reading it was ever tried."""
        return self.last_good is not None or self.error is not None

    @property
    def stale_at(self) -> datetime | None:
        """When the data will be too old to show, if reading keeps failing."""
        if self.failures < STALE_FAILURES or self.last_good is None:
            return None
        return self.last_good + STALE_AFTER

    def is_stale(self, now: datetime) -> bool:
        """Return whether the data is too old to show."""
        return (at := self.stale_at) is not None and now >= at
