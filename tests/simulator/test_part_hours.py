"""The simulated car charges when its plan, as people read it, says so."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st

from simulator import Car, Simulator, wire
from simulator.hours import Window
from simulator.ways import Ways

from .client import KEY, USER, Client, Hand

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
# In two hours it charges 10 %.
A_MINUTE = 10 / 120

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
full_hours = moments.map(lambda moment: moment.replace(minute=0))
needs = st.integers(1, 1200)


def told(hourly_charges: Mapping[str, float]) -> set[datetime]:
    """Return the minutes with charging, as people read the plan.

    A part hour that follows an hour with charging fills its start, one that only
    precedes one its end, one that stands alone its start.
    """
    shares = {
        datetime.fromisoformat(hour): each for hour, each in hourly_charges.items()
    }
    minutes = set()
    for hour, share in shares.items():
        length = round(share * 60)
        follows, precedes = hour - HOUR in shares, hour + HOUR in shares
        first = 60 - length if precedes and not follows else 0
        minutes |= {hour + each * MINUTE for each in range(first, first + length)}
    return minutes


def charged(windows: Iterable[Window]) -> set[datetime]:
    """Return the minutes with charging, as the car lives them."""
    zero = datetime(2026, 1, 1, tzinfo=UTC)
    return {
        zero + each * MINUTE
        for window in windows
        for each in range(
            round((window.start - zero) / MINUTE), round((window.end - zero) / MINUTE)
        )
    }


def told_and_planned(car: Car) -> tuple[set[datetime], set[datetime]]:
    """Return what the wire tells, and what the car is up to."""
    session = car.life.session
    if session is None:
        return set(), set()
    answer = wire.schedule(car, session, Ways(), area="FI", zone="Europe/Helsinki")
    return told(answer["hourlyCharges"]), charged(session.plan.windows)


def since(moment: datetime, minutes: set[datetime]) -> set[datetime]:
    return {minute for minute in minutes if minute >= moment}


def hour_after(moment: datetime) -> datetime:
    return moment.replace(minute=0) + HOUR


def wanted(need: int, urgent: int = 0, ready: time = time(7)) -> dict[str, Any]:
    """Return a car that has to charge that many minutes, some of them at once."""
    soc = 100 - need * A_MINUTE
    minimum = soc + urgent * A_MINUTE if urgent else 0
    return {
        "soc": soc,
        "battery_capacity": 100,
        "charger_power": 5,
        "preferences": {
            "chargingBehavior": "SMART_CHARGE_ANYWHERE",
            "targetSoC": {"value": 100, "unit": "PERCENT"},
            "minimalSoC": {"value": minimum, "unit": "PERCENT"},
            "readyTime": f"{ready:%H:%M}",
        },
    }


def one_car(now: datetime, **facts: Any) -> tuple[Car, Hand]:
    hand = Hand()
    hand.move_to(now.isoformat())
    sim = Simulator(now=hand)
    sim.add_account(USER, KEY)
    return sim.add_car(USER, Car(**facts)), hand


@settings(deadline=None, max_examples=300)
@given(
    now=moments | full_hours,
    ready=st.times(),
    need=needs,
    urgent=st.just(0) | st.integers(0, 300),
)
def test_the_wire_tells_when_the_car_will_charge(
    now: datetime, ready: time, need: int, urgent: int
) -> None:
    """The hour that runs is another matter where the car cannot do what is told."""
    urgent = min(urgent, need)
    car, _ = one_car(now, **wanted(need, urgent, ready))
    told_minutes, planned = told_and_planned(car)
    next_hour = hour_after(now)
    assert since(next_hour, told_minutes) == since(next_hour, planned)
    assert len(told_minutes) == len(planned)
    at_once = {now + each * MINUTE for each in range(urgent)} - since(
        next_hour, planned
    )
    if since(now, told_minutes) == told_minutes and at_once <= told_minutes:
        assert told_minutes == planned


@settings(deadline=None, max_examples=300)
@given(
    now=full_hours,
    need=needs,
    passed=st.integers(0, 24 * 60) | st.integers(0, 24).map(lambda hours: hours * 60),
    then=needs,
)
def test_it_does_so_too_when_the_plan_changes(
    now: datetime, need: int, passed: int, then: int
) -> None:
    """What was charged by then is told together with the new plan."""
    car, hand = one_car(now, **wanted(need))
    hand.tick(passed * MINUTE)
    car.soc = 100 - then * A_MINUTE
    told_minutes, planned = told_and_planned(car)
    sure = hour_after(hand()) if passed % 60 else hand()
    assert since(sure, told_minutes) == since(sure, planned)


def test_a_second_of_an_hour_is_not_told() -> None:
    """So the hour after it does not follow an hour with charging."""
    night = datetime(2026, 3, 2, tzinfo=UTC)
    car, _ = one_car(night - timedelta(seconds=1), **wanted(90))
    session = car.life.session
    assert session is not None
    assert len(session.plan.windows) == 2
    told_minutes, planned = told_and_planned(car)
    assert min(told_minutes) == night + HOUR / 2
    assert told_minutes == planned


async def test_the_first_of_two_hours_is_charged_at_its_end(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    clock.move_to("2026-03-20T16:00:00+00:00")
    car = sim.add_car(USER, Car(**wanted(90)))
    path = f"/v2/hiven/devices/{car.id}/smart-charging/schedule"
    plan = (await ask.get(path))["hourlyCharges"]
    assert plan == {"2026-03-21T00:00:00Z": 0.5, "2026-03-21T01:00:00Z": 1}
    charging = set()
    while clock() < datetime(2026, 3, 21, 5, tzinfo=UTC):
        if car.charging_status == "CHARGING":
            assert (await ask.get(path))["hourlyCharges"] == plan
            charging.add(clock())
        clock.tick(MINUTE)
    assert min(charging) == datetime(2026, 3, 21, 0, 30, tzinfo=UTC)
    assert max(charging) == datetime(2026, 3, 21, 1, 59, tzinfo=UTC)
    assert charging == told(plan)
