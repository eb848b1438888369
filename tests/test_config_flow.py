"""Setting up an account: its key, its cars, and a second account."""

import asyncio
import json
from uuid import UUID

from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    async_add_implementation_provider,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import (
    API_KEY,
    CREDENTIAL_ID,
    NEW_KEY,
    OTHER_CREDENTIAL_ID,
    OTHER_KEY,
    OTHER_USER_ID,
    PARTNER,
    USER_ID,
    Json,
)
from .actions import LIST, PREFERENCES
from .dialog import Dialog
from .flow_helpers import (
    ANYWHERE,
    BAD_KEYS,
    CONNECT,
    LATER,
    REDIRECT_URI,
    SIGN_IN,
    Trouble,
    each_bad_key,
    each_key_trouble,
    settings,
    spoil_key,
)
from .home import Home

MY_REDIRECT_URI = "https://my.home-assistant.io/redirect/oauth"
CREDENTIALS = {"user_id": USER_ID, "api_key": API_KEY}
OTHER_CREDENTIALS = {"user_id": OTHER_USER_ID, "api_key": OTHER_KEY}
NEW_CAR = "sensor.new_car_state_of_charge"


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """Add another user at Hiven."""
    simulator.add_account(OTHER_USER_ID, OTHER_KEY)
    return simulator


async def log_in(dialog: Dialog, **instead: str) -> None:
    await dialog.open()
    await dialog.submit(**CREDENTIALS | instead)


# The account.
@pytest.mark.parametrize("my", [False, True], ids=["own address", "my"])
async def test_set_up_from_nothing(dialog: Dialog, new_car: Car, my: bool) -> None:
    redirect_uri = REDIRECT_URI
    if my:
        dialog.hass.config.components.add("my")
        dialog.simulator.redirect_uris = {redirect_uri := MY_REDIRECT_URI}

    await log_in(dialog, user_id=f" {USER_ID} ", api_key=f" {API_KEY} ")
    assert dialog.step == "vehicle"
    assert dialog.placeholders["user_id"] == USER_ID
    address = dialog.fields["redirect_uri"]["selector"]["constant"]["value"]
    assert address == redirect_uri
    await dialog.connect()
    assert dialog.step == "preferences"
    assert dialog.placeholders["vehicle"] == "New car"
    await dialog.submit(**ANYWHERE)

    entry = dialog.entry
    assert entry.title == PARTNER
    assert entry.unique_id == USER_ID
    assert entry.data == {"auth_implementation": CREDENTIAL_ID}
    assert not entry.options
    assert API_KEY not in json.dumps(entry.as_dict(), default=str)
    assert dialog.keys == [(USER_ID, API_KEY)]
    assert entry.state is ConfigEntryState.LOADED
    assert dialog.shown(NEW_CAR) == "50.0"

    [asked] = dialog.sent("GET", SIGN_IN)
    assert asked.query == {
        "manufacturer": "VOLKSWAGEN", "redirectUri": redirect_uri, "countryCode": "FI",
        "mode": "live",
    }  # fmt: skip
    [connected] = dialog.sent("POST", CONNECT)
    code = connected.json["authCode"]
    assert connected.json == {"authCode": code, "redirectUrl": redirect_uri}
    [stored] = dialog.sent("PUT", "*")
    assert stored.path.split("/")[4] == "car-2"
    assert stored.json == settings("ANYWHERE", 90, "06:30")


async def test_a_new_user_id(dialog: Dialog) -> None:
    await dialog.open()
    assert "starts without cars" in dialog.help("user_id")
    await dialog.submit(api_key="wrong")
    assert dialog.error == "invalid_auth"
    assert dialog.filled_in == {"api_key": "wrong"}
    await dialog.submit(user_id=" ", api_key=API_KEY)
    assert dialog.step == "new_user_id"
    [[user_id, api_key]] = dialog.keys
    assert str(UUID(user_id)) == user_id != USER_ID
    assert api_key == API_KEY
    assert f"```\n{user_id}\n```" in dialog.says
    await dialog.submit()
    assert dialog.placeholders["user_id"] == user_id
    await dialog.connect()
    await dialog.submit(**LATER)
    entry = dialog.entry
    assert entry.unique_id == user_id
    assert entry.state is ConfigEntryState.LOADED
    for choices in ((), ("new_api_key",)):
        await dialog.reconfigure(entry, *choices)
        assert user_id in dialog.says


