"""What Hiven holds, as frozen dataclasses with every field of its documentation.

Optional fields are None where Hiven leaves them out or says null. Fields that
hold an enumeration are typed as text, because Hiven may use a value newer than
this client; the enumerations here are what its documentation lists. Personal
fields stay out of `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from functools import lru_cache
import re
from typing import Any, Self, override

from .errors import UnexpectedAnswerError
from .parsing import Fields, rows

_CONSTANT = re.compile(r"[A-Z]+(_[A-Z]+)*")


class AuthorizationMode(StrEnum):
    """Which kind of car to connect."""

    LIVE = "live"
    TEST = "test"
    SIMULATED = "simulated"


class ChargingBehavior(StrEnum):
    """When Hiven lets a vehicle charge."""

    OFF = "SMART_CHARGE_OFF"
    AT_LOCATION = "SMART_CHARGE_AT_LOCATION"
    ANYWHERE = "SMART_CHARGE_ANYWHERE"


class ChargingStatus(StrEnum):
    """What the vehicle is doing."""

    CHARGING = "CHARGING"
    NOT_CHARGING = "NOT_CHARGING"
    COMPLETE = "COMPLETE"
    DISCONNECTED = "DISCONNECTED"
    PLUGGED = "PLUGGED"
    CHARGING_COMPLETED = "CHARGING_COMPLETED"


class SocUnit(StrEnum):
    """Unit of a state of charge."""

    PERCENT = "PERCENT"
    KM = "KM"


class Day(StrEnum):
    """Day of the week, Monday first."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class SessionStatus(StrEnum):
    """How a charging session stands."""

    ACTIVE = "ACTIVE"
    COMPLETE = "COMPLETE"
    INTERRUPTED = "INTERRUPTED"


class Capability(StrEnum):
    """What a model can do through SmartCar."""

    READ_LOCATION = "READ_LOCATION"
    EXECUTE_START_AND_STOP = "EXECUTE_START_AND_STOP"
    READ_BATTERY_CAPACITY = "READ_BATTERY_CAPACITY"


