"""By when the car is to be ready."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
import pytest

from simulator import Car, Simulator

from .actions import DAYS, READY_TIME, pass_time, ready_time_of, set_time, shown
from .platforms import SnapshotOfPlatform, Start

WEEK = "weekDaySpecificReadyTimes"
MONDAY = ready_time_of("monday")
SUNDAY = ready_time_of("sunday")


class TestSnapshot(SnapshotOfPlatform):
    """The times of a car."""

    platform = Platform.TIME


async def test_each_day_has_a_time_of_its_own_or_none(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The every-day time is not shown as a day's."""
    await start()
    assert shown(hass, READY_TIME) == "07:00:00"
    for day in DAYS:
        simulator.app_edit(car.id, {WEEK: {day.upper(): "05:55"}})
        await pass_time(hass, freezer, minutes=5)
        states = {each: shown(hass, ready_time_of(each)) for each in DAYS}
        assert states == dict.fromkeys(DAYS, STATE_UNKNOWN) | {day: "05:55:00"}


@pytest.mark.parametrize(
    ("held", "state"),
    [("00:00", "00:00:00"), ("23:59", "23:59:00"), ("07:30:45", "07:30:00")],
)
async def test_times_are_shown_in_whole_minutes(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    held: str,
    state: str,
) -> None:
    """Midnight is a time like any other."""
    simulator.app_edit(car.id, {"readyTime": held, WEEK: {"SUNDAY": held}})
    await start()
    assert shown(hass, READY_TIME) == shown(hass, SUNDAY) == state


async def test_without_times_all_are_unknown(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """Neither empty nor midnight."""
    car.preferences = None
    await start()
    assert {shown(hass, READY_TIME), shown(hass, MONDAY)} == {STATE_UNKNOWN}


async def test_a_time_is_stored_in_whole_minutes(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """Hiven knows no seconds."""
    await start()
    await set_time(hass, READY_TIME, "07:30:45")
    await set_time(hass, MONDAY, "00:00")
    assert shown(hass, READY_TIME) == "07:30:00"
    assert shown(hass, MONDAY) == "00:00:00"
    assert car.preferences is not None
    assert car.preferences["readyTime"] == "07:30"
    assert car.preferences[WEEK] == {"MONDAY": "00:00"}
