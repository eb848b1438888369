"""One poll of an account: its calls and their results."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from .api import HivenClient, HivenError, Preferences, Status, Vehicle


async def together(*calls: Coroutine[Any, Any, None]) -> None:
    """Make calls concurrently; if one fails unexpectedly, cancel the others."""
    async with asyncio.TaskGroup() as group:
        for call in calls:
            group.create_task(call)


@dataclass
class Poll:
    """Vehicles, telemetry and preferences by vehicle id, or the errors."""

    client: HivenClient
    slots: asyncio.Semaphore
    # Why the list could not be read.
    error: HivenError | None = None
    listed: dict[str, Vehicle] = field(default_factory=dict)
    details: dict[str, Vehicle | HivenError | None] = field(default_factory=dict)
    statuses: dict[str, Status | HivenError] = field(default_factory=dict)
    resources: dict[str, Preferences | HivenError | None] = field(default_factory=dict)

    def vehicle(self, vehicle_id: str) -> Vehicle | None:
        """Return a vehicle that was read."""
        details = self.details.get(vehicle_id)
        return self.listed.get(vehicle_id) or (
            details if isinstance(details, Vehicle) else None
        )

    async def read_list(self) -> None:
        """Read the list of vehicles."""
        async with self.slots:
            try:
                self.listed = dict((await self.client.vehicles()).vehicles)
            except HivenError as err:
                self.error = err

    async def read_statuses(self, vehicle_ids: Iterable[str]) -> None:
        """Read the telemetry of vehicles."""
        await together(*map(self._read_status, vehicle_ids))

    async def _read_status(self, vehicle_id: str) -> None:
        async with self.slots:
            try:
                self.statuses[vehicle_id] = await self.client.status(vehicle_id)
            except HivenError as err:
                self.statuses[vehicle_id] = err

    async def read_details(self, vehicle_ids: Iterable[str]) -> None:
        """Read the details of vehicles that are missing from the list."""
        await together(*map(self._read_details, vehicle_ids))

    async def _read_details(self, vehicle_id: str) -> None:
        async with self.slots:
            try:
                self.details[vehicle_id] = await self.client.vehicle(vehicle_id)
            except HivenError as err:
                self.details[vehicle_id] = err

    async def read_resources(self, vehicle_ids: Iterable[str]) -> None:
        """Read preferences from their own resource."""
        await together(*map(self._read_resource, vehicle_ids))

    async def _read_resource(self, vehicle_id: str) -> None:
        async with self.slots:
            try:
                self.resources[vehicle_id] = await self.client.preferences(vehicle_id)
            except HivenError as err:
                self.resources[vehicle_id] = err
