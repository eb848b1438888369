"""The actions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import USER_ID
from .actions import BEHAVIOR, PREFERENCES, device_id, set_preferences

type Start = Callable[[], Awaitable[MockConfigEntry]]

CAPABILITIES = "/v2/hiven/vehicles/smartcar/capabilities"


async def ask(hass: HomeAssistant, action: str, **fields: Any) -> dict[str, Any]:
    """Return the response of an action."""
    response = await hass.services.async_call(
        DOMAIN, action, fields, blocking=True, return_response=True
    )
    assert isinstance(response, dict)
    return response


@pytest.fixture
def other(simulator: Simulator) -> Car:
    """Add a second car."""
    return simulator.add_car(
        USER_ID,
        Car(
            id="car-2",
            name="Other",
            manufacturer="TESLA",
            model="Model Y",
            year=2022,
            preferences={"chargingBehavior": "SMART_CHARGE_OFF"},
        ),
    )


async def test_everything_at_once_is_one_write(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """All fields in one PUT."""
    home = simulator.add_location(
        USER_ID, {"name": "Home", "countryCode": "SE", "postalCode": "111 22"}
    )["id"]
    await start()
    await set_preferences(
        hass,
        charging_behavior="smart_charge_at_location",
        target_soc=300,
        minimum_soc=50,
        soc_unit="km",
        ready_time="06:15:30",
        days=["monday", "sunday"],
        clear_days="friday",
        battery_capacity=77.5,
        charging_location_ids=[home],
        default_spot_price_area_id="SE3",
    )
    assert car.preferences == {
        "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
        "targetSoC": {"value": 300, "unit": "KM"},
        "minimalSoC": {"value": 50, "unit": "KM"},
        "readyTime": "07:00",
        "weekDaySpecificReadyTimes": {"MONDAY": "06:15", "SUNDAY": "06:15"},
        "batteryCapacity": 77.5,
        "chargingLocationIds": [home],
        "defaultSpotPriceAreaId": "SE3",
    }
    assert simulator.count("PUT", PREFERENCES) == 1


async def test_ready_time_without_days_is_for_every_day(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """Midnight is a time like any other."""
    await start()
    await set_preferences(hass, ready_time="00:00")
    assert car.preferences is not None
    assert car.preferences["readyTime"] == "00:00"
    assert "weekDaySpecificReadyTimes" not in car.preferences


async def test_several_cars_side_by_side(
    hass: HomeAssistant, simulator: Simulator, car: Car, other: Car, start: Start
) -> None:
    """One write a car, at the same time; a failure names its car and stops no other."""
    await start()
    hold = simulator.hold("PUT", PREFERENCES, times=2)
    call = asyncio.create_task(
        set_preferences(
            hass,
            device_id=[device_id(hass), device_id(hass, "car-2")],
            charging_behavior="smart_charge_anywhere",
        )
    )
    await hold.arrived()
    hold.release()
    with pytest.raises(HomeAssistantError) as raised:
        await call
    assert "Other: Smart charging of Other needs a target" in str(raised.value)
    assert "Family car:" not in str(raised.value)
    assert car.preferences is not None
    assert car.preferences["chargingBehavior"] == "SMART_CHARGE_ANYWHERE"

    hold = simulator.hold("PUT", PREFERENCES, times=2)
    call = asyncio.create_task(
        set_preferences(
            hass,
            device_id=[device_id(hass), device_id(hass, "car-2")],
            target_soc=70,
        )
    )
    await hold.arrived(2)
    hold.release()
    await call
    assert other.preferences is not None
    assert other.preferences["targetSoC"] == {"value": 70, "unit": "PERCENT"}


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "nothing_to_change"),
        ({"days": ["monday"]}, "days_without_ready_time"),
        (
            {"days": ["monday"], "clear_days": ["monday"], "ready_time": "06:00"},
            "days_set_and_cleared",
        ),
        ({"target_soc": 101}, "soc_out_of_range"),
        ({"minimum_soc": 300, "soc_unit": "percent"}, "soc_out_of_range"),
    ],
)
async def test_what_makes_no_sense_is_told(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    fields: dict[str, Any],
    key: str,
) -> None:
    """In words that say what to do."""
    await start()
    with pytest.raises(ServiceValidationError) as raised:
        await set_preferences(hass, **fields)
    assert raised.value.translation_key == key
    assert " " in str(raised.value)
    assert simulator.count("PUT", "*") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"days": ["funday"], "ready_time": "06:00"},
        {"clear_days": ["funday"]},
        {"charging_behavior": "smart_charge_somewhere"},
        {"target_soc": -1},
        {"ready_time": "25:00"},
        {"battery_capacity": 0},
    ],
)
async def test_what_does_not_exist_is_refused(
    hass: HomeAssistant, car: Car, start: Start, fields: dict[str, Any]
) -> None:
    """An unknown day, behavior or value."""
    await start()
    with pytest.raises(vol.Invalid):
        await set_preferences(hass, **fields)


async def test_devices_that_are_no_cars_of_ours(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """Nothing is written, not even for the right ones among them."""
    await start()
    foreign = MockConfigEntry(domain="other")
    foreign.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=foreign.entry_id, identifiers={("other", "1")}
    )
    entities = er.async_get(hass)
    theirs = entities.async_get_or_create("sensor", "other", "1", device_id=device.id)
    alone = entities.async_get_or_create("sensor", "other", "2")
    for wrong in (
        device.id,
        theirs.entity_id,
        alone.entity_id,
        "no-such-device",
        "sensor.no_such",
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await set_preferences(
                hass, device_id=[device_id(hass), wrong], target_soc=90
            )
        assert raised.value.translation_key == "not_a_vehicle"
    assert car.preferences is not None
    assert car.preferences["targetSoC"]["value"] == 80


async def test_an_entity_stands_for_its_car(
    hass: HomeAssistant, car: Car, other: Car, start: Start
) -> None:
    """As dashboards need it; next to devices, and in all actions that name cars."""
    await start()
    await set_preferences(
        hass, device_id=[BEHAVIOR, device_id(hass, "car-2")], target_soc=70
    )
    for each in (car, other):
        assert each.preferences is not None
        assert each.preferences["targetSoC"]["value"] == 70
    for action in ("get_vehicle_capabilities", "get_charging_plan"):
        assert await ask(hass, action, device_id=BEHAVIOR) == await ask(
            hass, action, device_id=device_id(hass)
        )


async def test_an_account_that_is_not_running(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """Actions are there all the same, and say so."""
    entry = await start()
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError, match="not loaded"):
        await set_preferences(hass, target_soc=90)
    with pytest.raises(ServiceValidationError) as raised:
        await ask(hass, "get_supported_vehicles")
    assert raised.value.translation_key == "no_account"


async def test_actions_without_any_account(hass: HomeAssistant) -> None:
    """They are registered once the integration is loaded, before any entry."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert hass.services.async_services_for_domain(DOMAIN).keys() == {
        "set_charging_preferences",
        "get_supported_vehicles",
        "get_vehicle_capabilities",
        "get_charging_plan",
    }


