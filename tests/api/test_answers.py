"""How answers are read: every documented field, as it should and should not be."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, time
import json
from operator import attrgetter
import re
from typing import Any

import aiohttp
import pytest

from custom_components.hiven.api import HivenClient, Preferences, UnexpectedAnswerError
from simulator import Car, Simulator
from tests import API_KEY, USER_ID

from .cars import FULL_ID
from .endpoints import (
    DELETE_DEVICE,
    DEVICE,
    DEVICES,
    ENDPOINTS,
    GET_AUTHORIZATION_URL,
    GET_CAPABILITIES,
    GET_LOCATIONS,
    GET_PREFERENCES,
    GET_SCHEDULE,
    GET_SESSIONS,
    GET_STATUS,
    POST_CONNECT,
    PUT_PREFERENCES,
    READS,
    REDIRECT,
    Endpoint,
)

NAN, INFINITY, HUGE = float("nan"), float("inf"), 10**400

# What a field cannot be, by what it is. In the tables a "!" marks one that has to be.
WRONG: dict[str, list[Any]] = {
    "text": [True, [], {}, ["x"], NAN, INFINITY, "\ud800"],
    "number": ["many", "", "nan", "1e999", "0x10", True, [], {}, NAN, -INFINITY, HUGE],
    "whole number": ["many", 2023.5, "2023.5", False, [], {}, NAN, INFINITY, HUGE],
    "true or false": ["yes", "", 2, [], {}, NAN],
    "time of day": [
        *("7 am", "7:30", "24:00", "07:60", "0730", "T07:30", "07:30Z", "07:30+02:00"),
        *("07:30 pm", "", 730, True, [], {}),
    ],
    "timestamp": [
        *("yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", ""),
        *(1700000000, True, [], {}),
    ],
    "list of texts": ["x", 5, True, {}, [True], [[]], ["x", None], ["\ud800"]],
    "object": ["x", 5, True, [], ""],
    "list": ["x", 5, True, {}],
}

SOC = {"": "object", ".value": "number!", ".unit": "text!"}
PREFERENCES = {
    "chargingBehavior": "text!",
    "chargingLocationIds": "list of texts",
    "readyTime": "time of day",
    "weekDaySpecificReadyTimes": "object",
    "weekDaySpecificReadyTimes.SATURDAY": "time of day",
    "weekDaySpecificReadyTimes.SUNDAY": "time of day",
    **{f"targetSoC{path}": kind for path, kind in SOC.items()},
    **{f"minimalSoC{path}": kind for path, kind in SOC.items()},
    "batteryCapacity": "number",
    "defaultSpotPriceAreaId": "text",
}
LOCATION = {
    "": "object",
    ".id": "text",
    ".locationId": "text",
    ".coordinates": "object",
    ".coordinates.latitude": "number",
    ".coordinates.longitude": "number",
    ".countryCode": "text",
    ".postalCode": "text",
    ".spotPriceAreaId": "text",
}
IN_SETTINGS = "settings.chargingPreferences"
VEHICLE = {
    "id": "text!",
    "type": "text!",
    "integration": "text",
    "associatedToCharger": "true or false",
    "associatedChargerIds": "list of texts",
    "createdAt": "timestamp",
    "attributes": "object!",
    "attributes.partnerId": "text",
    "attributes.partnerName": "text",
    "attributes.externalId": "text",
    "attributes.userId": "text",
    "attributes.vin": "text",
    "attributes.manufacturer": "text",
    "attributes.year": "whole number",
    "attributes.model": "text",
    "attributes.name": "text",
    "attributes.deviceType": "text",
    "attributes.engineType": "text",
    "settings": "object!",
    "settings.locationSupported": "true or false",
    IN_SETTINGS: "object",
    **{f"{IN_SETTINGS}.{path}": kind for path, kind in PREFERENCES.items()},
    f"{IN_SETTINGS}.chargingLocations": "list",
    **{f"{IN_SETTINGS}.chargingLocations[0]{p}": kind for p, kind in LOCATION.items()},
}
STATUS = {
    "id": "text",
    "timestamp": "timestamp",
    "soc": "number",
    "range": "number",
    "chargingStatus": "text",
    "batteryCapacity": "number",
}
MODEL = {
    "[0]": "object",
    "[0].make": "text!",
    "[0].model": "text",
    "[0].yearRange": "object",
    "[0].yearRange.start": "whole number",
    "[0].yearRange.end": "whole number",
    "[0].type": "text",
    "[0].capabilities": "list of texts",
}
PLAN = {
    "createdAt": "timestamp",
    "hourlyCharges": "object",
    "spotPriceAreaId": "text",
    "readyTime": "timestamp",
    "timeZone": "text",
}
SESSION = {**PLAN, "endDateTime": "timestamp", "status": "text"}
CHARGING_LOCATION = {"id": "text!", "name": "text", "spotPriceAreaId": "text"}
# Where a location is; of no interest once Hiven knows it.
UNREAD = {
    *("[0].coordinates", "[0].coordinates.latitude", "[0].coordinates.longitude"),
    *("[0].countryCode", "[0].postalCode", "[0].streetAddress", "[0].city"),
}


def rows_of(fields: dict[str, str]) -> dict[str, str]:
    """Return the table of a list of such objects."""
    return {"[0]": "object", **{f"[0].{path}": fields[path] for path in fields}}


FIELDS = {
    DEVICES: rows_of(VEHICLE),
    DEVICE: VEHICLE,
    GET_PREFERENCES: PREFERENCES,
    GET_STATUS: STATUS,
    GET_SCHEDULE: PLAN,
    GET_SESSIONS: rows_of(SESSION),
    GET_LOCATIONS: rows_of(CHARGING_LOCATION),
    GET_CAPABILITIES: MODEL,
    POST_CONNECT: {"deviceId": "text", "message": "text"},
    GET_AUTHORIZATION_URL: {"authorizationUrl": "text!"},
}


@dataclass
class Wire:
    """The true answers of the simulator, to be changed and given to the client."""

    client: HivenClient
    simulator: Simulator
    session: aiohttp.ClientSession

    async def answer(self, endpoint: Endpoint) -> Any:
        """Return what the simulator answers."""
        if endpoint is POST_CONNECT:
            return {"deviceId": FULL_ID, "message": "added"}
        async with self.session.get(
            self.simulator.url + endpoint.path,
            params=endpoint.query,
            headers={"X-Api-Key": API_KEY, "X-User-Id": USER_ID},
        ) as response:
            answer = await response.json()
        if endpoint in (GET_SCHEDULE, GET_SESSIONS):
            # Hours are no fields, but names of what varies.
            (answer if endpoint is GET_SCHEDULE else answer[0])["hourlyCharges"] = {}
        return answer[:1] if isinstance(answer, list) else answer

    async def read(self, endpoint: Endpoint, answer: Any) -> Any:
        """Have the client read that answer."""
        body = json.dumps(answer).encode()
        fault = self.simulator.fail(endpoint.method, endpoint.path, body=body)
        try:
            return await endpoint.call(self.client)
        finally:
            fault.stop()

    async def problem(self, endpoint: Endpoint, answer: Any) -> UnexpectedAnswerError:
        """Return what the client has against an answer."""
        if endpoint in (DEVICES, GET_SESSIONS) and isinstance(answer, list):
            found = (await self.read(endpoint, answer)).unreadable
            (problem,) = found.values() if endpoint is DEVICES else found
            assert isinstance(problem, UnexpectedAnswerError)
            return problem
        with pytest.raises(UnexpectedAnswerError) as caught:
            await self.read(endpoint, answer)
        return caught.value


@pytest.fixture
def wire(
    client: HivenClient,
    simulator: Simulator,
    session: aiohttp.ClientSession,
    full_car: Car,
) -> Wire:
    """Return the simulator's answers for the full car."""
    simulator.redirect_uris.add(REDIRECT)
    return Wire(client, simulator, session)


