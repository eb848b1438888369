"""What people do with an account later: a new key, a car more, a car less."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import API_KEY, CREDENTIAL_ID, OTHER_CREDENTIAL_ID, OTHER_USER_ID, USER_ID
from .dialog import Dialog
from .flow_helpers import (
    DETAILS,
    LATER,
    LIST,
    NOWHERE,
    OTHER_KEY,
    REFUSALS,
    Start,
    Trouble,
    add_other_account,
    each_key_trouble,
    each_trouble,
    forget_keys,
    is_running,
    store_key,
)

pytest_plugins = "tests.flow_fixtures"

NEW_KEY = "new-key"


@pytest.fixture
def second_car(simulator: Simulator) -> Car:
    """Add a car that stays."""
    return simulator.add_car(USER_ID, Car(id="car-2", name="Second car"))


async def asked_for_a_key(hass: HomeAssistant, dialog: Dialog) -> None:
    """Open the one dialog in which Home Assistant asks for a key."""
    [flow] = hass.config_entries.flow.async_progress()
    await dialog.take_over(flow["flow_id"])
    assert dialog.step == "reauth_confirm"
    assert dialog.told["user_id"] == USER_ID


def shows(hass: HomeAssistant, car_id: str, name: str) -> bool:
    """Return whether a car is there with device and entities; all or nothing."""
    has_device = any(
        (DOMAIN, car_id) in device.identifiers for device in dr.async_get(hass).devices
    )
    has_entities = any(
        entity.unique_id.startswith(f"{car_id}_")
        for entity in er.async_get(hass).entities.values()
    )
    has_state = hass.states.get(f"sensor.{name}_state_of_charge") is not None
    assert has_device == has_entities == has_state
    return has_state


# A key that has ended.


async def test_a_new_key_is_asked_for_and_brings_the_account_back(
    start: Start, car: Car, dialog: Dialog
) -> None:
    """One key, one account, one start."""
    dialog.simulator.add_account(USER_ID, NEW_KEY)
    entry = await start()
    assert not is_running(entry)
    await asked_for_a_key(dialog.hass, dialog)
    await dialog.submit(api_key="wrong")
    assert dialog.error == "invalid_auth"
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    assert dialog.keys == [(USER_ID, API_KEY)]

    calls_before = dialog.simulator.count("GET", LIST)
    await dialog.submit(api_key=f" {NEW_KEY} ")
    assert dialog.step == "reauth_successful"
    assert dialog.simulator.count("GET", LIST) == calls_before + 2
    assert is_running(entry)
    assert shows(dialog.hass, "car-1", "family_car")
    assert dialog.hass.config_entries.async_entries(DOMAIN) == [entry]
    assert list(entry.data) == ["auth_implementation"]
    assert dialog.keys == [(USER_ID, NEW_KEY)]
    assert not dialog.hass.config_entries.flow.async_progress()


@each_key_trouble
async def test_a_new_key_cannot_be_checked(
    start: Start, dialog: Dialog, trouble: Trouble
) -> None:
    """It is not stored until Hiven took it."""
    dialog.simulator.add_account(USER_ID, NEW_KEY)
    entry = await start()
    await asked_for_a_key(dialog.hass, dialog)
    failing = trouble.begin(dialog, "GET", LIST)
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == "reauth_confirm"
    assert dialog.error == trouble.told
    assert dialog.keys == [(USER_ID, API_KEY)]
    failing.stop()
    await dialog.submit(api_key=NEW_KEY)
    assert is_running(entry)


async def test_a_key_that_works_again_is_kept(start: Start, dialog: Dialog) -> None:
    """Hiven may have been wrong about it."""
    failing = dialog.fail("GET", LIST, status=401)
    entry = await start()
    failing.stop()
    await asked_for_a_key(dialog.hass, dialog)
    await dialog.submit(api_key=f" {API_KEY} ")
    assert is_running(entry)
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    assert dialog.keys == [(USER_ID, API_KEY)]


async def test_a_key_that_is_gone_is_asked_for(
    start: Start, credential: None, car: Car, dialog: Dialog
) -> None:
    """An account without a key is no dead end."""
    forget_keys(dialog.hass)
    entry = await start()
    assert not is_running(entry)
    await asked_for_a_key(dialog.hass, dialog)
    await dialog.submit(api_key=API_KEY)
    assert dialog.step == "reauth_successful"
    assert is_running(entry)
    assert shows(dialog.hass, "car-1", "family_car")


# Reconfigure.


async def test_what_can_be_done(start: Start, dialog: Dialog) -> None:
    """All in one menu, with the user id."""
    await dialog.reconfigure(await start())
    assert dialog.ways == ["vehicle", "virtual_key", "remove_vehicle", "new_api_key"]
    assert USER_ID in dialog.says


async def test_a_key_is_replaced_at_will(start: Start, dialog: Dialog) -> None:
    """The account runs on with the new key."""
    entry = await start()
    dialog.simulator.add_account(USER_ID, NEW_KEY)
    await dialog.reconfigure(entry, "new_api_key")
    assert USER_ID in dialog.says
    assert not dialog.is_open("provider")
    await dialog.submit(api_key="wrong")
    assert dialog.error == "invalid_auth"
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == "reconfigure_successful"
    assert is_running(entry)
    assert dialog.keys == [(USER_ID, NEW_KEY)]
    assert dialog.sent("GET", LIST)[-1].headers["X-Api-Key"] == NEW_KEY


async def test_the_address_is_changed_and_taken_back(
    start: Start,
    car: Car,
    dialog: Dialog,
    provider: str,
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251 - the environment
) -> None:
    """With the key that is stored; what does not work changes nothing."""
    entry = await start()
    assert not is_running(entry)
    await dialog.reconfigure(entry, "new_api_key")
    for address, error in (
        ("http://example.com", "service_address_invalid"),
        (NOWHERE, "service_address_failed"),
    ):
        await dialog.submit(provider={"service_address": address})
        assert dialog.error == error
        assert dialog.filled_in == {"service_address": address}
        assert dialog.is_open("provider")
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    await dialog.submit(provider={"service_address": provider})
    assert dialog.step == "reconfigure_successful"
    assert entry.data["service_address"] == provider
    assert dialog.keys == [(USER_ID, API_KEY)]
    assert is_running(entry)
    assert shows(dialog.hass, "car-1", "family_car")

    monkeypatch.setenv("HIVEN_API_URL", dialog.simulator.url)
    await dialog.reconfigure(entry, "new_api_key")
    assert dialog.filled_in == {"service_address": provider}
    await dialog.submit(provider={})
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    assert is_running(entry)


async def test_a_new_key_goes_to_the_address_of_the_account(
    start: Start, dialog: Dialog, provider: str
) -> None:
    """When Home Assistant asks for one; the address stays."""
    entry = await start()
    data = {**entry.data, "service_address": provider}
    dialog.hass.config_entries.async_update_entry(entry, data=data)
    dialog.simulator.add_account(USER_ID, NEW_KEY)
    await dialog.hass.config_entries.async_reload(entry.entry_id)
    await asked_for_a_key(dialog.hass, dialog)
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == "reauth_successful"
    assert is_running(entry)
    assert entry.data["service_address"] == provider


async def test_the_virtual_key_is_shown_again(start: Start, dialog: Dialog) -> None:
    """Without a new sign-in."""
    await dialog.reconfigure(await start(), "virtual_key")
    assert dialog.step == "virtual_key"
    await dialog.submit()
    assert dialog.step == "virtual_key_shown"
    assert not dialog.sent("*", "/v1/hiven/devices/smartcar/*")


async def test_a_car_is_connected_to_the_account(start: Start, dialog: Dialog) -> None:
    """It goes to the account it was opened for, however many there are."""
    await store_key(dialog.hass)
    add_other_account(dialog.hass)
    dialog.simulator.add_garage_car(Car(id="car-2", name="Second car"))
    entry = await start()
    await dialog.reconfigure(entry, "vehicle")
    assert dialog.told["user_id"] == USER_ID
    await dialog.connect()
    await dialog.submit(**LATER)
    assert dialog.step == "vehicle_connected"
    assert dialog.told == {"vehicle": "Second car"}
    assert shows(dialog.hass, "car-2", "second_car")
    assert entry.unique_id == USER_ID
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}


@pytest.mark.parametrize("option", ["vehicle", "remove_vehicle"])
@pytest.mark.parametrize(
    ("problem", "error"),
    [
        ("refused", "invalid_auth"),
        ("deleted", "key_missing"),
        ("of another user", "key_of_another_user"),
    ],
)
async def test_the_key_comes_first(
    start: Start, car: Car, dialog: Dialog, option: str, problem: str, error: str
) -> None:
    """The dialog asks for one that works and then goes on."""
    entry = await start()
    dialog.simulator.add_account(USER_ID, NEW_KEY)
    if problem == "deleted":
        forget_keys(dialog.hass)
    if problem == "of another user":
        await store_key(dialog.hass)
        data = {"auth_implementation": OTHER_CREDENTIAL_ID}
        dialog.hass.config_entries.async_update_entry(entry, data=data)
    await dialog.reconfigure(entry, option)
    assert dialog.step == "new_api_key"
    assert dialog.error == error
    assert dialog.told["user_id"] == USER_ID
    if problem != "refused":
        await dialog.submit()
        assert dialog.error == "key_missing"
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == option
    assert (USER_ID, NEW_KEY) in dialog.keys
    assert (USER_ID, API_KEY) not in dialog.keys
    assert is_running(entry)


async def test_an_account_whose_stored_key_is_another_users(
    start: Start, car: Car, dialog: Dialog
) -> None:
    """It does not show that user's cars, and asks for its own key."""
    entry = await start()
    dialog.simulator.add_account(OTHER_USER_ID, OTHER_KEY)
    await store_key(dialog.hass)
    data = {"auth_implementation": OTHER_CREDENTIAL_ID}
    dialog.hass.config_entries.async_update_entry(entry, data=data)
    await dialog.hass.config_entries.async_reload(entry.entry_id)
    await asked_for_a_key(dialog.hass, dialog)
    await dialog.submit(api_key=API_KEY)
    assert is_running(entry)
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}


