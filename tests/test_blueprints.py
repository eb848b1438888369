"""The blueprints: each is run by Home Assistant, against the simulator."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
import logging
from pathlib import Path
from typing import Any, override
from urllib.parse import parse_qs, urlsplit

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT as CALENDARS
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.selector import selector
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import extract_inputs, load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)

from simulator import Car, Simulator

from . import USER_ID, turn
from .actions import (
    BEHAVIOR,
    MINIMUM,
    NEXT_READY_TIME,
    PLANNED_TIME,
    PREFERENCES,
    SCHEDULE,
    STATUS,
    TARGET,
    choose,
    device_id,
    set_number,
    shown,
)
from .platforms import HELSINKI, Start, edit
from .repository import MANIFEST, ROOT

BLUEPRINTS = ROOT / "blueprints" / "automation" / "hiven"
PATHS = sorted(BLUEPRINTS.iterdir())
NAMES = [path.name for path in PATHS]

CHARGING_STATUS = "sensor.family_car_charging_status"
LAST_REPORTED = "sensor.family_car_last_reported"
PLUGGED_IN = "binary_sensor.family_car_plugged_in"
CALENDAR = "calendar.shared"
TOGGLE = "input_boolean.charge_now"

# Tasks that wait for something to come: connections, the test, automations.
WAITING = (
    "RequestHandler.start",
    "test_",
    "AutomationEntity.",
    "Script.",
    "_ScriptRun.",
    "_QueuedScriptRun.",
)


class Shared(CalendarEntity):
    """A calendar of the household."""

    _attr_name = "Shared"

    def __init__(self) -> None:
        """Begin empty."""
        self.events: list[CalendarEvent] = []

    @property
    @override
    def event(self) -> None:
        """Show nothing; blueprints ask for events."""

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events that overlap."""
        return [
            event
            for event in self.events
            if event.start_datetime_local < end_date
            and event.end_datetime_local > start_date
        ]

    def add(self, summary: str, start: str, hours: float = 2) -> None:
        """Add an event by its local start."""
        begin = datetime.fromisoformat(start).replace(
            tzinfo=dt_util.get_default_time_zone()
        )
        self.events.append(
            CalendarEvent(
                start=begin, end=begin + timedelta(hours=hours), summary=summary
            )
        )

    def add_day(self, summary: str, day: str) -> None:
        """Add an event that lasts a day."""
        start = datetime.fromisoformat(day).date()
        self.events.append(
            CalendarEvent(start=start, end=start + timedelta(days=1), summary=summary)
        )


@dataclass
class Home:
    """A household in Helsinki with two cars, on Monday at 14 o'clock."""

    hass: HomeAssistant
    simulator: Simulator
    freezer: FrozenDateTimeFactory
    start: Start
    car: Car
    other: Car
    calendar: Shared
    calls: list[ServiceCall]
    configuration: Path
    automations: list[dict[str, Any]] = field(default_factory=list)

    async def automate(self, name: str, **inputs: Any) -> None:
        """Set the account up, and make an automation of a blueprint."""
        if not self.hass.config_entries.async_loaded_entries("hiven"):
            await self.start()
        blueprint = {"path": f"hiven/{name}.yaml", "input": inputs}
        self.automations = [{"id": name, "alias": name, "use_blueprint": blueprint}]
        await self.load(self.automations)
        assert shown(self.hass, f"automation.{name}") == "on"

    async def restart(self) -> None:
        """Forget all that runs, and begin anew."""
        await self.load([])
        (automation,) = self.hass.states.async_all("automation")
        assert automation.state == "unavailable"
        await self.load(self.automations)

    async def load(self, automations: list[dict[str, Any]]) -> None:
        """Run these automations and no others."""
        self.configuration.write_text(json.dumps({"automation": automations}))
        await self.hass.services.async_call("automation", "reload", blocking=True)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing goes on but waiting."""
        quiet = 0
        while quiet < 50:
            await turn()
            quiet += 1
            busy = [
                task
                for task in asyncio.all_tasks() - {asyncio.current_task()}
                if not getattr(task.get_coro(), "__qualname__", "").startswith(WAITING)
            ]
            if busy:
                await asyncio.wait(busy)
                quiet = 0

    async def move_to(self, local: str) -> None:
        """Let it become that time of the home."""
        at = datetime.fromisoformat(local).replace(
            tzinfo=dt_util.get_default_time_zone()
        )
        await self.later(seconds=(at - dt_util.utcnow()).total_seconds() + 1)

    async def later(self, **delta: float) -> None:
        """Let time pass in one step."""
        self.freezer.tick(timedelta(**delta))
        async_fire_time_changed(self.hass)
        await self.settle()

    async def poll(self) -> None:
        """Let Home Assistant ask for news."""
        await self.later(minutes=5, seconds=1)

    async def reports(self, status: str | None, soc: float | None = None) -> None:
        """Have the car report a status; None: it cannot be read until it is unavailable."""
        faults = []
        if soc is not None:
            self.car.soc = soc
        if status is None:
            faults.append(self.simulator.fail("GET", STATUS, status=500))
            for _ in range(8):
                await self.poll()
            assert shown(self.hass, CHARGING_STATUS) == "unavailable"
        else:
            self.car.status_override = {"chargingStatus": status}
            await self.poll()
        for fault in faults:
            fault.stop()

    @property
    def told(self) -> list[str]:
        """What people were told, since this was last asked."""
        messages = [call.data["message"] for call in self.calls]
        self.calls.clear()
        return messages

    def target(self) -> float:
        """Return the target Hiven holds."""
        value: float = (self.car.preferences or {})["targetSoC"]["value"]
        return value

    def week(self) -> dict[str, str]:
        """Return the week days' ready times Hiven holds."""
        return dict((self.car.preferences or {}).get("weekDaySpecificReadyTimes") or {})

    def behavior(self) -> str:
        """Return the behavior Hiven holds."""
        behavior: str = (self.car.preferences or {})["chargingBehavior"]
        return behavior


