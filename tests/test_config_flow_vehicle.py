"""Connecting a car, from the form to what the car needs."""

import asyncio
from collections.abc import Callable
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from simulator import Car
from simulator.smartcar import FOREIGN, VIRTUAL_KEY_URL

from . import CREDENTIAL_ID, Json
from .actions import LIST, PREFERENCES, STATUS
from .dialog import Dialog, a_car
from .flow_helpers import (
    ANYWHERE,
    CONNECT,
    DETAILS,
    LATER,
    MODELS,
    REDIRECT_URI,
    REFUSALS,
    SIGN_IN,
    Trouble,
    each_trouble,
    settings,
)
from .home import GIVES_UP, Home

pytestmark = pytest.mark.usefixtures("credential")

NEW_CAR = "sensor.new_car_state_of_charge"
SMART_OFF = {"charging_behavior": "smart_charge_off"}
SEVEN = ANYWHERE | {"target_soc": 80, "ready_time": "07:00:00"}


# The ways to the form of a car: with the stored key, or for an account.
KEY, ACCOUNT = "pick_implementation", "vehicle"


async def connect(dialog: Dialog, *choices: str, **driver: Any) -> None:
    """Open the dialog, with the stored key by default, and connect a car."""
    await dialog.open(*choices or [KEY])
    await dialog.connect(**driver)


def codes(dialog: Dialog) -> set[str]:
    bodies = [each.json for each in dialog.sent("POST", CONNECT)]
    return {body.get("authCode") or body["code"] for body in bodies}


# The form.
async def test_without_a_browser_nobody_can_sign_in(windowless: Dialog) -> None:
    await windowless.open(KEY)
    await windowless.submit(implementation=CREDENTIAL_ID)
    assert windowless.step == "no_browser"


@pytest.mark.parametrize(
    ("country", "mode"), [("DE", "live"), ("SE", "test"), (None, "simulated")]
)
async def test_the_form(dialog: Dialog, country: str | None, mode: str) -> None:
    dialog.hass.config.country = country
    await dialog.open(KEY)
    assert dialog.filled_in == {"country_code": country or "FI", "mode": "live"}
    assert dialog.options["mode"] == ["live", "test", "simulated"]
    assert not dialog.is_open("redirect")
    assert not dialog.is_open("testing")
    await dialog.submit(country_code="FI")
    assert dialog.errors == {"manufacturer": "brand_required"}
    await dialog.submit(**a_car(), testing={"mode": mode})
    assert URL(dialog.url).query["mode"] == mode


async def test_owners_are_not_asked_about_tests(
    entry: MockConfigEntry, dialog: Dialog, hiven_at: Callable[[str], None]
) -> None:
    """The mode is shown only if Hiven's address was changed for tests."""
    hiven_at("")
    data = {**entry.data, "service_address": dialog.simulator.url}
    dialog.hass.config_entries.async_update_entry(entry, data=data)
    await dialog.open(ACCOUNT)
    assert list(dialog.fields) == ["manufacturer", "country_code", "redirect_uri"]
    await dialog.submit(**a_car())
    assert URL(dialog.url).query["mode"] == "live"


@pytest.mark.parametrize(("typed", "make"), [
    (" volkswagen ", "VOLKSWAGEN"), ("Citroën", "CITROEN"), ("land rover", "LANDROVER"),
])  # fmt: skip
async def test_a_brand_that_was_typed(dialog: Dialog, typed: str, make: str) -> None:
    await dialog.open(KEY)
    await dialog.submit(**a_car(typed))
    assert URL(dialog.url).query["make"] == make


async def test_a_brand_that_hiven_refuses(dialog: Dialog) -> None:
    await dialog.open(KEY)
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
    """If no address was ever accepted, the address is the likely cause."""
    dialog.simulator.redirect_uris.clear()
    if has_account:
        request.getfixturevalue("entry")
    await dialog.open(ACCOUNT if has_account else KEY)
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
    await dialog.open(KEY)
    await trouble.hit(dialog, "GET", SIGN_IN, **a_car("KIA"))
    assert f"request from a dialog failed: GET {SIGN_IN}" in caplog.text
    await dialog.submit(**a_car("KIA"))
    assert dialog.url


