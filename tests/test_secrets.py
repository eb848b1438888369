"""Keys, VINs and addresses stay where they belong, whatever Hiven answers."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
import logging
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import persistent_notification
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from yarl import URL

from custom_components.hiven.const import DOMAIN
from custom_components.hiven.diagnostics import async_get_config_entry_diagnostics
from simulator import Car, Simulator

from . import API_KEY, USER_ID
from .actions import (
    LIST,
    LOCATIONS,
    PREFERENCES,
    SCHEDULE,
    SESSIONS,
    STATE_OF_CHARGE,
    STATUS,
    TARGET,
    pass_time,
    set_number,
)
from .api.cars import LOCATION, add_full_car
from .dialog import Dialog
from .flow_helpers import CONNECT, DETAILS, MODELS, SIGN_IN, Start, a_car
from .test_faults import HOUR, POLL, TROUBLE, Home
from .test_locations import Dialog as Options

pytest_plugins = "tests.flow_fixtures"

PLACE = {
    **LOCATION,
    "coordinates": {"latitude": 61.497123, "longitude": 23.760954},
    "postalCode": "QX7-9ZJ",
    "streetAddress": "Satakunnankatu 12",
}
# What nothing else looks like, by what it is.
SECRETS = {
    "API key": API_KEY,
    "user id": USER_ID,
    "VIN": "WVWZZZFAKE1234567",
    "latitude": "61.4971",
    "longitude": "23.7609",
    "street": "Satakunnankatu",
    "postal code": "QX7-9ZJ",
}
PARROT = " ".join(SECRETS.values())
ECHO: dict[str, Any] = {
    "body": {"message": PARROT, PARROT: PARROT},
    "headers": {
        "Location": f"https://{API_KEY}.example/{USER_ID}?{PARROT}",
        "Retry-After": API_KEY,
        "Set-Cookie": f"{SECRETS['VIN']}={API_KEY}; {USER_ID}",
        "X-Message": PARROT,
    },
}

ALLOWED = {
    "API key": {
        "stored application_credentials.items.client_secret",
        # What somebody typed and has to correct.
        "dialog.form.api_key",
    },
    "user id": {
        "stored application_credentials.items.client_id",
        "stored core.config_entries.entries.unique_id",
        # The dialogs say whose key or car it is about.
        "dialog.form.user_id",
        "dialog.told.user_id",
    },
    "VIN": {"stored core.device_registry.devices.serial_number"},
}


def ways(value: Any, secret: str, way: str) -> Iterator[str]:
    """Yield where a text stands, as a name as well."""
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


class Log(logging.Handler):
    """Keeps every line of every logger, with its traceback."""

    def __init__(self) -> None:
        """Take in all levels."""
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Take a line in."""
        self.lines.append(f"{record.name}: {logging.Formatter().format(record)}")


@dataclass
class Written:
    """All that Home Assistant wrote and showed, by where it did."""

    hass: HomeAssistant
    log: Log
    found: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, where: str, value: Any) -> None:
        """Look through something."""
        for name, secret in SECRETS.items():
            # The key of the tests holds the user id.
            for way in ways(value, secret, where):
                if way not in self.found["API key"]:
                    self.found[name].add(way)

    def add_error(self, err: BaseException | None) -> None:
        """Look through what somebody is told."""
        self.add("error", [str(err), repr(err), vars(err) if err else None])

    def add_dialog(self, dialog: Dialog) -> None:
        """Look through a step of a dialog."""
        self.add(
            "dialog",
            {
                "form": dialog.filled_in if "data_schema" in dialog.result else {},
                "told": dialog.told,
                "rest": [
                    dialog.result.get(name)
                    for name in ("errors", "reason", "step_id", "title", "url", "data")
                ],
            },
        )

    async def add_account(self, entry: ConfigEntry) -> None:
        """Look through all that can be seen of an account."""
        self.add("state", [state.as_dict() for state in self.hass.states.async_all()])
        issues = ir.async_get(self.hass).issues.values()
        self.add("issue", [repr(issue) for issue in issues])
        notes = persistent_notification._async_get_or_create_notifications(  # noqa: SLF001
            self.hass
        )
        self.add("notification", notes)
        self.add("title", [entry.title, entry.reason])
        self.add_error(entry.runtime_data.last_exception)
        self.add(
            "diagnostics", await async_get_config_entry_diagnostics(self.hass, entry)
        )

    def add_stored(self, storage: Mapping[str, Any]) -> None:
        """Look through the files, and what was logged until now."""
        for name, stored in storage.items():
            self.add(f"stored {name}", stored["data"])
        for line in self.log.lines:
            for secret in SECRETS.values():
                if secret in line:
                    self.found["log"].add(line)


