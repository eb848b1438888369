"""The values of every run, with their budgets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from statistics import median

from tools.table import table

# The number of cars in an account.
MANY = 100
CARS = (1, 10, MANY)
# For figures that do not depend on the number of cars.
ONCE = 0


@dataclass
class Figure:
    """A figure with its budget, and its value in each run.

    `judge` picks the value that the budget limits; `max` marks a count.
    """

    name: str
    cars: int
    at_least: float
    at_most: float
    judge: Callable[[list[float]], float]
    values: list[float] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        """Whether the judged value is within the budget."""
        judged = self.judge(self.values)
        return self.at_least <= min(self.values) and judged <= self.at_most

    @property
    def shown(self) -> str:
        """The median, with the lowest and highest value in brackets."""
        each = (min(self.values), median(self.values), max(self.values))
        low, middle, high = map(number, each)
        return middle if low == high else f"{middle} ({low}–{high})"


class Figures:
    """All figures. `cars` is the number of cars in the account being measured."""

    def __init__(self) -> None:
        """Start without figures."""
        self._figures: dict[tuple[str, int], Figure] = {}
        self.cars = ONCE

    def __iter__(self) -> Iterator[Figure]:
        """Return the figures in the order in which they were first measured."""
        return iter(self._figures.values())

    def count(
        self,
        name: str,
        value: float,
        *,
        at_most: float = inf,
        exactly: float | None = None,
    ) -> None:
        """Add a run's count; the worst run is judged."""
        low, high = (-inf, at_most) if exactly is None else (exactly, exactly)
        self._add(Figure(name, self.cars, low, high, max), value)

    def time(self, name: str, value: float, *, at_most: float = inf) -> None:
        """Add a run's time; the lowest is judged.

        Other processes can only make a run slower.
        """
        self._add(Figure(name, self.cars, -inf, at_most, min), value)

    def ratio(self, name: str, value: float, *, at_most: float) -> None:
        """Add a ratio of two times of a run; the median is judged."""
        self._add(Figure(name, self.cars, -inf, at_most, median), value)

    def _add(self, figure: Figure, value: float) -> None:
        key = (figure.name, figure.cars)
        self._figures.setdefault(key, figure).values.append(value)

    def too_slow(self) -> list[int]:
        """Return the numbers of cars with which something took too long."""
        slow = {each.cars for each in self if each.judge is not max and not each.is_met}
        return sorted(slow - {ONCE})

    def tables(self) -> str:
        """Return all figures as tables, and the budgets that are not met."""
        names = dict.fromkeys(each.name for each in self if each.cars != ONCE)
        accounts = [
            (name, *(self._figures[name, cars].shown for cars in CARS))
            for name in names
        ]
        once = [(each.name, each.shown) for each in self if each.cars == ONCE]
        judged = [each for each in self if (each.at_least, each.at_most) != (-inf, inf)]
        missed = [
            (each.name, each.cars or "", each.shown, number(each.at_most))
            for each in judged
            if not each.is_met
        ]
        if missed:
            budgets = f"**Not met: {len(missed)} of {len(judged)} budgets**\n\n"
            budgets += table(("", "cars", "is", "budget"), missed)
        else:
            budgets = f"All {len(judged)} budgets are met."
        return "\n\n".join(
            (table(("cars", *CARS), accounts), table(("once", ""), once), budgets)
        )


def number(value: float) -> str:
    """Return a number with its significant digits."""
    if value == int(value):
        return str(int(value))
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3g}"
