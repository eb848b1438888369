"""What the cloud knows: accounts, cars, places, and how it acts where nobody says."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid4, uuid5
from zlib import crc32
from zoneinfo import ZoneInfo

from .brands import BRANDS, brand_of
from .car import Car
from .clock import Clock, Now
from .codes import Codes
from .life import Life
from .models import MODELS
from .places import price_area
from .preferences import location_ids, merge
from .wire import timestamp

type Empty = Literal["missing", "empty", "null"]
type Answer = Literal["quoted", "empty", "204"]
type Connection = Literal["added", "known", "foreign"]

MODES = ("live", "test", "simulated")
CLIENT_ID = "5e1f0000-0000-4000-8000-000000000001"
# Owns the cars that are in the way of others.
_SOMEBODY_ELSE = "somebody-else"


@dataclass(frozen=True)
class Account:
    """A user of one of Hiven's partners."""

    user_id: str
    api_key: str | None = field(repr=False)
    """None: nobody here has the key."""
    partner_name: str | None

    @property
    def partner_id(self) -> str:
        """Return the id that all users of a partner share."""
        return str(uuid5(NAMESPACE_URL, f"partner/{self.partner_name}"))


class Cloud:
    """The state behind the API and the pages."""

    def __init__(self, speed: float, now: Now | None) -> None:
        """Begin without accounts and cars."""
        self.clock = Clock(now, speed)
        self.codes = Codes(self.clock)
        self.redirect_uris: set[str] = set()
        self.accounts: dict[str, Account] = {}
        self.cars: dict[str, Car] = {}
        self.garage: list[Car] = []
        self.other_devices: dict[str, dict[str, Any]] = {}
        self.locations: dict[str, dict[str, dict[str, Any]]] = {}

        # Where the documentation says nothing, or two things.
        self.empty_preferences: Empty = "missing"
        self.empty_schedule: Empty = "missing"
        self.put_answer: Answer = "quoted"
        self.week_map_merges = False
        self.whole_preferences = True
        """Whether each PUT has to be complete; else what is stored counts as well."""
        self.quoted_numbers = False
        self.capacity_as_text = True

        self._owners: dict[str, str] = {}
        self._emails: dict[Car, str] = {}
        self._used_ids: set[str] = set()

    # Time.

    def now(self) -> datetime:
        """Return the wall clock in UTC."""
        return self.clock.now()

    @property
    def speed(self) -> float:
        """How many seconds of car life pass in a second of wall time."""
        return self.clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        with self._cars_go_on():
            self.clock.speed = speed

    @property
    def paused(self) -> bool:
        """Whether the cars' life stands still."""
        return self.clock.paused

    def pause(self) -> None:
        """Stop the cars' life."""
        for life in self._lives():
            life.catch_up()
        self.clock.paused = True

    def resume(self) -> None:
        """Let the cars live on from where they stopped."""
        with self._cars_go_on():
            self.clock.paused = False

    @property
    def time_zone(self) -> ZoneInfo:
        """Where ready times and routines are local."""
        return self.clock.time_zone

    @time_zone.setter
    def time_zone(self, time_zone: ZoneInfo) -> None:
        with self._cars_go_on():
            self.clock.time_zone = time_zone

    @property
    def telemetry_interval(self) -> timedelta:
        """How old telemetry gets in car life; zero: it is always of this moment."""
        return self.clock.telemetry_interval

    @telemetry_interval.setter
    def telemetry_interval(self, interval: timedelta) -> None:
        with self._cars_go_on():
            self.clock.telemetry_interval = interval

    def _lives(self) -> list[Life]:
        return [car.life for car in {*self.cars.values(), *self.garage}]

    @contextmanager
    def _cars_go_on(self) -> Iterator[None]:
        """Let the cars live by the old time until now, and by the new one from now."""
        for life in self._lives():
            life.catch_up()
        yield
        for life in self._lives():
            life.go_on()

    # Accounts and devices.

    def add_account(
        self, user_id: str, api_key: str | None, partner_name: str | None = None
    ) -> None:
        """Add a user, or give one that is known another key and partner."""
        self.accounts[user_id] = Account(user_id, api_key, partner_name)

    def add_car(self, user_id: str, car: Car) -> Car:
        """Connect a car to an account; it begins to live."""
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
        """Take a car out; `add_car` brings it back as it is."""
        return self.cars.pop(vehicle_id)

    def add_other_device(self, user_id: str, device: Mapping[str, Any]) -> str:
        """Add a device that is no vehicle, a charger if it does not say; return its id."""
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
        """Return whose device it is; None where there is no such device."""
        if device_id in self.cars or device_id in self.other_devices:
            return self._owners[device_id]
        return None

    def delete(self, device_id: str) -> None:
        """Do what Hiven's DELETE does."""
        self.cars.pop(device_id, None)
        self.other_devices.pop(device_id, None)

    # Charging preferences.

    def app_edit(self, vehicle_id: str, changes: Mapping[str, Any]) -> None:
        """Store, unchecked, what Hiven's own app would; None removes a field."""
        car = self.cars[vehicle_id]
        car.preferences = merge(car.preferences, changes, merge_week=False)

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
        """Forget a location, in the preferences of the user's cars as well."""
        del self.locations[user_id][location_id]
        for car in self.cars.values():
            ids = location_ids(car.preferences)
            if self.owner(car.id) == user_id and location_id in ids:
                left = [each for each in ids if each != location_id]
                self.app_edit(car.id, {"chargingLocationIds": left})

    # SmartCar: cars that can be connected.

    def add_garage_car(self, car: Car, email: str | None = None) -> Car:
        """Let a car be connected on the SmartCar page, by that e-mail or by anyone."""
        self.garage.append(car)
        if email is not None:
            self._emails[car] = email
        return car

    def offered(self, make: str, email: str) -> list[Car]:
        """Return the cars of a brand a driver can choose from.

        Cars not yet connected; else those that are; else one that is invented, always
        the same for the same e-mail.
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
        """Return a car of that brand which another user has connected."""
        car = _invented(make, _SOMEBODY_ELSE)
        if car.id not in self.cars:
            self.add_account(_SOMEBODY_ELSE, None)
            self.add_car(_SOMEBODY_ELSE, car)
        return self.cars[car.id]

    def connected(self, car: Car) -> Car | None:
        """Return the connected car with this one's VIN."""
        return next((each for each in self.cars.values() if each.vin == car.vin), None)

    def connect(self, user_id: str, car: Car) -> tuple[Connection, Car]:
        """Connect a car whose owner has agreed on the SmartCar page."""
        if there := self.connected(car):
            return ("known" if self.owner(there.id) == user_id else "foreign"), there
        if car.id in self._used_ids:  # it was deleted: the same car under a new id
            car.id = str(uuid4())
            car.preferences = None
            car.created_at = None
        return "added", self.add_car(user_id, car)


def _invented(make: str, email: str) -> Car:
    models = [model for model in MODELS if model.make == BRANDS[make].id]
    seed = crc32(f"{make}:{email}".encode())
    car_id = str(uuid5(NAMESPACE_URL, f"car/{make}/{email}"))
    return models[seed % len(models)].car(seed, car_id)
