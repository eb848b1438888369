"""The selects: the charging behavior, and clearing the ready time of a weekday."""

from homeassistant.const import STATE_UNKNOWN
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from .actions import BEHAVIOR, CLEAR_DAY, PREFERENCES, ready_time_of
from .home import Home


async def test_the_behavior_hiven_holds_is_shown(home: Home) -> None:
    await home.start()
    for behavior, option in (
        ("SMART_CHARGE_AT_LOCATION", "smart_charge_at_location"),
        ("SMART_CHARGE_OFF", "smart_charge_off"),
        ("SMART_CHARGE_SOLAR", STATE_UNKNOWN),
        ("Smart_Charge_At_Location", "smart_charge_at_location"),
        ("SMART_CHARGE_ANYWHERE", "smart_charge_anywhere"),
    ):
        home.edit(chargingBehavior=behavior)
        await home.poll()
        assert home.shown(BEHAVIOR) == option


async def test_a_choice_is_stored(home: Home) -> None:
    await home.start()
    for option in ("smart_charge_off", "smart_charge_anywhere"):
        await home.choose(option)
        assert home.shown(BEHAVIOR) == option
        assert home.held["chargingBehavior"] == option.upper()
    with pytest.raises(ServiceValidationError):
        await home.choose("smart_charge_solar")
    assert len(home.puts) == 2


async def test_a_day_is_cleared_alone(home: Home) -> None:
    monday = ready_time_of("monday")
    home.edit(weekDaySpecificReadyTimes={"MONDAY": "05:00", "FRIDAY": "06:00"})
    await home.start()
    assert home.shown(CLEAR_DAY) == "choose_day"
    shown = home.states_from_now_on(CLEAR_DAY)
    await home.choose("choose_day", CLEAR_DAY)
    refusals = home.simulator.fail("PUT", PREFERENCES, status=400)
    with pytest.raises(HomeAssistantError):
        await home.choose("monday", CLEAR_DAY)
    refusals.stop()
    assert home.shown(monday) == "05:00:00"
    await home.choose("monday", CLEAR_DAY)
    assert home.held["weekDaySpecificReadyTimes"] == {"FRIDAY": "06:00"}
    assert home.shown(monday) == STATE_UNKNOWN
    assert shown == ["monday", "choose_day"] * 2