@pytest.mark.parametrize("url", [
    "http://connect.smartcar.com/oauth", "javascript:alert(1)", "https:///oauth",
])  # fmt: skip
async def test_only_safe_pages_are_opened(
    dialog: Dialog, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    """Others could read or change a page without HTTPS."""
    unsafe = Trouble({"body": {"authorizationUrl": url}}, "unexpected_answer")
    await dialog.open(KEY)
    await unsafe.hit(dialog, "GET", SIGN_IN, **a_car())
    assert "/oauth" not in caplog.text


async def test_the_page_gets_a_state_and_stays_as_it_is_else(dialog: Dialog) -> None:
    page = "https://connect.smartcar.com/oauth/authorize?scope=a+b%2Bc&x=1&x=2"
    dialog.fail("GET", SIGN_IN, body={"authorizationUrl": f"{page}&state=theirs"})
    await dialog.open(KEY)
    await dialog.submit(**a_car())
    assert dialog.state.count(".") == 2
    assert URL(dialog.url) == URL(page).extend_query(state=dialog.state)


# SmartCar's page.
@pytest.mark.parametrize(("back", "error"), [
    ({"allow": False}, "access_denied"),
    *(({"email": f"smartcar@{error.replace('_', '-')}.com"}, error) for error in (
        "invalid_subscription", "vehicle_incompatible", "no_vehicles",
        "configuration_error", "server_error",
    )),
    # SmartCar may have undocumented reasons.
    ({"error": "new_reason"}, "sign_in_failed"),
])  # fmt: skip
async def test_no_car_comes_back(
    dialog: Dialog, back: Json, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.hiven")
    await dialog.open(KEY)
    await dialog.submit(**a_car())
    if "error" in back:
        await dialog.come_back(state=dialog.state, **back)
    else:
        await dialog.sign_in(**back)
    assert (dialog.step, dialog.error) == ("vehicle", error)
    assert f"page returned: {back.get('error', error)}" in caplog.text
    assert dialog.filled_in["manufacturer"] == "VOLKSWAGEN"
    await dialog.connect()
    assert dialog.step == "preferences"


async def test_a_car_under_another_user_id(
    dialog: Dialog, caplog: pytest.LogCaptureFixture
) -> None:
    await connect(dialog, email=FOREIGN)
    assert dialog.step == "vehicle_of_another_user"
    assert "A request from a dialog failed" in caplog.text
    assert "add Hiven once more under Settings > Devices & services" in dialog.says


# Connecting.
@each_trouble(*REFUSALS)
async def test_a_car_is_not_connected_at_once(dialog: Dialog, trouble: Trouble) -> None:
    failing = trouble.begin(dialog, "POST", CONNECT)
    await connect(dialog)
    for _ in range(2):
        assert (dialog.step, dialog.error) == ("connect_failed", trouble.error)
        await dialog.submit()
    failing.stop()
    await dialog.submit()
    assert dialog.step == "preferences"
    assert len(codes(dialog)) == 1


@pytest.mark.usefixtures("car", "new_car")
@pytest.mark.parametrize("fault", [{"status": 500}, {"kind": "reset"}])
@pytest.mark.parametrize("has_list", [True, False])
async def test_a_lost_answer(dialog: Dialog, fault: Json, has_list: bool) -> None:
    """The list shows that the car was connected, so the code is not sent again."""
    dialog.fail("POST", CONNECT, apply=True, times=1, **fault)
    await dialog.open(KEY, ACCOUNT)
    await dialog.submit(**a_car())
    if not has_list:
        dialog.fail("GET", LIST, status=500, times=1)
    await dialog.sign_in()
    if not has_list:
        assert (dialog.step, dialog.error) == ("connect_failed", "cannot_connect")
        await dialog.submit()
    assert dialog.step == "preferences"
    assert dialog.placeholders["vehicle"] == "New car"
    assert len(codes(dialog)) == 1
    await dialog.submit(**LATER)
    assert dialog.entry
    assert dialog.shown("sensor.family_car_state_of_charge") == "50.0"
    assert dialog.shown(NEW_CAR) == "50.0"


async def test_a_lost_answer_about_another_car(
    home: Home, dialog: Dialog, new_car: Car
) -> None:
    new_car.preferences = home.held
    await home.start()
    dialog.fail("POST", CONNECT, status=500, apply=True, times=1)
    await connect(dialog, ACCOUNT)
    assert dialog.step == "vehicle_connected"
    assert dialog.shown(NEW_CAR) == "50.0"


@pytest.mark.parametrize(("other", "readable", "connected"), [
    (None, True, "Family car"),
    (None, False, None),
    ("KIA", True, "Family car"),
    # It is unknown which of two cars it was.
    ("VOLKSWAGEN", True, "Volkswagen"),
])  # fmt: skip
async def test_a_lost_answer_about_a_known_car(
    home: Home, dialog: Dialog, other: str | None, readable: bool, connected: str | None
) -> None:
    """The code was used but no car is new, so a known one was meant."""
    if other:
        home.add_car(manufacturer=other)
    dialog.simulator.add_garage_car(home.car)
    await home.start()
    dialog.fail("POST", CONNECT, status=500, apply=True, times=1)
    await connect(dialog, ACCOUNT)
    assert dialog.step == "connect_failed"
    if not readable:
        dialog.fail("GET", STATUS, status=401)
    await dialog.submit()
    if connected is None:
        assert dialog.error == "sign_in_again"
    else:
        assert dialog.step == "vehicle_already_connected"
        assert dialog.placeholders == {"vehicle": connected}


@pytest.mark.usefixtures("car")
@pytest.mark.parametrize("status", [400, 404])
async def test_a_bad_code_needs_a_new_sign_in(dialog: Dialog, status: int) -> None:
    dialog.fail("POST", CONNECT, status=status, times=1)
    await connect(dialog, KEY, ACCOUNT)
    assert (dialog.step, dialog.error) == ("connect_failed", "sign_in_again")
    dialog.fail("GET", SIGN_IN, status=500, times=1)
    await dialog.submit()
    assert (dialog.step, dialog.error) == ("connect_failed", "cannot_connect")
    await dialog.submit()
    await dialog.sign_in()
    assert dialog.step == "preferences"
    assert len(codes(dialog)) == 2


@pytest.mark.parametrize("after", [False, True])
async def test_hiven_does_not_answer(home: Home, dialog: Dialog, after: bool) -> None:
    await home.start()
    hold = dialog.simulator.hold("POST", CONNECT, after=after)
    connecting = asyncio.create_task(connect(dialog, ACCOUNT))
    await hold.arrived()
    await home.pass_time(seconds=GIVES_UP)
    await connecting
    hold.release()
    if not after:
        assert (dialog.step, dialog.error) == ("connect_failed", "cannot_connect")
        await dialog.submit()
    assert dialog.step == "preferences"


@pytest.mark.parametrize(("method", "path", "fault"), [
    ("GET", DETAILS, {"status": 500}),
    ("POST", CONNECT, {"apply": True, "status": 201, "body": {"message": "ok"}}),
])  # fmt: skip
@pytest.mark.parametrize("make", ["VOLKSWAGEN", "Tesla"])
async def test_a_car_that_cannot_be_read_yet(
    dialog: Dialog, method: str, path: str, fault: Json, make: str
) -> None:
    dialog.fail(method, path, **fault)
    await connect(dialog, manufacturer=make)
    if make == "Tesla":
        assert dialog.step == "virtual_key"
        await dialog.submit()
    assert dialog.entry.title == "Hiven"


# What the new car needs.
SPRING: Json = {"manufacturer": "DACIA", "model": "Spring", "year": 2023}
LOUD: Json = {"manufacturer": "Dacia", "model": "SPRING", "year": 2023}


@pytest.mark.parametrize(("facts", "is_known", "step"), [
    ({"manufacturer": "TESLA", "model": "Model 3", "year": 2020}, True, "virtual_key"),
    ({"manufacturer": "TESLA", "model": "Model S", "year": 2019}, True, None),
    ({"manufacturer": "VOLKSWAGEN", "model": "ID.4", "year": 2023}, True, None),
    *((spelled, True, "smart_charging_unsupported") for spelled in (SPRING, LOUD)),
    (SPRING | {"associated_charger_ids": ["charger-1"]}, True, None),
    (SPRING | {"year": 2020}, True, None),
    (SPRING | {"model": "Spring Extreme"}, True, None),
    # There is no warning if the models cannot be read.
    (SPRING, False, None),
])  # fmt: skip
async def test_what_the_car_needs(
    dialog: Dialog, facts: Json, is_known: bool, step: str | None
) -> None:
    """A car may need a virtual key, or a charger if its model surely does."""
    if not is_known:
        dialog.fail("GET", MODELS, status=500)
    dialog.simulator.add_garage_car(Car(name="New car", **facts))
    await connect(dialog, manufacturer=facts["manufacturer"])
    if step:
        assert dialog.step == step
        if step == "virtual_key":
            assert dialog.placeholders == {"virtual_key_url": VIRTUAL_KEY_URL}
            qr_code = dialog.fields["qr_code"]["selector"]["qr_code"]
            assert (qr_code["data"], qr_code["scale"]) == (VIRTUAL_KEY_URL, 6)
        else:
            assert dialog.placeholders == {"vehicle": "New car"}
        await dialog.submit()
    assert dialog.step == "preferences"


@pytest.mark.parametrize(("answers", "stored"), [
    (LATER, None),
    (SEVEN | LATER, settings("OFF", 80, "07:00")),
    (SMART_OFF, settings("OFF")),
    ({**LATER, "target_soc": 72.5}, settings("OFF", 72.5)),
    ({**ANYWHERE, "ready_time": "00:00:00"}, settings("ANYWHERE", 90, "00:00")),
])  # fmt: skip
async def test_how_the_car_is_charged(
    dialog: Dialog, new_car: Car, answers: Json, stored: Json | None
) -> None:
    new_car.location_supported = stored is not None
    await connect(dialog)
    offered = "smart_charge_at_location" in dialog.options["charging_behavior"]
    assert offered is new_car.location_supported
    assert dialog.filled_in == SEVEN
    await dialog.submit(**answers)
    assert dialog.entry
    assert new_car.preferences == stored
    assert dialog.simulator.count("PUT", "*") == (stored is not None)


@pytest.mark.parametrize(("answers", "error"), [
    ({"target_soc": None}, "target_required"),
    ({"ready_time": None}, "ready_time_required"),
    ({"target_soc": None, "ready_time": None}, "target_and_ready_time_required"),
    ({"charging_behavior": "smart_charge_at_location"}, "no_charging_location"),
    ({"target_soc": 30}, "minimum_above_target"),
])  # fmt: skip
async def test_what_cannot_work(dialog: Dialog, answers: Json, error: str) -> None:
    car = dialog.simulator.add_garage_car(Car())
    await connect(dialog)
    # In the app, while the form is open.
    car.preferences = {"minimalSoC": {"value": 40, "unit": "PERCENT"}}
    answers = {key: each for key, each in (ANYWHERE | answers).items() if each}
    await dialog.submit(**answers)
    assert (dialog.step, dialog.error) == ("preferences", error)
    assert dialog.filled_in == answers
    assert not dialog.simulator.count("PUT", "*")
    await dialog.submit(**ANYWHERE)
    assert dialog.entry
    assert dialog.simulator.count("PUT", "*") == 1


@each_trouble()
@pytest.mark.parametrize("later", [False, True])
async def test_the_settings_are_not_stored(
    dialog: Dialog, trouble: Trouble, later: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever decides later gets on at the second try."""
    answers = SEVEN | LATER if later else ANYWHERE
    await connect(dialog)
    await trouble.hit(dialog, "PUT", PREFERENCES, **answers)
    logged = "request from a dialog failed: PUT /v2/hiven/devices/:vehicleId/"
    assert logged in caplog.text
    if later:
        trouble.begin(dialog, "PUT", PREFERENCES)
    await dialog.submit(**answers)
    assert dialog.entry
    stored = bool(dialog.simulator.cars[min(dialog.simulator.cars)].preferences)
    assert stored is not later


async def test_settings_that_are_not_kept(home: Home, dialog: Dialog) -> None:
    await home.start()
    await connect(dialog, ACCOUNT)
    failing = dialog.fail("PUT", PREFERENCES, body=b'""')
    await home.through(dialog.submit(**ANYWHERE))
    assert dialog.error == "not_stored"
    failing.stop()
    for target, error in ((70, "cannot_connect"), (80, None)):
        lost = dialog.fail("PUT", PREFERENCES, kind="reset", apply=True)
        if error is None:
            lost.stop()
        hold = dialog.simulator.hold("PUT", PREFERENCES)
        answers = ANYWHERE | {"target_soc": target}
        submitting = asyncio.create_task(dialog.submit(**answers))
        await hold.arrived()
        unread = dialog.fail("GET", PREFERENCES, status=500)
        hold.release()
        await home.through(submitting)
        assert dialog.error == error
        unread.stop()
        lost.stop()
    assert dialog.step == "vehicle_connected"


@pytest.mark.parametrize("held_in", ["documented", "preferences_in_resource_only"])
async def test_settings_hiven_holds(car: Car, dialog: Dialog, held_in: str) -> None:
    dialog.simulator.speak(held_in)
    dialog.simulator.add_garage_car(car)
    await connect(dialog, KEY, ACCOUNT)
    assert dialog.entry
    assert not dialog.simulator.count("PUT", "*")


# A car for an account that is there.
@pytest.mark.usefixtures("new_car")
@pytest.mark.parametrize("running", [True, False])
async def test_one_more_car(home: Home, dialog: Dialog, running: bool) -> None:
    if not running:
        dialog.fail("GET", LIST, status=401, times=1)
    await home.start()
    assert home.is_loaded() is running
    account = home.entry.runtime_data if running else None
    await connect(dialog, ACCOUNT)
    await dialog.submit(**ANYWHERE)
    assert dialog.step == "vehicle_connected"
    assert dialog.placeholders == {"vehicle": "New car"}
    assert home.is_loaded()
    assert dialog.shown(NEW_CAR) == "50.0"
    assert dialog.shown("number.new_car_charge_target") == "90.0"
    assert (home.entry.runtime_data is account) is running


async def test_a_car_that_is_there_already(home: Home, dialog: Dialog) -> None:
    """Its settings do not change. A car that cannot be read is named by its brand."""
    dialog.simulator.add_garage_car(home.car)
    await home.start()
    states = home.states()
    await connect(dialog, ACCOUNT)
    assert dialog.step == "vehicle_already_connected"
    assert dialog.placeholders == {"vehicle": "Family car"}
    assert home.states() == states
    assert not home.puts
    dialog.fail("GET", DETAILS, status=500)
    await connect(dialog, ACCOUNT, manufacturer="SKODA")
    assert dialog.step == "vehicle_connected"
    assert dialog.placeholders == {"vehicle": "Škoda"}
