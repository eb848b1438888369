"""Settings that are restored by themselves: "one day only" and "charge now"."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from . import USER_ID, Json
from .actions import BEHAVIOR, MINIMUM, PREFERENCES, TARGET, ready_time_of
from .home import HELSINKI, NOON, Home, error_of

CHARGE_NOW = "switch.family_car_charge_now"
SETTINGS_RETURN = "sensor.family_car_settings_return"
TOMORROW = NOON + timedelta(days=1)
# The second 3:30 of the night when clocks go back in Helsinki.
CLOCKS_BACK = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.fixture
async def home(home: Home) -> Home:
    await home.start()
    return home


async def until(home: Home, **fields: Any) -> None:
    tomorrow = home.simulator.now() + timedelta(days=1)
    await home.set_preferences(until=tomorrow.isoformat(), **fields)


async def switch(home: Home, state: str) -> None:
    await home.act(f"switch.turn_{state}", entity_id=CHARGE_NOW)


async def go_back(home: Home) -> None:
    """Wait until due settings are restored."""
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)


async def pass_day(home: Home) -> None:
    await home.pass_time(days=1, minutes=1)
    await go_back(home)


async def test_damaged_storage(home: Home, hass_storage: dict[str, Any]) -> None:
    await until(home, target_soc=100)
    await home.unload()
    for kind in ("", ".history"):
        data = hass_storage[f"hiven.{home.entry.entry_id}{kind}"]["data"]
        data["car-2"] = {"settings": {"target_soc": 5}, "speeds": 7}
    await home.start()
    assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
    assert len(home.log) == 2


async def test_settings_go_back(home: Home) -> None:
    await until(home, target_soc=100, ready_time="05:00", days=["tuesday"])
    assert home.shown(TARGET) == "100.0"
    assert home.shown(ready_time_of("tuesday")) == "05:00:00"
    assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
    await home.pass_time(hours=23)
    assert home.shown(TARGET) == "100.0"
    await pass_day(home)
    assert home.held["targetSoC"]["value"] == 80
    assert home.held["weekDaySpecificReadyTimes"] == {}
    assert home.shown(TARGET) == "80.0"
    assert home.shown(ready_time_of("tuesday")) == "unknown"
    assert home.shown(SETTINGS_RETURN) == "unknown"


async def test_settings_go_back_although_nothing_else_changes(home: Home) -> None:
    home.simulator.pause()
    await home.choose("smart_charge_off")
    soon = NOON + timedelta(seconds=30)
    await home.set_preferences(until=soon.isoformat(), target_soc=100)
    await home.pass_time(seconds=30)
    await go_back(home)
    assert home.shown(TARGET) == "80.0"


async def test_what_somebody_changed_meanwhile_stays(home: Home) -> None:
    await until(home, target_soc=100, ready_time="05:00")
    home.edit(targetSoC={"value": 60, "unit": "PERCENT"})
    await pass_day(home)
    assert home.held["targetSoC"]["value"] == 60
    assert home.held["readyTime"] == "07:00"


async def test_locations_return_in_any_order(home: Home) -> None:
    """Hiven may sort them; a restart does not lose them."""
    place = {"countryCode": "SE", "postalCode": "111 22", "coordinates": {}}
    places = [
        home.simulator.add_location(USER_ID, place | {"name": name})["id"]
        for name in "ab"
    ]
    home.edit(chargingLocationIds=places[:1])
    await until(home, charging_location_ids=places)
    await home.unload()
    home.edit(chargingLocationIds=places[::-1])
    await home.start()
    assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
    await pass_day(home)
    assert home.held["chargingLocationIds"] == places[:1]


async def test_a_second_change_keeps_what_was_at_first(home: Home) -> None:
    await until(home, target_soc=100)
    later = TOMORROW + timedelta(days=1)
    await home.set_preferences(until=later.isoformat(), target_soc=90)
    await pass_day(home)
    assert home.held["targetSoC"]["value"] == 90
    await pass_day(home)
    assert home.held["targetSoC"]["value"] == 80


async def test_a_change_by_hand_in_between_is_what_it_goes_back_to(home: Home) -> None:
    await until(home, target_soc=100)
    await home.set_number(TARGET, 60)
    await go_back(home)
    assert home.shown(SETTINGS_RETURN) == "unknown"
    await until(home, target_soc=90)
    await pass_day(home)
    assert home.held["targetSoC"]["value"] == 60


async def test_nothing_to_go_back_to(home: Home) -> None:
    """The action is refused, because Hiven cannot clear a setting."""
    error = await error_of(until(home, minimum_soc=50))
    assert "Charge minimum" in str(error)
    assert home.puts == []


async def test_a_change_that_is_refused(home: Home) -> None:
    """Nothing has to be restored."""
    home.simulator.fail("PUT", PREFERENCES, status=400)
    await error_of(until(home, target_soc=100))
    assert home.shown(SETTINGS_RETURN) == "unknown"


async def test_what_would_be_refused_stops_no_other(home: Home) -> None:
    for logged in (1, 2):
        await until(home, target_soc=100, ready_time="05:00")
        await home.set_number(MINIMUM, 90)
        await pass_day(home)
        assert home.held["readyTime"] == "07:00"
        assert home.held["targetSoC"]["value"] == 100
        assert len(home.log) == logged
        await home.set_number(MINIMUM, 20)
        await home.pass_time(minutes=30)
        assert home.held["targetSoC"]["value"] == 100
        await home.pass_time(minutes=31)
        await go_back(home)
        assert home.held["targetSoC"]["value"] == 80


@pytest.mark.parametrize("is_over", [True, False])
async def test_a_restart(home: Home, is_over: bool) -> None:
    await until(home, target_soc=100)
    await home.unload()
    if is_over:
        home.freezer.tick(timedelta(days=1, minutes=1))
    await home.start()
    if not is_over:
        assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
        await pass_day(home)
    await go_back(home)
    assert home.held["targetSoC"]["value"] == 80


@pytest.mark.parametrize("is_back", [True, False])
async def test_a_car_that_goes(
    home: Home, hass_storage: dict[str, Any], is_back: bool
) -> None:
    """Its settings are restored under its new ID, if it comes back."""
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
    home.caplog.clear()
    await pass_day(home)
    if is_back:
        assert home.held["targetSoC"]["value"] == 80
    assert home.log == []


async def test_hiven_is_down_when_they_are_to_go_back(home: Home) -> None:
    await until(home, target_soc=100)
    fault = home.simulator.fail("GET", PREFERENCES, status=500)
    await pass_day(home)
    assert home.held["targetSoC"]["value"] == 100
    assert home.shown(SETTINGS_RETURN) == TOMORROW.isoformat()
    fault.stop()
    await home.poll(2)
    assert home.held["targetSoC"]["value"] == 80


@pytest.mark.parametrize(("status", "minutes"), [(400, 60), (500, 5)])
async def test_when_it_is_tried_again(home: Home, status: int, minutes: int) -> None:
    """A refused change waits for an hour, a failed one for five minutes."""
    await until(home, target_soc=100)
    fault = home.simulator.fail("PUT", PREFERENCES, status=status)
    await pass_day(home)
    fault.stop()
    for seconds, target in ((minutes * 60 - 1, 100), (1, 80)):
        await home.pass_time(seconds=seconds)
        await go_back(home)
        assert home.held["targetSoC"]["value"] == target


@pytest.mark.parametrize(("value", "expected"), [
    ("2026-03-16 15:00:00", NOON + timedelta(hours=10)),
    ("13:00", NOON + timedelta(hours=8)),
    ("04:30", NOON + timedelta(hours=23, minutes=30)),
    ("2026-03-17", NOON + timedelta(days=1, hours=19)),
])  # fmt: skip
async def test_when(home: Home, value: str, expected: Any) -> None:
    await home.set_preferences(until=value, target_soc=100)
    assert home.shown(SETTINGS_RETURN) == expected.isoformat()


async def test_a_time_that_comes_twice(home: Home) -> None:
    await home.hass.config.async_set_time_zone(HELSINKI)
    await home.pass_time(seconds=(CLOCKS_BACK - NOON).total_seconds())
    await home.set_preferences(until="03:45", target_soc=100)
    expected = CLOCKS_BACK + timedelta(minutes=15)
    assert home.shown(SETTINGS_RETURN) == expected.isoformat()


@pytest.mark.parametrize("is_full", [True, False])
async def test_charge_now(home: Home, is_full: bool) -> None:
    home.car.plugged_in = True
    home.car.soc = 60.0
    await home.poll()
    for _ in range(2):  # a scene may turn it on again
        await switch(home, "on")
    assert len(home.puts) == 1
    await home.reload()
    assert home.shown(CHARGE_NOW) == "on"
    assert home.shown(BEHAVIOR) == "smart_charge_off"
    await home.poll()
    assert home.shown("binary_sensor.family_car_charging") == "on"
    await home.pass_time(seconds=11)
    if is_full:
        home.car.soc = 100.0
        await home.poll()
    else:
        await home.unload()
        home.car.plugged_in = False
        await home.start()
    await go_back(home)
    assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
    assert home.shown(CHARGE_NOW) == "off"


async def test_charge_now_ends(home: Home) -> None:
    for end in (switch(home, "off"), home.choose("smart_charge_anywhere")):
        await switch(home, "on")
        # Charge now waits for a car that is away.
        await home.poll()
        assert home.shown(CHARGE_NOW) == "on"
        await end
        await go_back(home)
        assert home.shown(CHARGE_NOW) == "off"
        assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
    await home.choose("smart_charge_off")
    error = await error_of(switch(home, "on"))
    assert error.translation_key == "charges_at_once_anyway"
    assert home.shown(CHARGE_NOW) == "off"


@pytest.mark.parametrize("status", ["CHARGING_COMPLETED", "DISCONNECTED"])
async def test_charge_now_begins_anew(home: Home, status: str) -> None:
    """What the car did before does not end it."""
    await until(home, target_soc=100)
    for each in ("CHARGING", status):
        home.car.status_override = {"chargingStatus": each}
        await home.poll()
    await switch(home, "on")
    await go_back(home)
    assert home.shown(CHARGE_NOW) == "on"


async def test_charge_now_whose_answer_is_lost(home: Home) -> None:
    """The behavior is restored only if Hiven stored the change."""
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
        home.simulator.forget()
        await home.poll()
        assert home.simulator.count("GET", PREFERENCES) == 1
        assert home.shown(CHARGE_NOW) == ("on" if is_stored else "off")
    home.car.plugged_in = False
    await home.poll()
    await go_back(home)
    assert home.held["chargingBehavior"] == "SMART_CHARGE_ANYWHERE"


async def test_removing_the_account_forgets(home: Home, hass_storage: Json) -> None:
    await until(home, target_soc=100)
    key = f"hiven.{home.entry.entry_id}"
    assert key in hass_storage
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    assert key not in hass_storage
    assert home.hass.data["hiven_memory"] == {}
    assert home.held["targetSoC"]["value"] == 100
