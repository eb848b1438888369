"""Paths of Hiven's API, and entity IDs of the car called Family car."""

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
CLEAR_DAY = "select.family_car_clear_one_ready_time"
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
    return READY_TIME.replace("ready_time", f"{day}_ready_time")
