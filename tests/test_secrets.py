"""Keys, VINs and addresses stay where they belong, whatever Hiven sends."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
import logging
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from yarl import URL

from custom_components.hiven.diagnostics import async_get_config_entry_diagnostics
from simulator import Simulator

from . import API_KEY, USER_ID, Json, actions as at
from .api.cars import LOCATION
from .dialog import Dialog, a_car
from .flow_helpers import CONNECT, DETAILS, MODELS, SIGN_IN
from .home import HOUR, Home, with_full_car
from .troubles import TROUBLE

PLACE = {
    **LOCATION, "coordinates": {"latitude": 61.497123, "longitude": 23.760954},
    "postalCode": "QX7-9ZJ", "streetAddress": "Satakunnankatu 12",
}  # fmt: skip
# Secrets that look like nothing else.
SECRETS = {
    "API key": API_KEY, "user id": USER_ID, "VIN": "WVWZZZFAKE1234567",
    "latitude": "61.4971", "longitude": "23.7609", "street": "Satakunnankatu",
    "postal code": "QX7-9ZJ",
}  # fmt: skip
ADDRESS = {"street_address": PLACE["streetAddress"], "postal_code": PLACE["postalCode"]}


def echo(*more: Any) -> Json:
    """Return a refusal that repeats every secret, and more if given."""
    in_forms = ("street", "postal code")
    always = (SECRETS[name] for name in SECRETS if name not in in_forms)
    parrot = " ".join((*always, *more))
    headers = {
        "Location": f"https://{API_KEY}.example/{USER_ID}?{parrot}",
        "Set-Cookie": f"{SECRETS['VIN']}={API_KEY}; {USER_ID}",
        "Retry-After": API_KEY, "X-Message": parrot,
    }  # fmt: skip
    return {"body": {"message": parrot, parrot: parrot}, "headers": headers}


ECHO = echo()

ALLOWED = {
    # A form keeps an input that has to be corrected.
    "API key": {
        "stored application_credentials.items.client_secret", "dialog.form.api_key",
    },
    # The dialogs show whose key or car it is.
    "user id": {
        "stored application_credentials.items.client_id", "dialog.form.user_id",
        "stored core.config_entries.entries.unique_id", "dialog.text.user_id",
    },
    "VIN": {"stored core.device_registry.devices.serial_number"},
    "street": {"dialog.form.street_address"},
    "postal code": {"dialog.form.postal_code"},
}  # fmt: skip


def ways(value: Any, secret: str, way: str) -> Iterator[str]:
    """Yield the ways to a text in a value or a name."""
    match value:
        case Mapping():
            for name, each in value.items():
                if secret in str(name):
                    yield f"{way}.(name)"
                yield from ways(each, secret, f"{way}.{name}")
        case list() | tuple():
            for each in value:
                yield from ways(each, secret, way)
        case _:
            if secret in str(value):
                yield way


class Written:
    """The places where Home Assistant wrote or showed secrets."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.found: dict[str, set[str]] = defaultdict(set)

    def add(self, where: str, value: Any) -> None:
        for name, secret in SECRETS.items():
            self.found[name].update(ways(value, secret, where))

    def add_error(self, err: BaseException | None) -> None:
        self.add("error", [str(err), repr(err), vars(err) if err else None])

    def add_dialog(self, dialog: Dialog) -> None:
        result = dialog.result
        rest = ("errors", "reason", "step_id", "title", "url", "data")
        self.add("dialog.form", dialog.filled_in if "data_schema" in result else {})
        self.add("dialog.text", result.get("description_placeholders"))
        self.add("dialog.rest", [result.get(name) for name in rest])

    async def add_account(self) -> None:
        hass, entry = self.home.hass, self.home.entry
        self.add("state", [state.as_dict() for state in hass.states.async_all()])
        self.add("issue", [repr(each) for each in ir.async_get(hass).issues.values()])
        notes = persistent_notification._async_get_or_create_notifications  # noqa: SLF001
        self.add("notification", notes(hass))
        self.add("title", [entry.title, entry.reason])
        self.add_error(entry.runtime_data.coordinator.last_exception)
        self.add("diagnostics", await async_get_config_entry_diagnostics(hass, entry))

    def add_stored(self, storage: Mapping[str, Any]) -> None:
        """Search the files and the log."""
        for name, stored in storage.items():
            self.add(f"stored {name}", stored["data"])
        for line in self.home.caplog.text.splitlines():
            if any(secret in line for secret in SECRETS.values()):
                self.found["log"].add(line)


