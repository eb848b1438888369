"""Charged energy, charging sessions, and whether a car will be ready in time."""

from datetime import datetime, timedelta

from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component import common

from . import Json
from .actions import SCHEDULE, SESSIONS, TARGET
from .home import NOON, Home
from .market import Market
from .plans import hours, plan

ENERGY = "sensor.family_car_energy_charged_estimated"
SESSION = "event.family_car_charging_session"
NOT_READY = "binary_sensor.family_car_not_ready_in_time"
STATUS = "sensor.family_car_smart_charging_status"

CHARGING, PLUGGED, FULL = "CHARGING", "PLUGGED", "CHARGING_COMPLETED"
AWAY = "DISCONNECTED"
DAY = timedelta(days=1)
# The time of the home's clock.
NOW = datetime.max
TWENTY = {"value": 20, "unit": "PERCENT"}
FAR = {"value": 400, "unit": "KM"}


@pytest.fixture
async def home(home: Home) -> Home:
    """Return a home whose car reports only what a test sets, with a 100 kWh battery."""
    home.car.battery_capacity = 100.0
    home.simulator.fail("GET", SESSIONS, status=404)
    # This is in 18 hours.
    home.edit(readyTime="23:00")
    return home


def say(home: Home, status: str, soc: float, at: datetime | None = NOW) -> None:
    at = home.simulator.now() if at is NOW else at
    said = {"chargingStatus": status, "soc": soc, "timestamp": at and at.isoformat()}
    home.car.status_override = said


async def report(
    home: Home,
    status: str,
    soc: float,
    minutes: float = 30,
    stamp: datetime | None = NOW,
) -> None:
    """Let time pass, let the car report, and update Home Assistant."""
    home.freezer.tick(timedelta(minutes=minutes))
    say(home, status, soc, stamp)
    await home.update()
    await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)


async def begin(
    home: Home, status: str = PLUGGED, soc: float = 50.0, stamp: datetime | None = NOW
) -> None:
    say(home, status, soc, stamp)
    await home.start()


# Energy.
@pytest.mark.parametrize(("reports", "kwh"), [
    ([(CHARGING, 50), (CHARGING, 62.3456)], 12.346),
    ([(CHARGING, 55), (FULL, 80)], 30),
    ([(PLUGGED, 58)], 0),
    # The car charged between two reports.
    ([(FULL, 58)], 8),
    # A drive, a wrong value that is corrected, and a true drop.
    ([(CHARGING, 60), (AWAY, 60), (AWAY, 45), (CHARGING, 50)], 15),
    ([(FULL, 100), (FULL, 3), (FULL, 100)], 50),
    ([(CHARGING, 60), (CHARGING, 5), (CHARGING, 7)], 10),
    ([(CHARGING, 60), (PLUGGED, 5), (PLUGGED, 62)], 12),
    # A battery loses at most 1 % a minute; 5 % more are allowed for.
    ([(CHARGING, 60), (AWAY, 25), (CHARGING, 30)], 15),
    ([(CHARGING, 60), (AWAY, 24.5), (CHARGING, 30)], 10),
])  # fmt: skip
async def test_energy(home: Home, reports: list[tuple[str, float]], kwh: float) -> None:
    """It is the rise of the state of charge while charging, times the capacity."""
    await begin(home)
    for status, soc in reports:
        await report(home, status, soc)
    assert float(home.shown(ENERGY)) == pytest.approx(kwh)


@pytest.mark.parametrize(("soc", "kwh"), [(65, 15), (65.5, 0)])
async def test_no_car_charges_faster(home: Home, soc: float, kwh: float) -> None:
    await begin(home, CHARGING, 50)
    await report(home, CHARGING, soc, minutes=1)
    assert float(home.shown(ENERGY)) == kwh


