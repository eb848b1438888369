"""Compares Home Assistant with the simulator."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isclose

from tools.table import table

from .cloud import Truth
from .expected import WITH_PRICES, Kind, Value, is_disabled
from .registry import Entity

_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Row:
    """A row of the table, about one entity."""

    entity: str
    shown: str
    true: str
    ok: bool


def compare(
    car: Truth, entities: Iterable[Entity], states: Mapping[str, str]
) -> list[Row]:
    """Return a row for each entity a car has or should have."""
    by_key = {entity.key: entity for entity in entities}
    rows = [
        _row(car, entity, states.get(entity.entity_id))
        for entity in sorted(by_key.values(), key=lambda entity: entity.entity_id)
    ]
    missing = sorted(WITH_PRICES.keys() - by_key)
    return [*rows, *(Row(key, "no such entity", "", False) for key in missing)]


def _row(car: Truth, entity: Entity, state: str | None) -> Row:
    name, key = entity.entity_id, entity.key
    if key not in WITH_PRICES:
        return Row(name, str(state), "(the demo knows no such entity)", False)
    value = WITH_PRICES[key](car)
    if entity.disabled_by is not None:
        by_design = entity.disabled_by == "integration" and is_disabled(key, car)
        return Row(name, f"disabled by {entity.disabled_by}", as_text(value), by_design)
    if state is None:
        return Row(name, "no state", as_text(value), False)
    return Row(name, state, as_text(value), is_same(state, value))


def is_same(state: str, value: Value) -> bool:
    """Return whether a state matches a value."""
    try:
        match value:
            case None:
                return state == _UNKNOWN
            case float():
                return isclose(float(state), value)
            case datetime():
                return datetime.fromisoformat(state) == value
            case Kind.ENERGY:
                return float(state) >= 0
            case Kind.MOMENT:
                return state == _UNKNOWN or bool(datetime.fromisoformat(state))
    except ValueError:
        return False
    return state == value


def as_text(value: Value) -> str:
    """Return a value as text for the table."""
    match value:
        case None:
            return "(nothing)"
        case float():
            return f"{value:g}"
        case datetime():
            return value.isoformat()
        case Kind():
            return value.value
    return value


def rows_as_table(rows: list[Row]) -> str:
    """Return the rows as text."""
    return table(
        ("entity", "Home Assistant", "simulator", ""),
        [
            (row.entity, row.shown, row.true, "ok" if row.ok else "WRONG")
            for row in rows
        ],
    )
