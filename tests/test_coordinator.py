"""Polling: states are true, old ones become unavailable, and nothing is lost."""

import asyncio
from functools import partial
import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.hiven.const import DOMAIN
from custom_components.hiven.poll import together
from simulator import Car

from . import USER_ID
from .actions import (
    BEHAVIOR,
    LIST,
    PLAN,
    PREFERENCES,
    SCHEDULE,
    STATE_OF_CHARGE,
    STATUS,
    TARGET,
)
from .flow_helpers import MODELS
from .home import Home, error_of, until

NOT_READY = "binary_sensor.family_car_not_ready_in_time"
SMART_CHARGING = "sensor.family_car_smart_charging_status"
DETAILS = "/v2/hiven/devices/car-1"


async def test_one_list_then_all_telemetry_side_by_side(home: Home) -> None:
    settings = home.held
    for number in range(2, 21):
        home.add_car(number, f"Car {number}").preferences = settings
    hold = home.simulator.hold("GET", STATUS, times=20)
    starting = asyncio.ensure_future(home.start())
    await hold.arrived(8)
    await home.settle()
    assert hold.count == 8
    models = home.simulator.hold("GET", MODELS)
    plans = home.simulator.hold("GET", SCHEDULE, times=20)
    hold.release()
    # Plans and models are read afterwards.
    await plans.arrived(7)
    await home.settle()
    assert (plans.count, models.count) == (7, 1)
    plans.release()
    models.release()
    await starting
    assert home.polls == 1
    for pattern, expected in ((STATUS, 20), (SCHEDULE, 20), (MODELS, 1)):
        assert home.simulator.count("GET", pattern) == expected
    assert len(home.simulator.requests) == 42


async def test_known_cars_are_asked_beside_the_list(home: Home, other: Car) -> None:
    """A new car is read as soon as the list is read."""
    other.preferences = home.held
    await home.start()
    await home.unload()
    home.add_car(3, "New").preferences = home.held
    home.simulator.forget()
    hold = home.simulator.hold("GET", LIST)
    starting = asyncio.ensure_future(home.start())
    await until(lambda: home.simulator.count("GET", STATUS) == 2)
    await home.settle()
    assert (hold.count, len(home.simulator.requests)) == (1, 3)
    hold.release()
    await starting
    assert home.simulator.count("GET", STATUS) == 3


async def test_no_car_is_asked_beside_a_list_that_fails(home: Home) -> None:
    await home.start()
    fault = home.simulator.fail("GET", LIST, status=500)
    home.simulator.forget()
    await home.poll(4)
    # A car was read beside the first list that failed.
    assert (fault.hits, home.simulator.count("GET", STATUS)) == (4, 1)
    fault.stop()
    home.car.soc = 61.0
    hold = home.simulator.hold("GET", LIST, after=True)
    await home.start_poll(hold)
    await home.settle()
    assert home.simulator.count("GET", STATUS) == 1
    hold.release()
    await until(lambda: home.shown(STATE_OF_CHARGE) == "61.0")


@pytest.mark.parametrize("pattern", [LIST, STATUS])
async def test_without_a_retry_after_the_wait_doubles(home: Home, pattern: str) -> None:
    """The wait grows from five minutes to an hour. A success ends it."""
    await home.start()
    for _ in range(2):
        busy = home.simulator.fail("GET", pattern, status=429)
        await home.poll()
        for hits, minutes in enumerate((5, 10, 20, 40, 60, 60), 1):
            assert busy.hits == hits
            await home.pass_time(minutes=minutes, seconds=-5)
            await home.update()
            await home.set_number(TARGET, 80 + hits)
            assert busy.hits == hits
            await home.pass_time(seconds=40)
        busy.stop()
        await home.pass_time(hours=1)
        assert home.shown(STATE_OF_CHARGE) == "50.0"


