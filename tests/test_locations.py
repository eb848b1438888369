"""Charging locations: made from zones, and chosen for cars."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import Car, Simulator

from . import USER_ID
from .actions import BEHAVIOR, LIST, LOCATIONS, PREFERENCES, choose, shown

type Start = Callable[[], Awaitable[MockConfigEntry]]

ADDRESS = {
    "name": "Home",
    "country_code": "SE",
    "street_address": "Storgatan 1",
    "postal_code": "211 22",
    "city": "Malmö",
}
PLACE = {
    "name": "Cabin",
    "coordinates": {"latitude": 61.5, "longitude": 23.75},
    "countryCode": "FI",
    "postalCode": "33100",
    "streetAddress": "Rantatie 2",
    "city": "Tampere",
}


class Dialog:
    """The options dialog, as people go through it."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        """Open it for an account."""
        self._hass = hass
        self._entry = entry
        self.now: ConfigFlowResult

    async def open(self, *choices: str) -> ConfigFlowResult:
        """Open it and walk its menus."""
        self.now = await self._hass.config_entries.options.async_init(
            self._entry.entry_id
        )
        for choice in choices:
            await self.send({"next_step_id": choice})
        return self.now

    async def send(self, answer: dict[str, Any]) -> ConfigFlowResult:
        """Answer what is asked."""
        self.now = await self._hass.config_entries.options.async_configure(
            self.now["flow_id"], answer
        )
        await self._hass.async_block_till_done()
        return self.now


@pytest.fixture(autouse=True)
async def _home(hass: HomeAssistant) -> None:
    """Have a home zone and a shop."""
    hass.config.country = "SE"
    assert await async_setup_component(
        hass,
        "zone",
        {"zone": [{"name": "Shop", "latitude": 55.6, "longitude": 13.0}]},
    )


def ids(car: Car) -> list[str]:
    """Return the locations that count for a car at Hiven."""
    assert car.preferences is not None
    found: list[str] = car.preferences.get("chargingLocationIds", [])
    return found


async def test_a_location_from_the_home_zone(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Home is offered first; it counts for the car, with its price area."""
    entry = await start()
    hass.config_entries.async_update_entry(entry, options={"scan_interval": 7})
    await hass.async_block_till_done()
    dialog = Dialog(hass, entry)
    menu = await dialog.open("charging_locations")
    assert menu["menu_options"] == ["add_location"]
    form = await dialog.send({"next_step_id": "add_location"})
    assert form["data_schema"] is not None
    assert form["data_schema"]({}) == {"zone": "zone.home"}
    form = await dialog.send({"zone": "zone.home"})
    assert form["step_id"] == "location_address"
    assert form["data_schema"] is not None
    filled = form["data_schema"](
        {"street_address": "x", "postal_code": "1", "city": "y"}
    )
    assert filled["name"] == "test home"
    assert filled["country_code"] == "SE"
    assert filled["vehicles"] == ["car-1"]
    done = await dialog.send({**ADDRESS, "vehicles": ["car-1"]})
    assert done["type"] == "create_entry"
    assert entry.options == {"scan_interval": 7}

    (location,) = simulator.locations[USER_ID].values()
    assert location["coordinates"] == {
        "latitude": hass.config.latitude,
        "longitude": hass.config.longitude,
    }
    assert location["streetAddress"] == "Storgatan 1"
    assert ids(car) == [location["id"]]
    assert car.preferences is not None
    assert car.preferences["defaultSpotPriceAreaId"] == "SE4"

    await choose(hass, "smart_charge_at_location")
    assert shown(hass, BEHAVIOR) == "smart_charge_at_location"


