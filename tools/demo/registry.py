"""The entities of a car in Home Assistant."""

import asyncio
from dataclasses import dataclass

from .errors import DemoError
from .home_assistant import HomeAssistant


@dataclass(frozen=True)
class Entity:
    """An entity of a car; `key` does not depend on its name."""

    key: str
    entity_id: str
    disabled_by: str | None


async def registered(home: HomeAssistant, car_id: str) -> list[Entity]:
    """Return all entities of a car's device, including disabled ones."""
    device_id = await device_of(home, car_id)
    return [
        Entity(
            entry["unique_id"].removeprefix(f"{car_id}_"),
            entry["entity_id"],
            entry["disabled_by"],
        )
        for entry in await home.command("config/entity_registry/list")
        if device_id is not None and entry["device_id"] == device_id
    ]


async def device_of(home: HomeAssistant, car_id: str) -> str | None:
    """Return the id of a car's device; None if there is none."""
    for device in await home.command("config/device_registry/list"):
        if ["hiven", car_id] in device["identifiers"]:
            return str(device["id"])
    return None


async def entities_of(home: HomeAssistant, car_id: str) -> dict[str, str]:
    """Return the ids of a car's enabled entities by key, as soon as it has any."""
    for _ in range(60):
        entities = {
            entity.key: entity.entity_id
            for entity in await registered(home, car_id)
            if entity.disabled_by is None
        }
        shown = {state["entity_id"] for state in await home.get("/api/states")}
        if entities and shown.issuperset(entities.values()):
            return entities
        await asyncio.sleep(0.25)
    raise DemoError("a connected car does not show up in Home Assistant")
