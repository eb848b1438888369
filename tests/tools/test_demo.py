"""What the demo computes by itself."""

from datetime import UTC, datetime
from pathlib import Path
import socket
from typing import Any

import pytest

from tools.demo.comparison import Row, compare, is_same, rows_as_table
from tools.demo.expected import EXPECTED, WITH_PRICES, Kind, Value
from tools.demo.log import complaints, tail
from tools.demo.ports import HOST, free_port, is_free
from tools.demo.registry import Entity

_MOMENT = datetime(2026, 11, 22, 8, 13, 7, tzinfo=UTC)
_ROOT = Path("/home/somebody/hiven")
_TIME = "2026-11-22 08:24:51.115+00:00"
_TRACEBACK = """\
Traceback (most recent call last):
  File "{root}/{path}", line 1, in <module>
ModuleNotFoundError: No module named 'gtts'"""


@pytest.fixture
def car() -> dict[str, Any]:
    """Return a car as the simulator describes it."""
    return {
        "id": "car-1",
        "soc": 46.5,
        "range": 221,
        "status": "CHARGING",
        "capacity": "75",
        "timestamp": "2026-11-22T08:13:07.512Z",
        "plugged_in": True,
        "preferences": {
            "chargingBehavior": "SMART_CHARGE_ANYWHERE",
            "targetSoC": {"value": 85, "unit": "PERCENT"},
            "readyTime": "07:30",
            "weekDaySpecificReadyTimes": {"SATURDAY": "10:00"},
        },
    }


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
        ("0.4", Kind.ENERGY, True),
        ("-1", Kind.ENERGY, False),
        ("unknown", Kind.ENERGY, False),
        ("unknown", Kind.MOMENT, True),
        ("2026-11-22T08:13:07+00:00", Kind.MOMENT, True),
        ("unavailable", Kind.MOMENT, False),
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
        "clear_weekday_ready_times": Kind.MOMENT,
        "next_charging_start": None,
        "next_charging_end": None,
        "planned_charging_time": None,
        "smart_charging_status": "charging_outside_plan",
        "settings_until": None,
        "spot_price_area": None,
        "energy_charged": Kind.ENERGY,
        "charging_plan": "off",
        "charging_session": Kind.MOMENT,
        "charge_now": "off",
        "not_ready_in_time": "off",
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


def test_the_planned_price_is_weighted_by_what_each_hour_charges(
    car: dict[str, Any],
) -> None:
    hours = ["2099-01-01T01:00:00Z", "2099-01-01T02:00:00Z"]
    car["prices"] = dict(zip(hours, (3.0, 6.0), strict=True))
    price = WITH_PRICES["planned_charging_price"]
    assert price(car) is None
    car["schedule"] = {"hourlyCharges": dict(zip(hours, (1.0, 0.5), strict=True))}
    assert price(car) == pytest.approx(0.04)


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
    rows = [Row("sensor.a", "1", "1", True), Row("sensor.bcd", "2", "3", False)]
    assert rows_as_table(rows).splitlines() == [
        "| entity     | Home Assistant | simulator |       |",
        "| ---------- | -------------- | --------- | ----- |",
        "| sensor.a   | 1              | 1         | ok    |",
        "| sensor.bcd | 2              | 3         | WRONG |",
    ]


def _record(level: str, text: str) -> str:
    return f"{_TIME} {level} (MainThread) {text}"


def test_only_warnings_and_errors_about_the_integration_count() -> None:
    mine = _record("WARNING", "[custom_components.hiven] Aurora cannot be read")
    log = [
        _record("INFO", "[custom_components.hiven] Aurora can be read again"),
        mine,
        _record("ERROR", "[homeassistant.components.met] No module named 'metno'"),
    ]
    assert complaints("\n".join(log), _ROOT) == [mine]


def test_what_is_said_about_every_custom_integration_does_not_count() -> None:
    log = _record(
        "WARNING",
        "[homeassistant.loader] We found a custom integration hiven which has not been",
    )
    assert complaints(log, _ROOT) == []


def test_tracebacks_count_but_not_the_folder_they_lie_in() -> None:
    error = _record("ERROR", "[homeassistant.helpers.entity] Update fails")
    other = _TRACEBACK.format(root=_ROOT, path=".venv/tts.py")
    mine = _TRACEBACK.format(root=_ROOT, path="custom_components/hiven/sensor.py")
    assert complaints(f"{error}\n{other}", _ROOT) == []
    (found,) = complaints(f"{error}\n{mine}", _ROOT)
    assert "/custom_components/hiven/sensor.py" in found


def test_tail(tmp_path: Path) -> None:
    log = tmp_path / "some.log"
    assert tail(log) == ""
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert "line 99" in tail(log)
    assert "line 1\n" not in tail(log)


def test_a_taken_port_is_left_alone() -> None:
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        port = server.getsockname()[1]
        assert not is_free(port)
        assert free_port(port) != port
    assert is_free(port)
    assert free_port(port) == port
