"""Answers, paths and failures for the tests of the dialogs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from simulator import Fault

from . import NEW_KEY, OTHER_CREDENTIAL_ID, USER_ID, Json
from .dialog import Dialog
from .home import Home

ANYWHERE = {
    "charging_behavior": "smart_charge_anywhere", "target_soc": 90,
    "ready_time": "06:30:45",
}  # fmt: skip
LATER = {"charging_behavior": "later"}

REDIRECT_URI = "https://example.com/auth/external/callback"
# No server listens at this address.
NOWHERE = "http://127.0.0.1:9"

SIGN_IN = "/v1/hiven/devices/smartcar/authorization-url"
CONNECT = "/v1/hiven/devices/smartcar/connect"
DETAILS = "/v2/hiven/devices/*"
MODELS = "/v2/hiven/vehicles/smartcar/capabilities"


@dataclass(frozen=True)
class Trouble:
    """A failure at Hiven, and the key of the error that a form shows."""

    fault: Mapping[str, Any]
    error: str

    def begin(self, dialog: Dialog, method: str, path: str) -> Fault:
        return dialog.fail(method, path, **self.fault)

    async def hit(self, dialog: Dialog, method: str, path: str, **typed: Any) -> None:
        """Submit a form during the failure: it shows the error and keeps the input."""
        step, failing = dialog.step, self.begin(dialog, method, path)
        await dialog.submit(**typed)
        assert dialog.error == self.error
        assert typed.items() <= dialog.filled_in.items()
        assert dialog.step == step
        failing.stop()


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
    """Run a test with each failure, except those with an error in `but`.

    `instead` maps an error to the one that the form shows.
    """
    troubles = [
        pytest.param(replace(each, error=instead.get(each.error, each.error)), id=name)
        for name, each in _TROUBLES.items()
        if each.error not in but
    ]
    return pytest.mark.parametrize("trouble", troubles)


# A form that asks for a key shows both as a wrong key.
each_key_trouble = each_trouble(key_refused="invalid_auth", forbidden="invalid_auth")

# Problems with the key of an account, and the error that a form shows.
BAD_KEYS = {
    "refused": "invalid_auth", "deleted": "key_missing",
    "of another user": "key_of_another_user",
}  # fmt: skip
each_bad_key = pytest.mark.parametrize("problem", BAD_KEYS)


async def spoil_key(dialog: Dialog, home: Home, problem: str) -> None:
    """Change the key at Hiven, and cause a problem with the account's key."""
    home.simulator.add_account(USER_ID, NEW_KEY)
    if problem == "deleted":
        dialog.forget_keys()
    if problem == "of another user":
        await dialog.store_key()
        data = {"auth_implementation": OTHER_CREDENTIAL_ID}
        home.hass.config_entries.async_update_entry(home.entry, data=data)


def settings(behavior: str, target: float | None = None, at: str | None = None) -> Json:
    found: Json = {"chargingBehavior": f"SMART_CHARGE_{behavior}"}
    if target is not None:
        found["targetSoC"] = {"value": target, "unit": "PERCENT"}
    return found | ({"readyTime": at} if at else {})
