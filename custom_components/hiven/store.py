"""Stores preferences: read, write, read back, and write in another way if needed.

Hiven's documentation leaves some questions open. The documented way is tried first,
and another way if the answer or the read-back shows that it did not work. What worked
is remembered for the account. A write that may have had an effect is not repeated
before reading back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .api import (
    Endpoint,
    HivenClient,
    HivenConnectionError,
    HivenError,
    InvalidRequestError,
    NotFoundError,
    Preferences,
    PreferencesUpdate,
    UnexpectedAnswerError,
    Vehicle,
)
from .const import LOGGER
from .memory import Memory
from .preferences import Change, check

# In seconds. A write gives up if Hiven does not answer within this time.
GIVE_UP_AFTER = 15
# What can be learned about Hiven, as diagnostics show it.
PUT_REPLACES = "preferences: a write replaces all"
NULL_CLEARS_DAY = "preferences: null clears a day"
# Seconds to wait before reading back again, because Hiven may show a write later.
READ_BACK_AFTER = (1, 2, 4, 8)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a write.

    `stored` is what Hiven stores now, None if that could not be read. `missing` names
    changes that were not stored, `lost` fields that the write removed without being
    asked. `doubt` is the error after which it is unclear whether the write arrived; None
    if Hiven confirmed it. `passed` is what Hiven stored in between, if it took more
    than one write: a late answer may still show it.
    """

    stored: Preferences | None = None
    missing: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    doubt: HivenError | None = None
    passed: Preferences | None = None


async def async_read_preferences(
    client: HivenClient, vehicle_id: str
) -> Preferences | None:
    """Return what Hiven stores now; None if no preferences have been set.

    Preferences may be in their own resource, in the list, or in both.

    Raises HivenError; NotFoundError for a vehicle that Hiven does not list.
    """
    if (held := await client.preferences(vehicle_id)) is not None:
        return held
    vehicle = (await client.vehicles()).vehicles.get(vehicle_id)
    if vehicle is None:
        raise NotFoundError(Endpoint.PREFERENCES, "the vehicle is not listed")
    return vehicle.preferences


