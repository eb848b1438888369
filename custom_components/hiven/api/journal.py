"""What the client noticed about Hiven, without anything personal."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
import time
from typing import Any

_LOGGER = logging.getLogger(__package__)
_KEPT_HOURS = 24
_KEPT_REFUSALS = 10


@dataclass(frozen=True)
class Oddity:
    """A field of an answer that was not understood; `found` is its JSON type."""

    endpoint: str
    field: str
    found: str


@dataclass(frozen=True)
class Refusal:
    """A call that Hiven refused; `said` is what it wrote, masked."""

    endpoint: str
    status: int
    said: str | None
    at: datetime


class Journal:
    """Collects oddities, refusals, learned dialects and the calls of the last day.

    It can outlive a client; pass it to the next one.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._oddities: set[Oddity] = set()
        self._refusals: dict[tuple[str, int, str | None], Refusal] = {}
        self._calls: dict[int, Counter[str]] = {}
        self.dialects: set[str] = set()
        """What was learned about Hiven where its documentation is wrong or silent."""

    @property
    def oddities(self) -> frozenset[Oddity]:
        """The fields that were not understood."""
        return frozenset(self._oddities)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The last ten different refusals, the oldest first."""
        return tuple(self._refusals.values())

    def calls(self) -> dict[str, int]:
        """Return the number of calls in the last 24 hours by endpoint.

        They are counted by the hour, so the oldest hour is dropped as a whole.
        """
        first = _this_hour() - _KEPT_HOURS
        recent = (calls for hour, calls in self._calls.items() if hour > first)
        return dict(sum(recent, Counter()))

    def count_call(self, endpoint: str) -> None:
        """Count a call."""
        hour = _this_hour()
        self._calls.setdefault(hour, Counter())[endpoint] += 1
        for old in [old for old in self._calls if old <= hour - _KEPT_HOURS]:
            del self._calls[old]

    def note_oddity(self, endpoint: str, field: str, value: Any) -> None:
        """Record a field that was not understood, and log it the first time."""
        oddity = Oddity(endpoint, field, _json_type(value))
        if oddity in self._oddities:
            return
        self._oddities.add(oddity)
        _LOGGER.warning(
            "Hiven sent %s: %s as %s, which this integration does not understand",
            endpoint,
            field,
            oddity.found,
        )

    def note_refusal(self, endpoint: str, status: int, said: str | None) -> None:
        """Record a refusal, and log it at debug level."""
        _LOGGER.debug("%s answered %s: %s", endpoint, status, said)
        key = endpoint, status, said
        self._refusals.pop(key, None)
        self._refusals[key] = Refusal(endpoint, status, said, datetime.now(UTC))
        if len(self._refusals) > _KEPT_REFUSALS:
            del self._refusals[next(iter(self._refusals))]


def _this_hour() -> int:
    return int(time.time() // 3600)


def _json_type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case Mapping():
            return "object"
    return "array"
