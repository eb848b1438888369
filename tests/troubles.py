"""All failures of a request to Hiven, and the errors they cause."""

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
    """A failure, and the translation keys of the errors it causes.

    `poll` is for the list, `read` for the preferences before a write, and `put` for the
    write. `wait` is the seconds until the next poll, and `then` until the one after
    that, if they differ. `detail` is part of the log.
    """

    answer: Mapping[str, Any]
    poll: str = "poll_unexpected_answer"
    read: str | None = "unexpected_answer"
    put: str | None = "unexpected_answer"
    wait: int = POLL
    then: int | None = None
    detail: str = ""
    is_slow: bool = False
    retry_after: str | Callable[[], str] | None = None

    @property
    def second_wait(self) -> int:
        """Return the seconds from the second failed poll to the next one."""
        return self.then or self.wait

    def begin(self, simulator: Simulator, method: str, pattern: str) -> Fault:
        """Let matching requests fail."""
        header = self.retry_after() if callable(self.retry_after) else self.retry_after
        answer = dict(self.answer)
        if header is not None:
            answer["headers"] = {"Retry-After": header}
        return simulator.fail(method, pattern, **answer)


def _refused(status: int, key: str = "refused_said", **kwargs: Any) -> Trouble:
    refusal = {"read": key, "put": key, "detail": f"answered {status}", **kwargs}
    return Trouble({"status": status}, **refusal)


def _odd(body: Any, **kwargs: Any) -> Trouble:
    """Return a success with an invalid body. Reading back shows what is stored."""
    return Trouble({"body": body}, put="not_stored", **kwargs)


def _down(answer: Mapping[str, Any], **kwargs: Any) -> Trouble:
    keys = dict.fromkeys(("read", "put"), "cannot_connect")
    return Trouble(answer, **{"poll": "poll_cannot_connect", **keys, **kwargs})


def _busy(header: str | Callable[[], str] | None, **waits: int) -> Trouble:
    keys = dict.fromkeys(("read", "put"), "rate_limited")
    facts: dict[str, Any] = {"poll": "poll_rate_limited", **keys, **waits}
    return Trouble({"status": 429}, retry_after=header, **facts)


def _in_a_while() -> str:
    """Return a date 15 minutes after the next poll."""
    at = dt_util.utcnow() + timedelta(seconds=POLL + 900)
    return format_datetime(at, usegmt=True)


DEEP = b"[" * 100_000 + b"]" * 100_000

TROUBLE: dict[str, Trouble] = {
    **{f"{status}": _refused(status) for status in (400, 409, 422)},
    "401": _refused(401, "vehicle_forbidden", poll="invalid_auth"),
    "403": _refused(403, "vehicle_forbidden", poll="forbidden_said"),
    "404": _refused(404, "not_found_said", read=STORED),
    **{f"{status}": _down({"status": status}) for status in (408, 500, 502, 504)},
    "429": _busy(None, then=600), "429 seconds": _busy("900", wait=900),
    "429 date": _busy(_in_a_while, wait=900), "429 short": _busy("1"),
    "429 absurd": _busy("9" * 30, wait=HOUR), "429 negative": _busy("-900", then=600),
    "429 garbage": _busy("when it suits", then=600),
    "503": _down({"status": 503}, wait=1200, retry_after="1200"),
    "reset": _down({"kind": "reset"}),
    "reset midway": _down({"kind": "reset_midway"}, put=STORED),
    "no answer": _down({"kind": "hang"}, put="not_confirmed", is_slow=True),
    "a byte a second": _down({"kind": "drip"}, put=STORED, is_slow=True),
    "half": Trouble({"kind": "truncate"}, put=STORED, detail="not JSON"),
    "a page": Trouble({"kind": "html"}, detail="not JSON"),
    "{}": _odd({}, read=STORED, detail="no telemetry"), "[]": _odd([]), "42": _odd(42),
    "text": _odd(b'"text"', detail="not an object"), "NaN": _odd(b"NaN", read=STORED),
    "nothing": _odd(b"", read=STORED, detail="not an object"),
    "null": _odd(b"null", read=STORED), "deep": _odd(DEEP, detail="not JSON"),
    "6 MB announced": Trouble({"kind": "huge"}, detail="too large"),
    "6 MB in chunks": Trouble({"kind": "huge_chunked"}, detail="too large"),
    "redirect": Trouble({
        "status": 302, "headers": {"Location": "http://127.0.0.1:9/"}, "body": b"",
    }, detail="redirect"),
}  # fmt: skip


def each_trouble(*but: str) -> pytest.MarkDecorator:
    """Run a test with every failure, except for some."""
    rows = {name: each for name, each in TROUBLE.items() if name not in but}
    return pytest.mark.parametrize("trouble", rows.values(), ids=rows.keys())
