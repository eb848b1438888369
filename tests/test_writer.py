"""Settings are written as carefully as a database does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from simulator import Car, Simulator

from .actions import (
    BEHAVIOR,
    CAPACITY,
    DAYS,
    LIST,
    MINIMUM,
    PREFERENCES,
    READY_TIME,
    STATUS,
    TARGET,
    choose,
    clear_days,
    pass_time,
    poll_now,
    ready_time_of,
    set_number,
    set_preferences,
    set_time,
    shown,
)

type Start = Callable[[], Awaitable[MockConfigEntry]]

SMART = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
    "readyTime": "07:00",
}
WEEK = {"MONDAY": "06:00", "SUNDAY": "10:30"}


def puts(simulator: Simulator) -> list[Any]:
    """Return the bodies that were written."""
    return [request.json for request in simulator.requests if request.method == "PUT"]


def held(car: Car) -> dict[str, Any]:
    """Return what Hiven holds."""
    assert car.preferences is not None
    return car.preferences


async def test_a_write_is_read_put_read(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Three round trips, and the new value shows and is stored."""
    await start()
    simulator.requests.clear()
    await set_number(hass, TARGET, 90)
    methods = [
        request.method
        for request in simulator.requests
        if request.matches("*", PREFERENCES)
    ]
    assert methods == ["GET", "PUT", "GET"]
    assert held(car)["targetSoC"] == {"value": 90, "unit": "PERCENT"}
    assert shown(hass, TARGET) == "90.0"


@pytest.mark.parametrize(
    ("before", "action", "body"),
    [
        pytest.param(
            SMART,
            lambda hass: set_number(hass, MINIMUM, 20),
            {**SMART, "minimalSoC": {"value": 20, "unit": "PERCENT"}},
            id="smart: target and ready time go along",
        ),
        pytest.param(
            {**SMART, "weekDaySpecificReadyTimes": WEEK},
            lambda hass: set_number(hass, TARGET, 90),
            {
                **SMART,
                "targetSoC": {"value": 90, "unit": "PERCENT"},
                "weekDaySpecificReadyTimes": WEEK,
            },
            id="smart: the whole week goes along",
        ),
        pytest.param(
            {**SMART, "chargingBehavior": "SMART_CHARGE_OFF"},
            lambda hass: set_number(hass, TARGET, 90),
            {
                "chargingBehavior": "SMART_CHARGE_OFF",
                "targetSoC": {"value": 90, "unit": "PERCENT"},
            },
            id="off: only the change",
        ),
        pytest.param(
            {**SMART, "chargingBehavior": "SMART_CHARGE_OFF"},
            lambda hass: choose(hass, "smart_charge_anywhere"),
            SMART,
            id="turned on: target and ready time go along",
        ),
        pytest.param(
            SMART,
            lambda hass: choose(hass, "smart_charge_off"),
            {"chargingBehavior": "SMART_CHARGE_OFF"},
            id="turned off: nothing else",
        ),
        pytest.param(
            None,
            lambda hass: set_time(hass, READY_TIME, "06:30:45"),
            {"chargingBehavior": "SMART_CHARGE_OFF", "readyTime": "06:30"},
            id="no preferences yet: off",
        ),
        pytest.param(
            {**SMART, "weekDaySpecificReadyTimes": WEEK},
            lambda hass: set_preferences(hass, clear_days=["monday"]),
            {**SMART, "weekDaySpecificReadyTimes": {"SUNDAY": "10:30"}},
            id="a cleared day is left out of the week",
        ),
        pytest.param(
            {**SMART, "chargingBehavior": "SMART_CHARGE_SOLAR"},
            lambda hass: set_number(hass, TARGET, 90),
            {
                **SMART,
                "chargingBehavior": "SMART_CHARGE_SOLAR",
                "targetSoC": {"value": 90, "unit": "PERCENT"},
            },
            id="a behavior newer than this integration is kept",
        ),
    ],
)
async def test_every_put_is_valid_under_both_readings(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    before: dict[str, Any] | None,
    action: Callable[[HomeAssistant], Awaitable[None]],
    body: dict[str, Any],
) -> None:
    """The behavior always, target and ready times whenever smart charging is on."""
    car.preferences = before
    await start()
    new = before is not None and before["chargingBehavior"] == "SMART_CHARGE_SOLAR"
    accepting = simulator.fail("PUT", PREFERENCES, body="") if new else None
    if accepting is None:
        await action(hass)
    else:
        # The simulator knows documented values only; what is sent is what counts.
        with pytest.raises(HomeAssistantError):
            await action(hass)
    assert puts(simulator) == [body]


