"""What stands in the way of smart charging, from appearing to gone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator

from . import USER_ID
from .actions import LIST, PREFERENCES, READY_TIME, STATUS, pass_time, set_time

type Start = Callable[[], Awaitable[MockConfigEntry]]
type Answer = Callable[[dict[str, Any] | None], Awaitable[dict[str, Any]]]

SMART_WITHOUT_TIME = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
}


def told(hass: HomeAssistant) -> set[str]:
    """Return what is told of the car."""
    return {
        issue_id.removesuffix("_car-1")
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN
    }


async def poll(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let a poll happen."""
    await pass_time(hass, freezer, minutes=5, seconds=1)


@pytest.fixture
async def fix(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> Callable[[str], Awaitable[Answer]]:
    """Return what opens a fix as people do and answers its form."""
    assert await async_setup_component(hass, REPAIRS, {})
    client = await hass_client()
    url = "/api/repairs/issues/fix"

    async def begin(key: str) -> Answer:
        response = await client.post(
            url, json={"handler": DOMAIN, "issue_id": f"{key}_car-1"}
        )
        assert response.status == HTTPStatus.OK
        flow: dict[str, Any] = await response.json()

        async def answer(data: dict[str, Any] | None) -> dict[str, Any]:
            if data is None:
                return flow
            response = await client.post(f"{url}/{flow['flow_id']}", json=data)
            result: dict[str, Any] = await response.json()
            return result

        return answer

    return begin


async def test_a_car_in_order(hass: HomeAssistant, car: Car, start: Start) -> None:
    """Nothing is told."""
    await start()
    assert told(hass) == set()


async def test_battery_capacity_missing(
    hass: HomeAssistant,
    car: Car,
    start: Start,
    fix: Callable[[str], Awaitable[Answer]],
) -> None:
    """Neither the car nor Hiven knows it: it is asked for and written."""
    car.reports_capacity = False
    await start()
    assert told(hass) == {"battery_capacity_missing"}
    answer = await fix("battery_capacity_missing")
    form = await answer(None)
    assert form["step_id"] == "missing"
    assert form["description_placeholders"]["vehicle"] == "Family car"
    done = await answer({"battery_capacity": 58.2})
    assert done["type"] == "create_entry"
    assert car.preferences is not None
    assert car.preferences["batteryCapacity"] == 58.2
    assert told(hass) == set()


async def test_battery_capacity_comes_with_telemetry(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """Then nothing is to be asked any more."""
    car.reports_capacity = False
    await start()
    car.reports_capacity = True
    await poll(hass, freezer)
    assert told(hass) == set()


async def test_ready_time_missing(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    fix: Callable[[str], Awaitable[Answer]],
) -> None:
    """It is asked for; what goes wrong is told and can be tried again."""
    car.preferences = SMART_WITHOUT_TIME
    await start()
    assert told(hass) == {"ready_time_missing"}
    answer = await fix("ready_time_missing")
    fault = simulator.fail("PUT", PREFERENCES, status=500)
    form = await answer({"ready_time": "06:45:00"})
    assert form["errors"] == {"base": "not_stored"}
    assert "does not answer" in form["description_placeholders"]["problem"]
    fault.stop()
    done = await answer({"ready_time": "06:45:00"})
    assert done["type"] == "create_entry"
    assert car.preferences["readyTime"] == "06:45"
    assert told(hass) == set()


@pytest.mark.parametrize(
    "preferences",
    [
        {"chargingBehavior": "SMART_CHARGE_OFF"},
        {**SMART_WITHOUT_TIME, "weekDaySpecificReadyTimes": {"MONDAY": "00:00"}},
        None,
    ],
)
async def test_no_ready_time_is_missing(
    hass: HomeAssistant, car: Car, start: Start, preferences: dict[str, Any] | None
) -> None:
    """Off needs none, and one week day's is enough."""
    car.preferences = preferences
    await start()
    assert told(hass) == set()


async def test_a_ready_time_set_elsewhere(
    hass: HomeAssistant, car: Car, start: Start
) -> None:
    """It goes with the entity as well, without a poll."""
    car.preferences = SMART_WITHOUT_TIME
    await start()
    await set_time(hass, READY_TIME, "07:00")
    assert told(hass) == set()


async def test_telemetry_stale(
    hass: HomeAssistant, car: Car, start: Start, freezer: FrozenDateTimeFactory
) -> None:
    """A week without news; the next report takes it back."""
    car.telemetry_at = dt_util.utcnow() - timedelta(days=6, hours=23, minutes=58)
    await start()
    assert told(hass) == set()
    await poll(hass, freezer)
    assert told(hass) == {"telemetry_stale"}
    car.telemetry_at = None
    await poll(hass, freezer)
    assert told(hass) == set()


@pytest.fixture
def uncontrollable(simulator: Simulator, car: Car) -> Car:
    """Make the car one that cannot be started and stopped."""
    simulator.fail(
        "GET",
        "/v2/hiven/vehicles/smartcar/capabilities",
        body=[
            {
                "make": "Volkswagen",
                "model": "id.4",
                "yearRange": {"start": 2021, "end": 2025},
                "type": "BEV",
                "capabilities": ["READ_LOCATION"],
            }
        ],
    )
    return car


async def test_smart_charging_unsupported(
    hass: HomeAssistant,
    uncontrollable: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Told after the first poll, taken back when a charger does it."""
    await start()
    await poll(hass, freezer)
    assert told(hass) == {"smart_charging_unsupported"}
    uncontrollable.associated_charger_ids = ["charger-1"]
    await poll(hass, freezer)
    assert told(hass) == set()


@pytest.mark.parametrize("other", [{"model": "ID.3"}, {"year": 2019}])
async def test_a_model_that_is_not_found_raises_nothing(
    hass: HomeAssistant,
    uncontrollable: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    other: dict[str, Any],
) -> None:
    """Only an exact match counts."""
    for name, value in other.items():
        setattr(uncontrollable, name, value)
    await start()
    await poll(hass, freezer)
    assert told(hass) == set()


async def test_the_model_list_is_read_once_a_day(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Hourly while it cannot be read, and nothing hangs on it."""
    pattern = "/v2/hiven/vehicles/smartcar/capabilities"
    fault = simulator.fail("GET", pattern, status=500)
    await start()
    for _ in range(24):
        await poll(hass, freezer)
    assert fault.hits == 2
    fault.stop()
    for _ in range(60):
        await pass_time(hass, freezer, minutes=30)
    assert simulator.count("GET", pattern) - fault.hits == 2


@pytest.mark.parametrize("gone", ["car", "entry"])
async def test_what_is_told_goes_with_its_car_and_entry(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    gone: str,
) -> None:
    """Nothing is told of what is not there."""
    car.reports_capacity = False
    entry = await start()
    assert told(hass)
    if gone == "car":
        simulator.remove_car("car-1")
        await poll(hass, freezer)
    else:
        await hass.config_entries.async_remove(entry.entry_id)
    assert told(hass) == set()


async def test_a_car_connected_again_takes_what_is_told_with_it(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nothing stays behind under the old id."""
    car.reports_capacity = False
    await start()
    simulator.remove_car("car-1")
    simulator.add_car(USER_ID, Car(id="car-9", name="Family car", vin=car.vin))
    await poll(hass, freezer)
    assert told(hass) == set()


async def test_a_fix_while_the_account_is_not_running(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    fix: Callable[[str], Awaitable[Answer]],
) -> None:
    """It says so."""
    car.reports_capacity = False
    entry = await start()
    answer = await fix("battery_capacity_missing")
    simulator.fail("GET", LIST, status=500)
    await hass.config_entries.async_reload(entry.entry_id)
    result = await answer({"battery_capacity": 58})
    assert result["type"] == "abort"
    assert result["reason"] == "not_loaded"


async def test_a_fix_for_a_car_that_is_gone(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    fix: Callable[[str], Awaitable[Answer]],
) -> None:
    """Likewise."""
    car.reports_capacity = False
    await start()
    answer = await fix("battery_capacity_missing")
    simulator.remove_car("car-1")
    await poll(hass, freezer)
    assert (await answer({"battery_capacity": 58}))["reason"] == "not_loaded"


@pytest.mark.parametrize(
    "key", ["battery_capacity_missing", "smart_charging_unsupported"]
)
async def test_what_people_ignore_stays_ignored(
    hass: HomeAssistant,
    simulator: Simulator,
    uncontrollable: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    key: str,
) -> None:
    """While it cannot be told whether the cause is gone, nothing is taken back."""
    uncontrollable.reports_capacity = False
    entry = await start()
    await poll(hass, freezer)
    ir.async_ignore_issue(hass, DOMAIN, f"{key}_car-1", True)
    fault = simulator.fail("GET", STATUS, status=500)
    await hass.config_entries.async_reload(entry.entry_id)
    await poll(hass, freezer)
    fault.stop()
    await poll(hass, freezer)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_car-1")
    assert issue is not None
    assert issue.dismissed_version is not None
