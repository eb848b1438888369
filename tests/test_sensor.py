"""What the car reported, and what all entities of a car have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import USER_ID
from .actions import LIST, STATE_OF_CHARGE, device_id, pass_time, shown
from .platforms import SnapshotOfPlatform, Start, edit

CHARGING_STATUS = "sensor.family_car_charging_status"
CAPACITY = "sensor.family_car_battery_capacity"
LAST_REPORTED = "sensor.family_car_last_reported"
RANGE = "sensor.family_car_range"

# Automations hold on to these: platform, key and English name.
FIXED_IDS = {
    "binary_sensor.family_car_charging": "charging",
    "binary_sensor.family_car_plugged_in": "plugged_in",
    "button.family_car_clear_weekday_ready_times": "clear_weekday_ready_times",
    "number.family_car_battery_capacity_override": "battery_capacity_override",
    "number.family_car_minimum_state_of_charge": "minimum_soc",
    "number.family_car_target_state_of_charge": "target_soc",
    "select.family_car_charging_behavior": "charging_behavior",
    "sensor.family_car_battery_capacity": "battery_capacity",
    "sensor.family_car_charging_status": "charging_status",
    "sensor.family_car_last_reported": "last_reported",
    "sensor.family_car_next_ready_time": "next_ready_time",
    "sensor.family_car_range": "range",
    "sensor.family_car_state_of_charge": "state_of_charge",
    "time.family_car_ready_time": "ready_time",
    "time.family_car_ready_time_monday": "ready_time_monday",
    "time.family_car_ready_time_tuesday": "ready_time_tuesday",
    "time.family_car_ready_time_wednesday": "ready_time_wednesday",
    "time.family_car_ready_time_thursday": "ready_time_thursday",
    "time.family_car_ready_time_friday": "ready_time_friday",
    "time.family_car_ready_time_saturday": "ready_time_saturday",
    "time.family_car_ready_time_sunday": "ready_time_sunday",
}


class TestSnapshot(SnapshotOfPlatform):
    """The sensors of a car."""

    platform = Platform.SENSOR


@contextmanager
def writes(hass: HomeAssistant) -> Iterator[list[str]]:
    """Collect the entities whose state is written, be it as it was."""
    written: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    @callback
    def all_of_them(data: Any) -> bool:
        return True

    stops = [
        hass.bus.async_listen(event, note, event_filter=all_of_them)
        for event in (EVENT_STATE_CHANGED, EVENT_STATE_REPORTED)
    ]
    yield written
    for stop in stops:
        stop()


def keys_of(hass: HomeAssistant, vehicle_id: str) -> set[tuple[str, str]]:
    """Return platform and key of all entities of a vehicle."""
    registry = er.async_get(hass)
    return {
        (entity.domain, entity.unique_id.removeprefix(f"{vehicle_id}_"))
        for entity in er.async_entries_for_device(
            registry, device_id(hass, vehicle_id), include_disabled_entities=True
        )
    }


async def test_every_charging_status_is_an_option(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Both ways to be complete are one; what nobody knows is unknown."""
    await start()
    for status, option in (
        ("CHARGING", "charging"),
        ("NOT_CHARGING", "not_charging"),
        ("PREHEATING", STATE_UNKNOWN),
        ("PLUGGED", "plugged"),
        ("DISCONNECTED", "disconnected"),
        ("COMPLETE", "charging_completed"),
        ("CHARGING_COMPLETED", "charging_completed"),
        (None, STATE_UNKNOWN),
    ):
        car.status_override = {"chargingStatus": status}
        await pass_time(hass, freezer, minutes=5)
        assert shown(hass, CHARGING_STATUS) == option


