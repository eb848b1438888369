"""How answers are read: a bad field costs the field, a bad row the row."""

from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
import json
from operator import attrgetter
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.hiven.api import (
    Connection,
    Journal,
    Preferences,
    StateOfCharge,
    UnexpectedAnswerError,
    Vehicle,
)
from custom_components.hiven.api.parsing import Fields
from simulator import Car, Simulator
from tests import USER_ID

from .cars import FULL_ID
from .endpoints import (
    GET_AUTHORIZATION_URL,
    GET_CAPABILITIES,
    GET_LOCATIONS,
    GET_PREFERENCES,
    GET_SCHEDULE,
    GET_SESSIONS,
    GET_STATUS,
    POST_CONNECT,
    POST_LOCATION,
    READS,
    VEHICLE,
    VEHICLES,
    Endpoint,
)
from .wire import Wire, changed, oddity, paths_of

NAN, INFINITY, HUGE = float("nan"), float("inf"), 10**400
NO_NUMBER = [
    *("many", "nan", "1e999", "0x10", "80 %", "1,234", "1_0", "٣"),
    *(True, [], {}, NAN, -INFINITY, HUGE),
]

# What a field cannot be, by its kind. "!" marks a field without which its row, or the
# object it belongs to, is not understood.
WRONG: dict[str, list[Any]] = {
    "text": [True, [], {}, ["x"], NAN, INFINITY, "\ud800"],
    "time zone": [True, [], {}, "x" * 65],
    "%": [*NO_NUMBER, -1, 100.5, "101"],
    "km": [*NO_NUMBER, -3, 3001],
    "kWh": [*NO_NUMBER, 0, -5, "1001"],
    "latitude": [*NO_NUMBER, 90.5, -91],
    "longitude": [*NO_NUMBER, 181, "-181"],
    "year": [*NO_NUMBER, "MY22", 2023.5, 1899, 2101],
    "whole number": [*NO_NUMBER, 2023.5, "2023.5"],
    "true or false": ["yes", 2, 0.5, [], {}, NAN],
    "time of day": [
        *("7 am", "24:00", "07:60", "0730", "07.30", "T07:30", "07:30Z", "7:3", "٣:30"),
        *(730, True, [], {}),
    ],
    "timestamp": [
        *("yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "20260112"),
        *("1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
        *(0, -1, 20260112, 10**18, HUGE, NAN, True, [], {}),
    ],
    "texts": ["x", 5, True, {}],
    "object": ["x", 5, True, [], NAN],
    "list": ["x", 5, True, {}],
    "row": ["x", 5, True, [], None, ""],
}
NOTHING = (..., None, "", " ")

SOC = {"": "object", ".value": "%", ".unit": "text!"}
PREFERENCES = {
    "chargingBehavior": "text",
    "chargingLocationIds": "texts",
    "readyTime": "time of day",
    "weekDaySpecificReadyTimes": "object",
    "weekDaySpecificReadyTimes.SATURDAY": "time of day",
    "weekDaySpecificReadyTimes.SUNDAY": "time of day",
    **{f"targetSoC{path}": kind for path, kind in SOC.items()},
    **{f"minimalSoC{path}": kind for path, kind in SOC.items()},
    "minimalSoC.value": "km",
    "batteryCapacity": "kWh",
    "defaultSpotPriceAreaId": "text",
}
PLACE = {
    "coordinates": "object",
    "coordinates.latitude": "latitude",
    "coordinates.longitude": "longitude",
    "countryCode": "text",
    "postalCode": "text",
    "spotPriceAreaId": "text",
}
IN_SETTINGS = "settings.chargingPreferences"
VEHICLE_FIELDS = {
    "id": "text!",
    "type": "text",
    "integration": "text",
    "associatedToCharger": "true or false",
    "associatedChargerIds": "texts",
    "createdAt": "timestamp",
    "attributes": "object",
    "attributes.partnerId": "text",
    "attributes.partnerName": "text",
    "attributes.externalId": "text",
    "attributes.userId": "text",
    "attributes.vin": "text",
    "attributes.manufacturer": "text",
    "attributes.year": "year",
    "attributes.model": "text",
    "attributes.name": "text",
    "attributes.deviceType": "text",
    "attributes.engineType": "text",
    "settings": "object",
    "settings.locationSupported": "true or false",
    IN_SETTINGS: "object",
    **{f"{IN_SETTINGS}.{path}": kind for path, kind in PREFERENCES.items()},
    f"{IN_SETTINGS}.chargingLocations": "list",
    f"{IN_SETTINGS}.chargingLocations[]": "row",
    f"{IN_SETTINGS}.chargingLocations[].id": "text",
    f"{IN_SETTINGS}.chargingLocations[].locationId": "text",
    **{f"{IN_SETTINGS}.chargingLocations[].{p}": kind for p, kind in PLACE.items()},
}
PLAN = {
    "createdAt": "timestamp",
    "hourlyCharges": "object",
    "spotPriceAreaId": "text",
    "readyTime": "timestamp",
    "timeZone": "time zone",
}
LOCATION = {"id": "text!", "name": "text", "streetAddress": "text", "city": "text"}
MODEL = {
    "make": "text!",
    "model": "text",
    "yearRange": "object",
    "yearRange.start": "whole number",
    "yearRange.end": "whole number",
    "type": "text",
    "capabilities": "texts",
}


def rows_of(fields: dict[str, str]) -> dict[str, str]:
    """Return the table of a list of such objects."""
    return {"[]": "row", **{f"[].{path}": kind for path, kind in fields.items()}}


FIELDS: dict[Endpoint, dict[str, str]] = {
    VEHICLES: rows_of(VEHICLE_FIELDS),
    # The vehicle that was asked for needs no id.
    VEHICLE: {
        path: kind
        for path, kind in VEHICLE_FIELDS.items()
        if path not in ("id", "type")
    },
    GET_PREFERENCES: PREFERENCES,
    GET_STATUS: {
        "id": "text",
        "timestamp": "timestamp",
        "soc": "%",
        "range": "km",
        "chargingStatus": "text",
        "batteryCapacity": "kWh",
    },
    GET_SCHEDULE: PLAN,
    GET_SESSIONS: rows_of({**PLAN, "endDateTime": "timestamp", "status": "text"}),
    GET_LOCATIONS: rows_of({**LOCATION, **PLACE}),
    GET_CAPABILITIES: rows_of(MODEL),
    POST_CONNECT: {"deviceId": "text", "message": "text"},
}
# Not read: a plan is its car's, and a vehicle is the one that was asked for.
UNREAD = {GET_SCHEDULE: {"id"}, GET_SESSIONS: {"[].id"}, VEHICLE: {"id", "type"}}
each_endpoint = pytest.mark.parametrize("endpoint", FIELDS, ids=str)


@each_endpoint
async def test_the_tables_are_complete(wire: Wire, endpoint: Endpoint) -> None:
    """Every field the simulator answers is in a table of this file."""
    found = {
        path
        for path in paths_of(await wire.answer(endpoint))
        if "hourlyCharges." not in path
    }
    assert found - UNREAD.get(endpoint, set()) == FIELDS[endpoint].keys()


@each_endpoint
async def test_an_odd_field_costs_that_field_alone(
    wire: Wire, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    """It is read like a missing one and noted; the row stays, if it needs no id."""
    answer = await wire.answer(endpoint)
    for path, kind in FIELDS[endpoint].items():
        without = [] if path == "[]" else changed(answer, path)
        expected, _ = await wire.read(endpoint, without)
        for wrong in WRONG[kind.rstrip("!")]:
            with subtests.test(path=path, wrong=wrong):
                read, odd = await wire.read(endpoint, changed(answer, path, wrong))
                assert read == expected
                assert odd == {oddity(endpoint, path, wrong)}


@each_endpoint
async def test_missing_null_and_empty_fields(
    wire: Wire, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    """They are the same, and nothing odd where a field can be done without."""
    answer = await wire.answer(endpoint)
    for path, kind in FIELDS[endpoint].items():
        if kind == "row":
            continue
        expected, _ = await wire.read(endpoint, changed(answer, path))
        for nothing in NOTHING:
            with subtests.test(path=path, nothing=nothing):
                read, odd = await wire.read(endpoint, changed(answer, path, nothing))
                assert read == expected
                noted = {oddity(endpoint, path, nothing)} if kind[-1] == "!" else set()
                assert odd == noted


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [
        (VEHICLES, "id"),
        (GET_LOCATIONS, "id"),
        (GET_CAPABILITIES, "make"),
    ],
    ids=str,
)
async def test_a_bad_row_hides_no_other(
    wire: Wire, endpoint: Endpoint, field: str
) -> None:
    """A row that cannot be known by anything is left out."""
    (row,) = await wire.answer(endpoint)
    (first,), odd = await rows_read(wire, endpoint, [None, changed(row, field), row])
    assert first == (await rows_read(wire, endpoint, [row]))[0][0]
    assert odd == {oddity(endpoint, each, ...) for each in ("[]", f"[].{field}")}


async def rows_read(wire: Wire, endpoint: Endpoint, answer: Any) -> tuple[Any, Any]:
    """Return the rows that were read, and what is odd."""
    read, odd = await wire.read(endpoint, answer)
    return tuple(read.vehicles.values()) if endpoint is VEHICLES else read, odd


SPELLINGS: list[tuple[Endpoint, str, Any, list[Any]]] = [
    (GET_STATUS, "soc", 80, ["80", " 80.0 ", 80.0, "8.0e1", "80,0", "+80"]),
    (GET_STATUS, "soc", 80.5, ["80.5", "80,5", "80,50"]),
    (GET_STATUS, "chargingStatus", "NOT_CHARGING", ["not_charging", "Not charging"]),
    (GET_STATUS, "chargingStatus", "NOT_CHARGING", ["not-charging", "notCharging"]),
    (
        GET_STATUS,
        "timestamp",
        "2026-01-12T09:30:00Z",
        [
            "2026-01-12T09:30:00.000Z",
            "2026-01-12T11:30:00+02:00",
            "2026-01-12T09:30:00",
            "2026-01-12t09:30z",
            "2026-01-12 09:30:00",
            1768210200,
            "1768210200",
            1768210200.0,
            1768210200000,
            "1768210200000",
        ],
    ),
    (GET_PREFERENCES, "readyTime", "07:30", ["7:30", "07:30:00", "07:30:45.5"]),
    (GET_PREFERENCES, "chargingBehavior", "SMART_CHARGE_OFF", ["smart charge off"]),
    (GET_PREFERENCES, "targetSoC.unit", "PERCENT", ["percent", "Percent "]),
    (
        GET_PREFERENCES,
        "weekDaySpecificReadyTimes",
        {"SUNDAY": "09:00", "MONDAY": "07:00"},
        [{"sunday": "9:00", "Monday": "07:00", "MONDAY": "08:00", "FRIDAY": None}],
    ),
    (VEHICLES, "[].type", "EV", ["ev", " Ev "]),
    (VEHICLE, "settings.locationSupported", True, ["true", "TRUE", 1, "1"]),
    (VEHICLE, "settings.locationSupported", False, ["false", "False", 0, "0"]),
    (VEHICLE, "attributes.year", 2023, ["2023", 2023.0, "2023.0"]),
    (VEHICLE, "attributes.engineType", "PHEV", ["phev", "Phev"]),
    (VEHICLE, "attributes.vin", "17", [17]),
    (GET_CAPABILITIES, "[].capabilities", ["READ_LOCATION"], [["read location"]]),
    (GET_SESSIONS, "[].status", "INTERRUPTED", ["interrupted"]),
]


async def test_spellings_that_mean_the_same(
    wire: Wire, subtests: pytest.Subtests
) -> None:
    """Numbers as text, constants in any case, all forms of times."""
    for endpoint, path, documented, spellings in SPELLINGS:
        answer = await wire.answer(endpoint)
        expected = await wire.read(endpoint, changed(answer, path, documented))
        assert expected[1] == set()
        for spelled in spellings:
            with subtests.test(path=path, spelled=spelled):
                read = await wire.read(endpoint, changed(answer, path, spelled))
                assert read == expected


async def test_what_the_spellings_mean(wire: Wire) -> None:
    """The table above compares with these."""
    status = await wire.answer(GET_STATUS)
    status |= {"soc": "80,5", "timestamp": "2026-01-12T11:30:00.250+02:00"}
    read, _ = await wire.read(GET_STATUS, status)
    assert read.soc == 80.5
    assert read.timestamp == datetime(2026, 1, 12, 9, 30, 0, 250000, UTC)
    assert read.timestamp.tzinfo is UTC
    preferences = await wire.answer(GET_PREFERENCES)
    read, _ = await wire.read(
        GET_PREFERENCES, changed(preferences, "readyTime", "0:05")
    )
    assert read.ready_time == time(0, 5)


async def test_numbers_as_text(wire: Wire, simulator: Simulator) -> None:
    """The documentation prints all numbers and booleans in quotes."""
    plain = {each: await wire.answer(each) for each in FIELDS}
    simulator.quoted_numbers = True
    for endpoint, answer in plain.items():
        quoted = await wire.answer(endpoint)
        assert await wire.read(endpoint, quoted) == await wire.read(endpoint, answer)
    assert (await wire.answer(VEHICLE))["settings"]["locationSupported"] == "true"


UNKNOWN = [
    (GET_STATUS, "chargingStatus", "Pre-heating", "charging_status", "PRE_HEATING"),
    (GET_PREFERENCES, "chargingBehavior", "solar", "charging_behavior", "SOLAR"),
    (GET_PREFERENCES, "minimalSoC.unit", "Miles", "minimum_soc.unit", "MILES"),
    (VEHICLE, "integration", "Enode", "integration", "ENODE"),
    (VEHICLE, "attributes.engineType", "fcev", "attributes.engine_type", "FCEV"),
    (GET_SCHEDULE, "timeZone", "Mars/Base", "time_zone", "Mars/Base"),
]


@pytest.mark.parametrize(("endpoint", "path", "value", "attribute", "kept"), UNKNOWN)
async def test_unknown_constants_are_kept_and_noted(
    wire: Wire, endpoint: Endpoint, path: str, value: str, attribute: str, kept: str
) -> None:
    """Hiven may use values that are newer than its documentation."""
    answer = changed(await wire.answer(endpoint), path, value)
    read, odd = await wire.read(endpoint, answer)
    assert attrgetter(attribute)(read) == kept
    # Names of time zones are no constants.
    noted = set() if endpoint is GET_SCHEDULE else {oddity(endpoint, path, value)}
    assert odd == noted


async def test_items_of_lists(wire: Wire) -> None:
    """A bad item costs the item; an unknown capability is kept."""
    answer = await wire.answer(VEHICLE)
    answer = changed(answer, "associatedChargerIds", ["a", True, None, "", 5])
    read, odd = await wire.read(VEHICLE, answer)
    assert read.associated_charger_ids == ("a", "5")
    assert odd == {oddity(VEHICLE, "associatedChargerIds[]", True)}
    models = changed(await wire.answer(GET_CAPABILITIES), "[].capabilities", ["fly"])
    (model,), odd = await wire.read(GET_CAPABILITIES, models)
    assert model.capabilities == {"FLY"}
    assert odd == {oddity(GET_CAPABILITIES, "[].capabilities[]", "fly")}


async def test_a_bad_day_costs_the_day(wire: Wire) -> None:
    """A name that nobody knows is not noted by that name."""
    week = {"MONDAY": "07:00", "TUESDAY": "noon", "HOLIDAY": "11:00", "\ud800": 5}
    answer = await wire.answer(GET_PREFERENCES)
    answer = changed(answer, "weekDaySpecificReadyTimes", week)
    read, odd = await wire.read(GET_PREFERENCES, answer)
    assert read.week_day_ready_times == {"MONDAY": time(7)}
    assert odd == {
        oddity(GET_PREFERENCES, "weekDaySpecificReadyTimes.TUESDAY", "noon"),
        oddity(GET_PREFERENCES, "weekDaySpecificReadyTimes[]", "11:00"),
        oddity(GET_PREFERENCES, "weekDaySpecificReadyTimes[]", 5),
    }


TEN = datetime(2024, 3, 22, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


async def test_a_bad_hour_costs_the_hour(wire: Wire) -> None:
    """Of the plan and of every session; keys may be quarters of an hour."""
    good = {
        "2024-03-22T10:00:00Z": 0.1,
        "2024-03-22T10:15:00.000Z": "1",
        "2024-03-22T12:30:00+02:00": 1.0005,
        str(int(TEN.timestamp()) + 2700): 0,
        str(int(TEN.timestamp()) * 1000): 0.9,
        "2024-03-22T11:00:00": None,
    }
    bad: dict[str, Any] = {
        "2024-03-22T12:07:00Z": 0.5,
        "2024-03-22T12:00:01Z": 0.5,
        "2024-03-22T13:00:00Z": 1.01,
        "2024-03-22T14:00:00Z": -0.1,
        "2024-03-22T15:00:00Z": True,
        "2024-03-22T16:00:00Z": [0.5],
        "Liisankatu": 0.5,
        "\ud800": 0.5,
    }
    for endpoint, row in ((GET_SCHEDULE, ""), (GET_SESSIONS, "[].")):
        path = f"{row}hourlyCharges"
        answer = changed(await wire.answer(endpoint), path, good | bad)
        read, odd = await wire.read(endpoint, answer)
        plan = read[0] if row else read
        assert plan.hourly_charges == {
            TEN: 0.1,
            TEN + QUARTER: 1.0,
            TEN + 2 * QUARTER: 1.0,
            TEN + 3 * QUARTER: 0.0,
        }
        found = ("string", 0.5, True, [])
        assert odd == {oddity(endpoint, f"{path}[]", each) for each in found}


SHAPES: list[Any] = [None, "", "text", 5, True, [], [[]], {}, {"new": 1}]
UNDERSTOOD: dict[Endpoint, list[Any]] = {
    VEHICLES: [[], [[]]],
    VEHICLE: [None, "", {}, {"new": 1}],
    GET_PREFERENCES: [None, "", {}, {"new": 1}],
    GET_SCHEDULE: [None, "", {}, {"new": 1}],
    GET_SESSIONS: [None, "", {}, [], [[]]],
    GET_LOCATIONS: [[], [[]]],
    GET_CAPABILITIES: [[], [[]]],
    POST_CONNECT: [None, "", {}, {"new": 1}],
}
NONE_YET = (VEHICLE, GET_PREFERENCES, GET_SCHEDULE)


@pytest.mark.parametrize("endpoint", [*READS, POST_LOCATION, POST_CONNECT], ids=str)
async def test_answers_of_another_shape(
    wire: Wire, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    """What is not the object or list it should be is refused as a whole."""
    for answer in SHAPES:
        with subtests.test(answer=answer):
            if not any(
                answer is each or answer == each
                for each in UNDERSTOOD.get(endpoint, [])
            ):
                with pytest.raises(UnexpectedAnswerError) as caught:
                    await wire.read(endpoint, answer)
                assert caught.value.endpoint == endpoint.name
                continue
            read, _ = await wire.read(endpoint, answer)
            if endpoint in NONE_YET:
                assert (read is None) is (answer in (None, "", {}))
            elif endpoint is GET_SESSIONS:
                assert read == ()
            elif endpoint is POST_CONNECT:
                assert read == Connection(device_id=None, message=None, added=False)


async def test_a_status_without_telemetry_is_refused(wire: Wire) -> None:
    """It must not wipe what is known; any one value is enough."""
    nothing = {"id": FULL_ID, "timestamp": "2026-01-12T10:00:00Z"}
    for odd in ({}, {"soc": "many", "range": -1, "chargingStatus": ""}):
        with pytest.raises(UnexpectedAnswerError, match="no telemetry"):
            await wire.read(GET_STATUS, nothing | odd)
    for value in ({"soc": 0}, {"range": 0}, {"chargingStatus": "new"}):
        assert await wire.read(GET_STATUS, nothing | value)


async def test_vehicle_without_preferences(wire: Wire) -> None:
    """An empty object means that nobody has set any, too."""
    answer = await wire.answer(VEHICLE)
    empty = changed(answer, IN_SETTINGS, {})
    read, odd = await wire.read(VEHICLE, empty)
    assert (read.preferences, odd) == (None, set())
    off = changed(answer, IN_SETTINGS, {"chargingBehavior": "SMART_CHARGE_OFF"})
    read, _ = await wire.read(VEHICLE, off)
    assert read.preferences == Preferences()


async def test_a_setting_that_was_not_understood_can_be_carried(wire: Wire) -> None:
    """It goes back as it came; what is not set is not sent."""
    sent = {
        "chargingBehavior": "Solar only",
        "targetSoC": "80 %",
        "readyTime": None,
        "minimalSoC": "",
        "batteryCapacity": 0,
        "chargingLocationIds": [],
        "weekDaySpecificReadyTimes": {"monday": "7 am", "Holiday": 5, "FRIDAY": None},
        "somethingNew": {"deep": 1},
    }
    preferences, _ = await wire.read(GET_PREFERENCES, sent)
    names = {field.name for field in fields(Preferences)}
    carried = {
        "chargingBehavior": "Solar only",
        "targetSoC": "80 %",
        "batteryCapacity": 0,
        "chargingLocationIds": [],
        "weekDaySpecificReadyTimes": sent["weekDaySpecificReadyTimes"],
    }
    assert preferences.carried(names) == carried
    assert preferences.carried({"target_soc", "ready_time"}) == {"targetSoC": "80 %"}
    assert preferences.raw_week == {"MONDAY": "7 am", "HOLIDAY": 5}
    assert preferences.raw == sent
    assert "Solar only" not in repr(preferences)
    assert preferences == replace(preferences, raw={})
    assert (Preferences().carried(names), Preferences().raw_week) == ({}, {})
    assert Preferences(raw={"weekDaySpecificReadyTimes": "x"}).raw_week == {}


async def test_a_target_is_judged_by_its_unit(wire: Wire) -> None:
    """300 km are a target, 300 % are none."""
    answer = await wire.answer(GET_PREFERENCES)
    for unit, expected in (
        ("KM", StateOfCharge(value=300, unit="KM")),
        ("PERCENT", None),
    ):
        target = {"value": 300, "unit": unit}
        read, odd = await wire.read(GET_PREFERENCES, answer | {"targetSoC": target})
        assert read.target_soc == expected
        wrong = set() if expected else {oddity(GET_PREFERENCES, "targetSoC.value", 300)}
        assert odd == wrong


@pytest.mark.parametrize(
    ("row", "is_vehicle"),
    [
        ({"type": "EV", "integration": "OTHER"}, True),
        ({"type": "CHARGER", "integration": "SMARTCAR"}, False),
        ({}, True),
        ({"type": [], "integration": "smartcar"}, True),
        ({"attributes": {"deviceType": "ev"}, "integration": "OTHER"}, True),
        ({"attributes": {"deviceType": "CHARGER"}}, False),
        ({"integration": "OCPP"}, False),
    ],
)
async def test_what_counts_as_a_vehicle(
    wire: Wire, row: dict[str, Any], is_vehicle: bool
) -> None:
    """The type decides, without one the device type, else the integration."""
    listed, _ = await wire.read(VEHICLES, [{"id": "car-1", **row}])
    assert listed.vehicles.keys() == ({"car-1"} if is_vehicle else set())
    assert listed.others == (not is_vehicle)


async def test_chargers_are_left_out(
    client: Any, simulator: Simulator, full_car: Car
) -> None:
    """Even those that look strange, and nothing in them is odd."""
    simulator.add_other_device(USER_ID, {"id": "charger-1"})
    strange = {"id": "heat-pump", "type": "HVAC", "attributes": 5, "settings": None}
    simulator.add_other_device(USER_ID, strange)
    listed = await client.vehicles()
    assert set(listed.vehicles) == {FULL_ID}
    assert listed.others == 2
    assert client.journal.oddities == set()


async def test_of_two_rows_with_one_id_the_first_counts(wire: Wire) -> None:
    """A vehicle is there once."""
    (row,) = await wire.answer(VEHICLES)
    again = changed(row, "attributes.name", "Impostor")
    (vehicle,), _ = await rows_read(wire, VEHICLES, [row, again])
    assert vehicle.attributes.name == "Family car"


async def test_fields_nobody_documented_change_nothing(wire: Wire) -> None:
    """Hiven may add what it likes, as deep as Python reads it."""
    deep: Any = None
    for _ in range(500):
        deep = {"deeper": [deep]}

    def extended(value: Any, name: str = "") -> Any:
        match value:
            case dict() if name not in ("weekDaySpecificReadyTimes", "hourlyCharges"):
                more = {"new": deep, "": "", "__class__": "x"}
                return {key: extended(each, key) for key, each in value.items()} | more
            case list():
                return [extended(each) for each in value]
        return value

    for endpoint in FIELDS:
        answer = await wire.answer(endpoint)
        more = await wire.read(endpoint, extended(answer))
        assert more == await wire.read(endpoint, answer)


async def test_nesting_too_deep_for_python(client: Any, simulator: Simulator) -> None:
    """It ends in an error of the client's own, never in a RecursionError."""
    body = b"[" * 100_000 + b"]" * 100_000
    simulator.fail("GET", VEHICLES.path, body=body)
    with pytest.raises(UnexpectedAnswerError, match="not JSON"):
        await client.vehicles()


@pytest.mark.parametrize(
    "url",
    [
        *("http://connect.smartcar.com/oauth", "http://127.0.0.1.example.com/oauth"),
        *("http://127.0.0.1@example.com/oauth", "javascript:alert(1)", "//example.com"),
        *(
            "ftp://example.com",
            "https://",
            "https://[::1",
            "https://example.com:9999999",
        ),
        *("", None, ["https://example.com"]),
    ],
)
async def test_only_safe_addresses_are_opened(wire: Wire, url: Any) -> None:
    """A browser is sent to https, or to this machine."""
    with pytest.raises(UnexpectedAnswerError) as caught:
        await wire.read(GET_AUTHORIZATION_URL, {"authorizationUrl": url})
    assert caught.value.field == "authorizationUrl"
    for safe in ("https://connect.smartcar.com/a?b=c", "http://[::1]:8080/a"):
        answer = {"authorizationUrl": safe}
        assert await wire.read(GET_AUTHORIZATION_URL, answer) == (safe, set())


JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text()
    | st.sampled_from(("2026-01-12T10:00:00Z", "07:30", "EV", "80")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from(tuple(VEHICLE_FIELDS)), inner)
    ),
    max_leaves=8,
)
LEAVES = [path for path in VEHICLE_FIELDS if path.startswith("attributes.")]


@given(JSONS, st.sampled_from(LEAVES))
def test_whatever_a_field_holds_the_others_stay(value: Any, path: str) -> None:
    """And what was read can be shown and sent; a second time it is the same."""
    names = {leaf: leaf.rpartition(".")[2] for leaf in LEAVES}
    answer = {"attributes": dict.fromkeys(names.values(), "2023"), "settings": {}}
    answer["settings"] = {
        "chargingPreferences": {"targetSoC": value, "readyTime": value}
    }

    def read(answer: Any) -> Vehicle:
        return Vehicle.from_fields(Fields(answer, "GET /", Journal()), "car-1")

    plain, odd = read(answer), read(changed(answer, path, value))
    differing = {
        field.name
        for field in fields(plain.attributes)
        if getattr(plain.attributes, field.name) != getattr(odd.attributes, field.name)
    }
    assert len(differing) <= 1
    assert odd == read(changed(answer, path, value))
    assert replace(odd, attributes=plain.attributes) == plain
    json.dumps(repr(odd), allow_nan=False).encode()
