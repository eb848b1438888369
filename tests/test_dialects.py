"""In every dialect of Hiven, the states are the same and no setting is lost."""

import asyncio
from datetime import timedelta
import logging
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hiven.const import DOMAIN
from simulator import DIALECTS, Car, Simulator

from . import API_KEY, USER_ID
from .actions import (
    BEHAVIOR,
    CAPACITY,
    LIST,
    MINIMUM,
    NEXT_END,
    PREFERENCES,
    READY_TIME,
    STATE_OF_CHARGE,
    TARGET,
    ready_time_of,
)
from .dialog import Dialog
from .flow_helpers import ANYWHERE
from .home import Home, error_of, until

# Dialects that are likely at the same time.
TOGETHER = (
    ("put_replaces", "lagging_reads", "week_merged_null", "lower_case", "epoch_seconds"),
    ("put_replaces", "lagging_resource", "optional_typed", "quoted_numbers", "car_401"),
    ("put_replaces", "preferences_in_list_only", "preferences_null", "times_seconds"),
    ("put_replaces", "preferences_in_resource_only", "lagging_reads", "gone_null"),
    ("put_whole", "lagging_reads", "week_merged_null", "preferences_in_resource_only"),
    ("week_merged_null", "preferences_in_list_only", "lagging_reads", "optional_null"),
    ("week_merged_null", "preferences_in_resource_only", "lagging_resource", "car_403"),
    ("week_merged_forever", "lagging_reads", "lower_case", "times_short"),
)  # fmt: skip
SPOKEN = [*((name,) for name in DIALECTS), *TOGETHER]
WEEK_STAYS = {"week_merged_forever", "week_merged_refused"}
SIGN_INS_END = {"car_401", "car_403"}

SUNDAY = ready_time_of("sunday")
TUESDAY = ready_time_of("tuesday")


def percent(value: int) -> dict[str, Any]:
    return {"value": value, "unit": "PERCENT"}


SETTINGS: dict[str, Any] = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE", "targetSoC": percent(80),
    "minimalSoC": percent(10), "readyTime": "07:00", "batteryCapacity": 74.5,
    "weekDaySpecificReadyTimes": {"MONDAY": "06:00", "SUNDAY": "10:30"},
    "defaultSpotPriceAreaId": "FI",
}  # fmt: skip


@pytest.fixture
def car(simulator: Simulator) -> Car:
    """Return a parked car with every kind of setting, which is not connected yet."""
    # The car does not report its capacity, so the entity to enter it is enabled.
    car = Car(id="car-1", name="Family car", plugged_in=False, reports_capacity=False)
    simulator.telemetry_interval = timedelta(days=1)
    simulator.prices = lambda hour: 0.0 if hour.hour >= 20 else 1.0
    return car


@pytest.mark.parametrize("dialect", SPOKEN, ids="+".join)
async def test_every_dialect(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
    car: Car,
    dialog: Dialog,
    dialect: tuple[str, ...],
    subtests: pytest.Subtests,
) -> None:
    """The steps set up an account, charge its car for a day, and remove it."""
    simulator.speak(*dialect)
    simulator.time_zone = ZoneInfo(hass.config.time_zone)
    simulator.add_garage_car(car)
    home = Home(hass, simulator, freezer, caplog, MockConfigEntry(), car)
    home.entry = await _set_up(home, dialog)
    for row in (_plan, _write, _week, _polls, _gone, _removed):
        with subtests.test(row.__name__):
            await row(home, dialog, {*dialect})


async def _set_up(home: Home, dialog: Dialog) -> ConfigEntry:
    """Set up a new account, connect a car and choose its first settings."""
    await dialog.open()
    await dialog.submit(user_id=USER_ID, api_key=API_KEY)
    assert dialog.step == "vehicle"
    await dialog.connect()
    assert dialog.step == "preferences"
    await home.through(dialog.submit(**ANYWHERE))
    for _ in range(2):
        assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
        assert home.shown(TARGET) == "90.0"
        assert home.shown(READY_TIME) == "06:30:00"
        assert home.shown(STATE_OF_CHARGE) == "50.0"
        await home.poll()
    # Only values that are not understood are logged.
    odd = [line for line in home.log if "does not understand" in line]
    assert home.log == odd
    assert bool(odd) == ("optional_typed" in home.simulator.dialects)
    return dialog.entry


