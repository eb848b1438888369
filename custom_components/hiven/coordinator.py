"""Reads an account's vehicles and their telemetry; independent of plans and writer."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_SCAN_INTERVAL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from . import devices
from .alarm import Alarm
from .api import HivenClient, Preferences, Status, Vehicle
from .asked_refresh import AskedRefresh
from .const import DEFAULT_SCAN_INTERVAL, DOMAIN, LOGGER
from .failed_list import async_list_failed
from .freshness import Freshness
from .issues import async_forget_issues
from .memory import Memory
from .poll import Poll, together
from .preferences import is_same
from .rhythm import LONGEST_PAUSE, Rhythm
from .state import VehicleState
from .track import Track

CALLS_AT_ONCE = 8
# Cars that are due within this time are read together.
GROUP = timedelta(minutes=2)
# The shortest time between two polls, unless a poll is requested.
SHORTEST_PAUSE = timedelta(seconds=30)


class HivenCoordinator(DataUpdateCoordinator[dict[str, VehicleState]]):
    """The vehicles of one account by id."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: HivenClient,
        memory: Memory,
    ) -> None:
        """Read with a client; the options contain the shortest interval."""
        minutes = entry.options.get(CONF_SCAN_INTERVAL)
        self._interval = (
            timedelta(minutes=minutes) if minutes else DEFAULT_SCAN_INTERVAL
        )
        self._asked_refresh = AskedRefresh(hass, entry)
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=self._interval,
            request_refresh_debouncer=self._asked_refresh.debouncer,
            always_update=False,
        )
        self.client = client
        self.slots = asyncio.Semaphore(CALLS_AT_ONCE)
        self.data = {}
        self.is_closed = False
        self._memory = memory
        self._list = Freshness()
        self._tracks: dict[str, Track] = {}
        self._id_listeners: list[Callable[[str, str | None], None]] = []
        # Vehicles that were removed since the running poll began.
        self._removed: set[str] = set()
        self._asks_all = True
        self._next_poll: datetime | None = None
        self._early_poll = Alarm(hass, self._async_poll_now)
        self._aging = Alarm(hass, self._async_aged)

    # What other parts call.

    @override
    async def async_request_refresh(self) -> None:
        """Read the list and every car at once, or as soon as Hiven allows."""
        self._asks_all = True
        if not self.is_closed:
            await self._asked_refresh.async_wait(
                lambda: not self._list.waits(dt_util.utcnow())
            )

    @callback
    def async_follow_ids(self, listener: Callable[[str, str | None], None]) -> None:
        """Call a listener when a vehicle gets a new id, or is gone.

        It receives the old id, and the new one or None.
        """
        self._id_listeners.append(listener)

    @callback
    def async_watch(self, vehicle_id: str) -> None:
        """Read a vehicle often for a while, because something is about to change."""
        self._track(vehicle_id).rhythm.watch(dt_util.utcnow())
        self._async_advance_poll()

    @callback
    def async_watch_edges(self, vehicle_id: str, edges: Iterable[datetime]) -> None:
        """Read a vehicle often for a while after each start or end in its plan."""
        self._track(vehicle_id).rhythm.watch_edges(edges)
        self._async_advance_poll()

    @callback
    def async_suspect_key(self) -> None:
        """Poll after a refused call, to see whether the key is refused."""
        self._async_poll_now()

    @callback
    def async_write_begins(self, vehicle_id: str) -> None:
        """Keep polls from showing older preferences of a vehicle."""
        self._track(vehicle_id).is_being_written = True

    @callback
    def async_write_ends(self, vehicle_id: str) -> None:
        """Let polls that start from now on show a vehicle's preferences again."""
        track = self._track(vehicle_id)
        track.is_being_written = False
        track.revision += 1

    @callback
    def async_preferences_read(
        self,
        vehicle_id: str,
        preferences: Preferences,
        passed: Preferences | None = None,
    ) -> None:
        """Use preferences that were read outside a poll.

        `passed` is what Hiven stored briefly between two writes. This does not call
        async_set_updated_data, which would report a failing account as recovered and
        postpone the next poll.
        """
        if (state := self.data.get(vehicle_id)) is None:
            return
        now = dt_util.utcnow()
        track = self._track(vehicle_id)
        track.resource_read(state.vehicle.display_name, preferences)
        before = state.preferences
        for older in (before, passed):
            if older is not None:
                track.replaced(older, preferences, now)
        if before is not None and is_same(before, preferences):
            return
        self.data[vehicle_id] = replace(state, preferences=preferences)
        self.async_update_listeners()

    @callback
    def is_late(self, vehicle_id: str, answer: Preferences) -> bool:
        """Return whether an answer contains values that were replaced a moment ago."""
        return self._track(vehicle_id).is_late(answer, dt_util.utcnow())

    @override
    @callback
    def async_update_listeners(self) -> None:
        """Update all listeners, unless the account is closed."""
        if not self.is_closed:
            super().async_update_listeners()

    @override
    async def async_shutdown(self) -> None:
        """Stop polling."""
        await super().async_shutdown()
        self.is_closed = True
        # Otherwise a poll that ends after this would schedule the next one.
        self.update_interval = None
        self._early_poll.stop()
        self._aging.stop()

    # Polling.

    @override
    async def _async_update_data(self) -> dict[str, VehicleState]:
        """Read what is due."""
        self._removed.clear()
        revisions = {id_: track.revision for id_, track in self._tracks.items()}
        try:
            # The task ends with the account, no matter who requested the poll.
            with self._asked_refresh.polling():
                poll = await self.config_entry.async_create_background_task(
                    self.hass, self._async_poll(), f"{DOMAIN} poll"
                )
        except Exception:
            for vehicle_id in self.data:
                self._track(vehicle_id).telemetry.missed()
            self._async_age(self.data)
            self._async_plan_poll(self._interval)
            raise
        # Do not await below: a write in between would be undone.
        now = dt_util.utcnow()
        states: dict[str, VehicleState] = {}
        read = poll.listed.keys() | poll.details.keys()
        for vehicle_id in sorted(read - self._removed):
            state = self._state(vehicle_id, poll, revisions.get(vehicle_id, 0), now)
            if state is not None:
                states[vehicle_id] = state
        self._async_age(states)
        self._async_plan_poll(self._due_in(states, now))
        return states

    async def _async_poll(self) -> Poll:
        """Read the list and, at the same time, the known cars that are due."""
        now = dt_util.utcnow()
        asks_all, self._asks_all = self._asks_all, False
        poll = Poll(self.client, self.slots)
        # While the list fails, do not read cars at the same time.
        known = set() if self._memory.list_failed else self._known_ids()
        await together(
            poll.read_list(), poll.read_statuses(self._due(known, now, asks_all))
        )
        if (err := poll.error) is not None:
            # The telemetry is dropped, so all cars have to be read again.
            self._asks_all = True
            wait = self._list.wait(err)
            raise async_list_failed(
                self.hass,
                self.config_entry,
                self._memory,
                err,
                max(wait, self._interval) if wait else None,
            ) from err
        self._list = Freshness()
        self._memory.list_failed = False
        self._memory.forbidden_lists = 0
        missing = self._known_ids() - poll.listed.keys() - self._async_take_over(poll)
        for vehicle_id in poll.listed:
            self._track(vehicle_id).missing = 0
        for vehicle_id in missing:
            self._track(vehicle_id).missing += 1
        await together(
            poll.read_statuses(self._due(poll.listed.keys() - known, now, asks_all)),
            poll.read_details(sorted(missing)),
            poll.read_resources(
                vehicle_id
                for vehicle_id, vehicle in poll.listed.items()
                if vehicle.preferences is None
                and self._track(vehicle_id).wants_resource(now, asks_all=asks_all)
            ),
        )
        return poll

    def _due(
        self, vehicle_ids: Iterable[str], now: datetime, asks_all: bool
    ) -> list[str]:
        """Return the vehicles whose telemetry is due, and record that it is read."""
        due = [
            vehicle_id
            for vehicle_id in sorted(vehicle_ids)
            if not (track := self._track(vehicle_id)).telemetry.waits(now)
            and (asks_all or track.due_at(now) <= now + GROUP)
        ]
        for vehicle_id in due:
            self._track(vehicle_id).rhythm.asked(now)
        return due

    @callback
    def _async_take_over(self, poll: Poll) -> set[str]:
        """Keep the devices of cars that were connected again; return their old ids."""
        old_ids: set[str] = set()
        for device, vehicle in devices.async_predecessors(
            self.hass, self.config_entry, poll.listed
        ):
            old_id = devices.vehicle_id_of(device) or ""
            old_ids.add(old_id)
            if self.config_entry.state is ConfigEntryState.SETUP_IN_PROGRESS:
                devices.async_take_over(self.hass, device, vehicle)
                self._forget(old_id, vehicle.id)
            else:
                # Its entities still use the old id; a reload moves them.
                del poll.listed[vehicle.id]
                self.hass.config_entries.async_schedule_reload(
                    self.config_entry.entry_id
                )
        return old_ids

    # Results of a poll.

    @callback
    def _state(
        self, vehicle_id: str, poll: Poll, revision: int, now: datetime
    ) -> VehicleState | None:
        """Return the new state of a vehicle; None if there is nothing to show."""
        track = self._track(vehicle_id)
        before = self.data.get(vehicle_id)
        vehicle = poll.vehicle(vehicle_id)
        answer = poll.statuses.get(vehicle_id)
        if vehicle is None:
            details = poll.details[vehicle_id]
            assert not isinstance(details, Vehicle)
            if track.is_gone(details):
                self._forget(vehicle_id)
                devices.async_forget(self.hass, self.config_entry, vehicle_id)
                return None
            if before is not None:
                vehicle = before.vehicle
                answer = answer if isinstance(answer, Status) else details
            else:
                return None
        if before is None or before.vehicle.attributes != vehicle.attributes:
            devices.async_describe(self.hass, self.config_entry, vehicle)
        status = before.status if before else None
        if isinstance(answer, Status):
            track.status_read(vehicle.display_name, answer)
            status = answer
        elif answer is not None:
            track.status_failed(vehicle.display_name, answer)
        elif track.telemetry.waits(now):
            track.telemetry.missed()
        state = VehicleState(
            vehicle=vehicle,
            preferences=track.preferences(
                vehicle_id, poll, before.preferences if before else None, revision, now
            ),
            status=status,
            reported_at=track.report.at if track.report else None,
            has_fresh_status=status is not None and not track.telemetry.is_stale(now),
            is_listed=vehicle_id in poll.listed,
            needs_sign_in=track.needs_sign_in,
        )
        # Return the same object, so that entities see that nothing changed.
        return before if state == before else state

    @callback
    def async_forget(self, vehicle_id: str) -> None:
        """Forget a vehicle that the user removed; it may return."""
        self._removed.add(vehicle_id)
        self._forget(vehicle_id)
        if self.data.pop(vehicle_id, None) is not None:
            self.async_update_listeners()

    @callback
    def _forget(self, vehicle_id: str, new_id: str | None = None) -> None:
        self._tracks.pop(vehicle_id, None)
        async_forget_issues(self.hass, vehicle_id)
        for listener in self._id_listeners:
            listener(vehicle_id, new_id)

    def _track(self, vehicle_id: str) -> Track:
        if (track := self._tracks.get(vehicle_id)) is None:
            track = self._tracks[vehicle_id] = Track(Rhythm(self._interval))
        return track

    def _known_ids(self) -> set[str]:
        return self.data.keys() | devices.async_registered_vehicles(
            self.hass, self.config_entry
        )

    # Timers.

    def _due_in(self, states: Iterable[str], now: datetime) -> timedelta:
        """Return the time until the next car is due; the interval without cars."""
        due = [self._track(vehicle_id).due_at(now) for vehicle_id in states]
        if not due:
            return self._interval
        longest = max(LONGEST_PAUSE, self._interval)
        return min(max(min(due) - now, SHORTEST_PAUSE), longest)

    @callback
    def _async_plan_poll(self, delay: timedelta) -> None:
        """Schedule the next poll."""
        self._early_poll.stop()
        if not self.is_closed:
            self.update_interval = delay
            self._next_poll = dt_util.utcnow() + delay

    @callback
    def _async_advance_poll(self) -> None:
        """Poll earlier than scheduled if a car is due earlier now."""
        now = dt_util.utcnow()
        delay = self._due_in(self.data, now)
        if (
            self.is_closed
            or self._memory.list_failed
            or self.config_entry.pref_disable_polling
            or self._next_poll is None
            or now + delay >= self._next_poll - SHORTEST_PAUSE
        ):
            return
        self._next_poll = now + delay
        self._early_poll.set(self._next_poll)

    @callback
    def _async_poll_now(self, _now: datetime | None = None) -> None:
        # While the list fails, polls are not moved forward.
        if not self.is_closed and not self._memory.list_failed:
            self.config_entry.async_create_background_task(
                self.hass, self.async_refresh(), f"{DOMAIN} poll"
            )

    @callback
    def _async_age(self, states: Mapping[str, VehicleState]) -> None:
        """Schedule the time at which telemetry is too old, if reading keeps failing."""
        stale_at = [
            at
            for vehicle_id, state in states.items()
            if state.has_fresh_status
            and (at := self._track(vehicle_id).telemetry.stale_at) is not None
        ]
        self._aging.set(None if self.is_closed else min(stale_at, default=None))

    @callback
    def _async_aged(self, now: datetime) -> None:
        """Update entities whose telemetry is too old now."""
        for vehicle_id, state in self.data.items():
            if self._track(vehicle_id).telemetry.is_stale(now):
                self.data[vehicle_id] = replace(state, has_fresh_status=False)
        self.async_update_listeners()
        self._async_age(self.data)
