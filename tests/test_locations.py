"""Charging locations: a list to add to, change and delete from."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.setup import async_setup_component
import pytest

from simulator import Car, Simulator

from . import USER_ID
from .actions import LOCATIONS, PREFERENCES
from .dialog import Dialog
from .flow_helpers import Trouble, each_trouble
from .home import Home, until

pytest_plugins = "tests.flow_fixtures"

LOCATION = f"{LOCATIONS}/*"
ADDRESS = {
    "country_code": "SE",
    "street_address": "Storgatan 1",
    "postal_code": "211 22",
    "city": "Malmö",
}
HOME = {"zone": "zone.home", "name": "Home", **ADDRESS}
CABIN = {
    "name": "Cabin",
    "coordinates": {"latitude": 61.5, "longitude": 23.75},
    "countryCode": "SE",
    "postalCode": "111 22",
    "streetAddress": "Rantatie 2",
    "city": "Stockholm",
}
FINNISH = {"countryCode": "FI", "postalCode": "33100"}


@pytest.fixture
def other(home: Home) -> Car:
    """Add a second car, on which smart charging is off."""
    return home.add_car(preferences={"chargingBehavior": "SMART_CHARGE_OFF"})


@pytest.fixture
async def home(home: Home) -> Home:
    """Start the account of a home that has a shop on its map."""
    home.hass.config.country = "SE"
    shop = {"name": "Shop", "latitude": 55.6, "longitude": 13.0}
    assert await async_setup_component(home.hass, "zone", {"zone": [shop]})
    await home.start()
    return home


def add(simulator: Simulator, *cars: Car, **instead: Any) -> str:
    """Have Hiven know a location that counts for some cars; return its id."""
    location: str = simulator.add_location(USER_ID, {**CABIN, **instead})["id"]
    for car in cars:
        here = {"chargingLocationIds": [*ids(car), location]}
        simulator.app_edit(car.id, here)
    return location


def ids(car: Car) -> list[str]:
    """Return the locations that count for a car at Hiven."""
    found: list[str] = (car.preferences or {}).get("chargingLocationIds", [])
    return found


def area(car: Car) -> str | None:
    """Return the price area a car has at Hiven."""
    found: str | None = (car.preferences or {}).get("defaultSpotPriceAreaId")
    return found


def there(simulator: Simulator) -> list[dict[str, Any]]:
    """Return the locations that Hiven has."""
    return list(simulator.locations.get(USER_ID, {}).values())


async def open_list(dialog: Dialog, home: Home, *choices: str) -> None:
    """Open the list of locations, and go on from there."""
    await dialog.open_options(home.entry)
    for choice in ("charging_locations", *choices):
        await dialog.choose(choice)


async def add_home(dialog: Dialog, home: Home, *cars: str, **instead: str) -> None:
    """Add a location for some cars."""
    await open_list(dialog, home, "add_location")
    await dialog.submit(**HOME | instead, vehicles=list(cars))


async def change(dialog: Dialog, home: Home, **changes: Any) -> None:
    """Change the one location there is."""
    await open_list(dialog, home, "choose_location", "change_location")
    await dialog.submit(**dialog.filled_in | changes)


def is_done(dialog: Dialog) -> bool:
    """Return whether the dialog has ended well."""
    return dialog.result["type"] == "create_entry"


# Adding.


async def test_a_location_is_added(home: Home, dialog: Dialog) -> None:
    """Home is offered first, for all cars; the other options stay."""
    home.hass.config_entries.async_update_entry(
        home.entry, options={"scan_interval": 7}
    )
    await home.reload()
    await open_list(dialog, home)
    assert dialog.ways == ["add_location"]
    assert dialog.told == {"locations": ""}
    await dialog.choose("add_location")
    assert dialog.filled_in == {
        "zone": "zone.home",
        "country_code": "SE",
        "vehicles": ["car-1"],
    }
    await dialog.submit(**HOME, vehicles=["car-1"])
    assert is_done(dialog), (dialog.step, dialog.says)
    assert home.entry.options == {"scan_interval": 7}
    [location] = there(home.simulator)
    assert location == {
        "id": location["id"],
        "name": "Home",
        "coordinates": {
            "latitude": home.hass.config.latitude,
            "longitude": home.hass.config.longitude,
        },
        "countryCode": "SE",
        "postalCode": "211 22",
        "streetAddress": "Storgatan 1",
        "city": "Malmö",
        "spotPriceAreaId": "SE4",
    }
    assert ids(home.car) == [location["id"]]
    assert area(home.car) == "SE4"
    await home.choose("smart_charge_at_location")


async def test_a_location_is_called_like_its_zone(home: Home, dialog: Dialog) -> None:
    """Unless somebody says otherwise; without cars it counts for none."""
    await open_list(dialog, home, "add_location")
    await dialog.submit(zone="zone.shop", **ADDRESS, vehicles=[])
    assert is_done(dialog), (dialog.step, dialog.says)
    [location] = there(home.simulator)
    assert location["name"] == "Shop"
    assert location["coordinates"] == {"latitude": 55.6, "longitude": 13.0}
    assert ids(home.car) == []
    assert not home.puts


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"name": " home "}, {"name": "name_taken"}),
        ({"postal_code": "2112"}, {"postal_code": "postal_code_unlikely"}),
        (
            {"name": "Home", "postal_code": "XY"},
            {"name": "name_taken", "postal_code": "postal_code_unlikely"},
        ),
        ({"country_code": "GB", "postal_code": "SW1A 1AA"}, {}),
    ],
)
async def test_what_looks_wrong_is_questioned_once(
    home: Home, dialog: Dialog, answers: dict[str, str], errors: dict[str, str]
) -> None:
    """Somebody who insists is right."""
    add(home.simulator, name="HOME")
    answers = {**HOME, "name": "Second", **answers}
    await open_list(dialog, home, "add_location")
    await dialog.submit(**answers, vehicles=[])
    assert dialog.errors == errors
    if errors:
        assert len(there(home.simulator)) == 1
        await dialog.submit(**answers, vehicles=[])
    assert is_done(dialog), (dialog.step, dialog.says)
    assert len(there(home.simulator)) == 2


async def test_a_zone_that_is_gone(home: Home, dialog: Dialog) -> None:
    """It is never accepted, and a home without a country gets one offered."""
    home.hass.config.country = None
    await open_list(dialog, home, "add_location")
    assert dialog.filled_in["country_code"] == "FI"
    for _ in range(2):
        await dialog.submit(**HOME | {"zone": "zone.nowhere"}, vehicles=[])
        assert dialog.errors == {"zone": "zone_unusable"}


@each_trouble()
async def test_a_location_cannot_be_created(
    home: Home, dialog: Dialog, trouble: Trouble
) -> None:
    """What was typed stays; the location is made once, however often that fails."""
    failing = trouble.begin(dialog, "POST", LOCATIONS)
    await open_list(dialog, home, "add_location")
    for _ in range(2):
        await dialog.submit(**HOME, vehicles=["car-1"])
        assert dialog.error == trouble.told
        assert dialog.filled_in == {**HOME, "vehicles": ["car-1"]}
    # The list of cars shows whether it is the key.
    assert not home.reauths
    assert (
        f"request from a dialog failed: POST {LOCATIONS.replace('*', ':userId')}"
        in home.caplog.text
    )
    failing.stop()
    await dialog.submit(**HOME, vehicles=["car-1"])
    assert is_done(dialog), (dialog.step, dialog.says)
    assert ids(home.car) == [each["id"] for each in there(home.simulator)]


async def test_a_key_that_ends_meanwhile(home: Home, dialog: Dialog) -> None:
    """Another one is asked for."""
    await open_list(dialog, home, "add_location")
    dialog.fail("*", "*", status=401)
    await dialog.submit(**HOME, vehicles=["car-1"])
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert dialog.error == "key_refused"
    assert home.reauths == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset", "apply": True},
        {"status": 500, "apply": True},
        {"body": {}, "apply": True},
        {"kind": "html", "apply": True},
    ],
)
async def test_a_lost_answer_makes_no_second_location(
    home: Home, dialog: Dialog, fault: dict[str, Any]
) -> None:
    """Hiven's list shows that it is there; one that was there before is no proof."""
    old = add(home.simulator, name="Home")
    await open_list(dialog, home, "add_location")
    await dialog.submit(**HOME, vehicles=["car-1"])
    dialog.fail("POST", LOCATIONS, **fault)
    await dialog.submit(**HOME, vehicles=["car-1"])
    assert is_done(dialog), (dialog.step, dialog.says)
    [_, new] = there(home.simulator)
    assert ids(home.car) == [new["id"]] != [old]


