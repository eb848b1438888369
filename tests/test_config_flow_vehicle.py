"""Connecting a car, from the form to what the car needs."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from yarl import URL

from custom_components.hiven.const import ENV_API_URL
from simulator import Car
from simulator.smartcar import FOREIGN, VIRTUAL_KEY_URL

from . import CREDENTIAL_ID
from .dialog import Dialog, a_car
from .flow_helpers import (
    ANYWHERE,
    CONNECT,
    DETAILS,
    LATER,
    LIST,
    MODELS,
    PREFERENCES,
    REDIRECT_URI,
    REFUSALS,
    SIGN_IN,
    STATUS,
    Start,
    Trouble,
    each_trouble,
    is_running,
    settings,
    while_time_passes,
)

pytest_plugins = "tests.flow_fixtures"
pytestmark = pytest.mark.usefixtures("credential")


async def open_with_stored_key(dialog: Dialog) -> None:
    """Open the dialog and take the key that is stored."""
    await dialog.open()
    await dialog.choose("pick_implementation")


async def sign_in(
    dialog: Dialog, manufacturer: str = "VOLKSWAGEN", **driver: Any
) -> None:
    """Go all the way to the car and back, with a stored key."""
    await open_with_stored_key(dialog)
    await dialog.connect(manufacturer, **driver)


def codes(dialog: Dialog) -> set[str]:
    """Return the codes that Hiven was sent."""
    bodies = [each.json for each in dialog.sent("POST", CONNECT)]
    return {body.get("authCode") or body["code"] for body in bodies}


# Which car.


async def test_without_a_browser_nobody_can_sign_in(windowless: Dialog) -> None:
    """Only a browser shows at which address SmartCar sends people back."""
    await open_with_stored_key(windowless)
    await windowless.submit(implementation=CREDENTIAL_ID)
    assert windowless.step == "no_browser"


@pytest.mark.parametrize(("country", "default"), [("DE", "DE"), (None, "FI")])
async def test_the_form(dialog: Dialog, country: str | None, default: str) -> None:
    """No brand is chosen; the country is that of Home Assistant, else Hiven's own.

    What few people need is folded away.
    """
    dialog.hass.config.country = country
    await open_with_stored_key(dialog)
    assert dialog.filled_in == {"country_code": default, "mode": "live"}
    assert not dialog.is_open("redirect")
    assert not dialog.is_open("testing")
    await dialog.submit(country_code=default)
    assert dialog.errors == {"manufacturer": "brand_required"}


@pytest.mark.parametrize("mode", ["live", "test", "simulated"])
async def test_cars_to_try_things_out_with(dialog: Dialog, mode: str) -> None:
    """All of SmartCar's modes can be used."""
    await open_with_stored_key(dialog)
    assert dialog.options["mode"] == ["live", "test", "simulated"]
    await dialog.submit(**a_car(), testing={"mode": mode})
    assert URL(dialog.url).query["mode"] == mode


async def test_owners_are_not_asked_about_tests(
    entry: MockConfigEntry,
    dialog: Dialog,
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251 - the environment
) -> None:
    """Only where Hiven's address was moved for that."""
    monkeypatch.delenv(ENV_API_URL)
    data = {**entry.data, "service_address": dialog.simulator.url}
    dialog.hass.config_entries.async_update_entry(entry, data=data)
    await dialog.open()
    await dialog.choose("vehicle")
    assert list(dialog.fields) == ["manufacturer", "country_code", "redirect_uri"]
    await dialog.submit(**a_car())
    assert URL(dialog.url).query["mode"] == "live"


@pytest.mark.parametrize(
    ("typed", "make"),
    [
        (" volkswagen ", "VOLKSWAGEN"),
        ("Citroën", "CITROEN"),
        ("land rover", "LANDROVER"),
        ("Škoda", "SKODA"),
    ],
)
async def test_a_brand_that_was_typed(dialog: Dialog, typed: str, make: str) -> None:
    """It is found without case, accents and spaces."""
    await open_with_stored_key(dialog)
    await dialog.submit(**a_car(typed))
    assert URL(dialog.url).query["make"] == make


