"""How answers are read: an invalid field or row is ignored, and the rest is used."""

from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
from operator import attrgetter
from typing import Any

import pytest

from custom_components.hiven import api

from . import endpoints as at
from .cars import FULL_ID
from .wire import Wire, changed, oddity, paths_of

HUGE = 10**400
NO_NUMBER = [
    *("many", "nan", "1e999", "0x10", "80 %", "1,234", "1_0", "٣"),
    *(True, [], {}, HUGE),
]
NO_TEXT = [True, [], {}, ["x"], "\ud800"]
# Invalid values for each kind of field.
WRONG: dict[str, list[Any]] = {
    "text": NO_TEXT,
    # A row or object without this field is ignored.
    "needed text": NO_TEXT,
    "time zone": [True, [], {}, "x" * 65],
    "percent": [*NO_NUMBER, -1, 100.5, "101"],
    "km": [*NO_NUMBER, -3, 3001],
    "kWh": [*NO_NUMBER, 0, -5, "1001"],
    "latitude": [*NO_NUMBER, 90.5, -91],
    "longitude": [*NO_NUMBER, 181, "-181"],
    "year": [*NO_NUMBER, "MY22", 2023.5, 1899, 2101],
    "whole number": [*NO_NUMBER, 2023.5, "2023.5"],
    "boolean": ["yes", 2, 0.5, [], {}],
    "time of day": [
        *("7 am", "24:00", "07:60", "0730", "07.30", "T07:30", "07:30Z", "7:3", "٣:30"),
        *(730, True, [], {}),
    ],
    "timestamp": [
        *("yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "20260112"),
        *("1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
        *(0, -1, 20260112, 10**18, HUGE, True, [], {}),
    ],
    "texts": ["x", 5, True, {}], "object": ["x", 5, True, []],
    "list": ["x", 5, True, {}], "row": ["x", 5, True, [], None, ""],
}  # fmt: skip
# NaN and infinity are not valid JSON and are read as null.
NOTHING = (..., None, "", " ", float("nan"), float("-inf"))


def table(**paths: str) -> dict[str, str]:
    return {
        path: kind.replace("_", " ")
        for kind, named in paths.items()
        for path in named.split()
    }


def inside(place: str, fields: dict[str, str]) -> dict[str, str]:
    """Return the table with an object or list in front of each path."""
    return {f"{place}.{path}": kind for path, kind in fields.items()}


PREFERENCES = table(
    text="chargingBehavior defaultSpotPriceAreaId", texts="chargingLocationIds",
    time_of_day="readyTime weekDaySpecificReadyTimes.SATURDAY "
    "weekDaySpecificReadyTimes.SUNDAY",
    object="weekDaySpecificReadyTimes targetSoC minimalSoC", percent="targetSoC.value",
    needed_text="targetSoC.unit minimalSoC.unit", km="minimalSoC.value",
    kWh="batteryCapacity",
)  # fmt: skip
PLACE = table(
    object="coordinates", text="countryCode postalCode spotPriceAreaId",
    latitude="coordinates.latitude", longitude="coordinates.longitude",
)  # fmt: skip
IN_SETTINGS = "settings.chargingPreferences"
VEHICLE = table(
    text="integration attributes.partnerId attributes.partnerName attributes.userId "
    "attributes.externalId attributes.vin attributes.manufacturer attributes.model "
    "attributes.name attributes.deviceType attributes.engineType",
    boolean="associatedToCharger settings.locationSupported", timestamp="createdAt",
    texts="associatedChargerIds", object=f"attributes settings {IN_SETTINGS}",
    list=f"{IN_SETTINGS}.chargingLocations", row=f"{IN_SETTINGS}.chargingLocations[]",
    year="attributes.year",
) | inside(
    IN_SETTINGS,
    PREFERENCES | inside("chargingLocations[]", table(text="id locationId") | PLACE),
)  # fmt: skip
PLAN = table(
    timestamp="createdAt readyTime", object="hourlyCharges", text="spotPriceAreaId",
    time_zone="timeZone",
)  # fmt: skip
STATUS = table(
    text="id chargingStatus", timestamp="timestamp", percent="soc", km="range",
    kWh="batteryCapacity",
)  # fmt: skip
MODEL = table(
    needed_text="make", text="model type", texts="capabilities", object="yearRange",
    whole_number="yearRange.start yearRange.end",
)  # fmt: skip
ROW = {"[]": "row"}
FIELDS: dict[at.Endpoint, dict[str, str]] = {
    at.VEHICLES: ROW | inside("[]", table(needed_text="id", text="type") | VEHICLE),
    at.VEHICLE: VEHICLE, at.GET_PREFERENCES: PREFERENCES,
    at.GET_STATUS: STATUS, at.GET_SCHEDULE: PLAN,
    at.GET_SESSIONS: ROW
    | inside("[]", table(timestamp="endDateTime", text="status") | PLAN),
    at.GET_LOCATIONS: ROW
    | inside("[]", table(needed_text="id", text="name streetAddress city") | PLACE),
    at.GET_CAPABILITIES: ROW | inside("[]", MODEL),
    at.POST_CONNECT: table(text="deviceId message"),
}  # fmt: skip
# Fields that the client knows from its request.
UNREAD = {
    at.GET_SCHEDULE: {"id"}, at.GET_SESSIONS: {"[].id"}, at.VEHICLE: {"id", "type"},
}  # fmt: skip
each_endpoint = pytest.mark.parametrize("endpoint", FIELDS, ids=str)


@each_endpoint
async def test_the_tables_are_complete(wire: Wire, endpoint: at.Endpoint) -> None:
    paths = paths_of(await wire.answer(endpoint))
    found = {path for path in paths if "hourlyCharges." not in path}
    assert found - UNREAD.get(endpoint, set()) == FIELDS[endpoint].keys()


@each_endpoint
async def test_an_odd_field_costs_that_field_alone(
    wire: Wire, endpoint: at.Endpoint, subtests: pytest.Subtests
) -> None:
    """The field is read as missing and noted, and the rest of the row is used."""
    answer = await wire.answer(endpoint)
    for path, kind in FIELDS[endpoint].items():
        without = [] if path == "[]" else changed(answer, path)
        expected, _ = await wire.read(endpoint, without)
        for wrong in WRONG[kind]:
            with subtests.test(path=path, wrong=ascii(wrong)):
                read, odd = await wire.read(endpoint, changed(answer, path, wrong))
                assert read == expected
                assert odd == {oddity(endpoint, path, wrong)}


@each_endpoint
async def test_missing_null_and_empty_fields(
    wire: Wire, endpoint: at.Endpoint, subtests: pytest.Subtests
) -> None:
    """All of them mean that there is no value. Only a required field is noted."""
    answer = await wire.answer(endpoint)
    for path, kind in FIELDS[endpoint].items():
        if kind == "row":
            continue
        expected, _ = await wire.read(endpoint, changed(answer, path))
        for nothing in NOTHING:
            with subtests.test(path=path, nothing=ascii(nothing)):
                read, odd = await wire.read(endpoint, changed(answer, path, nothing))
                assert read == expected
                is_number = isinstance(nothing, float)
                noted = oddity(endpoint, path, None if is_number else nothing)
                assert odd == ({noted} if kind == "needed text" else set())


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [(at.VEHICLES, "id"), (at.GET_LOCATIONS, "id"), (at.GET_CAPABILITIES, "make")],
    ids=str,
)
async def test_bad_rows_go_alone(wire: Wire, endpoint: at.Endpoint, field: str) -> None:
    (row,) = await wire.answer(endpoint)
    read, odd = await wire.read(endpoint, [None, changed(row, field), row])
    expected, _ = await wire.read(endpoint, [row])
    assert read == expected
    assert odd == {oddity(endpoint, each, ...) for each in ("[]", f"[].{field}")}


# The documented spelling comes first.
SPELLINGS: list[tuple[at.Endpoint, str, list[Any]]] = [
    (at.GET_STATUS, "soc", [80, "80", " 80.0 ", 80.0, "8.0e1", "8e1", "80,0", "+80"]),
    (at.GET_STATUS, "soc", [80.5, "80.5", "80,5", "80,50"]),
    (at.GET_STATUS, "chargingStatus", [
        "NOT_CHARGING", "not_charging", "Not charging", "not-charging", "notCharging",
    ]),
    (at.GET_STATUS, "timestamp", [
        "2026-01-12T09:30:00Z", "2026-01-12T09:30:00.000Z", "2026-01-12t09:30z",
        "2026-01-12T11:30:00+02:00", "2026-01-12T09:30", "2026-01-12 09:30:00",
        1768210200, 1768210200.0, "1768210200", 1768210200000, "1768210200000",
    ]),
    (at.GET_SCHEDULE, "timeZone", ["x" * 64]),
    (at.GET_STATUS, "timestamp", ["2000-01-01T00:00:00Z", 946684800]),
    (at.GET_STATUS, "timestamp", ["2099-12-31T23:59:59Z", 4102444799]),
    (at.GET_PREFERENCES, "readyTime", ["07:30", "7:30", "07:30:00", "07:30:45.5"]),
    (at.GET_PREFERENCES, "readyTime", ["23:59", "23:59:59"]),
    (at.GET_PREFERENCES, "chargingBehavior", ["SMART_CHARGE_OFF", "smart charge off"]),
    (at.GET_PREFERENCES, "targetSoC.unit", ["PERCENT", "percent", "Percent "]),
    (at.GET_PREFERENCES, "weekDaySpecificReadyTimes", [
        {"SUNDAY": "09:00", "MONDAY": "07:00"},
        {"sunday": "9:00:45", "Monday": "07:00", "MONDAY": "08:00", "FRIDAY": None},
    ]),
    (at.VEHICLES, "[].type", ["EV", "ev", " Ev "]),
    (at.VEHICLE, "settings.locationSupported", [True, "true", "TRUE", 1, "1"]),
    (at.VEHICLE, "settings.locationSupported", [False, "false", "False", 0, "0"]),
    (at.VEHICLE, "attributes.year", [2023, "2023", 2023.0, "2023.0"]),
    (at.VEHICLE, "attributes.engineType", ["PHEV", "phev", "Phev"]),
    (at.VEHICLE, "attributes.vin", ["17", 17]),
    (at.GET_CAPABILITIES, "[].capabilities", [["READ_LOCATION"], ["read location"]]),
    (at.GET_SESSIONS, "[].status", ["INTERRUPTED", "interrupted"]),
    # The limits are valid.
    (at.GET_STATUS, "soc", [0, "0"]), (at.GET_STATUS, "soc", [100, "100"]),
    (at.GET_STATUS, "range", [0, "0"]), (at.GET_STATUS, "range", [3000, "3000"]),
    (at.GET_STATUS, "batteryCapacity", ["1000", 1000]),
    *((at.VEHICLE, "attributes.year", [year, str(year)]) for year in (1900, 2100)),
    *((at.GET_LOCATIONS, "[].coordinates.latitude", [x, str(x)]) for x in (-90, 90)),
    *((at.GET_LOCATIONS, "[].coordinates.longitude", [x, str(x)]) for x in (-180, 180)),
]  # fmt: skip


async def test_spellings_of_the_same(wire: Wire, subtests: pytest.Subtests) -> None:
    for endpoint, path, (documented, *spellings) in SPELLINGS:
        answer = await wire.answer(endpoint)
        expected = await wire.read(endpoint, changed(answer, path, documented))
        assert expected[1] == set()
        for spelled in spellings:
            with subtests.test(path=path, spelled=ascii(spelled)):
                read = await wire.read(endpoint, changed(answer, path, spelled))
                assert read == expected


@pytest.mark.parametrize("dialect", [
    *("timestamps_offset", "timestamps_naive", "timestamps_fraction_free"),
    *("epoch_seconds", "epoch_milliseconds", "lower_case", "times_short"),
    *("times_seconds", "quoted_numbers", "capacity_as_number"),
])  # fmt: skip
async def test_dialects_that_mean_the_same(wire: Wire, dialect: str) -> None:
    reads = [each for each in at.READS if each is not at.GET_AUTHORIZATION_URL]
    documented = [await endpoint.call(wire.client) for endpoint in reads]
    wire.simulator.speak(dialect)
    read = [await endpoint.call(wire.client) for endpoint in reads]
    assert read == documented
    (status,) = (each for each in read if isinstance(each, api.Status))
    assert status.timestamp
    assert status.timestamp.tzinfo is UTC
    assert wire.client.journal.oddities == set()


@pytest.mark.parametrize(("endpoint", "path", "value", "attribute", "kept"), [
    (at.GET_STATUS, "chargingStatus", "Pre-heat", "charging_status", "PRE_HEAT"),
    (at.GET_PREFERENCES, "chargingBehavior", "sun", "charging_behavior", "SUN"),
    (at.GET_PREFERENCES, "minimalSoC.unit", "Miles", "minimum_soc.unit", "MILES"),
    (at.VEHICLE, "integration", "Enode", "integration", "ENODE"),
    (at.VEHICLE, "attributes.engineType", "fcev", "attributes.engine_type", "FCEV"),
])  # fmt: skip
async def test_unknown_constants_are_kept_and_noted(
    wire: Wire, endpoint: at.Endpoint, path: str, value: str, attribute: str, kept: str
) -> None:
    answer = changed(await wire.answer(endpoint), path, value)
    read, odd = await wire.read(endpoint, answer)
    assert attrgetter(attribute)(read) == kept
    assert odd == {oddity(endpoint, path, value)}


async def test_items_of_lists(wire: Wire) -> None:
    ids = ["a", True, None, "", 5]
    answer = changed(await wire.answer(at.VEHICLE), "associatedChargerIds", ids)
    read, odd = await wire.read(at.VEHICLE, answer)
    assert read.associated_charger_ids == ("a", "5")
    assert odd == {oddity(at.VEHICLE, "associatedChargerIds[]", True)}
    answer = await wire.answer(at.GET_CAPABILITIES)
    models = changed(answer, "[].capabilities", ["fly"])
    (model,), odd = await wire.read(at.GET_CAPABILITIES, models)
    assert model.capabilities == {"FLY"}
    assert odd == {oddity(at.GET_CAPABILITIES, "[].capabilities[]", "fly")}


async def test_a_bad_day_costs_the_day(wire: Wire) -> None:
    """The unknown name of a day is not noted."""
    path, endpoint = "weekDaySpecificReadyTimes", at.GET_PREFERENCES
    week = {"MONDAY": "07:00", "TUESDAY": "noon", "HOLIDAY": "11:00", "\ud800": 5}
    answer = changed(await wire.answer(endpoint), path, week)
    read, odd = await wire.read(endpoint, answer)
    assert read.week_day_ready_times == {"MONDAY": time(7)}
    noted = ((f"{path}.TUESDAY", "noon"), (f"{path}[]", "11:00"), (f"{path}[]", 5))
    assert odd == {oddity(endpoint, *each) for each in noted}


TEN = datetime(2024, 3, 22, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
GOOD_HOURS: dict[str, Any] = {
    "2024-03-22T10:00:00Z": 0.1, "2024-03-22T10:15:00.000Z": "1",
    "2024-03-22T12:30:00+02:00": 1.0005, "2024-03-22T11:00:00": None,
    str(int((TEN + 3 * QUARTER).timestamp())): 0,
    str(int(TEN.timestamp()) * 1000): 0.9,
}  # fmt: skip
BAD_HOURS: dict[str, Any] = {
    "2024-03-22T12:07:00Z": 0.5, "2024-03-22T12:00:01Z": 0.5,
    "2024-03-22T13:00:00Z": 1.01, "2024-03-22T14:00:00Z": -0.1,
    "2024-03-22T15:00:00Z": True, "2024-03-22T16:00:00Z": [0.5], "Liisankatu": 0.5,
    "\ud800": 0.5,
}  # fmt: skip


async def test_a_bad_hour_costs_the_hour(wire: Wire) -> None:
    for endpoint, row in ((at.GET_SCHEDULE, ""), (at.GET_SESSIONS, "[].")):
        path = f"{row}hourlyCharges"
        answer = changed(await wire.answer(endpoint), path, GOOD_HOURS | BAD_HOURS)
        read, odd = await wire.read(endpoint, answer)
        shares = (read[0] if row else read).hourly_charges
        starts = [TEN + number * QUARTER for number in range(4)]
        assert shares == dict(zip(starts, (0.1, 1, 1, 0), strict=True))
        found: tuple[Any, ...] = ("string", 0.5, True, [])
        assert odd == {oddity(endpoint, f"{path}[]", each) for each in found}


SHAPES: list[Any] = [None, "", "text", 5, True, [], [[]], {}, {"new": 1}]
ROWS: tuple[Any, ...] = ([], [[]])
MAYBE: tuple[Any, ...] = (None, "", {}, {"new": 1})
UNDERSTOOD: dict[at.Endpoint, tuple[Any, ...]] = {
    **dict.fromkeys((at.VEHICLES, at.GET_LOCATIONS, at.GET_CAPABILITIES), ROWS),
    **dict.fromkeys((at.VEHICLE, at.GET_PREFERENCES, at.GET_SCHEDULE), MAYBE),
    at.POST_CONNECT: MAYBE,
    at.GET_SESSIONS: (None, "", {}, *ROWS),
}


@pytest.mark.parametrize(
    "endpoint", [*at.READS, at.POST_LOCATION, at.POST_CONNECT], ids=str
)
async def test_answers_of_another_shape(
    wire: Wire, endpoint: at.Endpoint, subtests: pytest.Subtests
) -> None:
    nobody = api.Connection(device_id=None, message=None, added=False)
    for answer in SHAPES:
        with subtests.test(answer=ascii(answer)):
            if answer not in UNDERSTOOD.get(endpoint, ()):
                with pytest.raises(api.UnexpectedAnswerError) as caught:
                    await wire.read(endpoint, answer)
                assert caught.value.endpoint == endpoint.name
                continue
            read, _ = await wire.read(endpoint, answer)
            if endpoint is at.VEHICLES:
                assert read.vehicles == {}
            elif UNDERSTOOD[endpoint] is MAYBE and endpoint is not at.POST_CONNECT:
                assert (read is None) is (answer in (None, "", {}))
            else:
                assert read in ((), nobody)


async def test_a_status_without_telemetry_is_refused(wire: Wire) -> None:
    """It must not replace known values. Any single value is enough."""
    nothing = {"id": FULL_ID, "timestamp": "2026-01-12T10:00:00Z"}
    for odd in ({}, {"soc": "many", "range": -1, "chargingStatus": ""}):
        with pytest.raises(api.UnexpectedAnswerError, match="no telemetry"):
            await wire.read(at.GET_STATUS, nothing | odd)
    for value in ({"soc": 0}, {"range": 0}, {"chargingStatus": "new"}):
        assert await wire.read(at.GET_STATUS, nothing | value)


async def test_a_vehicle_without_preferences(wire: Wire) -> None:
    """An empty object means that no settings were made."""
    answer = await wire.answer(at.VEHICLE)
    read, odd = await wire.read(at.VEHICLE, changed(answer, IN_SETTINGS, {}))
    assert (read.preferences, odd) == (None, set())
    off = changed(answer, IN_SETTINGS, {"chargingBehavior": "SMART_CHARGE_OFF"})
    read, _ = await wire.read(at.VEHICLE, off)
    assert read.preferences == api.Preferences()


async def test_a_setting_that_was_not_understood_can_be_carried(wire: Wire) -> None:
    """It is sent back unchanged. Settings without a value are not sent."""
    carried: dict[str, Any] = {
        "chargingBehavior": "Solar only", "targetSoC": "80 %", "batteryCapacity": 0,
        "weekDaySpecificReadyTimes": {"monday": "7 am", "Holiday": 5, "FRIDAY": None},
        "chargingLocationIds": [],
    }  # fmt: skip
    sent = {**carried, "readyTime": None, "minimalSoC": "", "somethingNew": {"deep": 1}}
    preferences, _ = await wire.read(at.GET_PREFERENCES, sent)
    names = {field.name for field in fields(api.Preferences)}
    assert preferences.carried(names) == carried
    assert preferences.carried({"target_soc", "ready_time"}) == {"targetSoC": "80 %"}
    assert preferences.raw_week == {"MONDAY": "7 am", "HOLIDAY": 5}
    assert preferences.raw == sent
    assert "Solar only" not in repr(preferences)
    assert preferences == replace(preferences, raw={})
    assert (api.Preferences().carried(names), api.Preferences().raw_week) == ({}, {})
    assert api.Preferences(raw={"weekDaySpecificReadyTimes": "x"}).raw_week == {}


async def test_a_target_is_judged_by_its_unit(wire: Wire) -> None:
    endpoint = at.GET_PREFERENCES
    target = {"targetSoC": {"value": 300, "unit": "KM"}}
    read, odd = await wire.read(endpoint, target)
    assert (read.target_soc, odd) == (api.StateOfCharge(value=300, unit="KM"), set())
    read, odd = await wire.read(endpoint, changed(target, "targetSoC.unit", "PERCENT"))
    assert read.target_soc is None
    assert odd == {oddity(endpoint, "targetSoC.value", 300)}


@pytest.mark.parametrize(("row", "is_vehicle"), [
    ({"type": "EV", "integration": "OTHER"}, True),
    ({"type": "CHARGER", "integration": "SMARTCAR"}, False),
    ({"type": "HVAC", "attributes": 5, "settings": []}, False),
    ({"attributes": {"deviceType": "ev"}, "integration": "OTHER"}, True),
    ({"attributes": {"deviceType": "CHARGER"}}, False),
    ({}, True), ({"integration": "smartcar"}, True), ({"integration": "OCPP"}, False),
])  # fmt: skip
async def test_what_counts_as_a_vehicle(
    wire: Wire, row: dict[str, Any], is_vehicle: bool
) -> None:
    """The type decides, or else the device type, or else the integration."""
    listed, odd = await wire.read(at.VEHICLES, [{"id": "car-1", **row}])
    assert listed.vehicles.keys() == ({"car-1"} if is_vehicle else set())
    assert listed.others == (not is_vehicle)
    assert is_vehicle or not odd


async def test_of_two_rows_with_one_id_the_first_counts(wire: Wire) -> None:
    (row,) = await wire.answer(at.VEHICLES)
    again = changed(row, "attributes.name", "Impostor")
    (vehicle,) = (await wire.read(at.VEHICLES, [row, again]))[0].vehicles.values()
    assert vehicle.attributes.name == "Family car"


async def test_fields_nobody_documented_change_nothing(wire: Wire) -> None:
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
    wire.simulator.fail("GET", at.LIST, body=b"[" * 100_000 + b"]" * 100_000)
    assert "not JSON" in str(await wire.failure())


UNSAFE = (
    *("http://connect.smartcar.com/oauth", "http://127.0.0.1.example.com/oauth"),
    *("http://127.0.0.1@example.com/oauth", "javascript:alert(1)", "//example.com"),
    *("ftp://example.com", "https://", "https://[::1", "https://example.com:9999999"),
    *("", None, ["https://example.com"]),
)


async def test_only_safe_addresses_are_opened(wire: Wire) -> None:
    """A browser may open HTTPS addresses, and HTTP addresses of this machine."""
    for url in UNSAFE:
        with pytest.raises(api.UnexpectedAnswerError) as caught:
            await wire.read(at.GET_AUTHORIZATION_URL, {"authorizationUrl": url})
        assert caught.value.field == "authorizationUrl"
    for safe in ("https://connect.smartcar.com/a?b=c", "http://[::1]:8080/a"):
        answer = {"authorizationUrl": safe}
        assert await wire.read(at.GET_AUTHORIZATION_URL, answer) == (safe, set())
