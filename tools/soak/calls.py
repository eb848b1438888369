"""Works out how often Hiven should be called, and compares it with the real calls."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator import Request
from tools.calls import DETAILS, ENDPOINTS, counted

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_TICK = timedelta(minutes=5)
# Unexpected reports are found within this time.
_LONGEST_PAUSE = timedelta(minutes=15)
_READ_SETTINGS_EVERY = timedelta(minutes=30)
_LISTS_UNTIL_GONE = 3
_ID_AT = DETAILS.split("/").index("*")

type ByCar = dict[str, Counter[str]]
"""Calls by kind, then by vehicle id."""


def by_car(requests: Iterable[Request]) -> ByCar:
    """Return how many requests of each kind were about each car."""
    calls: ByCar = {kind: Counter() for kind in ENDPOINTS}
    for request in requests:
        (kind,) = counted([request])
        parts = request.path.split("/")
        if len(parts) > _ID_AT:
            calls[kind][parts[_ID_AT]] += 1
    return calls


@dataclass
class Happened:
    """Events in five minutes that cause requests to Hiven."""

    asks: int = 0
    starts: int = 0
    edits: int = 0
    """Edits in the app."""
    idle: int = 0
    """The most edits without a write, because Hiven already had the values."""
    bare: set[str] = field(default_factory=set)
    """Cars without settings."""


@dataclass
class Account:
    """What a correct account knows, and when it read it.

    `vehicles` are those of the last list; `missing` maps known cars that are not in it
    to the number of lists in a row without them.
    """

    vehicles: dict[str, str] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    listed_at: datetime | None = None
    asked_at: dict[str, datetime] = field(default_factory=dict)
    settings_at: dict[str, datetime] = field(default_factory=dict)
    models_read: datetime | None = None
    models_tried: datetime | None = None

    def begins(self, vehicles: dict[str, str], now: datetime) -> None:
        """Start checking with these vehicles by VIN, which were all just read."""
        self.vehicles = vehicles
        self.missing = {}
        self.listed_at = now
        self.asked_at = dict.fromkeys(vehicles, now)

    def stops(self) -> None:
        """Forget when it read, because it is not running."""
        self.listed_at = None

    def check(
        self,
        calls: Counter[str],
        of_cars: ByCar,
        cars: dict[str, str],
        happened: Happened,
        now: datetime,
    ) -> None:
        """Check the requests of five minutes, and record their results.

        `cars` are those at Hiven, with their VIN.
        """
        lists = calls["list"]
        if lists or happened.starts:
            self._note_list(lists, cars, of_cars["details"], happened)
            self.listed_at = now
        elif self.listed_at is None:
            assert not +calls, f"calls while it is off: {dict(+calls)}"
            return
        else:
            assert not of_cars["details"], "details without a list"
        assert self.listed_at is not None
        assert now - self.listed_at <= _LONGEST_PAUSE, "the list was not read"
        for id_, number in of_cars["telemetry"].items():
            assert number <= lists, f"{number} times telemetry of {id_}, {lists} lists"
            self.asked_at[id_] = now
        for id_ in self.vehicles:
            pause = now - self.asked_at.setdefault(id_, now)
            assert pause <= _LONGEST_PAUSE, f"no telemetry of {id_} for {pause}"
        self._check_settings(of_cars, happened, now)

    def _note_list(
        self,
        lists: int,
        cars: dict[str, str],
        details: Counter[str],
        happened: Happened,
    ) -> None:
        known = self.vehicles.keys() | self.missing.keys()
        vins = set(cars.values())
        again = {id_ for id_, vin in self.vehicles.items() if vin in vins}
        missing = known - cars.keys() - again
        for id_ in missing:
            before = 0 if happened.starts else self.missing.get(id_, 0)
            least = 1 if happened.starts else min(lists, _LISTS_UNTIL_GONE - before)
            assert least <= details[id_] <= lists, f"{details[id_]} times details"
            self.missing[id_] = before + lists
        assert details.keys() <= missing, f"details of {details.keys() - missing}"
        self.missing = {
            id_: number
            for id_, number in self.missing.items()
            if id_ in missing and number < _LISTS_UNTIL_GONE
        }
        self.vehicles = cars

    def _check_settings(
        self, of_cars: ByCar, happened: Happened, now: datetime
    ) -> None:
        """Check that each write has two reads, and that there are few other reads."""
        reads, writes = of_cars["read settings"], of_cars["write settings"]
        for id_ in reads.keys() | writes.keys():
            alone = reads[id_] - 2 * writes[id_]
            read_at = self.settings_at.get(id_)
            is_due = read_at is None or now - read_at >= _READ_SETTINGS_EVERY
            most = is_due + happened.asks + happened.starts
            if id_ not in happened.bare:
                most = 0
            most += happened.idle
            assert 0 <= alone <= most, f"{alone} reads of the settings of {id_}"
            self.settings_at[id_] = now

    def models_are_due(self, now: datetime) -> bool:
        """Return whether the model list must have been read by now.

        Whether a day has passed is checked once an hour.
        """
        since, keep = self._models_since()
        return since is not None and now - since >= keep + _HOUR + _TICK

    def models_may_be_due(self, now: datetime) -> bool:
        """Return whether the model list may be read.

        A start may have read it before the counted five minutes.
        """
        since, keep = self._models_since()
        return since is None or now - since >= keep - _TICK

    def _models_since(self) -> tuple[datetime | None, timedelta]:
        if self.models_read is None:
            return self.models_tried, _HOUR
        return self.models_read, _DAY

    def models_answered(self, now: datetime, *, well: bool = True) -> None:
        """Record that the model list was read."""
        self.models_tried = now
        if well:
            self.models_read = now


@dataclass
class Often:
    """The number of requests of a kind, and the allowed minimum and maximum."""

    asked: int = 0
    most: float = 0
    least: float = 0

    def enter(self, asked: int, most: float, least: float = 0) -> None:
        """Add five minutes."""
        self.asked += asked
        self.most += most
        self.least += least


@dataclass
class Books:
    """Counted and allowed calls, and separately those during trouble."""

    counted: Counter[str] = field(default_factory=Counter)
    least: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    in_trouble: Counter[str] = field(default_factory=Counter)

    def enter(
        self, calls: Counter[str], least: Counter[str], most: Counter[str]
    ) -> None:
        """Add calls; kinds that are not in `most` are not allowed."""
        self.counted += calls
        self.least += least
        self.most += most
        assert least <= calls <= most, (
            f"calls: {dict(+calls)}, at least {dict(+least)}, at most {dict(+most)}"
        )

    def enter_in_trouble(self, calls: Counter[str], cars: int) -> None:
        """Add calls that cannot be predicted, but must be few."""
        self.in_trouble += calls
        # A poll and two reloads: after a new key, and for a car's new id.
        most = {"list": 4, "telemetry": 4 * cars, "details": 4 * cars, "model list": 2}
        for kind, number in most.items():
            assert calls[kind] <= number, f"calls in trouble: {dict(calls)}"