@pytest.mark.parametrize("option", ["vehicle", "remove_vehicle"])
@each_trouble("key_refused", *REFUSALS)
async def test_the_cars_cannot_be_listed(
    start: Start, car: Car, dialog: Dialog, option: str, trouble: Trouble
) -> None:
    """The reason is shown; trying again helps."""
    entry = await start()
    failing = trouble.begin(dialog, "GET", LIST)
    await dialog.reconfigure(entry, option)
    assert dialog.step == trouble.told
    failing.stop()
    await dialog.reconfigure(entry, option)
    assert dialog.step == option


# Removing a car.


async def test_there_is_no_car_to_remove(start: Start, dialog: Dialog) -> None:
    """An account may be empty."""
    await dialog.reconfigure(await start(), "remove_vehicle")
    assert dialog.step == "no_vehicle_to_remove"


async def test_a_car_is_removed(
    start: Start, car: Car, second_car: Car, dialog: Dialog
) -> None:
    """Once somebody chose and confirmed it, at Hiven and here, and no other one."""
    entry = await start()
    await dialog.reconfigure(entry, "remove_vehicle")
    assert dialog.options == {"vehicle": ["car-1", "car-2"]}
    assert not dialog.fields["vehicle"]["required"]
    assert dialog.filled_in == {"confirm": False}
    await dialog.submit(confirm=True)
    assert dialog.errors == {"vehicle": "vehicle_required"}
    await dialog.submit(vehicle="car-2", confirm=False)
    assert dialog.errors == {"confirm": "confirm_required"}
    assert dialog.filled_in == {"vehicle": "car-2", "confirm": False}
    assert not dialog.simulator.count("DELETE", "*")
    assert shows(dialog.hass, "car-2", "second_car")

    await dialog.submit(vehicle="car-2", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert dialog.told == {"vehicle": "Second car"}
    assert [each.path for each in dialog.sent("DELETE", "*")] == [f"{LIST}/car-2"]
    assert list(dialog.simulator.cars) == ["car-1"]
    assert entry.runtime_data.vehicle("car-2") is None
    assert not shows(dialog.hass, "car-2", "second_car")
    assert shows(dialog.hass, "car-1", "family_car")


@pytest.mark.parametrize("before", [True, False], ids=["before", "meanwhile"])
@pytest.mark.parametrize("dialect", ["documented", "gone_403", "gone_410", "gone_null"])
async def test_a_car_that_hiven_has_removed(
    start: Start, car: Car, dialog: Dialog, before: bool, dialect: str
) -> None:
    """It is offered while it has a device, and goes, however Hiven speaks of it."""
    dialog.simulator.speak(dialect)
    entry = await start()
    if before:
        dialog.simulator.remove_car("car-1")
    await dialog.reconfigure(entry, "remove_vehicle")
    assert dialog.options == {"vehicle": ["car-1"]}
    if not before:
        dialog.simulator.remove_car("car-1")
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert dialog.told == {"vehicle": "Family car"}
    assert not shows(dialog.hass, "car-1", "family_car")
    await dialog.reconfigure(entry, "remove_vehicle")
    assert dialog.step == "no_vehicle_to_remove"


async def test_a_car_that_only_the_list_has(
    start: Start, car: Car, dialog: Dialog
) -> None:
    """The list may be a moment late."""
    await dialog.reconfigure(await start(), "remove_vehicle")
    for method in ("DELETE", "GET"):
        dialog.fail(method, DETAILS, status=404)
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"


@pytest.mark.parametrize(
    ("delete", "details"),
    [
        ({"status": 404}, {}),
        ({"status": 410}, {}),
        ({"status": 401}, {}),
        ({"status": 403}, {"status": 403}),
        ({"status": 405}, {"status": 404}),
        ({"status": 404}, {"status": 500}),
    ],
)
async def test_a_car_that_hiven_does_not_remove(
    start: Start,
    car: Car,
    dialog: Dialog,
    delete: dict[str, Any],
    details: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It stays, and the form says so, whatever the status."""
    await dialog.reconfigure(await start(), "remove_vehicle")
    dialog.fail("DELETE", DETAILS, body={"message": "not today"}, **delete)
    if details:
        dialog.fail("GET", DETAILS, **details)
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.error == "not_removed"
    assert "Hiven says: “not today”" in dialog.says
    assert (
        "request from a dialog failed: DELETE /v2/hiven/devices/:vehicleId"
        in caplog.text
    )
    assert shows(dialog.hass, "car-1", "family_car")


@each_trouble("key_refused", *REFUSALS)
async def test_nobody_knows_whether_the_car_was_removed(
    start: Start, car: Car, dialog: Dialog, trouble: Trouble
) -> None:
    """It stays until Hiven has done it."""
    failing = trouble.begin(dialog, "DELETE", DETAILS)
    await dialog.reconfigure(await start(), "remove_vehicle")
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "remove_vehicle"
    assert dialog.error == trouble.told
    assert "car-1" in dialog.simulator.cars
    assert shows(dialog.hass, "car-1", "family_car")
    failing.stop()
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert not shows(dialog.hass, "car-1", "family_car")


async def test_the_car_is_removed_but_the_answer_is_lost(
    start: Start, car: Car, dialog: Dialog
) -> None:
    """The list shows that it worked."""
    await dialog.reconfigure(await start(), "remove_vehicle")
    dialog.fail("DELETE", DETAILS, kind="reset", apply=True)
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert not shows(dialog.hass, "car-1", "family_car")


async def test_removing_a_car_starts_an_account_that_did_not_run(
    start: Start, car: Car, dialog: Dialog
) -> None:
    """So that it forgets the car as well."""
    failing = dialog.fail("GET", LIST, status=500)
    entry = await start()
    assert not is_running(entry)
    failing.stop()
    await dialog.reconfigure(entry, "remove_vehicle")
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert is_running(entry)