@pytest.mark.parametrize(("held", "behavior", "target"), [
    (True, "smart_charge_anywhere", "80.0"), (False, "smart_charge_off", "unknown"),
])  # fmt: skip
async def test_settings_that_the_list_does_not_hold(
    home: Home, held: bool, behavior: str, target: str
) -> None:
    """Another resource has them. It is read at a start and every 30 minutes."""
    if not held:
        home.car.preferences = None
    home.simulator.speak("preferences_in_resource_only")
    wait = {"Retry-After": "590"}
    busy = home.simulator.fail("GET", PREFERENCES, status=429, headers=wait)
    await home.start()
    await home.poll()
    assert busy.hits == 1
    assert home.shown(BEHAVIOR) == home.shown(TARGET) == STATE_UNKNOWN
    busy.stop()
    await home.poll()
    home.edit(targetSoC={"value": 70, "unit": "PERCENT"})
    home.simulator.forget()
    await home.poll(5)
    assert home.simulator.count("GET", PREFERENCES) == 0
    assert (home.shown(BEHAVIOR), home.shown(TARGET)) == (behavior, target)
    await home.poll()
    assert home.simulator.count("GET", PREFERENCES) == 1
    assert home.shown(TARGET) == "70.0"
    failed, recovered = home.log
    assert failed.startswith("The settings of Family car cannot be read: ")
    assert recovered == "The settings of Family car can be read again"


async def test_a_refused_write_makes_the_list_be_read(home: Home) -> None:
    """The list shows whether Hiven refuses the key or only this car."""
    await home.start()
    for reauths in range(2):
        home.simulator.fail("PUT", PREFERENCES, status=401, times=1)
        polls = home.polls
        error = await error_of(home.set_number(TARGET, 90))
        assert error.translation_key == "vehicle_forbidden"
        await home.hass.async_block_till_done(wait_background_tasks=True)
        assert home.polls == polls + 1
        assert home.reauths == reauths
        home.simulator.fail("GET", LIST, status=401)


async def test_a_hanging_list_of_models_delays_nothing(home: Home) -> None:
    home.caplog.set_level(logging.DEBUG, "custom_components.hiven")
    hold = home.simulator.hold("GET", MODELS)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await hold.arrived()
    home.car.soc = 61.0
    await home.update()
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    home.simulator.fail("GET", MODELS, status=500)
    hold.release()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert "The list of models cannot be read: GET /v2" in home.caplog.text


async def test_cars_without_a_vin_are_not_the_same(home: Home) -> None:
    """Otherwise, a new car would take over the device of a missing one."""
    unnamed = {"attributes": {"vin": ""}}
    home.car.details_override = unnamed
    await home.start()
    device = home.device()
    home.simulator.remove_car("car-1")
    home.add_car(9, "New", details_override=unnamed)
    await home.poll()
    assert home.device().id == device.id != home.device("car-9").id
    assert home.shown("sensor.new_state_of_charge") == "50.0"


@pytest.mark.parametrize(("path", "status"), [(STATUS, 500), (LIST, 500), (LIST, 401)])
async def test_telemetry_that_is_too_old(home: Home, path: str, status: int) -> None:
    """It becomes unavailable after three failed polls and exactly 30 minutes."""
    await home.start()
    fault = home.simulator.fail("GET", path, status=status)
    await home.poll(5, after=301)
    assert home.shown(STATE_OF_CHARGE) == "50.0"
    await home.pass_time(minutes=4, seconds=54)
    assert home.shown(STATE_OF_CHARGE) == "50.0"
    asked = len(home.simulator.requests)
    await home.pass_time(seconds=1)
    assert len(home.simulator.requests) == asked
    assert home.reauths == (status == 401)
    for entity_id in (STATE_OF_CHARGE, "sensor.family_car_last_reported"):
        assert home.shown(entity_id) == STATE_UNAVAILABLE
    for entity_id in (NOT_READY, SMART_CHARGING):
        assert home.shown(entity_id) == STATE_UNKNOWN
    assert len(home.log) == 1
    # Settings can still be changed.
    assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
    await home.set_number(TARGET, 90)
    assert home.shown(TARGET) == "90.0"
    fault.stop()
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "50.0"
    assert len(home.log) == 2


