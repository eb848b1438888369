"""Polls Hiven for one account and hands changes to its writers."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_SCAN_INTERVAL
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from . import devices
from .api import (
    AuthenticationError,
    ChargingBehavior,
    ChargingStatus,
    Day,
    ForbiddenError,
    HivenClient,
    HivenError,
    NotFoundError,
    Preferences,
    SocUnit,
    UnexpectedAnswerError,
    Vehicle,
    VehicleList,
    is_constant,
)
from .changes import Change
from .const import DEFAULT_SCAN_INTERVAL, DOMAIN, LOGGER
from .errors import granted_wait, poll_error_key, translated
from .followers import Followers
from .issues import async_forget_issues, async_update_issues
from .model_list import ModelList
from .plan_reader import PlanReader
from .writer import PreferencesWriter

type HivenConfigEntry = ConfigEntry[HivenCoordinator]

CALLS_AT_ONCE = 8
# Old telemetry is shown until both have passed.
STALE_POLLS = 3
STALE_AFTER = timedelta(minutes=30)
# A key that may not list its own vehicles is asked for again after as many polls.
FORBIDDEN_POLLS = 3

# Kept beside the coordinator, which does not outlive a failed set-up.
DATA_FORBIDDEN: HassKey[dict[str, int]] = HassKey(f"{DOMAIN}_forbidden_polls")


@dataclass
class _Record:
    """How reading one vehicle has been going."""

    last_good: datetime | None = None
    failures: int = 0
    # Whether the log says that this vehicle, not the account, cannot be read.
    is_reported: bool = False
    # Why Hiven wants not to be asked about it, and until when.
    wait: tuple[HivenError, datetime] | None = None


@dataclass(frozen=True)
class _Reading:
    """One vehicle as just read, without telemetry where that failed."""

    vehicle: Vehicle | None
    error: HivenError | None = None

    @property
    def is_gone(self) -> bool:
        """Hiven knows no such vehicle."""
        return self.vehicle is None and isinstance(self.error, NotFoundError)


class HivenCoordinator(DataUpdateCoordinator[dict[str, Vehicle]]):
    """The vehicles of one account by id, as Hiven last described them."""

    config_entry: HivenConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: HivenConfigEntry, client: HivenClient
    ) -> None:
        """Poll with a client, as often as the options say."""
        minutes = entry.options.get(CONF_SCAN_INTERVAL)
        self._interval = (
            timedelta(minutes=minutes) if minutes else DEFAULT_SCAN_INTERVAL
        )
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=self._interval,
            always_update=False,
        )
        self.client = client
        self.models = ModelList(client)
        self.plans = PlanReader(self)
        self.data = {}
        self._records: dict[str, _Record] = {}
        self._writers: dict[str, PreferencesWriter] = {}
        self._followers = Followers(
            hass.loop, lambda id_: (self.vehicle(id_), self.has_telemetry(id_))
        )
        self.slots = asyncio.Semaphore(CALLS_AT_ONCE)
        self._fresh: frozenset[str] = frozenset()
        self._unknown: set[tuple[str, str]] = set()
        self._cancel_aging: Callable[[], None] | None = None

    @callback
    def vehicle(self, vehicle_id: str) -> Vehicle | None:
        """Return a vehicle as it is to be shown; None when Hiven forgot it."""
        if (vehicle := self.data.get(vehicle_id)) is None:
            return None
        return self._writer(vehicle_id).shown(vehicle)

    @callback
    def has_telemetry(self, vehicle_id: str) -> bool:
        """Tell whether a vehicle's telemetry is there and not too old to show."""
        vehicle = self.data.get(vehicle_id)
        if vehicle is None or vehicle.status is None:
            return False
        aged_at = self._aged_at(self._records[vehicle_id])
        return aged_at is None or dt_util.utcnow() < aged_at

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: str | None = None
    ) -> Callable[[], None]:
        """Listen; with a vehicle as context only for what changes how it is shown."""
        if context is None:
            return super().async_add_listener(update_callback)
        return self._followers.async_add(context, update_callback)

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Tell of vehicles that are new, then the entities of those that changed."""
        super().async_update_listeners()
        self._followers.async_tell()

    @callback
    def async_update_vehicle(self, vehicle_id: str) -> None:
        """Tell the entities of one vehicle, if it changed."""
        self._followers.async_tell_of(vehicle_id)

    async def async_change(self, vehicle_id: str, change: Change) -> None:
        """Store a change of a vehicle's preferences; return when Hiven holds it.

        Raises HomeAssistantError with a reason people understand.
        """
        await self._writer(vehicle_id).write(change)

    @callback
    def async_preferences_read(self, vehicle_id: str, preferences: Preferences) -> None:
        """Take over preferences read outside a poll.

        Not by way of async_set_updated_data: that would report a failing account
        as recovered, and put the next poll off.
        """
        if (vehicle := self.data.get(vehicle_id)) is None:
            return
        if vehicle.preferences is not None:
            # Only the vehicle's own answers carry the places themselves.
            preferences = replace(
                preferences, charging_locations=vehicle.preferences.charging_locations
            )
        if preferences == vehicle.preferences:
            return
        self.data[vehicle_id] = replace(vehicle, preferences=preferences)
        if self.config_entry.state is ConfigEntryState.LOADED:
            self._async_update_issues(vehicle_id)

    @callback
    def async_preferences_stored(
        self, vehicle_id: str, preferences: Preferences
    ) -> None:
        """Take over preferences just written; Hiven makes another plan for them."""
        self.async_preferences_read(vehicle_id, preferences)
        if self.config_entry.state is ConfigEntryState.LOADED:
            self.plans.async_changed(vehicle_id)

    @callback
    def async_call_failed(self, err: HivenError) -> HomeAssistantError:
        """Return what to tell the caller of a failed call; ask for a key if needed."""
        if (
            isinstance(err, AuthenticationError)
            and not isinstance(err, ForbiddenError)
            and not self._is_closed
        ):
            self.config_entry.async_start_reauth(self.hass)
        return translated(err, HomeAssistantError)

    @override
    async def async_shutdown(self) -> None:
        """Stop polling and the clock of old telemetry."""
        await super().async_shutdown()
        # A poll that ends only now would schedule the next one.
        self.update_interval = None
        self._stop_aging()

    async def async_close(self) -> None:
        """Stop, and wait until nothing is being written."""
        await self.async_shutdown()
        await asyncio.gather(*(writer.finish() for writer in self._writers.values()))

    @override
    async def _async_update_data(self) -> dict[str, Vehicle]:
        """Read all in a task that ends with the account, whoever asked for news."""
        overlaps_write = {id_: self._writer(id_).mark() for id_ in self.data}
        try:
            readings = await self.config_entry.async_create_background_task(
                self.hass, self._read_all(), f"{DOMAIN} poll"
            )
        except Exception:
            # Whatever it was, telemetry gets old.
            for vehicle_id in self.data:
                self._records[vehicle_id].failures += 1
            raise
        # Nothing waits from here on: it would undo what is written meanwhile.
        vehicles: dict[str, Vehicle] = {}
        for vehicle_id, reading in readings.items():
            previous = self.data.get(vehicle_id)
            if reading.is_gone:
                self._records.pop(vehicle_id, None)
                self._writers.pop(vehicle_id, None)
                self.plans.async_forget(vehicle_id)
                devices.async_forget(self.hass, self.config_entry, vehicle_id)
                async_forget_issues(self.hass, vehicle_id)
                continue
            self._record(vehicle_id, reading)
            vehicle = reading.vehicle or previous
            if vehicle is None:
                continue
            if previous is not None:
                vehicle = replace(
                    vehicle,
                    status=vehicle.status or previous.status,
                    schedule=previous.schedule,
                )
                if overlaps_write[vehicle_id]():
                    vehicle = replace(vehicle, preferences=previous.preferences)
                if vehicle == previous:
                    # The same object tells that there is no news.
                    vehicle = previous
            if previous is None or previous.attributes != vehicle.attributes:
                devices.async_describe(self.hass, self.config_entry, vehicle)
            self._report_unknown_values(vehicle)
            vehicles[vehicle_id] = vehicle
        return vehicles

    async def _read_all(self) -> dict[str, _Reading]:
        """Read the list, then the telemetry of every vehicle side by side."""
        try:
            listed = await self.client.devices()
        except HivenError as err:
            raise self._account_failed(err) from err
        self._forbidden_polls.pop(self.config_entry.entry_id, None)

        ids = sorted(self._async_ids_to_read(listed))
        readings = await asyncio.gather(*(self._read(id_, listed) for id_ in ids))
        if listed.vehicles and not self._is_starting:
            # Not while starting: nobody waits for it.
            await self.models.refresh_if_due()
        return dict(zip(ids, readings, strict=True))

    @callback
    def _async_ids_to_read(self, listed: VehicleList) -> set[str]:
        """Return the ids Hiven lists, and known ones that have to prove they are gone."""
        listed_ids = {*listed.vehicles, *filter(None, listed.unreadable)}
        ids = listed_ids | devices.async_registered_vehicles(
            self.hass, self.config_entry
        )
        for vehicle in listed.vehicles.values():
            device = devices.async_predecessor(
                self.hass, self.config_entry, vehicle, listed_ids
            )
            if device is None:
                continue
            old_id = devices.vehicle_id_of(device) or ""
            ids.discard(old_id)
            async_forget_issues(self.hass, old_id)
            if self._is_starting:
                devices.async_take_over(self.hass, device, vehicle)
            else:
                # Its entities run under the old id; starting anew takes them over.
                ids.discard(vehicle.id)
                self.hass.config_entries.async_schedule_reload(
                    self.config_entry.entry_id
                )
        return ids

    async def _read(self, vehicle_id: str, listed: VehicleList) -> _Reading:
        """Read what the list does not tell of a vehicle."""
        vehicle = listed.vehicles.get(vehicle_id)
        if vehicle is None and (error := listed.unreadable.get(vehicle_id)) is not None:
            return _Reading(None, error)
        record = self._records.setdefault(vehicle_id, _Record())
        if record.wait is not None:
            reason, until = record.wait
            if dt_util.utcnow() < until:
                return _Reading(vehicle, reason)
            record.wait = None
        async with self.slots:
            try:
                if vehicle is None:
                    vehicle = await self._details(vehicle_id)
                status = await self.client.status(vehicle_id)
            except HivenError as err:
                # Not found may mean gone, which has to be asked about anew.
                if err.retry_after is not None and not isinstance(err, NotFoundError):
                    # No reason to ask about the other vehicles less often.
                    record.wait = err, dt_util.utcnow() + granted_wait(err)
                return _Reading(vehicle, err)
        return _Reading(replace(vehicle, status=status))

    async def _details(self, vehicle_id: str) -> Vehicle:
        """Read a vehicle the list does not hold."""
        vehicle = await self.client.device(vehicle_id)
        if vehicle.id != vehicle_id:
            raise UnexpectedAnswerError(
                "GET /v2/hiven/devices/:vehicleId", "id", "is another vehicle's"
            )
        return vehicle

    @callback
    def _record(self, vehicle_id: str, reading: _Reading) -> None:
        """Count failures of one vehicle; log the first and the end."""
        record = self._records.setdefault(vehicle_id, _Record())
        known = reading.vehicle or self.data.get(vehicle_id)
        name = known.display_name if known is not None else vehicle_id
        if reading.error is None:
            if record.is_reported:
                LOGGER.info("%s can be read again", name)
            record.is_reported = False
            record.failures = 0
            record.last_good = dt_util.utcnow()
            return
        if not record.is_reported:
            LOGGER.warning("%s cannot be read: %s", name, reading.error)
            record.is_reported = True
        record.failures += 1
        self.async_call_failed(reading.error)

    def _account_failed(self, err: HivenError) -> Exception:
        """Return what a failed list means, and ask for a key if it is the key."""
        refused = isinstance(err, AuthenticationError)
        if isinstance(err, ForbiddenError):
            entry_id = self.config_entry.entry_id
            polls = self._forbidden_polls.get(entry_id, 0) + 1
            self._forbidden_polls[entry_id] = polls
            refused = polls >= FORBIDDEN_POLLS
        if refused and self._is_starting:
            return translated(err, ConfigEntryAuthFailed)
        if refused:
            # Not ConfigEntryAuthFailed, which ends polling: the key may come to
            # work again, and telemetry has to age until then.
            self.config_entry.async_start_reauth(self.hass)
        retry_after: float | None = None
        if err.retry_after is not None:
            retry_after = max(self._interval, granted_wait(err)).total_seconds()
        return translated(
            err, UpdateFailed, key=poll_error_key(err), retry_after=retry_after
        )

    @property
    def _is_closed(self) -> bool:
        """Whether the account has ended; a write that takes long outlives it."""
        return self._shutdown_requested

    @property
    def _is_starting(self) -> bool:
        return self.config_entry.state is ConfigEntryState.SETUP_IN_PROGRESS

    @property
    def is_closing(self) -> bool:
        """Whether the account or Home Assistant is about to stop."""
        return self._is_closed or self.hass.is_stopping

    @property
    def _forbidden_polls(self) -> dict[str, int]:
        return self.hass.data.setdefault(DATA_FORBIDDEN, {})

    @callback
    def _writer(self, vehicle_id: str) -> PreferencesWriter:
        if (writer := self._writers.get(vehicle_id)) is None:
            writer = self._writers[vehicle_id] = PreferencesWriter(self, vehicle_id)
        return writer

    @staticmethod
    def _aged_at(record: _Record) -> datetime | None:
        """Return when telemetry gets too old to show, if reading goes on failing."""
        if record.failures < STALE_POLLS or record.last_good is None:
            return None
        return record.last_good + STALE_AFTER

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        if self._is_closed:
            return
        self._async_check_age()
        self._async_update_issues(*self.data)
        if self.last_update_success and not self._is_starting:
            self.plans.async_read_due()

    @callback
    def _async_check_age(self, _now: datetime | None = None) -> None:
        """Tell the entities when telemetry gets too old, or is back.

        A poll that fails again or changes nothing tells them nothing.
        """
        self._stop_aging()
        fresh = frozenset(id_ for id_ in self.data if self.has_telemetry(id_))
        if fresh != self._fresh:
            self._fresh = fresh
            self.async_update_listeners()
        aging = [
            aged_at
            for id_ in fresh
            if (aged_at := self._aged_at(self._records[id_])) is not None
        ]
        if aging:
            self._cancel_aging = async_call_later(
                self.hass,
                min(aging) - dt_util.utcnow(),
                HassJob(self._async_check_age, cancel_on_shutdown=True),
            )

    @callback
    def _stop_aging(self) -> None:
        if self._cancel_aging is not None:
            self._cancel_aging()
            self._cancel_aging = None

    @callback
    def _async_update_issues(self, *vehicle_ids: str) -> None:
        if self._is_closed:
            return
        now = dt_util.utcnow()
        for vehicle_id in vehicle_ids:
            async_update_issues(
                self.hass,
                self.config_entry,
                self.data[vehicle_id],
                self.models.known,
                now,
            )

    @callback
    def _report_unknown_values(self, vehicle: Vehicle) -> None:
        """Log a value this integration does not know, once."""
        for field, value in _unknown_values(vehicle):
            if (field, value) not in self._unknown:
                self._unknown.add((field, value))
                LOGGER.warning(
                    "Hiven sent a %s this integration does not know: %s",
                    field,
                    value if is_constant(value) else "(not shown)",
                )


def _unknown_values(vehicle: Vehicle) -> Iterator[tuple[str, str]]:
    """Yield the values that the documentation does not list, with what they are."""
    candidates: list[tuple[str, type[StrEnum], str | None]] = []
    if (status := vehicle.status) is not None:
        candidates.append(("charging status", ChargingStatus, status.charging_status))
    if (preferences := vehicle.preferences) is not None:
        candidates += [
            ("charging behavior", ChargingBehavior, preferences.charging_behavior),
            *(("day", Day, day) for day in preferences.week_day_ready_times),
            *(
                ("unit of the state of charge", SocUnit, soc.unit)
                for soc in (preferences.target_soc, preferences.minimal_soc)
                if soc is not None
            ),
        ]
    for field, known, value in candidates:
        if value is not None and value not in known:
            yield field, value