async def test_a_lost_answer_and_then_no_list(home: Home, dialog: Dialog) -> None:
    """The next try looks first, and stores what is entered then."""
    lost = dialog.fail("POST", LOCATIONS, kind="reset", apply=True)
    await open_list(dialog, home, "add_location")
    no_list = dialog.fail("GET", LOCATIONS, kind="reset")
    for _ in range(2):
        await dialog.submit(**HOME, vehicles=["car-1"])
        assert dialog.error == "cannot_connect"
    lost.stop()
    no_list.stop()
    await dialog.submit(
        **HOME | {"name": "Cottage", "city": "Lund"}, vehicles=["car-1"]
    )
    assert is_done(dialog), (dialog.step, dialog.says)
    [location] = there(home.simulator)
    assert (location["name"], location["city"]) == ("Cottage", "Lund")
    assert ids(home.car) == [location["id"]]


# The list.


async def test_the_list_shows_each_with_its_cars(
    home: Home, other: Car, dialog: Dialog
) -> None:
    """As Hiven has it now, also where its own app changed it a moment ago."""
    await home.poll()
    add(home.simulator, home.car, other)
    shop = add(home.simulator, other, name="Shop")
    add(home.simulator, name="")
    await open_list(dialog, home)
    assert "- **Cabin**: Family car, Other\n- **Shop**: Other" in dialog.says
    await dialog.choose("choose_location")
    await dialog.submit()
    assert dialog.errors == {"location": "location_required"}
    assert not dialog.filled_in
    await dialog.submit(location=shop)
    assert dialog.told["location"] == "Shop"
    assert "Shop: Rantatie 2, 111 22 Stockholm, SE\n\nCars: Other" in dialog.says


