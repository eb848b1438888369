"""Runs the benchmark: `python -m tools.bench`, or `scripts/bench` with set-up."""

import argparse
from collections.abc import Iterable
from math import inf
import os
import platform
from statistics import mean
import sys
from tempfile import TemporaryDirectory

from homeassistant.const import __version__ as HOME_ASSISTANT

from tools.processes import in_process

from . import account, clocks, day, imports, memory
from .figures import CARS, ONCE, Figures

RUNS, QUICK_RUNS = 5, 2
DAYS, QUICK_DAYS = 30, 1
# How often --check repeats a measurement that took too long.
TRIES_AGAIN = 4
MOST_CALLS_A_DAY = {"telemetry": 350, "list": 250}


def main() -> int:
    """Measure; with --check, 0 means that all budgets are met."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures set-up, polls, writes, import, memory and a month's calls "
        "of the integration against a simulated Hiven. Takes some minutes.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="measure fewer runs and one day; fail if a budget is exceeded",
    )
    is_check = parser.parse_args().check
    runs, days = (QUICK_RUNS, QUICK_DAYS) if is_check else (RUNS, DAYS)
    figures = Figures()
    measure(figures, CARS, runs)
    _measure_once(figures, runs, days)
    if is_check:
        # Other processes may have slowed it down. A wrong count would stay wrong.
        for _ in range(TRIES_AGAIN):
            if cars := figures.too_slow():
                measure(figures, cars, QUICK_RUNS)
    sys.stdout.write(
        "# Performance figures\n\n[Performance](performance.md) explains them. "
        f"Home Assistant {HOME_ASSISTANT}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {runs} runs. Medians, in brackets the lowest and "
        f"highest.\n\n{figures.tables()}\n"
    )
    return int(is_check and not all(each.is_met for each in figures))


def measure(figures: Figures, cars: Iterable[int], runs: int) -> None:
    """Measure accounts with these numbers of cars, several times each."""

    async def work() -> None:
        await account.warm_up()
        for number_of_cars in cars:
            _progress(f"{number_of_cars} cars")
            await account.measure(figures, number_of_cars, runs)

    clocks.run(work())


def _measure_once(figures: Figures, runs: int, days: int) -> None:
    figures.cars = ONCE
    _progress("import")
    with TemporaryDirectory(prefix="hiven-") as cache:
        # The first run also compiles; the median of several does not show it.
        for _ in range(runs - 1):
            seconds, modules = in_process(imports.cost, cache)
            figures.time("import, CPU s", seconds)
            figures.count("import, modules of others", modules, exactly=0)
    _progress("memory")
    ours, plain = in_process(memory.compare)
    figures.count("memory, kB an entity", ours)
    figures.count("memory, kB a plain sensor", plain)
    times_plain, at_most = ours / plain, account.MOST_TIMES_PLAIN
    figures.count("memory, times plain sensors", times_plain, at_most=at_most)
    _progress(f"{days} days")
    found = in_process(day.live, days)
    assert MOST_CALLS_A_DAY.keys() <= found.calls.keys()
    for endpoint, number in found.calls.items():
        name = f"two commuters, calls a day: {endpoint}"
        at_most = MOST_CALLS_A_DAY.get(endpoint, inf)
        figures.count(name, number / days, at_most=at_most)
    for what, minutes, at_most in (
        ("report shows, mean", mean(found.reports), 2.5),
        ("report shows, latest", max(found.reports), 15),
        ("planned start of charging shows, latest", max(found.charging), 5),
    ):
        name = f"two commuters, minutes until a {what}"
        figures.count(name, minutes, at_most=at_most)
    _progress("")


def _progress(what: str) -> None:
    """Show what is being measured, in a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
