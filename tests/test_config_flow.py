"""Setting up an account: its key, its cars, one account beside another."""

import asyncio
import json

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    async_add_implementation_provider,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import (
    API_KEY,
    CREDENTIAL_ID,
    OTHER_CREDENTIAL_ID,
    OTHER_USER_ID,
    PARTNER,
    USER_ID,
)
from .dialog import Dialog
from .flow_helpers import (
    ANYWHERE,
    CONNECT,
    LIST,
    PREFERENCES,
    REDIRECT_URI,
    SIGN_IN,
    Start,
    Trouble,
    each_trouble,
    forget_keys,
    is_running,
    sent,
    state,
    store_key,
    stored_keys,
)

pytest_plugins = "tests.flow_fixtures"

MY_REDIRECT_URI = "https://my.home-assistant.io/redirect/oauth"


async def log_in(
    dialog: Dialog, user_id: str = USER_ID, api_key: str = API_KEY
) -> None:
    """Open the dialog and enter what Hiven handed out."""
    await dialog.open()
    await dialog.submit(user_id=user_id, api_key=api_key)


# The account.


@pytest.mark.parametrize("my", [False, True], ids=["own address", "my"])
async def test_a_newcomer_sets_up_an_account_with_a_car(
    hass: HomeAssistant, simulator: Simulator, dialog: Dialog, new_car: Car, my: bool
) -> None:
    """From nothing to a car that charges smartly."""
    redirect_uri = REDIRECT_URI
    if my:
        hass.config.components.add("my")
        simulator.redirect_uris = {redirect_uri := MY_REDIRECT_URI}

    await dialog.open()
    assert dialog.step == "credentials"
    await dialog.submit(user_id=f" {USER_ID} ", api_key=f" {API_KEY} ")
    assert dialog.step == "vehicle"
    assert dialog.told == {"redirect_uri": redirect_uri, "user_id": USER_ID}
    await dialog.connect()
    assert dialog.step == "preferences"
    assert dialog.told == {"vehicle": "New car"}
    await dialog.submit(**ANYWHERE)

    entry = dialog.entry
    assert entry.title == PARTNER
    assert entry.unique_id == USER_ID
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    assert not entry.options
    assert API_KEY not in json.dumps(entry.as_dict(), default=str)
    assert stored_keys(hass) == [(USER_ID, API_KEY)]
    assert is_running(entry)
    assert state(hass, "sensor.new_car_state_of_charge") == "50.0"

    [asked] = sent(simulator, "GET", SIGN_IN)
    assert asked.query == {
        "manufacturer": "VOLKSWAGEN",
        "redirectUri": redirect_uri,
        "countryCode": "FI",
        "mode": "live",
    }
    [connected] = sent(simulator, "POST", CONNECT)
    assert connected.json == {
        "authCode": connected.json["authCode"],
        "redirectUrl": redirect_uri,
    }
    [stored] = sent(simulator, "PUT", "*")
    assert stored.path.split("/")[4] == "car-2"
    assert stored.json == {
        "chargingBehavior": "SMART_CHARGE_ANYWHERE",
        "targetSoC": {"value": 90, "unit": "PERCENT"},
        "readyTime": "06:30",
    }


@pytest.mark.parametrize(
    ("partner", "title"),
    [(PARTNER, PARTNER), (None, "Hiven")],
    ids=["named", "unnamed"],
)
async def test_cars_that_hiven_knows_are_offered(
    simulator: Simulator, car: Car, dialog: Dialog, partner: str | None, title: str
) -> None:
    """Somebody who used Hiven before needs no sign-in."""
    simulator.add_account(USER_ID, API_KEY, partner)
    await log_in(dialog)
    assert dialog.step == "account"
    assert dialog.told == {"vehicles": "Family car"}
    await dialog.choose("use_vehicles")
    assert dialog.entry.title == title
    assert not sent(simulator, "*", "/v1/hiven/devices/smartcar/*")


async def test_another_car_can_be_connected_first(
    hass: HomeAssistant, car: Car, new_car: Car, dialog: Dialog
) -> None:
    """Cars that are there do not stand in the way of one more."""
    await log_in(dialog)
    await dialog.choose("vehicle")
    await dialog.connect()
    await dialog.submit(charging_behavior="later")
    assert is_running(dialog.entry)
    assert state(hass, "sensor.family_car_state_of_charge") == "50.0"
    assert state(hass, "sensor.new_car_state_of_charge") == "50.0"


async def test_a_stored_key_is_used(
    hass: HomeAssistant, credential: None, dialog: Dialog
) -> None:
    """Nobody types a key twice."""
    await dialog.open()
    assert dialog.step == "vehicle"
    assert stored_keys(hass) == [(USER_ID, API_KEY)]


async def test_one_of_several_stored_keys_is_picked(
    hass: HomeAssistant, simulator: Simulator, credential: None, dialog: Dialog
) -> None:
    """Keys of several users are told apart by the user ids."""
    simulator.add_account(OTHER_USER_ID, "key-2")
    await store_key(hass, OTHER_USER_ID, "key-2")
    await dialog.open()
    assert dialog.step == "pick_implementation"
    await dialog.submit(implementation=OTHER_CREDENTIAL_ID)
    assert dialog.told["user_id"] == OTHER_USER_ID


