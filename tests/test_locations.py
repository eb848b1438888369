"""Charging locations: made from zones, and chosen for cars."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hiven.api import Preferences
from simulator import Car, Simulator

from . import USER_ID
from .actions import (
    BEHAVIOR,
    LIST,
    LOCATIONS,
    PREFERENCES,
    SCHEDULE,
    choose,
    poll_now,
    set_preferences,
    shown,
)
from .flow_helpers import forget_keys, is_running
from .platforms import Start, edit

ADDRESS = {
    "name": "Home",
    "country_code": "SE",
    "street_address": "Storgatan 1",
    "postal_code": "211 22",
    "city": "Malmö",
}
PLACE = {
    "name": "Cabin",
    "coordinates": {"latitude": 61.5, "longitude": 123.75},
    "countryCode": "FI",
    "postalCode": "33100",
    "streetAddress": "Rantatie 2",
    "city": "Tampere",
}


class Dialog:
    """The options dialog, as people go through it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
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

    async def address(self, **instead: str) -> ConfigFlowResult:
        """Say where the location is, for all cars that are there."""
        return await self.send(
            {**ADDRESS, **instead, "vehicles": self.filled_in["vehicles"]}
        )

    @property
    def filled_in(self) -> dict[str, Any]:
        """Return what stands in a form before anybody types."""
        schema = self.now["data_schema"]
        assert schema is not None
        found = {}
        for marker in schema.schema:
            described = marker.description or {}
            if "suggested_value" in described:
                found[str(marker)] = described["suggested_value"]
            elif callable(marker.default):
                found[str(marker)] = marker.default()
        return found


@pytest.fixture(autouse=True)
async def _home(hass: HomeAssistant) -> None:
    """Have a home zone and a shop."""
    hass.config.country = "SE"
    assert await async_setup_component(
        hass,
        "zone",
        {"zone": [{"name": "Shop", "latitude": 55.6, "longitude": 13.0}]},
    )


def is_key_asked_for(hass: HomeAssistant) -> bool:
    """Tell whether Home Assistant asks for a new key."""
    flows = hass.config_entries.flow.async_progress_by_handler("hiven")
    return [flow["context"]["source"] for flow in flows] == ["reauth"]


def preferences(entry: MockConfigEntry) -> Preferences:
    """Return the preferences of the car as the running account shows them."""
    vehicle = entry.runtime_data.vehicle("car-1")
    assert vehicle is not None
    assert isinstance(vehicle.preferences, Preferences)
    return vehicle.preferences


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
    assert dialog.filled_in == {"locations": [cabin]}
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


