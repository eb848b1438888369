"""Changing an account: a new key, another car, a car that is removed."""

from collections.abc import Callable

from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.issue_registry import async_get as issues_of
import pytest

from custom_components.hiven.const import DOMAIN
from simulator import Car

from . import API_KEY, CREDENTIAL_ID, NEW_KEY, USER_ID, Json
from .actions import LIST
from .dialog import Dialog
from .flow_helpers import (
    BAD_KEYS,
    DETAILS,
    LATER,
    NOWHERE,
    REFUSALS,
    Trouble,
    each_bad_key,
    each_key_trouble,
    each_trouble,
    spoil_key,
)
from .home import Home

STATES = {
    "car-1": "sensor.family_car_state_of_charge",
    "car-2": "sensor.second_car_state_of_charge",
}
DATA = {"auth_implementation": CREDENTIAL_ID}
THIS_CAR = {"vehicle": "car-1", "confirm": True}


@pytest.fixture
async def dialog(dialog: Dialog, home: Home) -> Dialog:
    """Return a dialog with a running account."""
    dialog.home = home
    await home.start()
    return dialog


async def reconfigure(dialog: Dialog, *choices: str) -> None:
    """Open the reconfigure dialog and choose a step."""
    await dialog.reconfigure(dialog.home.entry, *choices)


async def asked_for_a_key(dialog: Dialog) -> None:
    """Reload the account and open the only dialog, which asks for a key."""
    await dialog.home.reload()
    assert not dialog.home.is_loaded()
    [flow] = dialog.hass.config_entries.flow.async_progress()
    await dialog.take_over(flow["flow_id"])
    assert dialog.step == "reauth_confirm"
    assert dialog.placeholders["user_id"] == USER_ID


def shows(dialog: Dialog, car_id: str = "car-1") -> bool:
    """Return whether a car has a device and entities. It has all of them or none."""
    devices = dr.async_get(dialog.hass).devices
    entities = er.async_get(dialog.hass).entities.values()
    has_device = any((DOMAIN, car_id) in device.identifiers for device in devices)
    has_entities = any(each.unique_id.startswith(f"{car_id}_") for each in entities)
    has_state = dialog.shown(STATES[car_id]) is not None
    assert has_device == has_entities == has_state
    return has_state


@pytest.mark.parametrize("is_asked", [True, False])
async def test_a_new_key(home: Home, dialog: Dialog, is_asked: bool) -> None:
    entry, simulator = home.entry, home.simulator
    simulator.add_account(USER_ID, NEW_KEY)
    if is_asked:
        await asked_for_a_key(dialog)
    else:
        await reconfigure(dialog, "new_api_key")
        assert not dialog.is_open("provider")
    assert USER_ID in dialog.says
    await dialog.submit(api_key="wrong")
    assert dialog.error == "invalid_auth"
    assert entry.data == DATA
    assert dialog.keys == [(USER_ID, API_KEY)]
    calls_before = simulator.count("GET", LIST)
    await dialog.submit(api_key=f" {NEW_KEY} ")
    assert dialog.step == f"{'reauth' if is_asked else 'reconfigure'}_successful"
    assert simulator.count("GET", LIST) == calls_before + 2
    assert dialog.sent("GET", LIST)[-1].headers["X-Api-Key"] == NEW_KEY
    assert dialog.home.is_loaded()
    assert shows(dialog)
    assert dialog.hass.config_entries.async_entries(DOMAIN) == [entry]
    assert list(entry.data) == ["auth_implementation"]
    assert dialog.keys == [(USER_ID, NEW_KEY)]
    assert not dialog.hass.config_entries.flow.async_progress()


@each_key_trouble
async def test_a_new_key_cannot_be_checked(dialog: Dialog, trouble: Trouble) -> None:
    dialog.simulator.add_account(USER_ID, NEW_KEY)
    await asked_for_a_key(dialog)
    await trouble.hit(dialog, "GET", LIST, api_key=NEW_KEY)
    assert dialog.keys == [(USER_ID, API_KEY)]
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.home.is_loaded()


@each_bad_key
async def test_its_old_key_will_do(dialog: Dialog, problem: str) -> None:
    """Hiven was wrong about the key, or it was lost or mixed up."""
    await spoil_key(dialog, dialog.home, problem)
    await asked_for_a_key(dialog)
    dialog.simulator.add_account(USER_ID, API_KEY)
    await dialog.submit(api_key=f" {API_KEY} ")
    assert dialog.step == "reauth_successful"
    assert dialog.home.is_loaded()
    assert shows(dialog)
    assert dialog.home.entry.data == DATA
    assert (USER_ID, API_KEY) in dialog.keys


