"""The plan: what its hours mean, when it is read, and what it moves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.hiven.plan import windows
from simulator import Car, Simulator

from . import USER_ID
from .actions import (
    BEHAVIOR,
    LIST,
    NEXT_END,
    NEXT_START,
    PLAN,
    PLANNED_TIME,
    PRICE_AREA,
    SCHEDULE,
    SESSIONS,
    STATE_OF_CHARGE,
    TARGET,
    choose,
    device_id,
    pass_time,
    plans_read,
    set_number,
    set_preferences,
    shown,
)
from .test_coordinator import logged, reauth_flows
from .test_faults import TROUBLE, check_quiet, until

NO_PLAN = {
    *("404", "null", "nothing", "{}"),
    # The true answer, of which these send a part, is a 404 here.
    *("reset midway", "a byte a second", "half"),
}

type Start = Callable[[], Awaitable[MockConfigEntry]]

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)


def hours(**shares: float) -> dict[str, float]:
    """Return hourlyCharges; h22=0.5 is 22 o'clock today, d1=1 is 1 o'clock tomorrow."""
    start = {"h": NOON.replace(hour=0), "d": NOON.replace(hour=0) + timedelta(days=1)}
    return {
        (start[name[0]] + timedelta(hours=int(name[1:]))).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        ): share
        for name, share in shares.items()
    }


def plan(charges: dict[str, float], **fields: Any) -> dict[str, Any]:
    """Return a plan as Hiven answers it."""
    return {
        "id": "plan-1",
        "createdAt": "2026-03-16T11:00:00Z",
        "hourlyCharges": charges,
        "spotPriceAreaId": "FI",
        "readyTime": "2026-03-17T05:00:00Z",
        "timeZone": "US/Pacific",
        **fields,
    }


@pytest.mark.parametrize(
    ("charges", "expected"),
    [
        ({}, []),
        (hours(h13=0), []),
        (hours(h13=1), ["13:00-14:00"]),
        (hours(h13=1, h14=1), ["13:00-15:00"]),
        (hours(h13=1, h15=1), ["13:00-14:00", "15:00-16:00"]),
        (hours(h13=0.5), ["13:00-13:30"]),
        (hours(h13=0.5, h14=1), ["13:30-15:00"]),
        (hours(h13=1, h14=0.5), ["13:00-14:30"]),
        (hours(h13=0.1, h14=1, h15=0.1), ["13:54-15:06"]),
        (hours(h13=1, h14=0.5, h15=1), ["13:00-14:30", "15:00-16:00"]),
        (hours(h13=0.5, h14=0.5), ["13:30-14:30"]),
        (hours(h13=0.5, h14=0.5, h15=0.5), ["13:30-14:30", "15:00-15:30"]),
        (hours(h23=1, d0=1, d1=0.25), ["23:00-01:15"]),
    ],
)
def test_windows(charges: dict[str, float], expected: list[str]) -> None:
    """Adjacent hours are joined; a part hour lies where it joins."""
    found = windows({datetime.fromisoformat(hour): x for hour, x in charges.items()})
    assert [f"{each.start:%H:%M}-{each.end:%H:%M}" for each in found] == expected


async def test_the_sensors_move_at_the_edges(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Without a poll, over midnight too."""
    freezer.move_to(NOON)
    simulator.fail("GET", SCHEDULE, body=plan(hours(h13=1, h23=1, d0=0.5)))
    entry = await start()
    seen = [
        ("2026-03-16T13:00:00+00:00", "2026-03-16T14:00:00+00:00", "150", "off"),
        ("2026-03-16T23:00:00+00:00", "2026-03-16T14:00:00+00:00", "150", "on"),
        ("2026-03-16T23:00:00+00:00", "2026-03-17T00:30:00+00:00", "90", "off"),
        ("unknown", "2026-03-17T00:30:00+00:00", "90", "on"),
        ("unknown", "unknown", "0", "off"),
    ]
    # Nothing is polled from now on.
    hass.config_entries.async_update_entry(entry, pref_disable_polling=True)
    await pass_time(hass, freezer, seconds=301)
    asked = len(simulator.requests)
    for moment, (start_at, end_at, left, running) in zip(
        ("12:05:10", "13:00:01", "14:00:01", "23:00:01", "23:59:00"), seen, strict=True
    ):
        hour, minute, second = map(int, moment.split(":"))
        at = NOON.replace(hour=hour, minute=minute, second=second)
        if moment == "23:59:00":
            at = NOON.replace(hour=0, minute=30, second=1) + timedelta(days=1)
        await pass_time(hass, freezer, seconds=(at - datetime.now(UTC)).total_seconds())
        assert shown(hass, NEXT_START) == start_at, moment
        assert shown(hass, NEXT_END) == end_at, moment
        assert shown(hass, PLANNED_TIME) == left, moment
        assert shown(hass, PLAN) == running, moment
    assert len(simulator.requests) == asked
    assert shown(hass, PRICE_AREA) == "FI"


