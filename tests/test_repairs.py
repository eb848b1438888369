"""Repair issues: what prevents smart charging, and how it is fixed."""

from datetime import timedelta
from http import HTTPStatus
from string import Formatter
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hiven.const import DOMAIN

from . import Json
from .actions import LIST, PREFERENCES, READY_TIME, STATUS
from .home import Home
from .repository import LANGUAGES

MODELS = "/v2/hiven/vehicles/smartcar/capabilities"
TEXTS = LANGUAGES["en"]["issues"]
CAPACITY = "battery_capacity_missing"
TIME = "ready_time_missing"
SIGN_IN = "sign_in_again"
UNSUPPORTED = "smart_charging_unsupported"


def issues(home: Home) -> set[str]:
    every = ir.async_get(home.hass).issues.values()
    found = [issue for issue in every if issue.domain == DOMAIN]
    for issue in found:
        text = TEXTS[issue.translation_key]
        assert ("fix_flow" in text) is issue.is_fixable
        shown = text["title"] + text.get("description", "")
        check(shown, issue.translation_placeholders)
    return {issue.issue_id.removesuffix("_car-1") for issue in found}


def check(text: str, placeholders: dict[str, str] | None) -> None:
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    assert names <= (placeholders or {}).keys()


class Fix:
    """The dialog that fixes an issue."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self._client = client

    async def open(self, key: str) -> Json:
        self._texts, self._url = TEXTS[key]["fix_flow"], "/api/repairs/issues/fix"
        return await self._post({"handler": DOMAIN, "issue_id": f"{key}_car-1"})

    async def submit(self, **answers: Any) -> Json:
        return await self._post(answers)

    async def _post(self, data: Json) -> Json:
        response = await self._client.post(self._url, json=data)
        assert response.status == HTTPStatus.OK
        result: Json = await response.json()
        self._url = f"/api/repairs/issues/fix/{result['flow_id']}"
        match result["type"]:
            case "form":
                step = self._texts["step"][result["step_id"]]
                fields = {field["name"] for field in result["data_schema"]}
                assert step["data"].keys() == fields
                text = step["title"] + step.get("description", "")
                for error in (result["errors"] or {}).values():
                    text += self._texts["error"][error]
                check(text, result["description_placeholders"])
            case "abort":
                assert result["reason"] in self._texts["abort"]
        return result


@pytest.fixture
async def fix(home: Home, hass_client: ClientSessionGenerator) -> Fix:
    assert await async_setup_component(home.hass, REPAIRS, {})
    return Fix(await hass_client())


async def test_what_is_missing_is_entered(home: Home, fix: Fix) -> None:
    home.car.reports_capacity = False
    home.edit(readyTime=None)
    await home.start()
    assert issues(home) == {CAPACITY, TIME}
    await fix.open(TIME)
    fault = home.simulator.fail("PUT", PREFERENCES, status=500)
    form = await fix.submit(ready_time="06:45:00")
    assert form["errors"] == {"base": "not_stored"}
    assert "does not answer" in form["description_placeholders"]["problem"]
    assert home.log[-1].startswith("A dialog could not store a change")
    fault.stop()
    done = await fix.submit(ready_time="06:45:00")
    assert done["type"] == "create_entry"
    assert home.held["readyTime"] == "06:45"
    assert issues(home) == {CAPACITY}
    form = await fix.open(CAPACITY)
    assert form["step_id"] == "missing"
    assert form["description_placeholders"]["vehicle"] == "Family car"
    [field] = form["data_schema"]
    assert not field["required"]
    assert "default" not in field
    for answer in ({}, {"battery_capacity": 4.9}, {"battery_capacity": 250.5}):
        form = await fix.submit(**answer)
        assert form["errors"] == {"base": "out_of_range"}
    done = await fix.submit(battery_capacity=250)
    assert done["type"] == "create_entry"
    assert home.held["batteryCapacity"] == 250
    assert issues(home) == set()


async def test_what_is_missing_comes_by_itself(home: Home) -> None:
    home.car.reports_capacity = False
    home.edit(readyTime=None)
    await home.start()
    assert issues(home) == {CAPACITY, TIME}
    await home.set_time(READY_TIME, "07:00")
    assert issues(home) == {CAPACITY}
    home.car.reports_capacity = True
    await home.poll()
    assert issues(home) == set()


@pytest.mark.parametrize("preferences", [
    None, {"chargingBehavior": "SMART_CHARGE_OFF"},
    {"chargingBehavior": "SMART_CHARGE_ANYWHERE",
     "weekDaySpecificReadyTimes": {"MONDAY": "00:00"}},
    # A value that was not understood is not missing.
    {"chargingBehavior": "PAUSED", "batteryCapacity": "large"},
])  # fmt: skip
async def test_no_ready_time_is_missing(home: Home, preferences: Any) -> None:
    home.car.preferences = preferences
    home.car.reports_capacity = not preferences or "batteryCapacity" not in preferences
    await home.start()
    assert issues(home) == set()


async def test_telemetry_stale(home: Home) -> None:
    home.car.telemetry_at = dt_util.utcnow() - timedelta(days=6, hours=23, minutes=58)
    await home.start()
    assert issues(home) == set()
    await home.pass_time(hours=1)
    assert issues(home) == {"telemetry_stale"}
    home.car.telemetry_at = None
    await home.poll()
    assert issues(home) == set()


def make_uncontrollable(home: Home) -> None:
    model = {
        "make": "Volkswagen", "model": "id.4", "type": "BEV",
        "yearRange": {"start": 2021, "end": 2025}, "capabilities": ["READ_LOCATION"],
    }  # fmt: skip
    home.simulator.fail("GET", MODELS, body=[model])


@pytest.mark.parametrize(("facts", "found"), [
    ({}, {UNSUPPORTED}), ({"model": "ID.3"}, set()), ({"year": 2019}, set()),
])  # fmt: skip
async def test_unsupported(home: Home, facts: Json, found: set[str]) -> None:
    make_uncontrollable(home)
    for name, value in facts.items():
        setattr(home.car, name, value)
    await home.start()
    await home.poll()
    assert issues(home) == found
    home.car.associated_charger_ids = ["charger-1"]
    await home.poll()
    assert issues(home) == set()


@pytest.mark.parametrize(
    ("engine", "found"), [("BEV", set()), ("PHEV", {UNSUPPORTED}), ("", set())]
)
async def test_a_model_with_two_rows(home: Home, engine: str, found: set[str]) -> None:
    """Every row that fits the car has to lack start and stop, as the hybrid's does."""
    home.simulator.speak("models_doubled")
    home.car.engine_type = engine
    await home.start()
    assert issues(home) == found


