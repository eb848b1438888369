"""Cars with one odd but plausible field: it costs that field alone."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from simulator import Car, Simulator

from . import API_KEY, USER_ID
from .actions import (
    CAPACITY,
    LIST,
    LOCATIONS,
    MINIMUM,
    NEXT_END,
    NEXT_START,
    PLAN,
    READY_TIME,
    SCHEDULE,
    SESSIONS,
    TARGET,
    ready_time_of,
)
from .dialog import Dialog
from .flow_helpers import MODELS
from .home import NOON, Home
from .plans import hours, plan

SETTINGS: dict[str, Any] = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
    "minimalSoC": {"value": 10, "unit": "PERCENT"},
    "readyTime": "07:00",
    "weekDaySpecificReadyTimes": {"MONDAY": "06:00"},
    "batteryCapacity": 74.5,
    "defaultSpotPriceAreaId": "FI",
}
WEEK = "weekDaySpecificReadyTimes"
# What a write carries along while smart charging is on.
CARRIED = {"chargingBehavior", "targetSoC", "readyTime", WEEK}
# What entities show of the answers, by their keys. Others show what follows from it.
DIRECT = {
    *("state_of_charge", "range", "charging_status", "last_reported"),
    *("charging", "plugged_in", "battery_capacity", "battery_capacity_override"),
    *("charging_behavior", "target_soc", "minimum_soc", "spot_price_area"),
    *("ready_time", "ready_time_monday", "ready_time_sunday"),
}
NO_STATUS = dict.fromkeys(("charging_status", "charging", "plugged_in"), "unknown")
EPOCH = int(NOON.timestamp())
IN_STATUS = "/v1/hiven/devices/:vehicleId/status: "
IN_LIST = "/v2/hiven/devices: []."

type Shown = dict[str, str]
# The field, what stands there, what is logged about it, and what shows instead.
type Odd = tuple[str, Any, str | None, Shown]


def unknown(*keys: str) -> Shown:
    """Return that entities show nothing."""
    return dict.fromkeys(keys, "unknown")


STATUS_ROWS: list[Odd] = [
    ("timestamp", EPOCH, None, {}),
    ("timestamp", EPOCH * 1000, None, {}),
    ("timestamp", "2026-03-16 14:00:00+02:00", None, {}),
    ("timestamp", "yesterday", "timestamp as string", unknown("last_reported")),
    ("timestamp", [EPOCH], "timestamp as array", unknown("last_reported")),
    ("timestamp", None, None, unknown("last_reported")),
    ("soc", "50,0", None, {}),
    ("soc", 110, "soc as number", unknown("state_of_charge")),
    ("soc", "half full", "soc as string", unknown("state_of_charge")),
    ("soc", True, "soc as boolean", unknown("state_of_charge")),
    ("range", -3, "range as number", unknown("range")),
    ("range", "210 km", "range as string", unknown("range")),
    ("range", {"value": 210}, "range as object", unknown("range")),
    ("chargingStatus", "disconnected", None, {}),
    ("chargingStatus", "PREHEATING", "chargingStatus as string", NO_STATUS),
    ("chargingStatus", ["PLUGGED"], "chargingStatus as array", NO_STATUS),
    ("batteryCapacity", "77 kWh", "batteryCapacity as string", {}),
    ("batteryCapacity", 0, "batteryCapacity as number", {}),
    ("id", {"uuid": 5}, "id as object", {}),
]
VEHICLE_ROWS: list[Odd] = [
    ("attributes.year", "MY22", "attributes.year as string", {}),
    ("attributes.year", 20233, "attributes.year as number", {}),
    ("attributes.name", 42, None, {}),
    ("attributes.name", ["My car"], "attributes.name as array", {}),
    ("attributes.model", 500, None, {}),
    ("attributes.manufacturer", {"id": "VW"}, "attributes.manufacturer as object", {}),
    ("attributes.vin", 5, None, {}),
    ("attributes.engineType", "FCEV", "attributes.engineType as string", {}),
    ("attributes", None, None, {}),
    ("attributes", "VW ID.4", "attributes as string", {}),
    ("settings", None, None, {}),
    ("settings", [], "settings as array", {}),
    ("settings.locationSupported", "maybe", "settings.locationSupported as string", {}),
    ("settings.chargingPreferences", "off", "settings.chargingPreferences as string", {}),
    ("createdAt", "soon", "createdAt as string", {}),
    ("integration", "OTHER", "integration as string", {}),
    ("associatedToCharger", "perhaps", "associatedToCharger as string", {}),
    ("associatedChargerIds", "charger-1", "associatedChargerIds as string", {}),
]  # fmt: skip
SETTING_ROWS: list[Odd] = [
    ("chargingBehavior", "SMART_CHARGE_SOLAR", "chargingBehavior as string", unknown("charging_behavior")),
    ("chargingBehavior", 2, "chargingBehavior as number", unknown("charging_behavior")),
    ("readyTime", "7:00", None, {}),
    ("readyTime", "07:00:30", None, {}),
    ("readyTime", "7 am", "readyTime as string", unknown("ready_time")),
    ("readyTime", "25:00", "readyTime as string", unknown("ready_time")),
    ("readyTime", 700, "readyTime as number", unknown("ready_time")),
    (WEEK, {"monday": "06:00"}, None, {}),
    (WEEK, {"MONDAY": "morning"}, f"{WEEK}.MONDAY as string", unknown("ready_time_monday")),
    (WEEK, {"MONDAY": "06:00", "HOLIDAY": "10:00"}, f"{WEEK}[] as string", {}),
    (WEEK, ["06:00"], f"{WEEK} as array", unknown("ready_time_monday")),
    ("targetSoC", 80, "targetSoC as number", unknown("target_soc")),
    ("targetSoC", {"value": 80}, "targetSoC.unit as null", unknown("target_soc")),
    ("targetSoC", {"value": "80", "unit": "percent"}, None, {}),
    ("targetSoC", {"value": 50, "unit": "MILES"}, "targetSoC.unit as string", unknown("target_soc")),
    ("targetSoC", {"value": 110, "unit": "PERCENT"}, "targetSoC.value as number", unknown("target_soc")),
    ("minimalSoC", "10 %", "minimalSoC as string", unknown("minimum_soc")),
    ("batteryCapacity", "74,5", None, {}),
    ("batteryCapacity", "large", "batteryCapacity as string", unknown("battery_capacity", "battery_capacity_override")),
    ("chargingLocationIds", "home", "chargingLocationIds as string", {}),
    ("chargingLocations", [5], "chargingLocations[] as number", {}),
    ("defaultSpotPriceAreaId", ["FI"], "defaultSpotPriceAreaId as array", unknown("spot_price_area")),
]  # fmt: skip

# How people set what was not understood, and what shows then.
SETTERS: dict[str, tuple[Callable[[Home], Coroutine[Any, Any, None]], str]] = {
    "charging_behavior": (lambda home: home.choose("smart_charge_off"), "smart_charge_off"),
    "target_soc": (lambda home: home.set_number(TARGET, 70), "70.0"),
    "minimum_soc": (lambda home: home.set_number(MINIMUM, 30), "30.0"),
    "ready_time": (lambda home: home.set_time(READY_TIME, "05:30"), "05:30:00"),
    "ready_time_monday": (lambda home: home.set_time(ready_time_of("monday"), "05:30"), "05:30:00"),
    "battery_capacity_override": (lambda home: home.set_number(CAPACITY, 60), "60.0"),
}  # fmt: skip


def each_odd(rows: list[Odd]) -> pytest.MarkDecorator:
    """Run a test with each of these."""
    ids = [f"{path}={value}" for path, value, *_ in rows]
    return pytest.mark.parametrize("odd", rows, ids=ids)


def a_car(number: int, name: str) -> Car:
    """Return a parked car with every kind of setting."""
    car = Car(id=f"car-{number}", name=name, plugged_in=False, reports_capacity=False)
    car.preferences = SETTINGS
    return car


@pytest.fixture
def car(simulator: Simulator) -> Car:
    """Add the car that is to be odd, and its twin that is not."""
    simulator.telemetry_interval = timedelta(days=1)
    simulator.add_car(USER_ID, a_car(2, "Twin"))
    return simulator.add_car(USER_ID, a_car(1, "Family car"))


def states(home: Home, vehicle_id: str) -> Shown:
    """Return what a car's entities show, by their keys."""
    entities = er.async_entries_for_config_entry(
        er.async_get(home.hass), home.entry.entry_id
    )
    return {
        entity.unique_id.removeprefix(f"{vehicle_id}_"): home.shown(entity.entity_id)
        for entity in entities
        if entity.unique_id.startswith(vehicle_id) and entity.disabled_by is None
    }


