"""When the car may charge."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from simulator import Car, Simulator

from .actions import BEHAVIOR, PREFERENCES, choose, pass_time, shown
from .platforms import SnapshotOfPlatform, Start


class TestSnapshot(SnapshotOfPlatform):
    """The select of a car."""

    platform = Platform.SELECT


async def test_the_behavior_hiven_holds_is_shown(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One that nobody knows is unknown, and logged once."""
    await start()
    for behavior, option in (
        ("SMART_CHARGE_AT_LOCATION", "smart_charge_at_location"),
        ("SMART_CHARGE_OFF", "smart_charge_off"),
        ("SMART_CHARGE_SOLAR", STATE_UNKNOWN),
        ("SMART_CHARGE_ANYWHERE", "smart_charge_anywhere"),
        ("SMART_CHARGE_SOLAR", STATE_UNKNOWN),
    ):
        simulator.app_edit(car.id, {"chargingBehavior": behavior})
        await pass_time(hass, freezer, minutes=5)
        assert shown(hass, BEHAVIOR) == option
    assert caplog.text.count("SMART_CHARGE_SOLAR") == 1


async def test_a_car_without_preferences_charges_at_once(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """Nobody has asked for anything else."""
    car.preferences = None
    await start()
    assert shown(hass, BEHAVIOR) == "smart_charge_off"


@pytest.mark.parametrize("option", ["smart_charge_off", "smart_charge_anywhere"])
async def test_a_choice_is_stored(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start, option: str
) -> None:
    """As Hiven writes it."""
    await start()
    await choose(hass, option)
    assert shown(hass, BEHAVIOR) == option
    assert car.preferences is not None
    assert car.preferences["chargingBehavior"] == option.upper()
    assert simulator.count("PUT", PREFERENCES) == 1


async def test_only_options_can_be_chosen(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Hiven is not asked about others."""
    await start()
    with pytest.raises(ServiceValidationError):
        await choose(hass, "smart_charge_solar")
    assert simulator.count("PUT", PREFERENCES) == 0