@pytest.mark.parametrize(
    "dialect", ["preferences_in_list_only", "preferences_in_resource_only"]
)
async def test_wherever_hiven_keeps_them(
    home: Home, dialog: Dialog, dialect: str
) -> None:
    """The cars of a location are known."""
    home.simulator.speak(dialect)
    add(home.simulator, home.car)
    await open_list(dialog, home)
    assert "Cabin**: Family car" in dialog.says


async def test_the_cars_cannot_be_read(home: Home, dialog: Dialog) -> None:
    """What was known last is shown."""
    add(home.simulator, home.car)
    await home.update()
    dialog.fail("GET", PREFERENCES, status=500)
    await open_list(dialog, home)
    assert "Cabin**: Family car" in dialog.says


@each_trouble()
async def test_the_locations_cannot_be_read(
    home: Home, dialog: Dialog, trouble: Trouble
) -> None:
    """The dialog ends with the reason."""
    trouble.begin(dialog, "GET", LOCATIONS)
    await open_list(dialog, home)
    assert dialog.step == trouble.told


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_an_account_that_is_not_running(
    home: Home, dialog: Dialog, steps: int
) -> None:
    """The dialog ends with a sentence, wherever it is."""
    add(home.simulator, home.car)
    ways = ["charging_locations", "choose_location", "change_location"]
    await dialog.open_options(home.entry)
    for way in ways[:steps]:
        await dialog.choose(way)
    await home.unload()
    await dialog.choose(ways[steps])
    assert dialog.step == "not_loaded"
    assert "Wait until it has started" in dialog.says


async def test_the_account_reloads_while_the_dialog_is_open(
    home: Home, dialog: Dialog
) -> None:
    """The new one writes, not the closed one."""
    add(home.simulator)
    await open_list(dialog, home, "choose_location", "change_location")
    await home.reload()
    await dialog.submit(vehicles=["car-1"])
    assert is_done(dialog), (dialog.step, dialog.says)
    [location] = there(home.simulator)
    assert ids(home.car) == [location["id"]]
    shown = home.entry.runtime_data.vehicle("car-1").preferences
    assert shown.charging_location_ids == (location["id"],)


# Changing.