async def _plan(home: Home, dialog: Dialog, dialect: set[str]) -> None:
    """Check that the old plan is not shown as the current one after a change."""
    home.car.plug_in()
    await home.update()
    await home.pass_time(seconds=11)
    old = home.shown(NEXT_END)
    assert old != "unknown"
    await home.through(home.set_time(READY_TIME, "19:00"))
    await home.plans_read()
    assert home.shown(NEXT_END) != old
    await home.pass_time(seconds=11)
    assert home.shown(NEXT_END) != old
    await home.pass_time(seconds=50)
    assert home.shown(NEXT_END) not in (old, "unknown")
    # The states are the same after a reload, and in the documented dialect.
    shown = home.states()
    await home.reload()
    assert home.states() == shown
    home.simulator.speak()
    await home.reload()
    home.simulator.speak(*dialect)
    home.car.unplug()
    documented = home.states()
    # Quarters of an hour are more exact than hours.
    if not {"quarter_hours", "quarter_hours_sparse"} & dialect:
        assert documented == shown


async def _write(home: Home, dialog: Dialog, dialect: set[str]) -> None:
    """Check that a write keeps all other settings, and automations see one change."""
    await _edit_in_the_app(home, SETTINGS)
    seen, home.simulator.requests[:] = changes_of(home), []
    # A value that Hiven already has is not written.
    await home.through(home.set_number(TARGET, 80))
    await home.through(home.set_number(TARGET, 90))
    await home.update()
    await home.through(home.set_number(MINIMUM, 20))
    await home.update()
    changed = {"targetSoC": percent(90), "minimalSoC": percent(20)}
    assert home.held == {**SETTINGS, **changed}
    assert home.shown(CAPACITY) == "74.5"
    assert home.shown(SUNDAY) == "10:30:00"
    await _half_an_hour(home)
    assert seen == [(TARGET, "80.0", "90.0"), (MINIMUM, "10.0", "20.0")]
    # One extra write restores the other settings.
    assert len(home.puts) == 2 + bool({"put_replaces", "put_whole"} & dialect)


async def _week(home: Home, dialog: Dialog, dialect: set[str]) -> None:
    """Check that a day can be set and cleared, or that an error names the day."""
    await _edit_in_the_app(home, SETTINGS)
    seen = changes_of(home)
    await home.through(home.set_time(TUESDAY, "05:15"))
    clears = home.set_preferences(clear_days=["sunday"])
    expected = {"MONDAY": "06:00", "TUESDAY": "05:15"}
    if WEEK_STAYS & dialect:
        error = await error_of(home.through(clears))
        assert "Hiven did not clear “Sunday" in str(error)
        expected["SUNDAY"] = "10:30"
    else:
        await home.through(clears)
    assert home.held == {**SETTINGS, "weekDaySpecificReadyTimes": expected}
    await _half_an_hour(home)
    shown = {day: home.shown(ready_time_of(day.lower())) for day in expected}
    assert shown == {day: f"{at}:00" for day, at in expected.items()}
    back_and_forth = [(SUNDAY, "10:30:00", "unknown"), (SUNDAY, "unknown", "10:30:00")]
    assert seen[0] == (TUESDAY, "unknown", "05:15:00")
    assert seen[1:] == back_and_forth[: len(expected) - 1]


async def _polls(home: Home, dialog: Dialog, dialect: set[str]) -> None:
    """Check that states change once, and only with a change in Hiven's app."""
    await _edit_in_the_app(home, SETTINGS)
    seen = changes_of(home)
    await home.poll(3)
    assert seen == []
    home.simulator.app_edit(home.car.id, {"minimalSoC": percent(30)})
    await _half_an_hour(home)
    assert seen == [(MINIMUM, "10.0", "30.0")]
    # A sign-in that has ended is not a wrong key.
    home.car.signed_out = True
    await home.poll(3)
    issue = ir.async_get(home.hass).async_get_issue(DOMAIN, "sign_in_again_car-1")
    assert (issue is not None) == bool(SIGN_INS_END & dialect)
    await home.through(home.set_number(TARGET, 90))
    assert seen[1:] == [(TARGET, "80.0", "90.0")]
    assert home.reauths == 0
    home.car.signed_out = False


