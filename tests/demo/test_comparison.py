"""What counts as equal."""

from datetime import UTC, datetime
from typing import Any

import pytest

from demo.comparison import Row, compare, is_same, table
from demo.expected import EXPECTED, Value
from demo.registry import Entity

_MOMENT = datetime(2026, 11, 22, 8, 13, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "value", "same"),
    [
        ("46.5", 46.5, True),
        ("46.4", 46.5, False),
        ("unavailable", 46.5, False),
        ("2026-11-22T08:13:07+00:00", _MOMENT, True),
        ("2026-11-22T10:13:07+02:00", _MOMENT, True),
        ("2026-11-22T08:13:08+00:00", _MOMENT, False),
        ("unknown", _MOMENT, False),
        ("charging", "charging", True),
        ("plugged", "charging", False),
        ("unknown", None, True),
        ("unavailable", None, False),
        ("0", None, False),
    ],
)
def test_is_same(state: str, value: Value, same: bool) -> None:
    assert is_same(state, value) is same


def test_every_entity_is_expected_to_show_something(car: dict[str, Any]) -> None:
    shown = {key: value(car) for key, value in EXPECTED.items()}
    del shown["next_ready_time"]  # depends on the time of day
    assert shown == {
        "state_of_charge": 46.5,
        "range": 221.0,
        "charging_status": "charging",
        "battery_capacity": 75.0,
        "last_reported": _MOMENT,
        "charging": "on",
        "plugged_in": "on",
        "charging_behavior": "smart_charge_anywhere",
        "target_soc": 85.0,
        "minimum_soc": None,
        "battery_capacity_override": None,
        "ready_time": "07:30:00",
        "ready_time_monday": None,
        "ready_time_tuesday": None,
        "ready_time_wednesday": None,
        "ready_time_thursday": None,
        "ready_time_friday": None,
        "ready_time_saturday": "10:00:00",
        "ready_time_sunday": None,
        "clear_weekday_ready_times": None,
        "next_charging_start": None,
        "next_charging_end": None,
        "planned_charging_time": None,
        "spot_price_area": None,
        "charging_plan": "off",
    }
    assert isinstance(EXPECTED["next_ready_time"](car), datetime)


def test_a_car_without_preferences_charges_at_once(car: dict[str, Any]) -> None:
    car["preferences"] = None
    assert EXPECTED["charging_behavior"](car) == "smart_charge_off"
    assert EXPECTED["next_ready_time"](car) is None


def test_the_capacity_people_entered_counts_where_the_car_tells_none(
    car: dict[str, Any],
) -> None:
    car["capacity"] = None
    car["preferences"]["batteryCapacity"] = 77
    assert EXPECTED["battery_capacity"](car) == 77.0


def _rows(
    car: dict[str, Any], *entities: Entity, **states: str
) -> dict[str, tuple[str, bool]]:
    return {
        row.entity: (row.shown, row.ok)
        for row in compare(
            car,
            entities,
            {
                entity_id.replace("__", "."): state
                for entity_id, state in states.items()
            },
        )
    }


def test_compare(car: dict[str, Any]) -> None:
    rows = _rows(
        car,
        Entity("state_of_charge", "sensor.soc", None),
        Entity("range", "sensor.range", None),
        Entity("target_soc", "number.target", None),
        Entity("minimum_soc", "number.minimum", "user"),
        Entity("battery_capacity_override", "number.override", "integration"),
        Entity("brand_new", "sensor.new", None),
        sensor__soc="46.5",
        sensor__range="1",
        sensor__new="1",
    )
    assert rows["sensor.soc"] == ("46.5", True)
    assert rows["sensor.range"] == ("1", False)
    assert rows["number.target"] == ("no state", False)
    assert rows["number.minimum"] == ("disabled by user", False)
    assert rows["number.override"] == ("disabled by integration", True)
    assert rows["sensor.new"] == ("1", False)
    assert rows["charging"] == ("no such entity", False)


def test_an_entity_a_car_needs_may_not_be_disabled(car: dict[str, Any]) -> None:
    car["capacity"] = None
    override = Entity("battery_capacity_override", "number.override", "integration")
    assert _rows(car, override)["number.override"][1] is False


def test_table() -> None:
    text = table([Row("sensor.a", "1", "1", True), Row("sensor.bcd", "2", "3", False)])
    assert text.splitlines() == [
        "entity      Home Assistant  simulator",
        "sensor.a    1               1          ok",
        "sensor.bcd  2               3          WRONG",
    ]
