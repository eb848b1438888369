"""Works out how often Hiven should be asked, and compares it with what was counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator import Car

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
# Whether a day has passed is checked once an hour.
_LONGEST = _DAY + _HOUR + timedelta(minutes=5)


@dataclass
class Account:
    """What an account that works as designed knows and asks.

    `vehicles` are those with a device, with their VIN.
    """

    vehicles: dict[str, str] = field(default_factory=dict)
    maybe: Counter[str] = field(default_factory=Counter)
    """Calls that may or may not happen."""
    models_read: datetime | None = None
    models_tried: datetime | None = None

    def poll(self, cars: Iterable[Car], now: datetime) -> Counter[str]:
        """Return the calls of a poll, and remember what it brings."""
        listed = {car.id: car.vin for car in cars}
        gone = self.vehicles.items() - listed.items()
        vins_gone = {vin for _, vin in gone}
        again = {
            id_
            for id_, vin in listed.items()
            if id_ not in self.vehicles and vin in vins_gone
        }
        calls = Counter(
            {
                "telemetry": len(listed) - len(again),
                "details": len(gone) - len(again),
            }
        )
        if listed and self.models_are_due(now):
            calls["model list"] = 1
            self.models_answered(now)
        elif listed and self.models_may_be_due(now):
            self.maybe["model list"] += 1
        self.vehicles = listed
        if again:
            # The account reloads to take the old device over, which cuts the poll short.
            self.maybe += calls
            calls = self.start(cars)
        calls["list"] += 1
        return calls

    def start(self, cars: Iterable[Car]) -> Counter[str]:
        """Return the calls of a start."""
        listed = {car.id: car.vin for car in cars}
        vins = set(listed.values())
        forgotten = [
            id_
            for id_, vin in self.vehicles.items()
            if id_ not in listed and vin not in vins
        ]
        self.vehicles = listed
        self.models_read = self.models_tried = None
        return Counter({"list": 1, "telemetry": len(listed), "details": len(forgotten)})

    def models_are_due(self, now: datetime) -> bool:
        """Return whether the next poll has to read the model list."""
        if self.models_read is None:
            return self.models_tried is None or now - self.models_tried >= _HOUR
        return now - self.models_read >= _LONGEST

    def models_may_be_due(self, now: datetime) -> bool:
        """Return whether the next poll may read it, because a day has passed."""
        return self.models_read is not None and now - self.models_read >= _DAY

    def models_answered(self, now: datetime, *, well: bool = True) -> None:
        """Note that the model list was asked for."""
        self.models_tried = now
        if well:
            self.models_read = now


@dataclass
class Plans:
    """How often plans were asked for, and how often they may and have to be."""

    asked: int = 0
    most: float = 0
    least: float = 0

    def enter(self, asked: int, news: int, cars: int, smart_cars: int) -> None:
        """Enter five minutes: plans are read on news, otherwise every 15 minutes."""
        assert asked <= cars + news, f"{asked} plans read of {cars} cars, {news} news"
        self.asked += asked
        self.most += news + cars / 3
        self.least += smart_cars / 3


@dataclass
class Books:
    """Calls counted and expected, and separately those counted during trouble."""

    counted: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    in_trouble: Counter[str] = field(default_factory=Counter)

    def enter(
        self, calls: Counter[str], expected: Counter[str], maybe: Counter[str]
    ) -> None:
        """Enter some calls; those in `maybe` may be missing."""
        expected = expected + (calls - expected & maybe)
        self.counted += calls
        self.expected += expected
        # `+` keeps only what is there.
        assert +calls == +expected, (
            f"calls: {dict(+calls)} instead of {dict(+expected)}"
        )

    def enter_in_trouble(self, calls: Counter[str], cars: int) -> None:
        """Enter calls that cannot be foreseen, but must not be many."""
        self.in_trouble += calls
        # A poll and two reloads: after a new key, and to take a car over.
        most = {"list": 4, "telemetry": 4 * cars, "details": 4 * cars, "model list": 2}
        for kind, number in most.items():
            assert calls[kind] <= number, f"calls in trouble: {dict(calls)}"
