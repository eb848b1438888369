"""Home Assistant's own triggers and conditions work with a car."""

from datetime import timedelta

from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.hiven.condition import CONDITIONS
from custom_components.hiven.trigger import TRIGGERS

from . import Json
from .actions import BEHAVIOR, NEXT_READY_TIME, SCHEDULE, STATE_OF_CHARGE
from .automations import SILENT, ask_condition, automate, hear, say, start
from .home import HELSINKI, NOON, Home
from .plans import hours, plan

OFFERED = {"triggers": set(TRIGGERS), "conditions": set(CONDITIONS)}


@pytest.fixture
async def home(home: Home) -> Home:
    """Set up the battery's triggers and conditions, and start the account."""
    assert await async_setup_component(home.hass, "battery", {})
    await start(home, "PLUGGED")
    return home


@pytest.mark.parametrize("kind", OFFERED)
async def test_what_is_offered_for_a_car(
    home: Home, hass_ws_client: WebSocketGenerator, kind: str
) -> None:
    client = await hass_ws_client(home.hass)
    target = {"device_id": [home.device().id]}
    await client.send_json_auto_id({"type": f"get_{kind}_for_target", "target": target})
    response = await client.receive_json()
    offered = set(response["result"])
    assert offered >= {f"hiven.{name}" for name in OFFERED[kind]}
    domains = {"battery", "calendar", "hiven", "select"}
    assert {name.partition(".")[0] for name in offered} >= domains


async def test_what_a_device_does(home: Home) -> None:
    target = {"device_id": home.device().id}
    full = {"threshold": {"type": "above", "value": {"number": 80}}}
    triggers: tuple[Json, ...] = (
        {"trigger": "battery.started_charging"}, {"trigger": "battery.stopped_charging"},
        {"trigger": "battery.level_crossed_threshold", "options": full},
        {"trigger": "select.selection_changed"},
    )  # fmt: skip
    ran = await automate(home, *({**each, "target": target} for each in triggers))

    async def hears(*expected: str) -> None:
        await home.poll()
        assert ran == list(expected)
        ran.clear()

    started, stopped = ["started_charging"], ["stopped_charging"]
    reports = {"CHARGING": started, "COMPLETE": stopped, "DISCONNECTED": [], SILENT: []}
    for status, expected in reports.items():
        say(home.car, status)
        await hears(*expected)
    for soc, is_full in ((79.0, 0), (81.0, 1), (85.0, 0), (70.0, 0), (90.0, 1)):
        home.car.status_override = {"soc": soc}
        await hears(*["level_crossed_threshold"] * is_full)
        assert home.shown(STATE_OF_CHARGE) == str(soc)
    await home.choose("smart_charge_off")
    await hears("selection_changed")
    # A change of another setting does not fire the trigger.
    home.edit(chargingBehavior="SMART_CHARGE_AT_LOCATION", readyTime="08:00")
    await hears("selection_changed")
    assert home.shown(BEHAVIOR) == "smart_charge_at_location"


async def test_it_is_charging(home: Home) -> None:
    holds = await ask_condition(home, "battery.is_charging")
    for status, expected in (("PLUGGED", False), ("CHARGING", True), (SILENT, False)):
        await hear(home, home.car, status)
        assert await holds() is expected


async def test_an_hour_before_the_car_is_to_be_ready(home: Home) -> None:
    await home.hass.config.async_set_time_zone(HELSINKI)
    await home.reload()
    assert home.shown(NEXT_READY_TIME) == "2026-03-17T05:00:00+00:00"
    at = {"entity_id": NEXT_READY_TIME, "offset": "-01:00:00"}
    ran = await automate(home, {"trigger": "time", "at": at, "id": "soon"})
    for time, count in (
        ({"hours": 15, "minutes": 58}, 0), ({"minutes": 3}, 1), ({"hours": 1}, 1),
        ({"hours": 22, "minutes": 57}, 1), ({"minutes": 3}, 2),
    ):  # fmt: skip
        await home.pass_time(**time)
        assert len(ran) == count
    await home.choose("smart_charge_off")
    await home.pass_time(hours=1)
    await home.pass_time(hours=24)
    assert len(ran) == 2


async def test_a_quarter_of_an_hour_before_it_charges(home: Home) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h14=1, h15=0.5)))
    # Calendar triggers search for events in steps of 15 minutes from now on, and miss
    # an event that ends exactly between two steps.
    home.freezer.move_to(NOON + timedelta(minutes=2))
    await home.reload()
    target = {"device_id": home.device().id}
    # Home Assistant 2026.11 has a signed offset; both releases accept this one.
    before = {"offset": {"minutes": 15}, "offset_type": "before"}
    ran = await automate(
        home,
        {"trigger": "calendar.event_started", "target": target, "options": before},
        {"trigger": "calendar.event_ended", "target": target},
    )
    when: list[tuple[str, str]] = []
    while dt_util.utcnow() < NOON + timedelta(hours=4):
        await home.pass_time(minutes=5)
        when += [(name, f"{dt_util.utcnow():%H:%M}") for name in ran]
        ran.clear()
    # These are the first steps of the clock after 13:45 and 15:30.
    assert when == [("event_started", "13:47"), ("event_ended", "15:32")]
    await home.act("automation.turn_off", entity_id="all")