class PreferencesStore:
    """Stores the preferences of one vehicle."""

    def __init__(
        self, hass: HomeAssistant, client: HivenClient, memory: Memory, vehicle_id: str
    ) -> None:
        """Write with a client, and with what was learned about Hiven."""
        self._hass = hass
        self._client = client
        self._dialects = memory.journal.dialects
        self._vehicle_id = vehicle_id
        self._is_closing = asyncio.Event()

    @callback
    def async_close(self) -> None:
        """Stop waiting for late answers."""
        self._is_closing.set()

    async def async_base(
        self,
        known: Preferences | None,
        is_late: Callable[[Preferences], bool] = lambda _answer: False,
    ) -> Preferences:
        """Return what a write starts from: what Hiven stores now.

        `known` is what was read before. If Hiven now answers with nothing, the write
        fails, because it would erase what Hiven stored a moment ago. While `is_late`
        is true for the answer, it is read again for up to 15 seconds: the answer may be
        out of date, or somebody set the old values again.

        Raises HivenError.
        """
        base = await _within(
            _deadline(), async_read_preferences(self._client, self._vehicle_id)
        )
        if base is None and known is not None and known != Preferences():
            raise UnexpectedAnswerError(
                Endpoint.PREFERENCES, "", "the answer holds no preferences"
            )
        base = base or Preferences()
        newest = await self._wait_for(base, lambda now: not is_late(now)) or base
        if known is not None and self._is_closing.is_set() and is_late(newest):
            return known
        return newest

    async def async_put(self, change: Change, base: Preferences) -> Outcome:
        """Write a change on top of `base` and read back what is stored.

        Raises HivenError if Hiven refuses the change.
        """
        if base.raw and not change.not_in(base):
            # Nothing to write. Reading back could not detect a late answer anyway.
            return Outcome(stored=base)
        deadline = _deadline()
        doubt: HivenError | None = None
        try:
            await self._send_or_whole(change, base, deadline)
        except (HivenConnectionError, UnexpectedAnswerError) as err:
            # Hiven may have stored it despite the error. Reading back will show.
            doubt = err
        first = await self._read_back(deadline)
        if doubt is None:
            first = await self._wait_for(first, lambda now: not change.not_in(now))
        if first is None:
            return Outcome(doubt=doubt)
        stored = await self._put_back(change, base, first)
        if stored is None:
            # Hiven confirmed a write of all settings, which includes the change.
            return Outcome(passed=first)
        if doubt is None:
            stored = await self._clear_by_null(change, stored) or stored
        return Outcome(
            stored=stored,
            missing=frozenset(change.not_in(stored)),
            lost=frozenset(change.lost(base, stored)),
            doubt=doubt,
            passed=None if stored is first else first,
        )

    async def _send_or_whole(
        self, change: Change, base: Preferences, deadline: float
    ) -> None:
        """Write the change, or all preferences if Hiven needs them all."""
        null_clears = NULL_CLEARS_DAY in self._dialects
        whole = change.update_for(base, is_whole=True, null_clears=null_clears)
        if PUT_REPLACES in self._dialects:
            await self._send(whole, deadline)
            return
        part = change.update_for(base, null_clears=null_clears)
        try:
            await self._send(part, deadline)
        except InvalidRequestError as first:
            if whole.to_json() == part.to_json():
                raise
            try:
                await self._send(whole, deadline)
            except HivenConnectionError, UnexpectedAnswerError:
                raise
            except HivenError:
                raise first from None
            self._learn(PUT_REPLACES)

    @callback
    def _learn(self, dialect: str) -> None:
        LOGGER.debug("Learned about Hiven: %s", dialect)
        self._dialects.add(dialect)

    async def _send(self, update: PreferencesUpdate, deadline: float) -> None:
        await _within(deadline, self._client.set_preferences(self._vehicle_id, update))

    async def _read_back(self, deadline: float) -> Preferences | None:
        """Return what Hiven stores now; None if that cannot be read."""
        try:
            stored = await _within(
                deadline, async_read_preferences(self._client, self._vehicle_id)
            )
            return stored or Preferences()
        except HivenError as err:
            LOGGER.debug(
                "Preferences were written, but could not be read back: %s", err
            )
            return None

    async def _wait_for(
        self, stored: Preferences | None, is_done: Callable[[Preferences], bool]
    ) -> Preferences | None:
        """Read again while an answer still shows the old values."""
        for seconds in READ_BACK_AFTER:
            if stored is not None and is_done(stored):
                break
            await self._pause(seconds)
            if self._is_closing.is_set():
                break
            stored = await self._read_back(_deadline()) or stored
        return stored

    async def _pause(self, seconds: float) -> None:
        """Wait some seconds, or until the account closes."""
        over = asyncio.Event()

        @callback
        def end(_now: datetime) -> None:
            over.set()

        cancel = async_call_later(self._hass, seconds, end)
        waits = [asyncio.create_task(each.wait()) for each in (over, self._is_closing)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            cancel()
            for wait in waits:
                wait.cancel()

    async def _put_back(
        self, change: Change, base: Preferences, stored: Preferences
    ) -> Preferences | None:
        """Write all preferences, if the write removed some that it did not name."""
        if not change.lost(base, stored):
            return stored
        update = change.update_for(
            base, is_whole=True, null_clears=NULL_CLEARS_DAY in self._dialects
        )
        return await self._again(
            update, stored, PUT_REPLACES, lambda now: not change.lost(base, now)
        )

    async def _clear_by_null(
        self, change: Change, stored: Preferences
    ) -> Preferences | None:
        """Write null for days that were left out but not cleared."""
        missing = change.not_in(stored)
        if all(change.days.get(day, "") is not None for day in missing):
            return stored
        update = change.update_for(
            stored, is_whole=PUT_REPLACES in self._dialects, null_clears=True
        )
        return await self._again(
            update, stored, NULL_CLEARS_DAY, lambda now: not change.not_in(now)
        )

    async def _again(
        self,
        update: PreferencesUpdate,
        stored: Preferences,
        learned: str,
        helped: Callable[[Preferences], bool],
    ) -> Preferences | None:
        """Write in another way; remember it if it helped.

        Returns what Hiven stores now; None if Hiven confirmed the write but cannot be
        read.
        """
        if learned in self._dialects:
            return stored
        deadline = _deadline()
        is_confirmed = True
        try:
            await self._send(update, deadline)
        except (HivenConnectionError, UnexpectedAnswerError) as err:
            LOGGER.debug(
                "Preferences were written in another way, but Hiven did not confirm it: %s",
                err,
            )
            is_confirmed = False
        except HivenError:
            return stored
        after = await self._wait_for(await self._read_back(deadline), helped)
        if after is None:
            return None if is_confirmed else stored
        if helped(after):
            self._learn(learned)
        return after


async def async_store_once(
    hass: HomeAssistant,
    client: HivenClient,
    memory: Memory,
    vehicle: Vehicle,
    change: Change,
) -> Outcome:
    """Store a change for a vehicle that is not in a running account yet.

    Raises ServiceValidationError for a change that is not possible, HivenError if Hiven
    does not store it.
    """
    store = PreferencesStore(hass, client, memory, vehicle.id)
    async with memory.write_locks[vehicle.id]:
        base = await store.async_base(vehicle.preferences)
        check(change, base, vehicle)
        return await store.async_put(change, base)


def _deadline() -> float:
    return asyncio.get_running_loop().time() + GIVE_UP_AFTER


async def _within[T](deadline: float, call: Awaitable[T]) -> T:
    """Await a call; raises HivenConnectionError once the deadline has passed."""
    try:
        async with asyncio.timeout_at(deadline):
            return await call
    except TimeoutError:
        raise HivenConnectionError(
            Endpoint.PREFERENCES, f"no answer within {GIVE_UP_AFTER} seconds"
        ) from None
