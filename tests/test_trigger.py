"""The triggers: what starts an automation, and what does not."""

from collections.abc import Callable
import inspect
import re
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.helpers import device_registry as dr, label_registry as lr
from homeassistant.helpers.condition import EntityStateConditionBase
from homeassistant.helpers.trigger import EntityTargetStateTriggerBase
import pytest

from custom_components.hiven.trigger import TRIGGERS
from simulator import Car

from . import USER_ID, Json
from .actions import STATUS
from .automations import PLUGGED_IN, SILENT, automate, garage, hear, outlet, say, start
from .home import Home

ENTITIES = {"entity_id": [PLUGGED_IN, "sensor.family_car_charging_status"]}
BOTH = {"entity_id": [PLUGGED_IN, "binary_sensor.other_plugged_in"]}

REPORTS: tuple[tuple[list[str | None], list[str]], ...] = (
    (["DISCONNECTED", "PLUGGED"], ["plugged_in"]),
    (["DISCONNECTED", "CHARGING"], ["plugged_in"]),
    (["PLUGGED", "CHARGING", "PLUGGED"], []), (["CHARGING", "DISCONNECTED"], ["unplugged"]),
    (["CHARGING", "CHARGING_COMPLETED"], ["charging_completed"]),
    (["PLUGGED", "COMPLETE"], ["charging_completed"]),
    (["COMPLETE", "CHARGING_COMPLETED", "COMPLETE"], []),
    (["DISCONNECTED", "COMPLETE"], ["charging_completed", "plugged_in"]),
    (["COMPLETE", "DISCONNECTED"], ["unplugged"]),
    # Reports in between do not say whether the car is plugged in.
    (["PLUGGED", SILENT, "DISCONNECTED"], ["unplugged"]),
    (["DISCONNECTED", SILENT, "PLUGGED"], ["plugged_in"]),
    (["DISCONNECTED", SILENT, "DISCONNECTED"], []),
    (["CHARGING", SILENT, "PLUGGED", SILENT, "CHARGING"], []),
    (["CHARGING", None, SILENT, "PREHEATING", "DISCONNECTED"], ["unplugged"]),
    (["PLUGGED", SILENT, "DISCONNECTED", SILENT, "DISCONNECTED"], ["unplugged"]),
    (["PLUGGED", SILENT, "PLUGGED", "DISCONNECTED", SILENT, "DISCONNECTED"], ["unplugged"]),
    (["CHARGING", None, "CHARGING_COMPLETED"], ["charging_completed"]),
    (["COMPLETE", "PREHEATING", "COMPLETE"], []),
    # There was no report before.
    ([SILENT, "PLUGGED"], []), ([None, "DISCONNECTED"], []), ([None, "COMPLETE"], []),
    ([None, SILENT, "PLUGGED", SILENT, "DISCONNECTED"], ["unplugged"]),
)  # fmt: skip


def all_triggers(target: Json) -> list[Json]:
    return [{"trigger": f"hiven.{name}", "target": target} for name in TRIGGERS]


async def begin(home: Home, status: str | None) -> list[str]:
    """Start with a status and return a list that collects the triggers that run."""
    await start(home, status)
    return await automate(home, *all_triggers(ENTITIES))


def plugged_in(**options: Any) -> Json:
    return {"trigger": "hiven.plugged_in", "target": BOTH, "options": options}


@pytest.mark.parametrize(("reports", "fired"), REPORTS)
async def test_reports(home: Home, reports: list[str | None], fired: list[str]) -> None:
    ran = await begin(home, reports[0])
    await hear(home, home.car, *reports[1:])
    assert sorted(ran) == fired


async def test_a_car_that_could_not_be_read(home: Home) -> None:
    ran = await begin(home, "CHARGING")
    for status in ("CHARGING", "COMPLETE", "DISCONNECTED"):
        failing = home.simulator.fail("GET", STATUS, status=500)
        say(home.car, status)
        await home.poll(8)
        assert home.shown(PLUGGED_IN) == STATE_UNAVAILABLE
        failing.stop()
        await home.poll()
    assert ran == ["charging_completed", "unplugged"]


@pytest.mark.parametrize("before", ["PLUGGED", SILENT])
@pytest.mark.parametrize("after", ["DISCONNECTED", SILENT])
@pytest.mark.parametrize("is_gone", [False, True])
async def test_a_pause(home: Home, before: str, after: str, is_gone: bool) -> None:
    """Changes during a reload, or while Hiven does not list the car, do not count."""
    ran = await begin(home, "PLUGGED")
    await hear(home, home.car, before)
    say(home.car, after)
    if is_gone:
        home.simulator.remove_car("car-1")
        await home.poll(3)
        assert home.hass.states.get(PLUGGED_IN) is None
        home.simulator.add_car(USER_ID, home.car)
        await home.poll()
    else:
        await home.reload()
    await hear(home, home.car, "DISCONNECTED", SILENT, "DISCONNECTED")
    assert home.shown(PLUGGED_IN) == STATE_OFF
    assert ran == []
    await hear(home, home.car, "PLUGGED")
    assert ran == ["plugged_in"]