@pytest.mark.parametrize(("reports", "kwh"), [
    # The third report cannot follow the second one, so it does not confirm it.
    ([(PLUGGED, 2, 30), (PLUGGED, 25, 1), (CHARGING, 80, 5)], 0),
    ([(CHARGING, 10, 1), (CHARGING, 80, 1), (CHARGING, 81, 1)], 1),
    ([(CHARGING, 10, 1), (CHARGING, 10.5, 1), (CHARGING, 12.5, 1)], 2),
])  # fmt: skip
async def test_a_doubtful_report(
    home: Home, reports: list[tuple[str, float, float]], kwh: float
) -> None:
    """Another report confirms it. Reading the same one after a restart does not."""
    await begin(home, PLUGGED, 80)
    for status, soc, minutes in reports:
        await report(home, status, soc, minutes=minutes)
        await home.reload()
    assert float(home.shown(ENERGY)) == kwh


async def test_a_doubt_without_a_time(home: Home, hass_storage: Json) -> None:
    """It was stored without its time, so no report can confirm it."""
    meter = {"total": 5, "soc": 80, "reported_at": NOON.isoformat(), "charged": True}
    stored = {
        "state": {"entity_id": ENERGY, "state": "5"}, "last_seen": NOON.isoformat(),
        "extra_data": {"native_value": 5, "native_unit_of_measurement": "kWh",
                       "meter": meter | {"doubted": 10}},
    }  # fmt: skip
    hass_storage["core.restore_state"] = {"version": 1, "data": [stored]}
    await common.async_mock_load_restore_state_from_storage(home.hass)
    await begin(home, PLUGGED, 80)
    for soc in (10, 81):
        await report(home, CHARGING, soc, minutes=1)
    assert float(home.shown(ENERGY)) == 6


async def test_energy_of_a_car_that_was_away_for_days(home: Home) -> None:
    await begin(home, CHARGING, 50)
    await report(home, AWAY, 40, minutes=3 * 24 * 60)
    assert float(home.shown(ENERGY)) == 0
    await report(home, CHARGING, 70, minutes=3 * 24 * 60)
    assert float(home.shown(ENERGY)) == pytest.approx(30)


async def test_energy_without_a_capacity(home: Home) -> None:
    """It is unknown until a capacity is entered. A new capacity adds nothing."""
    home.car.reports_capacity = False
    await begin(home)
    await report(home, CHARGING, 60)
    assert home.shown(ENERGY) == "unknown"
    await home.set_preferences(battery_capacity=50)
    await report(home, CHARGING, 70)
    assert float(home.shown(ENERGY)) == pytest.approx(5)
    await home.set_preferences(battery_capacity=200)
    await report(home, CHARGING, 70)
    assert float(home.shown(ENERGY)) == pytest.approx(5)


@pytest.mark.parametrize("stamp", [NOON + 3650 * DAY, NOON, None])
async def test_a_clock_that_is_wrong(home: Home, stamp: datetime | None) -> None:
    """If the car's clock is wrong, stopped or missing, the time of reading is used."""
    await begin(home, PLUGGED, 50, stamp)
    seen = ends(home)
    await report(home, CHARGING, 50, stamp=stamp)
    await home.poll(2)
    await report(home, CHARGING, 55, stamp=stamp)
    assert float(home.shown(ENERGY)) == pytest.approx(5)
    await report(home, FULL, 60, stamp=stamp)
    assert float(home.shown(ENERGY)) == pytest.approx(10)
    assert [each["minutes"] for each in seen] == [70]
    await report(home, CHARGING, 60)
    await report(home, FULL, 70)
    assert float(home.shown(ENERGY)) == pytest.approx(20)
    assert len(seen) == 2


@pytest.mark.parametrize(("ahead", "minutes"), [(300, 25), (301, 30)])
async def test_a_clock_that_is_fast(home: Home, ahead: int, minutes: int) -> None:
    """The time of the report counts if it is at most five minutes ahead."""
    await begin(home)
    seen = ends(home)
    stamp = NOON + timedelta(minutes=30, seconds=ahead)
    await report(home, CHARGING, 50, stamp=stamp)
    await report(home, FULL, 60)
    assert seen[-1]["minutes"] == minutes