def tell(message: str) -> list[dict[str, Any]]:
    """Return a notification as people choose it for an input."""
    return [{"action": "notify.phone", "data": {"message": message}}]


@pytest.fixture
async def home(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
) -> AsyncGenerator[Home]:
    """Run the household; nothing is automated yet."""
    freezer.move_to("2026-03-16T12:00:00Z")
    await hass.config.async_set_time_zone(HELSINKI)
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "blueprints").symlink_to(ROOT / "blueprints")
    other = simulator.add_car(
        USER_ID,
        Car(id="car-2", name="Other car", soc=20.0, plugged_in=False, preferences=None),
    )
    calendar = Shared()
    assert await async_setup_component(hass, "calendar", {})
    await hass.data[CALENDARS].async_add_entities([calendar])
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"charge_now": {}}}
    )
    assert await async_setup_component(hass, "automation", {})
    home = Home(
        hass,
        simulator,
        freezer,
        start,
        car,
        other,
        calendar,
        async_mock_service(hass, "notify", "phone"),
        tmp_path / "configuration.yaml",
    )
    yield home
    await home.load([])


class TestFiles:
    """What people see before anything runs."""

    def test_there_are_seven(self) -> None:
        """And nothing else."""
        assert NAMES == [
            "charge_now.yaml",
            "charging_ended.yaml",
            "data_gone_stale.yaml",
            "full_before_trip.yaml",
            "not_ready_in_time.yaml",
            "other_ready_time_tomorrow.yaml",
            "plug_in_reminder.yaml",
        ]

    @pytest.mark.parametrize("path", PATHS, ids=NAMES)
    async def test_home_assistant_takes_it(
        self, hass: HomeAssistant, path: Path
    ) -> None:
        """It has a name, says what it does, and where it is from."""
        blueprint = Blueprint(
            load_yaml_dict(str(path)),
            path=path.name,
            expected_domain="automation",
            schema=AUTOMATION_BLUEPRINT_SCHEMA,
        )
        assert blueprint.validate() is None
        data = blueprint.metadata
        assert data["name"].startswith("Hiven: ")
        assert len(data["description"]) > 80
        assert data["homeassistant"]["min_version"] == "2026.10.0"
        assert data["source_url"] == address(path)

    @pytest.mark.parametrize("path", PATHS, ids=NAMES)
    def test_inputs(self, path: Path) -> None:
        """Each is used, and has a name, a description, a selector, a fitting default."""
        data = load_yaml_dict(str(path))
        blueprint = Blueprint(data, schema=AUTOMATION_BLUEPRINT_SCHEMA)
        body = {key: value for key, value in data.items() if key != "blueprint"}
        assert extract_inputs(body) == set(blueprint.inputs)
        for key, each in blueprint.inputs.items():
            assert each["name"], key
            assert each["description"].endswith("."), key
            if each.get("default") not in (None, "", []):
                take: Any = selector(each["selector"])
                assert take(each["default"]) == each["default"]

    @pytest.mark.parametrize("path", PATHS, ids=NAMES)
    def test_no_entity_is_named(self, path: Path) -> None:
        """They are other ones in each home; only fitting ones are offered."""
        text = path.read_text()
        for domain in ("sensor", "binary_sensor", "number", "select", "calendar"):
            assert f" {domain}.family" not in text
        data = load_yaml_dict(str(path))
        inputs = Blueprint(data, schema=AUTOMATION_BLUEPRINT_SCHEMA).inputs
        ours = [
            key
            for key, each in inputs.items()
            for kind in ("entity", "device")
            for only in (each["selector"].get(kind) or {}).get("filter", ())
            if only.get("integration") == "hiven"
        ]
        assert ours

    @pytest.mark.parametrize("unit", ["PERCENT", "KM"])
    @pytest.mark.parametrize(
        "name", ["charging_ended", "full_before_trip", "not_ready_in_time"]
    )
    async def test_targets(self, home: Home, name: str, unit: str) -> None:
        """One in km can be chosen as well."""
        edit(home.car, targetSoC={"value": 90, "unit": unit})
        await home.start()
        state = home.hass.states.get(TARGET)
        assert state is not None
        data = load_yaml_dict(str(BLUEPRINTS / f"{name}.yaml"))
        inputs = Blueprint(data, schema=AUTOMATION_BLUEPRINT_SCHEMA).inputs
        (offered,) = inputs["target"]["selector"]["entity"]["filter"]
        assert state.attributes["device_class"] in offered["device_class"]

    def test_docs_import_each(self) -> None:
        """There is a button for every blueprint, and no other."""
        page = (ROOT / "docs/automations.md").read_text()
        start = "https://my.home-assistant.io/redirect/blueprint_import/"
        links = [
            part.partition(")")[0]
            for part in page.split("](")
            if part.startswith(start)
        ]
        assert sorted(
            parse_qs(urlsplit(link).query)["blueprint_url"][0] for link in links
        ) == [address(path) for path in PATHS]


def address(path: Path) -> str:
    """Return where a blueprint is imported from."""
    return f"{MANIFEST['documentation']}/blob/main/{path.relative_to(ROOT)}"


