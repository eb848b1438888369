"""What the figures must not exceed: counts and ratios, which hold on any machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .figures import ANY, Case, Results

POLLS = ("nothing changed", "one changed", "all changed")
# Of the time that cannot be saved.
MOST_FLOORS = 1.25
MOST_AT_ONCE = 8
MOST_HELD_MS = 20.0
MOST_ROUND_TRIPS = 3 * 1.1
LINEAR = 1.15
FEW, MANY = 100, 300


@dataclass(frozen=True)
class Budget:
    """The most a figure may be in the cases in which it counts.

    Of times the quickest run is judged, of all else the median.
    """

    figure: str
    most: Callable[[Case], float]
    counts: Callable[[Case], bool] = lambda _: True
    is_time: bool = False
    # What an idle loop has of it, which does not count.
    idle: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a budget says about a figure."""

    what: str
    case: Case
    value: float
    most: float

    @property
    def is_kept(self) -> bool:
        """Whether the figure is within its budget."""
        return self.value <= self.most


def _is_far(case: Case) -> bool:
    """Leave out a cloud that answers at once: there is no floor to compare with."""
    return case.latency > 0


BUDGETS = (
    Budget("set-up, floors and plain", lambda _: MOST_FLOORS, _is_far, is_time=True),
    Budget("set-up, calls", lambda case: 1 + case.vehicles),
    Budget("set-up, most calls at once", lambda _: MOST_AT_ONCE),
    *(
        budget
        for what in POLLS
        for budget in (
            Budget(
                f"poll, {what}, floors", lambda _: MOST_FLOORS, _is_far, is_time=True
            ),
            Budget(f"poll, {what}, calls", lambda case: 1 + case.vehicles),
            Budget(f"poll, {what}, plan calls", lambda _: 0),
            Budget(f"poll, {what}, most calls at once", lambda _: MOST_AT_ONCE),
            Budget(f"poll, {what}, states written in vain", lambda _: 0),
            Budget(
                f"poll, {what}, loop held CPU ms",
                lambda _: MOST_HELD_MS,
                lambda case: case.vehicles <= FEW,
                idle="idle, loop held CPU ms",
            ),
        )
    ),
    Budget("poll, nothing changed, states written", lambda _: 0),
    Budget("write, round trips", lambda _: MOST_ROUND_TRIPS, _is_far, is_time=True),
    Budget("write, calls", lambda _: 3),
    Budget("write, plan calls", lambda _: 1),
    Budget("write, loop turns until it shows", lambda _: 1),
    Budget("week, writes", lambda _: 2),
    Budget("import, modules of others", lambda _: 0),
)
GROWING = (
    "set-up, s",
    "set-up, CPU ms a vehicle",
    *(f"poll, {what}, {kind}" for what in POLLS for kind in ("s", "CPU ms a vehicle")),
)


def verdicts(results: Results) -> Iterator[Verdict]:
    """Judge all figures that were measured and have a budget."""
    for budget in BUDGETS:
        for case in filter(budget.counts, results.cases(budget.figure)):
            figure = results[budget.figure, case]
            value = figure.lowest if budget.is_time else figure.median
            if budget.idle is not None:
                value -= results[budget.idle, case].median
            yield Verdict(budget.figure, case, value, budget.most(case))
    yield from _growth(results)


def _growth(results: Results) -> Iterator[Verdict]:
    """Compare many vehicles with few: what is linear is as much for each."""
    for figure in GROWING:
        for case in results.cases(figure):
            few = results.get(figure, Case(FEW, case.latency))
            if case.vehicles != MANY or few is None:
                continue
            times = 1 if figure.endswith(" a vehicle") else MANY / FEW
            value = results[figure, case].lowest / few.lowest / times
            yield Verdict(f"{figure}: growth from {FEW}", case, value, LINEAR)


@dataclass(frozen=True)
class Aim:
    """What comparable integrations take, and what this one wants to be below."""

    what: str
    others: str
    aim: float
    figure: str
    case: Case


_HUNDRED = Case(100, 50)
# Measured with 100 vehicles at 50 ms a call; they hold on a machine like that one.
AIMS = (
    Aim(
        "CPU of a poll, ms a car",
        "3.6–4.4",
        1.5,
        "poll, all changed, CPU ms a vehicle",
        _HUNDRED,
    ),
    Aim("memory, MB a car", "0.6–3.5", 0.5, "memory, MB a vehicle", ANY),
    Aim(
        "states an unchanged poll writes, a car",
        "1–6",
        0,
        "poll, nothing changed, states written",
        _HUNDRED,
    ),
    Aim("calls at once", "up to 100", 8, "set-up, most calls at once", _HUNDRED),
    Aim("set-up, s", "2.5–15", 3, "set-up, s", _HUNDRED),
    Aim("import, s", "0.33–1.14", 0.05, "import, CPU s", ANY),
)
