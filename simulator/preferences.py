"""Charging preferences: checks of a PUT, and its effect."""

from collections.abc import Collection, Mapping
from typing import Any

from .checks import BODY, Check, bad, list_of, number, one_of, shape, text
from .plan import DAYS, TIME

BEHAVIORS = ("SMART_CHARGE_OFF", "SMART_CHARGE_AT_LOCATION", "SMART_CHARGE_ANYWHERE")
WEEK = "weekDaySpecificReadyTimes"
OPTIONAL = (
    "chargingLocationIds",
    "minimalSoC",
    "targetSoC",
    "readyTime",
    WEEK,
    "batteryCapacity",
    "defaultSpotPriceAreaId",
)


def _time(field: str, value: Any) -> None:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise bad(field, "must be a time as HH:mm")


def _time_or_null(field: str, value: Any) -> None:
    if value is not None:
        _time(field, value)


def _soc(field: str, value: Any) -> None:
    unit = one_of("PERCENT", "KM")
    shape({"value": number(0, 2000), "unit": unit}, {})(field, value)
    if value["unit"] == "PERCENT":
        number(0, 100)(f"{field}.value", value["value"])


def _body(day: Check) -> Check:
    checks = (
        list_of(text),
        _soc,
        _soc,
        _time,
        shape({}, dict.fromkeys(DAYS, day)),
        number(0, 1000, above=True),
        text,
    )
    optional = dict(zip(OPTIONAL, checks, strict=True))
    return shape({"chargingBehavior": one_of(*BEHAVIORS)}, optional)


_strict = _body(_time)
_with_null_days = _body(_time_or_null)


def check(
    body: Any,
    *,
    location_ids: Collection[str],
    stored: Mapping[str, Any] | None,
    null_days: bool,
) -> None:
    """Check a PUT.

    Fields in `stored` may be missing; with `null_days`, a day may be null.
    """
    (_with_null_days if null_days else _strict)(BODY, body)
    for index, location_id in enumerate(body.get("chargingLocationIds", ())):
        if location_id not in location_ids:
            raise bad(f"chargingLocationIds[{index}]", "is no location of this user")
    if body["chargingBehavior"] == "SMART_CHARGE_OFF":
        return
    known = {**(stored or {}), **body}
    if "targetSoC" not in known:
        raise bad("targetSoC", "is required for smart charging")
    if not known.get("readyTime") and not any(_week(known).values()):
        raise bad("readyTime", f"or {WEEK} is required for smart charging")


def location_ids(stored: Mapping[str, Any] | None) -> list[str]:
    """Return the charging locations, even of odd preferences."""
    ids = (stored or {}).get("chargingLocationIds")
    if not isinstance(ids, list):
        return []
    return [each for each in ids if isinstance(each, str)]


def edited(
    stored: Mapping[str, Any] | None, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the stored preferences with changes. None removes a field."""
    merged = {**(stored or {}), **changes}
    return {name: value for name, value in merged.items() if value is not None}


def written(
    stored: Mapping[str, Any] | None,
    body: Mapping[str, Any],
    *,
    merge_week: bool,
    null_clears: bool,
) -> dict[str, Any]:
    """Return the preferences to store after a valid PUT."""
    result = {**(stored or {}), **body}
    if WEEK in body:
        old = _week(stored) if merge_week else {}
        week = {**old, **body[WEEK]}
        for day in [day for day, time in week.items() if time is None]:
            if null_clears or day not in old:
                del week[day]
            else:
                week[day] = old[day]
        result[WEEK] = week
    return result


def _week(preferences: Mapping[str, Any] | None) -> Mapping[str, Any]:
    week = (preferences or {}).get(WEEK)
    return week if isinstance(week, Mapping) else {}
