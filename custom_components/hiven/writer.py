"""The one way settings are written: careful as a database, one write at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from .api import (
    AuthenticationError,
    HivenConnectionError,
    HivenError,
    NotFoundError,
    Preferences,
    RateLimitedError,
    UnexpectedAnswerError,
    Vehicle,
)
from .changes import Change, check, merged
from .const import DOMAIN, LOGGER
from .names import async_field_name

if TYPE_CHECKING:
    from .coordinator import HivenCoordinator

# One for each vehicle, kept beside the writers, which do not outlive a reload.
DATA_LOCKS: HassKey[dict[str, asyncio.Lock]] = HassKey(f"{DOMAIN}_write_locks")


@dataclass(frozen=True, eq=False)
class _Pending:
    """A change and the caller who waits for it."""

    change: Change
    answer: asyncio.Future[None]

    def done(self, err: Exception | None = None) -> None:
        """Answer the caller, if it still waits."""
        if self.answer.done():
            return
        if err is None:
            self.answer.set_result(None)
        else:
            self.answer.set_exception(err)


class PreferencesWriter:
    """Writes the preferences of one vehicle.

    Every write reads what Hiven holds now, sends it with the changes applied,
    and reads it back. Changes that arrive meanwhile go together in the next
    write. The new values show until their caller is answered.
    """

    def __init__(self, coordinator: HivenCoordinator, vehicle_id: str) -> None:
        """Write for a vehicle of a coordinator."""
        self._coordinator = coordinator
        self._client = coordinator.client
        self._vehicle_id = vehicle_id
        self._waiting: list[_Pending] = []
        self._sent: list[_Pending] = []
        self._task: asyncio.Task[None] | None = None
        self._finished = 0
        locks = coordinator.hass.data.setdefault(DATA_LOCKS, {})
        self._lock = locks.setdefault(vehicle_id, asyncio.Lock())

    @callback
    def mark(self) -> Callable[[], bool]:
        """Return a test: has anything been written since, or is being written now?

        A poll that overlaps a write may carry the old values.
        """
        finished = self._finished
        busy = self._task is not None
        return lambda: busy or self._task is not None or self._finished != finished

    @callback
    def shown(self, vehicle: Vehicle) -> Vehicle:
        """Return the vehicle as it is to be shown, with changes under way."""
        if not (pending := self._sent + self._waiting):
            return vehicle
        change = merged(item.change for item in pending)
        return replace(
            vehicle,
            preferences=change.applied_to(vehicle.preferences or Preferences()),
        )

    async def write(self, change: Change) -> None:
        """Store a change; return when Hiven holds it.

        Raises HomeAssistantError that says why it does not, and what to do.
        """
        loop = asyncio.get_running_loop()
        pending = _Pending(change, loop.create_future())
        self._waiting.append(pending)
        self._coordinator.async_update_vehicle(self._vehicle_id)
        if self._task is None:
            # Not a background task: unloading waits for it instead of cancelling.
            self._task = self._coordinator.config_entry.async_create_task(
                self._coordinator.hass, self._run(), "Hiven write", eager_start=False
            )
        await pending.answer

    async def finish(self) -> None:
        """Wait until nothing is being written."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        """Write until nothing waits."""
        try:
            # A reload does not wait for a slow write for ever; the next one does.
            async with self._lock:
                while self._waiting:
                    await self._write_waiting()
        finally:
            self._task = None
            self._finished += 1
            self._answer(self._sent + self._waiting, _error("not_written"))

    async def _write_waiting(self) -> None:
        try:
            base = await self._base()
        except HivenError as err:
            self._answer(self._waiting, self._failed(err))
            return
        if self._vehicle is not None and self._vehicle.preferences is not None:
            # Whatever becomes of the change: this is what Hiven holds.
            self._coordinator.async_preferences_read(self._vehicle_id, base)
        # Only now, so that what arrived during the read goes along.
        self._sent, self._waiting = self._waiting, []
        if self._vehicle is not None:
            await self._store(base, list(self._sent))
        self._answer(self._sent, _error("not_written"))

    async def _base(self) -> Preferences:
        """Return what Hiven holds now."""
        known = self._vehicle.preferences if self._vehicle else None
        try:
            base = await self._client.preferences(self._vehicle_id)
        except NotFoundError:
            if known is not None:
                raise
            base = None
        if base is None and known is not None:
            # Writing on top of "nothing" would wipe what Hiven held a moment ago.
            raise UnexpectedAnswerError(
                "GET /v2/hiven/devices/:vehicleId/smart-charging/ev-preferences",
                "",
                "the answer holds no preferences",
            )
        return base or Preferences()

    async def _store(self, base: Preferences, batch: list[_Pending]) -> Preferences:
        """Write changes on top of base, answer their callers, return what is stored."""
        assert self._vehicle is not None
        change = merged(item.change for item in batch)
        try:
            check(change, base, self._vehicle)
        except HomeAssistantError as err:
            return await self._refused(base, batch, err)
        doubt: HivenError | None = None
        try:
            await self._client.set_preferences(
                self._vehicle_id, change.update_for(base)
            )
        except (HivenConnectionError, UnexpectedAnswerError) as err:
            # It may have been carried out all the same; reading back tells.
            doubt = err
        except (AuthenticationError, NotFoundError, RateLimitedError) as err:
            self._answer(batch, self._failed(err))
            return base
        except HivenError as err:
            return await self._refused(base, batch, self._failed(err))
        stored = await self._read_back()
        if stored is None:
            if doubt is not None:
                self._answer(batch, _error("not_confirmed"))
                return base
            # Hiven said yes; the next poll shows what it made of it.
            stored = change.applied_to(base)
        self._coordinator.async_preferences_stored(self._vehicle_id, stored)
        lost = change.not_in(stored)
        for item in batch:
            if not (fields := lost & item.change.touched):
                self._answer([item])
            elif doubt is not None:
                self._answer([item], self._failed(doubt))
            else:
                self._answer([item], self._not_stored(min(fields)))
        return stored

    async def _read_back(self) -> Preferences | None:
        try:
            return await self._client.preferences(self._vehicle_id)
        except HivenError as err:
            LOGGER.debug("Written, but not read back: %s", err)
            return None

    async def _refused(
        self, base: Preferences, batch: list[_Pending], err: HomeAssistantError
    ) -> Preferences:
        """Try the changes one by one, so that one bad change stops no other."""
        if len(batch) == 1:
            self._answer(batch, err)
            return base
        for item in batch:
            if self._vehicle is not None:
                base = await self._store(base, [item])
        return base

    @callback
    def _answer(
        self, batch: list[_Pending], err: HomeAssistantError | None = None
    ) -> None:
        """Answer callers; from now on Hiven's values show."""
        answered = list(batch)
        self._sent = [item for item in self._sent if item not in answered]
        self._waiting = [item for item in self._waiting if item not in answered]
        for item in answered:
            item.done(err)
        if answered:
            self._coordinator.async_update_vehicle(self._vehicle_id)

    @property
    def _vehicle(self) -> Vehicle | None:
        return self._coordinator.data.get(self._vehicle_id)

    def _failed(self, err: HivenError) -> HomeAssistantError:
        return self._coordinator.async_call_failed(err)

    def _not_stored(self, field: str) -> HomeAssistantError:
        return _error(
            "not_stored", field=async_field_name(self._coordinator.hass, field)
        )


def _error(key: str, **placeholders: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