class TestPlugInReminder:
    """A low car that is not plugged in, in the evening."""

    async def automate(self, home: Home, **inputs: Any) -> None:
        await home.automate(
            "plug_in_reminder",
            plugged_in=PLUGGED_IN,
            reminder=tell("{{ car }} {{ level }}"),
            **inputs,
        )

    async def test_reminds(self, home: Home) -> None:
        """At that time, every evening, also after a restart."""
        home.car.soc = 40.0
        await self.automate(home)
        await home.move_to("2026-03-16 19:59")
        assert home.told == []
        await home.restart()
        await home.move_to("2026-03-16 20:00")
        assert home.told == ["Family car 40"]
        await home.move_to("2026-03-17 19:59")
        assert home.told == []
        await home.move_to("2026-03-17 20:00")
        assert home.told == ["Family car 40"]

    @pytest.mark.parametrize(
        "why",
        ["plugged in", "unknown plug", "unknown level", "full enough", "unavailable"],
    )
    async def test_no_need(self, home: Home, why: str) -> None:
        """Or not sure that there is one. The other car is low and unplugged throughout."""
        home.car.soc = 40.0
        match why:
            case "plugged in":
                home.car.plug_in()
                home.simulator.pause()
            case "unknown plug":
                home.car.status_override = {"chargingStatus": "NOT_CHARGING"}
            case "unknown level":
                home.car.status_override = {"soc": None}
            case "full enough":
                home.car.soc = 50.0
        await self.automate(home)
        if why == "unavailable":
            await home.reports(None)
            home.simulator.fail("GET", STATUS, status=500)
        await home.move_to("2026-03-16 20:00")
        assert home.told == []

    @pytest.mark.parametrize(
        ("states", "expected"),
        [
            ({"person.a": "home", "device_tracker.b": "not_home"}, 1),
            ({"person.a": "not_home", "device_tracker.b": "not_home"}, 0),
            ({"person.a": "unknown"}, 0),
            ({"person.a": "Home office"}, 0),
            ({"zone.home": "2"}, 1),
            ({"zone.home": "0"}, 0),
        ],
    )
    async def test_presence(
        self, home: Home, states: dict[str, str], expected: int
    ) -> None:
        """Only while somebody is home."""
        home.car.soc = 40.0
        for entity_id, state in states.items():
            home.hass.states.async_set(entity_id, state)
        await self.automate(home, presence=list(states))
        await home.move_to("2026-03-16 20:00")
        assert len(home.told) == expected


class TestChargingEnded:
    """Finished, or stopped too early."""

    async def automate(self, home: Home) -> None:
        home.simulator.pause()
        home.car.plug_in()
        await home.automate(
            "charging_ended",
            charging_status=CHARGING_STATUS,
            target=TARGET,
            when_finished=tell("finished: {{ car }} {{ level }}"),
            when_interrupted=tell("interrupted: {{ car }} {{ level }} of {{ goal }}"),
        )
        home.simulator.fail("GET", SCHEDULE, body={})

    def plan(self, home: Home, *hours: str) -> None:
        """Have Hiven plan to charge at these hours of UTC."""
        charges = {f"2026-03-16T{hour}:00:00Z": 1 for hour in hours}
        body = {"id": "plan", "createdAt": "2026-03-16T11:00:00Z"}
        home.simulator.fail("GET", SCHEDULE, body={**body, "hourlyCharges": charges})

    async def test_a_charge_of_the_simulator(self, home: Home) -> None:
        """From plugging in to the target, planned hours and breaks included."""
        home.car.soc = 60.0
        await home.automate(
            "charging_ended",
            charging_status=CHARGING_STATUS,
            target=TARGET,
            when_finished=tell("finished"),
            when_interrupted=tell("interrupted"),
        )
        home.car.plug_in()
        seen = set()
        while dt_util.utcnow() < datetime.fromisoformat("2026-03-17T06:00:00Z"):
            await home.later(minutes=10)
            seen.add(shown(home.hass, CHARGING_STATUS))
        assert seen == {"plugged", "charging", "charging_completed"}
        assert home.told == ["finished"]

    @pytest.mark.parametrize("before", ["CHARGING", "PLUGGED", "DISCONNECTED"])
    async def test_finished(self, home: Home, before: str) -> None:
        """Told at once, and once."""
        await self.automate(home)
        await home.reports(before, 79.0)
        await home.reports("COMPLETE", 80.0)
        assert home.told == ["finished: Family car 80"]
        await home.reports("CHARGING_COMPLETED")
        await home.reports("PLUGGED")
        await home.later(minutes=11)
        assert home.told == []

    @pytest.mark.parametrize(("soc", "level"), [(79.5, 79), (80.0, 80)])
    async def test_stopped_at_the_target(
        self, home: Home, soc: float, level: int
    ) -> None:
        """Counts as finished, whatever the car calls it."""
        await self.automate(home)
        await home.reports("CHARGING", 70.0)
        await home.reports("PLUGGED", soc)
        assert home.told == []
        await home.later(minutes=11)
        assert home.told == [f"finished: Family car {level}"]

    @pytest.mark.parametrize("status", ["PLUGGED", "NOT_CHARGING", "DISCONNECTED"])
    async def test_interrupted(self, home: Home, status: str) -> None:
        """Below the target, and nothing is planned."""
        await self.automate(home)
        await home.reports("CHARGING", 60.0)
        await home.reports(status)
        assert home.told == []
        await home.later(minutes=11)
        assert home.told == ["interrupted: Family car 60 of 80"]
        await home.later(hours=3)
        assert home.told == []

    async def test_unplugged_with_a_plan(self, home: Home) -> None:
        """No plan charges a car without a plug."""
        await self.automate(home)
        self.plan(home, "20", "21")
        await home.reports("CHARGING", 60.0)
        await home.reports("DISCONNECTED")
        await home.later(minutes=11)
        assert home.told == ["interrupted: Family car 60 of 80"]

    async def test_a_planned_break(self, home: Home) -> None:
        """Is no interruption; when the plan is over and the car is not full, it is one."""
        await self.automate(home)
        self.plan(home, "12", "16")
        await home.reports("CHARGING", 60.0)
        await home.reports("PLUGGED")
        await home.later(hours=3)
        assert home.told == []
        await home.reports("CHARGING", 65.0)
        await home.reports("PLUGGED")
        await home.later(minutes=11)
        assert home.told == []
        await home.move_to("2026-03-16 19:01")
        assert home.told == ["interrupted: Family car 65 of 80"]

    async def test_a_plan_that_cannot_be_read(self, home: Home) -> None:
        """Counts as nothing planned."""
        await self.automate(home)
        home.simulator.fail("GET", SCHEDULE, status=500)
        for _ in range(12):
            await home.reports("CHARGING", 60.0)
        assert shown(home.hass, PLANNED_TIME) == "unknown"
        await home.reports("PLUGGED")
        await home.later(minutes=11)
        assert home.told == ["interrupted: Family car 60 of 80"]

    async def test_charging_goes_on_soon(self, home: Home) -> None:
        """A stop of some minutes is not told; the end is."""
        await self.automate(home)
        await home.reports("CHARGING", 60.0)
        await home.reports("PLUGGED")
        await home.reports("CHARGING")
        await home.later(minutes=30)
        assert home.told == []
        await home.reports("COMPLETE", 80.0)
        assert home.told == ["finished: Family car 80"]

    async def test_no_news_in_between(self, home: Home) -> None:
        """Is waited out: neither told, nor does it hide the end."""
        await self.automate(home)
        await home.reports("CHARGING", 60.0)
        await home.reports(None)
        await home.reports("CHARGING")
        await home.reports("SOMETHING_NEW")
        assert shown(home.hass, CHARGING_STATUS) == "unknown"
        await home.later(minutes=30)
        assert home.told == []
        await home.reports("COMPLETE", 80.0)
        assert home.told == ["finished: Family car 80"]
        await home.reports(None)
        await home.reports("COMPLETE")
        assert home.told == []

    async def test_a_car_that_was_full_before(self, home: Home) -> None:
        """News that come back, or a restart, make it no fuller."""
        home.car.status_override = {"chargingStatus": "COMPLETE"}
        await self.automate(home)
        await home.restart()
        await home.reports(None)
        await home.reports("COMPLETE")
        await home.hass.config_entries.async_reload(
            home.hass.config_entries.async_entries("hiven")[0].entry_id
        )
        await home.settle()
        assert shown(home.hass, CHARGING_STATUS) == "charging_completed"
        assert home.told == []

    async def test_restart_while_charging(self, home: Home) -> None:
        """The end is told all the same."""
        await self.automate(home)
        await home.reports("CHARGING", 60.0)
        await home.restart()
        await home.reports("PLUGGED")
        await home.later(minutes=11)
        assert home.told == ["interrupted: Family car 60 of 80"]

    @pytest.mark.parametrize(
        "changes",
        [{"targetSoC": {"value": 300, "unit": "KM"}}, {"targetSoC": None}],
    )
    async def test_a_target_that_says_nothing(
        self, home: Home, changes: dict[str, Any]
    ) -> None:
        """In km or none: a stop is no interruption."""
        await self.automate(home)
        edit(home.car, chargingBehavior="SMART_CHARGE_OFF", **changes)
        await home.reports("CHARGING", 60.0)
        await home.reports("PLUGGED")
        await home.later(minutes=30)
        assert home.told == []

    async def test_the_other_car(self, home: Home) -> None:
        """Is another automation's matter."""
        await self.automate(home)
        for status in ("CHARGING", "DISCONNECTED", "CHARGING", "COMPLETE"):
            home.other.status_override = {"chargingStatus": status}
            await home.later(minutes=11)
        assert home.told == []


