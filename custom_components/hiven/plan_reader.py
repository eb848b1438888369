"""Keeps the plans of an account's vehicles, and their past sessions, as fresh as needed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .api import ChargingBehavior, HivenError, Schedule, Session, Vehicle
from .const import LOGGER
from .errors import granted_wait

if TYPE_CHECKING:
    from .coordinator import HivenCoordinator

READ_EVERY = timedelta(minutes=15)
KEEP_SESSIONS = timedelta(minutes=15)
KEEP_FAILURE = timedelta(minutes=1)
# A plan that cannot be read is dropped when both have passed.
STALE_READS = 3
STALE_AFTER = timedelta(minutes=30)


@dataclass
class _Record:
    """When a plan was asked for, and for which state of its car."""

    asked_at: datetime | None = None
    asked_in: str | None = None
    not_before: datetime | None = None
    read_at: datetime | None = None
    failures: int = 0


@dataclass(frozen=True)
class _Past:
    """Sessions as read, or why they could not be, and until when that holds."""

    sessions: tuple[Session, ...]
    error: HivenError | None
    until: datetime


class PlanReader:
    """Reads plans when they may have changed, apart from the polls."""

    def __init__(self, coordinator: HivenCoordinator) -> None:
        """Read for a coordinator's vehicles."""
        self._coordinator = coordinator
        self._client = coordinator.client
        self._records: dict[str, _Record] = {}
        self._past: dict[str, _Past] = {}
        self._is_zone_reported = False

    @callback
    def async_read_due(self) -> None:
        """Start reading the plans that are due; drop those of cars without smart charging."""
        if self._coordinator.is_closing:
            return
        due = []
        for vehicle in list(self._coordinator.data.values()):
            if not _charges_smartly(vehicle):
                self._records.pop(vehicle.id, None)
                self._show(vehicle.id, None)
            elif self._is_due(vehicle):
                due.append(vehicle.id)
        if due:
            self._coordinator.config_entry.async_create_background_task(
                self._coordinator.hass, self._read_all(due), "Hiven plans"
            )

    @callback
    def async_changed(self, vehicle_id: str) -> None:
        """Read a plan anew: its car's preferences were written."""
        if (record := self._records.get(vehicle_id)) is not None:
            record.asked_at = None
        self.async_read_due()

    @callback
    def async_forget(self, vehicle_id: str) -> None:
        """Forget a vehicle that has gone; it may come again."""
        self._records.pop(vehicle_id, None)
        self._past.pop(vehicle_id, None)

    async def sessions(self, vehicle_id: str) -> tuple[Session, ...]:
        """Return a vehicle's sessions, not read again for 15 minutes.

        Raises HivenError, for a minute without asking again.
        """
        before = self._past.get(vehicle_id)
        if before is None or dt_util.utcnow() >= before.until:
            past = await self._read_sessions(vehicle_id)
            if past.error is not None and (before is None or before.error is None):
                LOGGER.warning(
                    "Past charging of %s cannot be read: %s",
                    self._name(vehicle_id),
                    past.error,
                )
            self._past[vehicle_id] = before = past
        if before.error is not None:
            raise before.error
        return before.sessions

    async def _read_sessions(self, vehicle_id: str) -> _Past:
        try:
            found = await self._client.sessions(vehicle_id)
        except HivenError as err:
            self._coordinator.async_call_failed(err)
            return _Past(
                (), err, dt_util.utcnow() + max(KEEP_FAILURE, granted_wait(err))
            )
        for error in found.unreadable:
            LOGGER.debug("A session is left out: %s", error)
        return _Past(found.sessions, None, dt_util.utcnow() + KEEP_SESSIONS)

    def _is_due(self, vehicle: Vehicle) -> bool:
        """Tell whether to ask, and note that this is done."""
        record = self._records.setdefault(vehicle.id, _Record())
        now = dt_util.utcnow()
        status = vehicle.status.charging_status if vehicle.status else None
        if record.not_before is not None and now < record.not_before:
            return False
        if (
            record.asked_at is not None
            and record.asked_in == status
            and now - record.asked_at < READ_EVERY
        ):
            return False
        record.asked_at = now
        record.asked_in = status
        return True

    async def _read_all(self, vehicle_ids: list[str]) -> None:
        await asyncio.gather(*(self._read(vehicle_id) for vehicle_id in vehicle_ids))

    async def _read(self, vehicle_id: str) -> None:
        if (record := self._records.get(vehicle_id)) is None:
            return
        asked_at = record.asked_at

        def is_overtaken() -> bool:
            """Smart charging was turned off meanwhile, or a newer plan asked for."""
            return (
                self._records.get(vehicle_id) is not record
                or record.asked_at != asked_at
            )

        try:
            async with self._coordinator.slots:
                schedule = await self._client.schedule(vehicle_id)
        except HivenError as err:
            if not is_overtaken():
                self._failed(vehicle_id, record, err)
            return
        if is_overtaken():
            return
        if record.failures:
            LOGGER.info("The plan of %s can be read again", self._name(vehicle_id))
        record.failures = 0
        record.read_at = dt_util.utcnow()
        self._show(vehicle_id, schedule)
        if schedule is not None:
            await self._report_zone(schedule)

    @callback
    def _failed(self, vehicle_id: str, record: _Record, err: HivenError) -> None:
        self._coordinator.async_call_failed(err)
        now = dt_util.utcnow()
        record.not_before = now + granted_wait(err)
        if not record.failures:
            LOGGER.warning(
                "The plan of %s cannot be read: %s", self._name(vehicle_id), err
            )
        record.failures += 1
        is_old = record.read_at is None or now - record.read_at >= STALE_AFTER
        if record.failures >= STALE_READS and is_old:
            self._show(vehicle_id, None)

    @callback
    def _show(self, vehicle_id: str, schedule: Schedule | None) -> None:
        data = self._coordinator.data
        if vehicle_id in data and data[vehicle_id].schedule != schedule:
            data[vehicle_id] = replace(data[vehicle_id], schedule=schedule)
            self._coordinator.async_update_vehicle(vehicle_id)

    async def _report_zone(self, schedule: Schedule) -> None:
        """Say once that Hiven plans in another time zone; the hours are right all the same."""
        if self._is_zone_reported or schedule.time_zone is None:
            return
        try:
            zone = await dt_util.async_get_time_zone(schedule.time_zone)
        except ValueError:
            zone = None
        moments = [*schedule.hourly_charges]
        if schedule.ready_time is not None:
            moments.append(schedule.ready_time)
        # By its clock, not by its name: one zone may have several.
        if any(
            zone is None
            or moment.astimezone(zone).utcoffset()
            != dt_util.as_local(moment).utcoffset()
            for moment in moments
        ):
            self._is_zone_reported = True
            LOGGER.warning(
                "Hiven plans in another time zone (%s) than Home Assistant's (%s). "
                "Planned hours are shown right; ready times are meant in Hiven's",
                zone or "one that is not known here",
                self._coordinator.hass.config.time_zone,
            )

    def _name(self, vehicle_id: str) -> str:
        vehicle = self._coordinator.data.get(vehicle_id)
        return vehicle.display_name if vehicle else vehicle_id


def _charges_smartly(vehicle: Vehicle) -> bool:
    return (
        vehicle.preferences is not None
        and vehicle.preferences.charging_behavior != ChargingBehavior.OFF
    )