def not_understood(*fields: str) -> list[str]:
    """Return the lines about fields: endpoint, field and JSON type, no value."""
    return [
        f"Hiven sent GET {each}, which this integration does not understand"
        for each in fields
    ]


async def see(
    home: Home, odd: Odd, change: Callable[[bool], None], endpoint: str
) -> None:
    """See a car with an odd field: at once, without it, and with it again."""
    _, _, noted, instead = odd
    change(True)
    await home.start()
    for is_odd in (True, False, True):
        shown, twin = states(home, "car-1"), states(home, "car-2")
        assert shown.keys() == twin.keys()
        assert "unavailable" not in {*shown.values(), *twin.values()}
        expected = twin | (instead if is_odd else {})
        assert {each: shown[each] for each in DIRECT} == {
            each: expected[each] for each in DIRECT
        }
        change(not is_odd)
        await home.poll()
    assert home.log == not_understood(*([f"{endpoint}{noted}"] if noted else []))
    home.check_quiet()


def nested(path: str, value: Any) -> dict[str, Any]:
    """Return objects in which a value stands at this path."""
    name, _, rest = path.partition(".")
    return {name: nested(rest, value) if rest else value}


@each_odd(STATUS_ROWS + VEHICLE_ROWS)
async def test_facts(home: Home, odd: Odd) -> None:
    """The other telemetry and the settings show."""
    path, value, *_ = odd
    lever, endpoint = "details_override", IN_LIST
    if odd in STATUS_ROWS:
        lever, endpoint = "status_override", IN_STATUS

    def change(is_odd: bool) -> None:
        setattr(home.car, lever, nested(path, value) if is_odd else None)

    await see(home, odd, change, endpoint)


