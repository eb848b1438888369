"""What the tests of the dialogs share: answers, faults, and a look at stored keys."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.hiven.const import DOMAIN
from simulator import Fault

from . import OTHER_CREDENTIAL_ID, OTHER_USER_ID, turn
from .dialog import Dialog

type Start = Callable[[], Awaitable[MockConfigEntry]]

ANYWHERE = {
    "charging_behavior": "smart_charge_anywhere",
    "target_soc": 90,
    "ready_time": "06:30:45",
}
LATER = {"charging_behavior": "later"}

OTHER_KEY = "key-of-another-user"

REDIRECT_URI = "https://example.com/auth/external/callback"
# Nobody listens there.
NOWHERE = "http://127.0.0.1:9"

SIGN_IN = "/v1/hiven/devices/smartcar/authorization-url"
CONNECT = "/v1/hiven/devices/smartcar/connect"
LIST = "/v2/hiven/devices"
DETAILS = "/v2/hiven/devices/*"
PREFERENCES = "/v2/hiven/devices/*/ev-preferences"
STATUS = "/v1/hiven/devices/*/status"
MODELS = "/v2/hiven/vehicles/smartcar/capabilities"


@dataclass(frozen=True)
class Trouble:
    """Something that goes wrong at Hiven, and the key of what a form says then."""

    fault: Mapping[str, Any]
    told: str

    def begin(self, dialog: Dialog, method: str, path: str) -> Fault:
        """Let it go wrong until it is stopped."""
        return dialog.fail(method, path, **self.fault)


_TROUBLES = {
    "wrong key": Trouble({"status": 401}, "key_refused"),
    "forbidden": Trouble({"status": 403}, "forbidden"),
    "not found": Trouble({"status": 404}, "not_found"),
    "refused": Trouble({"status": 400}, "refused"),
    "too many requests": Trouble({"status": 429}, "rate_limited"),
    "failure": Trouble({"status": 500}, "cannot_connect"),
    "reset": Trouble({"kind": "reset"}, "cannot_connect"),
    "no JSON": Trouble({"kind": "html"}, "unexpected_answer"),
}
REFUSALS = ("forbidden", "not_found", "refused")


def each_trouble(*but: str, **instead: str) -> pytest.MarkDecorator:
    """Run a test with each `trouble`.

    Leaves out those of which a form says one of `but`; `instead` is what it says in
    place of something else.
    """
    return pytest.mark.parametrize(
        "trouble",
        [
            pytest.param(replace(each, told=instead.get(each.told, each.told)), id=name)
            for name, each in _TROUBLES.items()
            if each.told not in but
        ],
    )


# A form with a field for the key takes both for a wrong key.
each_key_trouble = each_trouble(key_refused="invalid_auth", forbidden="invalid_auth")


def settings(
    behavior: str, target: float | None = None, ready_time: str | None = None
) -> dict[str, Any]:
    """Return preferences as Hiven writes them."""
    found: dict[str, Any] = {"chargingBehavior": f"SMART_CHARGE_{behavior}"}
    if target is not None:
        found["targetSoC"] = {"value": target, "unit": "PERCENT"}
    return found | ({"readyTime": ready_time} if ready_time else {})


def is_running(entry: ConfigEntry) -> bool:
    """Return whether an account is set up."""
    return entry.state is ConfigEntryState.LOADED


async def store_key(
    hass: HomeAssistant, user_id: str = OTHER_USER_ID, api_key: str = OTHER_KEY
) -> None:
    """Store one more key."""
    await hass.data[DATA_COMPONENT].async_create_item(
        {"domain": DOMAIN, "client_id": user_id, "client_secret": api_key}
    )


def forget_keys(hass: HomeAssistant) -> None:
    """Lose all keys, as by a backup that is restored in part."""
    hass.data[DATA_COMPONENT].data.clear()


def add_other_account(hass: HomeAssistant) -> MockConfigEntry:
    """Add the account of another user, whose key is stored."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id=OTHER_USER_ID,
        data={"auth_implementation": OTHER_CREDENTIAL_ID},
    )
    entry.add_to_hass(hass)
    return entry


async def while_time_passes[T](
    hass: HomeAssistant, action: Coroutine[Any, Any, T]
) -> T:
    """Do something that waits by Home Assistant's clock, a second at a time."""
    task = asyncio.ensure_future(action)
    now = dt_util.utcnow()
    async with asyncio.timeout(10):
        while not task.done():
            now += timedelta(seconds=1)
            async_fire_time_changed(hass, now)
            for _ in range(100):
                await turn()
    return task.result()
