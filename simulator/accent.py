"""The format of answers: as documented, and in dialects."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
import re
from typing import Any
from zoneinfo import ZoneInfo

from .preferences import OPTIONAL, WEEK
from .ways import Ways

type Json = dict[str, Any] | list[Any] | str | int | float | bool | None

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_TIME = re.compile(r"\d?\d:\d\d(:\d\d)?")

# Fields with enum values.
_ENUMS = {
    *("type", "integration", "deviceType", "engineType", "capabilities"),
    *("chargingBehavior", "unit", "chargingStatus", "status"),
}
# Fields that a client does not need. They have no value if `without_value` is set.
_NOT_NEEDED = {
    *("associatedToCharger", "associatedChargerIds", "createdAt", "timeZone"),
    *("partnerId", "partnerName", "externalId", "vin", "year", "engineType"),
    *("deviceType", "locationSupported"),
}
_LISTS = {"associatedChargerIds", "chargingLocationIds"}
_NUMBERS = {"value", "batteryCapacity", "latitude", "longitude"}


def spoken(answer: Json, ways: Ways, zone: ZoneInfo) -> Json:
    """Return a documented answer in the cloud's format."""
    if ways.without_value != "documented":
        answer = _without_values(answer, ways)
    if ways.lower_case:
        answer = _words(answer, str.lower)
    if ways.times != "documented":
        answer = _texts(answer, lambda text: _time_of_day(text, ways))
    if ways.timestamps != "documented":
        answer = _texts(answer, lambda text: _timestamp(text, ways, zone))
    return quoted(answer) if ways.quoted_numbers else answer


def understood(body: Json, ways: Ways) -> Json:
    """Return a request in the documented format. Dialects also accept their own."""
    if ways.without_value not in {"documented", "missing"}:
        body = _dropped(body, ways)
    if ways.lower_case:
        body = _words(body, str.upper)
    if ways.times != "documented":
        body = _texts(body, _documented_time)
    return _unquoted(body) if ways.quoted_numbers else body


def quoted(value: Any) -> Any:
    """Write numbers and booleans as text, like the placeholders in the documentation."""
    match value:
        case dict():
            return {key: quoted(each) for key, each in value.items()}
        case list():
            return [quoted(each) for each in value]
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value).removesuffix(".0")
    return value


def _unquoted(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: _number(each) if key in _NUMBERS else _unquoted(each)
                for key, each in value.items()
            }
        case list():
            return [_unquoted(each) for each in value]
    return value


def _number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _texts(value: Any, change: Callable[[str], Any]) -> Any:
    """Change all texts. Keys also change, but stay text."""
    match value:
        case dict():
            return {
                str(change(key)): _texts(each, change) for key, each in value.items()
            }
        case list():
            return [_texts(each, change) for each in value]
        case str():
            return change(value)
    return value


def _timestamp(text: str, ways: Ways, zone: ZoneInfo) -> str | int:
    if not _TIMESTAMP.fullmatch(text):
        return text
    moment = datetime.fromisoformat(text).astimezone(UTC)
    match ways.timestamps:
        case "offset":
            return moment.astimezone(zone).isoformat(timespec="milliseconds")
        case "naive":
            return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
        case "whole":
            return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        case "seconds":
            return int(moment.timestamp())
    return int(moment.timestamp() * 1000)


def _time_of_day(text: str, ways: Ways) -> str:
    if not _TIME.fullmatch(text):
        return text
    return text.removeprefix("0") if ways.times == "short" else f"{text}:00"


def _documented_time(text: str) -> str:
    if not _TIME.fullmatch(text):
        return text
    hour, minute = text.split(":")[:2]
    return f"{hour:0>2}:{minute}"


def _words(value: Any, change: Callable[[str], str], *, is_word: bool = False) -> Any:
    """Change the case of enum values and of the days of the week."""
    match value:
        case dict():
            return {
                key: {change(day): time for day, time in each.items()}
                if key == WEEK and isinstance(each, dict)
                else _words(each, change, is_word=key in _ENUMS)
                for key, each in value.items()
            }
        case list():
            return [_words(each, change, is_word=is_word) for each in value]
        case str() if is_word:
            return change(value)
    return value


def _without_values(value: Any, ways: Ways) -> Any:
    """Write missing values the way the dialect does."""
    if isinstance(value, list):
        return [_without_values(each, ways) for each in value]
    if not isinstance(value, dict):
        return value
    known: dict[str, Any] = dict(value)
    if "chargingBehavior" in known:
        known = {**dict.fromkeys(OPTIONAL), **known}
    if "locationSupported" in known:
        known.setdefault("chargingPreferences", None)
    result = {}
    for name, each in known.items():
        inside = None if name in _NOT_NEEDED else _without_values(each, ways)
        if inside is not None and not (name == "settings" and not inside):
            result[name] = inside
        elif ways.without_value != "missing":
            result[name] = _no_value(name, ways)
    return result


def _no_value(name: str, ways: Ways) -> Json:
    match ways.without_value:
        case "empty":
            return ""
        case "typed":
            return {} if name in _LISTS else []
    return None


def _dropped(body: Json, ways: Ways) -> Json:
    """Remove fields without a value."""
    if not isinstance(body, Mapping):
        return body
    return {
        name: value
        for name, value in body.items()
        if name not in OPTIONAL or value != _no_value(name, ways)
    }
