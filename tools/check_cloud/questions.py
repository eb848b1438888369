"""Answers to the questions that Hiven's documentation leaves open."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
import re
from typing import Any

from custom_components.hiven.api import Endpoint

from .documented import FIELDS, PLAN, WEEK
from .fields import absent, walk
from .listening import Heard

type Answers = Mapping[Endpoint, Heard]

_CONSTANTS = {
    *("type", "integration", "engineType", "deviceType", "chargingBehavior", "unit"),
    *("chargingStatus", "status"),
}
_NUMBERS = {
    *("year", "value", "latitude", "longitude", "soc", "range", "start", "end"),
    *("associatedToCharger", "locationSupported"),
}
_MOMENTS = {"createdAt", "timestamp", "endDateTime"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_MILLISECONDS_FROM = 10**11


def answered(heard: Answers) -> dict[str, str]:
    """Return each question with its answer; "not seen" if there is none."""
    found: dict[str, Iterable[str]] = {
        "Timestamps": map(_moment, _moments(heard)),
        "Times of day": map(_time_of_day, _times_of_day(heard)),
        "Constants and units": map(_case, _constants(heard)),
        "Numbers and booleans": map(_quoting, _named(heard, _NUMBERS)),
        "Battery capacity in the telemetry": (
            "text" if isinstance(value, str) else "number"
            for status in _objects(heard, Endpoint.STATUS)
            if _is_scalar(value := status.get("batteryCapacity"))
        ),
        "Fields without a value": (
            kind for endpoint in FIELDS for kind in absent(endpoint, heard[endpoint])
        ),
        "Where preferences stand": _preferences_in(heard),
        "No preferences": _nothing(heard[Endpoint.PREFERENCES]),
        "No plan": _nothing(heard[Endpoint.SCHEDULE]),
        "Slots of a plan": _slots(heard),
        "Rows of the model list": _models(heard[Endpoint.MODELS]),
    }
    return {
        question: ", ".join(sorted({*answers})) or "not seen"
        for question, answers in found.items()
    }


def _objects(heard: Answers, *endpoints: Endpoint) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in the answers, including rows of lists."""
    for endpoint in endpoints:
        for answer in heard[endpoint].answers:
            rows = answer if isinstance(answer, list) else [answer]
            yield from (row for row in rows if isinstance(row, Mapping))


def _named(heard: Answers, names: set[str]) -> Iterator[Any]:
    """Yield the values of fields with these names, anywhere."""
    for each in heard.values():
        for path, value in walk(each.answers):
            if path.rpartition(".")[2] in names and _is_scalar(value):
                yield value


def _is_scalar(value: Any) -> bool:
    """Return whether it is a single value; others are reported as odd or absent."""
    return value not in (None, "") and isinstance(value, str | int | float)


def _plans(heard: Answers) -> Iterator[Mapping[str, Any]]:
    return _objects(heard, Endpoint.SCHEDULE, Endpoint.SESSIONS)


def _slot_names(heard: Answers) -> Iterator[str]:
    for plan in _plans(heard):
        if isinstance(slots := plan.get(PLAN), Mapping):
            yield from slots


def _moments(heard: Answers) -> Iterator[Any]:
    yield from _named(heard, _MOMENTS)
    yield from _slot_names(heard)
    for plan in _plans(heard):
        if _is_scalar(ready := plan.get("readyTime")):
            yield ready


def _moment(value: Any) -> str:
    if isinstance(value, str) and (iso := _ISO.fullmatch(value)):
        zone = {None: "without a zone", "Z": "with Z"}.get(iso[2], "with an offset")
        return f"ISO 8601 {zone}"
    if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)):
        return "another form"
    unit = "milliseconds" if float(value) >= _MILLISECONDS_FROM else "seconds"
    return f"epoch {unit}"


def _times_of_day(heard: Answers) -> Iterator[Any]:
    for endpoint in (Endpoint.VEHICLES, Endpoint.VEHICLE, Endpoint.PREFERENCES):
        for path, value in walk(heard[endpoint].answers):
            if path.endswith(("readyTime", f"{WEEK}[]")) and _is_scalar(value):
                yield value


def _time_of_day(value: Any) -> str:
    for form, example in (
        (r"\d\d:\d\d", "07:30"),
        (r"\d:\d\d", "7:30"),
        (r"\d?\d:\d\d:\d\d.*", "07:30:00"),
    ):
        if isinstance(value, str) and re.fullmatch(form, value):
            return f"like {example}"
    return "another form"


def _constants(heard: Answers) -> Iterator[Any]:
    yield from _named(heard, _CONSTANTS)
    for model in _objects(heard, Endpoint.MODELS):
        if isinstance(can := model.get("capabilities"), list):
            yield from can


def _case(value: Any) -> str:
    return "upper case" if str(value).isupper() else "not upper case"


def _quoting(value: Any) -> str:
    return "as text" if isinstance(value, str) else "without quotes"


def _preferences_in(heard: Answers) -> Iterator[str]:
    for endpoint, place in (
        (Endpoint.VEHICLES, "list"),
        (Endpoint.VEHICLE, "details"),
    ):
        for vehicle in _objects(heard, endpoint):
            settings = vehicle.get("settings")
            if isinstance(settings, Mapping) and settings.get("chargingPreferences"):
                yield place
    if any(_objects(heard, Endpoint.PREFERENCES)):
        yield "resource"


def _nothing(heard: Heard) -> Iterator[str]:
    if heard.missing:
        yield "404"
    for answer in heard.answers:
        match answer:
            case None:
                yield "null or no body"
            case "":
                yield "empty text"
            case {}:
                if not answer:
                    yield "{}"


def _slots(heard: Answers) -> Iterator[str]:
    for name in _slot_names(heard):
        text = str(name)
        if iso := re.search(r"T\d\d:(\d\d)", text):
            is_whole = iso[1] == "00"
        elif _NUMBER.fullmatch(text):
            seconds = float(text)
            seconds /= 1000 if seconds >= _MILLISECONDS_FROM else 1
            is_whole = not seconds % 3600
        else:
            continue
        yield "whole hours" if is_whole else "quarters of an hour"


def _models(heard: Heard) -> Iterator[str]:
    rows = Counter(
        str([row.get(name) for name in ("make", "model", "yearRange")])
        for answer in heard.answers
        if isinstance(answer, list)
        for row in answer
        if isinstance(row, Mapping)
    )
    if rows:
        is_doubled = max(rows.values()) > 1
        yield "several for one model" if is_doubled else "one for each model"