class TestNotReadyInTime:
    """Below the target, and nothing on the way."""

    async def automate(self, home: Home, **inputs: Any) -> None:
        home.simulator.pause()
        await home.automate(
            "not_ready_in_time",
            next_ready_time=NEXT_READY_TIME,
            target=TARGET,
            warning=tell("{{ car }} {{ level }} of {{ goal }} at {{ ready }}"),
            **inputs,
        )

    @pytest.mark.parametrize("plan", [None, {}, {"2026-03-16T14:00:00Z": 1}])
    async def test_nothing_planned(
        self, home: Home, plan: dict[str, float] | None
    ) -> None:
        """Plugged in, not charging; warned once, an hour before, also after a restart."""
        home.car.plug_in()
        home.car.status_override = {"chargingStatus": "PLUGGED"}
        self.plan(home, plan)
        await self.automate(home)
        await home.move_to("2026-03-17 05:59")
        assert home.told == []
        await home.restart()
        await home.move_to("2026-03-17 06:00")
        assert home.told == ["Family car 50 of 80 at 07:00"]
        await home.move_to("2026-03-17 07:00")
        assert home.told == []

    def plan(self, home: Home, charges: dict[str, float] | None) -> None:
        """Have Hiven tell that plan, or none."""
        body = {"id": "plan", "createdAt": "2026-03-16T11:00:00Z"}
        home.simulator.fail(
            "GET",
            SCHEDULE,
            body=None if charges is None else {**body, "hourlyCharges": charges},
            status=404 if charges is None else 200,
        )

    async def test_a_plan_that_cannot_be_read(self, home: Home) -> None:
        """Counts as nothing planned."""
        home.car.plug_in()
        home.car.status_override = {"chargingStatus": "PLUGGED"}
        home.simulator.fail("GET", SCHEDULE, status=500)
        await self.automate(home)
        assert shown(home.hass, PLANNED_TIME) == "unknown"
        await home.move_to("2026-03-17 06:00")
        assert home.told == ["Family car 50 of 80 at 07:00"]

    async def test_not_plugged_in(self, home: Home) -> None:
        """A plan does not help; earlier, if wanted."""
        self.plan(home, {"2026-03-17T04:00:00Z": 1})
        await self.automate(home, ahead="-02:00:00")
        await home.move_to("2026-03-17 05:00")
        assert home.told == ["Family car 50 of 80 at 07:00"]

    @pytest.mark.parametrize(
        "why",
        [
            "planned",
            "charging",
            "full",
            "off",
            "km",
            "unknown level",
            "unknown status",
            "unavailable",
        ],
    )
    async def test_no_reason(self, home: Home, why: str) -> None:
        """Or nobody knows."""
        home.car.plug_in()
        status: dict[str, Any] = {"chargingStatus": "PLUGGED"}
        self.plan(home, None)
        match why:
            case "planned":
                self.plan(home, {"2026-03-17T04:00:00Z": 0.5})
            case "charging":
                status = {"chargingStatus": "CHARGING"}
            case "full":
                home.car.soc = 80.0
            case "off":
                edit(home.car, chargingBehavior="SMART_CHARGE_OFF")
            case "km":
                edit(home.car, targetSoC={"value": 300, "unit": "KM"})
            case "unknown level":
                status["soc"] = None
            case "unknown status":
                status = {"chargingStatus": "SOMETHING_NEW"}
        home.car.status_override = status
        await self.automate(home)
        if why == "unavailable":
            home.simulator.fail("GET", STATUS, status=500)
            for _ in range(8):
                await home.poll()
        await home.move_to("2026-03-17 06:00")
        await home.move_to("2026-03-17 07:00")
        assert home.told == []


