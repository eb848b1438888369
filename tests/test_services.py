"""The actions."""

import asyncio
from typing import Any

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from simulator import Car

from . import USER_ID, Json
from .actions import BEHAVIOR, PREFERENCES
from .home import Home, error_of

MODELS = "/v2/hiven/vehicles/smartcar/capabilities"
SUPPORTED = "hiven.get_supported_vehicles"
CAPABILITIES = "hiven.get_vehicle_capabilities"
PLACE = {"name": "Home", "countryCode": "SE", "postalCode": "111 22"}


def both(home: Home) -> list[str]:
    return [home.device().id, home.device("car-2").id]


async def test_everything_at_once_is_one_write(home: Home) -> None:
    place_id = home.simulator.add_location(USER_ID, PLACE)["id"]
    await home.start()
    await home.set_preferences(
        charging_behavior="smart_charge_at_location",
        target_soc=1000, minimum_soc=0, soc_unit="km", ready_time="06:15:30",
        days=["monday", "sunday"], clear_days="friday", battery_capacity=77.5,
        charging_location_ids=[place_id], default_spot_price_area_id="SE3",
    )  # fmt: skip
    assert home.held == {
        "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
        "targetSoC": {"value": 1000, "unit": "KM"},
        "minimalSoC": {"value": 0, "unit": "KM"},
        "readyTime": "07:00",
        "weekDaySpecificReadyTimes": {"MONDAY": "06:15", "SUNDAY": "06:15"},
        "batteryCapacity": 77.5,
        "chargingLocationIds": [place_id],
        "defaultSpotPriceAreaId": "SE3",
    }
    assert len(home.puts) == 1
    # Without days, the time is for every day. It may be midnight.
    await home.set_preferences(ready_time="00:00")
    assert home.held["readyTime"] == "00:00"
    assert len(home.held["weekDaySpecificReadyTimes"]) == 2


async def test_locations_by_name(home: Home) -> None:
    place = home.simulator.add_location(USER_ID, PLACE)
    await home.start()
    await home.set_preferences(
        charging_location_ids=["HOME"], default_spot_price_area_id="Home"
    )
    assert home.held["chargingLocationIds"] == [place["id"]]
    assert home.held["defaultSpotPriceAreaId"] == place["spotPriceAreaId"]
    error = await error_of(home.set_preferences(charging_location_ids=["Nowhere"]))
    assert "called Nowhere" in str(error)
    puts = len(home.puts)
    cabin = home.simulator.add_location(USER_ID, PLACE | {"name": "Cabin"})
    cabin["spotPriceAreaId"] = None
    for wrong in ("Hoem", "Cabin", " "):
        change = home.set_preferences(default_spot_price_area_id=wrong)
        assert (await error_of(change)).translation_key == "unknown_price_area"
    assert len(home.puts) == puts
    # Hiven's areas are not known here.
    for area in ("FI", "DE_LU", "10YFI-1--------U"):
        await home.set_preferences(default_spot_price_area_id=area)
        assert home.held["defaultSpotPriceAreaId"] == area


async def test_errors_are_in_the_language_of_the_home(home: Home, other: Car) -> None:
    """The error of a single car is raised as it is, so that the frontend translates it."""
    home.hass.config.language = "fi"
    for car in (home.car, other):
        car.preferences = None
    await home.start()
    smart = {"charging_behavior": "smart_charge_anywhere"}
    error = await error_of(home.set_preferences(**smart))
    assert error.translation_key == "target_and_ready_time_required"
    error = await error_of(home.set_preferences(device_id=both(home), **smart))
    assert "Other: Auton Other älykkääseen lataukseen tarvitaan" in str(error)


async def test_several_cars_side_by_side(home: Home, other: Car) -> None:
    home.edit(chargingBehavior="SMART_CHARGE_OFF")
    await home.start()
    smart = {"charging_behavior": "smart_charge_anywhere"}
    error = await error_of(home.set_preferences(device_id=both(home), **smart))
    assert "Other: Smart charging of Other needs a charge target" in str(error)
    assert "Family car:" not in str(error)
    assert home.puts[0]["chargingBehavior"] == "SMART_CHARGE_ANYWHERE"

    hold = home.simulator.hold("PUT", PREFERENCES, times=2)
    # Dashboards may name an entity of the car.
    devices = [BEHAVIOR, home.device("car-2").id]
    change = home.set_preferences(device_id=devices, target_soc=70)
    call = asyncio.create_task(change)
    await hold.arrived(2)
    hold.release()
    await call
    for car in (home.car, other):
        assert car.preferences is not None
        assert car.preferences["targetSoC"] == {"value": 70, "unit": "PERCENT"}
    for action in (CAPABILITIES, "hiven.get_charging_plan"):
        by_entity = await home.ask(action, device_id=BEHAVIOR)
        assert by_entity == await home.ask(action, device_id=home.device().id)