async def test_a_moment_ahead_is_forgotten(home: Home) -> None:
    """A stored time in the future comes from a wrong clock."""
    await begin(home)
    await report(home, CHARGING, 50)
    await home.unload()
    home.freezer.move_to(NOON - 3650 * DAY)
    await home.start()
    seen = ends(home)
    await report(home, FULL, 60)
    assert float(home.shown(ENERGY)) == pytest.approx(10)
    assert [each["minutes"] for each in seen] == [30]


async def test_a_late_answer_counts_nothing(home: Home) -> None:
    await begin(home, CHARGING, 45)
    await report(home, CHARGING, 60, minutes=1)
    assert float(home.shown(ENERGY)) == 15
    for soc, minutes in ((50, -30), (65, 1)):
        say(home, CHARGING, soc, NOON + timedelta(minutes=minutes))
        await home.poll()
    await report(home, CHARGING, 62)
    assert float(home.shown(ENERGY)) == pytest.approx(17)


async def test_energy_outlives_a_reload(home: Home) -> None:
    await begin(home)
    await report(home, CHARGING, 62)
    await home.unload()
    home.freezer.tick(timedelta(minutes=30))
    say(home, FULL, 72)
    await home.start()
    assert float(home.shown(ENERGY)) == pytest.approx(22)


# Sessions.
def ends(home: Home) -> list[Json]:
    """Return a list that collects the attributes of every session that ends."""
    seen: list[Json] = []

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state and state.state not in ("unknown", "unavailable"):
            seen.append({"at": state.state, **state.attributes})

    async_track_state_change_event(home.hass, SESSION, changed)
    return seen


async def test_a_session_by_telemetry(home: Home) -> None:
    """If Hiven lists no session, it lasts from the first charging report on."""
    await begin(home)
    seen = ends(home)
    await report(home, CHARGING, 50)
    await report(home, CHARGING, 60)
    assert seen == []
    await report(home, FULL, 80)
    (ended,) = seen
    assert ended["start"] == "2026-03-16T05:30:00-07:00"
    assert ended["end"] == "2026-03-16T06:30:00-07:00"
    assert (ended["event_type"], ended["minutes"]) == ("completed", 60)
    assert ended["state_of_charge_before"] == 50
    assert (ended["state_of_charge_after"], ended["energy"]) == (80, 30)
    await report(home, FULL, 80)
    await report(home, AWAY, 80)
    assert len(seen) == 1


@pytest.mark.parametrize(("behavior", "then", "minutes"), [
    ("SMART_CHARGE_ANYWHERE", (PLUGGED, CHARGING, AWAY), 60),
    # No plan starts it again, so it is over when the car stops.
    ("SMART_CHARGE_OFF", (PLUGGED,), 30),
])  # fmt: skip
async def test_a_session_that_is_interrupted(
    home: Home, behavior: str, then: tuple[str, ...], minutes: int
) -> None:
    home.edit(chargingBehavior=behavior)
    await begin(home)
    seen = ends(home)
    await report(home, CHARGING, 50)
    for status in then:
        assert seen == []
        await report(home, status, 60)
    (ended,) = seen
    assert (ended["event_type"], ended["minutes"]) == ("interrupted", minutes)


async def test_a_session_that_ends_at_its_target(home: Home) -> None:
    await begin(home)
    seen = ends(home)
    for count, target in enumerate((80, 90)):
        await report(home, CHARGING, 50)
        await report(home, PLUGGED, target - 1)
        assert len(seen) == count
        await report(home, PLUGGED, target)
        assert seen[-1]["event_type"] == "completed"
        await home.set_number(TARGET, 90)
    # If nothing was charged after a pause, the session ended with the pause.
    for status, ended in ((AWAY, "interrupted"), (FULL, "completed")):
        await report(home, CHARGING, 50)
        await report(home, PLUGGED, 60, minutes=120)
        await report(home, status, 60, minutes=600)
        last = seen[-1]
        assert (last["event_type"], last["minutes"]) == (ended, 120)
        at = [datetime.fromisoformat(last[name]) for name in ("start", "end")]
        assert at[1] - at[0] == timedelta(minutes=120)


