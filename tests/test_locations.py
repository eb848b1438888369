"""The dialogs that add, change and delete charging locations."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.setup import async_setup_component
import pytest

from simulator import Car

from . import USER_ID, Json
from .actions import LOCATIONS, PREFERENCES
from .dialog import Dialog
from .flow_helpers import Trouble, each_trouble
from .home import Home, until

LOCATION = f"{LOCATIONS}/*"
ADDRESS = {
    "country_code": "SE", "street_address": "Storgatan 1", "postal_code": "211 22",
    "city": "Malmö",
}  # fmt: skip
HOME = {"zone": "zone.home", "name": "Home", **ADDRESS}
HOME_OF_CAR = {**HOME, "vehicles": ["car-1"]}
CABIN = {
    "name": "Cabin",
    "coordinates": {"latitude": 61.5, "longitude": 23.75},
    "countryCode": "SE", "postalCode": "111 22", "streetAddress": "Rantatie 2",
    "city": "Stockholm",
}  # fmt: skip
CHANGE = ("choose_location", "change_location")
DELETE = ("choose_location", "delete_location")
FINNISH = {"countryCode": "FI", "postalCode": "33100"}


@pytest.fixture
async def dialog(dialog: Dialog, home: Home) -> Dialog:
    """Return a dialog in a home with a running account and a shop as a zone."""
    home.hass.config.country = "SE"
    shop = {"name": "Shop", "latitude": 55.6, "longitude": 13.0}
    assert await async_setup_component(home.hass, "zone", {"zone": [shop]})
    await home.start()
    dialog.home = home
    return dialog


@pytest.fixture
async def other(dialog: Dialog) -> Car:
    """Add a second car, on which smart charging is off."""
    other = dialog.home.add_car(preferences={"chargingBehavior": "SMART_CHARGE_OFF"})
    await dialog.home.poll()
    return other


def add(dialog: Dialog, *cars: Car, **instead: Any) -> str:
    """Add a location of some cars at Hiven and return its ID."""
    location: str = dialog.simulator.add_location(USER_ID, {**CABIN, **instead})["id"]
    for car in cars:
        here = {"chargingLocationIds": [*ids(car), location]}
        dialog.simulator.app_edit(car.id, here)
    return location


def ids(car: Car) -> list[str]:
    return list((car.preferences or {}).get("chargingLocationIds", []))


def area(car: Car) -> str | None:
    found: str | None = (car.preferences or {}).get("defaultSpotPriceAreaId")
    return found


def there(dialog: Dialog) -> list[Json]:
    return list(dialog.simulator.locations.get(USER_ID, {}).values())


async def open_list(dialog: Dialog, *choices: str, location: str = "") -> None:
    await dialog.open_options(dialog.home.entry, "charging_locations")
    for choice in choices:
        if dialog.step == "choose_location":
            await dialog.submit(location=location)
        await dialog.choose(choice)


async def change(dialog: Dialog, **changes: Any) -> None:
    await open_list(dialog, *CHANGE)
    await dialog.submit(**dialog.filled_in | changes)


async def finish(dialog: Dialog, **answers: Any) -> None:
    """Submit the last form and check that the dialog succeeds."""
    await dialog.submit(**answers)
    check_done(dialog)


def check_done(dialog: Dialog) -> None:
    assert dialog.result["type"] == "create_entry", (dialog.step, dialog.says)


# Adding.
async def test_a_location_is_added(home: Home, dialog: Dialog) -> None:
    here, options = home.hass.config, {"scan_interval": 7}
    home.hass.config_entries.async_update_entry(home.entry, options=options)
    await home.reload()
    await open_list(dialog)
    assert dialog.ways == ["add_location"]
    assert dialog.placeholders == {"locations": ""}
    await dialog.choose("add_location")
    assert dialog.filled_in == {
        "zone": "zone.home", "country_code": "SE", "vehicles": ["car-1"],
    }  # fmt: skip
    await finish(dialog, **HOME_OF_CAR)
    assert home.entry.options == options
    assert home.simulator.count("GET", LOCATIONS) == 1
    [location] = there(dialog)
    assert location == {
        "id": location["id"], "name": "Home", "spotPriceAreaId": "SE4",
        "coordinates": {"latitude": here.latitude, "longitude": here.longitude},
        "countryCode": "SE", "postalCode": "211 22",
        "streetAddress": "Storgatan 1", "city": "Malmö",
    }  # fmt: skip
    assert ids(home.car) == [location["id"]]
    assert area(home.car) == "SE4"
    await home.choose("smart_charge_at_location")


async def test_a_location_is_called_like_its_zone(dialog: Dialog) -> None:
    dialog.home.hass.config.country = None
    await open_list(dialog, "add_location")
    assert dialog.filled_in["country_code"] == "FI"
    for _ in range(2):
        await dialog.submit(zone="zone.nowhere", **ADDRESS, vehicles=[])
        assert dialog.errors == {"zone": "zone_unusable"}
    await finish(dialog, zone="zone.shop", **ADDRESS, vehicles=[])
    [location] = there(dialog)
    assert location["name"] == "Shop"
    assert location["coordinates"] == {"latitude": 55.6, "longitude": 13.0}
    # The location has no cars.
    assert ids(dialog.home.car) == []
    assert not dialog.home.puts


@pytest.mark.parametrize(("answers", "errors"), [
    ({"name": " home "}, {"name": "name_taken"}),
    ({"postal_code": "2112"}, {"postal_code": "postal_code_unlikely"}),
    ({"name": "Home", "postal_code": "XY"},
     {"name": "name_taken", "postal_code": "postal_code_unlikely"}),
    ({"country_code": "GB", "postal_code": "SW1A 1AA"}, {}),
])  # fmt: skip
async def test_questioned_once(dialog: Dialog, answers: Json, errors: Json) -> None:
    """Submitting the form again confirms the input."""
    add(dialog, name="HOME")
    answers = {**HOME, "name": "Second", **answers}
    await open_list(dialog, "add_location")
    await dialog.submit(**answers, vehicles=[])
    assert dialog.errors == errors
    if errors:
        assert len(there(dialog)) == 1
        await dialog.submit(**answers, vehicles=[])
    check_done(dialog)
    assert len(there(dialog)) == 2


async def test_usual_postal_codes_are_accepted(dialog: Dialog) -> None:
    await open_list(dialog, "add_location")
    for code in (
        "AT 1010", "BE 1000", "CH 8001", "DE 10115", "DK 1050", "EE 10111", "ES 28001",
        "FI 00100", "FR 75001", "IT 00118", "LT 01100", "LV LV-1010", "NL 1012 AB",
        "NO 0150", "PL 00-001", "SE 111 22",
    ):  # fmt: skip
        country, _, code = code.partition(" ")
        address = ADDRESS | {"country_code": country, "postal_code": code}
        # The zone is wrong, so that the form stays.
        await dialog.submit(zone="zone.nowhere", **address, vehicles=[])
        assert dialog.errors == {"zone": "zone_unusable"}, country


@each_trouble()
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_not_stored(dialog: Dialog, trouble: Trouble, method: str) -> None:
    home, path, answers = dialog.home, LOCATIONS, HOME_OF_CAR
    if method == "PUT":
        add(dialog, home.car)
        await open_list(dialog, *CHANGE)
        path, answers = LOCATION, dialog.filled_in | {"name": "Home"}
    else:
        await open_list(dialog, "add_location")
    for _ in range(2):
        await trouble.hit(dialog, method, path, **answers)
    # The list of cars shows whether the key is wrong.
    assert not home.reauths
    logged = f"request from a dialog failed: {method} /v2/hiven/users/:userId/loc"
    assert logged in home.caplog.text
    await finish(dialog, **answers)
    [location] = there(dialog)
    assert location["name"] == "Home"
    assert ids(home.car) == [location["id"]]


async def test_a_key_that_ends_meanwhile(dialog: Dialog) -> None:
    await open_list(dialog, "add_location")
    dialog.fail("*", "*", status=401)
    await dialog.submit(**HOME_OF_CAR)
    await dialog.home.hass.async_block_till_done(wait_background_tasks=True)
    assert dialog.error == "key_refused"
    assert dialog.home.reauths == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "reset"}, {"status": 500}, {"body": {}}, {"kind": "html"}]
)
async def test_a_lost_answer_makes_no_second_one(dialog: Dialog, fault: Json) -> None:
    """Hiven's list shows the new location. An older one is no proof."""
    old = add(dialog, name="Home")
    await open_list(dialog, "add_location")
    await dialog.submit(**HOME_OF_CAR)
    dialog.fail("POST", LOCATIONS, apply=True, **fault)
    await finish(dialog, **HOME_OF_CAR)
    [_, new] = there(dialog)
    assert ids(dialog.home.car) == [new["id"]] != [old]


