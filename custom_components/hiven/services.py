"""Actions: change preferences, and return the plan, models and capabilities."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .account import HivenAccount, HivenConfigEntry
from .api import (
    AuthenticationError,
    Capability,
    HivenError,
    Schedule,
    VehicleModel,
    brand_id,
    brands,
    models_of,
)
from .change_action import (
    ATTR_UNTIL,
    CHANGE_SCHEMA,
    async_with_locations,
    change_of,
    until_of,
)
from .const import DOMAIN
from .devices import async_vehicle_name, vehicle_id_of
from .errors import invalid, translated
from .names import async_error_message
from .plan import slots, windows_of
from .prices import Prices
from .ready_time import next_ready_time

SERVICE_GET_CHARGING_PLAN = "get_charging_plan"
SERVICE_SET_CHARGING_PREFERENCES = "set_charging_preferences"
SERVICE_GET_SUPPORTED_VEHICLES = "get_supported_vehicles"
SERVICE_GET_VEHICLE_CAPABILITIES = "get_vehicle_capabilities"

ATTR_END = "end"
ATTR_FORCE_REFRESH = "force_refresh"
ATTR_MANUFACTURER = "manufacturer"
ATTR_NOT_SUPPORTING = "not_supporting"
ATTR_START = "start"
ATTR_SUPPORTING = "supporting"

# The default period of sessions.
SESSIONS_BACK = timedelta(days=7)

_DEVICES = {vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string])}
_CAPABILITIES = vol.All(
    cv.ensure_list,
    [vol.All(vol.In([item.lower() for item in Capability]), str.upper)],
)

SET_CHARGING_PREFERENCES_SCHEMA = vol.Schema({**_DEVICES, **CHANGE_SCHEMA})
GET_SUPPORTED_VEHICLES_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional(ATTR_MANUFACTURER): cv.string,
        vol.Optional(ATTR_SUPPORTING, default=[]): _CAPABILITIES,
        vol.Optional(ATTR_NOT_SUPPORTING, default=[]): _CAPABILITIES,
    }
)
GET_VEHICLE_CAPABILITIES_SCHEMA = vol.Schema(
    {**_DEVICES, vol.Optional(ATTR_FORCE_REFRESH, default=False): cv.boolean}
)

GET_CHARGING_PLAN_SCHEMA = vol.Schema(
    {
        **_DEVICES,
        vol.Optional(ATTR_START): cv.datetime,
        vol.Optional(ATTR_END): cv.datetime,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_SET_CHARGING_PREFERENCES,
        _set_charging_preferences,
        schema=SET_CHARGING_PREFERENCES_SCHEMA,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_GET_SUPPORTED_VEHICLES,
        _get_supported_vehicles,
        schema=GET_SUPPORTED_VEHICLES_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_GET_VEHICLE_CAPABILITIES,
        _get_vehicle_capabilities,
        schema=GET_VEHICLE_CAPABILITIES_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_GET_CHARGING_PLAN,
        _get_charging_plan,
        schema=GET_CHARGING_PLAN_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _set_charging_preferences(call: ServiceCall) -> None:
    """Store a change for each vehicle, even if it fails for another."""
    change = change_of(call.data)
    until = until_of(call.data.get(ATTR_UNTIL))

    async def store(account: HivenAccount, vehicle_id: str) -> str | None:
        """Return the error message, if any."""
        vehicle = account.coordinator.data[vehicle_id].vehicle
        name = async_vehicle_name(call.hass, account.coordinator.config_entry, vehicle)
        try:
            mine = await async_with_locations(account, change)
            await account.async_change(vehicle_id, mine, until=until)
        except HomeAssistantError as err:
            if len(vehicles) == 1:
                raise
            return f"{name}: {async_error_message(call.hass, err)}"
        return None

    vehicles = _vehicles(call)
    outcomes = await asyncio.gather(*(store(*each) for each in vehicles.values()))
    if failures := [outcome for outcome in outcomes if outcome is not None]:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="vehicles_failed",
            translation_placeholders={"failures": "\n".join(failures)},
        )


async def _get_supported_vehicles(call: ServiceCall) -> ServiceResponse:
    """Return the models that Hiven supports."""
    account = _any_account(call)
    with _errors_of(account):
        models = await account.client.supported_vehicles(
            supporting=call.data[ATTR_SUPPORTING],
            not_supporting=call.data[ATTR_NOT_SUPPORTING],
        )
    if (manufacturer := call.data.get(ATTR_MANUFACTURER)) is not None:
        wanted = brand_id(manufacturer)
        models = tuple(model for model in models if brand_id(model.make) == wanted)
    return {
        "vehicles": [
            {
                "make": model.make,
                "model": model.model,
                "year_from": model.year_from,
                "year_to": model.year_to,
                **_abilities(model),
            }
            for model in models
        ],
        "brands": list(brands(models)),
    }


async def _get_vehicle_capabilities(call: ServiceCall) -> ServiceResponse:
    """Return the capabilities of vehicles' models."""
    vehicles = _vehicles(call)
    # A vehicle may disappear while the list of models is awaited.
    attributes = {
        device_id: account.coordinator.data[vehicle_id].vehicle.attributes
        for device_id, (account, vehicle_id) in vehicles.items()
    }
    models: dict[HivenAccount, tuple[VehicleModel, ...]] = {}
    for account in {account for account, _ in vehicles.values()}:
        with _errors_of(account):
            models[account] = await account.models.async_get(
                force_refresh=call.data[ATTR_FORCE_REFRESH]
            )
    answers: dict[str, Any] = {}
    for device_id, (account, _) in vehicles.items():
        fitting = models_of(attributes[device_id], models[account])
        answers[device_id] = {"matched": bool(fitting), **_abilities(*fitting)}
    return answers


