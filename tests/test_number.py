"""The numbers: charge target, charge minimum and battery capacity."""

from homeassistant.const import STATE_UNKNOWN
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from . import Json
from .actions import CAPACITY, MINIMUM, TARGET
from .home import Home

FIELDS = {TARGET: "targetSoC", MINIMUM: "minimalSoC"}


def soc(value: float, unit: str) -> Json:
    return {"value": value, "unit": unit}


NAMES = ("device_class", "unit_of_measurement", "min", "max", "step")
PERCENT = dict(zip(NAMES, ("battery", "%", 0, 100, 1), strict=True))
KM = dict(zip(NAMES, ("distance", "km", 0, 1000, 1), strict=True))


def scale(home: Home, entity_id: str) -> Json:
    attributes = home.state(entity_id).attributes
    return {name: attributes.get(name) for name in NAMES}


@pytest.mark.parametrize(("entity_id", "other"), [(TARGET, MINIMUM), (MINIMUM, TARGET)])
async def test_each_has_its_unit(home: Home, entity_id: str, other: str) -> None:
    home.edit(**{field: soc(60, "PERCENT") for field in FIELDS.values()})
    await home.start()
    for value, unit, state, expected in (
        (60, "PERCENT", "60.0", PERCENT), (310, "KM", "310.0", KM),
        (60, "PERCENT", "60.0", PERCENT), (60, "MILES", STATE_UNKNOWN, PERCENT),
    ):  # fmt: skip
        home.edit(**{FIELDS[entity_id]: soc(value, unit)})
        await home.poll()
        assert scale(home, entity_id) == expected
        assert home.shown(entity_id) == state
        assert scale(home, other) == PERCENT
        assert home.shown(other) == "60.0"


async def test_without_preferences_they_are_percent_and_unknown(home: Home) -> None:
    home.car.preferences = None
    await home.start()
    for entity_id in FIELDS:
        assert home.shown(entity_id) == STATE_UNKNOWN
        assert scale(home, entity_id) == PERCENT
    await home.set_number(TARGET, 70)
    behavior = {"chargingBehavior": "SMART_CHARGE_OFF"}
    assert home.held == behavior | {"targetSoC": soc(70, "PERCENT")}


@pytest.mark.parametrize(("unit", "too_much"), [("PERCENT", 101), ("KM", 1001)])
@pytest.mark.parametrize("entity_id", FIELDS)
async def test_its_unit(home: Home, entity_id: str, unit: str, too_much: int) -> None:
    field = FIELDS[entity_id]
    home.edit(**{field: soc(75, unit)})
    await home.start()
    with pytest.raises(ServiceValidationError):
        await home.set_number(entity_id, too_much)
    await home.set_number(entity_id, 65)
    assert home.shown(entity_id) == "65.0"
    assert home.held[field] == soc(65, unit)


@pytest.mark.parametrize("is_reported", [True, False])
async def test_the_override(home: Home, is_reported: bool) -> None:
    home.car.reports_capacity = is_reported
    await home.start()
    override = er.async_get(home.hass).async_get(CAPACITY)
    assert override is not None
    by_default = override.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert by_default is is_reported
    assert (home.hass.states.get(CAPACITY) is None) is is_reported
    if not is_reported:
        assert home.shown(CAPACITY) == STATE_UNKNOWN
        await home.set_number(CAPACITY, 58.5)
        assert home.shown(CAPACITY) == "58.5"
        assert home.shown("sensor.family_car_battery_capacity") == "58.5"
        assert home.held["batteryCapacity"] == 58.5
