"""How simulated cars drive and charge as time passes."""

from datetime import time, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from simulator import Car, Routine

from .client import HOUR, OFF, SMART, USER, WEEK, Client, Hand, without_server

# Charges 10 % in an hour.
SLOW: dict[str, Any] = {"battery_capacity": 100, "charger_power": 10}


def percent(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "PERCENT"}


def smart(target: float = 80, ready: str = "07:00", **more: Any) -> dict[str, Any]:
    return {**SMART, "targetSoC": percent(target), "readyTime": ready, **more}


async def test_a_car_without_preferences_charges_until_it_is_full(ask: Client) -> None:
    car = ask.add(plugged_in=False, soc=75, **SLOW)
    seen = []
    for happen in (car.plug_in, *(lambda: ask.clock.tick(1.5 * HOUR),) * 2, car.unplug):
        happen()
        status = await ask.status(car)
        seen.append((status["soc"], status["range"], status["chargingStatus"]))
        assert status["timestamp"] == f"{ask.clock():%Y-%m-%dT%H:%M:%S.000Z}"
    assert seen == [
        (75, 315, "CHARGING"), (90, 378, "CHARGING"), (100, 420, "CHARGING_COMPLETED"),
        (100, 420, "DISCONNECTED"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "soc"), [(percent(80), 80), ({"value": 252, "unit": "KM"}, 60)]
)
async def test_smart_charging_off_charges_at_once_to_the_target(
    ask: Client, target: Any, soc: float
) -> None:
    car = ask.add(preferences={**OFF, "targetSoC": target})
    ask.clock.tick(10 * HOUR)
    assert car.soc == pytest.approx(soc, abs=0.01)
    assert car.charging_status == "CHARGING_COMPLETED"


async def test_telemetry_is_some_minutes_old(ask: Client) -> None:
    car = ask.add()
    ask.clock.tick(timedelta(minutes=12, seconds=17))
    first = await ask.status(car)
    assert first["timestamp"] == "2026-01-12T10:10:00.000Z"
    assert await ask.status(car) == first
    ask.clock.move_to("2026-01-12T10:14:00+00:00")
    assert await ask.status(car) == first
    car.unplug()
    assert (await ask.status(car))["timestamp"] == "2026-01-12T10:14:00.000Z"
    ask.sim.telemetry_interval = timedelta(0)
    ask.clock.tick(1)
    assert (await ask.status(car))["timestamp"] == "2026-01-12T10:14:01.000Z"
    car.soc = 33.3
    assert (await ask.status(car))["soc"] == 33.3


async def test_settings_are_no_telemetry(ask: Client) -> None:
    car = ask.add()
    capacity = {"batteryCapacity": 70}
    for changes, status, minute in ((capacity, "CHARGING", 0), (SMART, "PLUGGED", 2)):
        ask.clock.tick(60)
        ask.sim.app_edit(car.id, changes)
        reading = car.life.reading
        assert (reading.status, reading.at.minute) == (status, minute)


async def test_smart_charging_waits_for_the_cheap_hours(ask: Client) -> None:
    # 30 % take 3 hours of the night. 07:00 in Helsinki is 05:00 UTC.
    car = ask.add(preferences=smart(), **SLOW)
    plan = await ask.schedule(car)
    hours = "2026-01-13T00:00:00Z", "2026-01-13T01:00:00Z", "2026-01-13T02:00:00Z"
    assert plan == {
        "id": plan["id"], "createdAt": "2026-01-12T10:00:00.000Z",
        "hourlyCharges": dict.fromkeys(hours, 1), "spotPriceAreaId": "FI",
        "readyTime": "2026-01-13T05:00:00.000Z", "timeZone": "Europe/Helsinki",
    }  # fmt: skip
    seen = []
    for _ in range(20):
        seen.append(car.charging_status)
        if car.charging_status == "CHARGING":
            assert await ask.schedule(car) == plan
            active = {**plan, "endDateTime": None, "status": "ACTIVE"}
            assert await ask.sessions(car) == [active]
        ask.clock.tick(HOUR)
    assert seen == ["PLUGGED"] * 14 + ["CHARGING"] * 3 + ["CHARGING_COMPLETED"] * 3
    assert (await ask.status(car))["soc"] == 80
    over = {"endDateTime": "2026-01-13T03:00:00.000Z", "status": "COMPLETE"}
    assert await ask.sessions(car) == [{**plan, **over}]
    assert car.life.session is None


async def test_below_the_minimum_it_charges_at_any_price(ask: Client) -> None:
    car = ask.add(soc=20, preferences=smart(minimalSoC=percent(40)), **SLOW)
    assert car.charging_status == "CHARGING"
    ask.clock.tick(2.5 * HOUR)
    assert car.charging_status == "PLUGGED"
    assert car.soc == pytest.approx(40)


async def test_a_week_day_has_its_own_time(ask: Client, car: Car) -> None:
    car.plug_in()
    car.preferences = {**SMART, WEEK: {"TUESDAY": "12:00", "WEDNESDAY": "09:30"}}
    assert await ask.ready(car) == "13 10:00"
    ask.clock.tick(24 * HOUR)
    car.soc = 30
    assert await ask.ready(car) == "14 07:30"
    ask.sim.app_edit(car.id, {"readyTime": None})
    assert "readyTime" not in await ask.stored(car)
    ask.clock.tick(24 * HOUR)
    car.soc = 30
    assert await ask.ready(car) == "20 10:00"


