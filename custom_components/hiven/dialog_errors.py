"""What a dialog says, and logs, when a call to Hiven fails."""

from .api import (
    AuthenticationError,
    ForbiddenError,
    HivenConnectionError,
    HivenError,
    RateLimitedError,
    UnexpectedAnswerError,
)
from .const import LOGGER
from .errors import error_key


def dialog_error(err: HivenError, *, asks_for_key: bool = False) -> str:
    """Return the translation key of what a form says, and log the failure."""
    LOGGER.warning("A dialog could not go on: %s", err)
    if asks_for_key and isinstance(err, (AuthenticationError, ForbiddenError)):
        return "invalid_auth"
    key = error_key(err)
    # The form has no field to enter another key.
    return "key_refused" if key == "invalid_auth" else key


def said_by(err: HivenError) -> str:
    """Return what Hiven wrote in its refusal, else its status."""
    return err.said or f"HTTP {err.status}"


def is_refusal(err: HivenError) -> bool:
    """Return whether Hiven refuses what was sent, not who sends it."""
    return not isinstance(
        err,
        (
            AuthenticationError,
            HivenConnectionError,
            RateLimitedError,
            UnexpectedAnswerError,
        ),
    )


def is_unanswered(err: HivenError) -> bool:
    """Return whether the call may have been carried out all the same."""
    return isinstance(err, (HivenConnectionError, UnexpectedAnswerError))