@pytest.mark.parametrize("user_id", [USER_ID, OTHER_USER_ID])
@pytest.mark.parametrize("status", [401, 403])
async def test_a_stored_key_that_hiven_refuses_is_replaced(
    hass: HomeAssistant,
    simulator: Simulator,
    credential: None,
    dialog: Dialog,
    status: int,
    user_id: str,
) -> None:
    """The user id stays, unless it was the wrong one."""
    fault = simulator.fail("GET", LIST, status=status)
    await dialog.open()
    assert dialog.step == "credentials"
    assert dialog.error == "invalid_auth"
    assert dialog.filled_in == {"user_id": USER_ID}
    fault.stop()
    simulator.add_account(user_id, "new-key")
    await dialog.submit(user_id=user_id, api_key="new-key")
    assert dialog.told["user_id"] == user_id
    kept = [(USER_ID, API_KEY)] if user_id != USER_ID else []
    assert stored_keys(hass) == [*kept, (user_id, "new-key")]


@each_trouble("invalid_auth")
async def test_a_stored_key_cannot_be_checked(
    simulator: Simulator, credential: None, dialog: Dialog, trouble: Trouble
) -> None:
    """The dialog ends, and works once Hiven does."""
    failing = trouble.begin(simulator, "GET", LIST)
    await dialog.open()
    assert dialog.step == trouble.told
    failing.stop()
    await dialog.open()
    assert dialog.step == "vehicle"


@each_trouble()
async def test_a_key_cannot_be_checked(
    hass: HomeAssistant, simulator: Simulator, dialog: Dialog, trouble: Trouble
) -> None:
    """Nothing is stored and nothing typed is lost; trying again helps."""
    failing = trouble.begin(simulator, "GET", LIST)
    await log_in(dialog)
    assert dialog.step == "credentials"
    assert dialog.error == trouble.told
    assert dialog.filled_in["user_id"] == USER_ID
    assert not stored_keys(hass)
    failing.stop()
    await dialog.submit(user_id=USER_ID, api_key=API_KEY)
    assert dialog.step == "vehicle"


@pytest.mark.parametrize(
    ("user_id", "api_key"),
    [(USER_ID, "wrong"), (USER_ID, "schlüssel"), (OTHER_USER_ID, API_KEY)],
)
async def test_user_id_and_key_have_to_be_right(
    simulator: Simulator, dialog: Dialog, user_id: str, api_key: str
) -> None:
    """What Hiven does not know leads nowhere until it is corrected."""
    simulator.add_account(OTHER_USER_ID, "another-key")
    await log_in(dialog, user_id, api_key)
    assert dialog.step == "credentials"
    assert dialog.error == "invalid_auth"
    await dialog.submit(user_id=USER_ID, api_key=API_KEY)
    assert dialog.step == "vehicle"


async def test_without_a_network(simulator: Simulator, dialog: Dialog) -> None:
    """Hiven that cannot be reached is told, and no harm is done."""
    await dialog.open()
    await simulator.stop()
    await dialog.submit(user_id=USER_ID, api_key=API_KEY)
    assert dialog.error == "cannot_connect"
    await simulator.start(URL(simulator.url).port or 0)
    await dialog.submit(user_id=USER_ID, api_key=API_KEY)
    assert dialog.step == "vehicle"


# Several accounts, several dialogs.


async def test_an_account_is_set_up_once(
    hass: HomeAssistant, simulator: Simulator, entry: MockConfigEntry, dialog: Dialog
) -> None:
    """An account that is there is left alone, key and all."""
    await dialog.open()
    await dialog.choose("credentials")
    await dialog.submit(user_id=USER_ID, api_key="another-key")
    assert dialog.step == "already_configured"
    assert stored_keys(hass) == [(USER_ID, API_KEY)]
    assert not simulator.requests


async def test_another_account_is_set_up(
    hass: HomeAssistant, simulator: Simulator, entry: MockConfigEntry, dialog: Dialog
) -> None:
    """A household may have two users."""
    simulator.add_account(OTHER_USER_ID, "key-2")
    simulator.add_car(OTHER_USER_ID, Car())
    await dialog.open()
    assert dialog.step == "user"
    await dialog.choose("credentials")
    await dialog.submit(user_id=OTHER_USER_ID, api_key="key-2")
    await dialog.choose("use_vehicles")
    assert dialog.entry.unique_id == OTHER_USER_ID
    assert hass.config_entries.async_entries(DOMAIN) == [entry, dialog.entry]
    assert stored_keys(hass) == [(USER_ID, API_KEY), (OTHER_USER_ID, "key-2")]