async def _gone(home: Home, dialog: Dialog, dialect: set[str]) -> None:
    """Check that a car that Hiven removes goes after three lists, and may return."""
    target, lists = home.shown(TARGET), home.polls
    home.simulator.remove_car(home.car.id)
    while has_device(home):
        assert home.shown(TARGET) == target
        assert home.polls < lists + 3
        await home.poll()
    assert home.polls == lists + 3
    assert home.reauths == 0
    home.simulator.add_car(USER_ID, home.car)
    await home.poll()
    assert home.shown(TARGET) == target


async def _removed(home: Home, dialog: Dialog, dialect: set[str]) -> None:
    """Check that a car that a person removes goes from Hiven and Home Assistant."""
    dialog = await dialog.another().reconfigure(home.entry, "remove_vehicle")
    await dialog.submit(vehicle=home.car.id, confirm=True)
    assert dialog.step == "vehicle_removed"
    assert home.simulator.cars == {}
    assert not has_device(home)


@pytest.fixture
async def started(home: Home) -> Home:
    home.simulator.add_car(USER_ID, home.car)
    home.car.preferences = SETTINGS
    await home.start()
    return home


async def test_a_car_is_removed_during_a_poll(started: Home, dialog: Dialog) -> None:
    hold = started.simulator.hold("GET", LIST, after=True)
    await started.start_poll(hold)
    removing = asyncio.ensure_future(_removed(started, dialog, set()))
    await until(lambda: started.simulator.count("DELETE", "*"))
    await started.settle()
    hold.release()
    await removing
    await started.pass_time(seconds=11)
    assert not has_device(started)


async def test_a_late_answer_is_not_kept(started: Home) -> None:
    started.simulator.speak("preferences_in_resource_only")
    started.simulator.resource_lag = timedelta(seconds=40)
    write = started.set_number(TARGET, 90)
    call, hold = await started.hold("PUT", PREFERENCES, write)
    # Hiven confirms the write, and cannot be read for a while.
    started.simulator.fail("GET", PREFERENCES, status=500, times=5)
    hold.release()
    await started.through(call)
    await started.update()
    await started.poll()
    assert started.shown(TARGET) == "90.0"


async def test_an_edit_in_the_app_during_a_write(started: Home) -> None:
    """A list with that edit, but not yet the write, does not undo the write."""
    started.simulator.list_lag = timedelta(seconds=30)
    seen = changes_of(started)
    write = started.set_number(TARGET, 90)
    call, hold = await started.hold("PUT", PREFERENCES, write)
    started.simulator.app_edit(started.car.id, {"minimalSoC": percent(30)})
    hold.release()
    await started.through(call)
    await started.update()
    await _half_an_hour(started)
    assert seen == [(TARGET, "80.0", "90.0"), (MINIMUM, "10.0", "30.0")]


async def test_somebody_sets_the_old_value_again(started: Home) -> None:
    """It looks like an outdated answer, so the next write checks it."""
    await started.set_number(TARGET, 90)
    started.simulator.app_edit(started.car.id, {"targetSoC": percent(80)})
    await started.through(started.set_number(MINIMUM, 20))
    assert started.held == {**SETTINGS, "minimalSoC": percent(20)}
    assert started.shown(TARGET) == "80.0"


async def test_an_old_value_is_no_late_answer_after_a_minute(started: Home) -> None:
    await started.set_number(TARGET, 90)
    started.simulator.app_edit(started.car.id, {"targetSoC": percent(80)})
    # The car is read a minute after a change.
    await started.pass_time(seconds=60)
    assert started.shown(TARGET) == "80.0"


