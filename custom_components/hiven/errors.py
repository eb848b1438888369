"""Messages for people about what went wrong at Hiven."""

from typing import Any

from homeassistant.exceptions import HomeAssistantError

from .api import (
    AuthenticationError,
    ForbiddenError,
    GoneError,
    HivenConnectionError,
    HivenError,
    NotFoundError,
    RateLimitedError,
    UnexpectedAnswerError,
)
from .const import DOMAIN, LOGGER

_KEYS: tuple[tuple[type[HivenError], str], ...] = (
    (AuthenticationError, "invalid_auth"),
    (ForbiddenError, "forbidden"),
    (NotFoundError, "not_found"),
    (GoneError, "not_found"),
    (RateLimitedError, "rate_limited"),
    (HivenConnectionError, "cannot_connect"),
    (UnexpectedAnswerError, "unexpected_answer"),
    (HivenError, "refused"),
)
# The texts that quote what Hiven said.
_QUOTING = {
    "forbidden": "forbidden_said",
    "not_found": "not_found_said",
    "refused": "refused_said",
}


def error_key(err: HivenError) -> str:
    """Return the translation key that says what happened and what to do."""
    return next(key for kind, key in _KEYS if isinstance(err, kind))


def form_error(err: HivenError) -> str:
    """Return the key of what a form says; a forbidden key is a wrong key there."""
    if isinstance(err, AuthenticationError | ForbiddenError):
        return "invalid_auth"
    key = error_key(err)
    if key == "unexpected_answer":
        # The form asks people to look for this line.
        LOGGER.warning("In a dialog: %s", err)
    return key


def poll_error_key(err: HivenError) -> str:
    """Return the translation key for a list that cannot be read.

    The texts about a refused change or a lost car would not fit.
    """
    key = error_key(err)
    return "unexpected_answer" if key in ("not_found", "refused") else key


def vehicle_error_key(err: HivenError) -> str:
    """Return the translation key for a call about one car.

    A refusal there is the car's: its sign-in at the car maker may have ended.
    """
    if isinstance(err, AuthenticationError | ForbiddenError):
        return "vehicle_forbidden"
    return error_key(err)


def translated[E: HomeAssistantError](
    err: HivenError, kind: type[E], *, key: str | None = None, **kwargs: Any
) -> E:
    """Return an error of Home Assistant for one of Hiven."""
    key = key or error_key(err)
    return kind(
        translation_domain=DOMAIN,
        translation_key=_QUOTING.get(key, key) if err.said else key,
        translation_placeholders={"detail": str(err), "said": err.said or ""},
        **kwargs,
    )
