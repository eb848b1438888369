"""Turns the data of the action `set_charging_preferences` into a change."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
import re
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .account import HivenAccount
from .api import ChargingBehavior, Day, HivenError, SocUnit, StateOfCharge
from .const import MAX_CAPACITY, MIN_CAPACITY
from .errors import invalid, translated
from .preferences import Change

ATTR_BATTERY_CAPACITY = "battery_capacity"
ATTR_CHARGING_BEHAVIOR = "charging_behavior"
ATTR_CHARGING_LOCATION_IDS = "charging_location_ids"
ATTR_CLEAR_DAYS = "clear_days"
ATTR_DAYS = "days"
ATTR_DEFAULT_SPOT_PRICE_AREA_ID = "default_spot_price_area_id"
ATTR_MINIMUM_SOC = "minimum_soc"
ATTR_READY_TIME = "ready_time"
ATTR_SOC_UNIT = "soc_unit"
ATTR_TARGET_SOC = "target_soc"
ATTR_UNTIL = "until"

_SOC_UNITS = {"percent": SocUnit.PERCENT, "km": SocUnit.KM}

_DAYS = vol.All(
    cv.ensure_list, [vol.All(vol.In([day.lower() for day in Day]), str.upper)]
)
_SOC = vol.All(vol.Coerce(float), vol.Range(min=0, max=1000))

CHANGE_SCHEMA = {
    vol.Optional(ATTR_CHARGING_BEHAVIOR): vol.All(
        vol.In([item.lower() for item in ChargingBehavior]), str.upper
    ),
    vol.Optional(ATTR_TARGET_SOC): _SOC,
    vol.Optional(ATTR_MINIMUM_SOC): _SOC,
    vol.Optional(ATTR_SOC_UNIT, default="percent"): vol.In(_SOC_UNITS),
    vol.Optional(ATTR_READY_TIME): cv.time,
    vol.Optional(ATTR_DAYS, default=[]): _DAYS,
    vol.Optional(ATTR_CLEAR_DAYS, default=[]): _DAYS,
    vol.Optional(ATTR_BATTERY_CAPACITY): vol.All(
        vol.Coerce(float), vol.Range(min=MIN_CAPACITY, max=MAX_CAPACITY)
    ),
    vol.Optional(ATTR_CHARGING_LOCATION_IDS): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_DEFAULT_SPOT_PRICE_AREA_ID): cv.string,
    vol.Optional(ATTR_UNTIL): vol.Any(cv.time, cv.date, cv.datetime),
}


def change_of(data: dict[str, Any]) -> Change:
    """Return the change of an action call."""
    unit = _SOC_UNITS[data[ATTR_SOC_UNIT]]
    ready_time = data.get(ATTR_READY_TIME)
    if ready_time is not None:
        ready_time = ready_time.replace(second=0, microsecond=0)
    days = [Day(day) for day in data[ATTR_DAYS]]
    clear_days = [Day(day) for day in data[ATTR_CLEAR_DAYS]]
    if days and ready_time is None:
        raise invalid("days_without_ready_time")
    if set(days) & set(clear_days):
        raise invalid("days_set_and_cleared")
    location_ids = data.get(ATTR_CHARGING_LOCATION_IDS)
    change = Change(
        charging_behavior=(
            ChargingBehavior(data[ATTR_CHARGING_BEHAVIOR])
            if ATTR_CHARGING_BEHAVIOR in data
            else None
        ),
        target_soc=_soc(data.get(ATTR_TARGET_SOC), unit),
        minimum_soc=_soc(data.get(ATTR_MINIMUM_SOC), unit),
        ready_time=None if days else ready_time,
        days={**dict.fromkeys(days, ready_time), **dict.fromkeys(clear_days)},
        battery_capacity=data.get(ATTR_BATTERY_CAPACITY),
        charging_location_ids=None if location_ids is None else tuple(location_ids),
        default_spot_price_area_id=data.get(ATTR_DEFAULT_SPOT_PRICE_AREA_ID),
    )
    if not change.touched:
        raise invalid("nothing_to_change")
    return change


async def async_with_locations(account: HivenAccount, change: Change) -> Change:
    """Replace the names of locations in a change by their ids.

    For the price area, the name of a location is accepted, too.
    """
    ids, area = change.charging_location_ids, change.default_spot_price_area_id
    if not ids and area is None:
        return change
    try:
        locations = await account.client.locations()
    except HivenError as err:
        raise translated(err, HomeAssistantError) from err
    known = {location.id.casefold(): location for location in locations} | {
        location.name.strip().casefold(): location
        for location in locations
        if location.name
    }
    named = {
        each: known.get(each.strip().casefold()) for each in (*(ids or ()), area or "")
    }
    if missing := [each for each in ids or () if named[each] is None]:
        raise invalid("unknown_location", locations=", ".join(missing))
    if area is not None:
        place = named[area]
        area = place.spot_price_area_id if place else area.strip()
        # Areas are like FI, SE3 or DE-LU. A word is a misspelled name of a location.
        if not area or re.fullmatch(r"[^\d_-]{4,}", area):
            raise invalid("unknown_price_area")
    return replace(
        change,
        charging_location_ids=ids
        and tuple(found.id for each in ids if (found := named[each])),
        default_spot_price_area_id=area,
    )


def until_of(value: datetime | date | time | None) -> datetime | None:
    """Return when to restore settings: a moment, the next such time, or a day's end."""
    now = dt_util.utcnow()
    match value:
        case None:
            return None
        case datetime():
            moments = [value]
        case date():
            moments = [dt_util.start_of_local_day(value + timedelta(days=1))]
        case _:
            today = dt_util.as_local(now).date()
            # When the clocks go back, the same time occurs twice.
            moments = [
                datetime.combine(day, value.replace(fold=fold))
                for day in (today, today + timedelta(days=1))
                for fold in (0, 1)
            ]
    for moment in moments:
        if (until := dt_util.as_utc(moment)) > now:
            return until
    raise invalid("until_is_past")


def _soc(value: float | None, unit: SocUnit) -> StateOfCharge | None:
    if value is None:
        return None
    if unit is SocUnit.PERCENT and value > 100:
        raise invalid("soc_out_of_range")
    return StateOfCharge(value=value, unit=unit)
