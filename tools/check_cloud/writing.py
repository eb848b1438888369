"""Writes a setting with its current value, and checks the effect on the others."""

import asyncio
from collections.abc import Awaitable, Callable
import time

from custom_components.hiven.api import (
    ChargingBehavior,
    Day,
    HivenClient,
    HivenError,
    Preferences,
    PreferencesUpdate,
    Vehicle,
)

type Sleep = Callable[[float], Awaitable[None]]

_FIELDS = (
    *("charging_behavior", "charging_location_ids", "ready_time", "target_soc"),
    *("week_day_ready_times", "minimum_soc", "battery_capacity"),
    "default_spot_price_area_id",
)
# What Hiven requires while smart charging is on.
_REQUIRED = ("ready_time", "week_day_ready_times", "target_soc")
_WAITS = (1, 2, 4, 8)


async def write_minimum(
    client: HivenClient, vehicle: Vehicle, sleep: Sleep = asyncio.sleep
) -> list[str]:
    """Set a car's charge minimum to its current value; return what happened in lines.

    A setting that is lost is restored.
    """
    try:
        return await _write(client, vehicle, sleep)
    except HivenError as err:
        heard = f" Hiven says: {err.said}" if err.said else ""
        return [f"Failed: {err}.{heard}"]


async def _write(client: HivenClient, vehicle: Vehicle, sleep: Sleep) -> list[str]:
    before = await client.preferences(vehicle.id) or vehicle.preferences
    if before is None or not before.carried(["minimum_soc"]):
        return ["The car has no charge minimum, so nothing was written."]
    names = ["charging_behavior", "minimum_soc"]
    if before.charging_behavior != ChargingBehavior.OFF:
        names += _REQUIRED
    start = time.monotonic()
    await client.set_preferences(
        vehicle.id, PreferencesUpdate(carried=before.carried(names))
    )
    lines = [f"The write took {time.monotonic() - start:.1f} s."]
    lost: list[str] = []
    for wait in (0, *_WAITS):
        await sleep(wait)
        if not (lost := await _lost(client, vehicle, before)):
            break
    took = f"{time.monotonic() - start:.1f} s"
    if not lost:
        lines.append(f"It was read back after {took}.")
        lines.append("No setting was lost: a write keeps what it does not name.")
        return lines
    lines.append(
        f"Lost: {', '.join(lost)}, also {took} later. A write replaces everything."
    )
    whole = PreferencesUpdate(carried=before.carried(_FIELDS))
    await client.set_preferences(vehicle.id, whole)
    left = await _lost(client, vehicle, before)
    lines.append(
        f"Could not be put back: {', '.join(left)}. Please set it again."
        if left
        else "Everything was put back."
    )
    return lines


async def _lost(
    client: HivenClient, vehicle: Vehicle, before: Preferences
) -> list[str]:
    """Return the settings that are no longer in the resource or the list."""
    listed = (await client.vehicles()).vehicles.get(vehicle.id, vehicle)
    places = (await client.preferences(vehicle.id), listed.preferences)
    stored = [place for place in places if place is not None]
    fields = {name for place in stored for name in place.carried(_FIELDS)}
    days = {day for place in stored for day in place.raw_week}
    return [
        *(name for name in before.carried(_FIELDS) if name not in fields),
        *(day for day in before.raw_week if day not in days and day in Day),
    ]
