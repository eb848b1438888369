"""What starts an automation, and above all what does not."""

from collections.abc import Callable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
import pytest

from custom_components.hiven.trigger import TRIGGERS
from simulator import Car, Simulator

from . import USER_ID
from .actions import STATUS, device_id, pass_time, shown
from .automations import SILENT, automate, hear, say
from .platforms import Start

PLUGGED_IN = "binary_sensor.family_car_plugged_in"
CHARGING_STATUS = "sensor.family_car_charging_status"
ENTITIES = {"entity_id": [PLUGGED_IN, CHARGING_STATUS]}
BOTH = {
    "entity_id": [PLUGGED_IN, "binary_sensor.second_car_plugged_in"],
}

REPORTS: tuple[tuple[list[str | None], list[str]], ...] = (
    (["DISCONNECTED", "PLUGGED"], ["plugged_in"]),
    (["DISCONNECTED", "CHARGING"], ["plugged_in"]),
    (["PLUGGED", "CHARGING", "PLUGGED"], []),
    (["CHARGING", "DISCONNECTED"], ["unplugged"]),
    (["CHARGING", "CHARGING_COMPLETED"], ["charging_completed"]),
    (["PLUGGED", "COMPLETE"], ["charging_completed"]),
    (["COMPLETE", "CHARGING_COMPLETED", "COMPLETE"], []),
    (["COMPLETE", "DISCONNECTED"], ["unplugged"]),
    (["DISCONNECTED", "COMPLETE"], ["charging_completed", "plugged_in"]),
    # Something that says nothing comes in between.
    (["PLUGGED", SILENT, "DISCONNECTED"], ["unplugged"]),
    (["DISCONNECTED", SILENT, "PLUGGED"], ["plugged_in"]),
    (["DISCONNECTED", SILENT, "DISCONNECTED"], []),
    (["CHARGING", SILENT, "PLUGGED", SILENT, "CHARGING"], []),
    (["CHARGING", None, SILENT, "PREHEATING", "DISCONNECTED"], ["unplugged"]),
    (["PLUGGED", SILENT, "DISCONNECTED", SILENT, "DISCONNECTED"], ["unplugged"]),
    (["PLUGGED", SILENT, "PLUGGED", "DISCONNECTED", SILENT, "DISCONNECTED"], ["unplugged"]),
    (["CHARGING", None, "CHARGING_COMPLETED"], ["charging_completed"]),
    (["COMPLETE", "PREHEATING", "COMPLETE"], []),
    # Nothing was said before.
    ([SILENT, "PLUGGED"], []),
    ([None, "DISCONNECTED"], []),
    ([None, "COMPLETE"], []),
    ([None, SILENT, "PLUGGED", SILENT, "DISCONNECTED"], ["unplugged"]),
)  # fmt: skip


@pytest.fixture
def other(simulator: Simulator) -> Car:
    """Add a second car to the account."""
    return simulator.add_car(
        USER_ID, Car(id="car-2", name="Second car", plugged_in=False)
    )