async def test_a_lost_answer_and_then_no_list(dialog: Dialog) -> None:
    lost = dialog.fail("POST", LOCATIONS, kind="reset", apply=True)
    await open_list(dialog, "add_location")
    no_list = dialog.fail("GET", LOCATIONS, kind="reset")
    for _ in range(2):
        await dialog.submit(**HOME_OF_CAR)
        assert dialog.error == "cannot_connect"
    lost.stop()
    no_list.stop()
    await finish(dialog, **HOME_OF_CAR | {"name": "Cottage", "city": "Lund"})
    [location] = there(dialog)
    assert (location["name"], location["city"]) == ("Cottage", "Lund")
    assert ids(dialog.home.car) == [location["id"]]


# The list.
async def test_the_list_shows_each_with_its_cars(other: Car, dialog: Dialog) -> None:
    add(dialog, dialog.home.car, other)
    shop = add(dialog, other, name="Shop")
    add(dialog, name="")
    await open_list(dialog)
    assert "- **Cabin**: Family car, Other\n- **Shop**: Other" in dialog.says
    await dialog.choose("choose_location")
    await dialog.submit()
    assert dialog.errors == {"location": "location_required"}
    assert not dialog.filled_in
    await dialog.submit(location=shop)
    assert dialog.placeholders["location"] == "Shop"
    assert "Shop: Rantatie 2, 111 22 Stockholm, SE\n\nCars: Other" in dialog.says