@pytest.fixture
def log() -> Iterator[Log]:
    """Listen to everything that is logged."""
    root = logging.getLogger()
    before = root.level
    log = Log()
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    yield log
    root.setLevel(before)
    root.removeHandler(log)


async def act(hass: HomeAssistant) -> list[BaseException]:
    """Change a setting, ask for the plan and for models; return what goes wrong."""
    outcomes = await asyncio.gather(
        set_number(hass, TARGET, 90),
        hass.services.async_call(
            DOMAIN,
            "get_charging_plan",
            {"device_id": STATE_OF_CHARGE},
            blocking=True,
            return_response=True,
        ),
        hass.services.async_call(
            DOMAIN, "get_supported_vehicles", blocking=True, return_response=True
        ),
        return_exceptions=True,
    )
    return [outcome for outcome in outcomes if isinstance(outcome, BaseException)]


@dataclass
class Parrot:
    """Has Hiven repeat secrets wherever it can, and looks at what comes of it."""

    home: Home
    written: Written

    async def act(self) -> None:
        """Do what people do, and hear what that leads to."""
        for err in await act(self.home.hass):
            self.written.add_error(err)

    async def poll(self) -> None:
        """Poll and look at everything."""
        await self.home.poll(after=HOUR + 2)
        await self.written.add_account(self.home.entry)

    async def refuse(self) -> None:
        """Go through all that can go wrong, with secrets in every answer that can."""
        simulator = self.home.simulator
        for trouble in TROUBLE.values():
            if trouble.is_slow:
                continue
            answer = {**trouble.answer, **(ECHO if "status" in trouble.answer else {})}
            for pattern in (LIST, STATUS, SCHEDULE, SESSIONS, "*"):
                fault = simulator.fail("*", pattern, **answer)
                await self.poll()
                if pattern in (SESSIONS, "*"):
                    await self.act()
                fault.stop()
        fault = simulator.fail("GET", LIST, kind="hang")
        await self.home.poll(fault, after=HOUR + 2)
        await self.written.add_account(self.home.entry)
        fault.stop()
        port = URL(simulator.url).port
        await simulator.stop()
        await self.poll()
        await self.act()
        await simulator.start(port or 0)
        await self.poll()

    async def garble(self, secret: str) -> None:
        """Put a secret into fields where it does not belong."""
        car = self.home.car
        true = deepcopy(car.preferences)
        preferences = {
            "chargingBehavior": secret,
            "targetSoC": {"value": 80, "unit": secret},
            "minimalSoC": {"value": 20, "unit": secret},
            "weekDaySpecificReadyTimes": {secret: "10:00", "MONDAY": "09:00"},
            secret: secret,
        }
        bad_day = {**preferences, "weekDaySpecificReadyTimes": {secret: secret}}
        details: list[dict[str, Any]] = [
            {
                "integration": secret,
                secret: {secret: secret},
                "attributes": {"deviceType": secret, "engineType": secret},
            },
            {"settings": {"chargingPreferences": preferences}},
            {"settings": {"chargingPreferences": bad_day}},
            {"attributes": {"year": secret}},
            {"createdAt": secret},
            {"type": secret},
        ]
        for row in details:
            car.details_override = row
            await self.poll()
            car.preferences = deepcopy(true)
        car.details_override = None
        for status in (
            {"chargingStatus": secret, secret: secret},
            {"soc": [secret]},
            {"timestamp": secret},
        ):
            car.status_override = status
            await self.poll()
        car.status_override = None
        await self.garble_plans(secret)
        for answer in (preferences, bad_day):
            fault = self.home.simulator.fail("GET", PREFERENCES, body=answer)
            await self.act()
            await self.poll()
            fault.stop()
            car.preferences = deepcopy(true)
        await self.poll()

    async def garble_plans(self, secret: str) -> None:
        """Put a secret into plans and sessions."""
        hours = {"2020-01-01T00:00:00Z": 1}
        for wrong in (
            {"hourlyCharges": {secret: secret}},
            {"hourlyCharges": {**hours, secret: 1}},
            {"hourlyCharges": hours, "timeZone": secret, "id": secret, secret: secret},
            {"readyTime": secret},
            {"hourlyCharges": hours, "status": secret},
            {"endDateTime": secret},
        ):
            faults = [
                self.home.simulator.fail("GET", SCHEDULE, body=wrong),
                self.home.simulator.fail("GET", SESSIONS, body=[wrong]),
            ]
            await self.poll()
            await self.act()
            for fault in faults:
                fault.stop()


