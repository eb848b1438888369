"""When a car is next to be ready."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .api import ChargingBehavior, Day, Preferences

_DAYS = tuple(Day)


def next_ready_time(preferences: Preferences | None, now: datetime) -> datetime | None:
    """Return the next moment after now the car is to be ready.

    A week day's own time goes before the every-day time. Times are wall-clock
    times in the zone of `now`: one that occurs twice when clocks go back counts
    as the first, one that the clocks skip moves on with them. None while smart
    charging is off and when no time is set.
    """
    if preferences is None or preferences.charging_behavior == ChargingBehavior.OFF:
        return None
    for ahead in range(8):
        date = now.date() + timedelta(days=ahead)
        at = preferences.week_day_ready_times.get(
            _DAYS[date.weekday()], preferences.ready_time
        )
        if at is None:
            continue
        moment = dt_util.as_utc(datetime.combine(date, at, tzinfo=now.tzinfo))
        if moment > dt_util.as_utc(now):
            return moment
    return None