async def test_each_car_is_too_old_at_its_time(home: Home, other: Car) -> None:
    await home.start()
    of_other = STATUS.replace("*", other.id)
    home.simulator.fail("GET", of_other, status=500, times=1)
    await home.poll()
    home.simulator.fail("GET", LIST, status=500, times=2)
    await home.poll(2)
    wait = {"Retry-After": "3600"}
    home.simulator.fail("GET", LIST, status=429, headers=wait)
    await home.poll()
    await home.pass_time(minutes=10)
    shown = home.shown("sensor.other_state_of_charge"), home.shown(STATE_OF_CHARGE)
    assert shown == (STATE_UNAVAILABLE, "50.0")
    await home.pass_time(minutes=5)
    assert home.shown(STATE_OF_CHARGE) == STATE_UNAVAILABLE


async def test_half_an_hour_with_few_polls_is_not_enough(home: Home) -> None:
    home.hass.config_entries.async_update_entry(
        home.entry, options={"scan_interval": 60}
    )
    await home.start()
    home.simulator.fail("GET", STATUS, status=500)
    for expected in ("50.0", "50.0", STATE_UNAVAILABLE):
        await home.pass_time(minutes=60, seconds=1)
        assert home.shown(STATE_OF_CHARGE) == expected


async def test_polls_are_30_seconds_apart(home: Home) -> None:
    """A minute after a change, the car is read again."""
    await home.start()
    for wait, steps in (
        # A poll that comes 20 seconds later is not moved.
        (220, ((79, 1), (1, 2))),
        # The car is read again although it was read 10 seconds too early.
        (250, ((50, 3), (29, 3), (1, 4))),
    ):
        await home.pass_time(seconds=wait)
        await home.set_number(TARGET, 80 + len(steps))
        for seconds, polls in steps:
            await home.pass_time(seconds=seconds)
            assert home.polls == polls


async def test_a_wait_does_not_make_a_car_gone(home: Home) -> None:
    await home.start()
    wait = {"Retry-After": "900"}
    home.simulator.fail("GET", STATUS, status=404, headers=wait, times=1)
    await home.poll()
    home.simulator.fail("GET", LIST, body=[], times=1)
    await home.poll()
    assert home.simulator.count("GET", DETAILS) == 1
    assert home.shown(TARGET) == "80.0"


async def test_a_forbidden_list_is_the_key_after_three_polls(home: Home) -> None:
    """A success or another failure in between, or a refused car, does not count."""
    await home.start()
    one = home.simulator.fail("GET", STATUS, status=403)
    await home.poll(8)
    assert home.reauths == 0
    one.stop()
    for _ in range(2):
        home.simulator.fail("GET", LIST, status=403, times=2)
        await home.poll(3)
        assert home.reauths == 0
    # Another failure in between resets the count.
    for status in (403, 403, 500, 403, 403):
        home.simulator.fail("GET", LIST, status=status, times=1)
        await home.poll()
        assert home.reauths == 0
    await home.poll()
    home.simulator.fail("GET", LIST, status=403, times=3)
    await home.poll(3)
    assert home.reauths == 1


@pytest.mark.parametrize(("status", "attempts"), [(401, 1), (403, 3)])
async def test_a_key_refused_at_start(home: Home, status: int, attempts: int) -> None:
    home.simulator.fail("GET", LIST, status=status)
    await home.start()
    for _ in range(1, attempts):
        assert home.entry.state is ConfigEntryState.SETUP_RETRY
        assert home.reauths == 0
        await home.pass_time(minutes=2)
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    assert home.reauths == 1


async def test_a_credential_that_is_gone_asks_for_a_key(home: Home) -> None:
    home.hass.config_entries.async_update_entry(
        home.entry, data={"auth_implementation": "hiven_gone"}
    )
    await home.start()
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    assert home.reauths == 1