@pytest.mark.parametrize("dialect", ["car_401", "car_403"])
async def test_sign_in_again(home: Home, dialect: str) -> None:
    """Three polls have to refuse this car alone."""
    home.simulator.speak(dialect)
    await home.start()
    home.car.signed_out = True
    for refused in range(4):
        assert issues(home) == ({SIGN_IN} if refused == 3 else set())
        # Another failure in between does not count.
        home.simulator.fail("GET", STATUS, status=500, times=1)
        await home.poll(2)
    ir.async_ignore_issue(home.hass, DOMAIN, f"{SIGN_IN}_car-1", True)
    await home.reload()
    assert issues(home) == {SIGN_IN}
    for action in ("get_charging_plan", "get_vehicle_capabilities"):
        await home.ask(f"hiven.{action}", device_id=READY_TIME)
    assert home.reauths == 0
    home.car.signed_out = False
    await home.poll()
    assert issues(home) == set()


async def test_the_model_list_is_read_once_a_day(home: Home) -> None:
    """It is read every hour while it cannot be read."""
    fault = home.simulator.fail("GET", MODELS, status=500)
    await home.start()
    await home.poll(24)
    assert fault.hits == 3
    fault.stop()
    await home.poll(60, after=1800)
    assert home.simulator.count("GET", MODELS) - fault.hits == 2


@pytest.mark.parametrize("gone", ["car", "entry", "id", "disabled", "disabled later"])
async def test_issues_go_with_their_car_and_entry(home: Home, gone: str) -> None:
    home.car.reports_capacity = False
    await home.start()
    assert issues(home)
    if gone == "entry":
        await home.hass.config_entries.async_remove(home.entry.entry_id)
    elif gone.startswith("disabled"):
        if gone == "disabled later":
            # An account that retries its setup is not unloaded.
            home.simulator.fail("GET", LIST, status=500)
            await home.reload()
        by = ConfigEntryDisabler.USER
        await home.hass.config_entries.async_set_disabled_by(home.entry.entry_id, by)
    else:
        home.simulator.remove_car("car-1")
        if gone == "id":
            home.add_car(9, "Family car", vin=home.car.vin)
        await home.poll(3)
    assert issues(home) == set()


@pytest.mark.parametrize(
    ("gone", "reason"), [("car", "vehicle_gone"), ("account", "not_loaded")]
)
async def test_a_fix_too_late(home: Home, fix: Fix, gone: str, reason: str) -> None:
    home.car.reports_capacity = False
    await home.start()
    await fix.open(CAPACITY)
    if gone == "car":
        home.simulator.remove_car("car-1")
        await home.poll(3)
    else:
        home.simulator.fail("GET", LIST, status=500)
        await home.reload()
    result = await fix.submit(battery_capacity=58)
    assert (result["type"], result["reason"]) == ("abort", reason)


@pytest.mark.parametrize("key", [CAPACITY, UNSUPPORTED])
async def test_what_people_ignore_stays_ignored(home: Home, key: str) -> None:
    make_uncontrollable(home)
    home.car.reports_capacity = False
    await home.start()
    await home.poll()
    ir.async_ignore_issue(home.hass, DOMAIN, f"{key}_car-1", True)
    fault = home.simulator.fail("GET", STATUS, status=500)
    await home.reload()
    await home.poll()
    fault.stop()
    await home.poll()
    issue = ir.async_get(home.hass).async_get_issue(DOMAIN, f"{key}_car-1")
    assert issue is not None
    assert issue.dismissed_version is not None