async def test_a_brand_that_hiven_refuses(dialog: Dialog) -> None:
    """What was typed comes first, in Hiven's own words; nothing typed is lost."""
    await open_with_stored_key(dialog)
    answers = {**a_car("Lada", "SE"), "testing": {"mode": "test"}}
    await dialog.submit(**answers)
    assert dialog.error == "brand_refused"
    assert "Hiven says: “manufacturer must be one of BMW" in dialog.says
    assert dialog.filled_in == {**a_car("Lada", "SE"), "mode": "test"}
    await dialog.submit(**a_car())
    assert dialog.url


@pytest.mark.parametrize(
    ("has_account", "error"), [(False, "redirect_refused"), (True, "brand_refused")]
)
async def test_an_address_that_hiven_does_not_know(
    request: pytest.FixtureRequest, dialog: Dialog, has_account: bool, error: str
) -> None:
    """It comes first where it was never accepted, as a block to copy."""
    dialog.simulator.redirect_uris.clear()
    if has_account:
        request.getfixturevalue("entry")
    await dialog.open()
    await dialog.choose("vehicle" if has_account else "pick_implementation")
    assert "```" not in dialog.says
    await dialog.submit(**a_car())
    assert dialog.error == error
    assert "Hiven says: “redirectUri is not whitelisted”" in dialog.says
    assert f"```\n{REDIRECT_URI}\n```" in dialog.says
    dialog.simulator.redirect_uris.add(REDIRECT_URI)
    await dialog.submit(**a_car())
    await dialog.sign_in(allow=False)
    dialog.simulator.redirect_uris.clear()
    await dialog.submit(**a_car())
    assert dialog.error == "brand_refused"
    dialog.simulator.redirect_uris.add(REDIRECT_URI)
    await dialog.connect()
    assert dialog.step == "preferences"


@each_trouble(**dict.fromkeys(REFUSALS, "redirect_refused"))
async def test_the_sign_in_page_cannot_be_had(
    dialog: Dialog, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    """What was chosen stays, trying again helps, and the log has a line."""
    failing = trouble.begin(dialog, "GET", SIGN_IN)
    await open_with_stored_key(dialog)
    await dialog.submit(**a_car("KIA"))
    assert dialog.step == "vehicle"
    assert dialog.error == trouble.told
    assert dialog.filled_in["manufacturer"] == "KIA"
    assert f"request from a dialog failed: GET {SIGN_IN}" in caplog.text
    failing.stop()
    await dialog.submit(**a_car("KIA"))
    assert dialog.url


@pytest.mark.parametrize(
    "url",
    ["http://connect.smartcar.com/oauth", "javascript:alert(1)", "https:///oauth"],
)
async def test_only_safe_pages_are_opened(
    dialog: Dialog, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    """A page that others could read along or change is none to sign in on."""
    dialog.fail("GET", SIGN_IN, body={"authorizationUrl": url})
    await open_with_stored_key(dialog)
    await dialog.submit(**a_car())
    assert dialog.step == "vehicle"
    assert dialog.error == "unexpected_answer"
    assert f"request from a dialog failed: GET {SIGN_IN}" in caplog.text
    assert "/oauth" not in caplog.text


async def test_the_page_gets_a_state_and_stays_as_it_is_else(dialog: Dialog) -> None:
    """Hiven's address is not Home Assistant's to change."""
    page = "https://connect.smartcar.com/oauth/authorize?scope=a+b%2Bc&x=1&x=2"
    dialog.fail("GET", SIGN_IN, body={"authorizationUrl": f"{page}&state=theirs"})
    await open_with_stored_key(dialog)
    await dialog.submit(**a_car())
    assert dialog.state.count(".") == 2
    assert URL(dialog.url) == URL(page).extend_query(state=dialog.state)


# SmartCar's page.


@pytest.mark.parametrize(
    ("driver", "error"),
    [
        ({"allow": False}, "access_denied"),
        ({"email": "smartcar@invalid-subscription.com"}, "invalid_subscription"),
        ({"email": "smartcar@vehicle-incompatible.com"}, "vehicle_incompatible"),
        ({"email": "smartcar@no-vehicles.com"}, "no_vehicles"),
        ({"email": "smartcar@configuration-error.com"}, "configuration_error"),
        ({"email": "smartcar@server-error.com"}, "server_error"),
    ],
)
async def test_no_car_comes_back(
    dialog: Dialog, driver: dict[str, Any], error: str
) -> None:
    """The form says why, keeps what was chosen, and lets people try again."""
    await sign_in(dialog, **driver)
    assert dialog.step == "vehicle"
    assert dialog.error == error
    assert dialog.filled_in["manufacturer"] == "VOLKSWAGEN"
    await dialog.connect()
    assert dialog.step == "preferences"


async def test_a_refusal_nobody_documents(dialog: Dialog) -> None:
    """SmartCar may have reasons that are not known here."""
    await open_with_stored_key(dialog)
    await dialog.submit(**a_car())
    await dialog.come_back(state=dialog.state, error="new_reason")
    assert dialog.error == "sign_in_failed"
    await dialog.connect()
    assert dialog.step == "preferences"


async def test_a_car_under_another_user_id(dialog: Dialog) -> None:
    """People are told where to enter that one."""
    await sign_in(dialog, email=FOREIGN)
    assert dialog.step == "vehicle_of_another_user"
    assert "add Hiven once more under Settings > Devices & services" in dialog.says


# Connecting.


@each_trouble(*REFUSALS)
async def test_the_car_is_not_connected_at_once(
    dialog: Dialog, new_car: Car, trouble: Trouble
) -> None:
    """Trying again needs no new sign-in."""
    failing = trouble.begin(dialog, "POST", CONNECT)
    await sign_in(dialog)
    assert dialog.step == "connect_failed"
    assert dialog.error == trouble.told
    await dialog.submit()
    assert dialog.error == trouble.told
    failing.stop()
    await dialog.submit()
    assert dialog.step == "preferences"
    assert len(codes(dialog)) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"kind": "reset"}])