async def test_the_speed_is_that_of_five_sessions(home: Home) -> None:
    await begin(home)
    seen = ends(home)
    await report(home, CHARGING, 50)
    # How long it charged is not known.
    await report(home, FULL, 79.96, minutes=121)
    assert "minutes" not in seen[-1]
    assert seen[-1]["energy"] == 30
    histories = home.entry.runtime_data.histories
    assert histories.history("car-1").speed is None
    for percent in range(1, 7):
        await report(home, CHARGING, 50)
        await report(home, FULL, 50 + percent, minutes=20)
    assert histories.history("car-1").speed == 12


async def test_a_session_in_hivens_words(home: Home, hass_storage: Json) -> None:
    home.edit(defaultSpotPriceAreaId="FI")
    await Market(home).set_up()
    await begin(home)
    session = plan(hours(d0=0, d1=0)) | {
        "hourlyCharges": {"2026-03-16T10:00:00Z": 0.5, "2026-03-16T11:00:00Z": 1},
        "status": "ACTIVE",
        "endDateTime": None,
    }
    home.simulator.fail("GET", SESSIONS, body=[session])
    seen = ends(home)
    await report(home, CHARGING, 50)
    home.simulator.forget()
    await report(home, CHARGING, 60)
    assert home.simulator.count("GET", SESSIONS) == 0
    await report(home, FULL, 80, minutes=60)
    assert seen == []
    assert home.simulator.count("GET", SESSIONS) == 1
    # Another report does not postpone the second request.
    await report(home, FULL, 80, minutes=0.75)
    ended = session | {"status": "COMPLETE", "endDateTime": "2026-03-16T13:58:00Z"}
    earlier = ended | {"endDateTime": "2026-03-16T13:00:00Z"}
    # In any order.
    home.simulator.fail("GET", SESSIONS, body=[ended, earlier])
    await home.pass_time(seconds=14)
    assert seen == []
    await home.pass_time(seconds=1)
    (shown,) = seen
    assert shown["event_type"] == "completed"
    assert shown["end"] == "2026-03-16T06:58:00-07:00"
    assert shown["minutes"] == 90
    assert (shown["average_price"], shown["currency"]) == (0.1267, "SEK")
    await home.pass_time(seconds=1)
    stored = hass_storage[f"hiven.{home.entry.entry_id}.history"]["data"]
    assert stored["car-1"]["started_at"] is None
    await report(home, AWAY, 80)
    assert len(seen) == 1


async def test_a_session_that_charges_nothing(home: Home) -> None:
    await begin(home, CHARGING, 50)
    seen = ends(home)
    await report(home, AWAY, 49)
    assert (seen[0]["state_of_charge_after"], seen[0]["energy"]) == (49, 0)


async def test_a_car_that_charges_again(home: Home) -> None:
    """Its session continues, although Hiven was about to be asked once more."""
    home.edit(chargingBehavior="SMART_CHARGE_OFF")
    active = plan({}) | {"status": "ACTIVE", "endDateTime": None}
    home.simulator.fail("GET", SESSIONS, body=[active])
    await begin(home, CHARGING, 50)
    seen = ends(home)
    await report(home, PLUGGED, 60)
    await report(home, CHARGING, 60, minutes=0.5)
    await home.pass_time(seconds=31)
    assert seen == []


