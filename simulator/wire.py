"""The documented answers of the API, before a dialect changes them."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from .accent import quoted
from .car import Car
from .hours import HOUR, QUARTER
from .models import Model
from .preferences import location_ids
from .session import Session
from .ways import Ways


def timestamp(moment: datetime) -> str:
    """Return a time in UTC in JavaScript's format."""
    return (
        moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def device(
    car: Car,
    *,
    user_id: str,
    partner_id: str,
    partner_name: str | None,
    preferences: Mapping[str, Any] | None,
    locations: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return a vehicle: a row of the list, and its details."""
    settings: dict[str, Any] = {"locationSupported": car.location_supported}
    if preferences is not None:
        settings["chargingPreferences"] = deepcopy(dict(preferences))
        if "chargingLocationIds" in preferences:
            settings["chargingPreferences"]["chargingLocations"] = [
                _charging_location(car.id, locations[each])
                for each in location_ids(preferences)
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


def status(car: Car, ways: Ways) -> dict[str, Any]:
    """Return a vehicle's telemetry."""
    reading = car.life.reading
    capacity: str | float | None = None
    if car.reports_capacity:
        capacity = car.battery_capacity
        if ways.capacity_as_text:
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


def schedule(
    car: Car, session: Session, ways: Ways, *, area: str, zone: str
) -> dict[str, Any]:
    """Return a charging schedule."""
    preferences = car.preferences or {}
    return {
        "id": session.id,
        "createdAt": timestamp(session.created),
        "hourlyCharges": {
            hour.isoformat().replace("+00:00", "Z"): part
            for hour, part in _charges(session, car.life.at, ways).items()
        },
        "spotPriceAreaId": preferences.get("defaultSpotPriceAreaId") or area,
        "readyTime": timestamp(session.plan.ready),
        "timeZone": zone,
    }


def charging_session(session: Session, scheduled: dict[str, Any]) -> dict[str, Any]:
    """Return a charging session: a schedule and its end."""
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


def _charges(session: Session, at: datetime, ways: Ways) -> dict[datetime, float]:
    if ways.plan_keys == "hours":
        return session.shares(at, HOUR)
    shares = session.shares(at, QUARTER)
    if ways.plan_keys == "quarters" or not shares:
        return shares
    # The quarter after the last one shows the end of the plan.
    count = (max(shares) - min(shares)) // QUARTER + 2
    every = (min(shares) + number * QUARTER for number in range(count))
    return {quarter: shares.get(quarter, 0) for quarter in every}


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
    """Merge the override into the answer, field by field in objects."""
    for name, value in (override or {}).items():
        below = answer.get(name)
        if isinstance(value, Mapping) and isinstance(below, dict):
            _merged(below, value)
        else:
            answer[name] = value
    return answer