@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"body": b"null"}, {"body": {}}, {"body": b""}]
)
async def test_no_plan(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    answer: dict[str, Any],
) -> None:
    """However Hiven says it; it is no failure."""
    simulator.fail("GET", SCHEDULE, **answer)
    await start()
    for entity_id in (NEXT_START, NEXT_END, PLANNED_TIME, PRICE_AREA):
        assert shown(hass, entity_id) == STATE_UNKNOWN
    assert shown(hass, PLAN) == "off"
    assert not [
        r
        for r in caplog.records
        if "plan" in r.getMessage().lower()
        and r.levelno >= logging.INFO
        and "hiven" in r.name
    ]


async def test_when_it_is_read(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """After set-up, a write, a change of the plug; every 15 minutes at most otherwise."""
    car.unplug()

    def asked() -> int:
        return simulator.count("GET", SCHEDULE)

    hold = simulator.hold("GET", SCHEDULE)
    starting = asyncio.ensure_future(start())
    await hold.arrived()
    assert shown(hass, STATE_OF_CHARGE) == "50.0"
    hold.release()
    await starting
    assert asked() == 1
    for expected in (1, 1, 2, 2, 2, 3):
        await pass_time(hass, freezer, minutes=5, seconds=1)
        assert asked() == expected
    await set_number(hass, TARGET, 90)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert asked() == 4
    car.plug_in()
    await pass_time(hass, freezer, minutes=5, seconds=1)
    assert asked() == 5
    await choose(hass, "smart_charge_off")
    for _ in range(5):
        await pass_time(hass, freezer, minutes=5, seconds=1)
    assert asked() == 5
    assert shown(hass, NEXT_END) == STATE_UNKNOWN
    assert shown(hass, PRICE_AREA) == STATE_UNKNOWN


async def test_a_plan_that_cannot_be_read(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The rest of the vehicle lives; an old plan goes at last, and the log tells twice."""
    freezer.move_to(NOON)
    simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1), timeZone=None))
    await start()
    bad = simulator.fail("GET", SCHEDULE, body=plan({"today": 1}))
    planned = "2026-03-17T00:00:00+00:00"
    for soc, expected in ((51.0, planned), (52.0, planned), (53.0, STATE_UNKNOWN)):
        car.soc = soc
        await pass_time(hass, freezer, minutes=16)
        assert shown(hass, STATE_OF_CHARGE) == f"{soc}"
        assert shown(hass, BEHAVIOR) == "smart_charge_anywhere"
        assert shown(hass, NEXT_START) == expected
    assert bad.hits == 3
    bad.stop()
    await pass_time(hass, freezer, minutes=16)
    assert shown(hass, NEXT_START) == planned
    begin, end = logged(caplog)
    assert begin.startswith("The plan of Family car cannot be read: ")
    assert begin.endswith("schedule: hourlyCharges holds what is not an hour")
    assert end == "The plan of Family car can be read again"


async def test_three_failures_in_a_row_are_no_half_an_hour(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A plan that was just read stays, however often it cannot be read anew."""
    freezer.move_to(NOON)
    simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await start()
    bad = simulator.fail("GET", SCHEDULE, status=500)
    for target in (81, 82, 83, 84):
        await set_number(hass, TARGET, target)
        await plans_read(hass)
    assert bad.hits == 4
    assert shown(hass, NEXT_START) == "2026-03-17T00:00:00+00:00"


@pytest.mark.parametrize("name", TROUBLE)
async def test_trouble(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """Whatever goes wrong with plans, all else lives and the plan comes back."""
    freezer.move_to(NOON)
    planned = simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1), timeZone=None))
    entry = await start()
    planned.stop()
    trouble = TROUBLE[name]
    fault = trouble.begin(simulator, "GET", SCHEDULE)
    car.soc = 61.0
    freezer.tick(timedelta(minutes=16))
    async_fire_time_changed(hass)
    await until(lambda: fault.hits)
    if trouble.is_slow:
        freezer.tick(timedelta(seconds=31))
    await plans_read(hass)
    is_no_plan = name in NO_PLAN
    expected = STATE_UNKNOWN if is_no_plan else "2026-03-17T00:00:00+00:00"
    assert shown(hass, NEXT_START) == expected
    assert shown(hass, STATE_OF_CHARGE) == "61.0"
    assert entry.runtime_data.last_update_success
    await set_number(hass, TARGET, 90)
    assert reauth_flows(hass, entry) == (name == "401")
    fault.stop()
    simulator.fail("GET", SCHEDULE, body=plan(hours(d1=1), timeZone=None))
    await pass_time(hass, freezer, seconds=max(trouble.wait, 960))
    await pass_time(hass, freezer, seconds=301)
    assert shown(hass, NEXT_START) == "2026-03-17T01:00:00+00:00"
    assert len(logged(caplog)) == (0 if is_no_plan else 2)
    check_quiet(caplog)


