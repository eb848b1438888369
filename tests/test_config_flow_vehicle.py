"""Connecting a car, from the form to what the car needs."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from yarl import URL

from simulator import Car, Simulator
from simulator.smartcar import FOREIGN, VIRTUAL_KEY_URL

from . import CREDENTIAL_ID
from .dialog import Dialog
from .flow_helpers import (
    ANYWHERE,
    CONNECT,
    DETAILS,
    LIST,
    MODELS,
    PREFERENCES,
    REDIRECT_URI,
    SIGN_IN,
    Start,
    Trouble,
    a_car,
    each_trouble,
    is_running,
    sent,
    state,
)

pytest_plugins = "tests.flow_fixtures"
pytestmark = pytest.mark.usefixtures("credential")


async def sign_in(
    dialog: Dialog, manufacturer: str = "VOLKSWAGEN", **driver: Any
) -> None:
    """Go all the way to the car and back, with a stored key."""
    await dialog.open()
    await dialog.connect(manufacturer, **driver)


def codes(simulator: Simulator) -> set[str]:
    """Return the codes that Hiven was sent."""
    return {each.json["authCode"] for each in sent(simulator, "POST", CONNECT)}


# Which car.


async def test_without_a_browser_nobody_can_sign_in(windowless: Dialog) -> None:
    """Only a browser tells by which address SmartCar sends people back."""
    await windowless.open()
    await windowless.submit(implementation=CREDENTIAL_ID)
    assert windowless.step == "no_browser"


@pytest.mark.parametrize(("country", "default"), [("DE", "DE"), (None, "FI")])
async def test_the_country_is_that_of_home_assistant(
    hass: HomeAssistant, dialog: Dialog, country: str | None, default: str
) -> None:
    """And Hiven's own where Home Assistant knows none."""
    hass.config.country = country
    await dialog.open()
    assert dialog.filled_in == {"country_code": default, "mode": "live"}


@pytest.mark.parametrize("mode", ["live", "test", "simulated"])
async def test_cars_to_try_things_out_with(
    simulator: Simulator, dialog: Dialog, mode: str
) -> None:
    """All of SmartCar's modes can be used."""
    await dialog.open()
    assert dialog.options["mode"] == ["live", "test", "simulated"]
    await dialog.submit(**a_car(mode=mode))
    assert URL(dialog.url).query["mode"] == mode


async def test_a_brand_that_is_not_in_the_list(
    simulator: Simulator, dialog: Dialog
) -> None:
    """Brands can be typed; one that Hiven does not know is told."""
    await dialog.open()
    await dialog.submit(**a_car("Lada", "SE", "test"))
    assert dialog.error == "vehicle_refused"
    assert dialog.filled_in == {
        "manufacturer": "Lada",
        "country_code": "SE",
        "mode": "test",
    }
    await dialog.submit(**a_car(" volkswagen "))
    assert URL(dialog.url).query["make"] == "VOLKSWAGEN"


async def test_an_address_that_hiven_does_not_know(
    simulator: Simulator, dialog: Dialog
) -> None:
    """The address is shown so that it can be sent to Hiven."""
    simulator.redirect_uris.clear()
    await dialog.open()
    await dialog.submit(**a_car())
    assert dialog.error == "vehicle_refused"
    assert dialog.told["redirect_uri"] == REDIRECT_URI
    simulator.redirect_uris.add(REDIRECT_URI)
    await dialog.connect()
    assert dialog.step == "preferences"


@each_trouble(refused="vehicle_refused", not_found="vehicle_refused")
async def test_the_sign_in_page_cannot_be_had(
    simulator: Simulator, dialog: Dialog, trouble: Trouble
) -> None:
    """What was chosen stays, and trying again helps."""
    failing = trouble.begin(simulator, "GET", SIGN_IN)
    await dialog.open()
    await dialog.submit(**a_car("KIA"))
    assert dialog.step == "vehicle"
    assert dialog.error == trouble.told
    assert dialog.filled_in["manufacturer"] == "KIA"
    failing.stop()
    await dialog.submit(**a_car("KIA"))
    assert dialog.url


