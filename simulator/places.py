"""Charging locations: checks, and price areas of addresses."""

from typing import Any

from .checks import BODY, bad, number, shape, text


def _country(field: str, value: Any) -> None:
    if not is_country(value):
        raise bad(field, "must be an ISO 3166-1 alpha-2 country code")


def is_country(value: object) -> bool:
    """Return whether it looks like a country code."""
    return (
        isinstance(value, str)
        and len(value) == 2
        and value.isascii()
        and value.isalpha()
        and value.isupper()
    )


_FIELDS = {
    "name": text,
    "coordinates": shape(
        {"latitude": number(-90, 90), "longitude": number(-180, 180)}, {}
    ),
    "countryCode": _country,
    "postalCode": text,
    "streetAddress": text,
    "city": text,
}
_TARIFF = {
    "tariffInfo": shape(
        {}, {"meterId": text, "tariff": text, "electricalUtilityProvider": text}
    )
}
check_new = shape(_FIELDS, _TARIFF)
check_changes = shape({}, _FIELDS | _TARIFF)


def check(body: Any, *, partial: bool) -> None:
    """Check a new location, or with `partial`, changes to one."""
    (check_changes if partial else check_new)(BODY, body)


def price_area(country: str, postal_code: str) -> str:
    """Return the spot price area. If a country has only one, it is the country code."""
    digits = "".join(filter(str.isdigit, postal_code))
    start = int(digits[:2]) if len(digits) >= 2 else 0
    area = country
    match country:
        case "SE":
            # North to south: Luleå, Sundsvall, Stockholm, Malmö.
            north = "SE1" if start >= 92 else "SE2" if start >= 81 else "SE3"
            area = "SE4" if 20 <= start < 40 else north
        case "NO":
            by_digit = "1111253344"
            area = f"NO{by_digit[start // 10]}"
        case "DK":
            area = "DK1" if start >= 50 else "DK2"
    return area
