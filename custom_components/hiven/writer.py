"""Queues changes of preferences: one write at a time for each vehicle."""

import asyncio
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .api import (
    AuthenticationError,
    ForbiddenError,
    GoneError,
    HivenError,
    NotFoundError,
    Preferences,
    RateLimitedError,
    Vehicle,
)
from .const import DOMAIN
from .coordinator import HivenCoordinator
from .errors import translated, vehicle_error_key
from .memory import Memory
from .names import async_field_name
from .preferences import Change, check, merged, missing_for_smart_charging, refused
from .store import Outcome, PreferencesStore

# Refusals that are not about the change itself.
_NOT_THE_CHANGE = (
    AuthenticationError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    RateLimitedError,
)


@dataclass(frozen=True, eq=False)
class _Pending:
    """A change, its waiting caller, and whether it is shown while pending."""

    change: Change
    answer: asyncio.Future[Preferences]
    shows: bool

    def succeeded(self, base: Preferences) -> None:
        """Return what Hiven stored before to the caller, if it still waits."""
        if not self.answer.done():
            self.answer.set_result(base)

    def failed(self, err: HomeAssistantError) -> None:
        """Raise an error in the caller, if it still waits."""
        if not self.answer.done():
            self.answer.set_exception(err)


class Writer:
    """Writes the preferences of an account's vehicles."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: HivenCoordinator,
        memory: Memory,
    ) -> None:
        """Write for the vehicles of a coordinator."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._memory = memory
        self._queues: dict[str, _Queue] = {}

    @callback
    def pending(self, vehicle_id: str) -> Change | None:
        """Return the changes to show that are not stored yet."""
        queue = self._queues.get(vehicle_id)
        return queue.pending if queue else None

    async def async_write(self, vehicle_id: str, change: Change) -> Preferences:
        """Store a change; return what Hiven stored before, once the change is stored.

        Raises HomeAssistantError, which says why it was not stored and what to do.
        """
        if (queue := self._queues.get(vehicle_id)) is None:
            store = PreferencesStore(
                self._hass, self._coordinator.client, self._memory, vehicle_id
            )
            queue = self._queues[vehicle_id] = _Queue(
                self._coordinator, store, vehicle_id
            )
        answer = queue.add(change)
        if not queue.is_running:
            # Not a background task: unloading waits for it instead of cancelling it.
            queue.is_running = True
            self._entry.async_create_task(
                self._hass, self._async_run(queue), "Hiven write"
            )
        return await answer

    async def _async_run(self, queue: _Queue) -> None:
        """Write until no change is waiting."""
        try:
            # Wait for a write from before a reload.
            async with self._memory.write_locks[queue.vehicle_id]:
                await queue.async_write_all()
        finally:
            del self._queues[queue.vehicle_id]
            queue.end()

    @callback
    def async_close(self) -> None:
        """Stop waiting for late answers of Hiven."""
        for queue in self._queues.values():
            queue.store.async_close()

    async def async_finish(self) -> None:
        """Wait until nothing is being written."""
        await asyncio.gather(*(queue.ended.wait() for queue in self._queues.values()))