@pytest.mark.parametrize(
    ("changes", "sent_on"),
    [
        ({}, None),
        ({"name": "Cottage"}, {"name": "Cottage"}),
        ({"zone": "zone.shop"}, {"coordinates": {"latitude": 55.6, "longitude": 13.0}}),
        (
            {"street_address": "Storgatan 3", "postal_code": "112 33"},
            {"streetAddress": "Storgatan 3", "postalCode": "112 33"},
        ),
        ({"name": "", "city": " "}, None),
    ],
    ids=["nothing", "name", "zone", "address", "emptied"],
)
async def test_a_location_is_changed(
    home: Home, dialog: Dialog, changes: dict[str, str], sent_on: dict[str, Any] | None
) -> None:
    """Only what differs is sent; its cars stay."""
    cabin = add(home.simulator, home.car)
    await open_list(dialog, home, "choose_location", "change_location")
    assert dialog.filled_in == {
        "name": "Cabin",
        "country_code": "SE",
        "street_address": "Rantatie 2",
        "postal_code": "111 22",
        "city": "Stockholm",
        "vehicles": ["car-1"],
    }
    await dialog.submit(**dialog.filled_in | changes)
    assert is_done(dialog), (dialog.step, dialog.says)
    assert [each.json for each in dialog.sent("PUT", LOCATION)] == (
        [sent_on] if sent_on else []
    )
    assert ids(home.car) == [cabin]


async def test_its_cars_are_changed(home: Home, other: Car, dialog: Dialog) -> None:
    """Each car keeps its other locations, also those that came meanwhile."""
    await home.poll()
    cabin = add(home.simulator, home.car)
    await open_list(dialog, home, "choose_location", "change_location")
    work = add(home.simulator, home.car, other, name="Work")
    await dialog.submit(vehicles=["car-2"])
    assert is_done(dialog), (dialog.step, dialog.says)
    assert ids(home.car) == [work]
    assert sorted(ids(other)) == sorted([cabin, work])


@each_trouble()
async def test_a_location_cannot_be_changed(
    home: Home, dialog: Dialog, trouble: Trouble
) -> None:
    """What was typed stays, and trying again helps."""
    add(home.simulator, home.car)
    failing = trouble.begin(dialog, "PUT", LOCATION)
    await change(dialog, home, name="Cottage")
    assert dialog.error == trouble.told
    assert dialog.filled_in["name"] == "Cottage"
    failing.stop()
    await dialog.submit(**dialog.filled_in)
    assert is_done(dialog), (dialog.step, dialog.says)
    assert there(home.simulator)[0]["name"] == "Cottage"


async def begin(home: Home, action: Coroutine[Any, Any, Any], *counting: str) -> Any:
    """Begin a change, and wait until these locations are shown to count."""

    def shown() -> tuple[str, ...]:
        car = home.entry.runtime_data.vehicle(home.car.id)
        found: tuple[str, ...] = car.preferences.charging_location_ids
        return found

    task = asyncio.ensure_future(action)
    await until(lambda: shown() == counting)
    return task


@pytest.mark.parametrize("dialog_first", [False, True])
async def test_an_action_at_the_same_moment(
    home: Home, dialog: Dialog, dialog_first: bool
) -> None:
    """Both go in one write; the later one counts where they disagree."""
    cabin = add(home.simulator)
    shop = add(home.simulator, name="Shop")
    home.edit(defaultSpotPriceAreaId="SE3")
    await open_list(dialog, home, "choose_location")
    await dialog.submit(location=shop)
    await dialog.choose("change_location")
    first, hold = await home.hold(
        "PUT", PREFERENCES, home.set_preferences(target_soc=70)
    )
    action = home.set_preferences(charging_location_ids=[cabin])
    choice = dialog.submit(vehicles=["car-1"])
    if dialog_first:
        tasks = [await begin(home, choice, shop), await begin(home, action, cabin)]
    else:
        tasks = [
            await begin(home, action, cabin),
            await begin(home, choice, cabin, shop),
        ]
    hold.release()
    await asyncio.gather(first, *tasks)
    assert is_done(dialog), (dialog.step, dialog.says)
    assert ids(home.car) == ([cabin] if dialog_first else [cabin, shop])
    assert home.simulator.count("PUT", PREFERENCES) == 2


# Storing the cars.