@pytest.mark.parametrize("user_id", ["user-1", f"{{{USER_ID}}}", "käyttäjä"])
async def test_a_user_id_that_hiven_refuses(dialog: Dialog, user_id: str) -> None:
    await log_in(dialog, user_id=user_id, api_key="wrong")
    assert dialog.error == "invalid_auth"
    if user_id.isascii():
        await dialog.submit(user_id=user_id, api_key=API_KEY)
        assert dialog.errors == {"user_id": "user_id_invalid"}
        assert dialog.filled_in["user_id"] == user_id
        assert "6fa459ea-" in dialog.says
        # Hiven decides what a user ID is.
        dialog.fail("GET", LIST, body=[])
        await dialog.submit(user_id=user_id, api_key=API_KEY)
        assert dialog.placeholders["user_id"] == user_id


@pytest.mark.parametrize("partner", [PARTNER, None])
async def test_known_cars(car: Car, dialog: Dialog, partner: str | None) -> None:
    dialog.simulator.add_account(USER_ID, API_KEY, partner)
    await log_in(dialog)
    assert dialog.step == "account"
    assert dialog.placeholders == {"vehicles": "Family car"}
    await dialog.choose("use_vehicles")
    assert dialog.entry.title == (partner or "Hiven")
    assert not dialog.sent("*", "/v1/hiven/devices/smartcar/*")


@pytest.mark.parametrize("way", ["the stored one", "another one", "one of two"])
async def test_stored_keys_offered(credential: None, dialog: Dialog, way: str) -> None:
    if way == "one of two":
        await dialog.store_key()
    await dialog.open()
    assert dialog.ways == ["pick_implementation", "credentials"]
    await dialog.choose(dialog.ways[way == "another one"])
    if way == "another one":
        await dialog.submit(**OTHER_CREDENTIALS)
    if way == "one of two":
        await dialog.submit(implementation=OTHER_CREDENTIAL_ID)
    expected = USER_ID if way == "the stored one" else OTHER_USER_ID
    assert dialog.placeholders["user_id"] == expected


@each_key_trouble
@pytest.mark.parametrize("user_id", [USER_ID, OTHER_USER_ID])
async def test_a_stored_key_cannot_be_checked(
    credential: None, dialog: Dialog, trouble: Trouble, user_id: str
) -> None:
    """It stays until its user enters a new key. The user ID can be corrected."""
    failing = trouble.begin(dialog, "GET", LIST)
    await dialog.open("pick_implementation")
    assert (dialog.step, dialog.errors) == ("credentials", {"base": trouble.error})
    assert dialog.filled_in == {"user_id": USER_ID}
    failing.stop()
    another = await dialog.another().open("pick_implementation")
    assert another.step == "vehicle"
    dialog.simulator.add_account(user_id, NEW_KEY)
    await dialog.submit(user_id=user_id, api_key=NEW_KEY)
    assert dialog.placeholders["user_id"] == user_id
    kept = [(USER_ID, API_KEY)] if user_id != USER_ID else []
    assert dialog.keys == [*kept, (user_id, NEW_KEY)]


@each_key_trouble
async def test_a_key_cannot_be_checked(dialog: Dialog, trouble: Trouble) -> None:
    await dialog.open()
    await trouble.hit(dialog, "GET", LIST, **CREDENTIALS)
    assert not dialog.keys
    await dialog.submit(**CREDENTIALS)
    assert dialog.step == "vehicle"