class TestOtherReadyTimeTomorrow:
    """What the calendar says, for a day."""

    async def automate(self, home: Home, **inputs: Any) -> None:
        await home.start()
        await home.automate(
            "other_ready_time_tomorrow",
            car=device_id(home.hass),
            calendar=CALENDAR,
            **inputs,
        )

    async def test_there_and_back(self, home: Home) -> None:
        """The first event of tomorrow counts; the day after, all is as it was."""
        home.calendar.add("Lunch", "2026-03-17 12:00")
        home.calendar.add("Ferry", "2026-03-17 06:15")
        home.calendar.add("Today", "2026-03-16 21:00")
        home.calendar.add("Later", "2026-03-18 04:00")
        home.calendar.add("From today on", "2026-03-16 22:00", hours=24)
        home.calendar.add_day("Birthday", "2026-03-17")
        await self.automate(home)
        await home.move_to("2026-03-16 19:59")
        assert home.week() == {}
        await home.move_to("2026-03-16 20:00")
        assert home.week() == {"TUESDAY": "05:15"}
        home.calendar.events.clear()
        await home.move_to("2026-03-17 20:00")
        await home.move_to("2026-03-18 00:04")
        assert home.week() == {"TUESDAY": "05:15"}
        await home.move_to("2026-03-18 00:05")
        assert home.week() == {}

    @pytest.mark.parametrize(
        ("usual", "after"),
        [
            ({}, {"SUNDAY": "10:00"}),
            ({"usual_tuesday": "06:30:00"}, {"TUESDAY": "06:30", "SUNDAY": "10:00"}),
        ],
    )
    async def test_restart(
        self, home: Home, usual: dict[str, str], after: dict[str, str]
    ) -> None:
        """The next evening puts back what the run would have; other days are left alone."""
        edit(
            home.car,
            weekDaySpecificReadyTimes={"TUESDAY": "06:30", "SUNDAY": "10:00"},
        )
        home.calendar.add("Ferry", "2026-03-17 09:00")
        await self.automate(home, earlier=30, look_at="21:00:00", **usual)
        await home.move_to("2026-03-16 21:00")
        assert home.week() == {"TUESDAY": "08:30", "SUNDAY": "10:00"}
        await home.restart()
        await home.move_to("2026-03-17 21:00")
        assert home.week() == {"TUESDAY": "08:30", "SUNDAY": "10:00"}
        await home.move_to("2026-03-18 21:00")
        assert home.week() == after

    async def test_day_after_day(self, home: Home) -> None:
        """Each day has its own time, and each goes back."""
        home.calendar.add("Work", "2026-03-17 08:00")
        home.calendar.add("Work", "2026-03-18 06:00")
        await self.automate(home)
        await home.move_to("2026-03-16 20:00")
        await home.move_to("2026-03-17 20:00")
        assert home.week() == {"TUESDAY": "07:00", "WEDNESDAY": "05:00"}
        await home.move_to("2026-03-18 00:05")
        assert home.week() == {"WEDNESDAY": "05:00"}
        await home.move_to("2026-03-18 20:00")
        await home.move_to("2026-03-19 00:05")
        assert home.week() == {}

    @pytest.mark.parametrize("usual", [{}, {"usual_tuesday": "06:30:00"}])
    async def test_yesterday_cannot_be_put_back(
        self, home: Home, usual: dict[str, str]
    ) -> None:
        """Tomorrow gets its time all the same."""
        home.calendar.add("Work", "2026-03-17 08:00")
        home.calendar.add("Work", "2026-03-19 06:00")
        await self.automate(home, **usual)
        await home.move_to("2026-03-16 20:00")
        await home.restart()
        home.simulator.fail("PUT", PREFERENCES, status=500, times=1)
        await home.move_to("2026-03-18 20:00")
        assert home.week() == {"TUESDAY": "07:00", "THURSDAY": "05:00"}

    async def test_no_ready_time_of_every_day(self, home: Home) -> None:
        """The only ready time a car has cannot be cleared; the next one comes on time."""
        home.calendar.add("Work", "2026-03-17 08:00")
        home.calendar.add("Work", "2026-03-19 06:00")
        edit(home.car, readyTime=None, weekDaySpecificReadyTimes={"TUESDAY": "09:00"})
        await self.automate(home)
        await home.move_to("2026-03-16 20:00")
        assert home.week() == {"TUESDAY": "07:00"}
        await home.move_to("2026-03-17 20:00")
        await home.move_to("2026-03-18 00:05")
        assert home.week() == {"TUESDAY": "07:00"}
        await home.move_to("2026-03-18 20:00")
        assert home.week() == {"TUESDAY": "07:00", "THURSDAY": "05:00"}

    async def test_search(self, home: Home) -> None:
        """Only what has the word in it; case and special characters do not matter."""
        home.calendar.add("Gym", "2026-03-17 06:00")
        home.calendar.add("Early FERRY (both cars)", "2026-03-17 08:00")
        await self.automate(home, search="ferry (")
        await home.move_to("2026-03-16 20:00")
        assert home.week() == {"TUESDAY": "07:00"}

    async def test_just_after_midnight(self, home: Home) -> None:
        """It is the same day's ready time, not one a day later."""
        home.calendar.add("Flight", "2026-03-17 00:30")
        await self.automate(home)
        await home.move_to("2026-03-16 20:00")
        assert home.week() == {"TUESDAY": "00:00"}

    async def test_over_the_change_of_clocks(self, home: Home) -> None:
        """Saturday looks at a Sunday that has 23 hours."""
        home.calendar.add("Brunch", "2026-03-29 11:00")
        await self.automate(home)
        await home.move_to("2026-03-28 20:00")
        assert home.week() == {"SUNDAY": "10:00"}
        await home.move_to("2026-03-29 20:00")
        await home.move_to("2026-03-30 00:04")
        assert home.week() == {"SUNDAY": "10:00"}
        await home.move_to("2026-03-30 00:05")
        assert home.week() == {}

    @pytest.mark.parametrize("why", ["none", "all day", "no calendar", "refused"])
    async def test_nothing_to_do(self, home: Home, why: str) -> None:
        """Or it cannot be done: what Hiven holds stays."""
        edit(home.car, weekDaySpecificReadyTimes={"TUESDAY": "06:30"})
        home.calendar.add("Later", "2026-03-19 08:00")
        match why:
            case "all day":
                home.calendar.add_day("Birthday", "2026-03-17")
            case "no calendar":
                home.calendar.add("Ferry", "2026-03-17 09:00")
                await home.calendar.async_remove()
            case "refused":
                home.calendar.add("Ferry", "2026-03-17 09:00")
                home.simulator.fail("PUT", PREFERENCES, status=500)
        await self.automate(home)
        await home.move_to("2026-03-16 20:00")
        await home.move_to("2026-03-17 20:00")
        assert home.week() == {"TUESDAY": "06:30"}
        if why != "refused":
            assert home.simulator.count("PUT", PREFERENCES) == 0


