"""What people are told when something goes wrong."""

from datetime import timedelta
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from .api import (
    AuthenticationError,
    ForbiddenError,
    HivenConnectionError,
    HivenError,
    NotFoundError,
    RateLimitedError,
    UnexpectedAnswerError,
)
from .const import DOMAIN, LOGGER

# In seconds.
LONGEST_WAIT = 3600

_KEYS: tuple[tuple[type[HivenError], str], ...] = (
    (ForbiddenError, "forbidden"),
    (AuthenticationError, "invalid_auth"),
    (NotFoundError, "not_found"),
    (RateLimitedError, "rate_limited"),
    (HivenConnectionError, "cannot_connect"),
    (UnexpectedAnswerError, "unexpected_answer"),
    (HivenError, "refused"),
)


def error_key(err: HivenError) -> str:
    """Return the translation key that says what happened and what to do."""
    return next(key for kind, key in _KEYS if isinstance(err, kind))


def form_error(err: HivenError) -> str:
    """Return the key of what a form says; a forbidden key is a wrong key there."""
    if isinstance(err, AuthenticationError):
        return "invalid_auth"
    key = error_key(err)
    if key == "unexpected_answer":
        # The form tells people to look for this line.
        LOGGER.warning("In a dialog: %s", err)
    return key


def poll_error_key(err: HivenError) -> str:
    """Return the translation key for a list that cannot be read.

    What is said of a refused change or a lost car would not fit.
    """
    key = error_key(err)
    return "unexpected_answer" if key in ("not_found", "refused") else key


def granted_wait(err: HivenError) -> timedelta:
    """Return how long Hiven wants not to be asked: not at all, or an hour at most."""
    return timedelta(seconds=min(err.retry_after or 0, LONGEST_WAIT))


def translated[E: HomeAssistantError](
    err: HivenError, kind: type[E], *, key: str | None = None, **kwargs: Any
) -> E:
    """Return an error of Home Assistant for one of Hiven."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=key or error_key(err),
        translation_placeholders={"detail": str(err)},
        **kwargs,
    )
