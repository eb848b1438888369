"""Settings that go back by themselves: "one day only" and "charge now"."""

from datetime import timedelta
from typing import Any

from homeassistant.exceptions import ServiceValidationError
import pytest

from .actions import BEHAVIOR, MINIMUM, PREFERENCES, TARGET, ready_time_of
from .home import NOON, Home, error_of

CHARGE_NOW = "switch.family_car_charge_now"
SETTINGS_RETURN = "sensor.family_car_settings_return"
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
async def home(home: Home) -> Home:
    """Return a home whose account runs."""
    await home.start()
    return home


async def until(home: Home, **fields: Any) -> None:
    """Change settings until tomorrow at this hour."""
    await home.set_preferences(until=TOMORROW.isoformat(), **fields)


async def switch(home: Home, state: str) -> None:
    """Turn "charge now" on or off."""
    await home.act(f"switch.turn_{state}", entity_id=CHARGE_NOW)


async def pass_days(home: Home, days: int = 1) -> None:
    """Let days pass, a bit more than whole ones."""
    await home.pass_time(days=days, minutes=1)
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)


async def test_settings_go_back(home: Home) -> None:
    """To what they were, at the time that was asked for."""
    await until(home, target_soc=100, ready_time="05:00", days=["tuesday"])
    assert home.shown(TARGET) == "100.0"
    assert home.shown(ready_time_of("tuesday")) == "05:00:00"
    assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
    await home.pass_time(hours=23)
    assert home.shown(TARGET) == "100.0"
    await pass_days(home)
    assert home.held["targetSoC"]["value"] == 80
    assert home.held["weekDaySpecificReadyTimes"] == {}
    assert home.shown(TARGET) == "80.0"
    assert home.shown(ready_time_of("tuesday")) == "unknown"
    assert home.shown(SETTINGS_RETURN) == "unknown"


async def test_what_somebody_changed_meanwhile_stays(home: Home) -> None:
    """In the app or here; the other settings go back."""
    await until(home, target_soc=100, ready_time="05:00")
    home.edit(targetSoC={"value": 60, "unit": "PERCENT"})
    await pass_days(home)
    assert home.held["targetSoC"]["value"] == 60
    assert home.held["readyTime"] == "07:00"


async def test_a_second_change_keeps_what_was_at_first(home: Home) -> None:
    """Its time counts for what it changes."""
    await until(home, target_soc=100)
    await home.set_preferences(
        until=(TOMORROW + timedelta(days=1)).isoformat(), target_soc=90
    )
    await pass_days(home)
    assert home.held["targetSoC"]["value"] == 90
    await pass_days(home)
    assert home.held["targetSoC"]["value"] == 80


async def test_a_change_by_hand_in_between_is_what_it_goes_back_to(home: Home) -> None:
    """Not what there was before somebody changed it."""
    await until(home, target_soc=100)
    await home.set_number(TARGET, 60)
    await until(home, target_soc=90)
    await pass_days(home)
    assert home.held["targetSoC"]["value"] == 60


async def test_nothing_to_go_back_to(home: Home) -> None:
    """Hiven has no way to clear a setting, so it is refused at once."""
    error = await error_of(until(home, minimum_soc=50))
    assert "Charge minimum" in str(error)
    assert home.puts == []


async def test_what_would_be_refused_stops_no_other(home: Home) -> None:
    """It goes back once it may."""
    await until(home, target_soc=100, ready_time="05:00")
    await home.set_number(MINIMUM, 90)
    await pass_days(home)
    assert home.held["readyTime"] == "07:00"
    assert home.held["targetSoC"]["value"] == 100
    assert len(home.log) == 1
    await home.set_number(MINIMUM, 20)
    await home.pass_time(minutes=61)
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert home.held["targetSoC"]["value"] == 80


@pytest.mark.parametrize("is_over", [True, False])
async def test_a_restart(home: Home, is_over: bool) -> None:
    """What was pending is pending again, also if its time has passed meanwhile."""
    await until(home, target_soc=100)
    await home.unload()
    if is_over:
        home.freezer.tick(timedelta(days=1, minutes=1))
    await home.start()
    if not is_over:
        assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
        await pass_days(home)
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert home.held["targetSoC"]["value"] == 80


@pytest.mark.parametrize("is_back", [True, False])
async def test_a_car_that_goes(
    home: Home, hass_storage: dict[str, Any], is_back: bool
) -> None:
    """Its settings go back under the id that it comes back with, if it does."""
    await until(home, target_soc=100)
    settings = home.held
    home.simulator.remove_car("car-1")
    await home.poll()
    key = f"hiven.{home.entry.entry_id}"
    assert list(hass_storage[key]["data"]) == ["car-1"]
    if is_back:
        home.car = home.add_car(9, vin=home.car.vin, preferences=settings)
    await home.poll(3)
    assert list(hass_storage[key]["data"]) == (["car-9"] if is_back else [])
    await pass_days(home)
    if is_back:
        assert home.held["targetSoC"]["value"] == 80


