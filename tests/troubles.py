"""Everything that can go wrong with an answer of Hiven, and the errors it leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from simulator import Fault, Simulator

from .home import HOUR, POLL

STORED = None
"""The error of a change that is stored after all."""


@dataclass(frozen=True)
class Trouble:
    """An answer, or none, and the translation keys of the errors it leads to.

    `poll`: when it answers the list. `read`: when it answers the preferences that
    are read before a write. `put`: when it answers the write.
    `wait`: the seconds until the next poll. `detail`: what the log says.
    """

    answer: Mapping[str, Any]
    poll: str = "unexpected_answer"
    read: str = "unexpected_answer"
    put: str | None = "unexpected_answer"
    wait: int = POLL - 1
    detail: str = ""
    is_slow: bool = False
    retry_after: str | Callable[[], str] | None = None

    def begin(self, simulator: Simulator, method: str, pattern: str) -> Fault:
        """Let requests be answered like this."""
        header = self.retry_after() if callable(self.retry_after) else self.retry_after
        answer = dict(self.answer)
        if header is not None:
            answer["headers"] = {"Retry-After": header}
        return simulator.fail(method, pattern, **answer)


def _always(answer: Mapping[str, Any], key: str, **kwargs: Any) -> Trouble:
    """Return trouble that leads to one error, except where `put` differs."""
    return Trouble(answer, key, key, **{"put": key, **kwargs})


def _refused(status: int, key: str = "refused") -> Trouble:
    detail = f"answered {status}"
    return Trouble({"status": status}, read=key, put=key, detail=detail)


def _down(answer: Mapping[str, Any], **kwargs: Any) -> Trouble:
    return _always(answer, "cannot_connect", **kwargs)


def _busy(header: str | Callable[[], str] | None, wait: int = POLL - 1) -> Trouble:
    return _always({"status": 429}, "rate_limited", wait=wait, retry_after=header)


def _in_a_while() -> str:
    """Return a date 15 minutes after the next poll."""
    at = dt_util.utcnow() + timedelta(seconds=POLL - 1 + 900)
    return format_datetime(at, usegmt=True)


DEEP = b"[" * 100_000 + b"]" * 100_000

TROUBLE: dict[str, Trouble] = {
    "400": _refused(400),
    "401": _always({"status": 401}, "invalid_auth"),
    "403": _always({"status": 403}, "forbidden"),
    "404": _refused(404, "not_found"),
    "408": _down({"status": 408}),
    "409": _refused(409),
    "422": _refused(422),
    "429": _busy(None),
    "429 seconds": _busy("900", 900),
    "429 date": _busy(_in_a_while, 900),
    "429 short": _busy("1"),
    "429 absurd": _busy("9" * 30, HOUR),
    "429 negative": _busy("-900"),
    "429 garbage": _busy("when it suits"),
    "500": _down({"status": 500}),
    "502": _down({"status": 502}),
    "503": _down({"status": 503}, wait=1200, retry_after="1200"),
    "504": _down({"status": 504}),
    "reset": _down({"kind": "reset"}),
    "reset midway": _down({"kind": "reset_midway"}, put=STORED),
    "no answer": _down({"kind": "hang"}, is_slow=True),
    "a byte a second": _down({"kind": "drip"}, put=STORED, is_slow=True),
    "half": Trouble({"kind": "truncate"}, put=STORED, detail="not JSON"),
    "a page": Trouble({"kind": "html"}, detail="not JSON"),
    "null": Trouble({"body": b"null"}, put="not_stored"),
    "[]": Trouble({"body": []}),
    "{}": Trouble({"body": {}}, detail="no telemetry"),
    "text": Trouble({"body": b'"text"'}, detail="not an object"),
    "42": Trouble({"body": 42}),
    "nothing": Trouble({"body": b""}, put="not_stored", detail="not an object"),
    "NaN": Trouble({"body": b"NaN"}),
    "deep": Trouble({"body": DEEP}, detail="not JSON"),
    "6 MB announced": Trouble({"kind": "huge"}, detail="too large"),
    "6 MB in chunks": Trouble({"kind": "huge_chunked"}, detail="too large"),
    "redirect": Trouble(
        {"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}, "body": b""},
        detail="redirect",
    ),
}


def each_trouble(*but: str) -> pytest.MarkDecorator:
    """Run a test with everything that can go wrong, except for some."""
    rows = [
        pytest.param(trouble, id=name)
        for name, trouble in TROUBLE.items()
        if name not in but
    ]
    return pytest.mark.parametrize("trouble", rows)