@pytest.mark.parametrize(("fields", "key"), [
    ({}, "nothing_to_change"),
    ({"until": "2026-03-15", "target_soc": 100}, "until_is_past"),
    ({"days": ["monday"]}, "days_without_ready_time"),
    (
        {"days": ["monday"], "clear_days": ["monday"], "ready_time": "06:00"},
        "days_set_and_cleared",
    ),
    ({"target_soc": 101}, "soc_out_of_range"),
    ({"minimum_soc": 300, "soc_unit": "percent"}, "soc_out_of_range"),
    ({"days": ["funday"], "ready_time": "06:00"}, None),
    ({"clear_days": ["funday"]}, None),
    ({"charging_behavior": "smart_charge_somewhere"}, None),
    ({"target_soc": -1}, None),
    ({"target_soc": 1001, "soc_unit": "km"}, None),
    ({"ready_time": "25:00"}, None),
    ({"battery_capacity": 0}, None),
])  # fmt: skip
async def test_what_makes_no_sense(home: Home, fields: Json, key: str | None) -> None:
    await home.start()
    kind = ServiceValidationError if key else vol.Invalid
    with pytest.raises(kind) as raised:
        await home.set_preferences(**fields)
    assert key in (None, getattr(raised.value, "translation_key", None))
    assert " " in str(raised.value)
    assert home.puts == []


async def test_devices_that_are_no_cars_of_ours(home: Home) -> None:
    await home.start()
    foreign = MockConfigEntry(domain="other")
    foreign.add_to_hass(home.hass)
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=foreign.entry_id, identifiers={("other", "1")}
    )
    entities = er.async_get(home.hass)
    # An old identifier has three parts.
    third: Any = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=foreign.entry_id,
        identifiers={("other", "1", "2")},  # type: ignore[arg-type]
    )
    theirs = entities.async_get_or_create("sensor", "other", "1", device_id=device.id)
    alone = entities.async_get_or_create("sensor", "other", "2")
    ids = (device.id, third.id, theirs.entity_id, alone.entity_id)
    for wrong in (*ids, "no-such-device", "sensor.no_such"):
        devices = [home.device().id, wrong]
        error = await error_of(home.set_preferences(device_id=devices, target_soc=90))
        assert error.translation_key == "not_a_vehicle"
    assert home.puts == []


async def test_a_car_that_is_not_there(home: Home) -> None:
    await home.start()
    await home.unload()
    error = await error_of(home.set_preferences(target_soc=90))
    assert "not loaded" in str(error)
    assert (await error_of(home.ask(SUPPORTED))).translation_key == "no_account"
    home.simulator.remove_car("car-1")
    await home.start()
    error = await error_of(home.set_preferences(target_soc=90))
    assert "Family car has not been read" in str(error)


async def test_supported_vehicles(home: Home) -> None:
    await home.start()
    everything = await home.ask(SUPPORTED)
    assert {"make", "model", "year_from", "year_to", "type", "capabilities"} == set(
        everything["vehicles"][0]
    )
    assert everything["brands"] == sorted({v["make"] for v in everything["vehicles"]})
    assert "X-User-Id" not in home.simulator.requests[-1].headers

    brand = {"manufacturer": " tesla ", "config_entry_id": home.entry.entry_id}
    teslas = await home.ask(SUPPORTED, **brand)
    assert teslas["brands"] == ["TESLA"]
    assert 0 < len(teslas["vehicles"]) < len(everything["vehicles"])

    start_and_stop = "execute_start_and_stop"
    able = (await home.ask(SUPPORTED, supporting=[start_and_stop]))["vehicles"]
    unable = (await home.ask(SUPPORTED, not_supporting=start_and_stop))["vehicles"]
    assert len(able) + len(unable) == len(everything["vehicles"])
    assert all("EXECUTE_START_AND_STOP" in each["capabilities"] for each in able)
    assert unable


async def test_capabilities(home: Home, other: Car) -> None:
    other.model = "Roadster"
    await home.start()
    one, two = both(home)
    refresh = {"force_refresh": True}
    for hours, fields, reads in ((0, {}, 1), (0, refresh, 2), (23, {}, 2), (1, {}, 3)):
        await home.pass_time(hours=hours)
        answer = await home.ask(CAPABILITIES, device_id=one, **fields)
        assert home.simulator.count("GET", MODELS) == reads
        assert answer[one]["matched"] is True
        assert answer[one]["type"] == "BEV"
        assert "EXECUTE_START_AND_STOP" in answer[one]["capabilities"]
    answer = await home.ask(CAPABILITIES, device_id=[one, two], **refresh)
    assert home.simulator.count("GET", MODELS) == 4
    assert answer[one]["matched"] is True
    assert answer[two] == {"matched": False, "type": None, "capabilities": []}
    home.simulator.fail("GET", MODELS, status=500)
    again = home.ask(CAPABILITIES, device_id=one, force_refresh=True)
    for call in (home.ask(SUPPORTED), again):
        assert "does not answer" in str(await error_of(call))
    for status, polls in ((500, 0), (401, 1)):
        # The list shows whether the key still works.
        home.simulator.forget()
        home.simulator.fail("GET", MODELS, status=status)
        await error_of(home.ask(SUPPORTED))
        await home.hass.async_block_till_done(wait_background_tasks=True)
        assert home.polls == polls
