"""A simulated car charges in the minutes that its plan shows."""

from collections.abc import Mapping
from dataclasses import astuple
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st

from simulator import Car

from .client import HOUR, SMART, USER, Hand, without_server

MINUTE = timedelta(minutes=1)
# The car charges 10 % in two hours.
PERCENT = 10 / 120
ZERO = datetime(2026, 1, 1, tzinfo=UTC)

full_hours = st.integers(0, 700 * 24).map(lambda hours: ZERO + hours * HOUR)
moments = st.integers(0, 700 * 24 * 60).map(lambda minutes: ZERO + minutes * MINUTE)
needs = st.integers(1, 1200)


def read(hours: Mapping[datetime, float]) -> set[datetime]:
    """Return the minutes with charging, as people read the plan.

    Part of an hour is at its end if the car charges in the next hour and not in the one
    before. Otherwise it is at the start of the hour.
    """
    minutes = set()
    for hour, share in hours.items():
        length = round(share * 60)
        at_end = hour + HOUR in hours and hour - HOUR not in hours
        first = 60 - length if at_end else 0
        minutes |= {hour + each * MINUTE for each in range(first, first + length)}
    return minutes


def read_and_planned(car: Car, since: datetime = ZERO) -> list[set[datetime]]:
    """Return the charging minutes of the answer and of the plan."""
    if (session := car.life.session) is None:
        return [set(), set()]
    planned = {
        ZERO + minute * MINUTE
        for window in session.plan.windows
        for minute in range(*(round((at - ZERO) / MINUTE) for at in astuple(window)))
    }
    both = read(session.shares(car.life.at)), planned
    return [{minute for minute in each if minute >= since} for each in both]


def wanted(need: int, urgent: int = 0, ready: time = time(7)) -> dict[str, Any]:
    """Return facts of a car that has to charge for some minutes, some at once."""
    soc = 100 - need * PERCENT
    minimum = soc + urgent * PERCENT if urgent else 0
    preferences = SMART | {
        "targetSoC": {"value": 100, "unit": "PERCENT"}, "readyTime": f"{ready:%H:%M}",
        "minimalSoC": {"value": minimum, "unit": "PERCENT"},
    }  # fmt: skip
    battery = {"soc": soc, "battery_capacity": 100, "charger_power": 5}
    return {**battery, "preferences": preferences}


def one_car(now: datetime, **facts: Any) -> tuple[Car, Hand]:
    hand = Hand()
    hand.move_to(now.isoformat())
    return without_server(hand).add_car(USER, Car(**facts)), hand


@settings(deadline=None, max_examples=300)
@given(moments | full_hours, st.times(), needs, st.just(0) | st.integers(0, 300))
def test_the_answer_shows_when_the_car_will_charge(
    now: datetime, ready: time, need: int, urgent: int
) -> None:
    """The current hour may differ if part of it has passed or charging is urgent."""
    urgent = min(urgent, need)
    car, _ = one_car(now, **wanted(need, urgent, ready))
    later_answered, later_planned = read_and_planned(car, now.replace(minute=0) + HOUR)
    assert later_answered == later_planned
    answered, planned = read_and_planned(car)
    assert len(answered) == len(planned)
    at_once = {now + each * MINUTE for each in range(urgent)} - later_planned
    if min(answered, default=now) >= now and at_once <= answered:
        assert answered == planned


@settings(deadline=None, max_examples=300)
@given(full_hours, needs, st.integers(0, 24 * 60) | st.sampled_from([60, 180]), needs)
def test_it_does_so_too_when_the_plan_changes(
    now: datetime, need: int, passed: int, then: int
) -> None:
    """The answer combines past charging with the new plan."""
    car, hand = one_car(now, **wanted(need))
    hand.tick(passed * MINUTE)
    car.soc = 100 - then * PERCENT
    since = hand().replace(minute=0) + HOUR if passed % 60 else hand()
    answered, planned = read_and_planned(car, since)
    assert answered == planned