def all_triggers(target: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each trigger for some target."""
    return [{"trigger": f"hiven.{name}", "target": target} for name in TRIGGERS]


def plugged_in(**options: Any) -> dict[str, Any]:
    """Return the trigger of both cars."""
    return {"trigger": "hiven.plugged_in", "target": BOTH, "options": options}


@pytest.mark.parametrize(("reports", "fired"), REPORTS)
async def test_what_a_car_says(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    reports: list[str | None],
    fired: list[str],
) -> None:
    """It counts what the car says after what it said last."""
    first, *others = reports
    say(car, first)
    await start()
    ran = await automate(hass, *all_triggers(ENTITIES))
    await hear(hass, freezer, car, *others)
    assert sorted(ran) == fired


async def test_a_car_that_could_not_be_read(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Unavailable says nothing either."""
    say(car, "CHARGING")
    await start()
    ran = await automate(hass, *all_triggers(ENTITIES))
    for status in ("CHARGING", "COMPLETE", "DISCONNECTED"):
        failing = simulator.fail("GET", STATUS, status=500)
        await pass_time(hass, freezer, minutes=31)
        await hear(hass, freezer, car, status, status, status)
        assert shown(hass, PLUGGED_IN) == STATE_UNAVAILABLE
        failing.stop()
        await hear(hass, freezer, car, status)
    assert ran == ["charging_completed", "unplugged"]


@pytest.mark.parametrize("before", ["PLUGGED", SILENT])
@pytest.mark.parametrize("after", ["DISCONNECTED", SILENT])
async def test_a_reload_fires_nothing(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    before: str,
    after: str,
) -> None:
    """Whatever happened meanwhile; what happens afterwards counts."""
    say(car, "PLUGGED")
    entry = await start()
    ran = await automate(hass, *all_triggers(ENTITIES))
    await hear(hass, freezer, car, before)
    say(car, after)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await hear(hass, freezer, car, "DISCONNECTED", SILENT, "DISCONNECTED")
    assert shown(hass, PLUGGED_IN) == STATE_OFF
    assert ran == []
    await hear(hass, freezer, car, "PLUGGED")
    assert ran == ["plugged_in"]


@pytest.mark.parametrize("first", ["PLUGGED", "DISCONNECTED", "COMPLETE"])
async def test_a_restart_fires_nothing(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    first: str,
) -> None:
    """Automations start before the account does."""
    say(car, "CHARGING")
    entry = await start()
    assert await hass.config_entries.async_unload(entry.entry_id)
    ran = await automate(hass, *all_triggers(ENTITIES))
    await hear(hass, freezer, car, first)
    await start()
    await hear(hass, freezer, car, None, first)
    assert ran == []


@pytest.mark.parametrize("before", ["PLUGGED", SILENT])
async def test_a_car_that_comes_back_fires_nothing(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    before: str,
) -> None:
    """Hiven did not know it for a while."""
    say(car, "PLUGGED")
    await start()
    ran = await automate(hass, *all_triggers(ENTITIES))
    await hear(hass, freezer, car, before)
    simulator.remove_car("car-1")
    await pass_time(hass, freezer, minutes=5)
    assert hass.states.get(PLUGGED_IN) is None
    say(car, SILENT)
    simulator.add_car(USER_ID, car)
    await hear(hass, freezer, car, SILENT, "DISCONNECTED")
    assert ran == []
    await hear(hass, freezer, car, "PLUGGED")
    assert ran == ["plugged_in"]


def _area(hass: HomeAssistant) -> str:
    area = ar.async_get(hass).async_get_or_create("Garage")
    dr.async_get(hass).async_update_device(device_id(hass), area_id=area.id)
    return area.id


def _floor(hass: HomeAssistant) -> str:
    floor = fr.async_get(hass).async_create("Ground")
    ar.async_get(hass).async_update(_area(hass), floor_id=floor.floor_id)
    return floor.floor_id


def _label(hass: HomeAssistant) -> str:
    label = lr.async_get(hass).async_create("Ours")
    dr.async_get(hass).async_update_device(device_id(hass), labels={label.label_id})
    return label.label_id


TARGETS: dict[str, Callable[[HomeAssistant], Any]] = {
    "entity_id": lambda _: ENTITIES["entity_id"],
    "device_id": device_id,
    "area_id": _area,
    "floor_id": _floor,
    "label_id": _label,
}


@pytest.mark.parametrize("kind", TARGETS)
async def test_targets(
    hass: HomeAssistant,
    car: Car,
    other: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    kind: str,
) -> None:
    """Each way to name a car names this one and no other."""
    say(car, "DISCONNECTED")
    say(other, "DISCONNECTED")
    await start()
    ran = await automate(hass, *all_triggers({kind: TARGETS[kind](hass)}))
    await hear(hass, freezer, other, "CHARGING", "COMPLETE", SILENT, "DISCONNECTED")
    assert shown(hass, "binary_sensor.second_car_plugged_in") == STATE_OFF
    assert ran == []
    await hear(hass, freezer, car, "CHARGING", "COMPLETE", SILENT, "DISCONNECTED")
    assert ran == ["plugged_in", "charging_completed", "unplugged"]


async def test_a_smart_plug_is_no_car(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Neither in the same area nor named itself, nor are other things of the car."""
    say(car, "DISCONNECTED")
    await start()
    area_id = _area(hass)
    plug = er.async_get(hass).async_get_or_create(
        "binary_sensor",
        "test",
        "plug",
        original_device_class="plug",
        translation_key="plugged_in",
    )
    er.async_get(hass).async_update_entity(plug.entity_id, area_id=area_id)
    hass.states.async_set(plug.entity_id, STATE_OFF)
    charging = "binary_sensor.family_car_charging"
    target = {"area_id": area_id, "entity_id": [plug.entity_id, charging]}
    ran = await automate(hass, *all_triggers(target))
    for state in (STATE_ON, STATE_OFF):
        hass.states.async_set(plug.entity_id, state)
        await hass.async_block_till_done()
    assert ran == []
    await hear(hass, freezer, car, "CHARGING", "PLUGGED")
    assert ran == ["plugged_in"]


async def test_each_first_and_all(
    hass: HomeAssistant,
    car: Car,
    other: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A car that says nothing counts as it last said."""
    say(car, "DISCONNECTED")
    say(other, "DISCONNECTED")
    await start()
    ran = await automate(
        hass,
        *(
            {**plugged_in(behavior=behavior), "id": behavior}
            for behavior in ("each", "first", "all")
        ),
    )

    async def hears(reporter: Car, *statuses: str) -> list[str]:
        ran.clear()
        await hear(hass, freezer, reporter, *statuses)
        return sorted(ran)

    assert await hears(car, SILENT) == []
    assert await hears(other, "PLUGGED") == ["each", "first"]
    assert await hears(other, SILENT) == []
    assert await hears(car, "PLUGGED") == ["all", "each"]
    assert await hears(car, SILENT, "PLUGGED") == []
    assert await hears(car, "DISCONNECTED", "PLUGGED") == ["all", "each"]


@pytest.mark.parametrize("behavior", ["each", "first", "all"])
@pytest.mark.parametrize(
    ("statuses", "count"),
    [
        (["PLUGGED"], 1),
        ([SILENT, "CHARGING"], 1),
        ([SILENT], 1),
        (["DISCONNECTED", "DISCONNECTED"], 0),
        ([SILENT, "DISCONNECTED"], 0),
    ],
)
async def test_for_a_while(
    hass: HomeAssistant,
    car: Car,
    other: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    behavior: str,
    statuses: list[str],
    count: int,
) -> None:
    """What says nothing does not end it; a plug that is pulled does."""
    say(car, "DISCONNECTED")
    say(other, "PLUGGED" if behavior == "all" else "DISCONNECTED")
    await start()
    ran = await automate(hass, plugged_in(behavior=behavior, **{"for": "00:12:00"}))
    await hear(hass, freezer, car, "PLUGGED", *statuses)
    assert ran == []
    await pass_time(hass, freezer, minutes=10)
    assert len(ran) == count
    await pass_time(hass, freezer, minutes=30)
    assert len(ran) == count


@pytest.mark.parametrize("behavior", ["each", "first", "all"])
async def test_for_a_while_ends_with_a_reload(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    behavior: str,
) -> None:
    """Nobody knows whether it was plugged in all the time."""
    say(car, "DISCONNECTED")
    entry = await start()
    ran = await automate(hass, plugged_in(behavior=behavior, **{"for": 600}))
    await hear(hass, freezer, car, "PLUGGED", SILENT)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hear(hass, freezer, car, "PLUGGED", "PLUGGED", "PLUGGED")
    assert ran == []