async def _set_up(simulator: Simulator, dialog: Dialog, written: Written) -> None:
    """Set the account up, with some setbacks."""
    written.add_dialog(await dialog.open())
    for status in (302, 401, 403, 404, 429, 500):
        fault = simulator.fail("GET", LIST, status=status, **ECHO)
        await dialog.submit(user_id=USER_ID, api_key=API_KEY)
        written.add_dialog(dialog)
        fault.stop()
    written.add_dialog(await dialog.submit(user_id=USER_ID, api_key=API_KEY))
    written.add_dialog(await dialog.choose("use_vehicles"))


async def _connect(
    simulator: Simulator, dialog: Dialog, entry: ConfigEntry, written: Written
) -> None:
    """Connect another car, with some setbacks, then try to remove it."""
    await dialog.open(SOURCE_RECONFIGURE, entry)
    written.add_dialog(await dialog.choose("vehicle"))
    fault = simulator.fail("GET", SIGN_IN, status=400, **ECHO)
    written.add_dialog(await dialog.submit(**a_car()))
    fault.stop()
    written.add_dialog(await dialog.submit(**a_car()))
    faults = [
        simulator.fail("GET", LIST, status=500, **ECHO),
        simulator.fail("POST", CONNECT, status=500, **ECHO),
        simulator.fail("GET", DETAILS, status=500, **ECHO),
        simulator.fail("GET", MODELS, status=500, **ECHO),
    ]
    written.add_dialog(await dialog.sign_in())
    for fault in faults:
        fault.stop()
        written.add_dialog(await dialog.submit())
        if dialog.step != "connect_failed":
            break
    removing = await dialog.another().open(SOURCE_RECONFIGURE, entry)
    written.add_dialog(await removing.choose("remove_vehicle"))
    simulator.fail("DELETE", DETAILS, status=403, times=1, **ECHO)
    written.add_dialog(await removing.submit(vehicle="car-2", confirm=True))


