"""Reads everything that can be read from Hiven."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp

from custom_components.hiven.api import Endpoint, HivenClient, HivenError, VehicleList

from .fields import walk
from .listening import ListeningClient
from .writing import Sleep, write_minimum

# Fields whose values identify a person, a car or a location.
_PERSONAL = {
    *("id", "name", "vin", "partnerId", "partnerName", "externalId", "userId"),
    *("locationId", "postalCode", "streetAddress", "city", "latitude", "longitude"),
}


class NoSuchCarError(Exception):
    """The car to write to is not in the list."""


@dataclass
class Findings:
    """The findings about a cloud."""

    client: ListeningClient
    listed: VehicleList | None
    unknown_car: str
    """Hiven's answer for an unknown car."""
    writing: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> set[str]:
        """Texts that must not be in a report, because they are personal."""
        return {
            str(value)
            for heard in self.client.heard.values()
            for path, value in walk(heard.answers)
            if path.rpartition(".")[2] in _PERSONAL
            and isinstance(value, str | int | float)
        }


async def check(
    session: aiohttp.ClientSession,
    *,
    write: str | None = None,
    sleep: Sleep = asyncio.sleep,
    **account: Any,
) -> Findings:
    """Read every documented GET; `write` is the name or id of a car to write to.

    `account` holds the other arguments of HivenClient.
    """
    client = ListeningClient(session, **account)
    listed = await client.ask(Endpoint.VEHICLES, client.vehicles())
    vehicles = {} if listed is None else listed.vehicles
    for id_ in vehicles:
        await client.ask(Endpoint.VEHICLE, client.vehicle(id_))
        await client.ask(Endpoint.PREFERENCES, client.preferences(id_))
        await client.ask(Endpoint.STATUS, client.status(id_))
        await client.ask(Endpoint.SCHEDULE, client.schedule(id_))
        await client.ask(Endpoint.SESSIONS, client.sessions(id_))
    await client.ask(Endpoint.LOCATIONS, client.locations())
    await client.ask(Endpoint.MODELS, client.supported_vehicles())
    quiet = HivenClient(session, **account)
    findings = Findings(client, listed, await _unknown_car(quiet))
    if write is not None:
        for vehicle in vehicles.values():
            if write.casefold() in (
                vehicle.id.casefold(),
                vehicle.display_name.casefold(),
            ):
                findings.writing = await write_minimum(quiet, vehicle, sleep)
                return findings
        raise NoSuchCarError
    return findings


async def _unknown_car(client: HivenClient) -> str:
    """Return Hiven's answer for an unknown car."""
    try:
        vehicle = await client.vehicle(str(uuid4()))
    except HivenError as err:
        return str(err.status or "no answer")
    return "null or nothing" if vehicle is None else "a vehicle"
