"""Reads JSON field by field, so that one odd field does not affect the others.

Different spellings of a value are accepted: numbers and booleans as text, constants in
upper or lower case, all usual formats of times. A field that is not understood is None
and recorded in the journal, because a guess could end up as a setting.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from math import isfinite
import re
from typing import Any

from .errors import UnexpectedAnswerError
from .journal import Journal

# A comma is a decimal comma only if it cannot be a thousands separator.
_NUMBER = re.compile(r"[+-]?\d+(,\d{1,2}|(\.\d+)?([eE][+-]?\d+)?)", re.ASCII)
_WALL_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d(\.\d+)?)?", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# The tolerance for sums of shares.
_WHOLE = 1.001
_QUARTER = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Timestamps of cars are within these years.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class Fields:
    """The fields of one JSON object.

    Every reader returns None (or nothing, for lists and objects) for a field that is
    missing, null, empty text or not understood. Only the last case is recorded.
    """

    def __init__(
        self, value: Mapping[str, Any], endpoint: str, journal: Journal, path: str = ""
    ) -> None:
        """Read an object at a `path` in the answer of an endpoint."""
        self.raw = value
        self._endpoint = endpoint
        self._journal = journal
        self._path = path

    @classmethod
    def of_answer(cls, answer: Any, endpoint: str, journal: Journal) -> Fields:
        """Return the fields of an answer, which must be an object."""
        if not isinstance(answer, Mapping):
            raise UnexpectedAnswerError(endpoint, "", "the answer is not an object")
        return cls(answer, endpoint, journal)

    def __bool__(self) -> bool:
        """Return whether there is any field."""
        return bool(self.raw)

    def note(self, key: str) -> None:
        """Record that a field is missing or not understood."""
        self._note(self._path_of(key), self.raw.get(key))

    def text(self, key: str, *, longest: int | None = None) -> str | None:
        """Return text; a number is converted to text."""

        def convert(value: Any) -> str:
            text = _text(value)
            if longest is not None and len(text) > longest:
                raise ValueError
            return text

        return self._read(key, convert)

    def needed_text(self, key: str) -> str | None:
        """Return text; record it if it is missing."""
        if (text := self.text(key)) is None:
            self.note(key)
        return text

    def number(
        self, key: str, is_possible: Callable[[float], bool] = isfinite
    ) -> float | None:
        """Return a number, if its value is possible."""

        def convert(value: Any) -> float:
            if not is_possible(number := _number(value)):
                raise ValueError
            return number

        return self._read(key, convert)

    def integer(
        self, key: str, is_possible: Callable[[float], bool] = isfinite
    ) -> int | None:
        """Return a whole number, if its value is possible."""

        def convert(value: Any) -> int:
            number = _number(value)
            if not (number.is_integer() and is_possible(number)):
                raise ValueError
            return int(number)

        return self._read(key, convert)

    def boolean(self, key: str) -> bool | None:
        """Return true or false."""
        return self._read(key, lambda value: _BOOLEANS[str(value).casefold()])

    def choice(self, key: str, known: type[StrEnum]) -> str | None:
        """Return a documented constant; record an unknown one and return it in capitals."""
        if (text := self.text(key)) is None:
            return None
        if (constant := _constants(known).get(_squeezed(text))) is None:
            self.note(key)
        return constant or _upper(text)

    def choices(self, key: str, known: type[StrEnum]) -> frozenset[str]:
        """Return a list of constants, each read as `choice` does."""
        found = set()
        for text in self.texts(key):
            if (constant := _constants(known).get(_squeezed(text))) is None:
                self._note(f"{self._path_of(key)}[]", text)
            found.add(constant or _upper(text))
        return frozenset(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        path = f"{self._path_of(key)}[]"
        texts = (self._convert(path, item, _text) for item in self._list(key))
        return tuple(text for text in texts if text is not None)

    def wall_clock(self, key: str) -> time | None:
        """Return a local time of day in whole minutes."""
        return self._read(key, _wall_clock)

    def wall_clocks(self, key: str, known: type[StrEnum]) -> dict[str, time]:
        """Return the local times of day in an object, by known names."""
        times: dict[str, time] = {}
        path = self._path_of(key)
        for name, value in self.object(key).raw.items():
            constant = _constants(known).get(_squeezed(name))
            if constant is None:
                # The name itself is not recorded, because it could be anything.
                self._note(f"{path}[]", value)
                continue
            at = self._convert(f"{path}.{constant}", value, _wall_clock)
            if at is not None:
                times.setdefault(constant, at)
        return times

    def moment(self, key: str) -> datetime | None:
        """Return a time in UTC; a time without a zone is UTC."""
        return self._read(key, _moment)

    def shares(self, key: str) -> dict[datetime, float]:
        """Return the shares (0 to 1) of quarters or hours, by their start in UTC."""
        shares: dict[datetime, float] = {}
        path = f"{self._path_of(key)}[]"
        for name, value in self.object(key).raw.items():
            start = self._convert(path, name, _quarter)
            share = self._convert(path, value, _share)
            if start is not None and share is not None:
                shares.setdefault(start, share)
        return shares

    def object(self, key: str) -> Fields:
        """Return the fields of an object."""
        return Fields(
            self._read(key, _object) or {},
            self._endpoint,
            self._journal,
            self._path_of(key),
        )

    def objects(self, key: str) -> Iterator[Fields]:
        """Yield the objects of a list; record other rows."""
        return _objects(
            self._list(key), self._endpoint, self._journal, f"{self._path_of(key)}[]"
        )

    def _list(self, key: str) -> list[Any]:
        return self._read(key, _list) or []

    def _path_of(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _read[T](self, key: str, convert: Callable[[Any], T]) -> T | None:
        return self._convert(self._path_of(key), self.raw.get(key), convert)

    def _convert[T](
        self, path: str, value: Any, convert: Callable[[Any], T]
    ) -> T | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return convert(value)
        except KeyError, OverflowError, TypeError, ValueError:
            self._note(path, value)
            return None

    def _note(self, path: str, value: Any) -> None:
        self._journal.note_oddity(self._endpoint, path, value)


def rows(answer: Any, endpoint: str, journal: Journal) -> Iterator[Fields]:
    """Return the objects of an answer, which must be a list; record other rows."""
    if not isinstance(answer, list):
        raise UnexpectedAnswerError(endpoint, "", "the answer is not a list")
    return _objects(answer, endpoint, journal, "[]")


def _objects(
    values: list[Any], endpoint: str, journal: Journal, path: str
) -> Iterator[Fields]:
    for value in values:
        if isinstance(value, Mapping):
            yield Fields(value, endpoint, journal, path)
        else:
            journal.note_oddity(endpoint, path, value)


@cache
def _constants(known: type[StrEnum]) -> dict[str, str]:
    return {_squeezed(constant): constant for constant in known}


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _upper(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip()).upper()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        _number(value)
    text = str(value)
    text.encode()  # A lone surrogate cannot be sent, shown or stored.
    return text


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value := value.strip()):
            raise ValueError
        value = value.replace(",", ".")
    if not isfinite(number := float(value)):
        raise ValueError
    return number


def _wall_clock(value: Any) -> time:
    # Not time.fromisoformat, which reads 24:00 as the start of the day.
    if (match := _WALL_CLOCK.fullmatch(_text(value).strip())) is None:
        raise ValueError
    return time(int(match[1]), int(match[2]))


def _moment(value: Any) -> datetime:
    text = _text(value).strip()
    if _NUMBER.fullmatch(text):
        seconds = _number(text)
        if seconds >= _LATEST.timestamp():
            seconds /= 1000
        moment = _EPOCH + timedelta(seconds=seconds)
    else:
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError
    return moment.astimezone(UTC)


def _quarter(value: Any) -> datetime:
    moment = _moment(value)
    if moment.minute % _QUARTER or moment.second or moment.microsecond:
        raise ValueError
    return moment


def _share(value: Any) -> float:
    if not 0 <= (share := _number(value)) <= _WHOLE:
        raise ValueError
    return min(share, 1.0)


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
