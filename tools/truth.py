"""Compares Home Assistant with the simulator."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
    UnitOfLength,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.entity_registry import RegistryEntry

from custom_components.hiven.const import DOMAIN
from simulator import Simulator

from . import API_KEY, USER_ID
from .demo.cloud import Cloud, Truth
from .demo.comparison import as_text, is_same
from .demo.expected import EXPECTED, is_disabled
from .home import Home

SETTINGS = {Platform.BUTTON, Platform.NUMBER, Platform.SELECT, Platform.TIME}
# Reported by the car, maybe right after its settings change.
REPORTED = {
    *("state_of_charge", "range", "charging_status", "last_reported"),
    *("charging", "plugged_in"),
}
# From the plan, which is read separately.
PLANNED = {
    *("next_charging_start", "next_charging_end", "planned_charging_time"),
    *("spot_price_area", "charging_plan"),
}
# What the integration works out from several of these; its tests check that.
_WORKED_OUT = {
    *("smart_charging_status", "not_ready_in_time"),
    *("settings_until", "charge_now"),
}
_SOC_PREFERENCES = {"target_soc": "targetSoC", "minimum_soc": "minimalSoC"}


def entities_of(home: Home) -> Iterator[tuple[str, str, RegistryEntry]]:
    """Yield the account's entities with their vehicle id and key."""
    devices = dr.async_get(home.hass)
    registry = er.async_get(home.hass)
    for entity in er.async_entries_for_config_entry(registry, home.entry.entry_id):
        device = devices.async_get(entity.device_id or "")
        assert isinstance(device, dr.DeviceEntry), entity.entity_id
        ((_, vehicle_id),) = device.identifiers
        yield vehicle_id, entity.unique_id.removeprefix(f"{vehicle_id}_"), entity


def settings_unavailable(home: Home, vehicle_ids: set[str]) -> list[str]:
    """Return the unavailable settings of these vehicles."""
    return [
        entity.entity_id
        for vehicle_id, _, entity in entities_of(home)
        if vehicle_id in vehicle_ids
        and entity.domain in SETTINGS
        and entity.disabled_by is None
        and _state(home.hass, entity.entity_id) in (None, STATE_UNAVAILABLE)
    ]


async def differences(
    home: Home,
    simulator: Simulator,
    without: Collection[str],
    is_known: Callable[[str, str], bool] = lambda _vehicle_id, _key: True,
) -> list[str]:
    """Return the differences between the entities and the simulator.

    `is_known` says for a vehicle id and key whether Home Assistant should know it by
    now.
    """
    cloud = Cloud(async_get_clientsession(home.hass), simulator.url)
    cars = await cloud.cars()
    if not PLANNED & set(without):
        for car in cars:
            car["schedule"] = await cloud.schedule(car["id"], USER_ID, API_KEY)
    ids = {car["id"] for car in cars}
    missing: dict[tuple[str, str], Truth] = {
        (car["id"], key): car for car in cars for key in EXPECTED
    }
    wrong: list[str] = []
    for vehicle_id, key, entity in entities_of(home):
        if not is_known(vehicle_id, key):
            missing.pop((vehicle_id, key), None)
            continue
        if key not in EXPECTED and vehicle_id in ids:
            # The integration works this out; its tests check it.
            continue
        if (vehicle_id, key) not in missing:
            wrong.append(f"{entity.entity_id} ({key} of {vehicle_id}) is of no car")
            continue
        car = missing.pop((vehicle_id, key))
        if key in _WORKED_OUT or key in without:
            continue
        if entity.disabled_by is None:
            wrong += _difference(home.hass, entity.entity_id, key, car)
        elif not is_disabled(key, car):
            wrong.append(f"{entity.entity_id} is disabled")
    return wrong + [
        f"there is no {key} of {car}" for car, key in missing if is_known(car, key)
    ]


def _difference(
    hass: HomeAssistant, entity_id: str, key: str, car: Truth
) -> Iterator[str]:
    shown, true = _state(hass, entity_id), EXPECTED[key](car)
    if key == "clear_weekday_ready_times":
        # Its state is the time of the last press.
        is_right = shown == STATE_UNKNOWN or _is_moment(shown)
    else:
        is_right = shown is not None and is_same(shown, true)
    if not is_right:
        yield f"{entity_id} shows {shown}, Hiven holds {as_text(true)}"
    if true is not None and (name := _SOC_PREFERENCES.get(key)) is not None:
        in_km = car["preferences"][name]["unit"] == "KM"
        state = hass.states.get(entity_id)
        unit = state and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if unit != (UnitOfLength.KILOMETERS if in_km else PERCENTAGE):
            yield f"{entity_id} is in {unit}"


def _state(hass: HomeAssistant, entity_id: str) -> str | None:
    state = hass.states.get(entity_id)
    return None if state is None else state.state


def _is_moment(text: str | None) -> bool:
    try:
        return bool(text and datetime.fromisoformat(text))
    except ValueError:
        return False


def registered(hass: HomeAssistant) -> tuple[set[str], dict[str, str]]:
    """Return the vehicles with a device, and all entity ids by registry id."""
    vehicles = {
        id_
        for device in dr.async_get(hass).devices
        for domain, id_ in device.identifiers
        if domain == DOMAIN
    }
    entities = er.async_get(hass).entities.values()
    return vehicles, {entity.id: entity.entity_id for entity in entities}
