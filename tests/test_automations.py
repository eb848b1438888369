"""Home Assistant's own triggers and conditions work with a car as they are."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Car, Simulator

from .actions import (
    BEHAVIOR,
    NEXT_READY_TIME,
    SCHEDULE,
    choose,
    device_id,
    pass_time,
    shown,
)
from .automations import SILENT, automate, hear, say
from .platforms import HELSINKI, MONDAY_NOON, Start, edit
from .test_plan import NOON, hours, plan

OFFERED = {
    "triggers": {
        "battery.level_changed",
        "battery.level_crossed_threshold",
        "battery.started_charging",
        "battery.stopped_charging",
        "calendar.event_ended",
        "calendar.event_started",
        "hiven.charging_completed",
        "hiven.plugged_in",
        "hiven.unplugged",
        "select.selection_changed",
    },
    "conditions": {
        "battery.is_charging",
        "battery.is_level",
        "battery.is_not_charging",
        "calendar.is_event_active",
        "hiven.is_charging_completed",
        "hiven.is_plugged_in",
        "select.is_option_selected",
    },
}


@pytest.mark.parametrize("kind", OFFERED)
async def test_what_is_offered_for_a_car(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    hass_ws_client: WebSocketGenerator,
    kind: str,
) -> None:
    """The page that makes automations asks what goes with a device."""
    for component in ("battery", "calendar"):
        assert await async_setup_component(hass, component, {})
    await start()
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": f"get_{kind}_for_target",
            "target": {"device_id": [device_id(hass)]},
        }
    )
    response = await client.receive_json()
    assert set(response["result"]) >= OFFERED[kind]


async def test_charging_starts_and_stops(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Aimed at the device."""
    assert await async_setup_component(hass, "battery", {})
    say(car, "PLUGGED")
    await start()
    target = {"device_id": device_id(hass)}
    ran = await automate(
        hass,
        {"trigger": "battery.started_charging", "target": target},
        {"trigger": "battery.stopped_charging", "target": target},
    )
    await hear(hass, freezer, car, "CHARGING")
    assert ran == ["started_charging"]
    await hear(hass, freezer, car, "COMPLETE", "DISCONNECTED", SILENT)
    assert ran == ["started_charging", "stopped_charging"]


async def test_it_is_charging(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """A condition of its own device class."""
    assert await async_setup_component(hass, "battery", {})
    await start()
    ran = await automate(
        hass,
        {"trigger": "event", "event_type": "ask", "id": "asked"},
        conditions=[
            {
                "condition": "battery.is_charging",
                "target": {"device_id": device_id(hass)},
            }
        ],
    )
    for status, count in (("PLUGGED", 0), ("CHARGING", 1), ("COMPLETE", 1)):
        await hear(hass, freezer, car, status)
        hass.bus.async_fire("ask")
        await hass.async_block_till_done()
        assert len(ran) == count


async def test_full_enough(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """The state of charge counts as the level of a battery."""
    assert await async_setup_component(hass, "battery", {})
    await start()
    ran = await automate(
        hass,
        {
            "trigger": "battery.level_crossed_threshold",
            "target": {"device_id": device_id(hass)},
            "options": {"threshold": {"type": "above", "value": {"number": 80}}},
        },
    )
    for soc, count in ((79, 0), (81, 1), (85, 1), (70, 1), (90, 2)):
        car.soc = soc
        await pass_time(hass, freezer, minutes=5)
        assert shown(hass, "sensor.family_car_state_of_charge") == str(float(soc))
        assert len(ran) == count


async def test_a_setting_changes(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Here and in Hiven's own app; other settings of the car are no selections."""
    await start()
    target = {"device_id": device_id(hass)}
    ran = await automate(
        hass, {"trigger": "select.selection_changed", "target": target}
    )
    await choose(hass, "smart_charge_off")
    await hass.async_block_till_done()
    assert len(ran) == 1
    edit(car, chargingBehavior="SMART_CHARGE_AT_LOCATION", readyTime="08:00")
    await pass_time(hass, freezer, minutes=5)
    assert shown(hass, BEHAVIOR) == "smart_charge_at_location"
    assert len(ran) == 2


async def test_an_hour_before_the_car_is_to_be_ready(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Each day, and no more once smart charging is off."""
    freezer.move_to(MONDAY_NOON)
    await hass.config.async_set_time_zone(HELSINKI)
    await start()
    assert shown(hass, NEXT_READY_TIME) == "2026-01-13T05:00:00+00:00"
    at = {"entity_id": NEXT_READY_TIME, "offset": "-01:00:00"}
    ran = await automate(hass, {"trigger": "time", "at": at, "id": "soon"})
    await pass_time(hass, freezer, hours=17, minutes=58)
    assert ran == []
    await pass_time(hass, freezer, minutes=3)
    assert len(ran) == 1
    await pass_time(hass, freezer, hours=1)
    await pass_time(hass, freezer, hours=22, minutes=57)
    assert len(ran) == 1
    await pass_time(hass, freezer, minutes=3)
    assert len(ran) == 2
    await choose(hass, "smart_charge_off")
    await pass_time(hass, freezer, hours=1)
    await pass_time(hass, freezer, hours=24)
    assert len(ran) == 2


async def test_a_quarter_of_an_hour_before_it_charges(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """And when it is done: the calendar's own triggers, aimed at the device."""
    # Home Assistant's calendar triggers look at the next 15 minutes again and again,
    # from now on; an end at the very edge of them escapes it.
    freezer.move_to(NOON + timedelta(minutes=2))
    simulator.fail("GET", SCHEDULE, body=plan(hours(h14=1, h15=0.5)))
    await start()
    target = {"device_id": device_id(hass)}
    # Home Assistant 2026.11 offers a signed offset; both releases take this.
    before = {"offset": {"minutes": 15}, "offset_type": "before"}
    ran = await automate(
        hass,
        {"trigger": "calendar.event_started", "target": target, "options": before},
        {"trigger": "calendar.event_ended", "target": target},
    )
    when: list[tuple[str, str]] = []
    while dt_util.utcnow() < NOON + timedelta(hours=4):
        await pass_time(hass, freezer, minutes=5)
        when += [(name, f"{dt_util.utcnow():%H:%M}") for name in ran]
        ran.clear()
    # The first looks at the clock after 13:45 and 15:30.
    assert when == [("event_started", "13:47"), ("event_ended", "15:32")]
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )
