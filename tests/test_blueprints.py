"""Home Assistant runs each blueprint against the simulator."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs

from homeassistant.components import persistent_notification
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.components.calendar.const import DATA_COMPONENT as CALENDARS
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import selector
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import extract_inputs, load_yaml_dict
import pytest

from . import Json
from .actions import (
    BEHAVIOR,
    NEXT_READY_TIME,
    PREFERENCES,
    SCHEDULE,
    SESSIONS,
    STATE_OF_CHARGE,
    STATUS,
    TARGET,
    ready_time_of,
)
from .home import HELSINKI, Home
from .house import House, local
from .plans import hours, plan
from .repository import MANIFEST, ROOT

BLUEPRINTS = ROOT / "blueprints" / "automation" / "hiven"
PATHS = sorted(BLUEPRINTS.iterdir())
NAMES = [path.stem for path in PATHS]

CALENDAR = "calendar.shared"
PLUGGED_IN = "binary_sensor.family_car_plugged_in"
NOT_READY = "binary_sensor.family_car_not_ready_in_time"
LAST_REPORTED = "sensor.family_car_last_reported"
CHARGE_NOW = "switch.family_car_charge_now"


@pytest.fixture
async def home(home: Home, tmp_path: Path) -> AsyncGenerator[House]:
    """Return a home without a running account or an automation."""
    hass = home.hass
    await hass.config.async_set_time_zone(HELSINKI)
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "blueprints").symlink_to(ROOT / "blueprints")
    house = House(hass, home.simulator, home.freezer, home.caplog, home.entry, home.car)
    house.other = house.add_car(soc=20.0)
    for component in ("calendar", "automation", "persistent_notification"):
        assert await async_setup_component(hass, component, {})
    await hass.data[CALENDARS].async_add_entities([house.calendar])

    @callback
    def notified(
        kind: persistent_notification.UpdateType,
        notifications: dict[str, persistent_notification.Notification],
    ) -> None:
        if kind == persistent_notification.UpdateType.ADDED:
            house.messages += [each["message"] for each in notifications.values()]

    persistent_notification.async_register_callback(hass, notified)
    yield house
    await house.load([])


# Metadata.
def address(path: Path) -> str:
    return f"{MANIFEST['documentation']}/blob/main/{path.relative_to(ROOT)}"


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
async def test_home_assistant_takes_it(hass: HomeAssistant, path: Path) -> None:
    source = load_yaml_dict(str(path))
    blueprint = Blueprint(
        load_yaml_dict(str(path)), path=path.name, expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )  # fmt: skip
    assert blueprint.validate() is None
    data, inputs = blueprint.metadata, blueprint.inputs
    assert data["name"].startswith("Hiven: ")
    assert len(data["description"]) > 80
    assert data["homeassistant"]["min_version"] == "2026.10.0"
    assert data["source_url"] == address(path)
    del source["blueprint"]
    assert extract_inputs(source) == set(inputs)
    (only,) = inputs["car"]["selector"]["device"]["filter"]
    assert only == {"integration": "hiven"}
    required = {key for key in inputs if "default" not in inputs[key]}
    assert required <= {"car", "calendar"}
    for key, each in inputs.items():
        assert each["name"], key
        # A field whose label says everything needs no hint.
        assert each.get("description", ".").endswith("."), key
        # An entity of a car would have to be found among those of every car.
        assert "integration" not in str(each["selector"].get("entity")), key
        if "action" in each["selector"]:
            (action,) = each["default"]
            assert action["action"] == "persistent_notification.create"
        elif each.get("default") not in (None, "", []):
            take: Any = selector(each["selector"])
            assert take(each["default"]) == each["default"]


def test_docs_import_each() -> None:
    page = (ROOT / "docs/automations.md").read_text()
    start = "https://my.home-assistant.io/redirect/blueprint_import/"
    links = re.findall(rf"\]\({re.escape(start)}\?([^)]*)\)", page)
    imported = [parse_qs(link)["blueprint_url"][0] for link in links]
    assert sorted(imported) == [address(path) for path in PATHS]


# Plug-in reminder.
async def test_reminder(home: House) -> None:
    home.car.soc = 40.0
    await home.automate("plug_in_reminder")
    assert (await home.move_to("2026-03-16 19:59")).notifications() == []
    await home.restart()
    await home.move_to("2026-03-16 20:00")
    message = "Please plug in Family car: the battery is at 40 %."
    assert home.notifications() == [message]
    home.rename(PLUGGED_IN, STATE_OF_CHARGE)
    await home.move_to("2026-03-17 20:00")
    assert len(home.notifications()) == 1


@pytest.mark.parametrize(("status", "soc", "presence", "expected"), [
    ("PLUGGED", 40, {}, 0), ("NOT_CHARGING", 40, {}, 0), ("DISCONNECTED", None, {}, 0),
    ("DISCONNECTED", 50, {}, 0), ("DISCONNECTED", 40, {}, 1),
    ("DISCONNECTED", 40, {"person.a": "home", "device_tracker.b": "not_home"}, 1),
    ("DISCONNECTED", 40, {"person.a": "not_home", "device_tracker.b": "not_home"}, 0),
    ("DISCONNECTED", 40, {"person.a": "unknown"}, 0),
    ("DISCONNECTED", 40, {"zone.home": "2"}, 1),
    ("DISCONNECTED", 40, {"zone.home": "0"}, 0),
])  # fmt: skip
async def test_when_to_remind(
    home: House, status: str, soc: float | None, presence: dict[str, str], expected: int
) -> None:
    home.car.status_override = {"chargingStatus": status, "soc": soc}
    await home.automate("plug_in_reminder", presence=list(presence))
    for entity_id, state in presence.items():
        home.hass.states.async_set(entity_id, state)
    await home.move_to("2026-03-16 20:00")
    assert len(home.notifications()) == expected


# Charging finished or interrupted.
@pytest.mark.parametrize(("status", "soc", "message"), [
    ("CHARGING_COMPLETED", 78, "Family car is charged: 78 %."),
    ("PLUGGED", 80, "Family car is charged: 80 %."),
    ("DISCONNECTED", 78, "Family car stopped charging too early: 78 %."),
])  # fmt: skip
async def test_charging_ends(home: House, status: str, soc: int, message: str) -> None:
    home.simulator.fail("GET", SESSIONS, status=404)
    await home.automate("charging_ended")
    await home.report("CHARGING", soc=50)
    await home.restart()
    assert home.notifications() == []
    await home.report(status, soc=soc)
    assert home.notifications() == [message]
    # The integration stores what the car did after a delay.
    await home.pass_time(seconds=2)
    await home.restart()
    await home.report(status, soc=soc)
    assert home.notifications() == []


async def test_a_break_is_no_end(home: House) -> None:
    """A pause, an unknown status or another car causes no notification."""
    home.simulator.fail("GET", SESSIONS, status=404)
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h22=1)))
    await home.automate("charging_ended")
    for status in ("CHARGING", "PLUGGED", "SOMETHING_NEW", "PLUGGED"):
        await home.report(status, soc=60)
    for status in ("CHARGING", "CHARGING_COMPLETED"):
        await home.report(status, home.other, soc=60)
    assert home.notifications() == []


# Not ready in time.
async def test_not_ready(home: House) -> None:
    home.simulator.fail("GET", SCHEDULE, status=404)
    await home.automate("not_ready_in_time")
    await home.report("PLUGGED", soc=50)
    assert home.notifications() == []
    await home.pass_time(minutes=31)
    (message,) = home.notifications()
    assert message.startswith("Family car will not be ready in time: the battery is at")
    await home.restart()
    await home.report("PLUGGED", soc=50)
    assert home.shown(NOT_READY) == "on"
    assert home.notifications() == []
    await home.report("CHARGING_COMPLETED", soc=80)
    assert home.shown(NOT_READY) == "off"
    home.rename(NOT_READY)
    await home.report("PLUGGED", soc=50)
    await home.pass_time(minutes=31)
    assert len(home.notifications()) == 1


async def test_ready_after_all(home: House) -> None:
    home.other.preferences = dict(home.held)
    home.simulator.fail("GET", SCHEDULE, status=404)
    home.edit(chargingBehavior="SMART_CHARGE_OFF")
    await home.automate("not_ready_in_time")
    await home.report("PLUGGED", home.other, soc=20)
    await home.report("PLUGGED", soc=20)
    await home.pass_time(minutes=31)
    assert home.shown("binary_sensor.other_not_ready_in_time") == "on"
    home.edit(chargingBehavior="SMART_CHARGE_ANYWHERE", targetSoC=None)
    await home.poll()
    assert home.shown(NOT_READY) == "unknown"
    assert home.notifications() == []


# No news from the car.
async def test_gone_stale(home: House) -> None:
    home.car.telemetry_at = dt_util.utcnow()
    await home.automate("data_gone_stale", hours=6)
    await home.move_to("2026-03-16 19:59")
    await home.restart()
    assert home.notifications() == []
    await home.move_to("2026-03-16 20:01")
    (message,) = home.notifications()
    assert message.startswith("Family car has not reported for 6 hours.")
    await home.restart()
    await home.pass_time(hours=2)
    assert home.notifications() == []
    home.rename(LAST_REPORTED, NEXT_READY_TIME)
    home.car.telemetry_at = dt_util.utcnow()
    await home.poll()
    await home.pass_time(hours=5)
    assert home.notifications() == []
    await home.pass_time(hours=1)
    assert len(home.notifications()) == 1


@pytest.mark.parametrize("is_off", [False, True])
async def test_data_that_is_missing(home: House, is_off: bool) -> None:
    home.car.telemetry_at = dt_util.utcnow()
    await home.automate("data_gone_stale", hours=2)
    home.simulator.fail("GET", STATUS, status=500)
    await home.poll(times=8)
    if is_off:
        await home.unload()
    assert home.shown(LAST_REPORTED) == "unavailable"
    await home.pass_time(minutes=60)
    assert home.notifications() == []
    await home.pass_time(minutes=65)
    assert len(home.notifications()) == 1
    await home.pass_time(hours=4)
    assert home.notifications() == []


async def test_fresh_news(home: House) -> None:
    home.other.telemetry_at = dt_util.utcnow() - timedelta(days=3)
    home.car.telemetry_at = dt_util.utcnow() - timedelta(hours=30)
    await home.automate("data_gone_stale", hours=1)
    for expected in (1, 0):
        await home.pass_time(minutes=15)
        assert len(home.notifications()) == expected
    await home.set_preferences(target_soc=90, until="18:00")
    for _ in range(12):
        home.car.telemetry_at = dt_util.utcnow()
        await home.poll()
        await home.pass_time(minutes=30)
    assert home.notifications() == []


# Other ready time tomorrow.
async def test_other_ready_time(home: House) -> None:
    home.edit(weekDaySpecificReadyTimes={"TUESDAY": "06:15"})
    home.calendar.add("Meeting", "2026-03-17 12:00")
    home.calendar.add("Flight", "2026-03-17 08:30")
    home.calendar.add("Journey", "2026-03-16 12:00", hours=48)
    home.calendar.add("Holiday", "2026-03-17")
    await home.automate("other_ready_time_tomorrow", calendar=CALENDAR)
    assert (await home.move_to("2026-03-16 19:59")).week == {"TUESDAY": "06:15"}
    assert (await home.move_to("2026-03-16 20:00")).week == {"TUESDAY": "07:30"}
    await home.restart()
    assert (await home.move_to("2026-03-17 23:59")).week == {"TUESDAY": "07:30"}
    assert (await home.move_to("2026-03-18 00:05")).week == {"TUESDAY": "06:15"}
    assert home.other.preferences is None


AT_NINE = {"search": "(WORK", "look_at": "21:00:00"}


@pytest.mark.parametrize(("title", "start", "inputs", "expected"), [
    # The time never moves to the day before.
    ("Flight", "2026-03-17 00:20", {"earlier": 60}, "00:00"),
    ("Flight", "2026-03-17 23:59", {"earlier": 0}, "23:59"),
    ("Flight", "2026-03-17 09:00", {"earlier": 720}, "00:00"),
    ("Dentist (work)", "2026-03-17 08:00", {"search": "flight"}, None),
    ("Dentist (work)", "2026-03-17 08:00", AT_NINE, "07:00"),
    ("Flight", "2026-03-18 08:00", {}, None),
])  # fmt: skip
async def test_ready_on_that_day(
    home: House, title: str, start: str, inputs: Json, expected: str | None
) -> None:
    home.calendar.add(title, start)
    await home.automate("other_ready_time_tomorrow", calendar=CALENDAR, **inputs)
    await home.move_to("2026-03-16 20:00")
    if "look_at" in inputs:
        assert home.puts == []
        await home.move_to("2026-03-16 21:00")
    assert home.week == ({"TUESDAY": expected} if expected else {})
    assert len(home.puts) == bool(expected)


async def test_an_hour_that_does_not_exist(home: House) -> None:
    """The clocks go from 3:00 to 4:00, so an hour before 4:30 is 2:30."""
    home.freezer.move_to(local("2026-03-28 19:00"))
    home.calendar.add("Flight", "2026-03-29 04:30")
    await home.automate("other_ready_time_tomorrow", calendar=CALENDAR)
    assert (await home.move_to("2026-03-28 20:00")).week == {"SUNDAY": "02:30"}


# Full before a trip.
async def test_full_before_a_trip(home: House) -> None:
    home.calendar.add("Trip", "2026-03-17 08:00")
    await home.automate("full_before_trip", calendar=CALENDAR)
    home.rename(TARGET)
    assert (await home.move_to("2026-03-16 19:59")).target == 80
    assert (await home.move_to("2026-03-16 20:00")).target == 100
    await home.restart()
    assert (await home.move_to("2026-03-17 07:45")).target == 100
    assert len(home.puts) == 1
    assert (await home.move_to("2026-03-17 08:00")).target == 80
    assert (await home.move_to("2026-03-17 08:30")).target == 80
    # Another trip at short notice.
    await home.move_to("2026-03-17 22:00")
    home.calendar.add("Trip", "2026-03-18 08:00")
    assert (await home.move_to("2026-03-17 22:15")).target == 100
    assert home.other.preferences is None


async def test_a_trip_without_a_start_time(home: House) -> None:
    home.edit(targetSoC={"value": 300, "unit": "KM"})
    home.calendar.add("Trip", "2026-03-17")
    await home.automate("full_before_trip", calendar=CALENDAR)
    await home.move_to("2026-03-16 14:15")
    assert home.held["targetSoC"] == {"value": 100, "unit": "PERCENT"}
    assert (await home.move_to("2026-03-17 23:59")).target == 100
    await home.move_to("2026-03-18 00:05")
    assert home.held["targetSoC"] == {"value": 300, "unit": "KM"}


async def test_hours_before_a_trip(home: House) -> None:
    home.freezer.move_to(local("2026-03-28 18:00"))
    home.calendar.add("Trip", "2026-03-29 08:00")
    await home.automate("full_before_trip", calendar=CALENDAR)
    for at, target in (("18:45", 80), ("19:00", 100)):
        assert (await home.move_to(f"2026-03-28 {at}")).target == target


@pytest.mark.parametrize("start", ["2026-03-17 07:00", "2026-03-17"])
async def test_a_target_set_by_hand(home: House, start: str) -> None:
    home.calendar.add("Trip", start)
    home.calendar.add("Trip", "2026-03-18 10:00")
    await home.automate("full_before_trip", calendar=CALENDAR)
    assert (await home.move_to("2026-03-16 20:15")).target == 100
    await home.set_number(TARGET, 70)
    await home.move_to("2026-03-16 20:30")
    await home.restart()
    assert (await home.move_to("2026-03-17 06:45")).target == 70
    assert (await home.move_to("2026-03-18 00:30")).target == 100


@pytest.mark.parametrize(("title", "start", "target"), [
    ("Dentist", "2026-03-17 08:00", 90), ("Trip", "2026-03-17 09:00", 90),
    ("Trip", "2026-03-16 13:00", 90), ("Trip", "2026-03-17 08:00", 100),
])  # fmt: skip
async def test_no_trip(home: House, title: str, start: str, target: int) -> None:
    home.edit(targetSoC={"value": target, "unit": "PERCENT"})
    home.calendar.add(title, start, hours=24)
    await home.automate("full_before_trip", calendar=CALENDAR, search="trip")
    await home.move_to("2026-03-16 20:00")
    await home.move_to("2026-03-16 20:15")
    assert home.simulator.count("PUT", PREFERENCES) == 0


# Spoken sentences.
@pytest.fixture
async def talk(home: House) -> House:
    assert await async_setup_component(home.hass, "homeassistant", {})
    assert await async_setup_component(home.hass, "conversation", {})
    await home.automate("spoken_sentences")
    return home


async def say(home: House, text: str, language: str = "en") -> str:
    answer = await home.ask(
        "conversation.process", text=text, language=language,
        agent_id="conversation.home_assistant",
    )  # fmt: skip
    await home.hass.async_block_till_done(wait_background_tasks=True)
    speech: str = answer["response"]["speech"]["plain"]["speech"]
    return speech


@pytest.mark.parametrize(("language", "text", "answer"), [
    ("en", "When is the car ready?", "The car will be ready tomorrow at 7:00."),
    ("fi", "Milloin auto on valmis?", "Auto on valmis huomenna kello 7.00."),
    ("sv", "När är bilen klar?", "Bilen är klar i morgon klockan 7.00."),
    ("nb", "Når er bilen klar?", "Bilen er klar i morgen klokken 7.00."),
    ("da", "Hvornår er bilen klar?", "Bilen er klar i morgen klokken 7.00."),
    ("de", "Wann ist das Auto fertig?", "Das Auto ist morgen um 7:00 Uhr fertig."),
    ("en", "Is the car charging?", "No, the car is not charging."),
    ("fi", "Latautuuko auto?", "Ei, auto ei lataudu."),
    ("sv", "Laddar bilen?", "Nej, bilen laddar inte."),
    ("nb", "Lader bilen?", "Nei, bilen lader ikke."),
    ("da", "Oplader bilen?", "Nej, bilen oplader ikke."),
    ("de", "Lädt das Auto?", "Nein, das Auto wird nicht geladen."),
    ("en", "How full is the car?", "The car is at 50 percent."),
    ("fi", "Kuinka täynnä auto on?", "Auton akun varaus on 50 prosenttia."),
    ("sv", "Hur full är bilen?", "Batteriet är på 50 procent."),
    ("nb", "Hvor full er bilen?", "Batteriet er på 50 prosent."),
    ("da", "Hvor fuld er bilen?", "Batteriet er på 50 procent."),
    ("de", "Wie voll ist das Auto?", "Die Batterie ist bei 50 Prozent."),
])  # fmt: skip
async def test_questions(talk: House, language: str, text: str, answer: str) -> None:
    assert await say(talk, text, language) == answer


@pytest.mark.parametrize(("language", "text", "at"), [
    ("en", "Have the car ready at six tomorrow", "06:00"),
    ("en", "Get my car ready tomorrow by 6:30 p.m.", "18:30"),
    ("en", "Have the car ready by half past seven tomorrow", "07:30"),
    ("en", "Have the car ready at half past 6 pm tomorrow", "18:30"),
    ("en", "Have the car ready at six o'clock tomorrow", "06:00"),
    ("en", "Have the car ready at 12 am tomorrow", "00:00"),
    ("en", "Have the car ready at 06:30 tomorrow", "06:30"),
    ("fi", "Laita auto valmiiksi huomenna klo 6.30", "06:30"),
    ("sv", "Ha bilen klar klockan halv ett i morgon", "12:30"),
    ("fi", "Laita auto valmiiksi huomenna kello kuudeksi", "06:00"),
    ("fi", "Laita auto valmiiksi huomiseksi kello puoli seitsemän", "06:30"),
    ("sv", "Ha bilen klar klockan sex i morgon", "06:00"),
    ("sv", "Gör bilen redo imorgon till halv sju", "06:30"),
    ("nb", "Ha bilen klar klokken halv sju i morgen", "06:30"),
    ("da", "Gør bilen klar klokken seks i morgen", "06:00"),
    ("de", "Mach das Auto morgen bis sechs Uhr fertig", "06:00"),
    ("de", "Das Auto soll morgen um 5.45 Uhr fertig sein", "05:45"),
    ("de", "Mach das Auto morgen um halb 7 fertig", "06:30"),
    ("de", "Mach das Auto morgen um 6 Uhr 30 fertig", "06:30"),
])  # fmt: skip
async def test_ready_tomorrow(talk: House, language: str, text: str, at: str) -> None:
    answer = await say(talk, text, language)
    hour, minute = at.split(":")
    assert f"{int(hour)}:{minute}" in answer.replace(".", ":")
    assert talk.week == {"TUESDAY": at}
    assert (await talk.move_to("2026-03-18 00:05")).week == {}


UNCLEAR = {
    "en": ("Have the car ready at {} tomorrow", (
        "dawn, ten past six, quarter to one, half seven, six thirty, six in the evening, "
        "half past 6:30, 6:75, 13 pm, 630, 24:00, sieben, sex"
    )),
    "fi": ("Laita auto valmiiksi huomenna kello {}",
           "seitsemän kolmekymmentä, varttia yli kuusi, six"),
    "sv": ("Ha bilen klar klockan {} i morgon", "tio i sju, kvart över sex, 6 pm"),
    "nb": ("Ha bilen klar klokken {} i morgen", "kvart på sju, halv"),
    "da": ("Gør bilen klar klokken {} i morgen", "kvart i syv, halv syv tredive"),
    "de": ("Mach das Auto morgen um {} fertig", "viertel vor sieben, dreiviertel acht"),
}  # fmt: skip


@pytest.mark.parametrize("language", UNCLEAR)
async def test_an_unclear_time(talk: House, language: str) -> None:
    texts = load_yaml_dict(str(BLUEPRINTS / "spoken_sentences.yaml"))["variables"]
    sentence, times = UNCLEAR[language]
    for at in times.split(", "):
        answer = await say(talk, sentence.format(at), language)
        assert answer == texts["texts"][language]["time_unclear"], at
    assert talk.puts == []


async def test_charge_now(talk: House) -> None:
    fault = talk.simulator.fail("PUT", PREFERENCES, status=400)
    for order in ("Have the car ready at six tomorrow", "Charge the car now"):
        assert (await say(talk, order)).startswith("That did not work.")
    fault.stop()
    assert talk.week == {}
    # A change in the registry moves the entity behind the other select of the car.
    er.async_get(talk.hass).async_update_entity(BEHAVIOR, icon="mdi:car")
    assert await say(talk, "Charge the car now") == "All right, the car charges now."
    assert talk.shown(CHARGE_NOW) == "on"
    assert talk.shown(BEHAVIOR) == "smart_charge_off"
    anyway = "Smart charging is off, so the car charges at once anyway."
    assert await say(talk, "Charge the car now") == anyway


async def test_what_the_car_does(talk: House) -> None:
    talk.rename(PLUGGED_IN, STATE_OF_CHARGE, ready_time_of("monday"))
    await talk.restart()
    await talk.report("CHARGING", soc=61.6)
    answer = "Yes, the car is charging. It is at 62 percent."
    assert await say(talk, "Is my car charging?") == answer
    talk.simulator.fail("GET", SCHEDULE, body=plan(hours(h22=1)))
    await talk.report("PLUGGED", soc=50)
    await talk.restart()
    answer = "No, the car is not charging. It starts tomorrow at 0:00."
    assert await say(talk, "Is the car charging?") == answer
    talk.simulator.fail("GET", SCHEDULE, status=404)
    await talk.restart()
    await talk.pass_time(minutes=31)
    answer = "The car will probably not be ready tomorrow at 7:00."
    assert (await say(talk, "When is the car ready?")).startswith(answer)
    await talk.report("SOMETHING_NEW", soc=None)
    silent = "There is no news from the car at the moment."
    for question in ("Is the car charging?", "How full is the car?"):
        assert await say(talk, question) == silent
    await talk.choose("smart_charge_off")
    answer = "Smart charging is off"
    assert (await say(talk, "When is the car ready?")).startswith(answer)