@pytest.mark.parametrize("details", [200, 500])
async def test_an_empty_list_removes_nothing(home: Home, details: int) -> None:
    """Telemetry is still read. `test_the_list` covers all other answers."""
    await home.start()
    device = home.device()
    if details == 500:
        home.simulator.fail("GET", DETAILS, status=details)
    home.simulator.fail("GET", LIST, body=[])
    home.car.soc = 62.0
    await home.poll()
    assert home.device() == device
    assert home.shown(STATE_OF_CHARGE) == "62.0"
    assert home.shown(TARGET) == "80.0"


@pytest.mark.parametrize("dialect", ["documented", "gone_403", "gone_410", "gone_null"])
async def test_a_car_goes_when_hiven_does_not_know_it_and_comes_back(
    home: Home, dialect: str
) -> None:
    """Three lists and the details decide. Customizations are kept."""
    home.simulator.speak(dialect)
    await home.start()
    registry = er.async_get(home.hass)
    registry.async_update_entity(TARGET, name="Fill to")
    before = {entity.entity_id for entity in registry.entities.values()}
    for _ in range(2):
        home.simulator.remove_car("car-1")
        await home.poll(2)
        assert home.shown(TARGET) == "80.0"
        home.simulator.add_car(USER_ID, home.car)
        await home.poll()
    home.simulator.remove_car("car-1")
    unsure = home.simulator.fail("GET", DETAILS, status=500)
    await home.poll(4)
    assert home.device()
    unsure.stop()
    await home.poll()
    assert home.hass.states.get(TARGET) is None
    assert not registry.entities
    assert not list(dr.async_get(home.hass).devices)

    home.simulator.add_car(USER_ID, home.car)
    await home.poll()
    assert {entity.entity_id for entity in registry.entities.values()} == before
    entity = registry.async_get(TARGET)
    assert entity is not None
    assert entity.name == "Fill to"
    await home.set_number(TARGET, 90)
    assert home.shown(TARGET) == "90.0"


async def test_a_car_that_is_back_is_read_at_once(home: Home, other: Car) -> None:
    await home.start()
    home.simulator.remove_car("car-1")
    await home.poll(3)
    home.simulator.add_car(USER_ID, home.car)
    # A minute after that, the other car is read.
    await home.set_number("number.other_charge_target", 90)
    await home.poll(after=60)
    assert home.shown(STATE_OF_CHARGE) == "50.0"


async def test_a_car_removed_while_home_assistant_was_off(home: Home) -> None:
    await home.start()
    await home.unload()
    home.simulator.remove_car("car-1")
    await home.start()
    await home.poll()
    assert home.device()
    await home.poll()
    assert not list(dr.async_get(home.hass).devices)


@pytest.mark.parametrize("running", [True, False])
async def test_a_car_connected_again_keeps_all(home: Home, running: bool) -> None:
    await home.start()
    registry = er.async_get(home.hass)
    area = ar.async_get(home.hass).async_create("Garage")
    dr.async_get(home.hass).async_update_device(home.device().id, area_id=area.id)
    registry.async_update_entity(TARGET, new_entity_id="number.fill_to")
    before = {entity.id: entity.entity_id for entity in registry.entities.values()}
    if not running:
        await home.unload()
    home.simulator.remove_car("car-1")
    again = home.add_car(9, "Family car", vin=home.car.vin, soc=44.0)
    again.preferences = home.car.preferences
    await (home.poll() if running else home.start())
    assert home.simulator.count("GET", DETAILS) == 0
    (device,) = dr.async_get(home.hass).devices
    assert device.area_id == area.id
    assert device.identifiers == {(DOMAIN, "car-9")}
    assert {e.id: e.entity_id for e in registry.entities.values()} == before
    assert home.shown(STATE_OF_CHARGE) == "44.0"
    assert home.shown("number.fill_to") == "80.0"
    await home.set_number("number.fill_to", 90)
    assert again.preferences is not None
    assert again.preferences["targetSoC"]["value"] == 90


