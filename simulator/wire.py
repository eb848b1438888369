"""How things look on the wire: the shapes of the documentation."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from .car import Car
from .models import Model
from .preferences import location_ids
from .session import Session

type Json = dict[str, Any] | list[Any] | str | int | float | bool | None


def timestamp(moment: datetime) -> str:
    """Return a moment in UTC as JavaScript prints it."""
    return (
        moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def device(
    car: Car,
    *,
    user_id: str,
    partner_id: str,
    partner_name: str | None,
    locations: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return a vehicle of the list, and its details: they are the same."""
    settings: dict[str, Any] = {"locationSupported": car.location_supported}
    if car.preferences is not None:
        settings["chargingPreferences"] = deepcopy(car.preferences)
        if "chargingLocationIds" in car.preferences:
            settings["chargingPreferences"]["chargingLocations"] = [
                _charging_location(car.id, locations[each])
                for each in location_ids(car.preferences)
                if each in locations
            ]
    assert car.created_at is not None
    return _merged(
        {
            "id": car.id,
            "type": "EV",
            "integration": "SMARTCAR",
            "associatedToCharger": bool(car.associated_charger_ids),
            "associatedChargerIds": list(car.associated_charger_ids),
            "createdAt": timestamp(car.created_at),
            "attributes": {
                "partnerId": partner_id,
                "partnerName": partner_name,
                "externalId": car.external_id,
                "userId": user_id,
                "vin": car.vin,
                "manufacturer": car.manufacturer,
                "year": car.year,
                "model": car.model,
                "name": car.name,
                "deviceType": "EV",
                "engineType": car.engine_type,
            },
            "settings": settings,
        },
        car.details_override,
    )


def status(car: Car, *, capacity_as_text: bool) -> dict[str, Any]:
    """Return a vehicle's telemetry."""
    reading = car.life.reading
    capacity: str | float | None = None
    if car.reports_capacity:
        capacity = car.battery_capacity
        if capacity_as_text:
            capacity = quoted(capacity)
    return _merged(
        {
            "id": car.id,
            "timestamp": timestamp(car.telemetry_at or reading.at),
            "soc": reading.soc,
            "range": reading.range_km,
            "chargingStatus": car.charging_status,
            "batteryCapacity": capacity,
        },
        car.status_override,
    )


def schedule(car: Car, session: Session, *, area: str, zone: str) -> dict[str, Any]:
    """Return a charging schedule."""
    preferences = car.preferences or {}
    return {
        "id": session.id,
        "createdAt": timestamp(session.created),
        "hourlyCharges": {
            hour.isoformat().replace("+00:00", "Z"): part
            for hour, part in session.hours(car.life.at).items()
        },
        "spotPriceAreaId": preferences.get("defaultSpotPriceAreaId") or area,
        "readyTime": timestamp(session.plan.ready),
        "timeZone": zone,
    }


def charging_session(session: Session, scheduled: dict[str, Any]) -> dict[str, Any]:
    """Return a charging session: a schedule, and how it ended."""
    ended = session.ended
    return {
        **scheduled,
        "endDateTime": None if ended is None else timestamp(ended),
        "status": session.status,
    }


def capabilities(model: Model) -> dict[str, Any]:
    """Return a model of the capabilities list."""
    return {
        "make": model.make,
        "model": model.name,
        "yearRange": {"start": model.first_year, "end": model.last_year},
        "type": model.type,
        "capabilities": sorted(model.capabilities),
    }


def quoted(value: Any) -> Any:
    """Print numbers and booleans as text, as the documentation's placeholders do."""
    match value:
        case dict():
            return {key: quoted(each) for key, each in value.items()}
        case list():
            return [quoted(each) for each in value]
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value).removesuffix(".0")
    return value


def _charging_location(car_id: str, location: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{car_id}/{location['id']}")),
        "locationId": location["id"],
        **{
            name: location[name]
            for name in ("coordinates", "countryCode", "postalCode", "spotPriceAreaId")
        },
    }


def _merged(
    answer: dict[str, Any], override: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Put the override on the answer, objects field by field."""
    for name, value in (override or {}).items():
        below = answer.get(name)
        if isinstance(value, Mapping) and isinstance(below, dict):
            _merged(below, value)
        else:
            answer[name] = value
    return answer
