"""What lets an automation go on, and what does not."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest

from custom_components.hiven.condition import CONDITIONS
from simulator import Car, Simulator

from . import USER_ID
from .actions import STATUS, device_id, pass_time, shown
from .automations import SILENT, automate, hear, say
from .platforms import Start

PLUGGED_IN = "binary_sensor.family_car_plugged_in"

# What a car says, and whether it is plugged in and has completed charging.
MEANINGS: tuple[tuple[str | None, bool, bool], ...] = (
    ("CHARGING", True, False),
    ("PLUGGED", True, False),
    ("COMPLETE", True, True),
    ("CHARGING_COMPLETED", True, True),
    ("DISCONNECTED", False, False),
    (SILENT, False, False),
    ("PREHEATING", False, False),
    (None, False, False),
)


@pytest.fixture
def other(simulator: Simulator) -> Car:
    """Add a second car to the account."""
    return simulator.add_car(USER_ID, Car(id="car-2", name="Second car"))


class Asked:
    """An automation that is started by hand to ask a condition."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take none yet."""
        self.hass = hass
        self.ran: list[str] = []

    async def automate(self, name: str, target: dict[str, Any], **options: Any) -> None:
        """Start the automation."""
        condition = {
            "condition": f"hiven.{name}",
            "target": target,
            "options": options,
        }
        self.ran = await automate(
            self.hass,
            {"trigger": "event", "event_type": "ask", "id": "asked"},
            conditions=[condition],
        )

    async def is_true(self) -> bool:
        """Ask."""
        self.ran.clear()
        self.hass.bus.async_fire("ask")
        await self.hass.async_block_till_done()
        return bool(self.ran)


@pytest.fixture
def asked(hass: HomeAssistant) -> Asked:
    """Return an automation that asks."""
    return Asked(hass)


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize("name", CONDITIONS)
async def test_what_a_car_says(
    hass: HomeAssistant,
    car: Car,
    other: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    asked: Asked,
    name: str,
    behavior: str,
) -> None:
    """Unknown is no, and other cars do not count."""
    say(other, "COMPLETE")
    await start()
    await asked.automate(name, {"device_id": device_id(hass)}, behavior=behavior)
    for status, is_plugged_in, is_completed in MEANINGS:
        await hear(hass, freezer, car, status)
        expected = is_plugged_in if name == "is_plugged_in" else is_completed
        assert await asked.is_true() is expected, status


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize("name", CONDITIONS)
async def test_a_car_that_could_not_be_read(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    asked: Asked,
    name: str,
    behavior: str,
) -> None:
    """Unavailable is no too, and so is an account that is not running."""
    say(car, "COMPLETE")
    entry = await start()
    await asked.automate(name, {"device_id": device_id(hass)}, behavior=behavior)
    assert await asked.is_true()
    failing = simulator.fail("GET", STATUS, status=500)
    await pass_time(hass, freezer, minutes=31)
    await hear(hass, freezer, car, *["COMPLETE"] * 3)
    assert shown(hass, PLUGGED_IN) == STATE_UNAVAILABLE
    assert not await asked.is_true()
    failing.stop()
    await hear(hass, freezer, car, "COMPLETE")
    assert await asked.is_true()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not await asked.is_true()
    await start()
    assert await asked.is_true()


async def test_any_and_all(
    hass: HomeAssistant,
    car: Car,
    other: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    asked: Asked,
) -> None:
    """All are only plugged in when every one of them says so."""
    say(car, "DISCONNECTED")
    say(other, "PLUGGED")
    await start()
    target = {"device_id": [device_id(hass), device_id(hass, "car-2")]}
    await asked.automate("is_plugged_in", target, behavior="all")
    for status, expected in (
        ("DISCONNECTED", False),
        (SILENT, False),
        ("CHARGING", True),
    ):
        await hear(hass, freezer, car, status)
        assert await asked.is_true() is expected


async def test_any_is_what_people_get_who_do_not_choose(
    hass: HomeAssistant, car: Car, other: Car, start: Start, asked: Asked
) -> None:
    """As with Home Assistant's own conditions."""
    say(car, SILENT)
    say(other, "PLUGGED")
    await start()
    target = {"device_id": [device_id(hass), device_id(hass, "car-2")]}
    await asked.automate("is_plugged_in", target)
    assert await asked.is_true()


async def test_for_a_while(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    asked: Asked,
) -> None:
    """It has to have been so all the time."""
    say(car, "PLUGGED")
    await start()
    target = {"entity_id": PLUGGED_IN}
    await asked.automate("is_plugged_in", target, **{"for": "00:08:00"})
    await hear(hass, freezer, car, "DISCONNECTED", "PLUGGED", "CHARGING")
    assert not await asked.is_true()
    await hear(hass, freezer, car, "PLUGGED")
    assert await asked.is_true()


async def test_a_smart_plug_is_no_car(
    hass: HomeAssistant, car: Car, start: Start, asked: Asked
) -> None:
    """Neither in the same area nor named itself."""
    say(car, "DISCONNECTED")
    await start()
    area = ar.async_get(hass).async_get_or_create("Garage")
    dr.async_get(hass).async_update_device(device_id(hass), area_id=area.id)
    plug = er.async_get(hass).async_get_or_create(
        "binary_sensor",
        "test",
        "plug",
        original_device_class="plug",
        translation_key="plugged_in",
    )
    er.async_get(hass).async_update_entity(plug.entity_id, area_id=area.id)
    hass.states.async_set(plug.entity_id, STATE_ON)
    target = {"area_id": area.id, "entity_id": plug.entity_id}
    await asked.automate("is_plugged_in", target)
    assert not await asked.is_true()
