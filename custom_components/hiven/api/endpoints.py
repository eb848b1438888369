"""The endpoints of Hiven, by method and path template."""

from enum import StrEnum

_SMARTCAR = "/v1/hiven/devices/smartcar"
_VEHICLES = "/v2/hiven/devices"
_VEHICLE = f"{_VEHICLES}/:vehicleId"
_PREFERENCES = f"{_VEHICLE}/smart-charging/ev-preferences"
_LOCATIONS = "/v2/hiven/users/:userId/locations"
_LOCATION = f"{_LOCATIONS}/:locationId"


class Endpoint(StrEnum):
    """An endpoint."""

    AUTHORIZATION_URL = f"GET {_SMARTCAR}/authorization-url"
    CONNECT = f"POST {_SMARTCAR}/connect"
    VEHICLES = f"GET {_VEHICLES}"
    VEHICLE = f"GET {_VEHICLE}"
    # UNDOCUMENTED: Hiven's documentation mentions this operation without its path. This
    # one is derived from the path of the vehicle's details.
    DELETE_VEHICLE = f"DELETE {_VEHICLE}"
    PREFERENCES = f"GET {_PREFERENCES}"
    SET_PREFERENCES = f"PUT {_PREFERENCES}"
    STATUS = "GET /v1/hiven/devices/:vehicleId/status"
    SCHEDULE = f"GET {_VEHICLE}/smart-charging/schedule"
    SESSIONS = f"GET {_VEHICLE}/smart-charging/sessions"
    LOCATIONS = f"GET {_LOCATIONS}"
    CREATE_LOCATION = f"POST {_LOCATIONS}"
    CHANGE_LOCATION = f"PUT {_LOCATION}"
    DELETE_LOCATION = f"DELETE {_LOCATION}"
    MODELS = "GET /v2/hiven/vehicles/smartcar/capabilities"