@dataclass(frozen=True, kw_only=True)
class StateOfCharge:
    """A state of charge; unit is a SocUnit, 0 to 100 when it is PERCENT."""

    value: float
    unit: str = SocUnit.PERCENT

    @classmethod
    def from_fields(cls, fields: Fields | None) -> StateOfCharge | None:
        """Read it from an answer."""
        if fields is None:
            return None
        return cls(
            value=fields.required_number("value"), unit=fields.required_text("unit")
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as Hiven writes it."""
        value = int(self.value) if self.value.is_integer() else self.value
        return {"value": value, "unit": self.unit}


@dataclass(frozen=True, kw_only=True)
class ChargingLocation:
    """A place where smart charging may happen; coordinates in degrees."""

    id: str | None
    location_id: str | None = field(repr=False)
    latitude: float | None = field(repr=False)
    longitude: float | None = field(repr=False)
    country_code: str | None = field(repr=False)
    postal_code: str | None = field(repr=False)
    spot_price_area_id: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> ChargingLocation:
        """Read it from an answer."""
        coordinates = fields.object("coordinates")
        return cls(
            id=fields.text("id"),
            location_id=fields.text("locationId"),
            latitude=coordinates.number("latitude") if coordinates else None,
            longitude=coordinates.number("longitude") if coordinates else None,
            country_code=fields.text("countryCode"),
            postal_code=fields.text("postalCode"),
            spot_price_area_id=fields.text("spotPriceAreaId"),
        )


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a vehicle is to be charged.

    Times are local wall-clock times; `week_day_ready_times` maps a Day to its
    time and holds only days with a time of their own. `battery_capacity` is in
    kWh. `charging_locations` is filled only in a vehicle's own answers.
    """

    charging_behavior: str = ChargingBehavior.OFF
    charging_location_ids: tuple[str, ...] = ()
    charging_locations: tuple[ChargingLocation, ...] = ()
    ready_time: time | None = None
    week_day_ready_times: Mapping[str, time] = field(default_factory=dict)
    target_soc: StateOfCharge | None = None
    minimal_soc: StateOfCharge | None = None
    battery_capacity: float | None = None
    default_spot_price_area_id: str | None = None

    @classmethod
    def from_fields(cls, fields: Fields | None) -> Preferences | None:
        """Read them from an answer; None when nobody has set any."""
        if not fields:
            return None
        return cls(
            charging_behavior=fields.required_text("chargingBehavior"),
            charging_location_ids=fields.texts("chargingLocationIds"),
            charging_locations=tuple(
                ChargingLocation.from_fields(row)
                for row in fields.objects("chargingLocations")
            ),
            ready_time=fields.wall_clock("readyTime"),
            week_day_ready_times=fields.wall_clocks(
                "weekDaySpecificReadyTimes", known=tuple(Day)
            ),
            target_soc=StateOfCharge.from_fields(fields.object("targetSoC")),
            minimal_soc=StateOfCharge.from_fields(fields.object("minimalSoC")),
            battery_capacity=fields.number("batteryCapacity"),
            default_spot_price_area_id=fields.text("defaultSpotPriceAreaId"),
        )


@dataclass(frozen=True, kw_only=True)
class PreferencesUpdate:
    """The fields of Preferences to write; None leaves Hiven's value alone.

    `week_day_ready_times` is the whole week: a day left out has no time of its
    own afterwards.
    """

    charging_behavior: str
    charging_location_ids: tuple[str, ...] | None = None
    ready_time: time | None = None
    week_day_ready_times: Mapping[str, time] | None = None
    target_soc: StateOfCharge | None = None
    minimal_soc: StateOfCharge | None = None
    battery_capacity: float | None = None
    default_spot_price_area_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the body of the PUT."""
        body: dict[str, Any] = {"chargingBehavior": self.charging_behavior}
        if self.charging_location_ids is not None:
            body["chargingLocationIds"] = list(self.charging_location_ids)
        if self.minimal_soc is not None:
            body["minimalSoC"] = self.minimal_soc.to_json()
        if self.target_soc is not None:
            body["targetSoC"] = self.target_soc.to_json()
        if self.ready_time is not None:
            body["readyTime"] = self.ready_time.strftime("%H:%M")
        if self.week_day_ready_times is not None:
            body["weekDaySpecificReadyTimes"] = {
                day: at.strftime("%H:%M")
                for day, at in self.week_day_ready_times.items()
            }
        if self.battery_capacity is not None:
            body["batteryCapacity"] = self.battery_capacity
        if self.default_spot_price_area_id is not None:
            body["defaultSpotPriceAreaId"] = self.default_spot_price_area_id
        return body


@dataclass(frozen=True, kw_only=True)
class Status:
    """A vehicle's telemetry.

    `timestamp` in UTC, `soc` in % (0 to 100), `range` in km, `battery_capacity`
    in kWh or None, `charging_status` a ChargingStatus.
    """

    id: str | None
    timestamp: datetime | None
    soc: float | None
    range: float | None
    charging_status: str | None
    battery_capacity: float | None

    @classmethod
    def from_json(cls, value: Any, endpoint: str) -> Status:
        """Read it from an answer."""
        fields = Fields(value, endpoint)
        status = cls(
            id=fields.text("id"),
            timestamp=fields.moment("timestamp"),
            soc=fields.number("soc"),
            range=fields.number("range"),
            charging_status=fields.text("chargingStatus"),
            battery_capacity=fields.number("batteryCapacity"),
        )
        # An answer that tells nothing must not wipe what is known.
        if status.soc is None and status.range is None and not status.charging_status:
            raise UnexpectedAnswerError(endpoint, "", "the answer holds no telemetry")
        return status


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When Hiven charges a vehicle.

    `hourly_charges` maps the beginning of an hour in UTC to the share of it (0 to
    1) with charging; hours without are left out. `ready_time` in UTC, `time_zone`
    a name of the zone the plan was made in.
    """

    created_at: datetime | None
    hourly_charges: Mapping[datetime, float]
    spot_price_area_id: str | None
    ready_time: datetime | None
    time_zone: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> Self:
        """Read it from an answer."""
        return cls(**cls._read(fields))

    @staticmethod
    def _read(fields: Fields) -> dict[str, Any]:
        hours = fields.object("hourlyCharges")
        return {
            "created_at": fields.moment("createdAt"),
            "hourly_charges": hours.shares_of_hours() if hours else {},
            "spot_price_area_id": fields.text("spotPriceAreaId"),
            "ready_time": fields.moment("readyTime"),
            "time_zone": fields.text("timeZone"),
        }


@dataclass(frozen=True, kw_only=True)
class Session(Schedule):
    """A charging session; `status` is a SessionStatus, `ended_at` None while it runs."""

    ended_at: datetime | None
    status: str | None

    @classmethod
    @override
    def from_fields(cls, fields: Fields) -> Self:
        """Read it from an answer."""
        return cls(
            **cls._read(fields),
            ended_at=fields.moment("endDateTime"),
            status=fields.text("status"),
        )


@dataclass(frozen=True, kw_only=True)
class SessionList:
    """The charging sessions of a vehicle, and what was wrong with rows left out."""

    sessions: tuple[Session, ...]
    unreadable: tuple[UnexpectedAnswerError, ...]

    @classmethod
    def from_json(cls, value: Any, endpoint: str) -> SessionList:
        """Read it from an answer; null is none."""
        sessions: list[Session] = []
        unreadable: list[UnexpectedAnswerError] = []
        for index, row in enumerate([] if value is None else rows(value, endpoint)):
            try:
                sessions.append(
                    Session.from_fields(Fields(row, endpoint, f"[{index}]"))
                )
            except UnexpectedAnswerError as err:
                unreadable.append(err)
        return cls(sessions=tuple(sessions), unreadable=tuple(unreadable))


@dataclass(frozen=True, kw_only=True)
class NewLocation:
    """A charging location to create; coordinates in degrees, country ISO 3166-1."""

    name: str
    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    country_code: str
    postal_code: str = field(repr=False)
    street_address: str = field(repr=False)
    city: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the body of the POST."""
        return {
            "name": self.name,
            "coordinates": {"latitude": self.latitude, "longitude": self.longitude},
            "countryCode": self.country_code,
            "postalCode": self.postal_code,
            "streetAddress": self.street_address,
            "city": self.city,
        }


@dataclass(frozen=True, kw_only=True)
class Location:
    """A charging location as Hiven holds it, as far as it is shown to people."""

    id: str
    name: str | None
    spot_price_area_id: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> Location:
        """Read it from an answer."""
        return cls(
            id=fields.required_text("id"),
            name=fields.text("name"),
            spot_price_area_id=fields.text("spotPriceAreaId"),
        )


@dataclass(frozen=True, kw_only=True)
class Attributes:
    """What a vehicle is."""

    partner_id: str | None = field(repr=False)
    partner_name: str | None
    external_id: str | None = field(repr=False)
    user_id: str | None = field(repr=False)
    vin: str | None = field(repr=False)
    manufacturer: str | None
    year: int | None
    model: str | None
    name: str | None
    device_type: str | None
    engine_type: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> Attributes:
        """Read them from an answer."""
        return cls(
            partner_id=fields.text("partnerId"),
            partner_name=fields.text("partnerName"),
            external_id=fields.text("externalId"),
            user_id=fields.text("userId"),
            vin=fields.text("vin"),
            manufacturer=fields.text("manufacturer"),
            year=fields.integer("year"),
            model=fields.text("model"),
            name=fields.text("name"),
            device_type=fields.text("deviceType"),
            engine_type=fields.text("engineType"),
        )


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """A vehicle with its settings and, once read, its telemetry.

    `preferences` is None until somebody sets some. `status` and `schedule` are None
    until they were read: Hiven's list and details do not carry them.
    """

    id: str
    type: str
    integration: str | None
    associated_to_charger: bool | None
    associated_charger_ids: tuple[str, ...]
    created_at: datetime | None
    attributes: Attributes
    location_supported: bool | None
    preferences: Preferences | None
    status: Status | None = None
    schedule: Schedule | None = None

    @classmethod
    def from_fields(cls, fields: Fields) -> Vehicle:
        """Read it from an answer."""
        settings = fields.required_object("settings")
        return cls(
            id=fields.required_text("id"),
            type=fields.required_text("type"),
            integration=fields.text("integration"),
            associated_to_charger=fields.boolean("associatedToCharger"),
            associated_charger_ids=fields.texts("associatedChargerIds"),
            created_at=fields.moment("createdAt"),
            attributes=Attributes.from_fields(fields.required_object("attributes")),
            location_supported=settings.boolean("locationSupported"),
            preferences=Preferences.from_fields(settings.object("chargingPreferences")),
        )

    @property
    def has_charger(self) -> bool:
        """Tell whether Hiven knows a charger that can start and stop for it."""
        return bool(self.associated_to_charger or self.associated_charger_ids)

    @property
    def display_name(self) -> str:
        """The car's name, else make and model."""
        a = self.attributes
        return a.name or " ".join(filter(None, (a.manufacturer, a.model))) or "EV"


@dataclass(frozen=True, kw_only=True)
class VehicleList:
    """The vehicles of a user by id, and what was wrong with rows left out.

    `unreadable` holds an error for each bad row, under the vehicle's id where
    that can be read, else under None.
    """

    vehicles: Mapping[str, Vehicle]
    unreadable: Mapping[str | None, UnexpectedAnswerError]

    @classmethod
    def from_json(cls, value: Any, endpoint: str) -> VehicleList:
        """Read it from an answer; devices that are not vehicles are left out."""
        vehicles: dict[str, Vehicle] = {}
        unreadable: dict[str | None, UnexpectedAnswerError] = {}
        for index, row in enumerate(rows(value, endpoint)):
            vehicle_id: str | None = None
            try:
                fields = Fields(row, endpoint, f"[{index}]")
                vehicle_id = fields.required_text("id")
                if fields.required_text("type") == "EV":
                    vehicles.setdefault(vehicle_id, Vehicle.from_fields(fields))
            except UnexpectedAnswerError as err:
                unreadable[vehicle_id] = err
        return cls(vehicles=vehicles, unreadable=unreadable)


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What Hiven answers when a vehicle was connected.

    `added` is False when the vehicle was already in this user's account.
    """

    device_id: str | None
    message: str | None
    added: bool


@dataclass(frozen=True, kw_only=True)
class VehicleModel:
    """A model SmartCar supports; `type` is BEV or PHEV."""

    make: str
    model: str | None
    year_from: int | None
    year_to: int | None
    type: str | None
    capabilities: frozenset[str]

    @classmethod
    def from_fields(cls, fields: Fields) -> VehicleModel:
        """Read it from an answer."""
        years = fields.object("yearRange")
        return cls(
            make=fields.required_text("make"),
            model=fields.text("model"),
            year_from=years.integer("start") if years else None,
            year_to=years.integer("end") if years else None,
            type=fields.text("type"),
            capabilities=frozenset(fields.texts("capabilities")),
        )

    def matches(self, attributes: Attributes) -> bool:
        """Tell whether this is exactly the model of a vehicle.

        Make and model are compared without regard to case, spaces and
        punctuation; the year must be known and in range.
        """
        return (
            attributes.year is not None
            and attributes.manufacturer is not None
            and attributes.model is not None
            and self.model is not None
            and _plain(self.make) == _plain(attributes.manufacturer)
            and _plain(self.model) == _plain(attributes.model)
            and (self.year_from is None or self.year_from <= attributes.year)
            and (self.year_to is None or attributes.year <= self.year_to)
        )


def brands(models: tuple[VehicleModel, ...]) -> list[str]:
    """Return the supported makes, sorted."""
    return sorted({model.make for model in models})


def capabilities_of(
    attributes: Attributes, models: tuple[VehicleModel, ...]
) -> VehicleModel | None:
    """Return the entry of the model list for a vehicle, None when there is none."""
    return next((model for model in models if model.matches(attributes)), None)


def is_constant(text: str) -> bool:
    """Tell whether a text is written like Hiven's constants, as SMART_CHARGE_OFF.

    What is not, where a constant should stand, may be something personal.
    """
    return _CONSTANT.fullmatch(text) is not None


# Every car is compared with every model, of which there are hundreds.
@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()
