"""One ready time for every day again."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant

from simulator import Car, Simulator

from .actions import CLEAR_DAYS, DAYS, READY_TIME, clear_days, ready_time_of, shown
from .platforms import MONDAY_NOON, SnapshotOfPlatform, Start

WEEK = "weekDaySpecificReadyTimes"


class TestSnapshot(SnapshotOfPlatform):
    """The button of a car."""

    platform = Platform.BUTTON


async def test_pressing_it_takes_the_days_times_away(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The every-day time stays."""
    freezer.move_to(MONDAY_NOON)
    times = {day.upper(): "05:55" for day in DAYS}
    simulator.app_edit(car.id, {WEEK: times})
    await start()
    assert shown(hass, ready_time_of("friday")) == "05:55:00"
    await clear_days(hass)
    assert car.preferences is not None
    assert car.preferences[WEEK] == {}
    assert {shown(hass, ready_time_of(day)) for day in DAYS} == {STATE_UNKNOWN}
    assert shown(hass, READY_TIME) == "07:00:00"
    assert shown(hass, CLEAR_DAYS) == MONDAY_NOON