def keys(path: str) -> list[str | int]:
    """Return the steps of a path into JSON."""
    return [
        int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)
    ]


def changed(answer: Any, path: str, value: Any = ...) -> Any:
    """Return a copy with another value at a path, without the field if there is none."""
    answer = deepcopy(answer)
    *way, last = keys(path)
    place = answer
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return answer


def paths_of(value: Any, path: str = "") -> set[str]:
    """Return the paths of all that stands in JSON; lists of texts are one field."""
    found: set[str] = {path} if path else set()
    if isinstance(value, dict):
        for key, each in value.items():
            found |= paths_of(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        found |= paths_of(value[0], f"{path}[0]")
    return found


@pytest.mark.parametrize("endpoint", READS, ids=str)
async def test_the_tables_are_complete(wire: Wire, endpoint: Endpoint) -> None:
    """Every field the simulator answers is in a table of this file."""
    found = paths_of(await wire.answer(endpoint))
    if endpoint is GET_LOCATIONS:
        found -= UNREAD
    if endpoint in (GET_SCHEDULE, GET_SESSIONS):
        # A plan is its car's; nobody asks for it by its id.
        found -= {"id", "[0].id"}
    assert found == FIELDS[endpoint].keys()


@pytest.mark.parametrize("endpoint", FIELDS, ids=str)
async def test_a_field_of_the_wrong_type_is_named(
    wire: Wire, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    """The error says which field of which endpoint, and not what stood there."""
    answer = await wire.answer(endpoint)
    for path, kind in FIELDS[endpoint].items():
        for wrong in WRONG[kind.rstrip("!")]:
            with subtests.test(path=path, wrong=wrong):
                problem = await wire.problem(endpoint, changed(answer, path, wrong))
                assert problem.endpoint == endpoint.name
                assert problem.field in {path, f"{path}[0]"}
                assert str(problem).startswith(f"{endpoint.name}: {problem.field} is ")
                assert len(str(problem)) < len(f"{endpoint.name}{path}") + 30


@pytest.mark.parametrize("endpoint", FIELDS, ids=str)
async def test_missing_and_null_fields(
    wire: Wire, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    """Required ones are an error with their name, all others are none."""
    answer = await wire.answer(endpoint)
    for path, kind in FIELDS[endpoint].items():
        if path.endswith("]"):
            continue  # A row is not missing from anything.
        nothing = [..., None, ""] if kind == "text!" else [..., None]
        for value in nothing:
            without = changed(answer, path, value)
            with subtests.test(path=path, value=value):
                if kind.endswith("!"):
                    problem = await wire.problem(endpoint, without)
                    assert problem.endpoint == endpoint.name
                    assert problem.field == path
                    assert str(problem).endswith("is missing")
                else:
                    read = await wire.read(endpoint, without)
                    assert not getattr(read, "unreadable", None)


SHAPES: list[Any] = [None, "", "text", 5, True, [], [[]], {}, {"new": 1}]
UNDERSTOOD: dict[Endpoint, list[Any]] = {
    DEVICES: [[], [[]]],
    GET_PREFERENCES: [None, {}],
    GET_SCHEDULE: [None, {}, {"new": 1}],
    GET_SESSIONS: [None, [], [[]]],
    GET_LOCATIONS: [[]],
    PUT_PREFERENCES: [None, ""],
    GET_CAPABILITIES: [[]],
    POST_CONNECT: [{}, {"new": 1}],
}


@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if each is not DELETE_DEVICE], ids=str
)
async def test_answers_of_another_shape(
    wire: Wire, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    """What is not the documented shape is an error that names the endpoint."""
    for answer in SHAPES:
        with subtests.test(answer=answer):
            if answer in UNDERSTOOD.get(endpoint, []):
                await wire.read(endpoint, answer)
            else:
                problem = await wire.problem(endpoint, answer)
                assert problem.endpoint == endpoint.name


async def test_numbers_as_text(wire: Wire) -> None:
    """The documentation prints numbers and booleans in quotes."""
    plain = {each: await each.call(wire.client) for each in READS}
    wire.simulator.quoted_numbers = True
    answer = await wire.answer(DEVICE)
    assert answer["attributes"]["year"] == "2023"
    assert answer["settings"]["locationSupported"] == "true"
    for endpoint in READS:
        if endpoint is not GET_AUTHORIZATION_URL:
            assert await endpoint.call(wire.client) == plain[endpoint]


async def test_text_as_numbers(wire: Wire) -> None:
    """An id or a postal code without quotes is taken as text."""
    answer = await wire.answer(DEVICE)
    answer = changed(answer, "id", 17)
    answer = changed(answer, f"{IN_SETTINGS}.chargingLocations[0].postalCode", 170)
    vehicle = await wire.read(DEVICE, answer)
    assert vehicle.id == "17"
    assert vehicle.preferences.charging_locations[0].postal_code == "170"


async def test_fields_nobody_documented_change_nothing(wire: Wire) -> None:
    """Hiven may add what it likes, anywhere."""

    def extended(value: Any) -> Any:
        match value:
            case dict():
                more = {"new": {"deep": [None, 1.5]}, "": "", "__class__": "x"}
                return {key: extended(each) for key, each in value.items()} | more
            case list():
                return [extended(each) for each in value]
        return value

    for endpoint in (DEVICES, DEVICE, GET_STATUS, GET_CAPABILITIES):
        answer = await wire.answer(endpoint)
        more = extended(answer)
        if endpoint in (DEVICES, DEVICE):
            # Here a name is a day, and its value a time.
            place = more[0] if endpoint is DEVICES else more
            week = place["settings"]["chargingPreferences"]["weekDaySpecificReadyTimes"]
            for name in ("new", "", "__class__"):
                del week[name]
        assert await wire.read(endpoint, more) == await wire.read(endpoint, answer)


@pytest.mark.parametrize(
    ("endpoint", "path", "value", "attribute"),
    [
        (GET_STATUS, "chargingStatus", "PREHEATING", "charging_status"),
        (GET_PREFERENCES, "chargingBehavior", "SMART_SOLAR", "charging_behavior"),
        (GET_PREFERENCES, "targetSoC.unit", "MILES", "target_soc.unit"),
        (DEVICE, "integration", "ENODE", "integration"),
        (DEVICE, "attributes.engineType", "FCEV", "attributes.engine_type"),
    ],
)
async def test_unknown_values_are_kept(
    wire: Wire, endpoint: Endpoint, path: str, value: str, attribute: str
) -> None:
    """Hiven may know more values than its documentation."""
    read = await wire.read(endpoint, changed(await wire.answer(endpoint), path, value))
    assert attrgetter(attribute)(read) == value


@pytest.mark.parametrize("wrong", [{"HOLIDAY": "noon"}, {"\ud800": "07:00"}])
async def test_days_nobody_knows_are_not_named(
    wire: Wire, wrong: dict[str, str]
) -> None:
    """What stands where a day should be may be anything."""
    answer = await wire.answer(GET_PREFERENCES)
    answer["weekDaySpecificReadyTimes"] = {"MONDAY": "07:00", **wrong}
    problem = await wire.problem(GET_PREFERENCES, answer)
    assert problem.field == "weekDaySpecificReadyTimes"
    assert "HOLIDAY" not in str(problem)


async def test_unknown_days_and_capabilities_are_kept(wire: Wire) -> None:
    """As values, so as names."""
    preferences = await wire.answer(GET_PREFERENCES)
    preferences["weekDaySpecificReadyTimes"] = {"HOLIDAY": "11:00", "MONDAY": None}
    read = await wire.read(GET_PREFERENCES, preferences)
    assert read.week_day_ready_times == {"HOLIDAY": time(11, 0)}
    models = await wire.answer(GET_CAPABILITIES)
    models[0]["capabilities"] = ["FLY"]
    (model,) = await wire.read(GET_CAPABILITIES, models)
    assert model.capabilities == {"FLY"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("00:00", time(0, 0)), ("07:30:45", time(7, 30)), ("23:59:59.999", time(23, 59))],
)
async def test_times_of_day(wire: Wire, text: str, expected: time) -> None:
    """They are whole minutes."""
    answer = changed(await wire.answer(GET_PREFERENCES), "readyTime", text)
    assert (await wire.read(GET_PREFERENCES, answer)).ready_time == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-12T09:30:00.250Z", datetime(2026, 1, 12, 9, 30, 0, 250000, UTC)),
        ("2026-01-12T11:30:00+02:00", datetime(2026, 1, 12, 9, 30, tzinfo=UTC)),
        ("2026-01-12T09:30:00", datetime(2026, 1, 12, 9, 30, tzinfo=UTC)),
    ],
)
async def test_moments_are_utc(wire: Wire, text: str, expected: datetime) -> None:
    """With and without a zone."""
    answer = changed(await wire.answer(GET_STATUS), "timestamp", text)
    read = await wire.read(GET_STATUS, answer)
    assert read.timestamp == expected
    assert read.timestamp.tzinfo is UTC


