"""Tells entities of their own vehicle when it changed, and of no other."""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback

from .api import Vehicle
from .const import LOGGER

# Vehicles whose entities are told in one turn of the event loop.
TOLD_AT_ONCE = 10

type Shown = tuple[Vehicle | None, bool]
"""A vehicle, and whether its telemetry is fresh."""


class Followers:
    """The entities by vehicle, and what they were last told of it."""

    def __init__(self, loop: AbstractEventLoop, look: Callable[[str], Shown]) -> None:
        """Tell what `look` returns for a vehicle's id."""
        self._loop = loop
        self._look = look
        self._updates: dict[str, dict[CALLBACK_TYPE, None]] = {}
        self._told: dict[str, Shown] = {}

    @callback
    def async_add(self, vehicle_id: str, update: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Have an entity told of a vehicle; return what ends that."""
        if vehicle_id not in self._updates:
            # Who begins to follow looks by itself at what is there.
            self._is_news(vehicle_id)
        self._updates.setdefault(vehicle_id, {})[update] = None
        return partial(self._remove, vehicle_id, update)

    @callback
    def _remove(self, vehicle_id: str, update: CALLBACK_TYPE) -> None:
        updates = self._updates[vehicle_id]
        del updates[update]
        if not updates:
            del self._updates[vehicle_id]
            self._told.pop(vehicle_id, None)

    @callback
    def async_tell(self) -> None:
        """Tell the entities of all vehicles that changed."""
        self._tell([id_ for id_ in self._updates if self._is_news(id_)])

    @callback
    def async_tell_of(self, vehicle_id: str) -> None:
        """Tell the entities of one vehicle, if it changed."""
        if vehicle_id in self._updates and self._is_news(vehicle_id):
            self._tell([vehicle_id])

    def _is_news(self, vehicle_id: str) -> bool:
        """Tell whether a vehicle is another object than at the last time, or ages."""
        vehicle, is_fresh = shown = self._look(vehicle_id)
        told_vehicle, told_fresh = self._told.get(vehicle_id, (None, False))
        self._told[vehicle_id] = shown
        return vehicle is not told_vehicle or is_fresh != told_fresh

    @callback
    def _tell(self, vehicle_ids: list[str]) -> None:
        """Tell the entities of vehicles; of many, the others have their turn first."""
        for vehicle_id in vehicle_ids[:TOLD_AT_ONCE]:
            for update in tuple(self._updates.get(vehicle_id, ())):
                try:
                    update()
                except Exception:  # noqa: BLE001
                    LOGGER.exception("An entity cannot be updated")
        if later := vehicle_ids[TOLD_AT_ONCE:]:
            self._loop.call_soon(self._tell, later)