@each_odd(SETTING_ROWS)
async def test_settings(home: Home, odd: Odd) -> None:
    """They can be set, and go back as they came with a write of another."""
    name, value, _, instead = odd

    def change(is_odd: bool) -> None:
        home.car.preferences = SETTINGS | ({name: value} if is_odd else {})

    await see(home, odd, change, f"{IN_LIST}settings.chargingPreferences.")
    await home.pass_time(minutes=1)
    home.car.preferences = SETTINGS | {name: value}
    other = TARGET if name == "minimalSoC" else MINIMUM
    # The simulator refuses what is not documented.
    with suppress(HomeAssistantError):
        await home.through(home.set_number(other, 20))
    assert home.puts[0].get(name) == (value if name in CARRIED else None)
    home.car.preferences = SETTINGS | {name: value}
    await home.pass_time(minutes=1)
    for key in instead.keys() & SETTERS.keys():
        act, expected = SETTERS[key]
        await home.through(act(home))
        assert states(home, "car-1")[key] == expected
        await home.poll()
        assert states(home, "car-1")[key] == expected


async def answer(home: Home, path: str) -> Any:
    """Return what Hiven answers."""
    headers = {"X-Api-Key": API_KEY, "X-User-Id": USER_ID}
    url = f"{home.simulator.url}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, params={"userId": USER_ID}, headers=headers) as response,
    ):
        return await response.json()


