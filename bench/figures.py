"""What was measured: the values of every run, by figure and case."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from statistics import median
from typing import Any, override


@dataclass(frozen=True, order=True)
class Case:
    """An account with so many vehicles at a cloud with so many ms a call."""

    vehicles: int
    latency: int

    @override
    def __str__(self) -> str:
        return f"{self.vehicles}@{self.latency}"

    @classmethod
    def parse(cls, text: str) -> Case:
        """Read what `str` wrote."""
        vehicles, latency = text.split("@")
        return cls(int(vehicles), int(latency))


# Where neither number of vehicles nor latency matters.
ANY = Case(0, 0)


@dataclass(frozen=True)
class Figure:
    """The values of all runs."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the values."""
        return median(self.values)

    @property
    def lowest(self) -> float:
        """The lowest of the values: other processes only ever add to a time."""
        return min(self.values)

    @property
    def spread(self) -> float:
        """How far lowest and highest lie apart."""
        return max(self.values) - min(self.values)


class Results:
    """All figures of a run, and what it ran on."""

    def __init__(self, about: dict[str, Any] | None = None) -> None:
        """Begin without figures."""
        self.about = about or {}
        self._values: defaultdict[str, defaultdict[Case, list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def add(self, name: str, case: Case, *values: float) -> None:
        """Add the values of another run."""
        self._values[name][case] += values

    def get(self, name: str, case: Case) -> Figure | None:
        """Return a figure, if it was measured."""
        cases = self._values.get(name)
        values = cases.get(case) if cases else None
        return Figure(tuple(values)) if values else None

    def __getitem__(self, key: tuple[str, Case]) -> Figure:
        """Return a figure that was measured."""
        if (figure := self.get(*key)) is None:
            raise KeyError(key)
        return figure

    def cases(self) -> list[Case]:
        """Return the cases in which anything was measured."""
        return sorted({case for cases in self._values.values() for case in cases})

    def items(self) -> Iterator[tuple[str, Case, Figure]]:
        """Yield all figures."""
        for name, cases in self._values.items():
            for case in sorted(cases):
                yield name, case, Figure(tuple(cases[case]))

    def save(self, path: Path) -> None:
        """Write a file for a later comparison."""
        figures: dict[str, dict[str, Sequence[float]]] = {}
        for name, case, figure in self.items():
            figures.setdefault(name, {})[str(case)] = figure.values
        data = {"about": self.about, "figures": figures}
        path.write_text(json.dumps(data, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Results:
        """Read what `save` wrote."""
        data = json.loads(path.read_text())
        results = cls(data["about"])
        for name, cases in data["figures"].items():
            for case, values in cases.items():
                results.add(name, Case.parse(case), *values)
        return results