# Reconfigure.
async def test_what_can_be_done(dialog: Dialog) -> None:
    await reconfigure(dialog)
    assert dialog.ways == ["vehicle", "virtual_key", "remove_vehicle", "new_api_key"]
    assert USER_ID in dialog.says
    await dialog.choose("virtual_key")
    assert dialog.step == "virtual_key"
    await dialog.submit()
    assert dialog.step == "virtual_key_shown"
    assert not dialog.sent("*", "/v1/hiven/devices/smartcar/*")


async def test_the_address_is_changed_and_taken_back(
    home: Home, dialog: Dialog, provider: str, hiven_at: Callable[[str], None]
) -> None:
    """The stored key is used. An address that does not work changes nothing."""
    await home.reload()
    assert not home.is_loaded()
    await reconfigure(dialog, "new_api_key")
    for address, error in (
        ("http://example.com", "service_address_invalid"),
        (NOWHERE, "service_address_failed"),
    ):
        await dialog.submit(provider={"service_address": address})
        assert dialog.error == error
        assert dialog.filled_in == {"service_address": address}
        assert dialog.is_open("provider")
    assert home.entry.data == DATA
    await dialog.submit(provider={"service_address": provider})
    assert dialog.step == "reconfigure_successful"
    assert home.entry.data["service_address"] == provider
    assert dialog.keys == [(USER_ID, API_KEY)]
    assert home.is_loaded()
    # A new key is sent to the same address.
    home.simulator.add_account(USER_ID, NEW_KEY)
    await asked_for_a_key(dialog)
    await dialog.submit(api_key=NEW_KEY)
    assert home.is_loaded()
    assert home.entry.data["service_address"] == provider
    assert shows(dialog)
    hiven_at(home.simulator.url)
    await reconfigure(dialog, "new_api_key")
    assert dialog.filled_in == {"service_address": provider}
    await dialog.submit(provider={})
    assert list(home.entry.data) == ["auth_implementation"]
    assert home.is_loaded()


async def test_a_car_is_connected_to_the_account(dialog: Dialog, new_car: Car) -> None:
    new_car.name = "Second car"
    await dialog.store_key()
    dialog.add_other_account()
    await reconfigure(dialog, "vehicle")
    assert dialog.placeholders["user_id"] == USER_ID
    await dialog.connect()
    await dialog.submit(**LATER)
    assert dialog.step == "vehicle_connected"
    assert dialog.placeholders == {"vehicle": "Second car"}
    assert shows(dialog, "car-2")
    assert dialog.home.entry.data == DATA


@each_bad_key
@pytest.mark.parametrize("option", ["vehicle", "remove_vehicle"])
async def test_the_key_comes_first(dialog: Dialog, option: str, problem: str) -> None:
    await spoil_key(dialog, dialog.home, problem)
    await reconfigure(dialog, option)
    assert (dialog.step, dialog.error) == ("new_api_key", BAD_KEYS[problem])
    assert dialog.placeholders["user_id"] == USER_ID
    if problem != "refused":
        await dialog.submit()
        assert dialog.error == "key_missing"
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == option
    assert (USER_ID, NEW_KEY) in dialog.keys
    assert (USER_ID, API_KEY) not in dialog.keys
    assert dialog.home.is_loaded()


@each_trouble("key_refused", *REFUSALS)
@pytest.mark.parametrize("option", ["vehicle", "remove_vehicle"])
async def test_cars_not_listed(dialog: Dialog, option: str, trouble: Trouble) -> None:
    failing = trouble.begin(dialog, "GET", LIST)
    await reconfigure(dialog, option)
    assert dialog.step == trouble.error
    failing.stop()
    await reconfigure(dialog, option)
    assert dialog.step == option


