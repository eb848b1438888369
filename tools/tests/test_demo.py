"""The comparisons, the log check and the ports of the demo."""

from datetime import UTC, datetime
from pathlib import Path
import socket
from typing import Any

import pytest

from tools.demo.comparison import compare, is_same
from tools.demo.expected import EXPECTED, WITH_PRICES, Kind, Value
from tools.demo.log import complaints, tail
from tools.demo.ports import HOST, free_port, is_free
from tools.demo.registry import Entity

_MOMENT = datetime(2026, 11, 22, 8, 13, 7, tzinfo=UTC)
_ROOT = Path("/home/somebody/hiven")
_TRACEBACK = f"""\
[homeassistant.helpers.entity] Update fails
Traceback (most recent call last):
  File "{_ROOT}/{{path}}", line 1, in <module>
ModuleNotFoundError: No module named 'gtts'"""


@pytest.fixture
def car() -> dict[str, Any]:
    return {
        "id": "car-1", "soc": 46.5, "range": 221, "status": "CHARGING",
        "capacity": "75", "timestamp": "2026-11-22T08:13:07.512Z", "plugged_in": True,
        "preferences": {
            "chargingBehavior": "SMART_CHARGE_ANYWHERE", "readyTime": "07:30",
            "targetSoC": {"value": 85, "unit": "PERCENT"},
            "weekDaySpecificReadyTimes": {"SATURDAY": "10:00"},
        },
    }  # fmt: skip


@pytest.mark.parametrize(("state", "value", "same"), [
    *(("46.5", 46.5, True), ("46.4", 46.5, False), ("unavailable", 46.5, False)),
    ("2026-11-22T08:13:07+00:00", _MOMENT, True),
    ("2026-11-22T10:13:07+02:00", _MOMENT, True),
    ("2026-11-22T08:13:08+00:00", _MOMENT, False),
    *(("unknown", _MOMENT, False), ("unknown", None, True), ("0", None, False)),
    *(("charging", "charging", True), ("plugged", "charging", False)),
    *(("0.4", Kind.ENERGY, True), ("-1", Kind.ENERGY, False)),
    *(("unknown", Kind.ENERGY, False), ("unknown", Kind.MOMENT, True)),
    ("2026-11-22T08:13:07+00:00", Kind.MOMENT, True),
    *(("unavailable", None, False), ("unavailable", Kind.MOMENT, False)),
])  # fmt: skip
def test_is_same(state: str, value: Value, same: bool) -> None:
    assert is_same(state, value) is same


def test_what_a_car_does_not_have(car: dict[str, Any]) -> None:
    """People may enter the capacity. Without preferences, the car charges at once."""
    car["capacity"] = None
    car["preferences"]["batteryCapacity"] = 77
    assert EXPECTED["battery_capacity"](car) == 77.0
    car["preferences"] = None
    assert EXPECTED["charging_behavior"](car) == "smart_charge_off"
    assert EXPECTED["next_ready_time"](car) is None


def test_the_planned_price_is_weighted_by_each_hours_share(car: dict[str, Any]) -> None:
    hours = ["2099-01-01T01:00:00Z", "2099-01-01T02:00:00Z"]
    car["prices"] = dict(zip(hours, (3.0, 6.0), strict=True))
    price = WITH_PRICES["planned_charging_price"]
    assert price(car) is None
    car["schedule"] = {"hourlyCharges": dict(zip(hours, (1.0, 0.5), strict=True))}
    assert price(car) == pytest.approx(0.04)


def test_compare(car: dict[str, Any]) -> None:
    states = {"sensor.soc": "46.5", "sensor.range": "1", "sensor.new": "1"}
    entities = [
        Entity("state_of_charge", "sensor.soc", None),
        Entity("range", "sensor.range", None),
        Entity("target_soc", "number.target", None),
        Entity("minimum_soc", "number.minimum", "user"),
        Entity("battery_capacity_override", "number.override", "integration"),
        Entity("brand_new", "sensor.new", None),
    ]
    rows = {row.entity: (row.shown, row.ok) for row in compare(car, entities, states)}
    assert rows["sensor.soc"] == ("46.5", True)
    assert rows["sensor.range"] == rows["sensor.new"] == ("1", False)
    assert rows["number.target"] == ("no state", False)
    assert rows["number.minimum"] == ("disabled by user", False)
    assert rows["number.override"] == ("disabled by integration", True)
    assert rows["charging"] == ("no such entity", False)
    # An entity a car needs may not be disabled.
    car["capacity"] = None
    rows = {row.entity: (row.shown, row.ok) for row in compare(car, entities, states)}
    assert rows["number.override"] == ("disabled by integration", False)


@pytest.mark.parametrize(("level", "text", "counts"), [
    ("WARNING", "[custom_components.hiven] Aurora cannot be read", True),
    ("INFO", "[custom_components.hiven] Aurora can be read again", False),
    ("ERROR", "[homeassistant.components.met] No module named 'metno'", False),
    # Home Assistant logs this for every custom integration.
    ("WARNING", "[homeassistant.loader] We found a custom integration hiven", False),
    # A traceback counts if it names the integration, not only this repository.
    ("ERROR", _TRACEBACK.format(path=".venv/tts.py"), False),
    ("ERROR", _TRACEBACK.format(path="custom_components/hiven/sensor.py"), True),
])  # fmt: skip
def test_what_counts_as_a_complaint(level: str, text: str, *, counts: bool) -> None:
    record = f"2026-11-22 08:24:51.115+00:00 {level} (MainThread) {text}"
    assert len(complaints(record, _ROOT)) == counts


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
