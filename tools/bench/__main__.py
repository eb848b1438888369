"""Runs the benchmark: `python -m tools.bench`, or `scripts/bench` with set-up."""

import argparse
from collections.abc import Iterator
import os
from pathlib import Path
import platform
import sys
from tempfile import TemporaryDirectory

from homeassistant.const import __version__ as HOME_ASSISTANT

from tools.processes import in_process
from tools.table import table

from . import account, clocks, day, imports, memory
from .budgets import Verdict, verdicts
from .figures import CARS, ONCE, Figures, number

RUNS, QUICK_RUNS = 5, 2
DAYS, QUICK_DAYS = 30, 1
# How often --check repeats a measurement that took too long.
TRIES_AGAIN = 2
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN = "<!-- scripts/bench --document writes from here -->"
END = "<!-- to here -->"


def main() -> int:
    """Measure; with --check, 0 means that all budgets are met."""
    arguments = _arguments()
    figures = Figures()
    runs, days = (QUICK_RUNS, QUICK_DAYS) if arguments.quick else (RUNS, DAYS)
    measure(figures, CARS, runs)
    _measure_once(figures, runs, days)
    if arguments.check:
        for _ in range(TRIES_AGAIN):
            if cars := too_slow(verdicts(figures)):
                measure(figures, cars, QUICK_RUNS)
    tables = "\n\n".join(_report(figures, runs))
    sys.stdout.write(f"{tables}\n")
    if arguments.document:
        PAGE.write_text(with_tables(PAGE.read_text("utf-8"), tables), "utf-8")
    is_kept = all(verdict.is_kept for verdict in verdicts(figures))
    return 0 if is_kept or not arguments.check else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures set-up, polls, writes, import, memory and a month's calls "
        "of the integration against a simulated Hiven. Takes some minutes.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer runs and one day, in a minute"
    )
    parser.add_argument(
        "--check", action="store_true", help="fail if a budget is exceeded"
    )
    parser.add_argument(
        "--document",
        action="store_true",
        help="write the tables to docs/performance.md",
    )
    return parser.parse_args()


def measure(figures: Figures, cars: tuple[int, ...], runs: int) -> None:
    """Measure accounts with these numbers of cars, several times each."""

    async def work() -> None:
        await account.warm_up()
        for number_of_cars in cars:
            _progress(f"{number_of_cars} cars")
            await account.measure(figures, number_of_cars, runs)

    clocks.run(work())


def _measure_once(figures: Figures, runs: int, days: int) -> None:
    _progress("import")
    with TemporaryDirectory(prefix="hiven-") as cache:
        # The first run also compiles; the median of several does not show it.
        for _ in range(runs - 1):
            seconds, modules = in_process(imports.cost, cache)
            figures.add("import, CPU s", ONCE, seconds)
            figures.add("import, modules of others", ONCE, len(modules))
    _progress("memory")
    ours, plain = in_process(memory.compare)
    figures.add("memory, kB an entity", ONCE, ours)
    figures.add("memory, kB a plain sensor", ONCE, plain)
    _progress(f"{days} days")
    found = in_process(day.live, days)
    for endpoint in found.calls:
        calls = found.a_day(endpoint)
        figures.add(f"two commuters, calls a day: {endpoint}", ONCE, calls)
    for what, minutes in {
        "report shows, mean": found.mean_delay,
        "report shows, latest": max(found.reports),
        "planned start of charging shows, latest": max(found.charging),
    }.items():
        figures.add(f"two commuters, minutes until a {what}", ONCE, minutes)
    _progress("")


def too_slow(judged: Iterator[Verdict]) -> tuple[int, ...]:
    """Return the numbers of cars with which something took too long.

    Other processes may be the reason. A wrong count is not included, because it would
    stay wrong.
    """
    return tuple(
        sorted(
            {
                verdict.cars
                for verdict in judged
                if not (verdict.is_kept or verdict.is_count or verdict.cars == ONCE)
            }
        )
    )


def _report(figures: Figures, runs: int) -> Iterator[str]:
    yield (
        f"Home Assistant {HOME_ASSISTANT}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {runs} runs. Medians, in brackets the lowest and highest."
    )
    yield figures.tables()
    judged = list(verdicts(figures))
    over = [verdict for verdict in judged if not verdict.is_kept]
    if not over:
        yield f"All {len(judged)} budgets are met."
        return
    yield f"**Not met: {len(over)} of {len(judged)} budgets**"
    yield table(
        ("", "cars", "is", "at most"),
        [
            (each.what, each.cars or "", number(each.value), number(each.limit))
            for each in over
        ],
    )


def with_tables(page: str, tables: str) -> str:
    """Return a page in which the text between the marks is replaced."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the page lacks the marks")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def _progress(what: str) -> None:
    """Show what is being measured, in a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
