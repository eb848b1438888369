"""What a person does with the entities of the car called Family car."""

from collections.abc import Coroutine
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from custom_components.hiven.const import DOMAIN

PREFERENCES = "/v2/hiven/devices/*/smart-charging/ev-preferences"
STATUS = "/v1/hiven/devices/*/status"
LIST = "/v2/hiven/devices"
SCHEDULE = "/v2/hiven/devices/*/smart-charging/schedule"
SESSIONS = "/v2/hiven/devices/*/smart-charging/sessions"
LOCATIONS = "/v2/hiven/users/*/locations"

BEHAVIOR = "select.family_car_charging_behavior"
TARGET = "number.family_car_charge_target"
MINIMUM = "number.family_car_charge_minimum"
CAPACITY = "number.family_car_battery_capacity_override"
READY_TIME = "time.family_car_ready_time"
CLEAR_DAYS = "button.family_car_clear_weekday_ready_times"
STATE_OF_CHARGE = "sensor.family_car_state_of_charge"
NEXT_START = "sensor.family_car_next_charging_start"
NEXT_END = "sensor.family_car_next_charging_end"
PLANNED_TIME = "sensor.family_car_planned_charging_time"
PRICE_AREA = "sensor.family_car_spot_price_area"
PLAN = "calendar.family_car_charging_plan"
NEXT_READY_TIME = "sensor.family_car_next_ready_time"

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def ready_time_of(day: str) -> str:
    """Return the entity of a day's ready time."""
    return READY_TIME.replace("ready_time", f"{day}_ready_time")


def shown(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state people see."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


def _call(
    hass: HomeAssistant, domain: str, action: str, data: dict[str, Any]
) -> Coroutine[Any, Any, Any]:
    return hass.services.async_call(domain, action, data, blocking=True)


def set_number(
    hass: HomeAssistant, entity_id: str, value: float
) -> Coroutine[Any, Any, Any]:
    """Move a number."""
    return _call(hass, "number", "set_value", {"entity_id": entity_id, "value": value})


def choose(hass: HomeAssistant, option: str) -> Coroutine[Any, Any, Any]:
    """Choose a behavior."""
    data = {"entity_id": BEHAVIOR, "option": option}
    return _call(hass, "select", "select_option", data)


def device_id(hass: HomeAssistant, vehicle_id: str = "car-1") -> str:
    """Return the device of a vehicle."""
    (device,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, vehicle_id)})
    return device.id


def set_preferences(hass: HomeAssistant, **fields: Any) -> Coroutine[Any, Any, Any]:
    """Call the action for the car, unless `device_id` names others."""
    data = (
        {"device_id": device_id(hass), **fields}
        if "device_id" not in fields
        else fields
    )
    return _call(hass, DOMAIN, "set_charging_preferences", data)