@pytest.mark.parametrize(
    "url",
    ["http://connect.smartcar.com/oauth", "javascript:alert(1)", "https:///oauth"],
)
async def test_only_safe_pages_are_opened(
    simulator: Simulator, dialog: Dialog, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    """A page that others could read along or change is none to sign in on."""
    simulator.fail("GET", SIGN_IN, body={"authorizationUrl": url})
    await dialog.open()
    await dialog.submit(**a_car())
    assert dialog.step == "vehicle"
    assert dialog.error == "unexpected_answer"
    # What the form says to report.
    assert "In a dialog: GET /v" in caplog.text or "In a dialog: POST /v" in caplog.text
    assert "/oauth" not in caplog.text


async def test_the_page_gets_a_state_and_stays_as_it_is_else(
    simulator: Simulator, dialog: Dialog
) -> None:
    """Hiven's address is not Home Assistant's to change."""
    page = "https://connect.smartcar.com/oauth/authorize?scope=a+b%2Bc&x=1&x=2"
    simulator.fail("GET", SIGN_IN, body={"authorizationUrl": f"{page}&state=theirs"})
    await dialog.open()
    await dialog.submit(**a_car())
    assert dialog.state.count(".") == 2
    assert URL(dialog.url) == URL(page).extend_query(state=dialog.state)


# SmartCar's page.


@pytest.mark.parametrize(
    ("driver", "reason"),
    [
        ({"allow": False}, "user_rejected_authorize"),
        ({"email": "smartcar@invalid-subscription.com"}, "invalid_subscription"),
        ({"email": "smartcar@vehicle-incompatible.com"}, "vehicle_incompatible"),
        ({"email": "smartcar@no-vehicles.com"}, "no_vehicles"),
        ({"email": "smartcar@configuration-error.com"}, "configuration_error"),
        ({"email": "smartcar@server-error.com"}, "server_error"),
        ({"email": FOREIGN}, "vehicle_of_another_user"),
    ],
)
async def test_no_car_comes_back(
    simulator: Simulator, dialog: Dialog, driver: dict[str, Any], reason: str
) -> None:
    """The reason is told; the next attempt begins with the car."""
    await sign_in(dialog, **driver)
    assert dialog.step == reason
    await sign_in(dialog)
    assert dialog.step == "preferences"


async def test_a_refusal_nobody_documents(dialog: Dialog) -> None:
    """SmartCar may have reasons that are not known here."""
    await dialog.open()
    await dialog.submit(**a_car())
    await dialog.come_back(state=dialog.state, error="new_reason")
    assert dialog.step == "sign_in_failed"


# Connecting.


@each_trouble("not_found", "refused")
async def test_the_car_is_not_connected_at_once(
    simulator: Simulator, dialog: Dialog, new_car: Car, trouble: Trouble
) -> None:
    """Trying again needs no new sign-in."""
    failing = trouble.begin(simulator, "POST", CONNECT)
    await sign_in(dialog)
    assert dialog.step == "connect_failed"
    assert dialog.error == trouble.told
    await dialog.submit()
    assert dialog.error == trouble.told
    failing.stop()
    await dialog.submit()
    assert dialog.step == "preferences"
    assert len(codes(simulator)) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"kind": "reset"}])
async def test_the_car_is_connected_but_the_answer_is_lost(
    simulator: Simulator, dialog: Dialog, car: Car, new_car: Car, fault: dict[str, Any]
) -> None:
    """The list of cars tells that it worked."""
    simulator.fail("POST", CONNECT, apply=True, **fault)
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect()
    assert dialog.step == "preferences"
    assert dialog.told == {"vehicle": "New car"}
    assert simulator.count("POST", CONNECT) == 1