async def test_a_car_goes_to_the_account_that_is_picked(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    dialog: Dialog,
    new_car: Car,
) -> None:
    """With several accounts people choose where a car belongs."""
    simulator.add_account(OTHER_USER_ID, "key-2")
    await store_key(hass, OTHER_USER_ID, "key-2")
    await start()
    other = MockConfigEntry(
        domain=DOMAIN,
        unique_id=OTHER_USER_ID,
        data={"auth_implementation": OTHER_CREDENTIAL_ID},
    )
    other.add_to_hass(hass)
    await hass.config_entries.async_setup(other.entry_id)

    await dialog.open()
    await dialog.choose("vehicle")
    assert dialog.step == "pick_implementation"
    await dialog.submit(implementation=OTHER_CREDENTIAL_ID)
    await dialog.connect()
    await dialog.submit(charging_behavior="later")
    assert dialog.step == "vehicle_connected"
    assert "car-2" in other.runtime_data.data


async def test_two_dialogs_for_the_same_account(
    hass: HomeAssistant, car: Car, dialog: Dialog
) -> None:
    """The first to finish sets up; the second learns that it is done."""
    second = await dialog.another().open()
    third = await dialog.another().open()
    await log_in(dialog)
    await third.submit(user_id=USER_ID, api_key=f" {API_KEY} ")
    await dialog.choose("use_vehicles")
    assert is_running(dialog.entry)
    await second.submit(user_id=USER_ID, api_key=API_KEY)
    assert second.step == "already_configured"
    with pytest.raises(UnknownFlow):
        await third.choose("use_vehicles")
    assert hass.config_entries.async_entries(DOMAIN) == [dialog.entry]
    assert stored_keys(hass) == [(USER_ID, API_KEY)]


async def test_the_account_is_there_when_the_dialog_ends(
    hass: HomeAssistant, car: Car, dialog: Dialog
) -> None:
    """However it came, it is not replaced."""
    await log_in(dialog)
    MockConfigEntry(domain=DOMAIN, unique_id=USER_ID).add_to_hass(hass)
    await dialog.choose("use_vehicles")
    assert dialog.step == "already_configured"


async def test_a_dialog_that_is_overtaken_leaves_its_car(
    hass: HomeAssistant, simulator: Simulator, dialog: Dialog, new_car: Car
) -> None:
    """The account set up meanwhile shows the car at once."""
    quicker = dialog.another()
    await log_in(dialog)
    await quicker.open()
    await dialog.connect()
    hold = simulator.hold("PUT", PREFERENCES)
    finishing = asyncio.create_task(dialog.submit(**ANYWHERE))
    await hold.arrived()
    simulator.add_garage_car(Car(id="car-3", name="Third car"))
    await quicker.connect()
    await quicker.submit(charging_behavior="later")
    assert state(hass, "sensor.third_car_state_of_charge") == "50.0"
    hold.release()
    await finishing
    assert dialog.step == "vehicle_connected"
    assert hass.config_entries.async_entries(DOMAIN) == [quicker.entry]
    assert state(hass, "time.new_car_ready_time") == "06:30:00"


@pytest.mark.parametrize("deleted", [False, True])
async def test_a_car_for_an_account_whose_key_has_ended(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    dialog: Dialog,
    new_car: Car,
    deleted: bool,
) -> None:
    """The key is replaced on the way, and the account runs again at once."""
    simulator.add_account(USER_ID, "new-key")
    entry = await start()
    assert not is_running(entry)
    if deleted:
        forget_keys(hass)
    await dialog.open()
    await dialog.choose("vehicle")
    assert dialog.step == "credentials"
    assert dialog.filled_in == {"user_id": USER_ID}
    await dialog.submit(user_id=USER_ID, api_key="new-key")
    assert is_running(entry)
    await dialog.connect()
    await dialog.submit(charging_behavior="later")
    assert dialog.step == "vehicle_connected"
    assert is_running(entry)
    assert state(hass, "sensor.new_car_state_of_charge") == "50.0"
    assert stored_keys(hass) == [(USER_ID, "new-key")]


async def test_the_account_may_be_deleted_meanwhile(
    hass: HomeAssistant, entry: MockConfigEntry, dialog: Dialog
) -> None:
    """The key it leaves behind serves the car."""
    await dialog.open()
    await hass.config_entries.async_remove(entry.entry_id)
    await dialog.choose("vehicle")
    assert dialog.step == "vehicle"


@pytest.mark.parametrize(
    ("cloud_is_down", "reason"),
    [(False, "missing_credentials"), (True, "oauth_implementation_unavailable")],
)
async def test_the_account_may_be_deleted_with_its_key_meanwhile(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    dialog: Dialog,
    cloud_is_down: bool,
    reason: str,
) -> None:
    """There is nothing to connect a car to; starting anew asks for a key."""
    await dialog.open()
    await hass.config_entries.async_remove(entry.entry_id)
    forget_keys(hass)
    if cloud_is_down:
        async_add_implementation_provider(hass, "cloud", cloud_down)
    await dialog.choose("vehicle")
    assert dialog.step == reason
    await dialog.open()
    assert dialog.step == "credentials"


async def cloud_down(
    hass: HomeAssistant, domain: str
) -> list[AbstractOAuth2Implementation]:
    """Do what Home Assistant Cloud does when it cannot be reached."""
    raise ImplementationUnavailableError
