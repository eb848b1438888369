"""Writing settings, without losing any."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from . import Json, turn
from .actions import (
    BEHAVIOR,
    DAYS,
    LIST,
    MINIMUM,
    PREFERENCES,
    READY_TIME,
    TARGET,
    ready_time_of,
)
from .home import Home, error_of

type Action = Callable[[Home], Awaitable[None]]


def percent(value: int) -> Json:
    return {"value": value, "unit": "PERCENT"}


def does(name: str, *args: Any, **fields: Any) -> Action:
    """Return a function that calls a method of the home."""
    return lambda home: getattr(home, name)(*args, **fields)


OFF = {"chargingBehavior": "SMART_CHARGE_OFF"}
THIRTY = {"minimalSoC": percent(30)}
SMART_ANYWHERE = does("choose", "smart_charge_anywhere")
AT_LOCATION = does("choose", "smart_charge_at_location")
AT = "SMART_CHARGE_AT_LOCATION"
FIVE = {"readyTime": "05:00"}
FAR, FARTHER = ({"value": value, "unit": "KM"} for value in (300, 310))
NINETY = {"targetSoC": percent(90)}
# The settings of the car in these tests.
SMART = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE", "targetSoC": percent(80),
    "readyTime": "07:00",
}  # fmt: skip
WEEK = {"weekDaySpecificReadyTimes": {"MONDAY": "06:00", "SUNDAY": "10:30"}}
NO_TIME = {"readyTime": None}
ONE_DAY = {"weekDaySpecificReadyTimes": {"MONDAY": "06:00"}}


async def test_a_write_is_read_put_read(home: Home) -> None:
    """A write starts from what Hiven has now, not from the last poll."""
    await home.start()
    home.edit(readyTime="05:15", minimalSoC=percent(30))
    home.simulator.requests.clear()
    call, hold = await home.hold("PUT", PREFERENCES, home.set_number(TARGET, 90))
    assert home.shown(READY_TIME) == "05:15:00"
    hold.release()
    await call
    requests = home.simulator.requests
    asked = [each.method for each in requests if each.matches("*", PREFERENCES)]
    assert asked == ["GET", "PUT", "GET"]
    assert home.held["targetSoC"] == percent(90)
    assert home.held["readyTime"] == "05:15"
    assert home.shown(TARGET) == "90.0"
    assert home.shown(MINIMUM) == "30.0"


@pytest.mark.parametrize(("before", "action", "body"), [
    # While smart charging is on, the target and the ready times are included.
    (SMART, does("set_number", MINIMUM, 80), SMART | {"minimalSoC": percent(80)}),
    (SMART | WEEK, does("set_number", TARGET, 90), SMART | WEEK | NINETY),
    # A cleared day is left out of the week.
    (SMART | WEEK, does("set_preferences", clear_days=["sunday"]), SMART | ONE_DAY),
    # While smart charging is off, only the change is sent.
    (SMART | OFF, does("set_number", TARGET, 90), OFF | NINETY),
    (SMART | OFF, SMART_ANYWHERE, SMART),
    (SMART, does("choose", "smart_charge_off"), OFF),
    (None, does("set_time", READY_TIME, "06:30:45"), OFF | {"readyTime": "06:30"}),
])  # fmt: skip
async def test_every_put_is_valid_under_both_readings(
    home: Home, before: Json | None, action: Action, body: Json
) -> None:
    """It includes the behavior, and the target and ready times if needed."""
    home.car.preferences = before
    await home.start()
    await action(home)
    assert home.puts == [body]


async def test_an_unknown_behavior_is_kept(home: Home) -> None:
    solar = {"chargingBehavior": "SMART_CHARGE_SOLAR"}
    home.edit(**solar)
    await home.start()
    assert home.shown(BEHAVIOR) == "unknown"
    await error_of(home.set_number(TARGET, 90))
    assert home.puts == [SMART | solar | NINETY]


async def test_seven_days_at_once(home: Home) -> None:
    await home.start()
    times = {day: f"0{hour}:00" for hour, day in enumerate(DAYS)}
    calls = (home.set_time(ready_time_of(day), at) for day, at in times.items())
    await asyncio.gather(*calls)
    stored = home.held["weekDaySpecificReadyTimes"]
    assert stored == {day.upper(): at for day, at in times.items()}
    assert len(home.puts) <= 2
    assert home.shown(ready_time_of("monday")) == "00:00:00"


async def test_twenty_edits_while_one_is_under_way(home: Home) -> None:
    await home.start()
    call, hold = await home.hold("PUT", PREFERENCES, home.set_number(TARGET, 50))
    calls = [asyncio.create_task(home.set_number(TARGET, 51 + n)) for n in range(20)]
    await turn()
    hold.release()
    await asyncio.gather(call, *calls)
    assert home.held["targetSoC"] == percent(70)
    assert len(home.puts) == 2
    assert home.shown(TARGET) == "70.0"


async def test_the_new_value_shows_at_once_and_stays(home: Home) -> None:
    await home.start()
    polling, poll = await home.hold("GET", LIST, home.update(), after=True)
    call, write = await home.hold("PUT", PREFERENCES, home.set_number(TARGET, 90))
    assert home.shown(TARGET) == "90.0"
    await home.update()
    assert home.shown(TARGET) == "90.0"
    write.release()
    await call
    poll.release()
    await polling
    assert home.shown(TARGET) == "90.0"
    home.edit(targetSoC=percent(55))
    await home.poll()
    assert home.shown(TARGET) == "55.0"


async def test_a_value_that_does_not_fit_shows_once_it_is_stored(home: Home) -> None:
    """It is above the known target, but Hiven has a higher one by now."""
    home.edit(**THIRTY)
    await home.start()
    home.edit(**NINETY)
    call, read = await home.hold("GET", PREFERENCES, home.set_number(MINIMUM, 85))
    assert home.shown(MINIMUM) == "30.0"
    read.release()
    await call
    assert home.shown(MINIMUM) == "85.0"


async def test_a_lost_answer_and_no_way_to_read_back(home: Home) -> None:
    await home.start()
    home.simulator.fail("PUT", PREFERENCES, kind="reset", apply=True)
    call, hold = await home.hold("PUT", PREFERENCES, home.set_number(TARGET, 90))
    home.simulator.fail("GET", PREFERENCES, status=500)
    hold.release()
    assert (await error_of(call)).translation_key == "not_confirmed"
    assert home.shown(TARGET) == "80.0"


async def test_a_late_answer_is_read_for_15_seconds(home: Home) -> None:
    await home.start()
    old = home.simulator.fail("GET", PREFERENCES, body=SMART)
    write = asyncio.create_task(home.set_number(TARGET, 90))
    read: list[int] = []
    while not write.done():
        await home.settle()
        read.append(old.hits)
        home.freezer.tick(1)
    # Hiven is read once before the write, and then after 0, 1, 3, 7 and 15 seconds.
    assert read[:16] == [2, 3, 3, 4, 4, 4, 4, 5, *[5] * 7, 6]
    assert (await error_of(write)).translation_key == "not_stored"


async def test_stored_differently(home: Home) -> None:
    await home.start()
    friday = asyncio.create_task(home.set_time(ready_time_of("friday"), "06:15"))
    write = home.set_number(TARGET, 90)
    call, hold = await home.hold("PUT", PREFERENCES, write, after=True)
    home.edit(targetSoC=percent(85))
    hold.release()
    error = await error_of(home.through(call))
    assert error.translation_key == "not_stored"
    assert "Charge target" in str(error)
    await friday
    assert home.shown(TARGET) == "85.0"
    assert home.shown(ready_time_of("friday")) == "06:15:00"


@pytest.mark.parametrize("alone", [400, 429])
async def test_a_refused_group_is_sent_again_one_by_one(home: Home, alone: int) -> None:
    """Only the caller whose change fails gets an error."""
    await home.start()
    # Hiven refuses the group, and then its first change alone.
    for status in (alone, 400):
        home.simulator.fail("PUT", PREFERENCES, status=status, times=1)
    minimum, target, ready_time = await asyncio.gather(
        *(home.set_number(MINIMUM, 20), home.set_number(TARGET, 90)),
        home.set_time(READY_TIME, "05:00"),
        return_exceptions=True,
    )
    assert target is ready_time is None
    assert isinstance(minimum, HomeAssistantError)
    assert "minimalSoC" not in home.held
    assert home.held["targetSoC"]["value"] == 90
    assert home.held["readyTime"] == "05:00"
    assert len(home.puts) == 4


@pytest.mark.parametrize(("status", "puts"), [(400, 2), (422, 2), (409, 1), (500, 1)])
async def test_a_part_that_is_refused_is_sent_again_as_a_whole(
    home: Home, status: int, puts: int
) -> None:
    """It is sent once more if that may help. The first error is shown."""
    home.edit(batteryCapacity=70)
    await home.start()
    put = ("PUT", PREFERENCES)
    second = home.simulator.fail(*put, status=400, body={"message": "2nd"})
    home.simulator.fail(*put, status=status, body={"message": "1st"}, times=1)
    error = await error_of(home.through(home.set_number(TARGET, 90)))
    assert ("1st" in str(error)) == (status != 500)
    assert [each.get("batteryCapacity") for each in home.puts] == [None, 70][:puts]
    assert second.hits == puts - 1
    assert home.held["targetSoC"]["value"] == 80
    assert home.entry.runtime_data.memory.journal.dialects == set()


async def test_a_refusal_for_what_is_missing(home: Home) -> None:
    home.edit(readyTime=None)
    await home.start()
    home.simulator.fail("PUT", PREFERENCES, status=400)
    error = await error_of(home.set_number(TARGET, 90))
    assert error.translation_key == "ready_time_required"


async def test_automations_see_a_refused_change_as_two(home: Home) -> None:
    await home.start()
    seen = home.states_from_now_on(TARGET)
    home.edit(readyTime="05:15")
    home.simulator.fail("PUT", PREFERENCES, status=400)
    await error_of(home.set_number(TARGET, 90))
    await home.hass.async_block_till_done()
    assert seen == ["90.0", "80.0"]
    assert home.shown(READY_TIME) == "05:15:00"


@pytest.mark.parametrize(("before", "action", "key"), [
    (OFF | {"readyTime": "07:00"}, SMART_ANYWHERE, "target_required"),
    (OFF | {"targetSoC": percent(80)}, SMART_ANYWHERE, "ready_time_required"),
    (SMART | NO_TIME | WEEK, does("clear_days"), "last_ready_time"),
    (SMART, does("set_number", MINIMUM, 81), "minimum_above_target"),
    (SMART | THIRTY, does("set_number", TARGET, 29), "minimum_above_target"),
    (SMART, AT_LOCATION, "no_charging_location"),
    (SMART, AT_LOCATION, "location_not_supported"),
])  # fmt: skip
async def test_never_sent(home: Home, before: Json, action: Action, key: str) -> None:
    home.car.preferences = {name: each for name, each in before.items() if each}
    home.car.location_supported = key != "location_not_supported"
    await home.start()
    error = await error_of(action(home))
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == key
    assert "Family car" in str(error)
    if key == "last_ready_time":
        # The action is checked like the button.
        clear = home.set_preferences(clear_days=["monday", "sunday"])
        assert "no ready time left" in str(await error_of(clear))
    assert home.puts == []


@pytest.mark.parametrize(("before", "action", "new"), [
    ({"minimalSoC": percent(90)}, does("set_time", READY_TIME, "05:00"), FIVE),
    # The behavior needs a location, and there is none.
    ({"chargingBehavior": AT}, does("set_time", READY_TIME, "05:00"), FIVE),
    # 310 km may well be below 80 %.
    ({"minimalSoC": FAR}, does("set_number", MINIMUM, 310), {"minimalSoC": FARTHER}),
])  # fmt: skip
async def test_held(home: Home, before: Json, action: Action, new: Json) -> None:
    home.edit(**before)
    await home.start()
    await action(home)
    assert home.held == SMART | before | new


@pytest.mark.parametrize("empty", ["missing", "empty", "null"])
async def test_the_first_preferences(home: Home, empty: Any) -> None:
    """Settings can be made first, in any dialect for no settings."""
    home.car.preferences = None
    home.simulator.empty_preferences = empty
    await home.start()
    assert home.shown(BEHAVIOR) == "smart_charge_off"
    await home.set_number(TARGET, 80)
    await home.set_time(READY_TIME, "00:00")
    await home.choose("smart_charge_anywhere")
    assert home.held == SMART | {"readyTime": "00:00"}
    assert home.shown(READY_TIME) == "00:00:00"


async def test_a_caller_who_leaves_stops_nothing(home: Home) -> None:
    await home.start()
    call, hold = await home.hold("PUT", PREFERENCES, home.set_number(TARGET, 90))
    call.cancel()
    await asyncio.wait([call])
    hold.release()
    await home.hass.async_block_till_done()
    assert home.held["targetSoC"]["value"] == 90
    assert home.shown(TARGET) == "90.0"


async def test_a_vehicle_that_is_gone(home: Home) -> None:
    await home.start()
    call, hold = await home.hold("GET", PREFERENCES, home.set_number(TARGET, 90))
    home.simulator.remove_car("car-1")
    hold.release()
    assert (await error_of(call)).translation_key == "not_found"


async def test_a_slow_write_and_a_reload(home: Home) -> None:
    """A write after the reload waits for the earlier one, and keeps its change."""
    await home.start()
    write = home.set_time(ready_time_of("monday"), "05:00")
    first, slow = await home.hold("PUT", PREFERENCES, write)
    reload = home.hass.config_entries.async_reload(home.entry.entry_id)
    reloading = asyncio.create_task(reload)
    for _ in range(11):
        # Home Assistant waits only ten seconds for the write.
        await home.settle()
        home.freezer.tick(1)
    await reloading
    second = asyncio.create_task(home.set_time(ready_time_of("tuesday"), "06:00"))
    await home.settle()
    assert len(home.puts) == 1
    slow.release()
    await asyncio.gather(first, second)
    week = home.held["weekDaySpecificReadyTimes"]
    assert week == {"MONDAY": "05:00", "TUESDAY": "06:00"}