@pytest.mark.parametrize(
    "dialect", ["preferences_in_list_only", "preferences_in_resource_only"]
)
async def test_wherever_hiven_has_them(
    home: Home, dialog: Dialog, dialect: str
) -> None:
    """The list shows the last known cars if the settings cannot be read."""
    home.simulator.speak(dialect)
    add(dialog, home.car)
    await open_list(dialog)
    assert "Cabin**: Family car" in dialog.says
    await home.update()
    dialog.fail("GET", PREFERENCES, status=500)
    await open_list(dialog)
    assert "Cabin**: Family car" in dialog.says


@each_trouble()
async def test_the_locations_cannot_be_read(dialog: Dialog, trouble: Trouble) -> None:
    trouble.begin(dialog, "GET", LOCATIONS)
    await open_list(dialog)
    assert dialog.step == trouble.error


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_an_account_that_is_off(home: Home, dialog: Dialog, steps: int) -> None:
    add(dialog, home.car)
    ways = ["charging_locations", "choose_location", "change_location"]
    await dialog.open_options(home.entry, *ways[:steps])
    await home.unload()
    await dialog.choose(ways[steps])
    assert dialog.step == "not_loaded"
    assert "Wait until it has started" in dialog.says


async def test_the_account_reloads_meanwhile(home: Home, dialog: Dialog) -> None:
    add(dialog)
    await open_list(dialog, *CHANGE)
    await home.reload()
    await finish(dialog, vehicles=["car-1"])
    [location] = there(dialog)
    assert ids(home.car) == [location["id"]]
    shown = home.entry.runtime_data.vehicle("car-1").preferences
    assert shown.charging_location_ids == (location["id"],)


# Changing.
@pytest.mark.parametrize(("changes", "sent_on"), [
    ({}, None),
    ({"name": "Cottage"}, {"name": "Cottage"}),
    ({"zone": "zone.shop"}, {"coordinates": {"latitude": 55.6, "longitude": 13.0}}),
    ({"street_address": "Storgatan 3", "postal_code": "112 33"},
     {"streetAddress": "Storgatan 3", "postalCode": "112 33"}),
    ({"name": "", "city": " "}, None),
])  # fmt: skip
async def test_changes(dialog: Dialog, changes: Json, sent_on: Json | None) -> None:
    cabin = add(dialog, dialog.home.car)
    await open_list(dialog, *CHANGE)
    assert dialog.filled_in == {
        "name": "Cabin", "country_code": "SE", "street_address": "Rantatie 2",
        "postal_code": "111 22", "city": "Stockholm", "vehicles": ["car-1"],
    }  # fmt: skip
    await finish(dialog, **dialog.filled_in | changes)
    sent = [each.json for each in dialog.sent("PUT", LOCATION)]
    assert sent == ([sent_on] if sent_on else [])
    assert ids(dialog.home.car) == [cabin]