async def test_a_write_does_not_start_from_an_old_answer(started: Home) -> None:
    await started.set_number(TARGET, 90)
    started.simulator.fail("GET", PREFERENCES, body=SETTINGS, times=1)
    await started.through(started.set_number(MINIMUM, 20))
    assert started.held["targetSoC"] == percent(90)


@pytest.mark.parametrize("lost", ["", "first", "second"])
async def test_a_second_write_that_cannot_be_read(started: Home, lost: str) -> None:
    started.caplog.set_level(logging.DEBUG, "custom_components.hiven")
    started.simulator.speak("put_replaces")
    write = started.set_number(TARGET, 90)
    call, first = await started.hold("PUT", PREFERENCES, write)
    second = started.simulator.hold("PUT", PREFERENCES)
    if lost == "first":
        started.simulator.fail("PUT", PREFERENCES, times=1, kind="reset", apply=True)
    first.release()
    await second.arrived()
    started.simulator.fail("GET", PREFERENCES, status=500, times=5)
    if lost == "second":
        started.simulator.fail("PUT", PREFERENCES, times=1, kind="reset")
        second.release()
        assert "capacity" in str(await error_of(started.through(call)))
        assert "Hiven did not confirm it" in started.caplog.text
        return
    second.release()
    await started.through(call)
    assert "could not be read back" in started.caplog.text
    assert started.shown(CAPACITY) == "74.5"
    assert started.shown(TARGET) == "90.0"


async def test_a_poll_between_two_writes(started: Home) -> None:
    """It does not show what the first write removed."""
    started.simulator.speak("put_replaces")
    write = started.set_number(TARGET, 90)
    call, hold = await started.hold("PUT", PREFERENCES, write, after=True)
    await started.update()
    assert started.shown(CAPACITY) == "74.5"
    hold.release()
    await started.through(call)


async def test_a_write_on_top_of_one_that_cannot_be_read(started: Home) -> None:
    """The second write includes the first one, not what was read before."""
    # Both together are refused, so they are sent one after the other.
    started.simulator.fail("PUT", PREFERENCES, status=400, times=1)
    other = asyncio.create_task(started.set_number(TARGET, 90))
    write = started.set_number(MINIMUM, 20)
    call, hold = await started.hold("PUT", PREFERENCES, write)
    started.simulator.fail("GET", PREFERENCES, status=500, times=5)
    hold.release()
    await started.through(call)
    await started.through(other)
    changed = {"targetSoC": percent(90), "minimalSoC": percent(20)}
    assert started.held == {**SETTINGS, **changed}


async def test_a_write_without_an_answer_takes_nothing_away(started: Home) -> None:
    """The settings that it removed are restored, although its result is unknown."""
    started.simulator.speak("put_replaces")
    started.simulator.fail("PUT", PREFERENCES, times=1, kind="reset", apply=True)
    started.caplog.set_level(logging.DEBUG, "custom_components.hiven")
    await started.through(started.set_number(TARGET, 90))
    assert "Learned about Hiven: preferences: a write" in started.caplog.text
    assert started.held == {**SETTINGS, "targetSoC": percent(90)}


async def _edit_in_the_app(home: Home, settings: dict[str, Any]) -> None:
    """Set the settings at Hiven, and let Home Assistant read them."""
    home.car.preferences = settings
    await home.update()
    await home.pass_time(minutes=1)


async def _half_an_hour(home: Home) -> None:
    """Let time pass until the settings are read again in every dialect."""
    await home.poll()
    await home.poll(after=1800)


def changes_of(home: Home) -> list[tuple[str, str, str]]:
    """Return a list that collects the entity, old state and new state of changes."""
    seen: list[tuple[str, str, str]] = []

    @callback
    def see(event: Event[EventStateChangedData]) -> None:
        entity_id = event.data["entity_id"]
        old, new = event.data["old_state"], event.data["new_state"]
        if entity_id in home.states() and old and new and old.state != new.state:
            seen.append((entity_id, old.state, new.state))

    home.hass.bus.async_listen("state_changed", see)
    return seen


def has_device(home: Home) -> bool:
    identifiers = {(DOMAIN, home.car.id)}
    return bool(dr.async_get(home.hass).async_get_devices(identifiers=identifiers))
