"""Polling: what is shown is true, what is old is said to be, what is lost comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import USER_ID
from .actions import (
    BEHAVIOR,
    LIST,
    SCHEDULE,
    STATE_OF_CHARGE,
    STATUS,
    TARGET,
    device_id,
    pass_time,
    poll_now,
    set_number,
    shown,
)

type Start = Callable[[], Awaitable[MockConfigEntry]]

DETAILS = "/v2/hiven/devices/car-*"


async def polls(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, number: int
) -> None:
    """Let some polls happen, five minutes and a bit apart."""
    for _ in range(number):
        await pass_time(hass, freezer, minutes=5, seconds=1)


def logged(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    """Return what the integration told in the log."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.hiven") and record.levelno >= level
    ]


def reauth_flows(hass: HomeAssistant, entry: MockConfigEntry) -> int:
    """Return how often people are asked for a key."""
    return len(list(entry.async_get_active_flows(hass, {SOURCE_REAUTH})))


async def test_one_list_then_all_telemetry_side_by_side(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """One call and one for each car, eight at most at once."""
    for number in range(2, 21):
        simulator.add_car(USER_ID, Car(id=f"car-{number}", name=f"Car {number}"))
    hold = simulator.hold("GET", STATUS, times=20)
    starting = asyncio.ensure_future(start())
    await hold.arrived(8)
    for _ in range(50):
        await asyncio.sleep(0)
    assert hold.count == 8
    hold.release()
    await starting
    assert simulator.count("GET", LIST) == 1
    assert simulator.count("GET", STATUS) == 20
    # And the plan of the one that charges smartly, for which nobody waited.
    assert simulator.count("GET", SCHEDULE) == 1
    assert len(simulator.requests) == 22


@pytest.mark.parametrize("pattern", [STATUS, LIST])
async def test_old_telemetry_is_shown_until_it_is_too_old(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    pattern: str,
) -> None:
    """Three failed polls and 30 minutes; then the entities are told at that moment."""
    await start()
    fault = simulator.fail("GET", pattern, status=500)
    await polls(hass, freezer, 5)
    assert shown(hass, STATE_OF_CHARGE) == "50.0"
    await pass_time(hass, freezer, minutes=4, seconds=50)
    assert shown(hass, STATE_OF_CHARGE) == "50.0"
    asked = len(simulator.requests)
    await pass_time(hass, freezer, seconds=6)
    assert len(simulator.requests) == asked
    assert shown(hass, STATE_OF_CHARGE) == STATE_UNAVAILABLE
    assert shown(hass, TARGET) == "80.0"
    assert shown(hass, BEHAVIOR) == "smart_charge_anywhere"
    assert len(logged(caplog)) == 1
    fault.stop()
    await polls(hass, freezer, 1)
    assert shown(hass, STATE_OF_CHARGE) == "50.0"
    assert len(logged(caplog)) == 2


async def test_half_an_hour_with_few_polls_is_not_enough(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Whoever polls hourly sees telemetry go after the third failure."""
    hass.config_entries.async_update_entry(entry, options={"scan_interval": 60})
    await start()
    simulator.fail("GET", STATUS, status=500)
    for expected in ("50.0", "50.0", STATE_UNAVAILABLE):
        await pass_time(hass, freezer, minutes=60, seconds=1)
        assert shown(hass, STATE_OF_CHARGE) == expected


async def test_one_car_fails_alone(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """From the start on: the others live, it comes back by itself."""
    other = simulator.add_car(USER_ID, Car(id="car-2", name="Other", plugged_in=False))
    fault = simulator.fail("GET", "/v1/hiven/devices/car-1/status", status=500)
    entry = await start()
    assert entry.state is ConfigEntryState.LOADED
    assert shown(hass, STATE_OF_CHARGE) == STATE_UNAVAILABLE
    assert shown(hass, TARGET) == "80.0"
    other.soc = 61.0
    await polls(hass, freezer, 1)
    assert shown(hass, "sensor.other_state_of_charge") == "61.0"
    fault.stop()
    await polls(hass, freezer, 1)
    assert shown(hass, STATE_OF_CHARGE) == "50.0"


async def test_one_bad_row_freezes_one_car(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And the log names endpoint and field."""
    other = simulator.add_car(USER_ID, Car(id="car-2", name="Other", plugged_in=False))
    await start()
    car.details_override = {"attributes": {"year": "soon"}}
    other.soc = 61.0
    await polls(hass, freezer, 7)
    assert shown(hass, "sensor.other_state_of_charge") == "61.0"
    assert shown(hass, STATE_OF_CHARGE) == STATE_UNAVAILABLE
    assert shown(hass, TARGET) == "80.0"
    (line,) = logged(caplog)
    assert "Family car" in line
    assert "GET /v2/hiven/devices: [0].attributes.year" in line


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "900"}, 900),
        (429, {"Retry-After": "1"}, 300),
        (429, {"Retry-After": "999999999999"}, 3600),
        (503, {"Retry-After": "900"}, 900),
        (429, {}, 300),
    ],
)
async def test_hiven_asks_to_wait(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    status: int,
    headers: dict[str, str],
    seconds: int,
) -> None:
    """It is granted, between the normal interval and one hour."""
    await start()
    simulator.fail("GET", LIST, status=status, headers=headers, times=1)
    await polls(hass, freezer, 1)
    asked = simulator.count("GET", LIST)
    await pass_time(hass, freezer, seconds=seconds - 10)
    assert simulator.count("GET", LIST) == asked
    await pass_time(hass, freezer, seconds=12)
    assert simulator.count("GET", LIST) == asked + 1
    await polls(hass, freezer, 1)
    assert simulator.count("GET", LIST) == asked + 2