async def test_the_car_is_connected_but_the_answer_is_lost(
    dialog: Dialog, car: Car, new_car: Car, fault: dict[str, Any]
) -> None:
    """The list of cars shows that it worked."""
    dialog.fail("POST", CONNECT, apply=True, **fault)
    await open_with_stored_key(dialog)
    await dialog.choose("vehicle")
    await dialog.connect()
    assert dialog.step == "preferences"
    assert dialog.told["vehicle"] == "New car"
    assert dialog.simulator.count("POST", CONNECT) == 1


async def test_the_code_was_used_by_an_attempt_nobody_heard_of(
    dialog: Dialog, new_car: Car
) -> None:
    """The second attempt is refused, and the car is there all the same."""
    dialog.fail("POST", CONNECT, status=500, apply=True, times=1)
    await open_with_stored_key(dialog)
    await dialog.submit(**a_car())
    dialog.fail("GET", LIST, status=500, times=1)
    await dialog.sign_in()
    assert dialog.step == "connect_failed"
    assert dialog.error == "cannot_connect"
    await dialog.submit()
    assert dialog.step == "preferences"
    assert dialog.told["vehicle"] == "New car"


@pytest.mark.parametrize(
    ("others", "readable", "connected"),
    [
        ([], True, "Family car"),
        ([], False, None),
        ([{"manufacturer": "KIA"}], True, "Family car"),
        ([{"manufacturer": "VOLKSWAGEN"}], True, "Volkswagen"),
    ],
    ids=["one", "unreadable", "another brand", "two of the brand"],
)
async def test_a_known_car_is_connected_again_but_the_answer_is_lost(
    start: Start,
    dialog: Dialog,
    car: Car,
    others: list[dict[str, Any]],
    readable: bool,
    connected: str | None,
) -> None:
    """The code is used up and no car is new, so a known one was meant.

    Somebody who has just signed in is not asked to do it again.
    """
    for facts in others:
        dialog.simulator.add_car(dialog.simulator.owner("car-1") or "", Car(**facts))
    dialog.simulator.add_garage_car(car)
    await start()
    await dialog.open()
    await dialog.choose("vehicle")
    dialog.fail("POST", CONNECT, status=500, apply=True, times=1)
    await dialog.connect()
    assert dialog.step == "connect_failed"
    if not readable:
        dialog.fail("GET", STATUS, status=401)
    await dialog.submit()
    if connected is None:
        assert dialog.error == "sign_in_again"
    else:
        assert dialog.step == "vehicle_already_connected"
        assert dialog.told == {"vehicle": connected}