@pytest.fixture
def written(home: Home) -> Written:
    """Return a search for secrets, with debug logging on."""
    home.caplog.set_level(logging.DEBUG)
    home.caplog.set_level(logging.DEBUG, "homeassistant")
    return Written(home)


async def act_and_look(written: Written) -> None:
    """Change a setting, ask for the plan and the models, and search the errors."""
    home = written.home
    for outcome in await asyncio.gather(
        home.set_number(at.TARGET, 90),
        home.ask("hiven.get_charging_plan", device_id=at.STATE_OF_CHARGE),
        home.ask("hiven.get_supported_vehicles"),
        return_exceptions=True,
    ):
        if isinstance(outcome, BaseException):
            written.add_error(outcome)


async def poll_and_look(written: Written) -> None:
    """Poll after the longest possible wait and search everything."""
    await written.home.poll(after=HOUR + 2)
    await written.add_account()


async def refuse(written: Written) -> None:
    """Let every failure happen, with secrets in the answers."""
    home, simulator = written.home, written.home.simulator
    for trouble in TROUBLE.values():
        if trouble.is_slow:
            continue
        answer = {**trouble.answer, **(ECHO if "status" in trouble.answer else {})}
        for pattern in (at.LIST, at.STATUS, at.SCHEDULE, at.SESSIONS, "*"):
            fault = simulator.fail("*", pattern, **answer)
            await poll_and_look(written)
            if pattern in (at.SESSIONS, "*"):
                await act_and_look(written)
            fault.stop()
    fault = simulator.fail("GET", at.LIST, kind="hang")
    await home.poll_unanswered(fault, after=HOUR + 2)
    await written.add_account()
    fault.stop()
    port = URL(simulator.url).port
    await simulator.stop()
    await poll_and_look(written)
    await act_and_look(written)
    await simulator.start(port or 0)
    await poll_and_look(written)


async def garble(written: Written, secret: str) -> None:
    car = written.home.car
    true = deepcopy(car.preferences)
    preferences = {
        "chargingBehavior": secret, "targetSoC": {"value": 80, "unit": secret},
        "minimalSoC": {"value": 20, "unit": secret}, secret: secret,
        "weekDaySpecificReadyTimes": {secret: "10:00", "MONDAY": "09:00"},
    }  # fmt: skip
    bad_day = {**preferences, "weekDaySpecificReadyTimes": {secret: secret}}
    odd_row: Json = {
        "integration": secret, "createdAt": secret, secret: {secret: secret},
        "attributes": {"deviceType": secret, "engineType": secret, "year": secret},
        "settings": {"chargingPreferences": preferences},
    }  # fmt: skip
    odd_type = {"type": secret, "settings": {"chargingPreferences": bad_day}}
    for row in (odd_row, odd_type):
        car.details_override = row
        await poll_and_look(written)
        car.preferences = deepcopy(true)
    car.details_override = None
    odd_status: Json = {"chargingStatus": secret, secret: secret}
    for status in (odd_status, {"soc": [secret], "timestamp": secret}):
        car.status_override = status
        await poll_and_look(written)
    car.status_override = None
    await garble_plans(written, secret)
    for answer in (preferences, bad_day):
        fault = written.home.simulator.fail("GET", at.PREFERENCES, body=answer)
        await act_and_look(written)
        await poll_and_look(written)
        fault.stop()
        car.preferences = deepcopy(true)
    await poll_and_look(written)


async def garble_plans(written: Written, secret: str) -> None:
    hours = {"2020-01-01T00:00:00Z": 1}
    for wrong in (
        {"hourlyCharges": {secret: secret}, "readyTime": secret, "status": secret},
        {"hourlyCharges": {**hours, secret: 1}, "endDateTime": secret},
        {"hourlyCharges": hours, "timeZone": secret, "id": secret, secret: secret},
    ):
        faults = [
            written.home.simulator.fail("GET", at.SCHEDULE, body=wrong),
            written.home.simulator.fail("GET", at.SESSIONS, body=[wrong]),
        ]
        await poll_and_look(written)
        await act_and_look(written)
        for fault in faults:
            fault.stop()


async def set_up(written: Written, dialog: Dialog) -> None:
    written.add_dialog(await dialog.open())
    for status in (302, 401, 403, 404, 429, 500):
        fault = written.home.simulator.fail("GET", at.LIST, status=status, **ECHO)
        await dialog.submit(user_id=USER_ID, api_key=API_KEY)
        written.add_dialog(dialog)
        fault.stop()
    written.add_dialog(await dialog.submit(user_id=USER_ID, api_key=API_KEY))
    written.add_dialog(await dialog.choose("use_vehicles"))
    written.home.entry = dialog.entry