async def test_a_session_that_hiven_does_not_know(home: Home) -> None:
    """A session that ended before the car began to charge is another one."""
    home.edit(chargingBehavior="SMART_CHARGE_OFF")
    earlier = [
        {**plan(charges), "status": "INTERRUPTED", "endDateTime": ended}
        for charges, ended in (({}, "2026-03-16T13:15:00Z"), (hours(h12=1), None))
    ]
    await begin(home)
    await report(home, CHARGING, 50)
    await report(home, FULL, 80)
    home.simulator.fail("GET", SESSIONS, body=earlier)
    seen = ends(home)
    await report(home, CHARGING, 50)
    await report(home, FULL, 80)
    (ended,) = seen
    assert ended["event_type"] == "completed"
    assert ended["end"] == "2026-03-16T07:00:00-07:00"
    assert ended["minutes"] == 30


async def test_a_session_that_ended_in_the_future(home: Home) -> None:
    """If Hiven's clock was wrong, the next session is still reported."""
    await begin(home)
    seen = ends(home)
    for at, end in (
        ("2031-01-01T00:00:00Z", "06"), ("2026-03-16T14:00:00Z", "07"), (None, "08"),
    ):  # fmt: skip
        session = plan({}) | {"status": "INTERRUPTED", "endDateTime": at}
        home.simulator.fail("GET", SESSIONS, body=[session])
        await report(home, CHARGING, 50)
        await report(home, FULL, 80)
        last = seen[-1]
        assert (last["event_type"], last["minutes"]) == ("interrupted", 30)
        assert last["end"] == f"2026-03-16T{end}:00:00-07:00"


async def test_the_price_of_a_session_by_telemetry(home: Home) -> None:
    """The price is known if the car did not pause, even for hours of yesterday."""
    home.edit(defaultSpotPriceAreaId="FI")
    await Market(home).set_up()
    await begin(home)
    seen = ends(home)
    # By then, the prices of another day were read.
    await report(home, CHARGING, 50, minutes=600)
    for _ in range(9):
        await report(home, CHARGING, 60, minutes=110)
    await home.pass_time(minutes=5)
    await report(home, FULL, 70, minutes=25)
    cost = 0.240 + 0.250 + sum(0.020 + 0.010 * hour for hour in range(15))
    assert seen[-1]["average_price"] == round(cost / 17, 4)
    await report(home, CHARGING, 60)
    await report(home, PLUGGED, 65)
    await report(home, FULL, 80)
    assert len(seen) == 2
    assert "average_price" not in seen[-1]
    assert "currency" not in seen[-1]


async def test_a_restart_in_mid_session(home: Home, hass_storage: Json) -> None:
    await begin(home)
    await home.pass_time(seconds=2)
    await report(home, CHARGING, 50)
    await home.pass_time(seconds=1)
    stored = hass_storage[f"hiven.{home.entry.entry_id}.history"]["data"]
    assert stored["car-1"]["status"] == CHARGING
    say(home, CHARGING, 60, NOON + timedelta(minutes=31))
    await home.reload()
    seen = ends(home)
    await report(home, FULL, 80)
    assert [each["state_of_charge_before"] for each in seen] == [50]
    home.freezer.tick(1)
    await home.reload()
    # The entity still shows the same session.
    assert len({each["at"] for each in seen}) == 1


async def test_a_car_connected_again_in_the_middle_of_a_session(
    home: Home, hass_storage: Json
) -> None:
    await begin(home)
    await report(home, CHARGING, 50)
    home.simulator.remove_car("car-1")
    home.car = home.add_car(9, vin=home.car.vin, battery_capacity=100.0)
    await report(home, CHARGING, 60)
    seen = ends(home)
    await report(home, FULL, 80)
    assert [each["state_of_charge_before"] for each in seen] == [50]
    histories = home.entry.runtime_data.histories
    assert histories.history("car-1") is None
    home.simulator.remove_car("car-9")
    await home.poll(3)
    assert histories.history("car-9") is None
    await home.pass_time(seconds=2)
    assert hass_storage[f"hiven.{home.entry.entry_id}.history"]["data"] == {}