async def test_hiven_is_down_when_they_are_to_go_back(home: Home) -> None:
    """They go back once Hiven answers again."""
    await until(home, target_soc=100)
    fault = home.simulator.fail("GET", PREFERENCES, status=500)
    await pass_days(home)
    assert home.held["targetSoC"]["value"] == 100
    assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
    fault.stop()
    await home.poll(2)
    assert home.held["targetSoC"]["value"] == 80


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-16 15:00:00", NOON + timedelta(hours=10)),
        ("13:00", NOON + timedelta(hours=8)),
        ("04:30", NOON + timedelta(hours=23, minutes=30)),
        ("2026-03-17", NOON + timedelta(days=1, hours=19)),
    ],
)
async def test_when(home: Home, value: str, expected: Any) -> None:
    """A moment, the next such time of day, or the end of a day, by the home's clock."""
    await home.set_preferences(until=value, target_soc=100)
    assert home.shown(SETTINGS_RETURN) == expected.isoformat()


async def test_a_time_that_has_passed(home: Home) -> None:
    """Nothing is changed."""
    error = await error_of(home.set_preferences(until="2026-03-15", target_soc=100))
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "until_is_past"
    assert home.puts == []


async def test_charge_now_until_the_car_is_full(home: Home) -> None:
    """Smart charging is off until then, and the earlier behavior returns by itself."""
    home.car.plugged_in = True
    home.car.soc = 60.0
    await home.poll()
    await switch(home, "on")
    assert home.shown(CHARGE_NOW) == "on"
    assert home.shown(BEHAVIOR) == "smart_charge_off"
    await home.poll()
    assert home.shown("binary_sensor.family_car_charging") == "on"
    home.car.soc = 100.0
    await home.poll()
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
    assert home.shown(CHARGE_NOW) == "off"


async def test_charge_now_until_the_car_is_unplugged(home: Home) -> None:
    """Also if Home Assistant was restarted meanwhile."""
    home.car.plugged_in = True
    await home.poll()
    await switch(home, "on")
    await home.reload()
    assert home.shown(CHARGE_NOW) == "on"
    home.car.plugged_in = False
    await home.poll()
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert home.held["chargingBehavior"] == "SMART_CHARGE_ANYWHERE"


async def test_charge_now_while_the_car_is_away(home: Home) -> None:
    """It waits for the car to be plugged in."""
    await switch(home, "on")
    await home.poll()
    assert home.shown(CHARGE_NOW) == "on"
    await switch(home, "off")
    assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
    assert home.shown(CHARGE_NOW) == "off"


async def test_another_behavior_ends_charge_now(home: Home) -> None:
    """Somebody's own choice stays."""
    await switch(home, "on")
    await home.choose("smart_charge_anywhere")
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert home.shown(CHARGE_NOW) == "off"
    assert home.shown(BEHAVIOR) == "smart_charge_anywhere"


async def test_charge_now_whose_answer_is_lost(home: Home) -> None:
    """The behavior returns if Hiven stored the change; else nothing is to return."""
    home.car.plugged_in = True
    await home.poll()
    for is_stored in (False, True):
        home.simulator.fail("PUT", PREFERENCES, status=500, times=1, apply=is_stored)
        task, hold = await home.hold("PUT", PREFERENCES, switch(home, "on"))
        unread = home.simulator.fail("GET", PREFERENCES, status=500)
        hold.release()
        error = await error_of(home.through(task))
        assert error.translation_key == "not_confirmed"
        unread.stop()
        await home.poll()
        assert home.shown(CHARGE_NOW) == ("on" if is_stored else "off")
    home.car.plugged_in = False
    await home.poll()
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert home.held["chargingBehavior"] == "SMART_CHARGE_ANYWHERE"


async def test_charge_now_twice(home: Home) -> None:
    """A scene may turn it on again."""
    for _ in range(2):
        await switch(home, "on")
    assert home.shown(CHARGE_NOW) == "on"
    assert len(home.puts) == 1


async def test_charge_now_without_smart_charging(home: Home) -> None:
    """The car charges at once anyway."""
    await home.choose("smart_charge_off")
    error = await error_of(switch(home, "on"))
    assert error.translation_key == "charges_at_once_anyway"
    assert home.shown(CHARGE_NOW) == "off"


async def test_removing_the_account_forgets(
    home: Home, hass_storage: dict[str, Any]
) -> None:
    """Nothing is left of it."""
    await until(home, target_soc=100)
    key = f"hiven.{home.entry.entry_id}"
    assert key in hass_storage
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    assert key not in hass_storage
    assert home.held["targetSoC"]["value"] == 100
