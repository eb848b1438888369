"""Errors of Hiven: their translated messages, and how to do without an answer."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

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
# The variants of texts that quote Hiven.
_QUOTING = {
    "forbidden": "forbidden_said",
    "not_found": "not_found_said",
    "refused": "refused_said",
}


def error_key(err: HivenError) -> str:
    """Return the translation key of a message for an error."""
    return next(key for kind, key in _KEYS if isinstance(err, kind))


def form_error(err: HivenError, *, asks_for_key: bool = False) -> str:
    """Log an error, and return the translation key of its message in a form."""
    LOGGER.warning("A request from a dialog failed: %s", err)
    if isinstance(err, AuthenticationError | ForbiddenError) and asks_for_key:
        return "invalid_auth"
    if isinstance(err, AuthenticationError):
        # The form has no field for a new key.
        return "key_refused"
    return error_key(err)


@contextmanager
def tolerated(problem: str) -> Generator[None]:
    """Ignore an error of Hiven, except for a line in the debug log."""
    try:
        yield
    except HivenError as err:
        LOGGER.debug("%s: %s", problem, err)


def said_by(err: HivenError) -> str:
    """Return the text of a refusal, else its status."""
    return err.said or f"HTTP {err.status}"


def is_refusal(err: HivenError) -> bool:
    """Return whether Hiven refuses the request itself, not the key or user."""
    return not is_unanswered(err) and not isinstance(
        err, AuthenticationError | RateLimitedError
    )


def is_unanswered(err: HivenError) -> bool:
    """Return whether Hiven may have carried out the request despite the error."""
    return isinstance(err, HivenConnectionError | UnexpectedAnswerError)


def poll_error_key(err: HivenError) -> str:
    """Return the translation key for an error of the list.

    The other texts are about a change or a car, or ask the user to try again. Here,
    Home Assistant tries again.
    """
    match error_key(err):
        case "cannot_connect":
            return "poll_cannot_connect"
        case "rate_limited":
            return "poll_rate_limited"
        case "not_found" | "refused" | "unexpected_answer":
            return "poll_unexpected_answer"
        case key:
            return key


def vehicle_error_key(err: HivenError) -> str:
    """Return the translation key for an error of a call about one car.

    A refusal (401, 403) concerns the car: its sign-in at the car maker may have
    expired.
    """
    if isinstance(err, AuthenticationError | ForbiddenError):
        return "vehicle_forbidden"
    return error_key(err)


def translated[E: HomeAssistantError](
    err: HivenError, kind: type[E], *, key: str | None = None, **kwargs: Any
) -> E:
    """Return Home Assistant's error for an error of Hiven."""
    key = key or error_key(err)
    return kind(
        translation_domain=DOMAIN,
        translation_key=_QUOTING.get(key, key) if err.said else key,
        translation_placeholders={"detail": str(err), "said": err.said or ""},
        **kwargs,
    )


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return an error that says what is wrong with a request."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