@pytest.mark.parametrize("is_back", [False, True])
async def test_a_car_goes_while_a_session_is_read(home: Home, is_back: bool) -> None:
    await begin(home)
    seen = ends(home)
    await report(home, CHARGING, 50)
    hold = home.simulator.hold("GET", SESSIONS)
    say(home, FULL, 80)
    await home.start_poll(hold)
    home.simulator.remove_car("car-1")
    coordinator = home.entry.runtime_data.coordinator
    if is_back:
        # The car has a new ID, so the account will be reloaded.
        home.add_car(9, vin=home.car.vin)
    else:
        coordinator.async_forget("car-1")
    async with home.entry.setup_lock:
        await coordinator.async_refresh()
        hold.release()
        await home.settle()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert seen == []
    assert home.entry.runtime_data.histories.history("car-1") is None


async def test_a_car_that_goes_before_its_session_is_read_again(home: Home) -> None:
    active = plan({}) | {"status": "ACTIVE", "endDateTime": None}
    home.simulator.fail("GET", SESSIONS, body=[active])
    await begin(home, CHARGING, 50)
    await report(home, FULL, 80)
    home.simulator.remove_car("car-1")
    home.entry.runtime_data.coordinator.async_forget("car-1")
    home.simulator.forget()
    await home.pass_time(minutes=1)
    assert home.simulator.count("GET", SESSIONS) == 0


async def test_too_late_to_plug_in(home: Home) -> None:
    """The sensor turns on once the time left is too short for 30 kWh at 3.7 kW."""
    # No plan arrives, so only the time changes.
    home.simulator.fail("GET", SCHEDULE, status=500)
    await begin(home, AWAY, 50)
    assert home.shown(NOT_READY) == "off"
    ready = datetime.fromisoformat(home.shown("sensor.family_car_next_ready_time"))
    needs = timedelta(hours=30 / 3.7)
    await home.pass_time(seconds=(ready - needs - NOON).total_seconds() - 60)
    assert home.shown(NOT_READY) == "off"
    await home.pass_time(seconds=120)
    assert home.shown(NOT_READY) == "on"


@pytest.mark.parametrize(("answer", "known"), [
    (404, ("on", "no_plan")), (500, ("unknown", "unknown")),
])  # fmt: skip
async def test_a_plan_is_not_known(
    home: Home, answer: int, known: tuple[str, str]
) -> None:
    """Hiven may take a minute to make a plan, so the states are unknown at first."""
    home.simulator.fail("GET", SCHEDULE, status=answer)
    await begin(home, PLUGGED, 50)
    await home.choose("smart_charge_off")
    await home.pass_time(minutes=31)
    await home.choose("smart_charge_anywhere")
    unknown = ("unknown", "unknown")
    for seconds, expected in ((0, unknown), (10, unknown), (51, known)):
        await home.pass_time(seconds=seconds)
        assert (home.shown(NOT_READY), home.shown(STATUS)) == expected
    await home.set_number(TARGET, 90)
    await home.pass_time(seconds=0)
    assert (home.shown(NOT_READY), home.shown(STATUS)) == ("unknown", "unknown")
    await report(home, CHARGING, 50, minutes=0.5)
    assert home.shown(STATUS) == "unknown"
    await home.pass_time(minutes=1)
    charging = "charging_outside_plan" if answer == 404 else "unknown"
    assert home.shown(STATUS) == charging


async def test_a_plan_knows_the_speed_first(home: Home) -> None:
    """A car that charges by plan is on time, even if 3.7 kW would be too slow."""
    none = home.simulator.fail("GET", SCHEDULE, status=404)
    await begin(home, CHARGING, 5)
    assert home.shown(NOT_READY) == "on"
    none.stop()
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h12=1, h13=1)))
    await report(home, CHARGING, 6)
    assert home.shown(NOT_READY) == "off"


async def test_the_speed_counts_once_a_session_has_ended(home: Home) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await begin(home, CHARGING, 30)
    ended = plan({}) | {"status": "INTERRUPTED", "endDateTime": "2026-03-16T13:00:00Z"}
    home.simulator.fail("GET", SESSIONS, body=[ended])
    assert home.shown(NOT_READY) == "off"
    await report(home, PLUGGED, 35, minutes=60)
    assert home.shown(NOT_READY) == "on"


