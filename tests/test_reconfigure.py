"""What people do with an account later: a new key, a car more, a car less."""

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import API_KEY, CREDENTIAL_ID, OTHER_CREDENTIAL_ID, OTHER_USER_ID, USER_ID
from .dialog import Dialog
from .flow_helpers import (
    DETAILS,
    LIST,
    REDIRECT_URI,
    Start,
    Trouble,
    each_trouble,
    forget_keys,
    is_running,
    sent,
    store_key,
    stored_keys,
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


async def menu(dialog: Dialog, entry: MockConfigEntry, option: str) -> None:
    """Take one of the ways of Reconfigure."""
    await dialog.open(SOURCE_RECONFIGURE, entry)
    assert dialog.step == "reconfigure"
    assert dialog.ways == ["vehicle", "new_api_key", "virtual_key", "remove_vehicle"]
    await dialog.choose(option)


def shows(hass: HomeAssistant, car_id: str, name: str) -> bool:
    """Tell whether a car is there with device and entities; all or nothing."""
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
    hass: HomeAssistant, simulator: Simulator, start: Start, car: Car, dialog: Dialog
) -> None:
    """One key, one account, one start."""
    simulator.add_account(USER_ID, NEW_KEY)
    entry = await start()
    assert not is_running(entry)
    await asked_for_a_key(hass, dialog)
    await dialog.submit(api_key="wrong")
    assert dialog.error == "invalid_auth"
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    assert stored_keys(hass) == [(USER_ID, API_KEY)]

    calls_before = simulator.count("GET", LIST)
    await dialog.submit(api_key=f" {NEW_KEY} ")
    assert dialog.step == "reauth_successful"
    assert simulator.count("GET", LIST) == calls_before + 2
    assert is_running(entry)
    assert shows(hass, "car-1", "family_car")
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert list(entry.data) == ["auth_implementation"]
    assert stored_keys(hass) == [(USER_ID, NEW_KEY)]
    assert not hass.config_entries.flow.async_progress()


@each_trouble()
async def test_a_new_key_cannot_be_checked(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    dialog: Dialog,
    trouble: Trouble,
) -> None:
    """It is not stored until Hiven took it."""
    simulator.add_account(USER_ID, NEW_KEY)
    entry = await start()
    await asked_for_a_key(hass, dialog)
    failing = trouble.begin(simulator, "GET", LIST)
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == "reauth_confirm"
    assert dialog.error == trouble.told
    assert stored_keys(hass) == [(USER_ID, API_KEY)]
    failing.stop()
    await dialog.submit(api_key=NEW_KEY)
    assert is_running(entry)


async def test_a_key_that_works_again_is_kept(
    hass: HomeAssistant, simulator: Simulator, start: Start, dialog: Dialog
) -> None:
    """Hiven may have been wrong about it."""
    failing = simulator.fail("GET", LIST, status=401)
    entry = await start()
    failing.stop()
    await asked_for_a_key(hass, dialog)
    await dialog.submit(api_key=f" {API_KEY} ")
    assert is_running(entry)
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    assert stored_keys(hass) == [(USER_ID, API_KEY)]


async def test_a_key_that_is_gone_is_asked_for(
    hass: HomeAssistant, start: Start, credential: None, car: Car, dialog: Dialog
) -> None:
    """An account without a key is no dead end."""
    forget_keys(hass)
    entry = await start()
    assert not is_running(entry)
    await asked_for_a_key(hass, dialog)
    await dialog.submit(api_key=API_KEY)
    assert dialog.step == "reauth_successful"
    assert is_running(entry)
    assert shows(hass, "car-1", "family_car")


# Reconfigure.


async def test_a_key_is_replaced_at_will(
    hass: HomeAssistant, simulator: Simulator, start: Start, dialog: Dialog
) -> None:
    """The account runs on with the new key."""
    entry = await start()
    simulator.add_account(USER_ID, NEW_KEY)
    await menu(dialog, entry, "new_api_key")
    assert dialog.told == {"user_id": USER_ID}
    await dialog.submit(api_key="wrong")
    assert dialog.error == "invalid_auth"
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == "reconfigure_successful"
    assert is_running(entry)
    assert stored_keys(hass) == [(USER_ID, NEW_KEY)]
    assert sent(simulator, "GET", LIST)[-1].headers["X-Api-Key"] == NEW_KEY


async def test_the_virtual_key_is_shown_again(
    start: Start, simulator: Simulator, dialog: Dialog
) -> None:
    """Without a new sign-in."""
    await menu(dialog, await start(), "virtual_key")
    assert dialog.step == "virtual_key"
    await dialog.submit()
    assert dialog.step == "virtual_key_shown"
    assert not sent(simulator, "*", "/v1/hiven/devices/smartcar/*")


