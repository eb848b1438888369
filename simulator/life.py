"""A car's life, computed from the elapsed time whenever it is read."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from .clock import Clock
from .plan import make_plan, next_ready
from .routine import Drives
from .session import Session, SessionStatus

type ChargingStatus = Literal[
    "CHARGING",
    "NOT_CHARGING",
    "COMPLETE",
    "DISCONNECTED",
    "PLUGGED",
    "CHARGING_COMPLETED",
]

# Energy is a float, so a car this close to its goal (in %) has reached it.
_NEAR = 0.01
# Times are whole microseconds. One more ensures that an event is due when it runs.
_TICK = timedelta(microseconds=1)
# How long charging with no power takes.
_NEVER = timedelta(days=3650)
# The power of a fast charger, in kW.
_FAST = 150.0


@dataclass(frozen=True)
class Reading:
    """Telemetry: the car's last report."""

    at: datetime
    soc: float
    range_km: float
    status: ChargingStatus


@dataclass
class Trip:
    """A drive that has started."""

    left: timedelta
    """Simulated time until the car is back."""
    percent_per_second: float


@dataclass(eq=False)
class Life:
    """Everything about a car that changes by itself, and what makes it change.

    Departures, planned hours and ready times are in real time. Charging, driving and
    being away pass faster, by the clock's speed.
    """

    soc: float = 50.0
    plugged_in: bool = True
    at_home: bool = True
    battery_capacity: float = 77.0
    charger_power: float = 11.0
    km_per_percent: float = 4.2
    preferences: dict[str, Any] | None = None
    routine: Drives | None = None
    charges_fast: bool = False
    """At a fast charger, which ignores the plan."""
    signed_out: bool = False
    """No more reports."""
    sessions: list[Session] = field(default_factory=list)

    _clock: Clock | None = field(default=None, init=False)
    _at: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _reading: Reading | None = field(default=None, init=False)
    _trip: Trip | None = field(default=None, init=False)
    _session: Session | None = field(default=None, init=False)
    _departure: datetime | None = field(default=None, init=False)
    _plan_due: datetime | None = field(default=None, init=False)

    # Actions on a car.

    def begin(self, clock: Clock) -> None:
        """Start the life with this clock."""
        if self._clock is not clock:
            self._clock = clock
            self._at = clock.now()
            self.go_on()

    def go_on(self) -> None:
        """Renew the plan, the next departure and the telemetry."""
        if self._clock is not None:
            self._replan()
            self._read()

    def change(self, name: str, value: object) -> None:
        """Change a fact of the car's life from now on."""
        self.catch_up()
        if name in {"plugged_in", "at_home"} and self._trip:
            self._trip = None
            self.at_home = True
        if name == "plugged_in" and not value:
            self.charges_fast = False
        # The caller may change its dictionary later.
        setattr(self, name, deepcopy(value) if name == "preferences" else value)
        if name != "preferences":
            self.go_on()
        elif self._clock is not None:
            if self._clock.plan_delay:
                self._plan_due = self._plan_due or self._at + self._clock.plan_delay
            else:
                self._replan()
            # A car does not report its settings, only that they start or stop charging.
            self._notice()

    def drive_off(self, km: float, away: timedelta) -> None:
        """Unplug and leave, and come back and plug in after this much simulated time."""
        self.catch_up()
        self._leave(km, away)
        self.go_on()

    # Reading a car.

    @property
    def clock(self) -> Clock:
        """Return the clock of the car."""
        if self._clock is None:
            raise RuntimeError("the car is in no simulator yet")
        return self._clock

    @property
    def at(self) -> datetime:
        """Return the time up to which the life is computed."""
        return self._at

    @property
    def reading(self) -> Reading:
        """Return the last telemetry."""
        self.catch_up()
        return self._reading or self._read()

    @property
    def session(self) -> Session | None:
        """Return the current smart-charging session."""
        self.catch_up()
        return self._session

    # The current state of the car.

    @property
    def _goal(self) -> float:
        """Return the state of charge at which charging ends, in %."""
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
        return (
            self.charges_fast
            or self._session is None
            or self._session.plan.charges_at(self._at)
        )

    @property
    def _status(self) -> ChargingStatus:
        if not self.plugged_in:
            return "DISCONNECTED"
        if self._full:
            return "CHARGING_COMPLETED"
        return "CHARGING" if self._charging else "PLUGGED"

    def _preferred(self, name: str) -> float | None:
        """Return a state of charge from the preferences in %, if it is valid."""
        match (self.preferences or {}).get(name):
            case {"value": int() | float() as value, "unit": "PERCENT"}:
                return float(value)
            case {"value": int() | float() as value, "unit": "KM"}:
                return value / self.km_per_percent
        return None

    def _smart_until(self) -> datetime | None:
        """Return when the car must be ready; None if it charges at once."""
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
        """Compute the life up to now."""
        if self._clock is None:
            return
        now = self._clock.now()
        if now < self._at:  # The clock was set back.
            self._at = now
            self.go_on()
        if self._clock.paused:
            self._at = now
            self._make_due_plan()
            return
        while self._at < now:
            self._pass(min(now, self._next_event()))
            self._turn()
        if not self._clock.telemetry_interval:
            self._read()

    def _next_event(self) -> datetime:
        """Return when something starts or ends next."""
        moments = [datetime.max.replace(tzinfo=UTC)]
        if self._trip:
            moments.append(self._at + self._trip.left / self.clock.speed + _TICK)
        moments += [each for each in (self._departure, self._plan_due) if each]
        if self._charging:
            left = self._time_for(self._goal - self.soc, self._power)
            moments.append(self._at + left + _TICK)
        if self._session:
            moments.extend(self._session.plan.edges())
        return min(moment for moment in moments if moment > self._at)

    def _pass(self, until: datetime) -> None:
        """Let time pass until the next event."""
        start, rate = self.soc, self._rate()
        interval = self.clock.reading_interval
        if interval and self._reading and until - self._reading.at >= interval:
            # The interval may have become shorter.
            tick = max(self._at, until - (until - self._reading.at) % interval)
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
        """Handle the events that are due now."""
        self._make_due_plan()
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

    def _make_due_plan(self) -> None:
        if self._plan_due and self._at >= self._plan_due:
            self._replan()
            self._notice()

    def _replan(self) -> None:
        """Decide again when to leave and charge."""
        self._departure = self._plan_due = None
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
            power = self.charger_power
            at_once = min(self._time_for(minimum - self.soc, power), ready - self._at)
            plan = make_plan(
                self._at,
                ready,
                at_once=at_once,
                later=self._time_for(self._goal - self.soc, power) - at_once,
                price=self.clock.price,
                charged=self._session.charged if self._session else (),
            )
            if self._session is None:
                self._session = Session(self._at, plan)
                self.sessions.append(self._session)
            self._session.plan = plan

    def _leave(self, km: float, away: timedelta) -> None:
        percent = km / self.km_per_percent
        self._trip = Trip(away, percent / away.total_seconds())
        self.plugged_in = self.at_home = self.charges_fast = False

    def _close(self, status: SessionStatus) -> None:
        if self._session:
            self._session.end(status, self._at)
            self._session = None

    def _notice(self) -> None:
        """Report a change of status at once."""
        if self._reading is None or self._reading.status != self._status:
            self._read()

    def _read(self, at: datetime | None = None) -> Reading:
        if self.signed_out and self._reading:
            return self._reading
        self._reading = Reading(
            at or self._at,
            round(self.soc, 1),
            round(self.soc * self.km_per_percent),
            self._status,
        )
        return self._reading

    # Speed.

    def _rate(self) -> float:
        """Return how many % the battery gains in a second of real time."""
        if self._trip:
            return -self._trip.percent_per_second * self.clock.speed
        return self._charging_rate(self._power) if self._charging else 0.0

    @property
    def _power(self) -> float:
        return _FAST if self.charges_fast else self.charger_power

    def _charging_rate(self, power: float) -> float:
        an_hour = power / self.battery_capacity * 100
        return an_hour / 3600 * self.clock.speed

    def _after(self, elapsed: timedelta, soc: float, rate: float) -> float:
        soc += rate * elapsed.total_seconds()
        return min(soc, self._goal) if rate > 0 else max(soc, 0.0)

    def _time_for(self, percent: float, power: float) -> timedelta:
        rate = self._charging_rate(power)
        if rate <= 0:
            return _NEVER
        seconds = max(0.0, percent) / rate
        return timedelta(seconds=min(seconds, _NEVER.total_seconds()))
