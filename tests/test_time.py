"""The ready times of a car."""

from homeassistant.const import STATE_UNKNOWN

from .actions import CLEAR_DAYS, DAYS, READY_TIME, ready_time_of
from .home import NOON, Home

WEEK = "weekDaySpecificReadyTimes"
MONDAY = ready_time_of("monday")


async def test_each_day_has_a_time_of_its_own_or_none(home: Home) -> None:
    """The every-day time is not shown for a day. The button clears all days."""
    await home.start()
    assert home.shown(READY_TIME) == "07:00:00"
    nothing = dict.fromkeys(DAYS, STATE_UNKNOWN)
    for day in DAYS:
        home.edit(**{WEEK: {day.upper(): "05:55"}})
        await home.poll()
        states = {each: home.shown(ready_time_of(each)) for each in DAYS}
        assert states == nothing | {day: "05:55:00"}
    home.freezer.move_to(NOON)
    await home.clear_days()
    assert home.held[WEEK] == {}
    assert {each: home.shown(ready_time_of(each)) for each in DAYS} == nothing
    assert home.shown(READY_TIME) == "07:00:00"
    assert home.shown(CLEAR_DAYS) == NOON.isoformat()


async def test_a_time_is_stored_in_whole_minutes(home: Home) -> None:
    """Hiven has no seconds. Without a time, the state is unknown, not midnight."""
    home.car.preferences = None
    await home.start()
    assert home.shown(READY_TIME) == home.shown(MONDAY) == STATE_UNKNOWN
    await home.set_time(READY_TIME, "07:30:45")
    await home.set_time(MONDAY, "00:00")
    assert home.shown(READY_TIME) == "07:30:00"
    assert home.shown(MONDAY) == "00:00:00"
    assert home.held["readyTime"] == "07:30"
    assert home.held[WEEK] == {"MONDAY": "00:00"}