async def test_too_little_time_continues_on_the_next_day(ask: Client) -> None:
    car = ask.add(preferences=smart(ready="13:00"))
    assert car.charging_status == "CHARGING"
    ask.clock.tick(HOUR)
    assert car.charging_status == "PLUGGED"
    first, second = await ask.sessions(car)
    assert (first["status"], second["status"]) == ("INTERRUPTED", "ACTIVE")
    assert first["hourlyCharges"] == {"2026-01-12T10:00:00Z": 1}
    assert second["readyTime"] == "2026-01-13T11:00:00.000Z"
    car.unplug()
    _, second = await ask.sessions(car)
    assert (second["status"], second["hourlyCharges"]) == ("INTERRUPTED", {})
    assert second["endDateTime"] == "2026-01-12T11:00:00.000Z"


async def test_away_from_home_it_is_only_smart_anywhere(ask: Client) -> None:
    car = ask.add(preferences=smart(chargingBehavior="SMART_CHARGE_AT_LOCATION"))
    assert car.charging_status == "PLUGGED"
    car.at_home = False
    assert car.charging_status == "CHARGING"
    ask.sim.app_edit(car.id, {"chargingBehavior": "SMART_CHARGE_ANYWHERE"})
    assert car.charging_status == "PLUGGED"


async def test_a_fast_charger_follows_no_plan(ask: Client) -> None:
    car = ask.add(preferences=smart(), **SLOW)
    plan = await ask.schedule(car)
    car.charges_fast = True
    assert car.charging_status == "CHARGING"
    assert await ask.schedule(car) == plan
    ask.clock.tick(0.1 * HOUR)
    assert car.soc == pytest.approx(65)
    car.charges_fast = False
    assert car.charging_status == "PLUGGED"
    car.charges_fast = True
    ask.clock.tick(HOUR)
    assert (car.charging_status, car.soc) == ("CHARGING_COMPLETED", 80)
    for leave in (car.unplug, lambda: car.drive_off(km=1)):
        car.charges_fast = True
        leave()
        assert not car.charges_fast


async def test_a_day_in_the_life(ask: Client) -> None:
    routine = Routine(time(8), time(17), km=84, days=frozenset({1, 2}))
    car = ask.add(soc=100, routine=routine)
    for moment, *seen in (
        ("13T05:59", "CHARGING_COMPLETED", True, 100),
        ("13T06:00", "DISCONNECTED", False, 100), ("13T10:30", "DISCONNECTED", False, 90),
        ("13T15:01", "CHARGING", True, 80), ("14T06:00", "DISCONNECTED", False, 100),
        # The car does not drive on Thursdays.
        ("15T06:00", "CHARGING_COMPLETED", True, 100),
    ):  # fmt: skip
        ask.clock.move_to(f"2026-01-{moment}:00+00:00")
        assert [car.charging_status, car.at_home, round(car.soc)] == seen


async def test_a_clock_that_is_set_back(ask: Client) -> None:
    car = ask.add(preferences=smart())
    ask.clock.move_to("2026-01-10T10:00:00+00:00")
    assert (await ask.status(car))["timestamp"] == "2026-01-10T10:00:00.000Z"
    assert await ask.ready(car) == "11 05:00"
    # Ready times are local, even when the clocks go forward.
    ask.clock.move_to("2026-03-28T20:00:00+00:00")
    car.soc = 50
    assert await ask.ready(car) == "29 04:00"


@settings(deadline=None, max_examples=60)
@given(
    facts=st.fixed_dictionaries({
        "soc": st.floats(0, 100), "charger_power": st.just(0) | st.floats(1, 250),
        "preferences": st.builds(
            lambda off, target, minimum: {
                **smart(target, minimalSoC=percent(minimum)), **(OFF if off else {}),
            },
            *(st.booleans(), st.integers(0, 100), st.integers(0, 100)),
        ),
        "routine": st.none()
        | st.builds(Routine, st.times(), st.times(), st.floats(0, 300)),
    }),
    speed=st.sampled_from([1.0, 60.0, 3600.0]),
    looks=st.lists(st.integers(1, 40_000), min_size=1, max_size=8),
)  # fmt: skip
def test_looking_changes_nothing(
    facts: dict[str, Any], speed: float, looks: list[int]
) -> None:
    """A car that is read often ends up like a car that is read once."""
    hand = Hand()
    sim = without_server(hand, speed)
    often, once = (sim.add_car(USER, Car(**facts)) for _ in range(2))
    for seconds in looks:
        hand.tick(seconds)
        assert 0 <= often.soc <= 100
    assert often.soc == pytest.approx(once.soc, abs=0.02)
    first, second = often.life.reading, once.life.reading
    assert first.status == second.status
    assert abs(first.at - second.at) < timedelta(milliseconds=1)
    now = hand()
    for left, right in zip(often.life.sessions, once.life.sessions, strict=True):
        assert left.status == right.status
        assert left.shares(now) == pytest.approx(right.shares(now), abs=0.002)
        assert all(0 < part <= 1 for part in left.shares(now).values())