async def test_a_vin_that_is_listed_twice_is_ignored(home: Home) -> None:
    await home.start()
    await home.unload()
    home.simulator.remove_car("car-1")
    for number in (8, 9):
        home.add_car(number, vin=home.car.vin)
    await home.start()
    ids = [each.unique_id for each in er.async_get(home.hass).entities.values()]
    assert {each.split("_")[0] for each in ids} == {"car-1", "car-8", "car-9"}
    assert not [each for each in ids if each.count("car-") > 1]


async def test_news_at_once(home: Home) -> None:
    await home.start()
    await home.update()
    await home.pass_time(seconds=11)
    home.car.soc, polls = 63.0, home.polls
    entities = [TARGET, BEHAVIOR, STATE_OF_CHARGE]
    await home.act("homeassistant.update_entity", entity_id=entities)
    await home.update()
    assert (home.shown(STATE_OF_CHARGE), home.polls) == ("63.0", polls + 1)
    await home.pass_time(seconds=10)
    assert home.polls == polls + 2
    wait = {"Retry-After": "60"}
    home.simulator.fail("GET", LIST, status=429, headers=wait, times=1)
    for seconds, expected in ((11, 3), (11, 3), (49, 4)):
        await home.pass_time(seconds=seconds)
        await home.update()
        assert home.polls == polls + expected


@pytest.mark.parametrize("is_asked", [False, True])
async def test_news_during_a_poll(home: Home, is_asked: bool) -> None:
    """The poll may miss them, so another one follows for all callers."""
    assert await async_setup_component(home.hass, "homeassistant", {})
    await home.start()
    hold = home.simulator.hold("GET", LIST, after=True)
    if is_asked:
        home.hass.async_create_task(home.update())
        await hold.arrived()
    else:
        await home.start_poll(hold)
    polls = home.polls
    home.add_car()
    entities = (BEHAVIOR, STATE_OF_CHARGE, PLAN)
    update = partial(home.act, "homeassistant.update_entity")
    asks = [asyncio.ensure_future(update(entity_id=each)) for each in entities]
    await home.settle()
    hold.release()
    await asyncio.gather(*asks)
    assert home.shown("sensor.other_state_of_charge") == "50.0"
    assert home.polls == polls + 1


async def test_a_call_that_fails_unexpectedly_ends_the_others() -> None:
    ended = asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fail() -> None:
        raise ValueError

    with pytest.raises(ExceptionGroup):
        await together(hang(), fail())
    assert ended.is_set()


async def test_an_entity_that_fails_stops_no_other(home: Home) -> None:
    await home.start()

    def fail() -> None:
        raise ValueError

    coordinator = home.entry.runtime_data.coordinator
    home.entry.async_on_unload(coordinator.async_add_listener(fail))
    home.add_car()
    home.car.soc = 63.0
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "63.0"
    assert home.shown("sensor.other_state_of_charge") == "50.0"
    assert "Unexpected error updating listener" in home.log[0]
    home.caplog.clear()


async def test_the_device_page_deletes_only_what_hiven_no_longer_has(
    home: Home, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(home.hass, "config", {})
    await home.start()
    client = await hass_ws_client(home.hass)
    for expected in ("Remove a car", "has not been read"):
        response = await client.remove_device(home.device().id)
        assert not response["success"]
        assert expected in response["error"]["message"]
        assert "Family car" in response["error"]["message"]
        home.simulator.fail("GET", LIST, status=500, times=1)
        await home.reload()
    home.simulator.fail("GET", LIST, body=[], times=1)
    await home.reload()
    assert (await client.remove_device(home.device().id))["success"]
    assert home.hass.states.get(TARGET) is None
    # Hiven still has the car.
    await home.poll()
    assert home.shown(TARGET) == "80.0"