@pytest.mark.parametrize("status", [400, 404])
async def test_a_code_that_is_no_good_needs_a_new_sign_in(
    dialog: Dialog, car: Car, new_car: Car, status: int
) -> None:
    """And the sign-in page may fail on its own."""
    failing = dialog.fail("POST", CONNECT, status=status)
    await open_with_stored_key(dialog)
    await dialog.choose("vehicle")
    await dialog.connect()
    failing.stop()
    assert dialog.step == "connect_failed"
    assert dialog.error == "sign_in_again"
    dialog.fail("GET", SIGN_IN, status=500, times=1)
    await dialog.submit()
    assert dialog.step == "connect_failed"
    assert dialog.error == "cannot_connect"
    await dialog.submit()
    await dialog.sign_in()
    assert dialog.step == "preferences"
    assert len(codes(dialog)) == 2


@pytest.mark.parametrize(
    ("after", "step"), [(False, "connect_failed"), (True, "preferences")]
)
async def test_hiven_does_not_answer(
    dialog: Dialog, new_car: Car, after: bool, step: str
) -> None:
    """Nobody waits for ever; the list tells whether the car was connected."""
    hold = dialog.simulator.hold("POST", CONNECT, after=after)
    signing_in = asyncio.create_task(sign_in(dialog))
    await hold.arrived()
    async_fire_time_changed(dialog.hass, dt_util.utcnow() + timedelta(seconds=31))
    await signing_in
    assert dialog.step == step
    hold.release()
    if not after:
        assert dialog.error == "cannot_connect"
        await dialog.submit()
        assert dialog.step == "preferences"


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("GET", DETAILS, {"status": 500}),
        ("POST", CONNECT, {"apply": True, "status": 201, "body": {"message": "ok"}}),
    ],
    ids=["no details", "no id"],
)
@pytest.mark.parametrize(
    ("manufacturer", "step"), [("VOLKSWAGEN", None), ("Tesla", "virtual_key")]
)
async def test_a_car_that_cannot_be_read_yet(
    dialog: Dialog,
    method: str,
    path: str,
    fault: dict[str, Any],
    manufacturer: str,
    step: str | None,
) -> None:
    """The chosen brand has to do; settings can wait."""
    dialog.fail(method, path, **fault)
    await sign_in(dialog, manufacturer)
    if step is not None:
        assert dialog.step == step
        await dialog.submit()
    assert dialog.entry.title == "Hiven"
    assert is_running(dialog.entry)


# What the new car needs.


@pytest.mark.parametrize(
    ("model", "year", "needed"), [("Model 3", 2020, True), ("Model S", 2019, False)]
)
async def test_the_virtual_key_of_a_tesla(
    dialog: Dialog, model: str, year: int, needed: bool
) -> None:
    """It is shown as a link and as a code for the phone."""
    dialog.simulator.add_garage_car(Car(manufacturer="TESLA", model=model, year=year))
    await sign_in(dialog, "TESLA")
    if needed:
        assert dialog.step == "virtual_key"
        assert dialog.told == {"virtual_key_url": VIRTUAL_KEY_URL}
        qr_code = dialog.fields["qr_code"]["selector"]["qr_code"]
        assert qr_code["data"] == VIRTUAL_KEY_URL
        await dialog.submit()
    assert dialog.step == "preferences"


