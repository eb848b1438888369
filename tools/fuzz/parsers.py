"""What has to hold for everything the client reads, whatever the answer."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, is_dataclass
from functools import cache
import json
from math import isfinite
from pathlib import Path
import re
import traceback
from typing import Any

from custom_components.hiven import (
    api,
    binary_sensor,
    button,
    number,
    select,
    sensor,
    time as time_platform,
)
from custom_components.hiven.api import (
    HivenError,
    Preferences,
    Status,
    UnexpectedAnswerError,
    Vehicle,
    VehicleList,
    VehicleModel,
    capabilities_of,
)
from custom_components.hiven.api.parsing import Fields
from custom_components.hiven.changes import Change

from .garble import Json, texts_in

ENTITIES = (
    *binary_sensor.BINARY_SENSORS,
    *button.BUTTONS,
    *number.NUMBERS,
    *number.SOC_NUMBERS,
    *select.SELECTS,
    *sensor.SENSORS,
    *time_platform.TIMES,
)

# By the name of the answer it reads; each is given JSON and the endpoint's name.
PARSERS: dict[str, Callable[[Json, str], Any]] = {
    "list": VehicleList.from_json,
    "details": lambda answer, name: Vehicle.from_fields(Fields(answer, name)),
    "preferences": lambda answer, name: Preferences.from_fields(Fields(answer, name)),
    "status": Status.from_json,
    "models": lambda answer, name: VehicleModel.from_fields(Fields(answer, name)),
}
ENDPOINT = "GET /v0/the-endpoint"
_STATUS = re.compile(r"answered \d{3}$")
# A plan's hours are the names of its fields.
_HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def check_parser(name: str, answer: Json) -> None:
    """Check that an answer is read soundly, or refused without showing a value."""
    try:
        read = PARSERS[name](answer, ENDPOINT)
    except UnexpectedAnswerError as err:
        check_error(err, answer)
        return
    check_sound(read)
    again = PARSERS[name](answer, ENDPOINT)
    assert getattr(again, "vehicles", again) == getattr(read, "vehicles", read)
    for problem in getattr(read, "unreadable", {}).values():
        check_error(problem, answer)


def check_sound(read: Any) -> None:
    """Check that what was read can be stored, shown and sent back."""
    for leaf in _leaves(read):
        match leaf:
            case float():
                assert isfinite(leaf)
            case str():
                leaf.encode()
    match read:
        case Vehicle():
            assert read.id
            _check_vehicle(read)
        case VehicleList():
            for vehicle_id, vehicle in read.vehicles.items():
                assert vehicle.id == vehicle_id
                _check_vehicle(vehicle)
        case Preferences():
            update = Change(days={"MONDAY": None}).update_for(read)
            json.dumps(update.to_json(), allow_nan=False)


def check_error(err: HivenError, answer: Json, *secrets: str) -> None:
    """Check that an error shows nothing of the answer."""
    shown = "\n".join((*traceback.format_exception(err), repr(err), repr(vars(err))))
    shown.encode()
    message = _HOUR.sub("", _STATUS.sub("", str(err)))
    leaked = [
        text
        for text in {*texts_in(answer), *secrets}
        if len(text) > 2 and text in message and text not in _vocabulary()
    ]
    assert not leaked, f"{err} shows {leaked}"
    assert not [secret for secret in secrets if secret in shown]
    assert err.retry_after is None or 0 <= err.retry_after < float("inf")


def _check_vehicle(vehicle: Vehicle) -> None:
    for entity in ENTITIES:
        entity.value_fn(vehicle)
    json.dumps(asdict(vehicle), default=str, allow_nan=False)
    capabilities_of(vehicle.attributes, ())
    assert isinstance(vehicle.display_name, str)
    assert vehicle.display_name
    if vehicle.preferences is not None:
        check_sound(vehicle.preferences)


def _leaves(value: Any) -> Iterator[Any]:
    """Yield what dataclasses and containers hold, names of a mapping too."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from _leaves([*value, *value.values()])
    elif isinstance(value, (list, tuple, frozenset)):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


@cache
def _vocabulary() -> str:
    """Return the client's own texts: endpoints, fields, problems."""
    sources = Path(api.__file__).parent.glob("*.py")
    return "\n".join(
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ) + "\n".join((ENDPOINT, *(str(each) for each in HivenError.__subclasses__())))
