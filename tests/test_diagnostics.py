"""Diagnostics help to find a fault and hold nothing personal."""

import json
from typing import Any

from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from . import API_KEY, CREDENTIAL_ID, PARTNER, USER_ID
from .actions import LIST
from .api.cars import LOCATION, secrets_of
from .home import Home, with_full_car

pytestmark = with_full_car


async def dump_of(home: Home, browser: ClientSessionGenerator) -> dict[str, Any]:
    """Return what people attach to a report, after a look for secrets."""
    dump = await get_diagnostics_for_config_entry(home.hass, browser, home.entry)
    assert isinstance(dump, dict)
    text = json.dumps(dump, ensure_ascii=False)
    for secret in {
        API_KEY,
        CREDENTIAL_ID,
        PARTNER,
        home.car.name,
        home.simulator.accounts[USER_ID].partner_id,
        str(LOCATION["city"]),
        *secrets_of(home.car),
    }:
        assert secret not in text
    return dump


async def test_they_hold_what_was_read(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    """All of it except who, which car, and where."""
    await home.start()
    dump = await dump_of(home, hass_client)
    assert dump["last_update_success"] is True
    assert dump["last_error"] is None
    assert dump["entry"]["domain"] == "hiven"
    (car,) = dump["vehicles"].values()
    attributes = car["vehicle"]["attributes"]
    assert attributes["model"] == "ID.4"
    assert attributes["year"] == 2023
    assert attributes["vin"] == "**REDACTED**"
    assert car["status"]["battery_capacity"] == 77.0
    preferences = car["preferences"]
    assert preferences["charging_behavior"] == "SMART_CHARGE_AT_LOCATION"
    assert preferences["week_day_ready_times"]["SUNDAY"] == "00:00:00"
    assert preferences["minimum_soc"] == {"value": 120.0, "unit": "KM"}
    (location,) = preferences["charging_locations"]
    assert location["spot_price_area_id"] == "FI"
    for name in ("latitude", "longitude", "postal_code", "country_code"):
        assert location[name] == "**REDACTED**"


async def test_they_hold_the_last_error(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    """With its endpoint and field, without the value."""
    await home.start()
    home.simulator.fail("GET", LIST, status=429, body={"message": home.car.vin})
    await home.poll()
    dump = await dump_of(home, hass_client)
    assert dump["last_update_success"] is False
    assert dump["last_error"] == "GET /v2/hiven/devices: answered 429"
    assert len(dump["vehicles"]) == 1


async def test_a_car_that_was_never_reached_is_there_too(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    """Without telemetry and preferences."""
    home.car.preferences = None
    home.simulator.fail("GET", f"/*/{home.car.id}/*", status=500)
    await home.start()
    (car,) = (await dump_of(home, hass_client))["vehicles"].values()
    assert car["status"] is car["preferences"] is None