SPRING: dict[str, Any] = {"manufacturer": "DACIA", "model": "Spring", "year": 2023}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (SPRING, True),
        ({**SPRING, "manufacturer": "Dacia", "model": "SPRING"}, True),
        ({**SPRING, "associated_charger_ids": ["charger-1"]}, False),
        ({**SPRING, "year": 2020}, False),
        ({**SPRING, "model": "Spring Extreme"}, False),
        ({"manufacturer": "VOLKSWAGEN", "model": "ID.4", "year": 2023}, False),
    ],
)
async def test_a_model_that_cannot_be_controlled(
    dialog: Dialog, facts: dict[str, Any], told: bool
) -> None:
    """It is told of a car that surely is that model and has no charger."""
    dialog.simulator.add_garage_car(Car(name="New car", **facts))
    await sign_in(dialog, facts["manufacturer"])
    if told:
        assert dialog.step == "smart_charging_unsupported"
        assert dialog.told == {"vehicle": "New car"}
        await dialog.submit()
    assert dialog.step == "preferences"


async def test_the_models_cannot_be_read(dialog: Dialog) -> None:
    """Not knowing is no reason to warn."""
    dialog.fail("GET", MODELS, status=500)
    dialog.simulator.add_garage_car(Car(**SPRING))
    await sign_in(dialog, "DACIA")
    assert dialog.step == "preferences"


@pytest.mark.parametrize(
    ("answers", "stored"),
    [
        (LATER, None),
        (
            {**LATER, "target_soc": 80, "ready_time": "07:00:00"},
            settings("OFF", 80, "07:00"),
        ),
        ({"charging_behavior": "smart_charge_off"}, settings("OFF")),
        (
            {"charging_behavior": "smart_charge_off", "target_soc": 72.5},
            settings("OFF", 72.5),
        ),
        ({**ANYWHERE, "ready_time": "00:00:00"}, settings("ANYWHERE", 90, "00:00")),
    ],
    ids=["later with nothing", "later", "off", "off with a target", "anywhere"],
)
async def test_how_the_car_is_charged(
    dialog: Dialog, new_car: Car, answers: dict[str, Any], stored: dict[str, Any] | None
) -> None:
    """What is chosen is stored by one request, and nothing else is."""
    await sign_in(dialog)
    assert dialog.filled_in == {
        "charging_behavior": "smart_charge_anywhere",
        "target_soc": 80,
        "ready_time": "07:00:00",
    }
    await dialog.submit(**answers)
    assert is_running(dialog.entry)
    assert new_car.preferences == stored
    assert dialog.simulator.count("PUT", "*") == (stored is not None)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"target_soc": None}, "target_required"),
        ({"ready_time": None}, "ready_time_required"),
        ({"target_soc": None, "ready_time": None}, "target_and_ready_time_required"),
        ({"charging_behavior": "smart_charge_at_location"}, "no_charging_location"),
    ],
)
async def test_what_cannot_work_is_not_sent(
    dialog: Dialog, answers: dict[str, Any], told: str
) -> None:
    """The form says everything that is missing, and keeps what was typed."""
    dialog.simulator.add_garage_car(Car())
    await sign_in(dialog)
    answers = {key: each for key, each in (ANYWHERE | answers).items() if each}
    await dialog.submit(**answers)
    assert dialog.step == "preferences"
    assert dialog.error == told
    assert dialog.filled_in == answers
    assert not dialog.simulator.count("PUT", "*")
    await dialog.submit(**ANYWHERE)
    assert dialog.entry
    assert dialog.simulator.count("PUT", "*") == 1


@pytest.mark.parametrize("reports_location", [True, False])
async def test_a_car_that_does_not_report_its_location(
    dialog: Dialog, reports_location: bool
) -> None:
    """It is not offered what it cannot do."""
    dialog.simulator.add_garage_car(Car(location_supported=reports_location))
    await sign_in(dialog)
    offered = dialog.options["charging_behavior"]
    assert ("smart_charge_at_location" in offered) is reports_location