async def test_hiven_asks_to_wait_with_one_car(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """It is granted for this car, by whatever way news are asked for."""
    simulator.add_car(USER_ID, Car(id="car-2", name="Other", plugged_in=False))
    await start()
    one, other = (STATUS.replace("*", id_) for id_ in ("car-1", "car-2"))
    simulator.fail("GET", one, status=429, headers={"Retry-After": "900"}, times=1)
    await polls(hass, freezer, 1)
    asked, asked_other = simulator.count("GET", one), simulator.count("GET", other)
    car.soc = 61.0
    await polls(hass, freezer, 1)
    await poll_now(hass)
    assert simulator.count("GET", one) == asked
    assert simulator.count("GET", other) == asked_other + 2
    assert shown(hass, STATE_OF_CHARGE) == "50.0"
    await polls(hass, freezer, 2)
    assert simulator.count("GET", one) == asked + 1
    assert shown(hass, STATE_OF_CHARGE) == "61.0"


async def test_a_wait_does_not_make_a_car_gone(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A status that is not there, with a wait: the car's details have the last word."""
    await start()
    wait = {"Retry-After": "900"}
    simulator.fail("GET", STATUS, status=404, headers=wait, times=1)
    await polls(hass, freezer, 1)
    simulator.fail("GET", LIST, body=[], times=1)
    await polls(hass, freezer, 1)
    assert simulator.count("GET", "/v2/hiven/devices/car-1") == 1
    assert shown(hass, TARGET) == "80.0"


async def test_a_refused_key_is_asked_for_once_and_telemetry_ages(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """401 starts reauth; polling goes on, so nothing old is shown for ever."""
    entry = await start()
    fault = simulator.fail("GET", LIST, status=401)
    await polls(hass, freezer, 1)
    assert reauth_flows(hass, entry) == 1
    assert shown(hass, STATE_OF_CHARGE) == "50.0"
    await polls(hass, freezer, 7)
    assert reauth_flows(hass, entry) == 1
    assert shown(hass, STATE_OF_CHARGE) == STATE_UNAVAILABLE
    assert shown(hass, TARGET) == "80.0"
    fault.stop()
    await polls(hass, freezer, 1)
    assert shown(hass, STATE_OF_CHARGE) == "50.0"


async def test_a_forbidden_list_is_the_key_after_three_polls(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Fewer, or with a good one between, are not."""
    entry = await start()
    simulator.fail("GET", LIST, status=403, times=2)
    await polls(hass, freezer, 3)
    simulator.fail("GET", LIST, status=403, times=2)
    await polls(hass, freezer, 3)
    assert reauth_flows(hass, entry) == 0
    simulator.fail("GET", LIST, status=403, times=3)
    await polls(hass, freezer, 3)
    assert reauth_flows(hass, entry) == 1


async def test_one_forbidden_car_is_never_the_key(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """403 on a car's telemetry."""
    entry = await start()
    simulator.fail("GET", STATUS, status=403)
    await polls(hass, freezer, 8)
    assert reauth_flows(hass, entry) == 0


async def test_a_key_refused_for_a_car_is_asked_for(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """401 says that it is the key, wherever it comes."""
    entry = await start()
    simulator.fail("GET", STATUS, status=401, times=1)
    await polls(hass, freezer, 1)
    assert reauth_flows(hass, entry) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_refused_at_start(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    status: int,
) -> None:
    """401 asks at once, 403 after three attempts."""
    simulator.fail("GET", LIST, status=status)
    entry = await start()
    if status == 403:
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert reauth_flows(hass, entry) == 0
        await pass_time(hass, freezer, minutes=2)
        await pass_time(hass, freezer, minutes=2)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert reauth_flows(hass, entry) == 1


async def test_the_cloud_is_down_at_start(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Home Assistant tries again and the account comes up by itself."""
    fault = simulator.fail("GET", LIST, kind="reset")
    entry = await start()
    assert entry.state.value == "setup_retry"
    assert "Hiven does not answer" in (entry.reason or "")
    fault.stop()
    await pass_time(hass, freezer, minutes=2)
    assert entry.state.value == "loaded"
    assert shown(hass, STATE_OF_CHARGE) == "50.0"


async def test_a_credential_that_is_gone_asks_for_a_key(
    hass: HomeAssistant, simulator: Simulator, start: Start, entry: MockConfigEntry
) -> None:
    """It is no crash."""
    hass.config_entries.async_update_entry(
        entry, data={"auth_implementation": "hiven_gone"}
    )
    await start()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert reauth_flows(hass, entry) == 1


@pytest.mark.parametrize("answer", [{"body": []}, {"body": b"null"}, {"body": {}}])
async def test_an_empty_or_garbled_list_removes_nothing(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    answer: dict[str, Any],
) -> None:
    """Not the car, not its entities; an empty list does not even hide its telemetry."""
    await start()
    device = device_id(hass)
    simulator.fail("GET", LIST, **answer)
    car.soc = 62.0
    await polls(hass, freezer, 1)
    assert device_id(hass) == device
    assert shown(hass, STATE_OF_CHARGE) == (
        "62.0" if answer == {"body": []} else "50.0"
    )
    assert shown(hass, TARGET) == "80.0"


async def test_a_car_goes_when_hiven_does_not_know_it_and_comes_back(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Its details answer 404; when it returns its entities are as people left them."""
    entry = await start()
    er.async_get(hass).async_update_entity(TARGET, name="Fill to")
    before = {entity.entity_id for entity in er.async_get(hass).entities.values()}
    unsure = simulator.fail("GET", DETAILS, status=500)
    simulator.remove_car("car-1")
    await polls(hass, freezer, 1)
    assert device_id(hass)
    unsure.stop()
    await polls(hass, freezer, 1)
    assert hass.states.get(TARGET) is None
    assert not er.async_get(hass).entities
    assert not list(dr.async_get(hass).devices)
    # Nothing of it is kept.
    assert not entry.runtime_data._followers._updates  # noqa: SLF001

    simulator.add_car(USER_ID, car)
    await polls(hass, freezer, 1)
    assert {e.entity_id for e in er.async_get(hass).entities.values()} == before
    state = hass.states.get(TARGET)
    assert state is not None
    assert state.state == "80.0"
    entity = er.async_get(hass).async_get(TARGET)
    assert entity is not None
    assert entity.name == "Fill to"
    await set_number(hass, TARGET, 90)
    assert shown(hass, TARGET) == "90.0"


async def test_a_car_removed_while_home_assistant_was_off(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It is found gone at the next start."""
    entry = await start()
    await hass.config_entries.async_unload(entry.entry_id)
    simulator.remove_car("car-1")
    await start()
    assert not list(dr.async_get(hass).devices)


@pytest.mark.parametrize("running", [True, False])
async def test_a_car_connected_again_keeps_everything(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    running: bool,
) -> None:
    """A new id of the same VIN takes over device, entities, names and areas."""
    entry = await start()
    registry = er.async_get(hass)
    area = ar.async_get(hass).async_create("Garage")
    dr.async_get(hass).async_update_device(device_id(hass), area_id=area.id)
    registry.async_update_entity(TARGET, new_entity_id="number.fill_to")
    before = {entity.id: entity.entity_id for entity in registry.entities.values()}
    if not running:
        await hass.config_entries.async_unload(entry.entry_id)
    simulator.remove_car("car-1")
    again = Car(id="car-9", name="Family car", vin=car.vin, soc=44.0, plugged_in=False)
    again.preferences = car.preferences
    simulator.add_car(USER_ID, again)
    if running:
        await polls(hass, freezer, 1)
    else:
        await start()
    (device,) = dr.async_get(hass).devices
    assert device.area_id == area.id
    assert device.identifiers == {(DOMAIN, "car-9")}
    assert {e.id: e.entity_id for e in registry.entities.values()} == before
    assert shown(hass, STATE_OF_CHARGE) == "44.0"
    assert shown(hass, "number.fill_to") == "80.0"
    await set_number(hass, "number.fill_to", 90)
    assert again.preferences is not None
    assert again.preferences["targetSoC"]["value"] == 90


async def test_a_renamed_car_is_renamed_here(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The device follows what Hiven says; entity ids stay."""
    await start()
    car.name = "Blue car"
    await polls(hass, freezer, 1)
    (device,) = dr.async_get(hass).devices
    assert device.name == "Blue car"
    assert shown(hass, STATE_OF_CHARGE) == "50.0"


async def test_unknown_values_are_told_once(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One line each; what could be personal is not repeated."""
    car.status_override = {"chargingStatus": "RESTING"}
    car.preferences = {
        "chargingBehavior": "SMART_CHARGE_SOLAR",
        "targetSoC": {"value": 50, "unit": "WVWZZZ1KZAW000001"},
        "weekDaySpecificReadyTimes": {"HOLIDAY": "10:00"},
    }
    await start()
    await polls(hass, freezer, 2)
    assert sorted(logged(caplog)) == [
        "Hiven sent a charging behavior this integration does not know: SMART_CHARGE_SOLAR",
        "Hiven sent a charging status this integration does not know: RESTING",
        "Hiven sent a day this integration does not know: HOLIDAY",
        "Hiven sent a unit of the state of charge this integration does not know: (not shown)",
    ]
    assert shown(hass, BEHAVIOR) == "unknown"
    assert shown(hass, TARGET) == "unknown"


async def test_news_at_once(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """homeassistant.update_entity polls."""
    await start()
    car.soc = 63.0
    await poll_now(hass)
    assert shown(hass, STATE_OF_CHARGE) == "63.0"


async def test_only_the_entities_of_a_changed_car_are_told(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """By polls and by writes; nothing new is told to nobody."""
    other = simulator.add_car(USER_ID, Car(id="car-2", plugged_in=False))
    coordinator = (await start()).runtime_data
    simulator.pause()
    await coordinator.async_refresh()
    told: list[str] = []
    for each in (car, other):
        coordinator.async_add_listener(partial(told.append, each.id), each.id)
    await coordinator.async_refresh()
    assert told == []
    other.soc = 63.0
    await coordinator.async_refresh()
    assert told == [other.id]
    told.clear()
    await set_number(hass, TARGET, 85)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert set(told) == {car.id}


async def test_many_cars_are_told_in_turns(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Ten in a turn of the event loop; one that cannot be told stops no other."""
    ids = [f"car-{number}" for number in range(1, 26)]
    for vehicle_id in ids[1:]:
        simulator.add_car(USER_ID, Car(id=vehicle_id, plugged_in=False))
    coordinator = (await start()).runtime_data
    told: list[str] = []

    def fail() -> None:
        raise ValueError

    for vehicle_id in ids:
        coordinator.async_add_listener(fail, vehicle_id)
        coordinator.async_add_listener(partial(told.append, vehicle_id), vehicle_id)
    for each in simulator.cars.values():
        each.soc = 63.0
    await coordinator.async_refresh()
    assert len(told) == 10
    for number in (20, 25):
        await asyncio.sleep(0)
        assert len(told) == number
    assert sorted(told) == sorted(ids)
    assert shown(hass, STATE_OF_CHARGE) == "63.0"
    assert logged(caplog, logging.ERROR) == ["An entity cannot be updated"] * 25


async def test_unloading_during_a_poll_leaves_nothing(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """No task, no timer; the test package looks for both."""
    entry = await start()
    simulator.fail("GET", STATUS, status=500)
    await polls(hass, freezer, 4)
    hold = simulator.hold("GET", LIST)
    polling = asyncio.create_task(polls(hass, freezer, 1))
    await hold.arrived()
    assert await hass.config_entries.async_unload(entry.entry_id)
    hold.release()
    await polling
    asked = len(simulator.requests)
    await pass_time(hass, freezer, hours=2)
    assert len(simulator.requests) == asked


async def test_the_device_page_deletes_only_what_hiven_no_longer_has(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    simulator: Simulator,
    car: Car,
    start: Start,
) -> None:
    """And while nothing is known of it, it says so."""
    assert await async_setup_component(hass, "config", {})
    entry = await start()
    client = await hass_ws_client(hass)

    async def delete() -> str:
        response = await client.remove_device(device_id(hass))
        assert not response["success"]
        message: str = response["error"]["message"]
        return message

    assert "Remove a car" in await delete()
    simulator.fail("GET", LIST, status=500)
    await hass.config_entries.async_reload(entry.entry_id)
    assert "could not be read" in await delete()