async def connect(written: Written, dialog: Dialog) -> None:
    """Connect another car with some failures, then try to remove it."""
    simulator = written.home.simulator
    written.add_dialog(await dialog.reconfigure(written.home.entry, "vehicle"))
    fault = simulator.fail("GET", SIGN_IN, status=400, **ECHO)
    written.add_dialog(await dialog.submit(**a_car()))
    fault.stop()
    written.add_dialog(await dialog.submit(**a_car()))
    steps = (("GET", at.LIST), ("POST", CONNECT), ("GET", DETAILS), ("GET", MODELS))
    faults = [simulator.fail(*step, status=500, **ECHO) for step in steps]
    written.add_dialog(await dialog.sign_in())
    for fault in faults:
        fault.stop()
        written.add_dialog(await dialog.submit())
        if dialog.step != "connect_failed":
            break
    removing = dialog.another()
    written.add_dialog(await removing.reconfigure(written.home.entry, "remove_vehicle"))
    simulator.fail("DELETE", DETAILS, status=403, times=1, **ECHO)
    written.add_dialog(await removing.submit(vehicle="car-2", confirm=True))


async def add_location(written: Written, dialog: Dialog) -> None:
    """Show the locations and add one, with some failures."""
    home, simulator = written.home, written.home.simulator
    assert await async_setup_component(home.hass, "zone", {})
    for status in (302, 403, 404, 429, 500):
        fault = simulator.fail("GET", at.LOCATIONS, status=status, **ECHO)
        written.add_dialog(await dialog.open_options(home.entry, "charging_locations"))
        assert fault.hits
        fault.stop()
    written.add_dialog(await dialog.open_options(home.entry, "charging_locations"))
    await dialog.choose("add_location")
    place = dialog.filled_in | ADDRESS | {"city": "Tampere"}
    fault = simulator.fail("POST", at.LOCATIONS, status=500, **echo(*ADDRESS.values()))
    written.add_dialog(await dialog.submit(**place))
    fault.stop()
    fault = simulator.fail("PUT", at.PREFERENCES, status=500, **ECHO)
    written.add_dialog(await dialog.submit(**place))
    assert dialog.step == "location_vehicles"
    fault.stop()


async def renew_key(written: Written, dialog: Dialog) -> None:
    """Enter a key that Hiven refuses, then the right one."""
    home = written.home
    fault = home.simulator.fail("GET", at.LIST, status=401, **ECHO)
    await poll_and_look(written)
    (flow,) = home.entry.async_get_active_flows(home.hass, {SOURCE_REAUTH})
    written.add_dialog(await dialog.take_over(flow["flow_id"]))
    written.add_dialog(await dialog.submit(api_key=API_KEY))
    fault.stop()
    written.add_dialog(await dialog.submit(api_key=API_KEY))
    await written.add_account()


@with_full_car
@pytest.mark.parametrize("entry", [None], ids=["not set up yet"])
@pytest.mark.usefixtures("other", "new_car")
async def test_nothing_personal_is_written(
    home: Home, dialog: Dialog, written: Written, hass_storage: Json
) -> None:
    """Secrets are not in logs, states, issues, dialogs, diagnostics or files.

    The exceptions have to be found, which proves that the search works.
    """
    home.car.vin = SECRETS["VIN"]
    home.car.unplug()
    (place_id,) = home.simulator.locations[USER_ID]
    home.simulator.store_location(USER_ID, place_id, PLACE)
    await set_up(written, dialog)
    await refuse(written)
    for secret in SECRETS.values():
        await garble(written, secret)
    await add_location(written, dialog.another())
    await connect(written, dialog.another())
    await renew_key(written, dialog.another())
    # Home Assistant writes all files when it stops.
    await home.hass.async_stop()
    written.add_stored(hass_storage)
    assert written.found.pop("log", set()) == set()
    assert {name: ways for name, ways in written.found.items() if ways} == ALLOWED


async def test_the_simulator_is_not_in_the_network(simulator: Simulator) -> None:
    assert simulator._runner is not None  # noqa: SLF001
    ((host, port),) = simulator._runner.addresses  # noqa: SLF001
    assert host == "127.0.0.1"
    assert simulator.url == f"http://{host}:{port}"