async def test_an_edit_in_the_app_survives(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The base of a write is what Hiven holds now, not what was polled."""
    await start()
    simulator.app_edit("car-1", {"readyTime": "05:15"})
    simulator.app_edit("car-1", {"minimalSoC": {"value": 30, "unit": "PERCENT"}})
    await set_number(hass, TARGET, 90)
    assert held(car)["readyTime"] == "05:15"
    assert shown(hass, READY_TIME) == "05:15:00"
    assert shown(hass, MINIMUM) == "30.0"


async def test_seven_days_at_once(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """All are stored, with two writes at most."""
    await start()
    await asyncio.gather(
        *(
            set_time(hass, ready_time_of(day), f"0{hour}:00")
            for hour, day in enumerate(DAYS)
        )
    )
    assert held(car)["weekDaySpecificReadyTimes"] == {
        day.upper(): f"0{hour}:00" for hour, day in enumerate(DAYS)
    }
    assert len(puts(simulator)) <= 2
    assert shown(hass, ready_time_of("monday")) == "00:00:00"


async def test_twenty_edits_while_one_is_under_way(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The last is stored, with two writes at most, and every caller answered."""
    await start()
    hold = simulator.hold("PUT", PREFERENCES)
    calls = [asyncio.create_task(set_number(hass, TARGET, 50))]
    await hold.arrived()
    calls += [
        asyncio.create_task(set_number(hass, TARGET, value)) for value in range(51, 71)
    ]
    await asyncio.sleep(0)
    hold.release()
    await asyncio.gather(*calls)
    assert held(car)["targetSoC"] == {"value": 70, "unit": "PERCENT"}
    assert len(puts(simulator)) == 2
    assert shown(hass, TARGET) == "70.0"


async def test_the_new_value_shows_at_once_and_stays(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A poll that started before the write does not undo it."""
    await start()
    poll = simulator.hold("GET", LIST, after=True)
    polling = asyncio.create_task(poll_now(hass))
    await poll.arrived()
    write = simulator.hold("PUT", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await write.arrived()
    assert shown(hass, TARGET) == "90.0"
    write.release()
    await call
    poll.release()
    await polling
    assert shown(hass, TARGET) == "90.0"
    simulator.app_edit("car-1", {"targetSoC": {"value": 55, "unit": "PERCENT"}})
    await pass_time(hass, freezer, minutes=6)
    assert shown(hass, TARGET) == "55.0"


async def test_a_poll_during_a_write_does_not_undo_it(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The list may still carry the old value while the write is under way."""
    await start()
    write = simulator.hold("PUT", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await write.arrived()
    await poll_now(hass)
    assert shown(hass, TARGET) == "90.0"
    write.release()
    await call
    assert shown(hass, TARGET) == "90.0"


@pytest.mark.parametrize(
    ("fault", "stored", "key"),
    [
        ({"status": 400}, False, "refused"),
        ({"status": 409}, False, "refused"),
        ({"status": 422}, False, "refused"),
        ({"status": 429, "headers": {"Retry-After": "60"}}, False, "rate_limited"),
        ({"status": 404}, False, "not_found"),
        ({"status": 403}, False, "forbidden"),
        ({"status": 500}, False, "cannot_connect"),
        ({"status": 503}, False, "cannot_connect"),
        ({"kind": "reset"}, False, "cannot_connect"),
        ({"kind": "html"}, False, "unexpected_answer"),
        ({"status": 500, "apply": True}, True, None),
        ({"kind": "reset", "apply": True}, True, None),
        ({"kind": "html", "apply": True}, True, None),
    ],
)
async def test_each_failure_is_told(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    fault: dict[str, Any],
    stored: bool,
    key: str | None,
) -> None:
    """A caller hears what happened; a lost answer is found by reading back."""
    await start()
    simulator.fail("PUT", PREFERENCES, times=1, **fault)
    if key is None:
        await set_number(hass, TARGET, 90)
    else:
        with pytest.raises(HomeAssistantError) as raised:
            await set_number(hass, TARGET, 90)
        assert raised.value.translation_key == key
        assert str(raised.value) != key
    assert held(car)["targetSoC"]["value"] == (90 if stored else 80)
    assert shown(hass, TARGET) == ("90.0" if stored else "80.0")
    assert len(puts(simulator)) == 1
    await set_number(hass, TARGET, 70)
    assert shown(hass, TARGET) == "70.0"


async def test_a_wrong_key_asks_for_a_new_one(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """401 on a write starts reauth, once."""
    entry = await start()
    simulator.fail("*", PREFERENCES, status=401, times=2)
    for _ in range(2):
        with pytest.raises(HomeAssistantError) as raised:
            await set_number(hass, TARGET, 90)
        assert raised.value.translation_key == "invalid_auth"
    await hass.async_block_till_done()
    assert len(list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))) == 1
    assert shown(hass, TARGET) == "80.0"


async def test_lost_answer_and_no_way_to_look(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Neither yes nor no: the caller is told to look."""
    await start()
    simulator.fail("PUT", PREFERENCES, kind="reset", apply=True)
    read_back = simulator.fail("GET", PREFERENCES, status=500)
    read_back.stop()
    hold = simulator.hold("PUT", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await hold.arrived()
    simulator.fail("GET", PREFERENCES, status=500)
    hold.release()
    with pytest.raises(HomeAssistantError) as raised:
        await call
    assert raised.value.translation_key == "not_confirmed"
    assert shown(hass, TARGET) == "80.0"


@pytest.mark.parametrize("answer", [{"status": 500}, {"body": {}}])
async def test_stored_but_not_read_back(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    answer: dict[str, Any],
) -> None:
    """Hiven said yes: that is enough."""
    await start()
    hold = simulator.hold("PUT", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await hold.arrived()
    simulator.fail("GET", PREFERENCES, times=1, **answer)
    hold.release()
    await call
    assert shown(hass, TARGET) == "90.0"


async def test_stored_differently(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Hiven's value shows, and the caller of that field is told its name."""
    await start()
    hold = simulator.hold("PUT", PREFERENCES, after=True)
    calls = [
        asyncio.create_task(set_number(hass, TARGET, 90)),
        asyncio.create_task(set_time(hass, ready_time_of("friday"), "06:15")),
    ]
    await hold.arrived()
    simulator.app_edit("car-1", {"targetSoC": {"value": 85, "unit": "PERCENT"}})
    hold.release()
    target, friday = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(target, HomeAssistantError)
    assert target.translation_key == "not_stored"
    assert "Target state of charge" in str(target)
    assert friday is None
    assert shown(hass, TARGET) == "85.0"
    assert shown(hass, ready_time_of("friday")) == "06:15:00"


async def test_a_day_that_cannot_be_cleared_is_told(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Whether Hiven merges the week is not documented; reading back finds it."""
    car.preferences = {**SMART, "weekDaySpecificReadyTimes": WEEK}
    simulator.week_map_merges = True
    await start()
    with pytest.raises(HomeAssistantError) as raised:
        await clear_days(hass)
    assert raised.value.translation_key == "not_stored"
    assert "Ready time Monday" in str(raised.value)
    assert shown(hass, ready_time_of("monday")) == "06:00:00"


async def test_a_refused_group_is_sent_again_one_by_one(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """One bad change stops no other, and each caller hears about its own."""
    await start()
    hold = simulator.hold("GET", PREFERENCES)
    calls = [
        asyncio.create_task(set_number(hass, TARGET, 90)),
        asyncio.create_task(set_preferences(hass, charging_location_ids=["nowhere"])),
        asyncio.create_task(set_time(hass, READY_TIME, "05:00")),
    ]
    await hold.arrived()
    hold.release()
    target, location, ready_time = await asyncio.gather(*calls, return_exceptions=True)
    assert target is None
    assert ready_time is None
    assert isinstance(location, HomeAssistantError)
    assert "Family car" in str(location)
    assert held(car)["targetSoC"]["value"] == 90
    assert held(car)["readyTime"] == "05:00"
    assert len(puts(simulator)) == 4


async def test_automations_see_a_refused_change_as_two(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The new value, then the old one again."""
    await start()
    seen: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == TARGET and event.data["new_state"]:
            seen.append(event.data["new_state"].state)

    hass.bus.async_listen("state_changed", note)
    simulator.fail("PUT", PREFERENCES, status=400, times=1)
    with pytest.raises(HomeAssistantError):
        await set_number(hass, TARGET, 90)
    await hass.async_block_till_done()
    assert seen == ["90.0", "80.0"]


OFF = {"chargingBehavior": "SMART_CHARGE_OFF"}


@pytest.mark.parametrize(
    ("before", "action", "key"),
    [
        (
            {**OFF, "readyTime": "07:00"},
            lambda hass: choose(hass, "smart_charge_anywhere"),
            "target_required",
        ),
        (
            {**OFF, "targetSoC": {"value": 80, "unit": "PERCENT"}},
            lambda hass: choose(hass, "smart_charge_anywhere"),
            "ready_time_required",
        ),
        (
            {
                "chargingBehavior": "SMART_CHARGE_ANYWHERE",
                "targetSoC": {"value": 80, "unit": "PERCENT"},
                "weekDaySpecificReadyTimes": WEEK,
            },
            clear_days,
            "last_ready_time",
        ),
        (SMART, lambda hass: set_number(hass, MINIMUM, 81), "minimum_above_target"),
        (
            {**SMART, "minimalSoC": {"value": 30, "unit": "PERCENT"}},
            lambda hass: set_number(hass, TARGET, 29),
            "minimum_above_target",
        ),
        (
            SMART,
            lambda hass: choose(hass, "smart_charge_at_location"),
            "no_charging_location",
        ),
    ],
)
async def test_what_cannot_work_is_not_sent(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    before: dict[str, Any],
    action: Callable[[HomeAssistant], Awaitable[None]],
    key: str,
) -> None:
    """It is told in words that name the car."""
    car.preferences = before
    await start()
    with pytest.raises(ServiceValidationError) as raised:
        await action(hass)
    assert raised.value.translation_key == key
    assert "Family car" in str(raised.value)
    assert puts(simulator) == []


async def test_clearing_the_last_ready_time_by_action(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """`clear_days` is checked like the button."""
    car.preferences = {
        "chargingBehavior": "SMART_CHARGE_ANYWHERE",
        "targetSoC": {"value": 80, "unit": "PERCENT"},
        "weekDaySpecificReadyTimes": {"MONDAY": "06:00"},
    }
    await start()
    with pytest.raises(HomeAssistantError, match="no ready time left"):
        await set_preferences(hass, clear_days=["monday"])
    assert puts(simulator) == []


async def test_at_location_where_the_car_tells_none(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """A car that does not report its place cannot charge by place."""
    car.location_supported = False
    await start()
    with pytest.raises(ServiceValidationError) as raised:
        await choose(hass, "smart_charge_at_location")
    assert raised.value.translation_key == "location_not_supported"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(
            {**SMART, "minimalSoC": {"value": 90, "unit": "PERCENT"}},
            id="minimum above target",
        ),
        pytest.param(
            {**SMART, "minimalSoC": {"value": 100, "unit": "KM"}},
            id="minimum in another unit",
        ),
        pytest.param(
            {**SMART, "chargingBehavior": "SMART_CHARGE_AT_LOCATION"},
            id="at location without a location",
        ),
    ],
)
async def test_what_hiven_already_holds_blocks_nothing(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    before: dict[str, Any],
) -> None:
    """Only what a change touches is checked."""
    car.preferences = before
    await start()
    await set_time(hass, READY_TIME, "05:00")
    assert held(car)["readyTime"] == "05:00"


async def test_units_that_differ_are_not_compared(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """300 km may well be below 80 %."""
    car.preferences = {**SMART, "minimalSoC": {"value": 300, "unit": "KM"}}
    await start()
    await set_number(hass, MINIMUM, 310)
    assert held(car)["minimalSoC"] == {"value": 310, "unit": "KM"}


@pytest.mark.parametrize("pattern", [STATUS, LIST])
async def test_writing_works_while_reading_fails(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    pattern: str,
) -> None:
    """Settings stay usable however long telemetry or the list fails."""
    await start()
    simulator.fail("GET", pattern, status=500)
    for _ in range(10):
        await pass_time(hass, freezer, minutes=6)
    await set_number(hass, TARGET, 90)
    assert shown(hass, TARGET) == "90.0"
    assert shown(hass, BEHAVIOR) == "smart_charge_anywhere"


@pytest.mark.parametrize("answer", [{"body": {}}, {"body": b"null"}, {"status": 404}])
async def test_preferences_that_vanish_are_not_written_over(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    answer: dict[str, Any],
) -> None:
    """Writing on top of a garbled "nothing" would turn smart charging off."""
    await start()
    simulator.fail("GET", PREFERENCES, **answer)
    with pytest.raises(HomeAssistantError):
        await set_number(hass, TARGET, 90)
    assert puts(simulator) == []
    assert held(car) == SMART


@pytest.mark.parametrize("empty", ["missing", "empty", "null"])
async def test_the_first_preferences(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start, empty: Any
) -> None:
    """However Hiven says "none yet", a target and a time can be set, then the rest."""
    car.preferences = None
    simulator.empty_preferences = empty
    await start()
    assert shown(hass, BEHAVIOR) == "smart_charge_off"
    await set_number(hass, TARGET, 80)
    await set_time(hass, READY_TIME, "00:00")
    await choose(hass, "smart_charge_anywhere")
    assert held(car) == {**SMART, "readyTime": "00:00"}


async def test_a_caller_who_leaves_stops_nothing(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """An automation that is stopped does not take the write with it."""
    await start()
    hold = simulator.hold("PUT", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await hold.arrived()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    hold.release()
    await hass.async_block_till_done()
    assert held(car)["targetSoC"]["value"] == 90
    assert shown(hass, TARGET) == "90.0"


async def test_unloading_lets_a_write_finish(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Nothing is lost, and nothing is left."""
    entry = await start()
    hold = simulator.hold("PUT", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await hold.arrived()
    unloading = asyncio.create_task(hass.config_entries.async_unload(entry.entry_id))
    await asyncio.sleep(0)
    hold.release()
    await call
    assert await unloading
    assert held(car)["targetSoC"]["value"] == 90


async def test_a_vehicle_that_is_gone(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The caller is told, also when a write waits behind another."""
    await start()
    hold = simulator.hold("GET", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await hold.arrived()
    simulator.remove_car("car-1")
    hold.release()
    with pytest.raises(HomeAssistantError) as raised:
        await call
    assert raised.value.translation_key == "not_found"


async def test_capacity_is_stored_as_entered(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """For a car whose telemetry does not tell it."""
    car.reports_capacity = False
    await start()
    await set_number(hass, CAPACITY, 77.4)
    assert held(car)["batteryCapacity"] == 77.4


async def test_a_refused_change_shows_what_the_app_set_meanwhile(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """What was read for the write is what Hiven holds."""
    await start()
    simulator.app_edit("car-1", {"readyTime": "05:15"})
    simulator.fail("PUT", PREFERENCES, status=400)
    with pytest.raises(HomeAssistantError):
        await set_number(hass, TARGET, 90)
    assert shown(hass, READY_TIME) == "05:15:00"
    assert shown(hass, TARGET) == "80.0"


async def test_a_slow_write_and_a_reload(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A write after the reload waits for one from before, and loses nothing of it."""
    entry = await start()
    slow = simulator.hold("PUT", PREFERENCES)
    first = asyncio.create_task(set_time(hass, ready_time_of("monday"), "05:00"))
    await slow.arrived()
    reloading = asyncio.create_task(hass.config_entries.async_reload(entry.entry_id))
    while not reloading.done():
        # Home Assistant waits ten seconds for the write, then no longer.
        freezer.tick(1)
        async_fire_time_changed(hass)
        await asyncio.sleep(0)
    second = asyncio.create_task(set_time(hass, ready_time_of("tuesday"), "06:00"))
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(puts(simulator)) == 1
    slow.release()
    await asyncio.gather(first, second)
    assert held(car)["weekDaySpecificReadyTimes"] == {
        "MONDAY": "05:00",
        "TUESDAY": "06:00",
    }
