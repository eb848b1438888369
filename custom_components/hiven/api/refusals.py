"""Turns a refusal of Hiven into an error without anything personal."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
import json
import re
from typing import Any
from urllib.parse import quote

from .errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    GoneError,
    HivenError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    ServerError,
)

MAX_REFUSAL_BYTES = 4096
_MAX_SAID = 200
_MASK = "***"
# Shorter secrets are masked only as whole words.
_LONG = 4

_ERRORS: dict[int, type[HivenError]] = {
    HTTPStatus.BAD_REQUEST: InvalidRequestError,
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.REQUEST_TIMEOUT: ServerError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.GONE: GoneError,
    HTTPStatus.UNPROCESSABLE_ENTITY: InvalidRequestError,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimitedError,
}

_PERSONAL = re.compile(
    r"""
      [\w.+%-]+@[\w-]+(\.[\w-]+)+                               # e-mail address
    | [0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}               # UUID
    | \b(?=[a-z]*\d)[a-hj-npr-z\d]{17}\b                        # VIN
    | \b(?=[a-z_-]*\d)[\w-]{20,}                                # another id, a token
    | -?\d{1,3}\.\d+ \s*[,;/\s]\s* -?\d{1,3}\.\d+               # coordinates
    | -?\d{1,3}\.\d{3,}                                         # one of them
    | \b(lat|lon|lng)[a-z]*\W{0,3}-?\d+(\.\d+)?
    """,
    re.VERBOSE | re.IGNORECASE,
)


def refusal(
    endpoint: str, status: int, *, retry_after: str | None, said: str | None
) -> HivenError:
    """Return the error for a status of 400 or more."""
    default = ServerError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else HivenError
    return _ERRORS.get(status, default)(
        endpoint,
        f"answered {status}",
        status=status,
        retry_after=_seconds(retry_after),
        said=said,
    )


def said_in(raw: bytes, secrets: Iterable[str]) -> str | None:
    """Return the text in the body of a refusal, masked; None if there is none.

    `raw` has at most MAX_REFUSAL_BYTES. `secrets` and everything that looks
    personal are masked.
    """
    text = raw.decode(errors="replace")
    try:
        texts = list(_texts(json.loads(text)))
    except RecursionError, ValueError:
        # Do not show a page, or half of an object.
        texts = [] if text.lstrip()[:1] in "<{[" else [text]
        if len(raw) >= MAX_REFUSAL_BYTES:
            # The last word may be part of a secret.
            texts = [" ".join(each.split()[:-1]) for each in texts]
    # Control characters and line ends do not belong in a log or a dialog.
    printable = "".join(c if c.isprintable() else " " for c in "; ".join(texts))
    shown = masked(" ".join(printable.split()), secrets)
    return shown[:_MAX_SAID] or None


def _texts(value: Any, depth: int = 3) -> Iterator[str]:
    """Yield the texts of a message, which may be text, a list or an object."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, list):
        for item in value:
            yield from _texts(item, depth - 1)
    elif depth and isinstance(value, dict):
        for key in ("message", "error", "detail"):
            if texts := [text for text in _texts(value.get(key), depth - 1) if text]:
                yield from texts
                return


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return a text in which secrets and everything that looks personal are masked."""
    for secret in sorted(secrets, key=len, reverse=True):
        for spelling in {" ".join(secret.split()), quote(secret, safe="")} - {""}:
            pattern = re.escape(spelling)
            if len(spelling) < _LONG:
                pattern = rf"(?<!\w){pattern}(?!\w)"
            text = re.sub(pattern, _MASK, text, flags=re.IGNORECASE)
    return _PERSONAL.sub(_MASK, text)


def _seconds(header: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which holds seconds or a date."""
    if header is None:
        return None
    if header.strip().isdecimal():
        # More digits than a float can store still mean "long".
        return float(header.strip()[:12])
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
