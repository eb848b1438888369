"""The budgets for the figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .cloud import AT_ONCE
from .figures import CARS, FEW, MANY, ONCE, SOME, Figures

POLLS = ("nothing changed", "one changed", "all changed")
# The limit, as a multiple of plain sensors.
MOST_TIMES_PLAIN = 1.25
# The longest turn of the event loop, in ms of CPU.
MOST_HELD = {FEW: 20, SOME: 20, MANY: 60}
# The states that change: state of charge, range, and when the car reported.
STATES_A_MOVE = 3
MOST_OF_COMMUTERS = {
    "two commuters, calls a day: telemetry": 350,
    "two commuters, calls a day: list": 250,
    "two commuters, minutes until a report shows, mean": 2.5,
    "two commuters, minutes until a report shows, latest": 15,
    "two commuters, minutes until a planned start of charging shows, latest": 5,
}


@dataclass(frozen=True)
class Verdict:
    """A figure and its budget."""

    what: str
    cars: int
    value: float
    limit: float
    is_count: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether the figure is within its budget."""
        return self.value <= self.limit


def verdicts(figures: Figures) -> Iterator[Verdict]:
    """Check all budgets; raises KeyError if a figure was not measured."""
    for cars in CARS:
        yield from counts(figures, cars)
        yield from _times(figures, cars)
    memory, plain = (
        figures.lowest(f"memory, kB {what}", ONCE)
        for what in ("an entity", "a plain sensor")
    )
    yield Verdict("memory, times plain sensors", ONCE, memory / plain, MOST_TIMES_PLAIN)
    yield from _worst(figures, ONCE, {"import, modules of others": 0})
    yield from _worst(figures, ONCE, MOST_OF_COMMUTERS)


def counts(figures: Figures, cars: int) -> Iterator[Verdict]:
    """Check the worst run of each count."""
    exact = {
        "set-up, calls": 2 + cars,
        "set-up, plan calls after it": cars,
        "write, calls": 3,
        "write, plan calls": 1,
    }
    most = {"set-up, most calls at once": AT_ONCE, "week, writes": 2}
    if cars <= SOME:
        most["write, loop turns until it shows"] = 1
    for what, moved in zip(POLLS, (0, 1, cars), strict=True):
        poll = f"poll, {what}"
        exact |= {
            f"{poll}, calls": 1 + cars,
            # No plan is due: they were just read, and no car started or stopped
            # charging.
            f"{poll}, plan calls": 0,
            f"{poll}, states written": STATES_A_MOVE * moved,
            f"{poll}, needless state writes": 0,
        }
        most[f"{poll}, most calls at once"] = AT_ONCE
    for what, wanted in exact.items():
        off = max(abs(value - wanted) for value in figures.values(what, cars))
        yield Verdict(f"{what}, off {wanted} by", cars, off, 0, is_count=True)
    yield from _worst(figures, cars, most)


def _worst(figures: Figures, cars: int, most: Mapping[str, float]) -> Iterator[Verdict]:
    for what, limit in most.items():
        worst = max(figures.values(what, cars))
        yield Verdict(what, cars, worst, limit, is_count=True)


def _times(figures: Figures, cars: int) -> Iterator[Verdict]:
    """Judge the fastest run: other processes only make a run slower."""
    set_up, plain = (
        figures.lowest(f"{what}, s", cars)
        for what in ("set-up", "as many plain sensors")
    )
    yield Verdict("set-up, times plain sensors", cars, set_up / plain, MOST_TIMES_PLAIN)
    for what in POLLS:
        name = f"poll, {what}, loop held CPU ms"
        yield Verdict(name, cars, figures.lowest(name, cars), MOST_HELD[cars])
