"""Charging preferences: what may be sent, and how it joins what is stored."""

from collections.abc import Collection, Mapping
from typing import Any

from .checks import BODY, bad, list_of, number, one_of, shape, text
from .plan import DAYS, TIME

BEHAVIORS = ("SMART_CHARGE_OFF", "SMART_CHARGE_AT_LOCATION", "SMART_CHARGE_ANYWHERE")
WEEK = "weekDaySpecificReadyTimes"


def _time(field: str, value: Any) -> None:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise bad(field, "must be a time as HH:mm")


def _soc(field: str, value: Any) -> None:
    unit = one_of("PERCENT", "KM")
    shape({"value": number(0, 2000), "unit": unit}, {})(field, value)
    if value["unit"] == "PERCENT":
        number(0, 100)(f"{field}.value", value["value"])


_BODY = shape(
    {"chargingBehavior": one_of(*BEHAVIORS)},
    {
        "chargingLocationIds": list_of(text),
        "minimalSoC": _soc,
        "targetSoC": _soc,
        "readyTime": _time,
        WEEK: shape({}, dict.fromkeys(DAYS, _time)),
        "batteryCapacity": number(0, 1000, above=True),
        "defaultSpotPriceAreaId": text,
    },
)


def check(
    body: Any,
    *,
    location_ids: Collection[str],
    stored: Mapping[str, Any] | None = None,
) -> None:
    """Check what is sent; what it lacks may be stored already where `stored` is given."""
    _BODY(BODY, body)
    for index, location_id in enumerate(body.get("chargingLocationIds", ())):
        if location_id not in location_ids:
            raise bad(f"chargingLocationIds[{index}]", "is no location of this user")
    if body["chargingBehavior"] == "SMART_CHARGE_OFF":
        return
    known = {**(stored or {}), **body}
    if "targetSoC" not in known:
        raise bad("targetSoC", "is required for smart charging")
    if not known.get("readyTime") and not known.get(WEEK):
        raise bad("readyTime", f"or {WEEK} is required for smart charging")


def location_ids(stored: Mapping[str, Any] | None) -> list[str]:
    """Return the charging locations in preferences that may hold nonsense."""
    ids = (stored or {}).get("chargingLocationIds")
    if not isinstance(ids, list):
        return []
    return [each for each in ids if isinstance(each, str)]


def merge(
    stored: Mapping[str, Any] | None, changes: Mapping[str, Any], *, merge_week: bool
) -> dict[str, Any]:
    """Return the stored preferences with changes; None takes a field away."""
    merged = {**(stored or {}), **changes}
    if merge_week and WEEK in changes:
        merged[WEEK] = {**((stored or {}).get(WEEK) or {}), **changes[WEEK]}
    return {name: value for name, value in merged.items() if value is not None}