async def test_its_cars_are_changed(home: Home, other: Car, dialog: Dialog) -> None:
    cabin = add(dialog, home.car)
    await open_list(dialog, *CHANGE)
    work = add(dialog, home.car, other, name="Work")
    await finish(dialog, vehicles=["car-2"])
    assert ids(home.car) == [work]
    assert sorted(ids(other)) == sorted([cabin, work])


async def begin(home: Home, action: Coroutine[Any, Any, Any], *counting: str) -> Any:
    """Start a change and wait until the car shows these locations."""

    def is_shown() -> bool:
        car = home.entry.runtime_data.vehicle(home.car.id)
        return bool(car.preferences.charging_location_ids == counting)

    task = asyncio.ensure_future(action)
    await until(is_shown)
    return task


@pytest.mark.parametrize("dialog_first", [False, True])
async def test_an_action_too(home: Home, dialog: Dialog, dialog_first: bool) -> None:
    """Both go in one write. If they disagree, the later one counts."""
    cabin = add(dialog)
    shop = add(dialog, name="Shop")
    home.edit(defaultSpotPriceAreaId="SE3")
    await open_list(dialog, *CHANGE, location=shop)
    write = home.set_preferences(target_soc=70)
    first, hold = await home.hold("PUT", PREFERENCES, write)
    action = home.set_preferences(charging_location_ids=[cabin])
    choice = dialog.submit(vehicles=["car-1"])
    if dialog_first:
        tasks = [await begin(home, choice, shop), await begin(home, action, cabin)]
    else:
        tasks = [await begin(home, action, cabin)]
        tasks.append(await begin(home, choice, cabin, shop))
    hold.release()
    await asyncio.gather(first, *tasks)
    check_done(dialog)
    assert ids(home.car) == ([cabin] if dialog_first else [cabin, shop])
    assert home.simulator.count("PUT", PREFERENCES) == 2


# Storing the cars.
async def test_one_of_several_fails(home: Home, other: Car, dialog: Dialog) -> None:
    failing = dialog.fail("PUT", PREFERENCES.replace("*", "car-2"), status=400)
    await open_list(dialog, "add_location")
    await dialog.submit(**HOME, vehicles=["car-1", "car-2"])
    assert (dialog.step, dialog.error) == ("location_vehicles", "not_stored")
    assert "Hiven has stored the location Home" in dialog.says
    assert "Not stored: Other: " in dialog.says
    assert "dialog could not store a change" in home.caplog.text
    assert dialog.filled_in == {"vehicles": ["car-1", "car-2"]}
    failing.stop()
    await finish(dialog, **dialog.filled_in)
    [location] = there(dialog)
    assert ids(home.car) == ids(other) == [location["id"]]
    assert home.simulator.count("PUT", PREFERENCES.replace("*", "car-1")) == 1


async def test_taking_back_a_doubtful_choice(home: Home, dialog: Dialog) -> None:
    lost = dialog.fail("PUT", PREFERENCES, kind="reset", apply=True)
    await open_list(dialog, "add_location")
    hold = home.simulator.hold("PUT", PREFERENCES)
    write = asyncio.create_task(dialog.submit(**HOME_OF_CAR))
    await hold.arrived()
    unread = dialog.fail("GET", PREFERENCES, status=500)
    hold.release()
    await write
    assert dialog.step == "location_vehicles"
    lost.stop()
    unread.stop()
    assert len(ids(home.car)) == 1
    await finish(dialog, vehicles=[])
    assert ids(home.car) == []


async def test_a_car_goes_while_a_location_is_added(other: Car, dialog: Dialog) -> None:
    await open_list(dialog, "add_location")
    dialog.home.simulator.remove_car("car-1")
    await dialog.home.poll(3)
    await finish(dialog, **HOME, vehicles=["car-1", "car-2"])
    assert ids(other) == [each["id"] for each in there(dialog)]


# Deleting.
async def test_a_location_is_deleted(home: Home, other: Car, dialog: Dialog) -> None:
    cabin = add(dialog, home.car)
    shop = add(dialog, home.car, name="Shop")
    await open_list(dialog, *DELETE, location=cabin)
    assert "Cars: Family car" in dialog.says
    home.simulator.app_edit("car-2", {"chargingLocationIds": [cabin]})
    await finish(dialog)
    assert [each["id"] for each in there(dialog)] == [shop]
    assert (ids(home.car), ids(other)) == ([shop], [])
    methods = [each.method for each in home.simulator.requests]
    assert [each for each in methods if each != "GET"] == ["PUT", "PUT", "DELETE"]