@each_trouble()
@pytest.mark.parametrize("answers", [ANYWHERE, {**ANYWHERE, **LATER}])
async def test_the_settings_are_not_stored(
    dialog: Dialog,
    new_car: Car,
    trouble: Trouble,
    answers: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Trying again helps; leaving it for later is always possible."""
    failing = trouble.begin(dialog, "PUT", PREFERENCES)
    await sign_in(dialog)
    await dialog.submit(**answers)
    assert (
        "request from a dialog failed: PUT /v2/hiven/devices/:vehicleId/" in caplog.text
    )
    if answers == ANYWHERE:
        assert dialog.step == "preferences"
        assert dialog.error == trouble.told
        assert dialog.filled_in == ANYWHERE
        failing.stop()
        await dialog.submit(**ANYWHERE)
        assert new_car.preferences is not None
    assert dialog.entry


async def test_settings_that_hiven_accepts_and_does_not_store(
    dialog: Dialog, new_car: Car
) -> None:
    """It is found out by reading them back."""
    failing = dialog.fail("PUT", PREFERENCES, body=b'""')
    await sign_in(dialog)
    await while_time_passes(dialog.hass, dialog.submit(**ANYWHERE))
    assert dialog.error == "not_stored"
    failing.stop()
    await dialog.submit(**ANYWHERE)
    assert dialog.entry


@pytest.mark.parametrize("after", [False, True])
async def test_the_settings_cannot_be_read_back(
    dialog: Dialog, new_car: Car, after: bool
) -> None:
    """What Hiven confirmed counts as stored; of a lost answer nobody knows."""
    if after:
        dialog.fail("PUT", PREFERENCES, kind="reset", apply=True)
    await sign_in(dialog)
    hold = dialog.simulator.hold("PUT", PREFERENCES)
    submitting = asyncio.create_task(dialog.submit(**ANYWHERE))
    await hold.arrived()
    dialog.fail("GET", PREFERENCES, status=500)
    hold.release()
    await while_time_passes(dialog.hass, asyncio.wait([submitting]))
    assert dialog.error == "cannot_connect" if after else dialog.entry


@pytest.mark.parametrize("held_in", ["documented", "preferences_in_resource_only"])
async def test_settings_that_hiven_holds_are_not_asked_for(
    car: Car, dialog: Dialog, held_in: str
) -> None:
    """A car that was connected before keeps how it is charged."""
    dialog.simulator.speak(held_in)
    dialog.simulator.add_garage_car(car)
    await open_with_stored_key(dialog)
    await dialog.choose("vehicle")
    await dialog.connect()
    assert dialog.entry
    assert not dialog.simulator.count("PUT", "*")


# A car for an account that is there.


@pytest.mark.parametrize("running", [True, False])
async def test_one_more_car(
    start: Start, dialog: Dialog, car: Car, new_car: Car, running: bool
) -> None:
    """Its entities are there at once, and the account starts if it did not run."""
    if not running:
        dialog.fail("GET", LIST, status=401, times=1)
    entry = await start()
    assert is_running(entry) is running
    account = entry.runtime_data if running else None
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect()
    await dialog.submit(**ANYWHERE)
    assert dialog.step == "vehicle_connected"
    assert dialog.told == {"vehicle": "New car"}
    assert is_running(entry)
    assert dialog.shown("sensor.new_car_state_of_charge") == "50.0"
    assert dialog.shown("number.new_car_charge_target") == "90.0"
    assert (entry.runtime_data is account) is running


async def test_a_car_that_is_there_already(
    start: Start, car: Car, dialog: Dialog
) -> None:
    """Connecting it again changes nothing."""
    dialog.simulator.add_garage_car(car)
    await start()
    states = dialog.hass.states.async_all()
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect()
    assert dialog.step == "vehicle_already_connected"
    assert dialog.told == {"vehicle": "Family car"}
    assert dialog.hass.states.async_all() == states
    assert not dialog.simulator.count("PUT", "*")


async def test_one_more_car_that_cannot_be_read_yet(
    start: Start, dialog: Dialog
) -> None:
    """It goes by its brand until then."""
    await start()
    dialog.fail("GET", DETAILS, status=500)
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect("SKODA")
    assert dialog.step == "vehicle_connected"
    assert dialog.told == {"vehicle": "Škoda"}
