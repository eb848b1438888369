"""Problems at Hiven, one at a time."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator.traffic import Kind
from tools.calls import LIST, MODELS, PREFERENCES, STATUS

KINDS: tuple[Kind, ...] = ("reset", "reset_midway", "truncate", "html", "huge")
STATUSES = (400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504)
NONSENSE: tuple[Any, ...] = ([], {}, b"null", "soon", [1], [{}], b"\xff", [[None]])
LIST_AND_DETAILS = f"{LIST}*"
WAITS = ("0", "900", "86400", "soon", "Wed, 01 Jan 2031 00:00:00 GMT")


@dataclass(frozen=True)
class Trouble:
    """A problem that lasts for some polls.

    `how` is passed to `Simulator.fail`; with `seconds`, the answer is slow instead.
    With `with_edit`, it occurs once, during a change.
    """

    method: str
    pattern: str
    how: dict[str, Any] = field(default_factory=dict)
    seconds: int = 0
    with_edit: bool = False


def _reading() -> list[Trouble]:
    """Return the problems of polls."""
    hows: list[dict[str, Any]] = [
        *({"status": status} for status in STATUSES),
        *({"kind": kind} for kind in KINDS),
        *({"body": body} for body in NONSENSE),
        *({"status": 429, "headers": {"Retry-After": wait}} for wait in WAITS),
        {"status": 503, "headers": {"Retry-After": "1200"}},
    ]
    of_cars: list[dict[str, Any]] = [
        *({"status": status} for status in (401, 403, 404, 500)),
        *({"kind": "reset"}, {"kind": "html"}, {"body": {}}, {"body": b"null"}),
        {"status": 429, "headers": {"Retry-After": "900"}},
    ]
    models: list[dict[str, Any]] = [{"status": 500}, {"body": {}}, {"kind": "reset"}]
    return [
        *(Trouble("GET", LIST, how) for how in hows),
        *(Trouble("GET", STATUS, how) for how in of_cars),
        *(Trouble("GET", MODELS, how) for how in models),
        Trouble("GET", LIST_AND_DETAILS, {"body": []}),
        *(
            Trouble("GET", pattern, seconds=seconds)
            for pattern in (LIST, STATUS)
            for seconds in (5, 25, 31, 90)
        ),
    ]


def _writing() -> list[Trouble]:
    """Return the problems of changes."""
    writes: list[dict[str, Any]] = [
        *({"status": status} for status in (400, 401, 403, 409, 422, 429, 500, 503)),
        *({"status": 500, "apply": True}, {"status": 504, "apply": True}),
        *({"kind": "reset"}, {"kind": "reset", "apply": True}),
        *({"kind": "html", "apply": True}, {"kind": "reset_midway"}),
    ]
    reads: list[dict[str, Any]] = [
        *({"status": 500}, {"body": {}}, {"kind": "reset"}, {"kind": "truncate"}),
    ]
    return [
        *(Trouble("PUT", PREFERENCES, how, with_edit=True) for how in writes),
        *(Trouble("GET", PREFERENCES, how, with_edit=True) for how in reads),
        *(
            Trouble(method, PREFERENCES, seconds=seconds, with_edit=True)
            for method in ("GET", "PUT")
            for seconds in (10, 31)
        ),
    ]


def shuffled(random: Random, number: int) -> list[Trouble]:
    """Return problems in random order; all occur before one repeats."""
    troubles: list[Trouble] = []
    while len(troubles) < number:
        all_of_them = [*_reading(), *_writing()]
        random.shuffle(all_of_them)
        troubles += all_of_them
    return troubles[:number]