class _Queue:
    """The changes of one vehicle that are being written or waiting."""

    def __init__(
        self, coordinator: HivenCoordinator, store: PreferencesStore, vehicle_id: str
    ) -> None:
        """Write into a store."""
        self.vehicle_id = vehicle_id
        self.store = store
        self.pending: Change | None = None
        self.is_running = False
        self.ended = asyncio.Event()
        self._coordinator = coordinator
        self._waiting: list[_Pending] = []
        self._sent: list[_Pending] = []

    @callback
    def add(self, change: Change) -> asyncio.Future[Preferences]:
        """Queue a change; return a future that is done when the change is stored."""
        shows = True
        if self._vehicle is not None and self._known is not None:
            try:
                check(change, self._with_pending(self._known), self._vehicle)
            except ServiceValidationError:
                # Hiven may have other values by now, so do not show the change until they
                # have been read.
                shows = False
        answer: asyncio.Future[Preferences] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Pending(change, answer, shows))
        self._notify()
        return answer

    async def async_write_all(self) -> None:
        """Write until no change is waiting."""
        self._coordinator.async_write_begins(self.vehicle_id)
        try:
            while self._waiting:
                await self._write_waiting()
        finally:
            self._coordinator.async_write_ends(self.vehicle_id)

    @callback
    def end(self) -> None:
        """Fail all changes that are still waiting."""
        self._answer(self._sent + self._waiting, _error("not_written"))
        self.ended.set()

    async def _write_waiting(self) -> None:
        try:
            base = await self.store.async_base(
                self._known,
                lambda answer: self._coordinator.is_late(self.vehicle_id, answer),
            )
        except HivenError as err:
            self._answer(self._waiting, self._failed(err))
            return
        # Show this even if the change fails: it is what Hiven stores.
        self._coordinator.async_preferences_read(self.vehicle_id, base)
        # Not earlier, so that changes that arrived during the read are included.
        self._sent, self._waiting = self._waiting, []
        await self._store(base, list(self._sent))
        # Callers that have their answer ignore this one.
        self._answer(self._sent, _error("not_written"))

    async def _store(self, base: Preferences, batch: list[_Pending]) -> Preferences:
        """Write changes on top of base, answer their callers, return what is stored."""
        if self._vehicle is None:
            return base
        change = merged(item.change for item in batch)
        try:
            check(change, base, self._vehicle)
        except ServiceValidationError as err:
            return await self._one_by_one(base, batch, err)
        try:
            outcome = await self.store.async_put(change, base)
        except _NOT_THE_CHANGE as err:
            self._answer(batch, self._failed(err))
            return base
        except HivenError as err:
            failure = self._refused(change, base, err)
            return await self._one_by_one(base, batch, failure)
        return self._stored(base, batch, change, outcome)

    @callback
    def _stored(
        self,
        base: Preferences,
        batch: list[_Pending],
        change: Change,
        outcome: Outcome,
    ) -> Preferences:
        """Show what is stored, and answer each caller for its own change."""
        if outcome.stored is None and outcome.doubt is not None:
            self._answer(batch, _error("not_confirmed"))
            return base
        # If Hiven confirmed the write but cannot be read, the next poll shows the
        # result.
        stored = outcome.stored or change.applied_to(base)
        self._coordinator.async_preferences_read(
            self.vehicle_id, stored, outcome.passed
        )
        self._coordinator.async_watch(self.vehicle_id)
        for item in batch:
            missing = (outcome.missing & item.change.touched) | outcome.lost
            if not missing:
                item.succeeded(base)
                # For later changes of the batch, this one was stored before.
                base = item.change.applied_to(base)
            elif outcome.doubt is not None:
                self._answer([item], self._failed(outcome.doubt))
            else:
                self._answer([item], self._not_stored(item.change, min(missing)))
        return stored

    async def _one_by_one(
        self, base: Preferences, batch: list[_Pending], err: HomeAssistantError
    ) -> Preferences:
        """Try refused changes one by one, so that a bad change does not block others."""
        if len(batch) == 1:
            self._answer(batch, err)
            return base
        for item in batch:
            base = await self._store(base, [item])
        return base

    @callback
    def _answer(
        self, batch: list[_Pending], err: HomeAssistantError | None = None
    ) -> None:
        """Remove changes from the queue, so that Hiven's values are shown again."""
        answered = list(batch)
        self._sent = [item for item in self._sent if item not in answered]
        self._waiting = [item for item in self._waiting if item not in answered]
        if err is not None:
            for item in answered:
                item.failed(err)
        if answered:
            self._notify()

    @callback
    def _notify(self) -> None:
        """Show the pending changes."""
        shown = [item.change for item in self._sent + self._waiting if item.shows]
        self.pending = merged(shown) if shown else None
        self._coordinator.async_update_listeners()

    def _with_pending(self, known: Preferences) -> Preferences:
        return self.pending.applied_to(known) if self.pending else known

    @property
    def _vehicle(self) -> Vehicle | None:
        state = self._coordinator.data.get(self.vehicle_id)
        return state.vehicle if state else None

    @property
    def _known(self) -> Preferences | None:
        state = self._coordinator.data.get(self.vehicle_id)
        return state.preferences if state else None

    def _failed(self, err: HivenError) -> HomeAssistantError:
        if isinstance(err, AuthenticationError):
            self._coordinator.async_suspect_key()
        return translated(err, HomeAssistantError, key=vehicle_error_key(err))

    def _refused(
        self, change: Change, base: Preferences, err: HivenError
    ) -> HomeAssistantError:
        """Return the error for a refusal.

        The most likely cause is a missing target or ready time.
        """
        missing = missing_for_smart_charging(change, base)
        if missing is not None and self._vehicle is not None:
            return refused(missing, self._vehicle)
        return translated(err, HomeAssistantError)

    def _not_stored(self, change: Change, field: str) -> HomeAssistantError:
        hass = self._coordinator.hass
        key = "day_not_cleared" if change.days.get(field, "") is None else "not_stored"
        return _error(key, field=async_field_name(hass, field))


def _error(key: str, **placeholders: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