# A provider's own address.
@pytest.mark.parametrize("address", [
    *("hiven.example.com", "http://hiven.example.com", "https://"),
    *("https://me@hiven.example.com", "https://me:secret@hiven.example.com"),
    *("https://hiven.example.com/?a=b", "https://hiven.example.com/#a"),
    "https://hiven.example.com:99999",
])  # fmt: skip
async def test_an_address_that_cannot_be_used(dialog: Dialog, address: str) -> None:
    answers = {**CREDENTIALS, "provider": {"service_address": address}}
    await dialog.open()
    assert not dialog.is_open("provider")
    await dialog.submit(**answers)
    assert dialog.error == "service_address_invalid"
    assert dialog.filled_in == {**CREDENTIALS, "service_address": address}
    assert dialog.is_open("provider")
    assert not dialog.simulator.requests


@pytest.mark.parametrize(("fault", "error"), [
    *(({"kind": kind}, "service_address_failed") for kind in ("reset", "html")),
    ({"status": 404}, "service_address_failed"), ({"status": 401}, "invalid_auth"),
])  # fmt: skip
@pytest.mark.parametrize("user_id", [USER_ID, "me"])
async def test_not_hiven(dialog: Dialog, fault: Json, error: str, user_id: str) -> None:
    """The address is the first suspect, even if the user id looks unusual."""
    url = dialog.simulator.url
    failing = dialog.fail("GET", LIST, **fault)
    answers = {**CREDENTIALS, "user_id": user_id}
    await dialog.open()
    await dialog.submit(**answers, provider={"service_address": url})
    assert dialog.errors == {"base": error}
    assert dialog.filled_in == {**answers, "service_address": url}
    failing.stop()
    await dialog.submit(**CREDENTIALS, provider={})
    assert dialog.step == "vehicle"


async def test_all_by_provider(provider: str, dialog: Dialog, new_car: Car) -> None:
    await dialog.open()
    await dialog.submit(**CREDENTIALS, provider={"service_address": f" {provider} "})
    await dialog.connect()
    await dialog.submit(**ANYWHERE)
    entry = dialog.entry
    assert entry.data["service_address"] == provider
    assert entry.state is ConfigEntryState.LOADED
    target = {"entity_id": "number.new_car_charge_target", "value": 70}
    await dialog.hass.services.async_call("number", "set_value", target, blocking=True)
    assert new_car.preferences is not None
    assert new_car.preferences["targetSoC"]["value"] == 70
    await dialog.reconfigure(entry, "vehicle")
    assert dialog.step == "vehicle"
    dialog.add_other_account()
    await dialog.store_key()
    await dialog.open("vehicle")
    await dialog.submit(implementation=CREDENTIAL_ID)
    assert dialog.step == "vehicle"
    # The address is not stored with the key.
    await dialog.hass.config_entries.async_remove(entry.entry_id)
    await dialog.open("pick_implementation")
    await dialog.submit(implementation=CREDENTIAL_ID)
    assert (dialog.step, dialog.errors) == ("credentials", {"base": "cannot_connect"})


async def test_other_account(entry: MockConfigEntry, dialog: Dialog) -> None:
    """Two users can have an account each. A key without an account is offered."""
    dialog.simulator.add_car(OTHER_USER_ID, Car())
    assert (await dialog.open()).ways == ["vehicle", "credentials"]
    await dialog.store_key()
    ways = ["vehicle", "pick_implementation", "credentials"]
    assert (await dialog.open()).ways == ways
    await dialog.choose("credentials")
    await dialog.submit(**OTHER_CREDENTIALS)
    await dialog.choose("use_vehicles")
    assert dialog.entry.unique_id == OTHER_USER_ID
    assert dialog.hass.config_entries.async_entries(DOMAIN) == [entry, dialog.entry]
    assert dialog.keys == [(USER_ID, API_KEY), (OTHER_USER_ID, OTHER_KEY)]


@pytest.mark.usefixtures("new_car")
async def test_a_car_goes_to_the_picked_account(home: Home, dialog: Dialog) -> None:
    await dialog.store_key()
    await home.start()
    other = dialog.add_other_account()
    await home.hass.config_entries.async_setup(other.entry_id)
    await dialog.open("vehicle")
    assert dialog.step == "pick_implementation"
    await dialog.submit(implementation=OTHER_CREDENTIAL_ID)
    await dialog.connect()
    await dialog.submit(**LATER)
    assert dialog.step == "vehicle_connected"
    assert dialog.simulator.owner("car-2") == OTHER_USER_ID
    assert other.runtime_data.vehicle("car-2") is not None


