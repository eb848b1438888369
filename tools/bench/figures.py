"""The measured values of every run, by figure and number of cars."""

from collections import defaultdict
from statistics import median

from tools.table import table

# The number of cars in an account.
FEW, SOME, MANY = 1, 10, 100
CARS = (FEW, SOME, MANY)
# For figures that do not depend on the number of cars.
ONCE = 0


class Figures:
    """All values."""

    def __init__(self) -> None:
        """Start without values."""
        self._values: defaultdict[str, defaultdict[int, list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def add(self, name: str, cars: int, value: float) -> None:
        """Add the value of a run."""
        self._values[name][cars].append(value)

    def values(self, name: str, cars: int) -> list[float]:
        """Return the values of all runs; raises KeyError if there are none."""
        if not (values := self._values[name][cars]):
            raise KeyError(f"{name} was not measured with {cars} cars")
        return values

    def median(self, name: str, cars: int) -> float:
        """Return the median of the values."""
        return median(self.values(name, cars))

    def lowest(self, name: str, cars: int) -> float:
        """Return the lowest value, because other processes only make a run slower."""
        return min(self.values(name, cars))

    def tables(self) -> str:
        """Return medians as tables, with the lowest and highest value in brackets."""
        accounts = [
            (name, *(_shown(cases[cars]) for cars in CARS))
            for name, cases in self._values.items()
            if ONCE not in cases
        ]
        once = [
            (name, _shown(cases[ONCE]))
            for name, cases in self._values.items()
            if ONCE in cases
        ]
        return "\n\n".join(
            (table(("cars", *CARS), accounts), table(("once", ""), once))
        )


def _shown(values: list[float]) -> str:
    if not values:
        return "–"
    low, middle, high = map(number, (min(values), median(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


def number(value: float) -> str:
    """Return a number with its significant digits."""
    if value == int(value):
        return str(int(value))
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3g}"