async def test_one_of_several_cars_fails(
    home: Home, other: Car, dialog: Dialog
) -> None:
    """The location exists, only that car is left, and the dialog says so."""
    await home.poll()
    failing = dialog.fail("PUT", PREFERENCES.replace("*", "car-2"), status=400)
    await add_home(dialog, home, "car-1", "car-2")
    assert dialog.step == "location_vehicles"
    assert dialog.error == "not_stored"
    assert "Hiven has stored the location Home" in dialog.says
    assert "Not stored: Other: " in dialog.says
    assert "dialog could not store a change" in home.caplog.text
    assert dialog.filled_in == {"vehicles": ["car-1", "car-2"]}
    failing.stop()
    await dialog.submit(**dialog.filled_in)
    assert is_done(dialog), (dialog.step, dialog.says)
    [location] = there(home.simulator)
    assert ids(home.car) == ids(other) == [location["id"]]
    assert home.simulator.count("PUT", PREFERENCES.replace("*", "car-1")) == 1


async def test_taking_a_choice_back_after_a_doubtful_write(
    home: Home, dialog: Dialog
) -> None:
    """It is not taken for no change."""
    lost = dialog.fail("PUT", PREFERENCES, kind="reset", apply=True)
    hold = home.simulator.hold("PUT", PREFERENCES)
    write = asyncio.create_task(add_home(dialog, home, "car-1"))
    await hold.arrived()
    unread = dialog.fail("GET", PREFERENCES, status=500)
    hold.release()
    await write
    assert dialog.step == "location_vehicles"
    lost.stop()
    unread.stop()
    assert len(ids(home.car)) == 1
    await dialog.submit(vehicles=[])
    assert is_done(dialog), (dialog.step, dialog.says)
    assert ids(home.car) == []


async def test_a_car_that_goes_while_a_location_is_added(
    home: Home, other: Car, dialog: Dialog
) -> None:
    """The location is made, for the other car."""
    await home.poll()
    await open_list(dialog, home, "add_location")
    home.simulator.remove_car("car-1")
    await home.poll(3)
    await dialog.submit(**HOME, vehicles=["car-1", "car-2"])
    assert is_done(dialog), (dialog.step, dialog.says)
    assert ids(other) == [each["id"] for each in there(home.simulator)]


# Deleting.


async def test_a_location_is_deleted(home: Home, other: Car, dialog: Dialog) -> None:
    """It leaves every car's list first, also where it was added a moment ago."""
    await home.poll()
    cabin = add(home.simulator, home.car)
    shop = add(home.simulator, home.car, name="Shop")
    await open_list(dialog, home, "choose_location")
    await dialog.submit(location=cabin)
    await dialog.choose("delete_location")
    assert "these cars no longer use it: Family car" in dialog.says
    home.simulator.app_edit("car-2", {"chargingLocationIds": [cabin]})
    await dialog.submit()
    assert is_done(dialog), (dialog.step, dialog.says)
    assert [each["id"] for each in there(home.simulator)] == [shop]
    assert (ids(home.car), ids(other)) == ([shop], [])
    *writes, delete = [
        each.method for each in home.simulator.requests if each.method != "GET"
    ]
    assert (writes, delete) == (["PUT", "PUT"], "DELETE")


async def test_a_car_that_needs_its_last_location(home: Home, dialog: Dialog) -> None:
    """The location stays, and the form says why."""
    add(home.simulator, home.car)
    home.edit(chargingBehavior="SMART_CHARGE_AT_LOCATION")
    await home.update()
    await open_list(dialog, home, "choose_location", "delete_location")
    await dialog.submit()
    assert dialog.error == "not_deleted"
    assert "Family car" in dialog.says
    assert len(there(home.simulator)) == len(ids(home.car)) == 1
    home.edit(chargingBehavior="SMART_CHARGE_ANYWHERE")
    await dialog.submit()
    assert is_done(dialog), (dialog.step, dialog.says)
    assert not there(home.simulator)


