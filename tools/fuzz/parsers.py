"""Checks what must be true for everything that the client reads."""

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
    number,
    select,
    sensor,
    time as time_platform,
)
from custom_components.hiven.api import (
    Endpoint,
    HivenError,
    Journal,
    Preferences,
    Schedule,
    Status,
    UnexpectedAnswerError,
    Vehicle,
    VehicleList,
    VehicleModel,
    models_of,
)
from custom_components.hiven.api.parsing import Fields
from custom_components.hiven.api.transport import Answer
from custom_components.hiven.car import car_of
from custom_components.hiven.entity import HivenEntityDescription
from custom_components.hiven.plan import Plan
from custom_components.hiven.preferences import Change
from custom_components.hiven.state import VehicleState

from .garble import Json, texts_in

ENTITIES: tuple[HivenEntityDescription[Any], ...] = (
    *binary_sensor.BINARY_SENSORS,
    *number.CAPACITY_NUMBERS,
    *number.SOC_NUMBERS,
    *select.SELECTS,
    *sensor.SENSORS,
    *time_platform.TIMES,
)
CAR = "car-1"


def _of_object(
    read: Callable[[Fields], Any],
) -> Callable[[Json, str, Journal], Any]:
    return lambda answer, name, journal: read(Fields.of_answer(answer, name, journal))


# Parsers by the name of the answer; each gets JSON and the endpoint's name.
PARSERS: dict[str, Callable[[Json, str, Journal], Any]] = {
    "list": VehicleList.from_json,
    "details": _of_object(lambda fields: Vehicle.from_fields(fields, CAR)),
    "preferences": _of_object(Preferences.from_fields),
    "status": Status.from_json,
    "schedule": _of_object(Schedule.from_fields),
    "models": _of_object(VehicleModel.from_fields),
}
ENDPOINT = "GET /v0/the-endpoint"
_STATUS = re.compile(r"answered \d{3}$")
# In a plan, the hours are field names.
_HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def check_parser(name: str, answer: Json) -> None:
    """Check that an answer is read correctly, or refused without showing a value."""
    # As the client reads it: JSON cannot contain NaN or infinity.
    sent = Answer(Endpoint.VEHICLES, 200, json.dumps(answer).encode())
    answer = sent.json()
    journal = Journal()
    try:
        read = PARSERS[name](answer, ENDPOINT, journal)
    except UnexpectedAnswerError as err:
        check_error(err, answer)
        return
    check_sound(read)
    assert PARSERS[name](answer, ENDPOINT, Journal()) == read
    for oddity in journal.oddities:
        assert oddity.endpoint == ENDPOINT
        assert not _leaked(oddity.field, answer), oddity


def check_sound(read: Any) -> None:
    """Check that the result can be stored, shown and sent back."""
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
            update = Change(days={"MONDAY": None}).update_for(read, is_whole=True)
            json.dumps(update.to_json())
        case Schedule():
            windows = Plan(read).windows
            assert all(each.start < each.end for each in windows)


def check_error(err: HivenError, answer: Json, *secrets: str) -> None:
    """Check that an error does not show parts of the answer."""
    shown = "\n".join((*traceback.format_exception(err), repr(err), repr(vars(err))))
    shown.encode()
    leaked = _leaked(_STATUS.sub("", str(err)), answer, *secrets)
    assert not leaked, f"{err} shows {leaked}"
    assert not [secret for secret in secrets if secret in shown]
    assert err.retry_after is None or 0 <= err.retry_after < float("inf")


def _leaked(shown: str, answer: Json, *secrets: str) -> list[str]:
    """Return the texts of an answer that appear in a text."""
    shown = _HOUR.sub("", shown)
    return [
        text
        for text in {*texts_in(answer), *secrets}
        if len(text) > 2 and text in shown and text not in _vocabulary()
    ]


def _check_vehicle(vehicle: Vehicle) -> None:
    state = VehicleState(
        vehicle=vehicle,
        preferences=vehicle.preferences,
        status=None,
        reported_at=None,
        has_fresh_status=False,
        is_listed=True,
        needs_sign_in=False,
    )
    car = car_of(state, None, None, None, None, is_plan_known=False, prices=None)
    for entity in ENTITIES:
        entity.value_fn(car)
    json.dumps(asdict(vehicle), default=str, allow_nan=False)
    models_of(vehicle.attributes, ())
    assert isinstance(vehicle.display_name, str)
    assert vehicle.display_name
    if vehicle.preferences is not None:
        check_sound(vehicle.preferences)


def _leaves(value: Any) -> Iterator[Any]:
    """Yield the values in dataclasses and containers, including the keys of mappings."""
    if is_dataclass(value):
        for field in fields(value):
            # Raw data may contain anything.
            if field.name != "raw":
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
    """Return the client's own texts: endpoints, fields and problems."""
    sources = Path(api.__file__).parent.glob("*.py")
    return "\n".join(
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ) + "\n".join((ENDPOINT, *(str(each) for each in HivenError.__subclasses__())))
