"""When a car should next be ready."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .api import ChargingBehavior, Day, Preferences

_DAYS = tuple(Day)


def next_ready_time(preferences: Preferences | None, now: datetime) -> datetime | None:
    """Return the next time after `now` at which the car should be ready.

    A weekday's ready time replaces the every-day one. Times are local times in the
    zone of `now`. If a time occurs twice when the clocks go back, the first one
    counts; a time that the clocks skip moves with them. Returns None if smart
    charging is off or no time is set.
    """
    if preferences is None or preferences.charging_behavior == ChargingBehavior.OFF:
        return None
    now_utc = dt_util.as_utc(now)
    for ahead in range(8):
        date = now.date() + timedelta(days=ahead)
        at = preferences.week_day_ready_times.get(
            _DAYS[date.weekday()], preferences.ready_time
        )
        if at is None:
            continue
        moment = dt_util.as_utc(datetime.combine(date, at, tzinfo=now.tzinfo))
        if moment > now_utc:
            return moment
    return None
