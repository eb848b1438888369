"""A car for tests and the demo: its facts, controls and life."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4
from zlib import crc32

from .brands import brand_of
from .life import Life
from .routine import Drives


class Lived[T]:
    """A field of the car's life.

    Reading it brings the car up to date; writing it takes effect at once.
    """

    def __init__(self, default: T) -> None:
        """Use this value as the default."""
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember the name of the field."""
        self._name = name

    def __get__(self, car: Car | None, owner: type | None = None) -> T:
        """Return the current value."""
        if car is None:  # A dataclass reads the default from the class.
            return self._default
        car.life.catch_up()
        value: T = getattr(car.life, self._name)
        return value

    def __set__(self, car: Car, value: T) -> None:
        """Change the value from now on."""
        car.life.change(self._name, value)


@dataclass(kw_only=True, eq=False)
class Car:
    """A car. Every field can be changed while the simulator runs.

    `preferences` has the documented format, or is None if there are none. Assign a new
    value; do not edit it in place. The overrides are merged into the cloud's answers.
    """

    life: Life = field(init=False, default_factory=Life, repr=False)

    id: str = field(default_factory=lambda: str(uuid4()))
    name: str = ""
    """Default: its brand and model."""
    manufacturer: str = "VOLKSWAGEN"
    model: str = "ID.4"
    year: int = 2023
    vin: str = field(default="", repr=False)
    """Default: derived from the id."""
    engine_type: str = "BEV"

    soc: Lived[float] = Lived(50.0)
    plugged_in: Lived[bool] = Lived(True)
    at_home: Lived[bool] = Lived(True)
    battery_capacity: Lived[float] = Lived(77.0)
    """In kWh."""
    charger_power: Lived[float] = Lived(11.0)
    """In kW."""
    km_per_percent: Lived[float] = Lived(4.2)
    preferences: Lived[dict[str, Any] | None] = Lived(None)
    routine: Lived[Drives | None] = Lived(None)
    charges_fast: Lived[bool] = Lived(False)
    """At a fast charger: charges at once until it is unplugged, ignoring the plan."""
    signed_out: Lived[bool] = Lived(False)
    """The car maker's sign-in has expired: no new telemetry. See the dialect `car_401`."""

    reports_capacity: bool = True
    location_supported: bool = True
    associated_charger_ids: list[str] = field(default_factory=list)
    external_id: str = ""
    """Default: derived from the VIN."""
    created_at: datetime | None = None
    """Default: the time when it is connected."""

    complete_status: Literal["CHARGING_COMPLETED", "COMPLETE"] = "CHARGING_COMPLETED"
    telemetry_at: datetime | None = None
    """Replaces the time of the telemetry, for example with an old one."""
    status_override: dict[str, Any] | None = None
    details_override: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        """Fill in the defaults that depend on other fields."""
        brand = brand_of(self.manufacturer)
        self.name = self.name or f"{brand.name} {self.model}"
        # It has 17 characters like a real one, but no real car has it.
        number = crc32(self.id.encode()) % 10**7
        self.vin = self.vin or f"{brand.vin_prefix}ZZZFAKE{number:07}"
        self.external_id = self.external_id or f"{crc32(self.vin.encode()):08x}"

    def plug_in(self) -> None:
        """Plug the car in. If it is away, it comes home first."""
        self.plugged_in = True

    def unplug(self) -> None:
        """Pull the plug."""
        self.plugged_in = False

    def drive_off(self, km: float, away: timedelta = timedelta(hours=1)) -> None:
        """Leave, and come back and plug in after this much simulated time."""
        self.life.drive_off(km, away)

    @property
    def charging_status(self) -> str:
        """Return the status in the last telemetry, without overrides."""
        status = self.life.reading.status
        return self.complete_status if status == "CHARGING_COMPLETED" else status
