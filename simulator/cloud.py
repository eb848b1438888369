"""What the cloud knows: accounts, cars and locations."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid4, uuid5
from zlib import crc32
from zoneinfo import ZoneInfo

from . import dialects
from .brands import BRANDS, brand_of
from .car import Car
from .clock import Clock, Now
from .codes import Codes
from .life import Life
from .models import MODELS
from .places import price_area
from .preferences import edited, location_ids
from .prices import Price
from .settings import Settings
from .ways import Ways
from .wire import timestamp

type Connection = Literal["added", "known", "foreign"]

MODES = ("live", "test", "simulated")
CLIENT_ID = "5e1f0000-0000-4000-8000-000000000001"
# The owner of the cars that another user has already connected.
_SOMEBODY_ELSE = "5e1f0000-0000-4000-8000-000000000002"


@dataclass(frozen=True)
class Account:
    """A user of one of Hiven's partners."""

    user_id: str
    api_key: str | None = field(repr=False)
    """None: the account is not used."""
    partner_name: str | None

    @property
    def partner_id(self) -> str:
        """Return the id that all users of a partner share."""
        return str(uuid5(NAMESPACE_URL, f"partner/{self.partner_name}"))


class Cloud(Ways):
    """The state of the API and the pages."""

    def __init__(self, speed: float, now: Now | None) -> None:
        """Start without accounts and cars."""
        self.clock = Clock(now, speed)
        self.codes = Codes(self.clock)
        self.settings = Settings(self, self.clock)
        self.redirect_uris: set[str] = set()
        self.accounts: dict[str, Account] = {}
        self.cars: dict[str, Car] = {}
        self.garage: list[Car] = []
        self.other_devices: dict[str, dict[str, Any]] = {}
        self.locations: dict[str, dict[str, dict[str, Any]]] = {}
        self.dialects: tuple[str, ...] = ()
        """How it answers; see `speak`."""
        self.down = False
        """Whether all API requests are answered with 503."""

        self._owners: dict[str, str] = {}
        self._emails: dict[Car, str] = {}
        self._used_ids: set[str] = set()

    def speak(self, *names: str) -> None:
        """Use these dialects from now on, and the documented way otherwise."""
        dialects.speak(self, names)
        self.dialects = names

    # Time.

    def now(self) -> datetime:
        """Return the wall clock in UTC."""
        return self.clock.now()

    @property
    def speed(self) -> float:
        """How many seconds of simulated time pass in a second."""
        return self.clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        with self._cars_go_on():
            self.clock.speed = speed

    @property
    def paused(self) -> bool:
        """Whether the cars are paused."""
        return self.clock.paused

    def pause(self) -> None:
        """Pause all cars."""
        for life in self._lives():
            life.catch_up()
        self.clock.paused = True

    def resume(self) -> None:
        """Continue all cars where they were paused."""
        with self._cars_go_on():
            self.clock.paused = False

    @property
    def time_zone(self) -> ZoneInfo:
        """The time zone of ready times and routines."""
        return self.clock.time_zone

    @time_zone.setter
    def time_zone(self, time_zone: ZoneInfo) -> None:
        with self._cars_go_on():
            self.clock.time_zone = time_zone

    @property
    def prices(self) -> Price | None:
        """The prices for plans. None: prices depend on the time of day."""
        return self.clock.prices

    @prices.setter
    def prices(self, prices: Price | None) -> None:
        with self._cars_go_on():
            self.clock.prices = prices

    @property
    def telemetry_interval(self) -> timedelta:
        """How old telemetry gets, in simulated time. Zero: it is always current."""
        return self.clock.telemetry_interval

    @telemetry_interval.setter
    def telemetry_interval(self, interval: timedelta) -> None:
        with self._cars_go_on():
            self.clock.telemetry_interval = interval

    @property
    def plan_delay(self) -> timedelta:
        """How long after a change of settings a new plan is made."""
        return self.clock.plan_delay

    @plan_delay.setter
    def plan_delay(self, delay: timedelta) -> None:
        self.clock.plan_delay = delay

    def _lives(self) -> list[Life]:
        return [car.life for car in {*self.cars.values(), *self.garage}]

    @contextmanager
    def _cars_go_on(self) -> Iterator[None]:
        """Apply the old speed until now, and the new one from now on."""
        for life in self._lives():
            life.catch_up()
        yield
        for life in self._lives():
            life.go_on()

    # Accounts and devices.

    def add_account(
        self, user_id: str, api_key: str | None, partner_name: str | None = None
    ) -> None:
        """Add a user, or give an existing user a new key and partner."""
        self.accounts[user_id] = Account(user_id, api_key, partner_name)

    def account(self, user_id: str, api_key: str) -> Account | None:
        """Return the user if the key matches; a new user joins the key's partner."""
        if user_id not in self.accounts:
            for known in list(self.accounts.values()):
                if known.api_key == api_key:
                    self.add_account(user_id, api_key, known.partner_name)
                    break
        account = self.accounts.get(user_id)
        return account if account and account.api_key == api_key else None

    def add_car(self, user_id: str, car: Car) -> Car:
        """Connect a car to an account, and start its life."""
        if user_id not in self.accounts:
            raise ValueError("add the account first")
        if car.id in self.cars or car.id in self.other_devices:
            raise ValueError("the id is taken")
        car.created_at = car.created_at or self.now()
        car.life.begin(self.clock)
        self.cars[car.id] = car
        self._owners[car.id] = user_id
        self._used_ids.add(car.id)
        return car

    def remove_car(self, vehicle_id: str) -> Car:
        """Remove a car. `add_car` adds it again unchanged."""
        return self.cars.pop(vehicle_id)

    def add_other_device(self, user_id: str, device: Mapping[str, Any]) -> str:
        """Add a device that is not a vehicle, by default a charger. Return its id."""
        device_id: str = device.get("id") or str(uuid4())
        self.other_devices[device_id] = {
            "id": device_id,
            "type": "CHARGER",
            "integration": "OCPP",
            "createdAt": timestamp(self.now()),
            "attributes": {"userId": user_id, "name": "Charger"},
            "settings": {},
            **device,
        }
        self._owners[device_id] = user_id
        return device_id

    def owner(self, device_id: str) -> str | None:
        """Return the user of a device, or None if there is no such device."""
        if device_id in self.cars or device_id in self.other_devices:
            return self._owners[device_id]
        return None

    def is_gone(self, device_id: str, user_id: str) -> bool:
        """Return whether this device of the user was removed."""
        return self._owners.get(device_id) == user_id and self.owner(device_id) is None

    def delete(self, device_id: str) -> None:
        """Remove a device, like Hiven's DELETE."""
        self.cars.pop(device_id, None)
        self.other_devices.pop(device_id, None)

    # Charging preferences.

    def app_edit(self, vehicle_id: str, changes: Mapping[str, Any]) -> None:
        """Change preferences without checks, like Hiven's app. None removes a field."""
        car = self.cars[vehicle_id]
        car.preferences = edited(car.preferences, changes)

    # Locations.

    def add_location(self, user_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Store a location and return it."""
        return self.store_location(user_id, str(uuid4()), fields)

    def store_location(
        self, user_id: str, location_id: str, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Store a location, or changes of one, and return it."""
        places = self.locations.setdefault(user_id, {})
        place = {**places.get(location_id, {"id": location_id}), **fields}
        place["spotPriceAreaId"] = price_area(place["countryCode"], place["postalCode"])
        places[location_id] = place
        return place

    def delete_location(self, user_id: str, location_id: str) -> None:
        """Delete a location, and remove it from the preferences of the user's cars."""
        del self.locations[user_id][location_id]
        for car in self.cars.values():
            ids = location_ids(car.preferences)
            if self.owner(car.id) == user_id and location_id in ids:
                left = [each for each in ids if each != location_id]
                self.app_edit(car.id, {"chargingLocationIds": left})

    # Cars on the SmartCar pages.

    def add_garage_car(self, car: Car, email: str | None = None) -> Car:
        """Offer a car on the SmartCar pages, to one e-mail address or to everyone."""
        self.garage.append(car)
        if email is not None:
            self._emails[car] = email
        return car

    def offered(self, make: str, email: str) -> list[Car]:
        """Return the cars of a brand that a driver can choose.

        These are the cars that are not connected yet, or else the connected ones. A
        driver without a car gets a made-up one, always the same for the same e-mail
        address.
        """
        own = [
            car
            for car in self.garage
            if brand_of(car.manufacturer).id == make
            and self._emails.get(car, email) == email
        ]
        if not own:
            own = [self.add_garage_car(_invented(make, email), email)]
        return [car for car in own if not self.connected(car)] or own

    def foreign_car(self, make: str) -> Car:
        """Return a car of that brand that another user has connected."""
        car = _invented(make, _SOMEBODY_ELSE)
        if car.id not in self.cars:
            self.add_account(_SOMEBODY_ELSE, None)
            self.add_car(_SOMEBODY_ELSE, car)
        return self.cars[car.id]

    def connected(self, car: Car) -> Car | None:
        """Return the connected car with the same VIN."""
        return next((each for each in self.cars.values() if each.vin == car.vin), None)

    def connect(self, user_id: str, car: Car) -> tuple[Connection, Car]:
        """Connect a car whose owner gave permission on the SmartCar pages."""
        if there := self.connected(car):
            return ("known" if self.owner(there.id) == user_id else "foreign"), there
        if car.id in self._used_ids:  # It was deleted, so it gets a new id.
            car.id = str(uuid4())
            car.preferences = None
            car.created_at = None
        return "added", self.add_car(user_id, car)


def _invented(make: str, email: str) -> Car:
    models = [model for model in MODELS if model.make == BRANDS[make].id]
    seed = crc32(f"{make}:{email}".encode())
    car_id = str(uuid5(NAMESPACE_URL, f"car/{make}/{email}"))
    return models[seed % len(models)].car(seed, car_id)