@pytest.mark.parametrize(
    "missing",
    [
        ["settings"],
        ["attributes"],
        ["type", "integration", "createdAt"],
        ["settings", "attributes", "type", "integration", "createdAt"],
    ],
    ids="+".join,
)
async def test_missing_objects(home: Home, missing: list[str]) -> None:
    """A row without them is a car all the same."""
    rows = await answer(home, LIST)
    for row in rows:
        if row["id"] == "car-1":
            for name in missing:
                del row[name]
    home.simulator.fail("GET", LIST, body=rows)
    await home.start()
    assert states(home, "car-1") == states(home, "car-2")
    assert home.log == []


async def test_bad_rows_of_the_list(home: Home) -> None:
    """They are skipped; of two rows with one id the first counts."""
    rows = await answer(home, LIST)
    bad: list[Any] = [5, None, [], {"type": "EV"}, {"type": "EV", "id": ["car-3"]}]
    again = [{**row, "attributes": {}, "settings": {}} for row in rows]
    home.simulator.fail("GET", LIST, body=[*bad, *rows, *again, "car-4"])
    await home.start()
    assert states(home, "car-1") == states(home, "car-2")
    names = {device.name for device in dr.async_get(home.hass).devices}
    assert names == {"Family car", "Twin"}
    found = ("number", "null", "array", "string")
    odd = [f"{IN_LIST[:-1]} as {each}" for each in found]
    odd += [f"{IN_LIST}id as null", f"{IN_LIST}id as array"]
    assert sorted(home.log) == sorted(not_understood(*odd))


BAD_HOURS: dict[str, Any] = {
    "2026-03-16T14:07:00Z": 1,
    "noon": 1,
    "2026-03-16T15:00:00Z": 2,
    "2026-03-16T16:00:00Z": "a lot",
    "2026-03-16T17:00:00Z": {"share": 1},
}


async def test_bad_hours_of_the_plan(home: Home) -> None:
    """They are left out, whatever else is odd about it."""
    odd = {"readyTime": "soon", "createdAt": 5, "timeZone": ["UTC"]}
    body = plan(hours(h13=1) | BAD_HOURS, **odd)
    home.simulator.fail("GET", SCHEDULE, body=body)
    await home.start()
    assert home.shown(NEXT_START) == "2026-03-16T13:00:00+00:00"
    assert home.shown(NEXT_END) == "2026-03-16T14:00:00+00:00"
    home.check_quiet()


async def test_bad_sessions(home: Home) -> None:
    """The others are in the calendar, and so are the good hours of a bad one."""
    good = plan(hours(h1=1), status="COMPLETE", endDateTime="2026-03-16T02:00:00Z")
    bad = plan(hours(h3=1) | BAD_HOURS, status=["COMPLETE"], endDateTime="later")
    home.simulator.fail("GET", SESSIONS, body=[5, good, None, {}, bad])
    await home.start()
    period = {
        "start_date_time": "2026-03-16T00:00:00Z",
        "end_date_time": "2026-03-16T10:00:00Z",
    }
    response = await home.ask("calendar.get_events", entity_id=PLAN, **period)
    starts = [
        dt_util.parse_datetime(each["start"]) for each in response[PLAN]["events"]
    ]
    assert starts == [NOON.replace(hour=1), NOON.replace(hour=3)]


async def test_bad_models(home: Home) -> None:
    """The others are answered."""
    good = {"make": "KIA", "model": "EV6", "type": "BEV", "capabilities": ["fly"]}
    bad = {"make": ["KIA"], "yearRange": "2020-", "capabilities": "all"}
    home.simulator.fail("GET", MODELS, body=[5, bad, {}, None, good])
    await home.start()
    response = await home.ask("hiven.get_supported_vehicles")
    assert [each["model"] for each in response["vehicles"]] == ["EV6"]


async def test_bad_locations(home: Home, dialog: Dialog) -> None:
    """The others are offered."""
    good = {"id": "summer", "name": "Summer house", "coordinates": "60.1, 24.9"}
    home.simulator.fail("GET", LOCATIONS, body=[5, {"name": "Nowhere"}, None, good])
    await home.start()
    await dialog.open_options(home.entry)
    await dialog.choose("charging_locations")
    assert "Summer house" in dialog.told["locations"]
    assert "Nowhere" not in dialog.told["locations"]