class TestFullBeforeTrip:
    """100 % before a trip, and back."""

    async def automate(self, home: Home, **inputs: Any) -> None:
        home.simulator.pause()
        home.car.plug_in()
        await home.automate(
            "full_before_trip",
            **{"target": TARGET, **inputs},
            plugged_in=PLUGGED_IN,
            calendar=CALENDAR,
        )

    async def test_there_and_back(self, home: Home) -> None:
        """Twelve hours before, until it starts; after restarts in between too."""
        home.calendar.add("Trip", "2026-03-17 08:00", hours=72)
        await self.automate(home)
        await home.move_to("2026-03-16 19:45")
        assert home.target() == 80
        await home.move_to("2026-03-16 20:00")
        assert home.target() == 100
        await home.restart()
        await home.move_to("2026-03-17 07:45")
        assert home.target() == 100
        await home.restart()
        await home.move_to("2026-03-17 08:00")
        assert home.target() == 80
        assert home.simulator.count("PUT", PREFERENCES) == 2

    async def test_all_day(self, home: Home) -> None:
        """Full from the evening on, all day of the home; the next trip's day follows."""
        home.calendar.add_day("Trip", "2026-03-17")
        home.calendar.add_day("Trip", "2026-03-18")
        await self.automate(home, hours=6)
        await home.move_to("2026-03-16 17:45")
        assert home.target() == 80
        await home.move_to("2026-03-16 18:00")
        assert home.target() == 100
        for moment in (
            "2026-03-17 00:00",
            "2026-03-17 02:15",
            "2026-03-18 00:00",
            "2026-03-18 23:45",
        ):
            await home.move_to(moment)
            assert home.target() == 100
        await home.move_to("2026-03-19 00:00")
        assert home.target() == 80

    async def test_unplugged_on_the_day(self, home: Home) -> None:
        """That was the trip: coming home is none."""
        home.calendar.add_day("Trip", "2026-03-17")
        await self.automate(home)
        await home.move_to("2026-03-16 20:00")
        await home.move_to("2026-03-17 09:00")
        assert home.target() == 100
        home.car.unplug()
        await home.poll()
        assert home.target() == 80
        home.car.plug_in()
        await home.move_to("2026-03-17 18:00")
        assert home.target() == 80

    async def test_the_minimum_by_mistake(self, home: Home) -> None:
        """Is left alone, and so is the target."""
        edit(
            home.car,
            minimalSoC={"value": 20, "unit": "PERCENT"},
            targetSoC={"value": 100, "unit": "PERCENT"},
        )
        home.calendar.add("Trip", "2026-03-17 08:00")
        await self.automate(home, target=MINIMUM)
        assert shown(home.hass, MINIMUM) == "20.0"
        await home.move_to("2026-03-16 20:15")
        assert home.simulator.count("PUT", PREFERENCES) == 0

    async def test_down_at_both_moments(self, home: Home) -> None:
        """What was missed is made up for."""
        home.calendar.add("Trip", "2026-03-17 08:00")
        await self.automate(home, everyday_target=70, hours=6)
        automations = home.automations
        await home.load([])
        await home.move_to("2026-03-17 03:00")
        await home.load(automations)
        await home.move_to("2026-03-17 03:15")
        assert home.target() == 100
        await home.load([])
        await home.move_to("2026-03-17 09:20")
        await home.load(automations)
        await home.move_to("2026-03-17 09:30")
        assert home.target() == 70

    async def test_unplugged_before(self, home: Home) -> None:
        """Back at once; full again when plugged in and the trip is still to come."""
        home.calendar.add("Trip", "2026-03-17 08:00")
        await self.automate(home)
        await home.move_to("2026-03-16 20:00")
        home.car.unplug()
        await home.move_to("2026-03-16 21:05")
        assert home.target() == 80
        await home.move_to("2026-03-16 21:30")
        assert home.target() == 80
        home.car.plug_in()
        await home.move_to("2026-03-16 22:05")
        assert home.target() == 100

    async def test_a_trip_that_is_called_off(self, home: Home) -> None:
        """The target goes back when the car is unplugged."""
        home.calendar.add("Trip", "2026-03-17 08:00")
        await self.automate(home)
        await home.move_to("2026-03-16 20:00")
        home.calendar.events.clear()
        await home.move_to("2026-03-17 09:00")
        assert home.target() == 100
        await home.restart()
        home.car.status_override = {"chargingStatus": "NOT_CHARGING"}
        await home.poll()
        home.car.status_override = None
        home.car.unplug()
        await home.poll()
        assert home.target() == 80

    async def test_a_restart_is_no_unplugging(self, home: Home) -> None:
        """A car that waits unplugged with a target of one's own keeps it."""
        await self.automate(home)
        home.car.unplug()
        await home.poll()
        await set_number(home.hass, TARGET, 100)
        await home.restart()
        await home.reports(None)
        await home.poll()
        assert shown(home.hass, PLUGGED_IN) == "off"
        await home.move_to("2026-03-16 20:00")
        assert home.target() == 100

    @pytest.mark.parametrize(
        "why", ["another", "too early", "over", "unplugged", "km", "no calendar"]
    )
    async def test_nothing_to_do(self, home: Home, why: str) -> None:
        """The target stays as people set it."""
        title, start = "Trip", "2026-03-17 08:00"
        unit, value = "PERCENT", 90
        match why:
            case "another":
                title = "Dentist"
            case "too early":
                start = "2026-03-17 09:00"
            case "over":
                start, value = "2026-03-16 16:00", 100
            case "km":
                unit, value = "KM", 300
        edit(home.car, targetSoC={"value": value, "unit": unit})
        home.calendar.add(title, start, hours=24)
        await self.automate(home, search="trip")
        if why == "unplugged":
            home.car.unplug()
        if why == "no calendar":
            await home.calendar.async_remove()
        await home.load([])
        await home.move_to("2026-03-16 19:59")
        await home.load(home.automations)
        await home.move_to("2026-03-16 20:01")
        await home.move_to("2026-03-16 20:15")
        assert home.target() == value
        assert home.simulator.count("PUT", PREFERENCES) == 0


