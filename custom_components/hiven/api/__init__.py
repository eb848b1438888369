"""Client for the Hiven cloud; does not import Home Assistant."""

from .brands import BRANDS, brand_id, brand_name
from .catalogue import Capability, VehicleModel, brands, models_of, needs_virtual_key
from .client import DEFAULT_URL, HivenClient
from .endpoints import Endpoint
from .errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    GoneError,
    HivenConnectionError,
    HivenError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)
from .journal import Journal, Oddity, Refusal
from .locations import ChargingLocation, Location, LocationUpdate, NewLocation
from .models import (
    FULL,
    Attributes,
    AuthorizationMode,
    ChargingStatus,
    Connection,
    EngineType,
    Integration,
    Status,
    Vehicle,
    VehicleList,
)
from .plan import Schedule, Session, SessionStatus
from .preferences import (
    ChargingBehavior,
    Day,
    Preferences,
    PreferencesUpdate,
    SocUnit,
    StateOfCharge,
)
from .transport import is_safe_address

__all__ = [
    "BRANDS",
    "DEFAULT_URL",
    "FULL",
    "Attributes",
    "AuthenticationError",
    "AuthorizationMode",
    "Capability",
    "ChargingBehavior",
    "ChargingLocation",
    "ChargingStatus",
    "ConflictError",
    "Connection",
    "Day",
    "Endpoint",
    "EngineType",
    "ForbiddenError",
    "GoneError",
    "HivenClient",
    "HivenConnectionError",
    "HivenError",
    "Integration",
    "InvalidRequestError",
    "Journal",
    "Location",
    "LocationUpdate",
    "NewLocation",
    "NotFoundError",
    "Oddity",
    "Preferences",
    "PreferencesUpdate",
    "RateLimitedError",
    "Refusal",
    "Schedule",
    "ServerError",
    "Session",
    "SessionStatus",
    "SocUnit",
    "StateOfCharge",
    "Status",
    "UnexpectedAnswerError",
    "Vehicle",
    "VehicleList",
    "VehicleModel",
    "brand_id",
    "brand_name",
    "brands",
    "is_safe_address",
    "models_of",
    "needs_virtual_key",
]