async def test_without_a_location_people_are_told_where(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """The way in Home Assistant."""
    await start()
    with pytest.raises(HomeAssistantError, match="Configure > Charging locations"):
        await choose(hass, "smart_charge_at_location")


async def test_choosing_for_one_of_several_cars(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Another car's stay."""
    other = simulator.add_car(USER_ID, Car(id="car-2", name="Other"))
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    shop = simulator.add_location(USER_ID, {**PLACE, "name": "Shop"})["id"]
    other.preferences = {
        "chargingBehavior": "SMART_CHARGE_OFF",
        "chargingLocationIds": [cabin],
    }
    entry = await start()
    dialog = Dialog(hass, entry)
    menu = await dialog.open("charging_locations")
    assert menu["description_placeholders"] == {"locations": "Cabin, Shop"}
    form = await dialog.send({"next_step_id": "choose_vehicle"})
    assert form["step_id"] == "choose_vehicle"
    form = await dialog.send({"vehicle": "car-2"})
    assert form["data_schema"] is not None
    marker = next(iter(form["data_schema"].schema))
    assert marker.description == {"suggested_value": [cabin]}
    await dialog.send({"locations": [shop]})
    assert ids(other) == [shop]
    assert ids(car) == []


async def test_one_car_needs_no_question(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """All its locations can be taken away."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    assert car.preferences is not None
    car.preferences = {**car.preferences, "chargingLocationIds": [cabin]}
    dialog = Dialog(hass, await start())
    form = await dialog.open("charging_locations", "choose_vehicle")
    assert form["step_id"] == "vehicle_locations"
    await dialog.send({"locations": []})
    assert ids(car) == []


async def test_what_goes_wrong_is_told_and_nothing_is_lost(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The location is made once, however often its car fails."""
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.shop"})
    for status, error in ((400, "refused"), (500, "cannot_connect")):
        fault = simulator.fail("POST", LOCATIONS, status=status)
        form = await dialog.send({**ADDRESS, "vehicles": ["car-1"]})
        assert form["errors"] == {"base": error}
        fault.stop()
    fault = simulator.fail("PUT", PREFERENCES, status=500)
    form = await dialog.send({**ADDRESS, "vehicles": ["car-1"]})
    assert form["errors"] == {"base": "not_stored"}
    assert form["description_placeholders"] is not None
    assert "does not answer" in form["description_placeholders"]["problem"]
    assert form["data_schema"] is not None
    suggested = {
        str(marker): marker.description["suggested_value"]
        for marker in form["data_schema"].schema
    }
    assert suggested["street_address"] == "Storgatan 1"
    fault.stop()
    done = await dialog.send({**ADDRESS, "vehicles": ["car-1"]})
    assert done["type"] == "create_entry"
    assert len(simulator.locations[USER_ID]) == 1
    assert len(ids(car)) == 1


async def test_choosing_fails_and_can_be_tried_again(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """At location needs one."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    assert car.preferences is not None
    car.preferences = {
        **car.preferences,
        "chargingBehavior": "SMART_CHARGE_AT_LOCATION",
        "chargingLocationIds": [cabin],
    }
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "choose_vehicle")
    form = await dialog.send({"locations": []})
    assert form["errors"] == {"base": "not_stored"}
    assert (await dialog.send({"locations": [cabin]}))["type"] == "create_entry"


async def test_a_zone_that_is_gone(hass: HomeAssistant, car: Car, start: Start) -> None:
    """It is asked again."""
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    form = await dialog.send({"zone": "zone.nowhere"})
    assert form["step_id"] == "add_location"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "invalid_auth"), (500, "cannot_connect"), (404, "not_found")],
)
async def test_locations_that_cannot_be_read(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    status: int,
    reason: str,
) -> None:
    """The dialog ends with a reason."""
    simulator.fail("GET", LOCATIONS, status=status)
    dialog = Dialog(hass, await start())
    result = await dialog.open("charging_locations")
    assert result["type"] == "abort"
    assert result["reason"] == reason


async def test_while_the_account_is_not_running(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It works all the same, as carefully."""
    fault = simulator.fail("GET", LIST, status=500)
    entry = await start()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    fault.stop()
    dialog = Dialog(hass, entry)
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    done = await dialog.send({**ADDRESS, "vehicles": ["car-1"]})
    assert done["type"] == "create_entry"
    assert len(ids(car)) == 1
    assert car.preferences is not None
    assert car.preferences["chargingBehavior"] == "SMART_CHARGE_ANYWHERE"


async def test_without_a_key(
    hass: HomeAssistant, simulator: Simulator, start: Start, entry: MockConfigEntry
) -> None:
    """It says what to do."""
    hass.config_entries.async_update_entry(
        entry, data={"auth_implementation": "hiven_gone"}
    )
    await start()
    result = await Dialog(hass, entry).open("charging_locations")
    assert result["reason"] == "key_missing"


async def test_diagnostics_say_which_count(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    simulator: Simulator,
    car: Car,
    start: Start,
) -> None:
    """Without coordinates or address."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    assert car.preferences is not None
    car.preferences = {**car.preferences, "chargingLocationIds": [cabin]}
    entry = await start()
    told = str(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    assert cabin in told
    for secret in ("61.5", "23.75", "33100", "Rantatie", "Tampere", "Cabin"):
        assert secret not in told
