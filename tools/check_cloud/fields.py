"""Walks answers field by field, and finds documented fields that are missing."""

from collections.abc import Iterator, Mapping
from typing import Any

from custom_components.hiven.api import Endpoint

from .documented import FIELDS, NULLABLE, PLAN, WEEK
from .listening import Heard


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every field with its path; rows and the keys of a plan or week are `[]`."""
    if isinstance(value, Mapping):
        is_map = path.rpartition(".")[2] in (PLAN, WEEK)
        for name, inner in value.items():
            place = f"{path}[]" if is_map else f"{path}.{name}" if path else name
            yield place, inner
            yield from walk(inner, place)
    elif isinstance(value, list):
        for row in value:
            yield from walk(row, f"{path}[]")


def absent(endpoint: Endpoint, heard: Heard) -> dict[str, list[str]]:
    """Return the documented fields that never have a value, by what is there instead."""
    answers = [answer for answer in heard.answers if answer]
    found: dict[str, set[str]] = {}
    for answer in answers:
        for path, value in walk(answer):
            found.setdefault(path, set()).add(_kind(value))
    result: dict[str, list[str]] = {}
    for path in FIELDS[endpoint]:
        parent = path.rpartition(".")[0]
        is_top = parent in ("", "[]")
        if not (answers if is_top else "value" in found.get(parent, ())):
            continue
        kinds = found.get(path, {"missing"})
        if "value" not in kinds and not (path in NULLABLE and kinds == {"null"}):
            result.setdefault(" or ".join(sorted(kinds)), []).append(path)
    return result


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str) and not value.strip():
        return "empty text"
    return "value"