async def test_a_location_added_in_hivens_app_is_kept(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Also when no poll has told of it yet."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    dialog = Dialog(hass, await start())
    edit(car, chargingLocationIds=[cabin])
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    await dialog.address()
    assert ids(car) == list(simulator.locations[USER_ID])
    assert len(ids(car)) == 2


async def test_what_is_chosen_at_hiven_is_shown_and_the_rest_is_kept(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Whatever Hiven's own app does before the dialog and during it."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations")
    shop = simulator.add_location(USER_ID, {**PLACE, "name": "Shop"})["id"]
    edit(car, chargingLocationIds=[shop])
    await dialog.send({"next_step_id": "choose_vehicle"})
    assert dialog.filled_in == {"locations": [shop]}
    work = simulator.add_location(USER_ID, {**PLACE, "name": "Work"})["id"]
    edit(car, chargingLocationIds=[shop, work])
    await dialog.send({"locations": [cabin]})
    assert sorted(ids(car)) == sorted([work, cabin])


async def test_taking_a_choice_back_after_a_doubtful_write(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It is not taken for no change."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "choose_vehicle")
    lost = simulator.fail("PUT", PREFERENCES, kind="reset", apply=True)
    hold = simulator.hold("PUT", PREFERENCES)
    write = asyncio.create_task(dialog.send({"locations": [cabin]}))
    await hold.arrived()
    unread = simulator.fail("GET", PREFERENCES, status=500)
    hold.release()
    assert (await write)["errors"] == {"base": "not_stored"}
    lost.stop()
    unread.stop()
    assert ids(car) == [cabin]
    await dialog.send({"locations": []})
    assert ids(car) == []


async def begin(
    entry: MockConfigEntry, change: Coroutine[Any, Any, Any], *counting: str
) -> asyncio.Task[Any]:
    """Begin a change, and wait until these locations are shown to count."""
    task = asyncio.ensure_future(change)
    async with asyncio.timeout(10):
        while preferences(entry).charging_location_ids != counting:
            await asyncio.sleep(0)
    return task


async def test_two_dialogs_at_the_same_moment(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """What both choose goes in one write."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    shop = simulator.add_location(USER_ID, {**PLACE, "name": "Shop"})["id"]
    entry = await start()
    one, another = Dialog(hass, entry), Dialog(hass, entry)
    for dialog in (one, another):
        await dialog.open("charging_locations", "choose_vehicle")
    hold = simulator.hold("PUT", PREFERENCES)
    under_way = [asyncio.create_task(set_preferences(hass, target_soc=70))]
    await hold.arrived()
    under_way.append(await begin(entry, one.send({"locations": [cabin]}), cabin))
    under_way.append(
        await begin(entry, another.send({"locations": [shop]}), cabin, shop)
    )
    hold.release()
    await asyncio.gather(*under_way)
    assert ids(car) == [cabin, shop]
    assert simulator.count("PUT", PREFERENCES) == 2


@pytest.mark.parametrize("dialog_first", [False, True])
async def test_an_action_at_the_same_moment(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    dialog_first: bool,
) -> None:
    """Both go in one write; the later one counts where they disagree."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    shop = simulator.add_location(USER_ID, {**PLACE, "name": "Shop"})["id"]
    entry = await start()
    dialog = Dialog(hass, entry)
    await dialog.open("charging_locations", "choose_vehicle")

    hold = simulator.hold("PUT", PREFERENCES)
    under_way = [asyncio.create_task(set_preferences(hass, target_soc=70))]
    await hold.arrived()
    action = set_preferences(hass, charging_location_ids=[cabin])
    choice = dialog.send({"locations": [shop]})
    if dialog_first:
        under_way.append(await begin(entry, choice, shop))
        under_way.append(await begin(entry, action, cabin))
    else:
        under_way.append(await begin(entry, action, cabin))
        under_way.append(await begin(entry, choice, cabin, shop))
    hold.release()
    await asyncio.gather(*under_way)
    assert dialog.now["type"] == "create_entry"
    assert ids(car) == ([cabin] if dialog_first else [cabin, shop])
    assert simulator.count("PUT", PREFERENCES) == 2


async def choose_locations(
    hass: HomeAssistant, entry: MockConfigEntry, *locations: str
) -> None:
    """Choose locations for the one car."""
    dialog = Dialog(hass, entry)
    await dialog.open("charging_locations", "choose_vehicle")
    done = await dialog.send({"locations": list(locations)})
    assert done["type"] == "create_entry"


def price_area(car: Car) -> str | None:
    """Return the price area a car has at Hiven."""
    assert car.preferences is not None
    area: str | None = car.preferences.get("defaultSpotPriceAreaId")
    return area


async def test_a_choice_leaves_a_price_area_that_fits(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Another one takes its place only when its location counts no more."""
    finnish = simulator.add_location(USER_ID, PLACE)["id"]
    cabin = {**PLACE, "countryCode": "SE", "postalCode": "111 22"}
    swedish = simulator.add_location(USER_ID, cabin)["id"]
    malmo = simulator.add_location(USER_ID, {**cabin, "postalCode": "211 22"})["id"]
    edit(car, chargingLocationIds=[finnish], defaultSpotPriceAreaId="FI")
    entry = await start()
    await choose_locations(hass, entry, finnish, swedish)
    assert price_area(car) == "FI"
    edit(car, defaultSpotPriceAreaId="SE3")
    await choose_locations(hass, entry, finnish, swedish, malmo)
    assert price_area(car) == "SE3"
    await choose_locations(hass, entry, finnish)
    assert price_area(car) == "FI"
    await choose_locations(hass, entry)
    assert price_area(car) == "FI"


async def test_a_choice_as_it_was_changes_nothing(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Neither the price area somebody set."""
    finnish = simulator.add_location(USER_ID, PLACE)["id"]
    edit(car, chargingLocationIds=[finnish], defaultSpotPriceAreaId="NO1")
    await choose_locations(hass, await start(), finnish)
    assert price_area(car) == "NO1"
    assert simulator.count("PUT", PREFERENCES) == 0


async def test_a_new_location_brings_its_price_area(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Whatever it was before."""
    finnish = simulator.add_location(USER_ID, PLACE)["id"]
    edit(car, chargingLocationIds=[finnish], defaultSpotPriceAreaId="FI")
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    await dialog.address()
    assert price_area(car) == "SE4"


@pytest.mark.parametrize("has_another", [False, True])
async def test_a_car_that_goes_while_its_locations_are_chosen(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start, has_another: bool
) -> None:
    """The dialog says so."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    if has_another:
        simulator.add_car(USER_ID, Car(id="car-2", name="Other"))
    dialog = Dialog(hass, await start())
    if has_another:
        await dialog.open("charging_locations", "choose_vehicle")
        answer: dict[str, Any] = {"vehicle": "car-1"}
    else:
        await dialog.open("charging_locations")
        answer = {"next_step_id": "choose_vehicle"}
    simulator.remove_car("car-1")
    await poll_now(hass)
    end = await dialog.send(answer)
    assert end["type"] == "abort"
    assert end["reason"] == "vehicle_gone"
    assert list(simulator.locations[USER_ID]) == [cabin]


async def test_a_car_that_goes_before_the_choice_is_sent(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The dialog says so as well."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "choose_vehicle")
    simulator.remove_car("car-1")
    await poll_now(hass)
    end = await dialog.send({"locations": [cabin]})
    assert end["reason"] == "vehicle_gone"


async def test_a_car_that_goes_while_a_location_is_added(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The location is made, for the other car."""
    other = simulator.add_car(USER_ID, Car(id="car-2", name="Other"))
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    simulator.remove_car("car-1")
    await poll_now(hass)
    assert dialog.filled_in["vehicles"] == ["car-1", "car-2"]
    done = await dialog.address()
    assert done["type"] == "create_entry"
    assert ids(other) == list(simulator.locations[USER_ID])


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
        assert dialog.filled_in["street_address"] == "Storgatan 1"
    fault = simulator.fail("PUT", PREFERENCES, status=500)
    form = await dialog.address()
    assert form["step_id"] == "location_vehicles"
    assert form["errors"] == {"base": "not_stored"}
    told = form["description_placeholders"]
    assert told is not None
    assert "does not answer" in told["problem"]
    assert told["location"] == "Home"
    fault.stop()
    done = await dialog.send({"vehicles": ["car-1"]})
    assert done["type"] == "create_entry"
    assert len(simulator.locations[USER_ID]) == 1
    assert len(ids(car)) == 1


async def test_one_of_several_cars_fails(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Only that one is left."""
    other = simulator.add_car(USER_ID, Car(id="car-2", name="Other"))
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    fault = simulator.fail("PUT", PREFERENCES.replace("*", "car-2"), status=400)
    form = await dialog.address()
    assert form["step_id"] == "location_vehicles"
    assert dialog.filled_in == {"vehicles": ["car-2"]}
    fault.stop()
    await dialog.send(dialog.filled_in)
    assert ids(car) == ids(other) == list(simulator.locations[USER_ID])


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset", "apply": True},
        {"status": 500, "apply": True},
        {"body": {}, "apply": True},
        {"kind": "html", "apply": True},
    ],
)
async def test_a_lost_answer_makes_no_second_location(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    fault: dict[str, Any],
) -> None:
    """Hiven's list tells that it is there."""
    simulator.add_location(USER_ID, {**PLACE, "name": "Home"})
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    simulator.fail("POST", LOCATIONS, **fault)
    done = await dialog.address()
    assert done["type"] == "create_entry"
    old, new = simulator.locations[USER_ID]
    assert ids(car) == [new] != [old]


async def test_a_location_of_that_name_that_was_there_before(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It is not taken for the new one."""
    simulator.add_location(USER_ID, {**PLACE, "name": "Home"})
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    fault = simulator.fail("POST", LOCATIONS, kind="reset")
    for _ in range(2):
        form = await dialog.address()
        assert form["errors"] == {"base": "cannot_connect"}
    fault.stop()
    assert (await dialog.address())["type"] == "create_entry"
    _, new = simulator.locations[USER_ID]
    assert ids(car) == [new]


async def test_a_lost_answer_and_then_no_list(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The next try looks first, whatever is entered then, and says what is there."""
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    lost = simulator.fail("POST", LOCATIONS, kind="reset", apply=True)
    no_list = simulator.fail("GET", LOCATIONS, kind="reset")
    for _ in range(2):
        form = await dialog.address()
        assert form["errors"] == {"base": "cannot_connect"}
    lost.stop()
    no_list.stop()
    form = await dialog.address(name="Cottage", street_address="Storgatan 2")
    assert form["step_id"] == "location_vehicles"
    assert not form["errors"]
    assert form["description_placeholders"] == {"location": "Home", "problem": ""}
    assert ids(car) == []
    done = await dialog.send(dialog.filled_in)
    assert done["type"] == "create_entry"
    assert ids(car) == list(simulator.locations[USER_ID])
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
    """It is asked again, and said why."""
    dialog = Dialog(hass, await start())
    form = await dialog.open("charging_locations", "add_location")
    assert not form["errors"]
    form = await dialog.send({"zone": "zone.nowhere"})
    assert form["step_id"] == "add_location"
    assert form["errors"] == {"zone": "zone_unusable"}


async def test_a_home_without_a_country(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """One is offered all the same."""
    hass.config.country = None
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    assert dialog.filled_in["country_code"] == "FI"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "invalid_auth"),
        (403, "forbidden"),
        (404, "not_found"),
        (500, "cannot_connect"),
    ],
)
async def test_locations_that_cannot_be_read(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    status: int,
    reason: str,
) -> None:
    """The dialog ends with a reason; a new key is asked for if that helps."""
    simulator.fail("GET", LOCATIONS, status=status)
    dialog = Dialog(hass, await start())
    result = await dialog.open("charging_locations")
    assert result["type"] == "abort"
    assert result["reason"] == reason
    assert is_key_asked_for(hass) is (status == 401)


@pytest.mark.parametrize(
    ("status", "error"), [(401, "invalid_auth"), (403, "forbidden")]
)
async def test_a_location_that_may_not_be_created(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    status: int,
    error: str,
) -> None:
    """The form says so; it can be sent again with a new key."""
    dialog = Dialog(hass, await start())
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    fault = simulator.fail("POST", LOCATIONS, status=status)
    form = await dialog.address()
    assert form["errors"] == {"base": error}
    assert is_key_asked_for(hass) is (status == 401)
    fault.stop()
    assert (await dialog.address())["type"] == "create_entry"


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


async def test_a_key_that_is_refused_while_the_account_is_not_running(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Another one is asked for."""
    simulator.fail("GET", LIST, status=500, times=1)
    entry = await start()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    simulator.fail("GET", LIST, status=401)
    result = await Dialog(hass, entry).open("charging_locations")
    assert result["reason"] == "invalid_auth"
    assert is_key_asked_for(hass)


async def test_hiven_or_the_key_goes_while_the_account_is_not_running(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """Each step says so."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    simulator.fail("GET", LIST, status=500, times=1)
    entry = await start()
    dialog, adding = Dialog(hass, entry), Dialog(hass, entry)
    await dialog.open("charging_locations", "choose_vehicle")
    await adding.open("charging_locations", "add_location")
    await adding.send({"zone": "zone.home"})
    fault = simulator.fail("GET", LIST, status=500)
    form = await dialog.send({"locations": [cabin]})
    assert form["errors"] == {"base": "not_stored"}
    assert form["description_placeholders"] is not None
    assert "does not answer" in form["description_placeholders"]["problem"]
    assert (await adding.address())["errors"] == {"base": "cannot_connect"}
    await dialog.open("charging_locations")
    assert dialog.now["reason"] == "cannot_connect"
    fault.stop()
    await dialog.open("charging_locations")
    forget_keys(hass)
    await dialog.send({"next_step_id": "choose_vehicle"})
    assert dialog.now["reason"] == "key_missing"
    assert (await adding.address())["reason"] == "key_missing"
    assert list(simulator.locations[USER_ID]) == [cabin]
    assert simulator.count("PUT", PREFERENCES) == 0


async def start_by_itself(
    hass: HomeAssistant, simulator: Simulator, entry: MockConfigEntry
) -> None:
    """Have Home Assistant start an account once more, while requests are under way."""
    # More than it waits to start, less than a request waits for its answer.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=8))
    async with asyncio.timeout(10):
        while not (is_running(entry) and simulator.count("GET", SCHEDULE)):
            await asyncio.sleep(0)


async def test_the_account_starts_while_the_dialog_is_open(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It is what writes then."""
    simulator.fail("GET", LIST, status=500, times=1)
    entry = await start()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    dialog = Dialog(hass, entry)
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    await start_by_itself(hass, simulator, entry)
    await dialog.address()
    assert list(preferences(entry).charging_location_ids) == ids(car) != []


async def test_the_account_reloads_while_the_dialog_is_open(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """The new one writes, not the closed one."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    entry = await start()
    dialog = Dialog(hass, entry)
    await dialog.open("charging_locations", "choose_vehicle")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    lists = simulator.count("GET", LIST)
    await dialog.send({"locations": [cabin]})
    assert list(preferences(entry).charging_location_ids) == ids(car) == [cabin]
    assert simulator.count("GET", LIST) == lists


async def test_the_account_starts_before_the_dialog_has_read(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """It is what writes then, too."""
    simulator.fail("GET", LIST, status=500, times=1)
    entry = await start()
    dialog = Dialog(hass, entry)
    await dialog.open("charging_locations", "add_location")
    await dialog.send({"zone": "zone.home"})
    creation = simulator.hold("POST", LOCATIONS)
    submit = asyncio.create_task(dialog.address())
    await creation.arrived()
    reading = simulator.hold("GET", LIST)
    creation.release()
    await reading.arrived()
    await start_by_itself(hass, simulator, entry)
    reading.release()
    assert (await submit)["type"] == "create_entry"
    assert list(preferences(entry).charging_location_ids) == ids(car) != []


async def test_the_account_starts_while_a_write_is_under_way(
    hass: HomeAssistant, simulator: Simulator, car: Car, start: Start
) -> None:
    """What wrote until then leaves plans and repairs to it."""
    cabin = simulator.add_location(USER_ID, PLACE)["id"]
    simulator.fail("GET", LIST, status=500, times=1)
    entry = await start()
    dialog = Dialog(hass, entry)
    await dialog.open("charging_locations", "choose_vehicle")
    hold = simulator.hold("PUT", PREFERENCES)
    write = hass.async_create_background_task(
        hass.config_entries.options.async_configure(
            dialog.now["flow_id"], {"locations": [cabin]}
        ),
        "write",
    )
    await hold.arrived()
    await start_by_itself(hass, simulator, entry)
    hold.release()
    assert (await write)["type"] == "create_entry"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ids(car) == [cabin]
    assert simulator.count("GET", SCHEDULE) == 1


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
    assert is_key_asked_for(hass)


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
    for secret in ("61.5", "123.75", "33100", "Rantatie", "Tampere", "Cabin"):
        assert secret not in told