async def test_a_status_that_tells_nothing_is_an_error(wire: Wire) -> None:
    """It must not wipe what is known; any one value is enough."""
    nothing = {"id": FULL_ID, "timestamp": "2026-01-12T10:00:00Z"}
    problem = await wire.problem(GET_STATUS, nothing)
    assert "no telemetry" in str(problem)
    for value in ({"soc": 0}, {"range": 0}, {"chargingStatus": "PLUGGED"}):
        assert await wire.read(GET_STATUS, nothing | value)


async def test_vehicle_without_preferences(wire: Wire) -> None:
    """An empty object is what nobody has set, too."""
    answer = await wire.answer(DEVICE)
    values: tuple[Any, ...] = (..., None, {})
    for value in values:
        without = changed(answer, IN_SETTINGS, value)
        assert (await wire.read(DEVICE, without)).preferences is None
    empty = {"chargingBehavior": "SMART_CHARGE_OFF"}
    read = await wire.read(DEVICE, changed(answer, IN_SETTINGS, empty))
    assert read.preferences == Preferences()


async def test_only_vehicles_are_listed(
    client: HivenClient, simulator: Simulator, full_car: Car
) -> None:
    """Chargers are left out, even those that look strange."""
    simulator.add_other_device(USER_ID, {"id": "charger-1"})
    strange = {"id": "heat-pump", "type": "HVAC", "attributes": 5, "settings": None}
    simulator.add_other_device(USER_ID, strange)
    listed = await client.devices()
    assert set(listed.vehicles) == {FULL_ID}
    assert listed.unreadable == {}