async def _get_charging_plan(call: ServiceCall) -> ServiceResponse:
    """Return the plan of a vehicle, and its sessions in a period."""
    now = dt_util.now()
    start = dt_util.as_local(call.data.get(ATTR_START, now - SESSIONS_BACK))
    end = dt_util.as_local(call.data.get(ATTR_END, now))

    return {
        device_id: await _planned(*vehicle, start, end)
        for device_id, vehicle in _vehicles(call).items()
    }


async def _planned(
    account: HivenAccount, vehicle_id: str, start: datetime, end: datetime
) -> dict[str, Any]:
    """Return the plan of a vehicle, and its sessions in a period."""
    await account.plans.async_read_first(vehicle_id)
    car = account.vehicle(vehicle_id)
    schedule = car.plan.schedule if car and car.plan else None
    try:
        sessions = await account.plans.async_sessions(vehicle_id)
    except HivenError:
        # The error is in the log. A card can still show the plan.
        sessions = ()
    return {
        **_plan(schedule, car.prices if car else None),
        "next_ready_time": _local(
            next_ready_time(car.preferences, dt_util.now()) if car else None
        ),
        "windows": [
            {
                "start": _local(window.start),
                "end": _local(window.end),
                "minutes": round(window.charging / timedelta(minutes=1)),
                # True if the car charges for only part of it, and it is not known which.
                "part": not window.is_exact,
            }
            for window in (car.plan.windows if car and car.plan else ())
        ],
        "sessions": [
            {
                **_plan(session),
                "status": session.status and session.status.lower(),
                "ended_at": _local(session.ended_at),
            }
            for session in sessions
            if any(
                window.start < end and window.end > start
                for window in windows_of(session)
            )
        ],
    }


@contextmanager
def _errors_of(account: HivenAccount) -> Generator[None]:
    """Translate Hiven's errors; after a 401, poll to see whether the key still works."""
    try:
        yield
    except HivenError as err:
        if isinstance(err, AuthenticationError):
            account.coordinator.async_suspect_key()
        raise translated(err, HomeAssistantError) from err


def _plan(schedule: Schedule | None, prices: Prices | None = None) -> dict[str, Any]:
    """Return a plan in the home's time zone, with prices from midnight on."""
    planned = slots(schedule.hourly_charges) if schedule else []
    midnight = dt_util.as_utc(dt_util.start_of_local_day())
    hours = prices.hours(planned, midnight) if prices else ((s, None) for s in planned)
    return {
        "hours": [
            {
                "start": _local(slot.start),
                "end": _local(slot.end),
                "fraction": slot.share,
                **({} if price is None else {"price": round(price, 5)}),
            }
            for slot, price in hours
        ],
        "ready_time": _local(schedule.ready_time) if schedule else None,
        "spot_price_area": schedule.spot_price_area_id if schedule else None,
        **({"currency": prices.currency} if prices else {}),
    }


def _local(moment: datetime | None) -> str | None:
    return None if moment is None else dt_util.as_local(moment).isoformat()


def _abilities(*models: VehicleModel) -> dict[str, Any]:
    """Return the capabilities of a car that may be any of these models."""
    types = {model.type for model in models}
    capabilities = [model.capabilities for model in models]
    return {
        "type": types.pop() if len(types) == 1 else None,
        "capabilities": sorted(
            frozenset.intersection(*capabilities) if capabilities else ()
        ),
    }


def _vehicles(call: ServiceCall) -> dict[str, tuple[HivenAccount, str]]:
    """Return the vehicles of an action's devices, by device id.

    An entity can be given instead of its device, as in templates, because dashboards
    often know only the entity.
    """
    devices, entities = dr.async_get(call.hass), er.async_get(call.hass)
    vehicles: dict[str, tuple[HivenAccount, str]] = {}
    for name in call.data[ATTR_DEVICE_ID]:
        entity = entities.async_get(name)
        device = devices.async_get((entity.device_id or "") if entity else name)
        vehicle_id = vehicle_id_of(device) if isinstance(device, DeviceEntry) else None
        if device is None or vehicle_id is None:
            raise invalid("not_a_vehicle")
        entry: HivenConfigEntry = async_get_config_entry(
            call.hass, DOMAIN, device.config_entry_id
        )
        if vehicle_id not in entry.runtime_data.coordinator.data:
            raise invalid("vehicle_not_read", vehicle=device.name or "")
        vehicles[device.id] = entry.runtime_data, vehicle_id
    return vehicles


def _any_account(call: ServiceCall) -> HivenAccount:
    """Return the given account, else the first. The model list is the same for all."""
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    if entry_id is None:
        loaded = call.hass.config_entries.async_loaded_entries(DOMAIN)
        if not loaded:
            raise invalid("no_account")
        entry_id = loaded[0].entry_id
    entry: HivenConfigEntry = async_get_config_entry(call.hass, DOMAIN, entry_id)
    return entry.runtime_data