@each_trouble("not_found")
@pytest.mark.parametrize("path", [LOCATION, LOCATIONS])
async def test_a_location_cannot_be_deleted(
    home: Home, dialog: Dialog, trouble: Trouble, path: str
) -> None:
    """Trying again helps."""
    add(home.simulator, home.car)
    await open_list(dialog, home, "choose_location", "delete_location")
    failing = trouble.begin(dialog, "DELETE" if path == LOCATION else "GET", path)
    await dialog.submit()
    assert dialog.error == trouble.told
    failing.stop()
    await dialog.submit()
    assert is_done(dialog), (dialog.step, dialog.says)
    assert not there(home.simulator)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_location_that_is_gone_already(
    home: Home, dialog: Dialog, status: int
) -> None:
    """What is gone cannot be deleted better."""
    add(home.simulator)
    dialog.fail("DELETE", LOCATION, status=status, apply=True)
    await open_list(dialog, home, "choose_location", "delete_location")
    await dialog.submit()
    assert is_done(dialog), (dialog.step, dialog.says)


# Price areas.


async def test_a_second_location_in_another_area(home: Home, dialog: Dialog) -> None:
    """The area stays while a location fits it."""
    add(home.simulator, home.car)
    home.edit(defaultSpotPriceAreaId="SE3")
    await home.update()
    await add_home(dialog, home, "car-1")
    assert is_done(dialog), (dialog.step, dialog.says)
    assert len(ids(home.car)) == 2
    assert area(home.car) == "SE3"


@pytest.mark.parametrize("choice", ["SE4", "SE1"])
async def test_an_area_that_fits_no_location(
    home: Home, dialog: Dialog, choice: str
) -> None:
    """Changing it is asked for, in words; it may stay."""
    add(home.simulator, home.car, name="Finland", **FINNISH)
    home.edit(defaultSpotPriceAreaId="SE1")
    await home.update()
    await add_home(dialog, home, "car-1")
    assert dialog.step == "price_area"
    assert "Family car charges by the prices of area SE1" in dialog.says
    assert dialog.options == {"area": ["SE4", "FI", "SE1"]}
    assert dialog.filled_in == {"area": "SE4"}
    assert area(home.car) == "SE1"
    failing = dialog.fail("PUT", PREFERENCES, status=403)
    await dialog.submit(area="SE4")
    assert dialog.error == "not_stored"
    failing.stop()
    await dialog.submit(area=choice)
    assert is_done(dialog), (dialog.step, dialog.says)
    assert area(home.car) == choice


async def test_a_location_that_moves_to_another_area(
    home: Home, other: Car, dialog: Dialog
) -> None:
    """Its cars follow, one question each; a car with another location does not."""
    await home.poll()
    third = home.add_car(3, "Third")
    await home.poll()
    add(home.simulator, home.car, other)
    for car in (home.car, other):
        home.simulator.app_edit(car.id, {"defaultSpotPriceAreaId": "SE3"})
    home.simulator.app_edit(third.id, {"defaultSpotPriceAreaId": "SE3"})
    await home.update()
    await change(dialog, home, postal_code="211 22", city="Malmö")
    for name in ("Family car", "Other"):
        assert dialog.told["vehicle"] == name
        assert dialog.filled_in == {"area": "SE4"}
        await dialog.submit(area="SE4")
    assert is_done(dialog), (dialog.step, dialog.says)
    assert [area(car) for car in (home.car, other, third)] == ["SE4", "SE4", "SE3"]


async def test_the_last_location_of_an_area_goes(home: Home, dialog: Dialog) -> None:
    """By deleting it, or by taking the car off it."""
    cabin = add(home.simulator, home.car)
    add(home.simulator, home.car, name="Finland", **FINNISH)
    home.edit(defaultSpotPriceAreaId="SE3")
    await home.update()
    await open_list(dialog, home, "choose_location")
    await dialog.submit(location=cabin)
    await dialog.choose("delete_location")
    await dialog.submit()
    assert dialog.step == "price_area"
    await dialog.submit(area="FI")
    assert area(home.car) == "FI"
    await change(dialog, home, vehicles=[])
    assert is_done(dialog), (dialog.step, dialog.says)
    assert area(home.car) == "FI"


async def test_a_choice_as_it_was_changes_nothing(home: Home, dialog: Dialog) -> None:
    """Nor is the price area questioned that somebody set."""
    add(home.simulator, home.car)
    home.edit(defaultSpotPriceAreaId="NO1")
    await home.update()
    await change(dialog, home, name="Cottage")
    assert is_done(dialog), (dialog.step, dialog.says)
    assert area(home.car) == "NO1"
    assert home.simulator.count("PUT", PREFERENCES) == 0