async def test_a_car_is_connected_to_the_account(
    hass: HomeAssistant, simulator: Simulator, start: Start, dialog: Dialog
) -> None:
    """It goes to the account it was opened for, however many there are."""
    await store_key(hass, OTHER_USER_ID, "key-2")
    MockConfigEntry(
        domain=DOMAIN,
        unique_id=OTHER_USER_ID,
        data={"auth_implementation": OTHER_CREDENTIAL_ID},
    ).add_to_hass(hass)
    simulator.add_garage_car(Car(id="car-2", name="Second car"))
    entry = await start()
    await menu(dialog, entry, "vehicle")
    assert dialog.told == {"redirect_uri": REDIRECT_URI, "user_id": USER_ID}
    await dialog.connect()
    await dialog.submit(charging_behavior="later")
    assert dialog.step == "vehicle_connected"
    assert dialog.told == {"vehicle": "Second car"}
    assert shows(hass, "car-2", "second_car")
    assert entry.unique_id == USER_ID
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}


@pytest.mark.parametrize("option", ["vehicle", "remove_vehicle"])
@pytest.mark.parametrize(("deleted", "error"), [(False, "invalid_auth"), (True, None)])
async def test_the_key_comes_first(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    car: Car,
    dialog: Dialog,
    option: str,
    deleted: bool,
    error: str | None,
) -> None:
    """Without one that works nothing else can be done; the account stays the same."""
    entry = await start()
    simulator.add_account(USER_ID, NEW_KEY)
    if deleted:
        forget_keys(hass)
    await menu(dialog, entry, option)
    assert dialog.step == "new_api_key"
    assert dialog.error == error
    assert dialog.told == {"user_id": USER_ID}
    await dialog.submit(api_key=NEW_KEY)
    assert dialog.step == "reconfigure_successful"
    assert stored_keys(hass) == [(USER_ID, NEW_KEY)]
    await menu(dialog, entry, option)
    assert dialog.step == option


@pytest.mark.parametrize("option", ["vehicle", "remove_vehicle"])
@each_trouble("invalid_auth")
async def test_the_cars_cannot_be_listed(
    simulator: Simulator,
    start: Start,
    car: Car,
    dialog: Dialog,
    option: str,
    trouble: Trouble,
) -> None:
    """The reason is told; trying again helps."""
    entry = await start()
    failing = trouble.begin(simulator, "GET", LIST)
    await menu(dialog, entry, option)
    assert dialog.step == trouble.told
    failing.stop()
    await menu(dialog, entry, option)
    assert dialog.step == option


async def test_there_is_no_car_to_remove(start: Start, dialog: Dialog) -> None:
    """An account may be empty."""
    await menu(dialog, await start(), "remove_vehicle")
    assert dialog.step == "no_vehicle_to_remove"


async def test_a_car_is_removed(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    car: Car,
    second_car: Car,
    dialog: Dialog,
) -> None:
    """Once somebody confirmed it, at Hiven and here, and no other one."""
    await menu(dialog, await start(), "remove_vehicle")
    assert dialog.options == {"vehicle": ["car-1", "car-2"]}
    assert dialog.filled_in == {"confirm": False}
    await dialog.submit(vehicle="car-2", confirm=False)
    assert dialog.errors == {"confirm": "confirm_required"}
    assert dialog.filled_in == {"vehicle": "car-2", "confirm": False}
    assert not simulator.count("DELETE", "*")
    assert shows(hass, "car-2", "second_car")

    await dialog.submit(vehicle="car-2", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert dialog.told == {"vehicle": "Second car"}
    assert [each.path for each in sent(simulator, "DELETE", "*")] == [f"{LIST}/car-2"]
    assert list(simulator.cars) == ["car-1"]
    assert not shows(hass, "car-2", "second_car")
    assert shows(hass, "car-1", "family_car")


async def test_a_car_that_hiven_has_removed_meanwhile(
    hass: HomeAssistant, simulator: Simulator, start: Start, car: Car, dialog: Dialog
) -> None:
    """What is gone cannot be removed better."""
    await menu(dialog, await start(), "remove_vehicle")
    simulator.remove_car("car-1")
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert simulator.count("DELETE", "*") == 1
    assert not shows(hass, "car-1", "family_car")


async def test_a_car_that_hiven_does_not_let_go(
    hass: HomeAssistant, simulator: Simulator, start: Start, car: Car, dialog: Dialog
) -> None:
    """A 404 may as well mean that Hiven removes cars in another way."""
    await menu(dialog, await start(), "remove_vehicle")
    simulator.fail("DELETE", "*", status=404)
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.error == "not_removed"
    assert shows(hass, "car-1", "family_car")


@each_trouble("not_found")
async def test_a_car_cannot_be_removed(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    car: Car,
    dialog: Dialog,
    trouble: Trouble,
) -> None:
    """Everything stays until Hiven has done it."""
    failing = trouble.begin(simulator, "DELETE", DETAILS)
    await menu(dialog, await start(), "remove_vehicle")
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "remove_vehicle"
    assert dialog.error == trouble.told
    assert "car-1" in simulator.cars
    assert shows(hass, "car-1", "family_car")
    failing.stop()
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert not shows(hass, "car-1", "family_car")


async def test_removing_a_car_starts_an_account_that_did_not_run(
    simulator: Simulator, start: Start, car: Car, dialog: Dialog
) -> None:
    """So that it forgets the car as well."""
    failing = simulator.fail("GET", LIST, status=500)
    entry = await start()
    assert not is_running(entry)
    failing.stop()
    await menu(dialog, entry, "remove_vehicle")
    await dialog.submit(vehicle="car-1", confirm=True)
    assert dialog.step == "vehicle_removed"
    assert is_running(entry)
