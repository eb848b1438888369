"""Diagnostics help to find a fault and tell nothing personal."""

import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import Car, Simulator

from . import API_KEY, CREDENTIAL_ID, PARTNER, USER_ID
from .actions import LIST, STATUS, pass_time
from .api.cars import LOCATION, add_full_car, secrets_of
from .platforms import Start


async def dump_of(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> dict[str, Any]:
    """Return what people would attach to a report."""
    dump = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert isinstance(dump, dict)
    return dump


def told(dump: dict[str, Any], car: Car, simulator: Simulator) -> list[str]:
    """Return the secrets that stand in a dump."""
    text = json.dumps(dump, ensure_ascii=False)
    secrets = {
        API_KEY,
        CREDENTIAL_ID,
        PARTNER,
        car.name,
        simulator.accounts[USER_ID].partner_id,
        str(LOCATION["city"]),
        *secrets_of(car),
    }
    return [secret for secret in secrets if secret in text]


async def test_they_hold_what_was_read(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    hass_client: ClientSessionGenerator,
) -> None:
    """All of it but who, which car, and where."""
    car = add_full_car(simulator)
    dump = await dump_of(hass, hass_client, await start())
    assert not told(dump, car, simulator)
    assert dump["last_update_success"] is True
    assert dump["last_error"] is None
    assert dump["entry"]["domain"] == "hiven"
    (vehicle,) = dump["vehicles"].values()
    assert vehicle["attributes"]["model"] == "ID.4"
    assert vehicle["attributes"]["year"] == 2023
    assert vehicle["attributes"]["vin"] == "**REDACTED**"
    assert vehicle["status"]["battery_capacity"] == 77.0
    preferences = vehicle["preferences"]
    assert preferences["charging_behavior"] == "SMART_CHARGE_AT_LOCATION"
    assert preferences["week_day_ready_times"]["SUNDAY"] == "00:00:00"
    assert preferences["minimal_soc"] == {"value": 120.0, "unit": "KM"}
    (location,) = preferences["charging_locations"]
    assert location["spot_price_area_id"] == "FI"
    for name in ("latitude", "longitude", "postal_code", "country_code"):
        assert location[name] == "**REDACTED**"


async def test_they_tell_the_last_error(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    hass_client: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    """With its endpoint and field, without what stood there."""
    car = add_full_car(simulator)
    entry = await start()
    simulator.fail("GET", LIST, status=429, body={"message": car.vin})
    await pass_time(hass, freezer, minutes=5)
    dump = await dump_of(hass, hass_client, entry)
    assert dump["last_update_success"] is False
    assert dump["last_error"] == "GET /v2/hiven/devices: answered 429"
    assert len(dump["vehicles"]) == 1
    assert not told(dump, car, simulator)


async def test_a_car_that_was_never_reached_is_there_too(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    hass_client: ClientSessionGenerator,
) -> None:
    """Without telemetry and preferences."""
    car = add_full_car(simulator)
    car.preferences = None
    simulator.fail("GET", STATUS, status=500)
    dump = await dump_of(hass, hass_client, await start())
    (vehicle,) = dump["vehicles"].values()
    assert vehicle["status"] is vehicle["preferences"] is None
    assert not told(dump, car, simulator)
