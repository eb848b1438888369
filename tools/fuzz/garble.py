"""Unexpected JSON, and real answers with errors."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import strategies as st

type Json = Any
type Path = tuple[str | int, ...]
type Kind = Literal["replace", "delete", "repeat", "move", "quote"]

# Values that a parser might misread.
ODD_TEXTS = (
    *("", " ", ".", "..", "../x", "%2e%2e", "a/b?c#d", "\ud800", "\x00", "ä" * 300),
    *("0", "-1", "1e999", "nan", "Infinity", "1_000", "٣", "0x10", "9" * 400, "12.5"),
    *("24:00", "07:60", "07:30:45", "07:30+02:00", "T07:30", "00:00", "7:30"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30", "W07"),
    *("true", "False", "null", "EV", "CHARGER", "SMART_CHARGE_SOLAR", "MILES"),
    *("HOLIDAY", "MONDAY", "CHARGING", "https://", "http://127.0.0.1:x/", "//[::1"),
)
ODD_NUMBERS = (0, -1, 0.5, 100.00001, 2**63, 10**30, 10**400, -0.0, 1e308, 5e-324)
NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))

_TEXTS = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(st.characters(), max_size=20),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.times().map(lambda at: at.isoformat()),
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(ODD_NUMBERS + NOT_NUMBERS),
    _TEXTS,
)
JSONS: st.SearchStrategy[Json] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=4)
    ),
    max_leaves=8,
)


@dataclass(frozen=True)
class Wrong:
    """One error in an answer.

    `at` and `other` choose among the paths in the answer.
    """

    kind: Kind
    at: int
    other: int
    value: Json


WRONGS: st.SearchStrategy[tuple[Wrong, ...]] = st.lists(
    st.builds(
        Wrong,
        kind=st.sampled_from(
            ("replace", "replace", "delete", "repeat", "move", "quote")
        ),
        at=st.integers(0, 199),
        other=st.integers(0, 199),
        # Mostly small values, because whole objects hide errors inside them.
        value=_LEAVES | JSONS,
    ),
    min_size=1,
    max_size=4,
).map(tuple)


def garbled(
    answer: Json,
    wrongs: tuple[Wrong, ...],
    spare: Callable[[Path], bool] = lambda _: False,
) -> Json:
    """Return an answer with errors, except in protected paths."""
    root = [deepcopy(answer)]
    for wrong in wrongs:
        places = [place for place in _places(root[0]) if not spare(place)]
        if places:
            _spoil(root, (0, *places[wrong.at % len(places)]), wrong)
    return root[0] if root else None


def texts_in(value: Json) -> set[str]:
    """Return all texts, field names and numbers of an answer, as texts."""
    match value:
        case dict():
            return {*map(str, value)}.union(*map(texts_in, value.values()))
        case list():
            return set[str]().union(*map(texts_in, value))
        case str() | float():
            return {str(value)}
        case int() if value.bit_length() < 1000:
            return {str(value)}
    return set()


def _places(value: Json, path: Path = ()) -> list[Path]:
    """Return the paths of all values in JSON."""
    inner: list[tuple[str | int, Json]] = []
    match value:
        case dict():
            inner = list(value.items())
        case list():
            inner = [*enumerate(value)]
    return [path, *(each for key, it in inner for each in _places(it, (*path, key)))]


def _at(value: Any, path: Path) -> Json:
    for key in path:
        value = value[key]
    return value


def _spoil(root: list[Json], path: Path, wrong: Wrong) -> None:
    """Change the value at a path; `root` is a list that contains the answer."""
    *way, last = path
    holder = _at(root, tuple(way))
    is_list = isinstance(holder, list)
    match wrong.kind:
        case "replace":
            holder[last] = wrong.value
        case "delete" if len(path) > 1:
            del holder[last]
        case "repeat" if is_list and len(path) > 1:
            holder.insert(int(last), deepcopy(holder[last]))
        case "repeat" if not is_list:
            holder[str(wrong.value)] = deepcopy(holder[last])
        case "move":
            places = _places(root[0])
            holder[last] = deepcopy(_at(root[0], places[wrong.other % len(places)]))
        case "quote" if isinstance(holder[last], (bool, int, float)):
            holder[last] = str(holder[last])
        case _:
            holder[last] = None