async def _add_location(
    hass: HomeAssistant, simulator: Simulator, entry: ConfigEntry, written: Written
) -> None:
    """Look at the locations and add one, with some setbacks."""
    assert await async_setup_component(hass, "zone", {})
    options = Options(hass, entry)
    for status in (302, 403, 404, 429, 500):
        fault = simulator.fail("GET", LOCATIONS, status=status, **ECHO)
        written.add("options", dict(await options.open("charging_locations")))
        assert fault.hits
        fault.stop()
    written.add("options", dict(await options.open("charging_locations")))
    await options.send({"next_step_id": "add_location"})
    await options.send({"zone": "zone.home"})
    fault = simulator.fail("POST", LOCATIONS, status=500, **ECHO)
    written.add("options", (await options.address())["errors"])
    fault.stop()
    fault = simulator.fail("PUT", PREFERENCES, status=500, **ECHO)
    left = await options.address()
    assert left["step_id"] == "location_vehicles"
    written.add("options", [left["errors"], left["description_placeholders"]])
    fault.stop()


async def _renew_key(
    home: Home, dialog: Dialog, entry: ConfigEntry, written: Written
) -> None:
    """Be asked for the key, and enter one that Hiven refuses, then the right one."""
    fault = home.simulator.fail("GET", LIST, status=401, **ECHO)
    await home.poll(after=HOUR + 2)
    await written.add_account(entry)
    (flow,) = entry.async_get_active_flows(home.hass, {SOURCE_REAUTH})
    written.add_dialog(await dialog.take_over(flow["flow_id"]))
    written.add_dialog(await dialog.submit(api_key=API_KEY))
    fault.stop()
    written.add_dialog(await dialog.submit(api_key=API_KEY))
    await written.add_account(entry)


async def test_nothing_personal_is_written(
    hass: HomeAssistant,
    simulator: Simulator,
    dialog: Dialog,
    new_car: Car,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
    log: Log,
) -> None:
    """Not into logs, states, issues, dialogs, diagnostics or files, but where it has to.

    What has to be there has to be found, so that this cannot be looking in vain.
    """
    car = add_full_car(simulator)
    car.vin = SECRETS["VIN"]
    car.unplug()
    (place_id,) = simulator.locations[USER_ID]
    simulator.store_location(USER_ID, place_id, PLACE)
    other = simulator.add_car(
        USER_ID, Car(id="car-other", name="Other", plugged_in=False)
    )
    written = Written(hass, log)
    await _set_up(simulator, dialog, written)
    entry = dialog.entry
    home = Home(hass, simulator, freezer, caplog, entry, car, other)
    parrot = Parrot(home, written)
    await parrot.refuse()
    for secret in SECRETS.values():
        await parrot.garble(secret)
    await _add_location(hass, simulator, entry, written)
    await _connect(simulator, dialog.another(), entry, written)
    await _renew_key(home, dialog.another(), entry, written)
    # Stopping writes all files.
    await hass.async_stop()
    written.add_stored(hass_storage)
    assert written.found.pop("log", set()) == set()
    assert {name: ways for name, ways in written.found.items() if ways} == ALLOWED


async def test_a_redirect_leads_no_key_astray(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    subtests: pytest.Subtests,
) -> None:
    """Where an answer points is not called: not by a poll, a write or an action."""
    await start()
    async with Simulator() as stranger:
        stranger.add_account(USER_ID, API_KEY)
        for status in (300, 301, 302, 303, 305, 307, 308):
            for pattern in (LIST, STATUS, PREFERENCES, SCHEDULE, MODELS):
                with subtests.test(status=status, pattern=pattern):
                    path = pattern.replace("*", "car-1")
                    fault = simulator.fail(
                        "*",
                        pattern,
                        status=status,
                        headers={"Location": stranger.url + path},
                    )
                    await pass_time(hass, freezer, seconds=POLL + 1)
                    assert all("redirect" in str(err) for err in await act(hass))
                    assert fault.hits
                    fault.stop()
                    assert stranger.requests == []


async def test_the_simulator_is_not_in_the_network(simulator: Simulator) -> None:
    """It listens on loopback alone."""
    assert simulator._runner is not None  # noqa: SLF001
    ((host, port),) = simulator._runner.addresses  # noqa: SLF001
    assert host == "127.0.0.1"
    assert simulator.url == f"http://{host}:{port}"
