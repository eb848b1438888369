"""Target, minimum, battery capacity."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from simulator import Car, Simulator

from .actions import CAPACITY, MINIMUM, TARGET, pass_time, set_number, shown
from .platforms import SnapshotOfPlatform, Start

FIELDS = {TARGET: "targetSoC", MINIMUM: "minimalSoC"}
PERCENT = {
    "device_class": "battery",
    "unit_of_measurement": "%",
    "min": 0,
    "max": 100,
    "step": 1,
}
KM = {
    "device_class": "distance",
    "unit_of_measurement": "km",
    "min": 0,
    "max": 1000,
    "step": 1,
}


class TestSnapshot(SnapshotOfPlatform):
    """The numbers of a car."""

    platform = Platform.NUMBER


def soc(value: float, unit: str) -> dict[str, Any]:
    """Return a state of charge as Hiven writes it."""
    return {"value": value, "unit": unit}


def scale(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return class, unit, range and step."""
    state = hass.states.get(entity_id)
    assert state is not None
    return {name: state.attributes.get(name) for name in PERCENT}


@pytest.mark.parametrize(("entity_id", "other"), [(TARGET, MINIMUM), (MINIMUM, TARGET)])
async def test_each_follows_the_unit_hiven_holds_it_in(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    entity_id: str,
    other: str,
) -> None:
    """To kilometres and back, while the other one stays."""
    both = {FIELDS[entity_id]: soc(60, "PERCENT"), FIELDS[other]: soc(60, "PERCENT")}
    simulator.app_edit(car.id, both)
    await start()
    for value, unit, expected in (
        (60, "PERCENT", PERCENT),
        (310, "KM", KM),
        (60, "PERCENT", PERCENT),
    ):
        simulator.app_edit(car.id, {FIELDS[entity_id]: soc(value, unit)})
        await pass_time(hass, freezer, minutes=5)
        assert scale(hass, entity_id) == expected
        assert float(shown(hass, entity_id)) == value
        assert scale(hass, other) == PERCENT
        assert float(shown(hass, other)) == 60


async def test_a_unit_nobody_knows_is_percent_and_unknown(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A value in it is not shown, and it is logged once."""
    simulator.app_edit(car.id, {"targetSoC": soc(60, "MILES")})
    await start()
    await pass_time(hass, freezer, minutes=5)
    assert shown(hass, TARGET) == STATE_UNKNOWN
    assert scale(hass, TARGET) == PERCENT
    assert caplog.text.count("MILES") == 1


async def test_without_preferences_they_are_percent_and_unknown(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """So a target can be set first."""
    car.preferences = None
    await start()
    for entity_id in FIELDS:
        assert shown(hass, entity_id) == STATE_UNKNOWN
        assert scale(hass, entity_id) == PERCENT
    await set_number(hass, TARGET, 70)
    assert car.preferences == {
        "chargingBehavior": "SMART_CHARGE_OFF",
        "targetSoC": soc(70, "PERCENT"),
    }


@pytest.mark.parametrize(("unit", "too_much"), [("PERCENT", 101), ("KM", 1001)])
@pytest.mark.parametrize("entity_id", FIELDS)
async def test_a_number_is_stored_in_the_unit_it_is_shown_in(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    entity_id: str,
    unit: str,
    too_much: int,
) -> None:
    """Within the unit's range."""
    field = FIELDS[entity_id]
    simulator.app_edit(car.id, {field: soc(75, unit)})
    await start()
    with pytest.raises(ServiceValidationError):
        await set_number(hass, entity_id, too_much)
    await set_number(hass, entity_id, 65)
    assert shown(hass, entity_id) == "65.0"
    assert car.preferences is not None
    assert car.preferences[field] == soc(65, unit)


@pytest.mark.parametrize("reports_capacity", [True, False])
async def test_the_override_is_there_where_it_is_needed(
    hass: HomeAssistant, car: Car, start: Start, reports_capacity: bool
) -> None:
    """A car that tells its capacity does not need one; it can be enabled."""
    car.reports_capacity = reports_capacity
    await start()
    override = er.async_get(hass).async_get(CAPACITY)
    assert override is not None
    assert (override.disabled_by is er.RegistryEntryDisabler.INTEGRATION) is (
        reports_capacity
    )
    assert (hass.states.get(CAPACITY) is None) is reports_capacity


async def test_the_override_is_the_preference(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """Of tenths of a kWh."""
    car.reports_capacity = False
    await start()
    assert shown(hass, CAPACITY) == STATE_UNKNOWN
    await set_number(hass, CAPACITY, 58.5)
    assert shown(hass, CAPACITY) == "58.5"
    assert shown(hass, "sensor.family_car_battery_capacity") == "58.5"
    assert car.preferences is not None
    assert car.preferences["batteryCapacity"] == 58.5