async def test_what_nobody_knows_is_logged_once(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each value, however often it comes and goes."""
    unknown = {"PREHEATING", "SMART_SOLAR", "MILES", "HOLIDAY"}
    strange = {
        "chargingBehavior": "SMART_SOLAR",
        "targetSoC": {"value": 60, "unit": "MILES"},
        "weekDaySpecificReadyTimes": {"HOLIDAY": "11:00"},
    }
    await start()
    usual = car.preferences or {}
    for polls in range(4):
        car.status_override = {"chargingStatus": "PREHEATING"} if polls % 2 else {}
        car.preferences = usual | strange if polls % 2 else usual
        await pass_time(hass, freezer, minutes=5)
    for value in unknown:
        lines = [line for line in caplog.messages if value in line]
        assert len(lines) == 1


async def test_telemetry_is_shown_as_reported(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Zero is a value, what is missing is unknown, an old moment is an old moment."""
    await start()
    car.status_override = {"soc": 0, "range": 0}
    car.telemetry_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    await pass_time(hass, freezer, minutes=5)
    assert (shown(hass, STATE_OF_CHARGE), shown(hass, RANGE)) == ("0.0", "0.0")
    assert shown(hass, LAST_REPORTED) == "2026-01-02T03:04:05+00:00"
    car.status_override = {"soc": None, "range": None, "timestamp": None}
    await pass_time(hass, freezer, minutes=5)
    assert shown(hass, STATE_OF_CHARGE) == shown(hass, RANGE) == STATE_UNKNOWN
    assert shown(hass, LAST_REPORTED) == STATE_UNKNOWN


async def test_capacity_is_the_cars_word_before_the_persons(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Telemetry, else the preference, else nothing."""
    await start()
    for told, set_by_hand, expected in (
        (True, None, "77.0"),
        (True, 64, "77.0"),
        (False, 64, "64.0"),
        (False, None, STATE_UNKNOWN),
    ):
        car.reports_capacity = told
        edit(car, batteryCapacity=set_by_hand)
        await pass_time(hass, freezer, minutes=5)
        assert shown(hass, CAPACITY) == expected


@pytest.mark.parametrize("without", ["preferences", "status"])
async def test_a_car_half_of_which_is_known(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start, without: str
) -> None:
    """It has all its entities, whatever Hiven cannot tell."""
    if without == "preferences":
        car.preferences = None
    else:
        simulator.fail("GET", "/v1/hiven/devices/*/status", status=500)
    await start()
    assert {key for _, key in keys_of(hass, car.id)} >= set(FIXED_IDS.values())
    assert shown(hass, CAPACITY) == ("77.0" if without == "preferences" else "unknown")


async def test_ids_of_entities_stay_what_they_are(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """The English names make them; the keys make the unique ids."""
    await start()
    registry = er.async_get(hass)
    for entity_id, key in FIXED_IDS.items():
        entity = registry.async_get(entity_id)
        assert entity is not None, entity_id
        assert entity.unique_id == f"car-1_{key}"
        assert entity.translation_key == key


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, ("Family car", "Volkswagen", "ID.4", "ID.4 (2023)")),
        ({"name": None}, ("VOLKSWAGEN ID.4", "Volkswagen", "ID.4", "ID.4 (2023)")),
        ({"name": ""}, ("VOLKSWAGEN ID.4", "Volkswagen", "ID.4", "ID.4 (2023)")),
        ({"year": None}, ("Family car", "Volkswagen", "ID.4", "ID.4")),
        ({"model": None}, ("Family car", "Volkswagen", None, None)),
        ({"manufacturer": "ZEEKR"}, ("Family car", "ZEEKR", "ID.4", "ID.4 (2023)")),
        (
            {"name": None, "model": None, "manufacturer": None},
            ("EV", None, None, None),
        ),
    ],
)
async def test_the_device_is_the_car(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    attributes: dict[str, Any],
    expected: tuple[str | None, ...],
) -> None:
    """As Hiven describes it, with its VIN as serial number."""
    car.details_override = {"attributes": attributes}
    await start()
    device = dr.async_get(hass).async_get(device_id(hass))
    assert isinstance(device, dr.DeviceEntry)
    described = (device.name, device.manufacturer, device.model, device.model_id)
    assert described == expected
    assert device.serial_number == car.vin
    assert device.identifiers == {(DOMAIN, "car-1")}


async def test_the_device_follows_what_hiven_says(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """A new name is a new name; the ids of the entities stay."""
    await start()
    car.name = "Old family car"
    await pass_time(hass, freezer, minutes=5)
    device = dr.async_get(hass).async_get(device_id(hass))
    assert isinstance(device, dr.DeviceEntry)
    assert device.name == "Old family car"
    assert shown(hass, STATE_OF_CHARGE) == "50.0"


async def test_a_new_car_appears_with_all_its_entities(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """In the next poll, without a restart; the first one's stay as they are."""
    await start()
    before = keys_of(hass, car.id)
    second = Car(id="car-2", name="Second car", plugged_in=False)
    simulator.add_car(USER_ID, second)
    await pass_time(hass, freezer, minutes=5)
    assert keys_of(hass, "car-2") == keys_of(hass, car.id) == before
    assert shown(hass, "sensor.second_car_charging_status") == "disconnected"
    assert shown(hass, CHARGING_STATUS) == "disconnected"


async def test_a_poll_writes_what_changed_and_nothing_else(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Of the car that changed; no state is even reported as unchanged."""
    simulator.pause()
    second = simulator.add_car(USER_ID, Car(id="car-2", name="Second car"))
    await start()
    for changes, expected in (
        ({}, []),
        ({"soc": 51}, ["sensor.second_car_state_of_charge"]),
        ({"soc": 51}, []),
        ({}, ["sensor.second_car_state_of_charge"]),
    ):
        second.status_override = changes
        polls = simulator.count("GET", LIST)
        with writes(hass) as written:
            await pass_time(hass, freezer, minutes=5)
        assert simulator.count("GET", LIST) == polls + 1
        assert written == expected
