"""Cars as the simulator tells about them."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _integration() -> None:
    """Do without Home Assistant, which the other tests set up."""


@pytest.fixture
def car() -> dict[str, Any]:
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
