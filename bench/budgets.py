"""What the figures have to be: counts and ratios, and one time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from .figures import ANY, Case, Results

POLLS = ("nothing changed", "one changed", "all changed")
# Of the time that cannot be saved.
MOST_FLOORS = 1.25
MOST_AT_ONCE = 8
MOST_HELD_MS = 20.0
MOST_ROUND_TRIPS = 3 * 1.1
# Of a car that moved: state of charge, range, and when it was last reported.
STATES_A_MOVE = 3
LINEAR = 1.15
FEW, MANY = 100, 300

type Value = Callable[[Results, Case], float]


def trips(vehicles: int) -> int:
    """Return how many round trips it takes to read so many vehicles."""
    return 1 + ceil(vehicles / MOST_AT_ONCE)


def _is_account(case: Case) -> bool:
    return case != ANY


def _is_far(case: Case) -> bool:
    """Leave out a cloud that answers at once: there is no floor to compare with."""
    return case.latency > 0


def _is_once(case: Case) -> bool:
    return case == ANY


@dataclass(frozen=True)
class Budget:
    """The most a figure may be, or what it has to be, in the cases in which it counts."""

    what: str
    limit: Callable[[Case], float]
    counts: Callable[[Case], bool] = _is_account
    is_exact: bool = False
    # What is judged, if not the median of the figure.
    value: Value | None = None

    def judge(self, results: Results, case: Case) -> Verdict | None:
        """Return a verdict, if all that it takes was measured."""
        try:
            if self.value is None:
                value = results[self.what, case].median
            else:
                value = self.value(results, case)
        except KeyError:
            return None
        return Verdict(self.what, case, value, self.limit(case), self.is_exact)


@dataclass(frozen=True)
class Verdict:
    """What a budget says about a figure."""

    what: str
    case: Case
    value: float
    limit: float
    is_exact: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether the figure is within its budget."""
        if self.is_exact:
            return self.value == self.limit
        return self.value <= self.limit


# Other processes add to every time, also to those a time is compared with: the lowest
# ratio is the run in which these were disturbed most. So lowest is compared with lowest.


def _floors(seconds: str, *beside: str) -> Value:
    """Compare with the round trips that cannot be saved, and what else cannot."""

    def value(results: Results, case: Case) -> float:
        round_trip = results["round trip, ms", case].lowest / 1000
        floor = trips(case.vehicles) * round_trip + sum(
            results[each, case].lowest for each in beside
        )
        return results[seconds, case].lowest / floor

    return value


def _round_trips(results: Results, case: Case) -> float:
    return results["write, ms", case].lowest / results["round trip, ms", case].lowest


def _held(poll: str) -> Value:
    """Leave out what an idle loop has of it."""

    def value(results: Results, case: Case) -> float:
        kind = "loop held CPU ms"
        return (
            results[f"{poll}, {kind}", case].median
            - results[f"idle, {kind}", case].median
        )

    return value


def _polls(what: str, moved: Callable[[Case], int]) -> Iterator[Budget]:
    """Yield the budgets of a poll that finds so many cars moved."""
    poll = f"poll, {what}"
    yield Budget(
        f"{poll}, floors", lambda _: MOST_FLOORS, _is_far, value=_floors(f"{poll}, s")
    )
    yield Budget(f"{poll}, calls", lambda case: 1 + case.vehicles, is_exact=True)
    # None is due: they were just read, and no car began or ended to charge.
    yield Budget(f"{poll}, plan calls", lambda _: 0, is_exact=True)
    yield Budget(f"{poll}, most calls at once", lambda _: MOST_AT_ONCE)
    yield Budget(
        f"{poll}, states written",
        lambda case: STATES_A_MOVE * moved(case),
        is_exact=True,
    )
    yield Budget(f"{poll}, states written in vain", lambda _: 0, is_exact=True)
    yield Budget(
        f"{poll}, loop held CPU ms",
        lambda _: MOST_HELD_MS,
        lambda case: _is_account(case) and case.vehicles <= FEW,
        value=_held(poll),
    )


BUDGETS = (
    Budget(
        "set-up, floors and plain",
        lambda _: MOST_FLOORS,
        _is_far,
        value=_floors("set-up, s", "as many plain entities, s"),
    ),
    Budget("set-up, calls", lambda case: 1 + case.vehicles, is_exact=True),
    Budget("set-up, plan calls after it", lambda case: case.vehicles, is_exact=True),
    Budget("set-up, most calls at once", lambda _: MOST_AT_ONCE),
    *_polls("nothing changed", lambda _: 0),
    *_polls("one changed", lambda _: 1),
    *_polls("all changed", lambda case: case.vehicles),
    Budget(
        "write, round trips", lambda _: MOST_ROUND_TRIPS, _is_far, value=_round_trips
    ),
    Budget("write, calls", lambda _: 3, is_exact=True),
    Budget("write, plan calls", lambda _: 1, is_exact=True),
    Budget("write, loop turns until it shows", lambda _: 1),
    Budget("week, writes", lambda _: 2),
    Budget("import, modules of others", lambda _: 0, _is_once, is_exact=True),
)
GROWING = (
    "set-up, s",
    "set-up, CPU ms a vehicle",
    *(f"poll, {what}, {kind}" for what in POLLS for kind in ("s", "CPU ms a vehicle")),
)


def verdicts(results: Results) -> Iterator[Verdict]:
    """Judge all that was measured and has a budget."""
    for budget in BUDGETS:
        for case in filter(budget.counts, results.cases()):
            if verdict := budget.judge(results, case):
                yield verdict
    for figure in GROWING:
        yield from _growth(results, figure)


def _growth(results: Results, figure: str) -> Iterator[Verdict]:
    """Compare many vehicles with few: what is linear is as much for each."""
    for case in results.cases():
        few = results.get(figure, Case(FEW, case.latency))
        many = results.get(figure, case)
        if case.vehicles != MANY or few is None or many is None:
            continue
        times = 1 if figure.endswith(" a vehicle") else MANY / FEW
        value = many.lowest / few.lowest / times
        yield Verdict(f"{figure}: growth from {FEW}", case, value, LINEAR)


def disturbed(results: Results) -> set[Case]:
    """Return the cases that took too long, maybe because of other processes."""
    cases = {
        verdict.case
        for verdict in verdicts(results)
        if not (verdict.is_kept or verdict.is_exact or verdict.case == ANY)
    }
    # Many may have grown because few were lucky.
    return cases | {
        Case(FEW, case.latency)
        for case in cases
        if case.vehicles == MANY and Case(FEW, case.latency) in results.cases()
    }


def unjudged(results: Results, *, growth: bool) -> Iterator[str]:
    """Yield the budgets that lack a figure in a case of theirs, or lack a case."""
    for budget in BUDGETS:
        cases = list(filter(budget.counts, results.cases()))
        if not cases or not all(budget.judge(results, case) for case in cases):
            yield budget.what
    for figure in GROWING:
        if growth and not any(_growth(results, figure)):
            yield f"{figure}: growth from {FEW}"


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