# Removing a car.
async def test_a_car_is_removed(dialog: Dialog) -> None:
    dialog.home.add_car(2, "Second car", signed_out=True)
    dialog.simulator.speak("car_401")
    await dialog.home.poll(3)
    issues = issues_of(dialog.home.hass).issues
    assert (DOMAIN, "sign_in_again_car-2") in issues
    await reconfigure(dialog, "remove_vehicle")
    assert dialog.options == {"vehicle": ["car-1", "car-2"]}
    assert not dialog.fields["vehicle"]["required"]
    assert dialog.filled_in == {"confirm": False}
    await dialog.submit(confirm=True)
    assert dialog.errors == {"vehicle": "vehicle_required"}
    await dialog.submit(vehicle="car-2", confirm=False)
    assert dialog.errors == {"confirm": "confirm_required"}
    assert dialog.filled_in == {"vehicle": "car-2", "confirm": False}
    assert not dialog.simulator.count("DELETE", "*")
    assert shows(dialog, "car-2")

    await dialog.submit(vehicle="car-2", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert dialog.placeholders == {"vehicle": "Second car"}
    assert [each.path for each in dialog.sent("DELETE", "*")] == [f"{LIST}/car-2"]
    assert list(dialog.simulator.cars) == ["car-1"]
    assert dialog.home.entry.runtime_data.vehicle("car-2") is None
    assert not shows(dialog, "car-2")
    assert not issues
    assert shows(dialog)


@pytest.mark.parametrize("when", ["before", "before a poll", "meanwhile"])
@pytest.mark.parametrize("dialect", ["documented", "gone_403", "gone_410", "gone_null"])
async def test_a_car_hiven_removed(dialog: Dialog, when: str, dialect: str) -> None:
    """The car is offered while it has a device."""
    dialog.simulator.speak(dialect)
    if when != "meanwhile":
        dialog.simulator.remove_car("car-1")
    if when == "before a poll":
        await dialog.home.poll()
    await reconfigure(dialog, "remove_vehicle")
    assert dialog.options == {"vehicle": ["car-1"]}
    if when == "meanwhile":
        dialog.simulator.remove_car("car-1")
    await dialog.submit(**THIS_CAR)
    assert dialog.step == "vehicle_removed"
    assert dialog.placeholders == {"vehicle": "Family car"}
    assert not shows(dialog)
    await reconfigure(dialog, "remove_vehicle")
    assert dialog.step == "no_vehicle_to_remove"


async def test_whose_car_is_removed(home: Home, dialog: Dialog, other: Car) -> None:
    other.name = home.car.name
    await home.poll()
    alike = [f"Family car ({car.vin})" for car in (home.car, other)]
    for shown in (alike, ["Mum's", "Family car"]):
        await reconfigure(dialog, "remove_vehicle")
        choice = dialog.fields["vehicle"]["selector"]["select"]
        assert [each["label"] for each in choice["options"]] == shown
        devices = dr.async_get(home.hass)
        devices.async_update_device(home.device().id, name_by_user="Mum's")


@pytest.mark.parametrize(("delete", "details"), [
    # The list may be outdated, or the answer lost.
    ({"status": 404}, {"status": 404}),
    ({"kind": "reset", "apply": True}, None),
])  # fmt: skip
async def test_gone_anyway(dialog: Dialog, delete: Json, details: Json | None) -> None:
    """An error does not prove that Hiven still has the car."""
    failing = dialog.fail("GET", LIST, status=500)
    await dialog.home.reload()
    failing.stop()
    await reconfigure(dialog, "remove_vehicle")
    dialog.fail("DELETE", DETAILS, **delete)
    if details:
        dialog.fail("GET", DETAILS, **details)
    await dialog.submit(**THIS_CAR)
    assert dialog.step == "vehicle_removed"
    assert dialog.home.is_loaded()


@pytest.mark.parametrize(("delete", "details"), [
    (404, None), (410, None), (401, None), (403, 403), (405, 404), (404, 500),
])  # fmt: skip
async def test_not_removed(dialog: Dialog, delete: int, details: int | None) -> None:
    await reconfigure(dialog, "remove_vehicle")
    dialog.fail("DELETE", DETAILS, body={"message": "not today"}, status=delete)
    if details:
        dialog.fail("GET", DETAILS, status=details)
    await dialog.submit(**THIS_CAR)
    assert dialog.error == "not_removed"
    assert "Hiven says: “not today”" in dialog.says
    logged = f"request from a dialog failed: DELETE {LIST}/:vehicleId"
    assert logged in dialog.home.caplog.text
    assert shows(dialog)


@each_trouble("key_refused", *REFUSALS)
async def test_nobody_knows_if_it_is_gone(dialog: Dialog, trouble: Trouble) -> None:
    await reconfigure(dialog, "remove_vehicle")
    await trouble.hit(dialog, "DELETE", DETAILS, **THIS_CAR)
    assert "car-1" in dialog.simulator.cars
    assert shows(dialog)
    await dialog.submit(**THIS_CAR)
    assert dialog.step == "vehicle_removed"
    assert not shows(dialog)