async def test_hiven_asks_to_wait(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """It is granted, whatever happens meanwhile; the plan is read right afterwards."""
    busy = simulator.fail(
        "GET", SCHEDULE, status=429, headers={"Retry-After": "3000"}, times=1
    )
    await start()
    for target in (90, 91):
        await pass_time(hass, freezer, minutes=20)
        await set_number(hass, TARGET, target)
        await plans_read(hass)
    assert simulator.count("GET", SCHEDULE) == busy.hits == 1
    await pass_time(hass, freezer, minutes=11)
    assert simulator.count("GET", SCHEDULE) == 2


async def test_a_slow_plan_holds_up_no_other(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Each shows as soon as it was read."""
    simulator.add_car(
        USER_ID,
        Car(id="car-2", name="Other", plugged_in=False, preferences=car.preferences),
    )
    one, other = (SCHEDULE.replace("*", id_) for id_ in ("car-1", "car-2"))
    simulator.fail("GET", one, body=plan({"2126-03-17T00:00:00Z": 1}))
    hold = simulator.hold("GET", other)
    starting = asyncio.ensure_future(start())
    await hold.arrived()
    await until(lambda: shown(hass, NEXT_START) == "2126-03-17T00:00:00+00:00")
    hold.release()
    await starting


async def test_an_overtaken_plan_is_not_shown(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The plan from before a change comes after the plan for it."""
    freezer.move_to(NOON)
    await start()
    simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    hold = simulator.hold("GET", SCHEDULE, after=True)
    freezer.tick(timedelta(minutes=16))
    async_fire_time_changed(hass)
    await hold.arrived()
    freezer.tick(timedelta(seconds=1))
    simulator.fail("GET", SCHEDULE, body=plan(hours(d1=1)))
    await set_number(hass, TARGET, 90)
    await until(lambda: shown(hass, NEXT_START) == "2026-03-17T01:00:00+00:00")
    hold.release()
    await plans_read(hass)
    assert shown(hass, NEXT_START) == "2026-03-17T01:00:00+00:00"


@pytest.mark.parametrize("status", [200, 401])
async def test_a_plan_of_a_car_that_charges_at_once(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    """Smart charging is turned off while the plan is read."""
    freezer.move_to(NOON)
    entry = await start()
    simulator.fail("GET", SCHEDULE, status=status, body=plan(hours(d0=1)))
    hold = simulator.hold("GET", SCHEDULE, after=True)
    freezer.tick(timedelta(minutes=16))
    async_fire_time_changed(hass)
    await hold.arrived()
    await choose(hass, "smart_charge_off")
    hold.release()
    await plans_read(hass)
    assert shown(hass, NEXT_START) == STATE_UNKNOWN
    assert reauth_flows(hass, entry) == 0
    assert logged(caplog) == []


async def test_a_car_that_returns_gets_its_plan_at_once(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Not only when the old one would have been due."""
    freezer.move_to(NOON)
    simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await start()
    simulator.remove_car("car-1")
    await pass_time(hass, freezer, minutes=5, seconds=1)
    assert hass.states.get(NEXT_START) is None
    simulator.add_car(USER_ID, car)
    await pass_time(hass, freezer, minutes=5, seconds=1)
    await plans_read(hass)
    assert shown(hass, NEXT_START) == "2026-03-17T00:00:00+00:00"


@pytest.mark.parametrize(
    ("charges", "problem"),
    [
        ({"0001-01-01T00:00:00+05:00": 1}, "holds what is not an hour"),
        ({"9999-12-31T23:00:00Z": 1}, "holds what is not an hour"),
        (hours(h13=1) | {"2026-03-16T10:30:00Z": 1}, "holds what is not an hour"),
        (hours(h13=1.01), "is not a share of an hour"),
        (hours(h13=-0.01), "is not a share of an hour"),
    ],
)
async def test_hours_that_are_none(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    charges: dict[str, float],
    problem: str,
) -> None:
    """Such a plan is not shown, and the log says why."""
    simulator.fail("GET", SCHEDULE, body=plan(charges))
    await start()
    assert shown(hass, NEXT_START) == STATE_UNKNOWN
    (line,) = logged(caplog)
    assert line.endswith(problem)
    check_quiet(caplog)


async def test_an_account_that_fails_asks_for_no_plans(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """There is enough to wait for."""
    await start()
    simulator.fail("GET", LIST, status=500)
    asked = simulator.count("GET", SCHEDULE)
    for _ in range(6):
        await pass_time(hass, freezer, minutes=6)
    assert simulator.count("GET", SCHEDULE) == asked


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Europe/Helsinki", "Europe/Helsinki"),
        ("../secret", "one that is not known here"),
        ("Mars/Olympus", "one that is not known here"),
        # Other names of the home's zone.
        ("US/Pacific", None),
        ("America/Los_Angeles", None),
        (None, None),
    ],
)
async def test_another_time_zone_is_told_once(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    zone: str | None,
    told: str | None,
) -> None:
    """The hours are right all the same: they are in UTC."""
    freezer.move_to(NOON)
    simulator.fail("GET", SCHEDULE, body=plan(hours(h13=1), timeZone=zone))
    await start()
    await pass_time(hass, freezer, minutes=16)
    assert shown(hass, NEXT_START) == "2026-03-16T13:00:00+00:00"
    lines = logged(caplog)
    assert len(lines) == (told is not None)
    if told is not None:
        assert (
            f"another time zone ({told}) than Home Assistant's (US/Pacific)"
            in (lines[0])
        )


async def ask(hass: HomeAssistant, **fields: Any) -> Any:
    """Call the action."""
    return await hass.services.async_call(
        "hiven",
        "get_charging_plan",
        {"device_id": device_id(hass), **fields},
        blocking=True,
        return_response=True,
    )


async def test_the_action(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Hours in the home's time zone, and sessions of a period."""
    freezer.move_to(NOON)
    await hass.config.async_set_time_zone("Europe/Helsinki")
    simulator.fail("GET", SCHEDULE, body=plan(hours(h22=1, h23=0.5)))
    past = {
        **plan(hours(h1=1)),
        "endDateTime": "2026-03-16T01:20:00Z",
        "status": "INTERRUPTED",
    }
    simulator.fail("GET", SESSIONS, body=[past])
    await start()
    answer = await ask(hass)
    assert answer["hours"] == [
        {
            "start": "2026-03-17T00:00:00+02:00",
            "end": "2026-03-17T01:00:00+02:00",
            "fraction": 1.0,
        },
        {
            "start": "2026-03-17T01:00:00+02:00",
            "end": "2026-03-17T02:00:00+02:00",
            "fraction": 0.5,
        },
    ]
    assert answer["ready_time"] == "2026-03-17T07:00:00+02:00"
    assert answer["spot_price_area"] == "FI"
    (session,) = answer["sessions"]
    assert session["status"] == "interrupted"
    assert session["ended_at"] == "2026-03-16T03:20:00+02:00"
    # It ended before its hour did.
    later = await ask(hass, start="2026-03-16 03:30:00", end="2026-03-17 00:00:00")
    assert later["sessions"] == []


async def test_the_action_without_sessions(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """A card goes on showing the plan."""
    simulator.fail("GET", SCHEDULE, body=plan(hours(h22=1)))
    simulator.fail("GET", SESSIONS, status=500)
    await start()
    answer = await ask(hass)
    assert len(answer["hours"]) == 1
    assert answer["sessions"] == []


async def test_the_action_without_a_plan(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """An empty answer, of the same shape."""
    await start()
    await set_preferences(hass, charging_behavior="smart_charge_off")
    answer = await ask(hass)
    assert answer["hours"] == []
    assert answer["ready_time"] is None


async def test_clock_changes(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Windows are moments; a night with 23 or 25 hours does not move them."""
    await hass.config.async_set_time_zone("Europe/Helsinki")
    freezer.move_to("2026-10-24T12:00:00Z")
    charges: dict[str, float] = {
        "2026-10-24T23:00:00Z": 1,
        "2026-10-25T00:00:00Z": 1,
        "2026-10-25T01:00:00Z": 1,
    }
    simulator.fail("GET", SCHEDULE, body=plan(charges))
    await start()
    assert shown(hass, NEXT_START) == "2026-10-24T23:00:00+00:00"
    assert shown(hass, NEXT_END) == "2026-10-25T02:00:00+00:00"
    assert shown(hass, PLANNED_TIME) == "180"
    state = hass.states.get(PLAN)
    assert state is not None
    assert state.attributes["start_time"] == "2026-10-25 02:00:00"
    assert state.attributes["end_time"] == "2026-10-25 04:00:00"
