"""Strict checks of requests to the cloud."""

from collections.abc import Callable, Mapping
from typing import Any

type Check = Callable[[str, Any], None]


class Refusal(Exception):
    """A refusal of a request."""

    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        """Refuse with an HTTP status, a reason and the field it concerns."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field

    def body(self, reason_in: str = "message") -> dict[str, str]:
        """Return the answer, with the reason in that field."""
        body = {reason_in: self.message}
        return body if self.field is None else {**body, "field": self.field}


def bad(field: str, problem: str) -> Refusal:
    """Return the refusal of a field."""
    return Refusal(400, f"{field} {problem}", field)


def is_number(value: object) -> bool:
    """Return whether it is a number, but not a boolean."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def text(field: str, value: Any) -> None:
    """Check that it is text, and not empty."""
    if not isinstance(value, str):
        raise bad(field, "must be a string")
    if not value.strip():
        raise bad(field, "must not be empty")


def boolean(field: str, value: Any) -> None:
    """Check that it is true or false."""
    if not isinstance(value, bool):
        raise bad(field, "must be true or false")


def one_of(*allowed: str) -> Check:
    """Return a check that the value is one of these words."""

    def check(field: str, value: Any) -> None:
        if not isinstance(value, str) or value not in allowed:
            raise bad(field, f"must be one of {', '.join(allowed)}")

    return check


def number(low: float, high: float, *, above: bool = False) -> Check:
    """Return a check for a number from `low` (or above it) to `high`."""

    def check(field: str, value: Any) -> None:
        if not is_number(value):
            raise bad(field, "must be a number")
        if not low <= value <= high or (above and value == low):
            begin = f"above {low:g}" if above else f"from {low:g}"
            raise bad(field, f"must be {begin} to {high:g}")

    return check


def list_of(item: Check) -> Check:
    """Return a check for a list."""

    def check(field: str, value: Any) -> None:
        if not isinstance(value, list):
            raise bad(field, "must be a list")
        for index, each in enumerate(value):
            item(f"{field}[{index}]", each)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """Return a check for an object that has these fields and no others."""

    def check(field: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise bad(field, "must be an object")
        prefix = "" if field == BODY else f"{field}."
        for name in required:
            if name not in value:
                raise bad(prefix + name, "is required")
        for name, each in value.items():
            rule = required.get(name) or optional.get(name)
            if rule is None:
                raise bad(prefix + name, "is not known")
            rule(prefix + name, each)

    return check


BODY = "body"
"""The name of the whole body, which is left out before its fields."""