class TestChargeNow:
    """At once, then smart again."""

    async def automate(self, home: Home, **inputs: Any) -> None:
        home.simulator.pause()
        home.car.plug_in()
        await home.automate(
            "charge_now",
            toggle=TOGGLE,
            behavior=BEHAVIOR,
            charging_status=CHARGING_STATUS,
            **inputs,
        )

    async def turn(self, home: Home, state: str) -> None:
        await home.hass.services.async_call(
            "input_boolean", f"turn_{state}", {"entity_id": TOGGLE}, blocking=True
        )
        await home.settle()

    async def test_a_charge_of_the_simulator(self, home: Home) -> None:
        """It begins at once, and ends by itself."""
        await self.automate(home)
        home.simulator.resume()
        assert home.car.charging_status == "PLUGGED"
        await self.turn(home, "on")
        assert home.car.charging_status == "CHARGING"
        await home.later(hours=1)
        assert home.behavior() == "SMART_CHARGE_OFF"
        for _ in range(5):
            await home.later(hours=1)
        assert home.car.soc == pytest.approx(80, abs=0.1)
        assert home.behavior() == "SMART_CHARGE_ANYWHERE"
        assert shown(home.hass, TOGGLE) == "off"

    @pytest.mark.parametrize("status", ["COMPLETE", "DISCONNECTED"])
    async def test_restart(self, home: Home, status: str) -> None:
        """The toggle remembers."""
        await self.automate(home)
        await self.turn(home, "on")
        assert home.behavior() == "SMART_CHARGE_OFF"
        await home.reports("CHARGING")
        await home.restart()
        assert home.behavior() == "SMART_CHARGE_OFF"
        await home.reports(status)
        assert home.behavior() == "SMART_CHARGE_ANYWHERE"
        assert shown(home.hass, TOGGLE) == "off"

    async def test_full_while_home_assistant_is_down(self, home: Home) -> None:
        """Noticed when the account is back; a car that waits for its plug goes on waiting."""
        await self.automate(home)
        await self.turn(home, "on")
        entry = home.hass.config_entries.async_entries("hiven")[0]
        for status, state in (("DISCONNECTED", "on"), ("COMPLETE", "off")):
            await home.hass.config_entries.async_unload(entry.entry_id)
            home.car.status_override = {"chargingStatus": status}
            await home.hass.config_entries.async_setup(entry.entry_id)
            await home.settle()
            assert shown(home.hass, TOGGLE) == state
        assert home.behavior() == "SMART_CHARGE_ANYWHERE"

    async def test_no_news_in_between(self, home: Home) -> None:
        """Is no end."""
        await self.automate(home)
        await self.turn(home, "on")
        for status in ("CHARGING", None, "CHARGING", "SOMETHING_NEW", "PLUGGED"):
            await home.reports(status)
        assert home.behavior() == "SMART_CHARGE_OFF"
        assert shown(home.hass, TOGGLE) == "on"

    async def test_ended_by_hand(self, home: Home) -> None:
        """Back to what was chosen for afterwards, but not over another choice."""
        home.car.unplug()
        await self.automate(home)
        await self.turn(home, "on")
        await self.turn(home, "off")
        assert home.behavior() == "SMART_CHARGE_ANYWHERE"
        await self.turn(home, "on")
        assert home.behavior() == "SMART_CHARGE_OFF"
        edit(home.car, chargingLocationIds=["here"])
        home.car.preferences = {
            **(home.car.preferences or {}),
            "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
        }
        await home.poll()
        await self.turn(home, "off")
        assert home.behavior() == "SMART_CHARGE_AT_LOCATION"

    @pytest.mark.parametrize("status", ["COMPLETE", "DISCONNECTED"])
    async def test_smart_charging_that_is_off_stays_off(
        self, home: Home, status: str
    ) -> None:
        """Where the toggle was not switched on."""
        await self.automate(home)
        await choose(home.hass, "smart_charge_off")
        await home.reports("CHARGING")
        await home.reports(status)
        assert home.behavior() == "SMART_CHARGE_OFF"

    async def test_the_other_car(self, home: Home) -> None:
        """Ends nothing."""
        await self.automate(home)
        await self.turn(home, "on")
        for status in ("CHARGING", "DISCONNECTED", "COMPLETE"):
            home.other.status_override = {"chargingStatus": status}
            await home.poll()
        assert home.behavior() == "SMART_CHARGE_OFF"

    async def test_refused(self, home: Home) -> None:
        """The toggle shows what is, and can be tried again."""
        await self.automate(home)
        fault = home.simulator.fail("PUT", PREFERENCES, status=500)
        await self.turn(home, "on")
        assert shown(home.hass, TOGGLE) == "off"
        fault.stop()
        await self.turn(home, "on")
        assert shown(home.hass, TOGGLE) == "on"
        fault = home.simulator.fail("PUT", PREFERENCES, status=500)
        await self.turn(home, "off")
        assert shown(home.hass, TOGGLE) == "on"
        assert home.behavior() == "SMART_CHARGE_OFF"
        fault.stop()
        await self.turn(home, "off")
        assert home.behavior() == "SMART_CHARGE_ANYWHERE"

    async def test_not_there_yet(self, home: Home) -> None:
        """What is wanted while the account is away is done when it is back."""
        await self.automate(home)
        entry = home.hass.config_entries.async_entries("hiven")[0]
        await home.hass.config_entries.async_unload(entry.entry_id)
        await self.turn(home, "on")
        assert home.behavior() == "SMART_CHARGE_ANYWHERE"
        await home.hass.config_entries.async_setup(entry.entry_id)
        await home.settle()
        assert home.behavior() == "SMART_CHARGE_OFF"
        assert shown(home.hass, TOGGLE) == "on"