@pytest.mark.parametrize("first", ["PLUGGED", "DISCONNECTED", "COMPLETE"])
async def test_a_restart_fires_nothing(home: Home, first: str) -> None:
    await start(home, "CHARGING")
    await home.unload()
    ran = await automate(home, *all_triggers(ENTITIES))
    await hear(home, home.car, first)
    await home.start()
    await hear(home, home.car, None, first)
    assert ran == []


def _label(home: Home) -> str:
    label = lr.async_get(home.hass).async_create("Ours")
    devices = dr.async_get(home.hass)
    devices.async_update_device(home.device().id, labels={label.label_id})
    return label.label_id


TARGETS: dict[str, Callable[[Home], Any]] = {
    "entity_id": lambda _: ENTITIES["entity_id"],
    "device_id": lambda home: home.device().id,
    "area_id": garage,
    "label_id": _label,
}


@pytest.mark.parametrize("kind", TARGETS)
async def test_targets(home: Home, other: Car, kind: str) -> None:
    await start(home, "DISCONNECTED", "DISCONNECTED")
    ran = await automate(home, *all_triggers({kind: TARGETS[kind](home)}))
    await hear(home, other, "CHARGING", "COMPLETE", SILENT, "DISCONNECTED")
    assert home.shown("binary_sensor.other_plugged_in") == STATE_OFF
    assert ran == []
    await hear(home, home.car, "CHARGING", "COMPLETE", SILENT, "DISCONNECTED")
    assert ran == ["plugged_in", "charging_completed", "unplugged"]


async def test_a_smart_plug_is_no_car(home: Home) -> None:
    await start(home, "DISCONNECTED")
    plug = outlet(home)
    home.hass.states.async_set(plug, STATE_OFF)
    entities = [plug, "binary_sensor.family_car_charging"]
    target = {"area_id": garage(home), "entity_id": entities}
    ran = await automate(home, *all_triggers(target))
    for state in (STATE_ON, STATE_OFF):
        home.hass.states.async_set(plug, state)
        await home.hass.async_block_till_done()
    assert ran == []
    await hear(home, home.car, "CHARGING", "PLUGGED")
    assert ran == ["plugged_in"]


async def test_each_first_and_all(home: Home, other: Car) -> None:
    """A car with an unknown status counts with its last known status."""
    await start(home, "DISCONNECTED", "DISCONNECTED")
    behaviors = ("each", "first", "all")
    triggers = ({**plugged_in(behavior=each), "id": each} for each in behaviors)
    ran = await automate(home, *triggers)
    for car, statuses, fired in (
        (home.car, [SILENT], []),
        (other, ["PLUGGED"], ["each", "first"]),
        (other, [SILENT], []),
        (home.car, ["PLUGGED"], ["all", "each"]),
        (home.car, [SILENT, "PLUGGED"], []),
        (home.car, ["DISCONNECTED", "PLUGGED"], ["all", "each"]),
    ):
        await hear(home, car, *statuses)
        assert sorted(ran) == fired
        ran.clear()


@pytest.mark.parametrize("behavior", ["each", "first", "all"])
@pytest.mark.parametrize(("statuses", "count"), [
    (["PLUGGED"], 1), ([SILENT, "CHARGING"], 1), ([SILENT], 1),
    (["DISCONNECTED", "DISCONNECTED"], 0), ([SILENT, "DISCONNECTED"], 0),
])  # fmt: skip
async def test_for_a_while(
    home: Home, other: Car, behavior: str, statuses: list[str], count: int
) -> None:
    second = "PLUGGED" if behavior == "all" else "DISCONNECTED"
    await start(home, "DISCONNECTED", second)
    ran = await automate(home, plugged_in(behavior=behavior, **{"for": "00:12:00"}))
    await hear(home, home.car, "PLUGGED", *statuses)
    assert ran == []
    await home.pass_time(minutes=10)
    assert len(ran) == count
    await home.pass_time(minutes=30)
    assert len(ran) == count


@pytest.mark.parametrize("behavior", ["each", "first", "all"])
async def test_for_a_while_ends_with_a_reload(home: Home, behavior: str) -> None:
    """It is unknown whether the car was plugged in all the time."""
    await start(home, "DISCONNECTED")
    ran = await automate(home, plugged_in(behavior=behavior, **{"for": 600}))
    await hear(home, home.car, "PLUGGED", SILENT)
    await home.reload()
    await hear(home, home.car, "PLUGGED", "PLUGGED", "PLUGGED")
    assert ran == []


# Private parts of Home Assistant that triggers and conditions use.
PRIVATE_HOOKS: dict[type, str] = {
    EntityTargetStateTriggerBase: "_cancel_invalidated_timers _excluded_from_states "
    "_excluded_states _hass _target _domain_specs _to_states",
    EntityStateConditionBase: "_should_include _hass _domain_specs _states",
}


@pytest.mark.parametrize("base", PRIVATE_HOOKS)
def test_private_hooks(base: type) -> None:
    source = "\n".join(map(inspect.getsource, base.__mro__[:-1]))
    for name in PRIVATE_HOOKS[base].split():
        assert re.search(rf"\b{name}\b", source), name
