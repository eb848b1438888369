"""Handles a list of vehicles that cannot be read."""

from datetime import timedelta

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed

from .api import AuthenticationError, ForbiddenError, HivenError
from .errors import poll_error_key, translated
from .memory import Memory

# Ask for a new key after this many polls in a row were answered with 403.
FORBIDDEN_POLLS = 3


@callback
def async_list_failed(
    hass: HomeAssistant,
    entry: ConfigEntry,
    memory: Memory,
    err: HivenError,
    retry_after: timedelta | None,
) -> Exception:
    """Return what to raise; ask for a key if the key is refused."""
    memory.list_failed = True
    is_forbidden = isinstance(err, ForbiddenError)
    memory.forbidden_lists = memory.forbidden_lists + 1 if is_forbidden else 0
    if (
        isinstance(err, AuthenticationError)
        or memory.forbidden_lists >= FORBIDDEN_POLLS
    ):
        if entry.state is ConfigEntryState.SETUP_IN_PROGRESS:
            return translated(err, ConfigEntryAuthFailed, key="invalid_auth")
        # Not ConfigEntryAuthFailed, which ends polling: the key may work again, and
        # telemetry has to age until then.
        entry.async_start_reauth(hass)
    return translated(
        err,
        UpdateFailed,
        key=poll_error_key(err),
        retry_after=retry_after.total_seconds() if retry_after else None,
    )
