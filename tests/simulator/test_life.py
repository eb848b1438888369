"""Cars live by a clock that the tests move."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, settings, strategies as st
import pytest

from simulator import Car, Routine, Simulator

from .client import USER, Client, Hand

HOUR = timedelta(hours=1)


def percent(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "PERCENT"}


def smart(target: float = 80, ready: str = "07:00", **more: Any) -> dict[str, Any]:
    return {
        "chargingBehavior": "SMART_CHARGE_ANYWHERE",
        "targetSoC": percent(target),
        "readyTime": ready,
        **more,
    }


async def schedule(ask: Client, car: Car) -> dict[str, Any]:
    answer: dict[str, Any] = await ask.get(
        f"/v2/hiven/devices/{car.id}/smart-charging/schedule"
    )
    return answer


async def sessions(ask: Client, car: Car) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = await ask.get(
        f"/v2/hiven/devices/{car.id}/smart-charging/sessions"
    )
    return answer


async def test_a_car_without_preferences_charges_until_it_is_full(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    # 10 % an hour
    car = sim.add_car(
        USER, Car(plugged_in=False, soc=75, battery_capacity=100, charger_power=10)
    )
    assert await ask.status(car) == {
        "id": car.id,
        "timestamp": "2026-01-12T10:00:00.000Z",
        "soc": 75,
        "range": 315,
        "chargingStatus": "DISCONNECTED",
        "batteryCapacity": "100",
    }
    car.plug_in()
    assert (await ask.status(car))["chargingStatus"] == "CHARGING"
    clock.tick(HOUR)
    status = await ask.status(car)
    assert (status["soc"], status["range"]) == (85, 357)
    assert status["timestamp"] == "2026-01-12T11:00:00.000Z"
    clock.tick(2 * HOUR)
    status = await ask.status(car)
    assert (status["soc"], status["chargingStatus"]) == (100, "CHARGING_COMPLETED")
    car.complete_status = "COMPLETE"
    assert (await ask.status(car))["chargingStatus"] == "COMPLETE"
    car.unplug()
    assert (await ask.status(car))["chargingStatus"] == "DISCONNECTED"


@pytest.mark.parametrize(
    ("target", "soc"), [(percent(80), 80), ({"value": 252, "unit": "KM"}, 60)]
)
async def test_switched_off_charges_at_once_to_the_target(
    sim: Simulator, clock: Hand, target: Any, soc: float
) -> None:
    wanted = {"chargingBehavior": "SMART_CHARGE_OFF", "targetSoC": target}
    car = sim.add_car(USER, Car(preferences=wanted))
    clock.tick(10 * HOUR)
    assert car.soc == pytest.approx(soc, abs=0.01)
    assert car.charging_status == "CHARGING_COMPLETED"


async def test_speed(sim: Simulator, clock: Hand) -> None:
    car = sim.add_car(USER, Car(soc=10, battery_capacity=100, charger_power=10))
    sim.speed = 60
    clock.tick(60)
    assert car.soc == pytest.approx(20)
    sim.speed = 1
    clock.tick(HOUR)
    assert car.soc == pytest.approx(30)


async def test_pause(sim: Simulator, ask: Client, clock: Hand) -> None:
    car = sim.add_car(USER, Car(battery_capacity=100))
    clock.tick(HOUR)
    sim.pause()
    before = await ask.status(car)
    clock.tick(HOUR)
    assert await ask.status(car) == before
    sim.resume()
    clock.tick(HOUR)
    assert (await ask.status(car))["soc"] == pytest.approx(72)


async def test_two_looks_at_one_moment_agree(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    car = sim.add_car(USER, Car())
    clock.tick(timedelta(minutes=61, seconds=17))
    assert await ask.status(car) == await ask.status(car)


async def test_telemetry_is_some_minutes_old(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    car = sim.add_car(USER, Car())
    clock.tick(timedelta(minutes=12))
    first = await ask.status(car)
    assert first["timestamp"] == "2026-01-12T10:10:00.000Z"
    clock.tick(timedelta(minutes=2))
    assert await ask.status(car) == first
    car.unplug()
    assert (await ask.status(car))["timestamp"] == "2026-01-12T10:14:00.000Z"
    sim.telemetry_interval = timedelta(0)
    clock.tick(1)
    assert (await ask.status(car))["timestamp"] == "2026-01-12T10:14:01.000Z"


async def test_settings_are_no_telemetry(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    car = sim.add_car(USER, Car())
    clock.tick(60)
    sim.app_edit(car.id, {"batteryCapacity": 70})
    assert (await ask.status(car))["timestamp"] == "2026-01-12T10:00:00.000Z"
    sim.app_edit(car.id, smart())
    status = await ask.status(car)
    assert status["chargingStatus"] == "PLUGGED"
    assert status["timestamp"] == "2026-01-12T10:01:00.000Z"


async def test_soc_can_be_set(sim: Simulator, ask: Client, car: Car) -> None:
    car.soc = 33.3
    assert (await ask.status(car))["soc"] == 33.3


async def test_smart_charging_waits_for_the_cheap_hours(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    # 30 % at 10 % an hour: 3 hours of the night, as 07:00 in Helsinki is 05:00 UTC
    car = sim.add_car(
        USER,
        Car(preferences=smart(), battery_capacity=100, charger_power=10),
    )
    plan = await schedule(ask, car)
    assert plan == {
        "id": plan["id"],
        "createdAt": "2026-01-12T10:00:00.000Z",
        "hourlyCharges": {
            "2026-01-13T00:00:00Z": 1,
            "2026-01-13T01:00:00Z": 1,
            "2026-01-13T02:00:00Z": 1,
        },
        "spotPriceAreaId": "FI",
        "readyTime": "2026-01-13T05:00:00.000Z",
        "timeZone": "Europe/Helsinki",
    }
    seen = []
    for _ in range(20):
        seen.append(car.charging_status)
        clock.tick(HOUR)
    assert seen == ["PLUGGED"] * 14 + ["CHARGING"] * 3 + ["CHARGING_COMPLETED"] * 3
    assert (await ask.status(car))["soc"] == 80
    (session,) = await sessions(ask, car)
    assert session == {
        **plan,
        "endDateTime": "2026-01-13T03:00:00.000Z",
        "status": "COMPLETE",
    }
    path = f"/v2/hiven/devices/{car.id}/smart-charging/schedule"
    assert (await ask("GET", path))[0] == 404
    sim.empty_schedule = "null"
    assert await ask("GET", path) == (200, None)


async def test_the_plan_stays_while_it_is_carried_out(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    car = sim.add_car(USER, Car(preferences=smart(81)))
    plan = await schedule(ask, car)
    clock.tick(14.5 * HOUR)
    assert car.charging_status == "CHARGING"
    assert await schedule(ask, car) == plan
    (session,) = await sessions(ask, car)
    assert session == {**plan, "endDateTime": None, "status": "ACTIVE"}


async def test_below_the_minimum_it_charges_at_any_price(
    sim: Simulator, clock: Hand
) -> None:
    wanted = smart(minimalSoC=percent(40))
    car = sim.add_car(
        USER,
        Car(
            soc=20,
            preferences=wanted,
            battery_capacity=100,
            charger_power=10,
        ),
    )
    assert car.charging_status == "CHARGING"
    clock.tick(2.5 * HOUR)
    assert car.charging_status == "PLUGGED"
    assert car.soc == pytest.approx(40)


async def test_a_week_day_has_its_own_time(
    sim: Simulator, ask: Client, car: Car, clock: Hand
) -> None:
    car.plug_in()
    week = {"TUESDAY": "12:00", "WEDNESDAY": "09:30"}
    sim.app_edit(car.id, smart(weekDaySpecificReadyTimes=week))
    assert (await schedule(ask, car))["readyTime"] == "2026-01-13T10:00:00.000Z"
    clock.tick(24 * HOUR)
    car.soc = 30
    assert (await schedule(ask, car))["readyTime"] == "2026-01-14T07:30:00.000Z"
    sim.app_edit(car.id, {"readyTime": None})
    clock.tick(24 * HOUR)
    car.soc = 30
    assert (await schedule(ask, car))["readyTime"] == "2026-01-20T10:00:00.000Z"


async def test_too_little_time_goes_on_the_next_day(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    car = sim.add_car(USER, Car(preferences=smart(ready="13:00")))
    assert car.charging_status == "CHARGING"
    clock.tick(HOUR)
    assert car.charging_status == "PLUGGED"
    first, second = await sessions(ask, car)
    assert (first["status"], second["status"]) == ("INTERRUPTED", "ACTIVE")
    assert first["hourlyCharges"] == {"2026-01-12T10:00:00Z": 1}
    assert second["readyTime"] == "2026-01-13T11:00:00.000Z"


async def test_unplugging_interrupts(sim: Simulator, ask: Client, clock: Hand) -> None:
    car = sim.add_car(USER, Car(preferences=smart()))
    clock.tick(HOUR)
    car.unplug()
    (session,) = await sessions(ask, car)
    assert session["status"] == "INTERRUPTED"
    assert session["hourlyCharges"] == {}
    assert session["endDateTime"] == "2026-01-12T11:00:00.000Z"


async def test_elsewhere_it_is_only_smart_anywhere(sim: Simulator, ask: Client) -> None:
    wanted = smart(chargingBehavior="SMART_CHARGE_AT_LOCATION")
    car = sim.add_car(USER, Car(preferences=wanted))
    assert car.charging_status == "PLUGGED"
    car.at_home = False
    assert car.charging_status == "CHARGING"
    sim.app_edit(car.id, {"chargingBehavior": "SMART_CHARGE_ANYWHERE"})
    assert car.charging_status == "PLUGGED"


@pytest.mark.parametrize(
    "odd",
    [
        {"chargingBehavior": "SMART_SOMEHOW"},
        {"chargingBehavior": 7},
        {"readyTime": None},
        {"readyTime": "late"},
        {"weekDaySpecificReadyTimes": {"MONDAY": None, "TUESDAY": 7}, "readyTime": 1},
        {"targetSoC": {"value": "many", "unit": "PERCENT"}},
        {"chargingLocationIds": 7, "defaultSpotPriceAreaId": 7},
        {"chargingLocationIds": [7, {}, "unknown"]},
        {"targetSoC": 80, "minimalSoC": {"value": 5, "unit": "MILES"}},
    ],
)
async def test_odd_preferences_do_no_harm(
    sim: Simulator, ask: Client, car: Car, odd: dict[str, Any]
) -> None:
    car.plug_in()
    sim.app_edit(car.id, {**smart(), **odd})
    assert (await ask.status(car))["chargingStatus"] in {"CHARGING", "PLUGGED"}
    assert (await ask("GET", f"/v2/hiven/devices/{car.id}"))[0] == 200
    await sessions(ask, car)


async def test_a_charger_without_power(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    car = sim.add_car(USER, Car(charger_power=0))
    clock.tick(HOUR)
    assert (car.charging_status, car.soc) == ("CHARGING", 50)
    sim.app_edit(car.id, smart(minimalSoC=percent(60)))
    clock.tick(24 * HOUR)
    assert (car.charging_status, car.soc) == ("CHARGING", 50)
    assert len(await sessions(ask, car)) == 2


async def test_a_day_in_the_life(sim: Simulator, clock: Hand) -> None:
    routine = Routine(time(8), time(17), km=84)
    car = sim.add_car(
        USER,
        Car(soc=100, routine=routine, km_per_percent=4.2),
    )
    clock.move_to("2026-01-13T05:59:00+00:00")
    assert car.charging_status == "CHARGING_COMPLETED"
    clock.move_to("2026-01-13T06:00:00+00:00")
    assert (car.charging_status, car.at_home) == ("DISCONNECTED", False)
    clock.move_to("2026-01-13T10:30:00+00:00")
    assert car.soc == pytest.approx(90)
    clock.move_to("2026-01-13T15:00:01+00:00")
    assert (car.charging_status, car.at_home) == ("CHARGING", True)
    assert car.soc == pytest.approx(80, abs=0.1)
    clock.move_to("2026-01-14T06:00:00+00:00")
    assert car.charging_status == "DISCONNECTED"


async def test_a_routine_leaves_out_days_and_goes_over_midnight(
    sim: Simulator, clock: Hand
) -> None:
    night = Routine(time(22), time(6), km=40, days=frozenset({4}))
    assert night.away == 8 * HOUR
    car = sim.add_car(USER, Car(routine=night))
    clock.move_to("2026-01-16T19:59:00+00:00")  # Friday
    assert car.at_home
    clock.tick(60)
    assert not car.at_home


async def test_being_away_passes_faster_too(sim: Simulator, clock: Hand) -> None:
    sim.speed = 60
    car = sim.add_car(USER, Car(soc=50))
    car.drive_off(km=42, away=HOUR)
    clock.tick(30)
    assert car.soc == pytest.approx(45)
    assert car.charging_status == "DISCONNECTED"
    clock.tick(31)
    assert car.charging_status == "CHARGING"
    car.drive_off(km=42, away=HOUR)
    clock.tick(30)
    car.plug_in()
    assert (car.at_home, car.charging_status) == (True, "CHARGING")


async def test_a_battery_does_not_get_emptier_than_empty(
    sim: Simulator, clock: Hand
) -> None:
    car = sim.add_car(USER, Car(soc=5))
    car.drive_off(km=400)
    clock.tick(0.5 * HOUR)
    assert car.soc == 0


async def test_a_clock_that_is_set_back(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    car = sim.add_car(USER, Car(preferences=smart()))
    clock.move_to("2026-01-10T10:00:00+00:00")
    assert (await ask.status(car))["timestamp"] == "2026-01-10T10:00:00.000Z"
    assert (await schedule(ask, car))["readyTime"] == "2026-01-11T05:00:00.000Z"


async def test_ready_times_are_local_in_summer_too(
    sim: Simulator, ask: Client, clock: Hand
) -> None:
    clock.move_to("2026-03-28T20:00:00+00:00")  # the night the clocks go forward
    car = sim.add_car(USER, Car(preferences=smart()))
    assert (await schedule(ask, car))["readyTime"] == "2026-03-29T04:00:00.000Z"


async def test_the_wall_clock_may_be_frozen(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to("2026-01-12T10:00:00+00:00")
    sim = Simulator()
    sim.add_account(USER, "key")
    car = sim.add_car(USER, Car(battery_capacity=110))
    freezer.tick(HOUR)
    assert sim.now() == datetime(2026, 1, 12, 11, tzinfo=UTC)
    assert car.soc == pytest.approx(60)


@settings(deadline=None, max_examples=60)
@given(
    soc=st.floats(0, 100),
    target=st.integers(0, 100),
    minimum=st.integers(0, 100),
    power=st.floats(1, 250),
    speed=st.sampled_from([1.0, 60.0, 3600.0]),
    behavior=st.sampled_from(["SMART_CHARGE_OFF", "SMART_CHARGE_ANYWHERE"]),
    looks=st.lists(st.integers(1, 40_000), min_size=1, max_size=8),
    routine=st.none()
    | st.builds(Routine, leaves=st.times(), returns=st.times(), km=st.floats(0, 300)),
)
def test_looking_changes_nothing(
    *,
    soc: float,
    target: int,
    minimum: int,
    power: float,
    speed: float,
    behavior: str,
    looks: list[int],
    routine: Routine | None,
) -> None:
    """A car that is looked at often is where one is that is looked at once."""
    hand = Hand()
    sim = Simulator(now=hand, speed=speed)
    sim.add_account(USER, "key")
    wanted = smart(target, chargingBehavior=behavior, minimalSoC=percent(minimum))
    often, once = (
        sim.add_car(
            USER,
            Car(
                soc=soc,
                charger_power=power,
                preferences=wanted,
                routine=routine,
            ),
        )
        for _ in range(2)
    )
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
