"""The charging plan: its hours, when it is read, and the entities that show it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import STATE_UNKNOWN
from homeassistant.setup import async_setup_component
import pytest

from custom_components.hiven.plan import windows
from simulator import Car

from . import USER_ID
from .actions import (
    BEHAVIOR,
    LIST,
    MINIMUM,
    NEXT_END,
    NEXT_START,
    PLAN,
    PLANNED_TIME,
    PRICE_AREA,
    SCHEDULE,
    SESSIONS,
    STATE_OF_CHARGE,
    TARGET,
)
from .home import GIVES_UP, HELSINKI, Home, until
from .plans import hours, plan
from .troubles import TROUBLE

NO_PLAN = {
    *("404", "null", "nothing", "{}", "NaN"),
    # These send part of the real answer, which is a 404 here.
    *("reset midway", "a byte a second", "half"),
}
MIDNIGHT = "2026-03-17T00:00:00+00:00"
ONE_O_CLOCK = "2026-03-17T01:00:00+00:00"
ODD = "Hiven sent GET /v2/hiven/devices/:vehicleId/smart-charging/schedule"
THAN_OURS = "than Home Assistant's (US/Pacific)"


@pytest.mark.parametrize(("charges", "moments", "expected"), [
    ({}, {}, []), (hours(h13=0), {}, []), (hours(h13=1), {}, ["13:00-14:00"]),
    (hours(h13=1, h14=1), {}, ["13:00-15:00"]),
    (hours(h13=1, h15=1), {}, ["13:00-14:00", "15:00-16:00"]),
    # Hiven does not say which half.
    (hours(h13=0.5), {}, ["13:00-14:00 30"]),
    (hours(h13=0.5, h14=1), {}, ["13:30-15:00"]),
    (hours(h13=1, h14=0.5), {}, ["13:00-14:30"]),
    (hours(h13=0.1, h14=1, h15=0.1), {}, ["13:54-15:06"]),
    (hours(h13=1, h14=0.5, h15=1), {}, ["13:00-14:30", "15:00-16:00"]),
    (hours(h13=0.5, h14=0.5), {}, ["13:30-14:30"]),
    (hours(h13=0.5, h14=0.5, h15=0.5), {}, ["13:30-14:30", "15:00-16:00 30"]),
    (hours(h23=1, d0=1, d1=0.25), {}, ["23:00-01:15"]),
    # A slot lasts until the next key, at most an hour.
    (hours(h13=1, h13_15=1, h13_30=0), {}, ["13:00-13:30"]),
    (hours(h13=1, h13_30=1), {}, ["13:00-14:00"]),
    (hours(h13=0, h13_30=0.5, h13_45=1), {}, ["13:37-14:00"]),
    (hours(h13_45=1), {}, ["13:45-14:00"]),
    (hours(h13=1, h14=1, h14_15=1), {}, ["13:00-14:30"]),
    (hours(h13_15=1, h13_30=0.2), {}, ["13:15-13:33"]),
    (hours(h13_30=0.4, h15=1), {}, ["13:30-14:00 12", "15:00-16:00"]),
    # If the start or the end of a charge is known, so is its place in a partial slot.
    (hours(h13=0.5, h14=1), {"started_at": "13:15"}, ["13:15-15:00"]),
    (hours(h13=0.5), {"started_at": "13:00"}, ["13:00-13:30"]),
    (hours(h13=0.5), {"started_at": "13:15"}, ["13:15-13:45"]),
    (hours(h13=0.5), {"started_at": "13:45"}, ["13:45-14:00"]),
    (hours(h12=1, h13=0.5), {"ended_at": "13:45"}, ["12:00-13:45"]),
    (hours(h13=0.5), {"ended_at": "13:45"}, ["13:15-13:45"]),
    (hours(h13=0.5), {"ended_at": "13:15"}, ["13:00-13:15"]),
    (hours(h13=0.5), {"ended_at": "14:00"}, ["13:30-14:00"]),
])  # fmt: skip
def test_windows(
    charges: dict[str, float], moments: dict[str, str], expected: list[str]
) -> None:
    """Adjacent slots are joined, and a partial slot touches its neighbor."""
    shares = {datetime.fromisoformat(key): share for key, share in charges.items()}
    day = "2026-03-16T"
    when = {name: datetime.fromisoformat(f"{day}{moments[name]}Z") for name in moments}
    assert [
        f"{each.start:%H:%M}-{each.end:%H:%M}"
        + ("" if each.is_exact else f" {each.charging.total_seconds() / 60:.0f}")
        for each in windows(shares, **when)
    ] == expected


async def test_the_sensors_move_at_the_edges(home: Home) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h13=1, h23=1, d0=0.5)))
    home.hass.config_entries.async_update_entry(home.entry, pref_disable_polling=True)
    await home.start()
    await home.poll()
    asked = len(home.simulator.requests)
    start, end = "2026-03-16T13:00:00+00:00", "2026-03-16T14:00:00+00:00"
    later, last = "2026-03-16T23:00:00+00:00", "2026-03-17T00:30:00+00:00"
    for moment, seen in (
        ("16 12:05:10", [start, end, "2.5", "off"]),
        ("16 13:00:01", [later, end, "2.5", "on"]),
        ("16 14:00:01", [later, last, "1.5", "off"]),
        ("16 23:00:01", ["unknown", last, "1.5", "on"]),
        ("17 00:30:01", ["unknown", "unknown", "0.0", "off"]),
    ):
        at = datetime.fromisoformat(f"2026-03-{moment}+00:00")
        await home.pass_time(seconds=(at - datetime.now(at.tzinfo)).total_seconds())
        entities = (NEXT_START, NEXT_END, PLANNED_TIME, PLAN)
        assert [home.shown(each) for each in entities] == seen, moment
    assert len(home.simulator.requests) == asked
    assert home.shown(PRICE_AREA) == "FI"


async def test_when_it_is_read(home: Home) -> None:
    """It is read after setup, writes and plugging in, and every 15 minutes."""

    def asked() -> int:
        return home.simulator.count("GET", SCHEDULE)

    hold = home.simulator.hold("GET", SCHEDULE)
    starting = asyncio.ensure_future(home.start())
    await hold.arrived()
    # The other states do not wait for the plan.
    await until(lambda: home.hass.states.get(STATE_OF_CHARGE))
    assert home.shown(STATE_OF_CHARGE) == "50.0"
    hold.release()
    await starting
    assert asked() == 1
    for expected in (1, 1, 2, 2, 2, 3):
        await home.poll()
        assert asked() == expected
    await home.set_number(TARGET, 90)
    for seconds, expected in ((0, 4), (9, 4), (1, 5), (49, 5), (1, 6)):
        await home.pass_time(seconds=seconds)
        assert asked() == expected
    home.car.plug_in()
    await home.poll()
    assert asked() == 7
    assert home.shown(PRICE_AREA) == "FI"
    home.edit(chargingBehavior="SMART_CHARGE_OFF")
    await home.poll(5)
    assert asked() == 7
    assert home.shown(NEXT_END) == STATE_UNKNOWN
    assert home.shown(PRICE_AREA) == STATE_UNKNOWN


async def test_a_plan_that_cannot_be_read(home: Home) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1), timeZone=None))
    await home.start()
    bad = home.simulator.fail("GET", SCHEDULE, body=[])
    for soc, expected in ((51.0, MIDNIGHT), (52.0, MIDNIGHT), (53.0, STATE_UNKNOWN)):
        home.car.soc = soc
        await home.pass_time(minutes=16)
        assert home.shown(STATE_OF_CHARGE) == f"{soc}"
        assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
        assert home.shown(NEXT_START) == expected
    assert bad.hits == 3
    bad.stop()
    await home.pass_time(minutes=16)
    assert home.shown(NEXT_START) == MIDNIGHT
    begin, end = home.log
    assert begin.startswith("The plan of Family car cannot be read: ")
    assert begin.endswith("schedule: the answer is not an object")
    assert end == "The plan of Family car can be read again"


async def test_three_failures_in_a_row_are_no_half_an_hour(home: Home) -> None:
    """A recent plan stays, unless relevant settings change."""
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await home.start()
    bad = home.simulator.fail("GET", SCHEDULE, status=500)
    for change in (home.car.plug_in, home.car.unplug) * 2:
        change()
        await home.poll()
        await home.plans_read()
    assert bad.hits >= 4
    assert home.shown(NEXT_START) == MIDNIGHT
    await home.set_number(TARGET, 90)
    await home.plans_read()
    assert home.shown(NEXT_START) == STATE_UNKNOWN


@pytest.mark.parametrize("name", TROUBLE)
async def test_trouble(home: Home, name: str) -> None:
    old = home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1), timeZone=None))
    await home.start()
    old.stop()
    trouble = TROUBLE[name]
    fault = trouble.begin(home.simulator, "GET", SCHEDULE)
    home.car.soc = 61.0
    await home.start_poll(fault, after=16 * 60)
    await until(lambda: home.shown(STATE_OF_CHARGE) == "61.0")
    if trouble.is_slow:
        home.freezer.tick(timedelta(seconds=GIVES_UP))
    await home.plans_read()
    is_no_plan = name in NO_PLAN
    planned_time = STATE_UNKNOWN if is_no_plan else "1.0"
    assert home.shown(NEXT_START) == (STATE_UNKNOWN if is_no_plan else MIDNIGHT)
    assert home.shown(PLANNED_TIME) == planned_time
    assert home.shown(PRICE_AREA) == (STATE_UNKNOWN if is_no_plan else "FI")
    assert home.shown(PLAN) == "off"
    assert home.entry.runtime_data.coordinator.last_update_success
    await home.set_number(TARGET, 90)
    assert home.reauths == 0
    fault.stop()
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d1=1), timeZone=None))
    await home.pass_time(seconds=max(trouble.wait, 960))
    await home.poll()
    assert home.shown(NEXT_START) == ONE_O_CLOCK
    assert len(home.log) == (0 if is_no_plan else 2)
    home.check_quiet()


async def test_hiven_asks_to_wait(home: Home) -> None:
    wait = {"Retry-After": "3000"}
    busy = home.simulator.fail("GET", SCHEDULE, status=429, headers=wait, times=1)
    await home.start()
    for target in (90, 91):
        await home.pass_time(minutes=20)
        await home.set_number(TARGET, target)
        await home.plans_read()
    assert home.simulator.count("GET", SCHEDULE) == busy.hits == 1
    await home.pass_time(minutes=11)
    assert home.simulator.count("GET", SCHEDULE) == 2


@pytest.mark.parametrize("entity_id", [
    *(NEXT_START, NEXT_END, PLANNED_TIME, PRICE_AREA, PLAN),
    "sensor.family_car_smart_charging_status",
    "binary_sensor.family_car_not_ready_in_time",
])  # fmt: skip
async def test_a_plan_entity_reads_its_plan(home: Home, entity_id: str) -> None:
    assert await async_setup_component(home.hass, "homeassistant", {})
    await home.start()
    wait = {"Retry-After": "600"}
    for seconds, expected in ((11, 2), (10, 2), (1, 3), (599, 3), (11, 4)):
        await home.pass_time(seconds=seconds)
        if seconds == 1:
            home.simulator.fail("GET", SCHEDULE, status=429, headers=wait, times=1)
        await home.act("homeassistant.update_entity", entity_id=[entity_id])
        assert home.simulator.count("GET", SCHEDULE) == expected, seconds


async def test_the_plan_of_the_old_settings(home: Home) -> None:
    """Hiven may send it for a minute after a change, so no plan is shown."""

    async def show(*expected: str) -> None:
        for seconds, state in zip((0, 10, 50), expected, strict=True):
            await home.pass_time(seconds=seconds)
            assert home.shown(NEXT_START) == state

    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await home.start()
    # The minimum is charged at once, so it does not change the plan.
    asked = home.simulator.count("GET", SCHEDULE)
    await home.set_number(MINIMUM, 20)
    await show(MIDNIGHT, MIDNIGHT, MIDNIGHT)
    assert home.simulator.count("GET", SCHEDULE) == asked + 3
    # The new plan is the same.
    await home.set_number(TARGET, 90)
    await show(STATE_UNKNOWN, STATE_UNKNOWN, MIDNIGHT)
    # Hiven makes another plan within ten seconds.
    await home.set_number(TARGET, 91)
    await home.plans_read()
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d1=1)))
    await show(STATE_UNKNOWN, ONE_O_CLOCK, ONE_O_CLOCK)
    # The plan cannot be read at first.
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d2=1)))
    home.simulator.fail("GET", SCHEDULE, status=500, times=1)
    await home.set_number(TARGET, 92)
    await show(STATE_UNKNOWN, "2026-03-17T02:00:00+00:00", "2026-03-17T02:00:00+00:00")
    # The plan cannot be read for a minute.
    fault = home.simulator.fail("GET", SCHEDULE, status=500)
    await home.set_number(TARGET, 93)
    await show(STATE_UNKNOWN, STATE_UNKNOWN, STATE_UNKNOWN)
    fault.stop()
    await home.pass_time(seconds=60)
    assert home.shown(NEXT_START) == "2026-03-17T02:00:00+00:00"


async def test_each_plan_has_a_clock_of_its_own(home: Home) -> None:
    """A plan is read 15 minutes after the last time, independent of polls."""
    await home.start()
    await home.poll(2)
    # The plan of a new car is read within a minute.
    home.add_car().preferences = home.held
    for read, of_other in ((2, 1), (2, 2), (2, 2), (3, 2), (3, 3), (3, 3), (4, 3)):
        await home.poll()
        assert home.simulator.count("GET", SCHEDULE.replace("*", "car-1")) == read
        assert home.simulator.count("GET", SCHEDULE.replace("*", "car-2")) == of_other


async def test_a_slow_plan_holds_up_no_other(home: Home, other: Car) -> None:
    other.preferences = home.car.preferences
    one, two = (SCHEDULE.replace("*", id_) for id_ in ("car-1", "car-2"))
    home.simulator.fail("GET", one, body=plan(hours(d0=1)))
    hold = home.simulator.hold("GET", two)
    starting = asyncio.ensure_future(home.start())
    await hold.arrived()
    await until(lambda: home.shown(NEXT_START) == MIDNIGHT)
    hold.release()
    await starting


async def test_an_overtaken_plan_is_not_shown(home: Home) -> None:
    """A plan that was requested before a change may be outdated."""
    await home.start()
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    hold = home.simulator.hold("GET", SCHEDULE, after=True)
    await home.start_poll(hold, after=16 * 60)
    seen = home.states_from_now_on(NEXT_START)
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d1=1)))
    await home.set_number(TARGET, 90)
    hold.release()
    await home.plans_read()
    assert seen == [ONE_O_CLOCK]


@pytest.mark.parametrize("status", [200, 401])
async def test_smart_charging_is_turned_off_meanwhile(home: Home, status: int) -> None:
    await home.start()
    home.simulator.fail("GET", SCHEDULE, status=status, body=plan(hours(d0=1)))
    hold = home.simulator.hold("GET", SCHEDULE, after=True)
    await home.start_poll(hold, after=16 * 60)
    await home.choose("smart_charge_off")
    hold.release()
    await home.plans_read()
    assert home.shown(NEXT_START) == STATE_UNKNOWN
    assert home.reauths == 0
    assert home.log == []


async def test_a_car_that_returns_gets_its_plan_at_once(home: Home) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await home.start()
    home.simulator.remove_car("car-1")
    await home.poll(3)
    assert home.hass.states.get(NEXT_START) is None
    home.simulator.add_car(USER_ID, home.car)
    await home.poll()
    await home.plans_read()
    assert home.shown(NEXT_START) == MIDNIGHT


@pytest.mark.parametrize(("charges", "zone", "logged"), [
    ({"9999-12-31T23:00:00Z": 1}, None, f"{ODD}: hourlyCharges[] as string,"),
    (hours(h15=-0.01), None, f"{ODD}: hourlyCharges[] as number,"),
    ({"2026-03-16T15:00:00Z": None}, None, None),
    # The hours are correct anyway, because they are in UTC.
    ({}, HELSINKI, f"another time zone ({HELSINKI}) {THAN_OURS}"),
    ({}, "../secret", f"another time zone (unknown here) {THAN_OURS}"),
    ({}, "Z" * 300, f"{ODD}: timeZone as string,"),
    # This is another name of the home's time zone.
    ({}, "America/Los_Angeles", None),
])  # fmt: skip
async def test_an_odd_plan(
    home: Home, charges: dict[str, Any], zone: str | None, logged: str | None
) -> None:
    body = plan(hours(h13=1) | charges, timeZone=zone)
    home.simulator.fail("GET", SCHEDULE, body=body)
    await home.start()
    await home.pass_time(minutes=16)
    assert home.shown(NEXT_START) == "2026-03-16T13:00:00+00:00"
    assert home.shown(PLANNED_TIME) == "1.0"
    assert len(home.log) == (logged is not None)
    assert all((logged or "") in line for line in home.log)
    home.check_quiet()


async def test_an_account_that_fails_asks_for_no_plans(home: Home) -> None:
    """Only the list is requested. The plan is shown for half an hour."""
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await home.start()
    fault = home.simulator.fail("GET", LIST, status=500)
    await home.poll(after=300)
    asked = home.simulator.count("GET", SCHEDULE)
    await home.pass_time(minutes=24)
    assert home.shown(NEXT_START) == MIDNIGHT
    await home.pass_time(minutes=1)
    assert home.shown(NEXT_START) == STATE_UNKNOWN
    assert not home.entry.runtime_data.plans.is_known("car-1")
    await home.poll(4)
    assert home.simulator.count("GET", SCHEDULE) == asked
    fault.stop()
    await home.poll()
    assert home.shown(NEXT_START) == MIDNIGHT


async def ask(home: Home, **fields: Any) -> Any:
    action, device_id = "hiven.get_charging_plan", home.device().id
    answers = await home.ask(action, device_id=device_id, **fields)
    return answers[device_id]


async def test_the_action(home: Home) -> None:
    await home.hass.config.async_set_time_zone(HELSINKI)
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h22=1, h23=0.5)))
    ended = {"endDateTime": "2026-03-16T01:20:00Z", "status": "INTERRUPTED"}
    # The first session ended seven days ago.
    sessions = [plan({"2026-03-09T11:00:00Z": 1}), plan(hours(h1=1), **ended)]
    home.simulator.fail("GET", SESSIONS, body=sessions)
    hold = home.simulator.hold("GET", SCHEDULE)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    # The action waits for the first plan.
    asking = asyncio.ensure_future(ask(home))
    await home.settle()
    hold.release()
    answer = await asking
    assert answer["hours"] == [
        {
            "start": f"2026-03-17T0{hour}:00:00+02:00",
            "end": f"2026-03-17T0{hour + 1}:00:00+02:00",
            "fraction": fraction,
        }
        for hour, fraction in enumerate((1.0, 0.5))
    ]
    assert answer["ready_time"] == "2026-03-17T07:00:00+02:00"
    assert answer["spot_price_area"] == "FI"
    (session,) = answer["sessions"]
    assert session["status"] == "interrupted"
    assert session["ended_at"] == "2026-03-16T03:20:00+02:00"
    # The session ended before its hour.
    for period in (("03:30:00", "05:00:00"), ("01:00:00", "03:00:00")):
        start, end = (f"2026-03-16 {clock}" for clock in period)
        assert (await ask(home, start=start, end=end))["sessions"] == []


async def test_cards_ask_as_often_as_they_like(home: Home, other: Car) -> None:
    """The action answers from memory, even if nothing could be read."""
    for car in (home.car, other):
        car.preferences = home.held
    failing = home.simulator.fail("GET", SCHEDULE, status=500)
    await home.start()
    devices = [home.device().id, home.device("car-2").id]
    for _ in range(3):
        answers = await home.ask("hiven.get_charging_plan", device_id=devices)
        assert [*answers] == devices
        assert all(answer["hours"] == [] for answer in answers.values())
    assert failing.hits == home.simulator.count("GET", SESSIONS) == 2


async def test_the_action_with_nothing_to_return(home: Home) -> None:
    planned = home.simulator.fail("GET", SCHEDULE, body=plan(hours(h22=0.5)))
    home.simulator.fail("GET", SESSIONS, status=500)
    await home.start()
    answer = await ask(home)
    assert len(answer["hours"]) == 1
    assert [(row["minutes"], row["part"]) for row in answer["windows"]] == [(30, True)]
    assert answer["sessions"] == []
    planned.stop()
    await home.choose("smart_charge_off")
    none = dict.fromkeys(("ready_time", "spot_price_area", "next_ready_time"))
    assert await ask(home) == answer | none | {"hours": [], "windows": []}


async def test_reports_of_a_charging_car_leave_its_plan_alone(home: Home) -> None:
    """The windows are computed once, and the timer for the next reading goes on."""
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h12=1, h13=1, h14=1)))
    home.car.plugged_in = True
    home.car.status_override = {"chargingStatus": "CHARGING", "soc": 50}
    await home.start()
    account = home.entry.runtime_data

    def held() -> tuple[Any, ...]:
        car = account.vehicle(home.car.id)
        return car, car.plan, car.plan.windows, account.plans._alarm._cancel  # noqa: SLF001

    await home.pass_time(minutes=5)
    before = held()
    home.car.status_override["soc"] = 51
    await home.poll()
    after = held()
    assert [one is other for one, other in zip(before, after, strict=True)] == [
        *(False, True, True, True)
    ]