async def test_a_bad_row_hides_no_other(wire: Wire) -> None:
    """It is told under its id where that can be read."""
    (row,) = await wire.answer(DEVICES)
    bad = changed(changed(row, "id", "car-bad"), "attributes.year", "new")
    other = changed(row, "id", "car-other")
    listed = await wire.read(DEVICES, [None, bad, row, changed(row, "id"), other])
    assert set(listed.vehicles) == {FULL_ID, "car-other"}
    assert listed.unreadable.keys() == {"car-bad", None}
    assert listed.unreadable["car-bad"].field == "[1].attributes.year"
    assert listed.unreadable[None].field == "[3].id"


async def test_of_two_rows_with_one_id_the_first_counts(wire: Wire) -> None:
    """A vehicle is there once."""
    (row,) = await wire.answer(DEVICES)
    again = changed(row, "attributes.name", "Impostor")
    listed = await wire.read(DEVICES, [row, again])
    (vehicle,) = listed.vehicles.values()
    assert vehicle.attributes.name == "Family car"


async def test_nesting_too_deep_for_python(wire: Wire) -> None:
    """It ends in an error of the client's own, never in a RecursionError."""
    body = b"[" * 100_000 + b"]" * 100_000
    wire.simulator.fail("GET", DEVICES.path, body=body)
    with pytest.raises(UnexpectedAnswerError, match="not JSON"):
        await wire.client.devices()


async def test_nesting_where_nobody_looks(wire: Wire) -> None:
    """Fields nobody documented may nest as deep as Python reads them."""
    deep: Any = None
    for _ in range(500):
        deep = {"deeper": [deep]}
    answer = await wire.answer(DEVICE)
    assert await wire.read(DEVICE, answer | {"new": deep})
