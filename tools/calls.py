"""Counts requests to Hiven by endpoint."""

from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase

from simulator import Request

LIST = "/v2/hiven/devices"
DETAILS = "/v2/hiven/devices/*"
PREFERENCES = f"{DETAILS}/smart-charging/ev-preferences"
PLAN = f"{DETAILS}/smart-charging/schedule"
SESSIONS = f"{DETAILS}/smart-charging/sessions"
STATUS = "/v1/hiven/devices/*/status"
LOCATIONS = "/v2/hiven/users/*/locations"
MODELS = "/v2/hiven/vehicles/smartcar/capabilities"

# The first match counts.
ENDPOINTS = {
    "list": ("GET", LIST),
    "telemetry": ("GET", STATUS),
    "model list": ("GET", MODELS),
    "read settings": ("GET", PREFERENCES),
    "write settings": ("PUT", PREFERENCES),
    "plan": ("GET", PLAN),
    "sessions": ("GET", SESSIONS),
    "details": ("GET", DETAILS),
    "locations": ("GET", LOCATIONS),
    "anything else": ("*", "*"),
}


def counted(requests: Iterable[Request]) -> Counter[str]:
    """Return the number of requests by endpoint."""
    return Counter(
        next(
            name
            for name, (method, pattern) in ENDPOINTS.items()
            if fnmatchcase(request.method, method)
            and fnmatchcase(request.path, pattern)
        )
        for request in requests
    )
