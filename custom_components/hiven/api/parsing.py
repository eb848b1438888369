"""Reads JSON as it comes: numbers as text, missing and null fields, extra fields.

What is present but cannot be understood is an error that names its field; a
guess could end up as a setting.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime, time
from math import isfinite
import re
from typing import Any

from .errors import UnexpectedAnswerError

_WALL_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(:[0-5][0-9](\.[0-9]+)?)?")
# Sums of shares may be off by a little.
_WHOLE = 1.001
_BOOLEANS = {True: True, False: False, "true": True, "false": False}


class Fields:
    """The fields of one JSON object.

    Every reader returns None for a field that is missing or null and raises
    UnexpectedAnswerError for one it does not understand.
    """

    def __init__(self, value: Any, endpoint: str, path: str = "") -> None:
        """Take an object from the answer of an endpoint; path is where it stands."""
        self.endpoint = endpoint
        self.path = path
        if not isinstance(value, Mapping):
            raise UnexpectedAnswerError(endpoint, path, "is not an object")
        self._value = value

    def _where(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def error(self, key: str, problem: str) -> UnexpectedAnswerError:
        """Return the error for one field."""
        return UnexpectedAnswerError(self.endpoint, self._where(key), problem)

    def _read[T](
        self, key: str, convert: Callable[[Any], T], description: str
    ) -> T | None:
        if (value := self._value.get(key)) is None:
            return None
        try:
            return convert(value)
        except KeyError, OverflowError, TypeError, ValueError:
            raise self.error(key, f"is not {description}") from None

    def text(self, key: str) -> str | None:
        """Return text; a number is taken as text."""
        return self._read(key, _text, "text")

    def required_text(self, key: str) -> str:
        """Return text that has to be there and not empty."""
        if not (value := self.text(key)):
            raise self.error(key, "is missing")
        return value

    def number(self, key: str) -> float | None:
        """Return a finite number."""
        return self._read(key, _number, "a number")

    def required_number(self, key: str) -> float:
        """Return a finite number that has to be there."""
        if (value := self.number(key)) is None:
            raise self.error(key, "is missing")
        return value

    def integer(self, key: str) -> int | None:
        """Return a whole number."""
        return self._read(key, _integer, "a whole number")

    def boolean(self, key: str) -> bool | None:
        """Return true or false."""
        return self._read(key, lambda value: _BOOLEANS[value], "true or false")

    def wall_clock(self, key: str) -> time | None:
        """Return a local time of day, HH:mm."""
        return self._read(key, _wall_clock, "a time of day")

    def wall_clocks(self, key: str, known: Container[str]) -> dict[str, time]:
        """Return the local times of day in an object by name, empty when missing.

        The names come with the answer; errors tell only those that are known.
        """
        times: dict[str, time] = {}
        if (inner := self.object(key)) is None:
            return times
        for name in inner:
            try:
                if (at := inner.wall_clock(name)) is not None:
                    times[_text(name)] = at
            except UnexpectedAnswerError, ValueError:
                if name in known:
                    raise
                raise self.error(key, "holds what is not a time of day") from None
        return times

    def moment(self, key: str) -> datetime | None:
        """Return a moment in UTC; Hiven's times without a zone are UTC."""
        return self._read(key, _moment, "a timestamp")

    def shares_of_hours(self) -> dict[datetime, float]:
        """Return all fields as shares (0 to 1) of the hours their names tell, in UTC.

        The names come with the answer; errors tell only those that are hours.
        """
        shares: dict[datetime, float] = {}
        for key in self:
            try:
                hour = _hour(key)
            except OverflowError, TypeError, ValueError:
                raise UnexpectedAnswerError(
                    self.endpoint, self.path, "holds what is not an hour"
                ) from None
            if (share := self.number(key)) is None:
                continue
            if not 0 <= share <= _WHOLE:
                raise self.error(key, "is not a share of an hour")
            shares[hour] = min(share, 1.0)
        return shares

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when missing."""
        return self._read(key, _texts, "a list of texts") or ()

    def object(self, key: str) -> Fields | None:
        """Return the object in a field."""
        if (value := self._value.get(key)) is None:
            return None
        return Fields(value, self.endpoint, self._where(key))

    def required_object(self, key: str) -> Fields:
        """Return the object in a field that has to be there."""
        if (value := self.object(key)) is None:
            raise self.error(key, "is missing")
        return value

    def objects(self, key: str) -> tuple[Fields, ...]:
        """Return a list of objects, empty when missing."""
        return tuple(
            Fields(row, self.endpoint, f"{self._where(key)}[{index}]")
            for index, row in enumerate(self._read(key, _list, "a list") or ())
        )

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the fields."""
        return iter(self._value)

    def __bool__(self) -> bool:
        """Tell whether there is any field."""
        return bool(self._value)


def rows(value: Any, endpoint: str) -> list[Any]:
    """Return the rows of an answer that is a list."""
    if not isinstance(value, list):
        raise UnexpectedAnswerError(endpoint, "", "the answer is not a list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        _number(value)
    text = str(value)
    text.encode()  # Half a surrogate pair cannot be sent, shown or stored.
    return text


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    if not isfinite(number := float(value)):
        raise ValueError
    return number


def _integer(value: Any) -> int:
    if not (number := _number(value)).is_integer():
        raise ValueError
    return int(number)


def _wall_clock(value: Any) -> time:
    # Not time.fromisoformat, which takes 24:00 for the day's beginning.
    if (match := _WALL_CLOCK.fullmatch(value)) is None:
        raise ValueError
    return time(int(match[1]), int(match[2]))


def _moment(value: Any) -> datetime:
    parsed = datetime.fromisoformat(value)
    return (
        parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    )


def _hour(value: Any) -> datetime:
    hour = _moment(value)
    # At the ends of the calendar nobody could add an hour.
    if hour.minute or hour.second or not MINYEAR < hour.year < MAXYEAR:
        raise ValueError
    return hour


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))
