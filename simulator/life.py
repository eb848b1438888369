"""A car's life, computed from elapsed time whenever somebody looks at it."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from .clock import Clock
from .plan import make_plan, next_ready
from .routine import Routine
from .session import Session, SessionStatus

type ChargingStatus = Literal[
    "CHARGING",
    "NOT_CHARGING",
    "COMPLETE",
    "DISCONNECTED",
    "PLUGGED",
    "CHARGING_COMPLETED",
]

# Energy is counted in floats: this near to its goal (in %) a car is there.
_NEAR = 0.01
# Moments are whole microseconds; one more makes sure that the due moment has come.
_TICK = timedelta(microseconds=1)
# How long a charger without power takes.
_NEVER = timedelta(days=3650)


@dataclass(frozen=True)
class Reading:
    """Telemetry: what the car last told about itself."""

    at: datetime
    soc: float
    range_km: float
    status: ChargingStatus


@dataclass
class Trip:
    """A drive that has begun."""

    left: timedelta
    """Car life until the car is back."""
    percent_per_second: float


@dataclass(eq=False)
class Life:
    """Everything about a car that changes by itself, and what makes it change.

    Moments (departures, planned hours, ready times) are wall time; what takes time
    (charging, driving, being away) passes as much faster as the clock says.
    """

    soc: float = 50.0
    plugged_in: bool = True
    at_home: bool = True
    battery_capacity: float = 77.0
    charger_power: float = 11.0
    km_per_percent: float = 4.2
    preferences: dict[str, Any] | None = None
    routine: Routine | None = None
    sessions: list[Session] = field(default_factory=list)

    _clock: Clock | None = field(default=None, init=False)
    _at: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _reading: Reading | None = field(default=None, init=False)
    _trip: Trip | None = field(default=None, init=False)
    _session: Session | None = field(default=None, init=False)
    _departure: datetime | None = field(default=None, init=False)

    # What others do to a car.

    def begin(self, clock: Clock) -> None:
        """Let the car live by that clock from now on."""
        if self._clock is not clock:
            self._clock = clock
            self._at = clock.now()
            self.go_on()

    def go_on(self) -> None:
        """Look at everything afresh: the plan, the next departure, the telemetry."""
        if self._clock is not None:
            self._replan()
            self._read()

    def change(self, name: str, value: object) -> None:
        """Change a fact of the car's life, from this moment on."""
        self.catch_up()
        if name in {"plugged_in", "at_home"} and self._trip:
            self._trip = None
            self.at_home = True
        # The caller's own dictionary may change later; the car's must not.
        setattr(self, name, deepcopy(value) if name == "preferences" else value)
        if name != "preferences":
            self.go_on()
        elif self._clock is not None:
            # New settings are no telemetry; what they start or stop is.
            self._replan()
            self._notice()

    def drive_off(self, km: float, away: timedelta) -> None:
        """Unplug and leave; back, and plugged in, after that much life."""
        self.catch_up()
        self._leave(km, away)
        self.go_on()

    # What others see of a car.

    @property
    def clock(self) -> Clock:
        """Return the clock the car lives by."""
        if self._clock is None:
            raise RuntimeError("the car is in no simulator yet")
        return self._clock

    @property
    def at(self) -> datetime:
        """Return the moment up to which this life has been lived."""
        return self._at

    @property
    def reading(self) -> Reading:
        """Return the last telemetry."""
        self.catch_up()
        return self._reading or self._read()

    @property
    def session(self) -> Session | None:
        """Return the smart-charging session under way."""
        self.catch_up()
        return self._session

    # How a car is at this point of its life.

    @property
    def _goal(self) -> float:
        """Up to what the car is charged, in %."""
        target = self._preferred("targetSoC")
        return min(
            100.0,
            max(
                100.0 if target is None else target, self._preferred("minimalSoC") or 0
            ),
        )

    @property
    def _full(self) -> bool:
        return self.soc > self._goal - _NEAR

    @property
    def _charging(self) -> bool:
        if not self.plugged_in or self._full:
            return False
        return self._session is None or self._session.plan.charges_at(self._at)

    @property
    def _status(self) -> ChargingStatus:
        if not self.plugged_in:
            return "DISCONNECTED"
        if self._full:
            return "CHARGING_COMPLETED"
        return "CHARGING" if self._charging else "PLUGGED"

    def _preferred(self, name: str) -> float | None:
        """Return a state of charge from the preferences in %, if it makes sense."""
        match (self.preferences or {}).get(name):
            case {"value": int() | float() as value, "unit": "PERCENT"}:
                return float(value)
            case {"value": int() | float() as value, "unit": "KM"}:
                return value / self.km_per_percent
        return None

    def _smart_until(self) -> datetime | None:
        """Return when the car has to be ready; None where it charges at once."""
        preferences: Mapping[str, Any] = self.preferences or {}
        match preferences.get("chargingBehavior"):
            case "SMART_CHARGE_ANYWHERE":
                smart = self.plugged_in
            case "SMART_CHARGE_AT_LOCATION":
                smart = self.plugged_in and self.at_home
            case _:
                smart = False
        if not smart:
            return None
        return next_ready(preferences, self._at, self.clock.time_zone)

    # How time passes.

    def catch_up(self) -> None:
        """Live until now."""
        if self._clock is None:
            return
        now = self._clock.now()
        if now < self._at:  # somebody set the clock back: go on from there
            self._at = now
            self.go_on()
        if self._clock.paused:
            self._at = now
            return
        while self._at < now:
            self._pass(min(now, self._next_event()))
            self._turn()
        if not self._clock.telemetry_interval:
            self._read()

    def _next_event(self) -> datetime:
        """Return when something begins or ends next."""
        moments = [datetime.max.replace(tzinfo=UTC)]
        if self._trip:
            moments.append(self._at + self._trip.left / self.clock.speed + _TICK)
        if self._departure:
            moments.append(self._departure)
        if self._charging:
            moments.append(self._at + self._time_for(self._goal - self.soc) + _TICK)
        if self._session:
            moments.extend(self._session.plan.edges())
        return min(moment for moment in moments if moment > self._at)

    def _pass(self, until: datetime) -> None:
        """Let time pass in which nothing begins or ends."""
        start, rate = self.soc, self._rate()
        interval = self.clock.reading_interval
        if interval and self._reading:
            tick = until - (until - self._reading.at) % interval
            if tick > self._at:
                self.soc = self._after(tick - self._at, start, rate)
                self._read(tick)
                self.soc = start
        if self._session and self._charging:
            self._session.charge(self._at, until)
        if self._trip:
            self._trip.left -= (until - self._at) * self.clock.speed
        self.soc = self._after(until - self._at, start, rate)
        self._at = until

    def _turn(self) -> None:
        """Do what is due at this moment."""
        session = self._session
        if self._trip and self._trip.left <= timedelta(0):
            self._trip = None
            self.plugged_in = self.at_home = True
            self._replan()
        elif self.routine and self._departure and self._at >= self._departure:
            self._leave(self.routine.km, self.routine.away)
            self._replan()
        elif session and self._full:
            self._close("COMPLETE")
        elif session and self._at >= session.plan.ready:
            self._close("INTERRUPTED")
            self._replan()
        self._notice()

    def _replan(self) -> None:
        """Decide anew when to leave and when to charge."""
        self._departure = None
        if self.routine and self.at_home and not self._trip:
            self._departure = self.routine.next_departure(
                self._at, self.clock.time_zone
            )
        ready = self._smart_until()
        if self.plugged_in and self._full:
            self._close("COMPLETE")
        elif ready is None:
            self._close("INTERRUPTED")
        else:
            minimum = self._preferred("minimalSoC") or 0.0
            at_once = min(self._time_for(minimum - self.soc), ready - self._at)
            plan = make_plan(
                self._at,
                ready,
                at_once=at_once,
                later=self._time_for(self._goal - self.soc) - at_once,
                time_zone=self.clock.time_zone,
                charged=self._session.charged if self._session else {},
            )
            if self._session is None:
                self._session = Session(self._at, plan)
                self.sessions.append(self._session)
            self._session.plan = plan

    def _leave(self, km: float, away: timedelta) -> None:
        percent = km / self.km_per_percent
        self._trip = Trip(away, percent / away.total_seconds())
        self.plugged_in = self.at_home = False

    def _close(self, status: SessionStatus) -> None:
        if self._session:
            self._session.end(status, self._at)
            self._session = None

    def _notice(self) -> None:
        """Tell a change of status at once."""
        if self._reading is None or self._reading.status != self._status:
            self._read()

    def _read(self, at: datetime | None = None) -> Reading:
        self._reading = Reading(
            at or self._at,
            round(self.soc, 1),
            round(self.soc * self.km_per_percent),
            self._status,
        )
        return self._reading

    # How fast.

    def _rate(self) -> float:
        """Return by how many % the battery fills in a second of wall time."""
        if self._trip:
            return -self._trip.percent_per_second * self.clock.speed
        return self._charging_rate() if self._charging else 0.0

    def _charging_rate(self) -> float:
        an_hour = self.charger_power / self.battery_capacity * 100
        return an_hour / 3600 * self.clock.speed

    def _after(self, elapsed: timedelta, soc: float, rate: float) -> float:
        soc += rate * elapsed.total_seconds()
        return min(soc, self._goal) if rate > 0 else max(soc, 0.0)

    def _time_for(self, percent: float) -> timedelta:
        rate = self._charging_rate()
        if rate <= 0:
            return _NEVER
        seconds = max(0.0, percent) / rate
        return timedelta(seconds=min(seconds, _NEVER.total_seconds()))