async def test_the_code_was_used_by_an_attempt_nobody_heard_of(
    simulator: Simulator, dialog: Dialog, new_car: Car
) -> None:
    """The second attempt is refused, and the car is there all the same."""
    simulator.fail("POST", CONNECT, status=500, apply=True, times=1)
    await dialog.open()
    await dialog.submit(**a_car())
    simulator.fail("GET", LIST, status=500, times=1)
    await dialog.sign_in()
    assert dialog.step == "connect_failed"
    assert dialog.error == "cannot_connect"
    await dialog.submit()
    assert dialog.step == "preferences"
    assert dialog.told == {"vehicle": "New car"}


@pytest.mark.parametrize("status", [400, 404])
async def test_a_code_that_is_no_good_needs_a_new_sign_in(
    simulator: Simulator, dialog: Dialog, new_car: Car, status: int
) -> None:
    """And the sign-in page may fail on its own."""
    simulator.fail("POST", CONNECT, status=status, times=1)
    await sign_in(dialog)
    assert dialog.step == "connect_failed"
    assert dialog.error == "sign_in_again"
    simulator.fail("GET", SIGN_IN, status=500, times=1)
    await dialog.submit()
    assert dialog.step == "connect_failed"
    assert dialog.error == "cannot_connect"
    await dialog.submit()
    await dialog.sign_in()
    assert dialog.step == "preferences"
    assert len(codes(simulator)) == 2


@pytest.mark.parametrize(
    ("after", "step"), [(False, "connect_failed"), (True, "preferences")]
)
async def test_hiven_does_not_answer(
    hass: HomeAssistant,
    simulator: Simulator,
    dialog: Dialog,
    new_car: Car,
    after: bool,
    step: str,
) -> None:
    """Nobody waits for ever; the list tells whether the car was connected."""
    hold = simulator.hold("POST", CONNECT, after=after)
    signing_in = asyncio.create_task(sign_in(dialog))
    await hold.arrived()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
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
    hass: HomeAssistant,
    simulator: Simulator,
    dialog: Dialog,
    method: str,
    path: str,
    fault: dict[str, Any],
    manufacturer: str,
    step: str | None,
) -> None:
    """The chosen brand has to do; settings can wait."""
    simulator.fail(method, path, **fault)
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
    simulator: Simulator, dialog: Dialog, model: str, year: int, needed: bool
) -> None:
    """It is shown as a link and as a code for the phone."""
    simulator.add_garage_car(Car(manufacturer="TESLA", model=model, year=year))
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
    simulator: Simulator, dialog: Dialog, facts: dict[str, Any], told: bool
) -> None:
    """It is told of a car that surely is that model and has no charger."""
    simulator.add_garage_car(Car(name="New car", **facts))
    await sign_in(dialog, facts["manufacturer"])
    if told:
        assert dialog.step == "smart_charging_unsupported"
        assert dialog.told == {"vehicle": "New car"}
        await dialog.submit()
    assert dialog.step == "preferences"


async def test_the_models_cannot_be_read(simulator: Simulator, dialog: Dialog) -> None:
    """Not knowing is no reason to warn."""
    simulator.fail("GET", MODELS, status=500)
    simulator.add_garage_car(Car(**SPRING))
    await sign_in(dialog, "DACIA")
    assert dialog.step == "preferences"