async def test_two_dialogs_for_the_same_account(car: Car, dialog: Dialog) -> None:
    second = await dialog.another().open()
    third = await dialog.another().open()
    await log_in(dialog)
    await third.submit(user_id=USER_ID, api_key=f" {API_KEY} ")
    await dialog.choose("use_vehicles")
    assert dialog.entry.state is ConfigEntryState.LOADED
    await second.submit(user_id=USER_ID, api_key="another-key")
    assert second.step == "already_configured"
    sent = {each.headers["X-Api-Key"] for each in dialog.simulator.requests}
    assert sent == {API_KEY}
    with pytest.raises(UnknownFlow):
        await third.choose("use_vehicles")
    assert dialog.hass.config_entries.async_entries(DOMAIN) == [dialog.entry]
    assert dialog.keys == [(USER_ID, API_KEY)]


async def test_the_account_is_there_at_the_end(car: Car, dialog: Dialog) -> None:
    await log_in(dialog)
    MockConfigEntry(domain=DOMAIN, unique_id=USER_ID).add_to_hass(dialog.hass)
    await dialog.choose("use_vehicles")
    assert dialog.step == "already_configured"


async def test_an_overtaken_dialog_leaves_its_car(dialog: Dialog, new_car: Car) -> None:
    quicker = dialog.another()
    await log_in(dialog)
    await quicker.open("pick_implementation")
    await dialog.connect()
    hold = dialog.simulator.hold("PUT", PREFERENCES)
    finishing = asyncio.create_task(dialog.submit(**ANYWHERE))
    await hold.arrived()
    dialog.simulator.add_garage_car(Car(id="car-3", name="Third car"))
    await quicker.connect()
    await quicker.submit(charging_behavior="later")
    assert dialog.shown("sensor.third_car_state_of_charge") == "50.0"
    hold.release()
    await finishing
    assert dialog.step == "vehicle_connected"
    assert dialog.hass.config_entries.async_entries(DOMAIN) == [quicker.entry]
    assert dialog.shown("time.new_car_ready_time") == "06:30:00"


@each_bad_key
@pytest.mark.usefixtures("new_car")
async def test_a_bad_key_comes_first(home: Home, dialog: Dialog, problem: str) -> None:
    await spoil_key(dialog, home, problem)
    await home.start()
    assert not home.is_loaded()
    await dialog.open("vehicle")
    assert (dialog.step, dialog.error) == ("credentials", BAD_KEYS[problem])
    assert dialog.filled_in == {"user_id": USER_ID}
    await dialog.submit(user_id=USER_ID, api_key=NEW_KEY)
    assert home.is_loaded()
    await dialog.connect()
    await dialog.submit(**LATER)
    assert dialog.step == "vehicle_connected"
    assert home.is_loaded()
    assert dialog.shown(NEW_CAR) == "50.0"
    assert (USER_ID, NEW_KEY) in dialog.keys
    assert (USER_ID, API_KEY) not in dialog.keys


@pytest.mark.parametrize(("has_key", "is_down", "step"), [
    (True, False, "vehicle"),
    (False, False, "missing_credentials"),
    (False, True, "oauth_implementation_unavailable"),
])  # fmt: skip
async def test_the_account_is_deleted_meanwhile(
    entry: MockConfigEntry, dialog: Dialog, has_key: bool, is_down: bool, step: str
) -> None:
    """The dialog uses the key that is left, or asks for one."""
    await dialog.open()
    await dialog.hass.config_entries.async_remove(entry.entry_id)
    if not has_key:
        dialog.forget_keys()
    if is_down:
        async_add_implementation_provider(dialog.hass, "cloud", cloud_down)
    await dialog.choose("vehicle")
    assert dialog.step == step
    if not has_key:
        assert (await dialog.open()).step == "credentials"


async def cloud_down(*_: object) -> list[AbstractOAuth2Implementation]:
    raise ImplementationUnavailableError
