"""Diagnostics help to find a fault and contain no personal data."""

import json
from typing import Any

from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from . import API_KEY, CREDENTIAL_ID, PARTNER, USER_ID
from .actions import LIST, PREFERENCES, STATE_OF_CHARGE, TARGET
from .api.cars import LOCATION, LOCATION_ID, secrets_of
from .home import Home, error_of, with_full_car

pytestmark = with_full_car


async def dump_of(home: Home, browser: ClientSessionGenerator) -> dict[str, Any]:
    """Return the diagnostics, and check that they contain no secrets."""
    dump = await get_diagnostics_for_config_entry(home.hass, browser, home.entry)
    assert isinstance(dump, dict)
    text = json.dumps(dump, ensure_ascii=False)
    hidden = {API_KEY, CREDENTIAL_ID, PARTNER, LOCATION_ID, str(LOCATION["city"])}
    hidden |= {home.car.name, home.simulator.accounts[USER_ID].partner_id}
    assert not [each for each in hidden | secrets_of(home.car) if each in text]
    return dump


async def test_what_was_read(home: Home, hass_client: ClientSessionGenerator) -> None:
    """They contain everything except who, which car, and where."""
    await home.start()
    dump = await dump_of(home, hass_client)
    assert dump["last_update_success"] is True
    assert dump["last_error"] is None
    assert dump["entry"]["domain"] == "hiven"
    (car,) = dump["vehicles"].values()
    attributes = car["vehicle"]["attributes"]
    assert (attributes["model"], attributes["year"]) == ("ID.4", 2023)
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
    # An error names the endpoint, but does not repeat what Hiven says.
    home.simulator.fail("GET", LIST, status=429, body={"message": home.car.vin})
    await home.poll()
    dump = await dump_of(home, hass_client)
    assert dump["last_update_success"] is False
    assert dump["last_error"] == "GET /v2/hiven/devices: answered 429"
    assert len(dump["vehicles"]) == 1


async def test_an_unread_car(home: Home, hass_client: ClientSessionGenerator) -> None:
    home.car.preferences = None
    home.car.unplug()
    fault = home.simulator.fail("GET", f"/*/{home.car.id}/*", status=500)
    await home.start()
    (car,) = (await dump_of(home, hass_client))["vehicles"].values()
    assert car["status"] is car["preferences"] is None
    assert home.shown(STATE_OF_CHARGE) == "unavailable"
    fault.stop()
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "50.0"


async def test_hivens_answers(home: Home, hass_client: ClientSessionGenerator) -> None:
    home.simulator.speak("put_replaces")
    home.edit(chargingBehavior=home.car.vin)
    await home.start()
    home.edit(chargingBehavior="SMART_CHARGE_OFF")
    await home.set_number(TARGET, 90)
    refusal = {"message": f"{home.car.name}, {home.car.vin}: is not yours"}
    home.simulator.fail("PUT", PREFERENCES, status=403, body=refusal)
    await error_of(home.set_number(TARGET, 91))
    busy = f"{home.car.name} is busy"
    home.simulator.fail("GET", LIST, status=500, body={"message": busy})
    await home.reload()
    assert not home.is_loaded()
    dump = await dump_of(home, hass_client)
    assert "vehicles" not in dump
    hiven = dump["hiven"]
    assert hiven["not_understood"] == [{
        "endpoint": "GET /v2/hiven/devices", "found": "string",
        "field": "[].settings.chargingPreferences.chargingBehavior",
    }]  # fmt: skip
    assert hiven["learned"] == ["preferences: a write replaces all"]
    refused, failed = hiven["refusals"]
    assert (refused["status"], refused["said"]) == (403, "***, ***: is not yours")
    assert (failed["status"], failed["said"]) == (500, "*** is busy")
    assert failed["endpoint"] == "GET /v2/hiven/devices"
    calls = hiven["calls_of_the_last_day"]
    assert calls["GET /v2/hiven/devices"] == home.polls
    assert sum(calls.values()) == len(home.simulator.requests)