class TestDataGoneStale:
    """No news for too long."""

    async def automate(self, home: Home, **inputs: Any) -> None:
        home.car.telemetry_at = dt_util.utcnow()
        await home.automate(
            "data_gone_stale",
            last_reported=LAST_REPORTED,
            notice=tell("{{ car }} {{ hours }}"),
            **inputs,
        )

    async def test_old_news(self, home: Home) -> None:
        """Told once; again only after fresh news."""
        await self.automate(home, hours=6)
        await home.move_to("2026-03-16 19:59")
        await home.restart()
        assert home.told == []
        await home.move_to("2026-03-16 20:01")
        assert home.told == ["Family car 6"]
        await home.later(hours=2)
        await home.reports(None)
        await home.poll()
        await home.restart()
        await home.later(hours=2)
        assert home.told == []
        home.car.telemetry_at = dt_util.utcnow()
        await home.poll()
        await home.later(hours=5)
        assert home.told == []
        await home.later(hours=1)
        assert home.told == ["Family car 6"]

    async def test_gone_stale_while_down(self, home: Home) -> None:
        """Told when the account is back."""
        await self.automate(home)
        entry = home.hass.config_entries.async_entries("hiven")[0]
        await home.hass.config_entries.async_unload(entry.entry_id)
        await home.restart()
        await home.later(hours=23)
        await home.hass.config_entries.async_setup(entry.entry_id)
        await home.settle()
        await home.later(minutes=15)
        assert home.told == []
        await home.hass.config_entries.async_unload(entry.entry_id)
        await home.later(hours=2)
        await home.hass.config_entries.async_setup(entry.entry_id)
        await home.settle()
        await home.later(minutes=15)
        assert home.told == ["Family car 24"]

    async def test_stale_from_the_start(self, home: Home) -> None:
        """News that were old when the automation was made are told, once."""
        await self.automate(home)
        automations = home.automations
        await home.load([])
        await home.later(hours=30)
        await home.load(automations)
        await home.later(minutes=15)
        assert home.told == ["Family car 24"]
        await home.later(minutes=15)
        assert home.told == []

    async def test_made_while_there_is_no_data(self, home: Home) -> None:
        """Made, and made anew, after the data went: told when it is time."""
        await self.automate(home, hours=2)
        await home.reports(None)
        home.simulator.fail("GET", STATUS, status=500)
        await home.restart()
        await home.later(minutes=90)
        assert home.told == []
        await home.restart()
        await home.later(minutes=45)
        assert home.told == ["Family car 2"]
        await home.restart()
        await home.later(hours=3)
        assert home.told == []

    async def test_a_car_that_is_no_more(
        self, home: Home, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Nothing is told, and nothing is complained about."""
        await self.automate(home)
        (entry,) = home.hass.config_entries.async_entries("hiven")
        await home.hass.config_entries.async_remove(entry.entry_id)
        await home.restart()
        await home.later(hours=30)
        assert home.hass.states.get(LAST_REPORTED) is None
        assert home.told == []
        assert not [
            record
            for record in caplog.records
            if record.levelno >= logging.WARNING
            and "data_gone_stale" in record.getMessage()
        ]

    @pytest.mark.parametrize("fault", ["unavailable", "unknown"])
    async def test_missing(self, home: Home, fault: str) -> None:
        """Data that has been away for as long counts as well, once."""
        await self.automate(home, hours=2)
        if fault == "unknown":
            home.car.status_override = {"timestamp": None}
        else:
            home.simulator.fail("GET", STATUS, status=500)
        for _ in range(8):
            await home.poll()
        assert shown(home.hass, LAST_REPORTED) == fault
        await home.later(minutes=60)
        assert home.told == []
        await home.later(minutes=65)
        assert home.told == ["Family car 2"]
        await home.later(hours=4)
        assert home.told == []

    async def test_a_short_failure(self, home: Home) -> None:
        """Is not told, nor what the other car reports."""
        await self.automate(home, hours=2)
        home.other.telemetry_at = dt_util.utcnow() - timedelta(days=3)
        for _ in range(6):
            await home.reports(None)
            home.car.telemetry_at = dt_util.utcnow()
            await home.poll()
        assert home.told == []
