"""A vehicle as Hiven describes it.

Fields that are missing or not understood are None. Enumerations list the documented
values; their fields are typed as text, because Hiven may use newer values. Personal
fields are left out of `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .brands import brand_name
from .errors import UnexpectedAnswerError
from .journal import Journal
from .parsing import Fields, rows
from .plan import Schedule
from .preferences import Preferences
from .ranges import is_capacity, is_distance, is_percentage, is_year

_EV = "EV"


class AuthorizationMode(StrEnum):
    """Which kind of car to connect."""

    LIVE = "live"
    TEST = "test"
    SIMULATED = "simulated"


class ChargingStatus(StrEnum):
    """What the vehicle is doing."""

    CHARGING = "CHARGING"
    NOT_CHARGING = "NOT_CHARGING"
    COMPLETE = "COMPLETE"
    DISCONNECTED = "DISCONNECTED"
    PLUGGED = "PLUGGED"
    CHARGING_COMPLETED = "CHARGING_COMPLETED"


# Two names for the same state.
FULL = (ChargingStatus.COMPLETE, ChargingStatus.CHARGING_COMPLETED)


class EngineType(StrEnum):
    """What drives the vehicle: only a battery, or also a second engine."""

    BEV = "BEV"
    PHEV = "PHEV"


class Integration(StrEnum):
    """The service through which Hiven reaches the vehicle."""

    SMARTCAR = "SMARTCAR"


@dataclass(frozen=True, kw_only=True)
class Status:
    """A vehicle's telemetry.

    `timestamp` in UTC, `soc` in % (0 to 100), `range` in km, `battery_capacity`
    in kWh, `charging_status` a ChargingStatus.
    """

    id: str | None
    timestamp: datetime | None
    soc: float | None
    range: float | None
    charging_status: str | None
    battery_capacity: float | None

    @classmethod
    def from_json(cls, answer: Any, endpoint: str, journal: Journal) -> Status:
        """Create one from an answer."""
        fields = Fields.of_answer(answer, endpoint, journal)
        status = cls(
            id=fields.text("id"),
            timestamp=fields.moment("timestamp"),
            soc=fields.number("soc", is_percentage),
            range=fields.number("range", is_distance),
            charging_status=fields.choice("chargingStatus", ChargingStatus),
            battery_capacity=fields.number("batteryCapacity", is_capacity),
        )
        # An empty answer must not replace known values.
        if status.soc is None and status.range is None and not status.charging_status:
            raise UnexpectedAnswerError(endpoint, "", "the answer holds no telemetry")
        return status


@dataclass(frozen=True, kw_only=True)
class Attributes:
    """What a vehicle is."""

    partner_id: str | None = field(default=None, repr=False)
    partner_name: str | None = None
    external_id: str | None = field(default=None, repr=False)
    user_id: str | None = field(default=None, repr=False)
    vin: str | None = field(default=None, repr=False)
    manufacturer: str | None = None
    year: int | None = None
    model: str | None = None
    name: str | None = None
    device_type: str | None = None
    engine_type: str | None = None

    @classmethod
    def from_fields(cls, fields: Fields) -> Attributes:
        """Create them from an answer."""
        return cls(
            partner_id=fields.text("partnerId"),
            partner_name=fields.text("partnerName"),
            external_id=fields.text("externalId"),
            user_id=fields.text("userId"),
            vin=fields.text("vin"),
            manufacturer=fields.text("manufacturer"),
            year=fields.integer("year", is_year),
            model=fields.text("model"),
            name=fields.text("name"),
            device_type=(fields.text("deviceType") or "").upper() or None,
            engine_type=fields.choice("engineType", EngineType),
        )


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """A vehicle with its settings and, once read, its telemetry and plan.

    `preferences` is None if the answer contains none. `status` and `schedule` are None
    until they are read, because Hiven's list and details do not contain them.
    """

    id: str
    integration: str | None = None
    associated_to_charger: bool | None = None
    associated_charger_ids: tuple[str, ...] = ()
    created_at: datetime | None = None
    attributes: Attributes = field(default_factory=Attributes)
    location_supported: bool | None = None
    preferences: Preferences | None = None
    status: Status | None = None
    schedule: Schedule | None = None

    @classmethod
    def from_fields(cls, fields: Fields, vehicle_id: str) -> Vehicle:
        """Create the vehicle with this id from an answer."""
        settings = fields.object("settings")
        return cls(
            id=vehicle_id,
            integration=fields.choice("integration", Integration),
            associated_to_charger=fields.boolean("associatedToCharger"),
            associated_charger_ids=fields.texts("associatedChargerIds"),
            created_at=fields.moment("createdAt"),
            attributes=Attributes.from_fields(fields.object("attributes")),
            location_supported=settings.boolean("locationSupported"),
            preferences=Preferences.from_fields(settings.object("chargingPreferences")),
        )

    @property
    def has_charger(self) -> bool:
        """Whether Hiven knows a charger that can start and stop charging for it."""
        return bool(self.associated_to_charger or self.associated_charger_ids)

    @property
    def personal_texts(self) -> set[str]:
        """Its name and where it charges, as an answer might repeat them."""
        places = self.preferences.charging_locations if self.preferences else ()
        codes = (each.postal_code for each in places)
        return set(filter(None, (self.attributes.name, *codes)))

    @property
    def display_name(self) -> str:
        """The car's name, else make and model."""
        a = self.attributes
        make = brand_name(a.manufacturer)
        return a.name or " ".join(filter(None, (make, a.model))) or "EV"


@dataclass(frozen=True)
class VehicleList:
    """The vehicles of a user by id; `others` counts devices that are not vehicles."""

    vehicles: Mapping[str, Vehicle]
    others: int = 0

    @classmethod
    def from_json(cls, answer: Any, endpoint: str, journal: Journal) -> VehicleList:
        """Create one from an answer; rows without an id are left out."""
        vehicles: dict[str, Vehicle] = {}
        others = 0
        for fields in rows(answer, endpoint, journal):
            if not _is_vehicle(fields):
                others += 1
                continue
            vehicle_id = fields.needed_text("id")
            if vehicle_id is not None and vehicle_id not in vehicles:
                vehicles[vehicle_id] = Vehicle.from_fields(fields, vehicle_id)
        return cls(vehicles=vehicles, others=others)


def _is_vehicle(fields: Fields) -> bool:
    """Return whether a row is a vehicle, because Hiven's list also contains chargers.

    This depends on the type. Without one, a row counts as a vehicle unless its device
    type or its integration belongs to something else.
    """
    if (kind := fields.text("type")) is None:
        kind = fields.object("attributes").text("deviceType")
    if kind is not None:
        return kind.strip().upper() == _EV
    integration = fields.text("integration")
    return integration is None or integration.strip().upper() in Integration


@dataclass(frozen=True)
class Connection:
    """Hiven's answer after connecting a vehicle.

    `added` is False if the vehicle was already in this user's account.
    """

    device_id: str | None
    message: str | None
    added: bool

    @classmethod
    def from_fields(cls, fields: Fields, *, added: bool) -> Connection:
        """Create one from an answer."""
        return cls(
            device_id=fields.text("deviceId"),
            message=fields.text("message"),
            added=added,
        )