async def test_a_plan_that_ends_below(home: Home) -> None:
    """The speed that the car has shown is too slow for its plan."""
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await begin(home, PLUGGED, 30)
    assert home.shown(NOT_READY) == "off"
    await report(home, CHARGING, 30)
    await report(home, AWAY, 35, minutes=60)
    await report(home, PLUGGED, 35)
    assert home.shown(NOT_READY) == "on"
    # Up to 3 % may be missing.
    for share, late in ((0.5, "off"), (0.3, "on")):
        night = hours(**dict.fromkeys((f"d{hour}" for hour in range(8)), 1), d8=share)
        home.simulator.fail("GET", SCHEDULE, body=plan(night))
        await report(home, PLUGGED, 35)
        assert home.shown(NOT_READY) == late


@pytest.mark.parametrize(("status", "soc", "held", "planned", "does", "late"), [
    (PLUGGED, 50, {"chargingBehavior": "SMART_CHARGE_OFF"}, {}, "off", "off"),
    (PLUGGED, 50, {"readyTime": None}, {}, "no_ready_time", "unknown"),
    (PLUGGED, 50, {"targetSoC": None}, {}, "no_plan", "unknown"),
    (AWAY, 50, {}, {}, "not_plugged_in", "off"),
    (AWAY, 77, {"readyTime": "05:30"}, {}, "not_plugged_in", "off"),
    (AWAY, 76.5, {"readyTime": "05:50"}, {}, "not_plugged_in", "on"),
    (AWAY, 50, {"targetSoC": FAR, "readyTime": "06:00"}, {}, "not_plugged_in", "on"),
    (AWAY, 0, {"targetSoC": FAR}, {}, "not_plugged_in", "unknown"),
    (FULL, 50, {}, {}, "target_reached", "off"),
    (PLUGGED, 80, {}, {}, "target_reached", "off"),
    (CHARGING, 10, {"minimalSoC": TWENTY}, {}, "charging_to_minimum", "on"),
    (CHARGING, 20, {"minimalSoC": TWENTY}, {}, "charging_outside_plan", "off"),
    (CHARGING, 50, {}, {"2026-03-16T12:00:00Z": 1}, "charging_as_planned", "off"),
    (CHARGING, 50, {}, {"2026-03-16T20:00:00Z": 1}, "charging_outside_plan", "off"),
    (PLUGGED, 50, {}, {"2026-03-16T20:00:00Z": 1}, "waiting", "off"),
    (PLUGGED, 79, {}, {}, "no_plan", "off"),
])  # fmt: skip
async def test_smart_charging_status(
    home: Home, status: str, soc: float, held: Json, planned: Json, does: str, late: str
) -> None:
    home.edit(**held)
    home.simulator.fail("GET", SCHEDULE, body=plan(planned))
    await begin(home, status, soc)
    assert (home.shown(STATUS), home.shown(NOT_READY)) == (does, late)
    await home.pass_time(minutes=31)
    assert home.shown(NOT_READY) == late


async def test_smart_charging_status_changes_by_itself(home: Home) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan({"2026-03-16T12:00:00Z": 1}))
    await begin(home, CHARGING, 50)
    assert home.shown(STATUS) == "charging_as_planned"
    await home.pass_time(minutes=60, seconds=1)
    assert home.shown(STATUS) == "charging_outside_plan"


@pytest.mark.parametrize(("charges", "minutes"), [
    ({"2026-03-16T12:00:00Z": 1}, 60),
    # Hiven makes no plan for half an hour.
    ({}, 30),
])  # fmt: skip
async def test_a_car_waits_in_vain(home: Home, charges: Json, minutes: int) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(charges))
    await begin(home, PLUGGED, 50)
    for passed, late in ((minutes - 1, "off"), (1, "on")):
        await home.pass_time(minutes=passed)
        assert home.shown(NOT_READY) == late