async def test_a_car_that_needs_its_last_location(home: Home, dialog: Dialog) -> None:
    add(dialog, home.car)
    home.edit(chargingBehavior="SMART_CHARGE_AT_LOCATION")
    await home.update()
    await open_list(dialog, *DELETE)
    await dialog.submit()
    assert dialog.error == "not_deleted"
    assert "would have no charging location left" in dialog.says
    assert len(there(dialog)) == len(ids(home.car)) == 1
    home.edit(chargingBehavior="SMART_CHARGE_ANYWHERE")
    await finish(dialog)
    assert not there(dialog)


@each_trouble("not_found")
@pytest.mark.parametrize("path", [LOCATION, LOCATIONS])
async def test_not_deleted(dialog: Dialog, trouble: Trouble, path: str) -> None:
    add(dialog, dialog.home.car)
    await open_list(dialog, *DELETE)
    await trouble.hit(dialog, "DELETE" if path == LOCATION else "GET", path)
    await finish(dialog)
    assert not there(dialog)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_location_that_is_gone_already(dialog: Dialog, status: int) -> None:
    add(dialog)
    dialog.fail("DELETE", LOCATION, status=status, apply=True)
    await open_list(dialog, *DELETE)
    await finish(dialog)


# Price areas.
async def test_an_area_that_stays(home: Home, dialog: Dialog) -> None:
    add(dialog, home.car)
    home.edit(defaultSpotPriceAreaId="NO1")
    await home.update()
    await change(dialog, name="Cottage")
    check_done(dialog)
    assert area(home.car) == "NO1"
    assert home.simulator.count("PUT", PREFERENCES) == 0
    home.edit(defaultSpotPriceAreaId="SE3")
    await home.update()
    await open_list(dialog, "add_location")
    await finish(dialog, **HOME_OF_CAR)
    assert len(ids(home.car)) == 2
    assert area(home.car) == "SE3"


@pytest.mark.parametrize("choice", ["SE4", "SE1"])
async def test_an_area_that_fits_none(home: Home, dialog: Dialog, choice: str) -> None:
    add(dialog, home.car, name="Finland", **FINNISH)
    home.edit(defaultSpotPriceAreaId="SE1")
    await home.update()
    await open_list(dialog, "add_location")
    await dialog.submit(**HOME_OF_CAR)
    assert dialog.step == "price_area"
    assert "Family car charges by the prices of area SE1" in dialog.says
    assert dialog.options == {"area": ["SE4", "FI", "SE1"]}
    assert dialog.filled_in == {"area": "SE4"}
    assert area(home.car) == "SE1"
    failing = dialog.fail("PUT", PREFERENCES, status=403)
    await dialog.submit(area="SE4")
    assert dialog.error == "not_stored"
    failing.stop()
    await finish(dialog, area=choice)
    assert area(home.car) == choice


async def test_a_location_moves_away(home: Home, other: Car, dialog: Dialog) -> None:
    third = home.add_car(3, "Third")
    await home.poll()
    add(dialog, home.car, other)
    for car in (home.car, other, third):
        home.simulator.app_edit(car.id, {"defaultSpotPriceAreaId": "SE3"})
    await home.update()
    await change(dialog, postal_code="211 22", city="Malmö")
    for name in ("Family car", "Other"):
        assert dialog.placeholders["vehicle"] == name
        assert dialog.filled_in == {"area": "SE4"}
        await dialog.submit(area="SE4")
    check_done(dialog)
    assert [area(car) for car in (home.car, other, third)] == ["SE4", "SE4", "SE3"]


async def test_the_last_location_of_an_area_goes(home: Home, dialog: Dialog) -> None:
    cabin = add(dialog, home.car)
    add(dialog, home.car, name="Finland", **FINNISH)
    home.edit(defaultSpotPriceAreaId="SE3")
    await home.update()
    await open_list(dialog, *DELETE, location=cabin)
    await dialog.submit()
    assert dialog.step == "price_area"
    await dialog.submit(area="FI")
    assert area(home.car) == "FI"
    await change(dialog, vehicles=[])
    check_done(dialog)
    assert area(home.car) == "FI"