async def test_a_car_not_read_since_start(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It has a device but nothing is known of it."""
    entry = await start()
    device = device_id(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    car.details_override = {"attributes": {"year": "soon"}}
    await start()
    with pytest.raises(ServiceValidationError) as raised:
        await set_preferences(hass, device_id=device, target_soc=90)
    assert raised.value.translation_key == "vehicle_not_read"


async def test_supported_vehicles(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """All of them, by brand, and by what they can do; asked without a user id."""
    entry = await start()
    everything = await ask(hass, "get_supported_vehicles")
    assert {"make", "model", "year_from", "year_to", "type", "capabilities"} == set(
        everything["vehicles"][0]
    )
    assert everything["brands"] == sorted({v["make"] for v in everything["vehicles"]})
    assert "X-User-Id" not in simulator.requests[-1].headers

    teslas = await ask(
        hass,
        "get_supported_vehicles",
        manufacturer=" tesla ",
        config_entry_id=entry.entry_id,
    )
    assert teslas["brands"] == ["TESLA"]
    assert 0 < len(teslas["vehicles"]) < len(everything["vehicles"])

    able = await ask(
        hass, "get_supported_vehicles", supporting=["execute_start_and_stop"]
    )
    unable = await ask(
        hass, "get_supported_vehicles", not_supporting="execute_start_and_stop"
    )
    assert len(able["vehicles"]) + len(unable["vehicles"]) == len(
        everything["vehicles"]
    )
    assert all("EXECUTE_START_AND_STOP" in v["capabilities"] for v in able["vehicles"])
    assert unable["vehicles"]


async def test_the_list_cannot_be_read(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It is told like every failure."""
    await start()
    simulator.fail("GET", CAPABILITIES, status=500)
    with pytest.raises(HomeAssistantError, match="does not answer"):
        await ask(hass, "get_supported_vehicles")
    with pytest.raises(HomeAssistantError, match="does not answer"):
        await ask(hass, "get_vehicle_capabilities", device_id=device_id(hass))


async def test_capabilities_of_a_car(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """By make, model and year; the list is kept a day unless asked anew."""
    await start()
    answer = await ask(hass, "get_vehicle_capabilities", device_id=device_id(hass))
    assert answer["matched"] is True
    assert answer["type"] == "BEV"
    assert "EXECUTE_START_AND_STOP" in answer["capabilities"]

    async def calls(**fields: Any) -> int:
        await ask(hass, "get_vehicle_capabilities", device_id=device_id(hass), **fields)
        return simulator.count("GET", CAPABILITIES)

    assert await calls() == 1
    assert await calls(force_refresh=True) == 2
    freezer.tick(timedelta(hours=23))
    assert await calls() == 2
    freezer.tick(timedelta(hours=2))
    assert await calls() == 3


async def test_capabilities_of_several_cars(
    hass: HomeAssistant, simulator: Simulator, car: Car, other: Car, start: Start
) -> None:
    """Sorted by device; a model that is not in the list is not guessed."""
    other.model = "Roadster"
    await start()
    devices = [device_id(hass), device_id(hass, "car-2")]
    answer = await ask(hass, "get_vehicle_capabilities", device_id=devices)
    assert answer[devices[0]]["matched"] is True
    assert answer[devices[1]] == {"matched": False, "type": None, "capabilities": []}
