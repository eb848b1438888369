"""The documented fields, by endpoint."""

from custom_components.hiven.api import Endpoint

WEEK = "weekDaySpecificReadyTimes"
PLAN = "hourlyCharges"

_PREFERENCES = (
    "chargingBehavior",
    "chargingLocationIds",
    "readyTime",
    WEEK,
    "targetSoC",
    "targetSoC.value",
    "targetSoC.unit",
    "minimalSoC",
    "minimalSoC.value",
    "minimalSoC.unit",
    "batteryCapacity",
    "defaultSpotPriceAreaId",
)
_PLACE = (
    "id",
    "coordinates",
    "coordinates.latitude",
    "coordinates.longitude",
    "countryCode",
    "postalCode",
    "spotPriceAreaId",
)
_IN_SETTINGS = "settings.chargingPreferences"
_VEHICLE = (
    "id",
    "type",
    "integration",
    "associatedToCharger",
    "associatedChargerIds",
    "createdAt",
    "attributes",
    "attributes.partnerId",
    "attributes.partnerName",
    "attributes.externalId",
    "attributes.userId",
    "attributes.vin",
    "attributes.manufacturer",
    "attributes.year",
    "attributes.model",
    "attributes.name",
    "attributes.deviceType",
    "attributes.engineType",
    "settings",
    "settings.locationSupported",
    _IN_SETTINGS,
    *(f"{_IN_SETTINGS}.{field}" for field in _PREFERENCES),
    f"{_IN_SETTINGS}.chargingLocations",
    f"{_IN_SETTINGS}.chargingLocations[].locationId",
    *(f"{_IN_SETTINGS}.chargingLocations[].{field}" for field in _PLACE),
)
_SCHEDULE = ("id", "createdAt", PLAN, "spotPriceAreaId", "readyTime", "timeZone")
# May be null.
NULLABLE = {"[].endDateTime", "batteryCapacity"}
# May be missing, by name.
OPTIONAL = {
    *("chargingPreferences", "chargingLocationIds", "chargingLocations", "readyTime"),
    *(WEEK, "targetSoC", "minimalSoC", "batteryCapacity", "defaultSpotPriceAreaId"),
}


def _rows(*fields: str) -> tuple[str, ...]:
    return tuple(f"[].{field}" for field in fields)


FIELDS: dict[Endpoint, tuple[str, ...]] = {
    Endpoint.VEHICLES: _rows(*_VEHICLE),
    Endpoint.VEHICLE: _VEHICLE,
    Endpoint.PREFERENCES: _PREFERENCES,
    Endpoint.STATUS: (
        "id",
        "timestamp",
        "soc",
        "range",
        "chargingStatus",
        "batteryCapacity",
    ),
    Endpoint.SCHEDULE: _SCHEDULE,
    Endpoint.SESSIONS: _rows(*_SCHEDULE, "endDateTime", "status"),
    Endpoint.LOCATIONS: _rows(*_PLACE, "name", "streetAddress", "city"),
    Endpoint.MODELS: _rows(
        "make",
        "model",
        "yearRange",
        "yearRange.start",
        "yearRange.end",
        "type",
        "capabilities",
    ),
}
