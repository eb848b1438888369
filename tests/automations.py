"""Automations as people have them."""

from collections.abc import Mapping, Sequence
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component

from simulator import Car

from .actions import pass_time

SILENT = "NOT_CHARGING"


async def automate(
    hass: HomeAssistant,
    *triggers: Mapping[str, Any],
    conditions: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """Start an automation; return the list of what will have started it."""
    ran: list[str] = []

    async def run(call: ServiceCall) -> None:
        ran.append(call.data["by"])

    hass.services.async_register("test", "run", run)
    config = {
        "mode": "queued",
        "triggers": [
            {"id": trigger["trigger"].partition(".")[2], **trigger}
            for trigger in triggers
        ],
        "conditions": list(conditions),
        "actions": [{"action": "test.run", "data": {"by": "{{ trigger.id }}"}}],
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await hass.async_block_till_done()
    (automation,) = hass.states.async_all(AUTOMATION)
    # One that cannot be set up is unavailable.
    assert automation.state == "on"
    return ran


def say(car: Car, status: str | None) -> None:
    """Have a car report something from now on."""
    car.status_override = {"chargingStatus": status}


async def hear(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    car: Car,
    *statuses: str | None,
) -> None:
    """Have a car report one thing after another."""
    for status in statuses:
        say(car, status)
        await pass_time(hass, freezer, minutes=5)
