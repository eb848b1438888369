"""A home with two cars, a calendar, and automations from blueprints."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any, Self, override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from simulator import Car

from . import Json
from .home import Home


class Shared(CalendarEntity):
    """A calendar of the household."""

    _attr_name = "Shared"

    def __init__(self) -> None:
        self.events: list[CalendarEvent] = []

    @property
    @override
    def event(self) -> None:
        """Return no event, because blueprints list events with an action."""

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [
            event
            for event in self.events
            if event.start_datetime_local < end_date
            and event.end_datetime_local > start_date
        ]

    def add(self, summary: str, start: str, hours: float = 2) -> None:
        begin = local(start)
        event = CalendarEvent(begin, begin + timedelta(hours=hours), summary)
        if " " not in start:
            day = begin.date()
            event = CalendarEvent(day, day + timedelta(days=1), summary)
        self.events.append(event)


def local(moment: str) -> datetime:
    zone = dt_util.get_default_time_zone()
    return datetime.fromisoformat(moment).replace(tzinfo=zone)


@dataclass
class House(Home):
    """A home in Helsinki with two cars, on Monday at 14:00."""

    other: Car = field(default_factory=Car)
    calendar: Shared = field(default_factory=Shared)
    messages: list[str] = field(default_factory=list)
    automations: list[Json] = field(default_factory=list)

    @property
    def configuration(self) -> Path:
        return Path(self.hass.config.path("configuration.yaml"))

    async def automate(self, name: str, **inputs: Any) -> None:
        """Start the account and make an automation for its first car."""
        if not self.is_loaded():
            await self.start()
        inputs["car"] = self.device().id
        blueprint = {"path": f"hiven/{name}.yaml", "input": inputs}
        self.automations = [{"id": name, "alias": name, "use_blueprint": blueprint}]
        await self.load(self.automations)
        assert self.shown(f"automation.{name}") == "on"

    async def load(self, automations: list[Json]) -> None:
        self.configuration.write_text(json.dumps({"automation": automations}))
        await self.act("automation.reload")
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def restart(self) -> None:
        await self.unload()
        await self.load([])
        await self.load(self.automations)
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def move_to(self, moment: str) -> Self:
        """Move the clock, and let automations end what they begin at that moment."""
        left = local(moment) - dt_util.utcnow()
        await self.pass_time(seconds=left.total_seconds() + 1)
        await self.settle()
        return self

    async def report(self, status: str, car: Car | None = None, **facts: Any) -> None:
        """Let five minutes pass and a car report its status."""
        (car or self.car).status_override = {
            "chargingStatus": status,
            "timestamp": (dt_util.utcnow() + timedelta(minutes=5)).isoformat(),
            **facts,
        }
        await self.poll()

    def rename(self, *entity_ids: str) -> None:
        """Give entities the IDs that an owner may choose."""
        registry = er.async_get(self.hass)
        for number, entity_id in enumerate(entity_ids):
            domain = entity_id.partition(".")[0]
            mine = f"{domain}.mine_{number}"
            registry.async_update_entity(entity_id, new_entity_id=mine)

    def notifications(self) -> list[str]:
        """Return the notifications since the last call."""
        messages = list(self.messages)
        self.messages.clear()
        return messages

    @property
    def target(self) -> float:
        return float(self.held["targetSoC"]["value"])

    @property
    def week(self) -> dict[str, str]:
        return dict(self.held.get("weekDaySpecificReadyTimes") or {})
