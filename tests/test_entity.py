"""What all entities of a car share: their IDs, their device, their updates."""

import importlib
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED, Platform
from homeassistant.core import Event, callback
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components import hiven
from custom_components.hiven.const import DOMAIN
from simulator import Car

from . import Json
from .actions import SCHEDULE, STATUS, TARGET
from .home import HELSINKI, Home, with_full_car
from .market import Market
from .plans import hours, plan


@with_full_car
@pytest.mark.parametrize("platform", hiven.PLATFORMS)
async def test_entities(
    home: Home, snapshot: SnapshotAssertion, platform: Platform
) -> None:
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1, d1=0.1)))
    await home.hass.config.async_set_time_zone(HELSINKI)
    await Market(home).set_up()
    await home.start()
    registry = er.async_get(home.hass)
    for entity in er.async_entries_for_config_entry(registry, home.entry.entry_id):
        if entity.disabled_by is not None:
            registry.async_update_entity(entity.entity_id, disabled_by=None)
    await home.reload()
    for entity in er.async_entries_for_config_entry(registry, home.entry.entry_id):
        if entity.domain != platform:
            registry.async_remove(entity.entity_id)
    await home.hass.async_block_till_done()
    as_always = snapshot.with_defaults(
        extension_class=HomeAssistantSnapshotExtension,
        exclude=props("compat_name"),  # Home Assistant 2026.10 does not have it.
    )
    await snapshot_platform(home.hass, registry, as_always, home.entry.entry_id)


def keys_of(home: Home, vehicle_id: str) -> set[str]:
    registry, device_id = er.async_get(home.hass), home.device(vehicle_id).id
    return {
        entity.unique_id.removeprefix(f"{vehicle_id}_")
        for entity in er.async_entries_for_device(
            registry, device_id, include_disabled_entities=True
        )
    }


@pytest.mark.parametrize("without", ["preferences", "status"])
async def test_a_car_half_of_which_is_known(home: Home, without: str) -> None:
    home.add_car(preferences=home.held)
    if without == "preferences":
        home.car.preferences = None
    else:
        home.simulator.fail("GET", STATUS.replace("*", "car-1"), status=500)
    await home.start()
    assert keys_of(home, "car-1") == keys_of(home, "car-2")
    capacity = home.shown("sensor.family_car_battery_capacity")
    assert capacity == ("77.0" if without == "preferences" else "unknown")


@pytest.mark.parametrize(("attributes", "expected"), [
    ({}, ("Family car", "Volkswagen", "ID.4", "2023")),
    ({"name": None}, ("Volkswagen ID.4", "Volkswagen", "ID.4", "2023")),
    ({"name": ""}, ("Volkswagen ID.4", "Volkswagen", "ID.4", "2023")),
    ({"year": None}, ("Family car", "Volkswagen", "ID.4", None)),
    ({"model": None}, ("Family car", "Volkswagen", None, None)),
    ({"manufacturer": "ZEEKR"}, ("Family car", "ZEEKR", "ID.4", "2023")),
    ({"name": None, "model": None, "manufacturer": None}, ("EV", None, None, None)),
])  # fmt: skip
async def test_device_is_the_car(home: Home, attributes: Json, expected: Any) -> None:
    home.car.details_override = {"attributes": attributes}
    await home.start()
    device = home.device()
    described = (device.name, device.manufacturer, device.model, device.model_id)
    assert described == expected
    assert device.serial_number == home.car.vin
    assert device.identifiers == {(DOMAIN, "car-1")}


async def test_a_new_car_appears_with_all_its_entities(home: Home) -> None:
    """It appears with the next poll. A new name of a car does not change entity IDs."""
    await home.start()
    before = keys_of(home, "car-1")
    home.add_car()
    home.car.name = "Old family car"
    await home.poll()
    assert keys_of(home, "car-2") == keys_of(home, "car-1") == before
    assert home.shown("sensor.other_charging_status") == "disconnected"
    assert home.shown("sensor.family_car_charging_status") == "disconnected"
    assert home.device().name == "Old family car"


def writes(home: Home) -> list[str]:
    """Return a list that collects the written entities, even without a change."""
    written: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    @callback
    def take_all(data: Any) -> bool:
        return True

    for event in (EVENT_STATE_CHANGED, EVENT_STATE_REPORTED):
        home.hass.bus.async_listen(event, note, event_filter=take_all)
    return written


@pytest.mark.parametrize("platform", hiven.PLATFORMS)
def test_writes_do_not_wait_for_each_other(platform: str) -> None:
    """The queue of a car merges what waits; Home Assistant must not hold it back."""
    module = importlib.import_module(f"{hiven.__name__}.{platform}")
    assert module.PARALLEL_UPDATES == 0


async def test_only_what_changed_is_written(home: Home, other: Car) -> None:
    home.simulator.pause()
    await home.start()
    soc = ["sensor.other_state_of_charge"]
    written = writes(home)
    for changes, expected in (
        ({}, []),
        ({"soc": 51}, soc),
        ({"soc": 51}, []),
        ({}, soc),
    ):
        other.status_override = changes
        polls = home.polls
        await home.poll()
        assert home.polls == polls + 1
        assert written == expected
        written.clear()
    updates: list[bool] = []
    coordinator = home.entry.runtime_data.coordinator
    stop = coordinator.async_add_listener(lambda: updates.append(True))
    await home.poll()
    assert not updates
    stop()
    written.clear()
    await home.set_number(TARGET, 85)
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert set(written) == {TARGET}
