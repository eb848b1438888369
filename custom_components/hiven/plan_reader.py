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

if TYPE_CHECKING:
    from .coordinator import HivenCoordinator

READ_EVERY = timedelta(minutes=15)
KEEP_SESSIONS = timedelta(minutes=15)
# A plan that cannot be read is dropped when both have passed.
STALE_READS = 3
STALE_AFTER = timedelta(minutes=30)


@dataclass
class _Record:
    """When a plan was asked for, and for which state of its car."""

    asked_at: datetime | None = None
    asked_in: str | None = None
    read_at: datetime | None = None
    failures: int = 0


class PlanReader:
    """Reads plans when they may have changed, apart from the polls."""

    def __init__(self, coordinator: HivenCoordinator) -> None:
        """Read for a coordinator's vehicles."""
        self._coordinator = coordinator
        self._client = coordinator.client
        self._records: dict[str, _Record] = {}
        self._sessions: dict[str, tuple[datetime, tuple[Session, ...]]] = {}
        self._zone_reported = False

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

    async def sessions(self, vehicle_id: str) -> tuple[Session, ...]:
        """Return a vehicle's sessions, not read again for 15 minutes.

        Raises HivenError.
        """
        now = dt_util.utcnow()
        if vehicle_id in self._sessions:
            read_at, sessions = self._sessions[vehicle_id]
            if now - read_at < KEEP_SESSIONS:
                return sessions
        sessions = await self._client.sessions(vehicle_id)
        self._sessions[vehicle_id] = now, sessions
        return sessions

    def _is_due(self, vehicle: Vehicle) -> bool:
        """Tell whether to ask, and note that this is done."""
        record = self._records.setdefault(vehicle.id, _Record())
        now = dt_util.utcnow()
        status = vehicle.status.charging_status if vehicle.status else None
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
        self._coordinator.async_update_listeners()

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
        self._report_zone(schedule)

    @callback
    def _failed(self, vehicle_id: str, record: _Record, err: HivenError) -> None:
        self._coordinator.async_call_failed(err)
        if not record.failures:
            LOGGER.warning(
                "The plan of %s cannot be read: %s", self._name(vehicle_id), err
            )
        record.failures += 1
        is_old = (
            record.read_at is None or dt_util.utcnow() - record.read_at >= STALE_AFTER
        )
        if record.failures >= STALE_READS and is_old:
            self._show(vehicle_id, None)

    @callback
    def _show(self, vehicle_id: str, schedule: Schedule | None) -> None:
        data = self._coordinator.data
        if vehicle_id in data and data[vehicle_id].schedule != schedule:
            data[vehicle_id] = replace(data[vehicle_id], schedule=schedule)

    @callback
    def _report_zone(self, schedule: Schedule | None) -> None:
        """Say once that Hiven plans in another time zone; the hours are right all the same."""
        own = self._coordinator.hass.config.time_zone
        if (
            schedule is not None
            and schedule.time_zone not in (None, own)
            and not self._zone_reported
        ):
            self._zone_reported = True
            LOGGER.warning(
                "Hiven plans in another time zone than Home Assistant's (%s); ready "
                "times are meant in Hiven's",
                own,
            )

    def _name(self, vehicle_id: str) -> str:
        vehicle = self._coordinator.data.get(vehicle_id)
        return vehicle.display_name if vehicle else vehicle_id


def _charges_smartly(vehicle: Vehicle) -> bool:
    return (
        vehicle.preferences is not None
        and vehicle.preferences.charging_behavior != ChargingBehavior.OFF
    )
