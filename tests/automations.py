"""Automations for the tests of triggers and conditions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import ServiceCall
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component

from simulator import Car

from . import Json
from .home import Home

PLUGGED_IN = "binary_sensor.family_car_plugged_in"
# A status that says nothing about the plug.
SILENT = "NOT_CHARGING"


async def automate(
    home: Home, *triggers: Json, conditions: Sequence[Json] = ()
) -> list[str]:
    """Start an automation and return a list that collects the triggers that run it."""
    ran: list[str] = []

    async def run(call: ServiceCall) -> None:
        ran.append(call.data["by"])

    home.hass.services.async_register("test", "run", run)
    named = [{"id": each["trigger"].partition(".")[2], **each} for each in triggers]
    config = {
        "mode": "queued", "triggers": named, "conditions": list(conditions),
        "actions": [{"action": "test.run", "data": {"by": "{{ trigger.id }}"}}],
    }  # fmt: skip
    assert await async_setup_component(home.hass, AUTOMATION, {AUTOMATION: config})
    await home.hass.async_block_till_done()
    (automation,) = home.hass.states.async_all(AUTOMATION)
    # An automation that cannot be set up is unavailable.
    assert automation.state == "on"
    return ran


async def ask_condition(
    home: Home, name: str, target: Json | None = None, **options: Any
) -> Callable[[], Awaitable[bool]]:
    """Return a function that checks whether a condition is met, usually of the car."""
    target = target or {"device_id": home.device().id}
    condition = {"condition": name, "target": target, "options": options}
    asked = {"trigger": "event", "event_type": "ask", "id": "asked"}
    ran = await automate(home, asked, conditions=[condition])

    async def holds() -> bool:
        ran.clear()
        home.hass.bus.async_fire("ask")
        await home.hass.async_block_till_done()
        return bool(ran)

    return holds


def say(car: Car, status: str | None) -> None:
    car.status_override = {"chargingStatus": status}


async def start(home: Home, *statuses: str | None) -> None:
    """Start with a status of the first car, or of the first and the second one."""
    for car, status in zip(home.simulator.cars.values(), statuses, strict=False):
        say(car, status)
    await home.start()


async def hear(home: Home, car: Car, *statuses: str | None) -> None:
    for status in statuses:
        say(car, status)
        await home.poll()


def garage(home: Home) -> str:
    area = ar.async_get(home.hass).async_get_or_create("Garage")
    dr.async_get(home.hass).async_update_device(home.device().id, area_id=area.id)
    return area.id


def outlet(home: Home) -> str:
    """Add a smart plug to the area of the car."""
    registry = er.async_get(home.hass)
    plug = registry.async_get_or_create(
        "binary_sensor", "test", "plug", original_device_class="plug",
        translation_key="plugged_in",
    )  # fmt: skip
    registry.async_update_entity(plug.entity_id, area_id=garage(home))
    return plug.entity_id