@pytest.mark.parametrize(
    ("answers", "stored"),
    [
        ({"charging_behavior": "later"}, None),
        (
            {"charging_behavior": "smart_charge_off"},
            {"chargingBehavior": "SMART_CHARGE_OFF"},
        ),
        (
            {"charging_behavior": "smart_charge_off", "target_soc": 72.5},
            {
                "chargingBehavior": "SMART_CHARGE_OFF",
                "targetSoC": {"value": 72.5, "unit": "PERCENT"},
            },
        ),
        (
            {**ANYWHERE, "ready_time": "00:00:00"},
            {
                "chargingBehavior": "SMART_CHARGE_ANYWHERE",
                "targetSoC": {"value": 90, "unit": "PERCENT"},
                "readyTime": "00:00",
            },
        ),
    ],
    ids=["later", "off", "off with a target", "anywhere"],
)
async def test_how_the_car_is_charged(
    simulator: Simulator,
    dialog: Dialog,
    new_car: Car,
    answers: dict[str, Any],
    stored: dict[str, Any] | None,
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
    assert simulator.count("PUT", "*") == (stored is not None)


@pytest.mark.parametrize(
    ("facts", "answers", "told"),
    [
        (
            {},
            {"charging_behavior": "smart_charge_anywhere", "ready_time": "07:00:00"},
            "target_required",
        ),
        (
            {},
            {"charging_behavior": "smart_charge_anywhere", "target_soc": 80},
            "ready_time_required",
        ),
        (
            {},
            {**ANYWHERE, "charging_behavior": "smart_charge_at_location"},
            "no_charging_location",
        ),
        (
            {"location_supported": False},
            {**ANYWHERE, "charging_behavior": "smart_charge_at_location"},
            "location_not_supported",
        ),
    ],
)
async def test_what_cannot_work_is_not_sent(
    simulator: Simulator,
    dialog: Dialog,
    facts: dict[str, Any],
    answers: dict[str, Any],
    told: str,
) -> None:
    """The form says why and keeps what was typed."""
    simulator.add_garage_car(Car(**facts))
    await sign_in(dialog)
    await dialog.submit(**answers)
    assert dialog.step == "preferences"
    assert dialog.error == told
    assert dialog.filled_in == answers
    assert not simulator.count("PUT", "*")
    await dialog.submit(**ANYWHERE)
    assert dialog.entry
    assert simulator.count("PUT", "*") == 1


@each_trouble()
async def test_the_settings_are_not_stored(
    simulator: Simulator, dialog: Dialog, new_car: Car, trouble: Trouble
) -> None:
    """Trying again helps, and so does leaving it for later."""
    failing = trouble.begin(simulator, "PUT", PREFERENCES)
    await sign_in(dialog)
    await dialog.submit(**ANYWHERE)
    assert dialog.step == "preferences"
    assert dialog.error == trouble.told
    assert dialog.filled_in == ANYWHERE
    failing.stop()
    await dialog.submit(**ANYWHERE)
    assert dialog.entry
    assert new_car.preferences is not None


async def test_settings_that_hiven_holds_are_not_asked_for(
    simulator: Simulator, car: Car, dialog: Dialog
) -> None:
    """A car that was connected before keeps how it is charged."""
    simulator.add_garage_car(car)
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect()
    assert dialog.entry
    assert not simulator.count("PUT", "*")


# A car for an account that is there.


@pytest.mark.parametrize("running", [True, False])
async def test_one_more_car(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    dialog: Dialog,
    car: Car,
    new_car: Car,
    running: bool,
) -> None:
    """Its entities are there at once, and the account starts if it did not run."""
    if not running:
        simulator.fail("GET", LIST, status=401, times=1)
    entry = await start()
    assert is_running(entry) is running
    coordinator = entry.runtime_data if running else None
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect()
    await dialog.submit(**ANYWHERE)
    assert dialog.step == "vehicle_connected"
    assert dialog.told == {"vehicle": "New car"}
    assert is_running(entry)
    assert state(hass, "sensor.new_car_state_of_charge") == "50.0"
    assert state(hass, "number.new_car_charge_target") == "90.0"
    assert (entry.runtime_data is coordinator) is running


async def test_a_car_that_is_there_already(
    hass: HomeAssistant, simulator: Simulator, start: Start, car: Car, dialog: Dialog
) -> None:
    """Connecting it again changes nothing."""
    simulator.add_garage_car(car)
    await start()
    states = hass.states.async_all()
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect()
    assert dialog.step == "vehicle_already_connected"
    assert dialog.told == {"vehicle": "Family car"}
    assert hass.states.async_all() == states
    assert not simulator.count("PUT", "*")


async def test_one_more_car_that_cannot_be_read_yet(
    simulator: Simulator, start: Start, dialog: Dialog
) -> None:
    """It goes by its brand until then."""
    await start()
    simulator.fail("GET", DETAILS, status=500)
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.connect("SKODA")
    assert dialog.step == "vehicle_connected"
    assert dialog.told == {"vehicle": "Škoda"}
