"""Runs the benchmark: `python -m bench`, or `scripts/bench` on a fresh machine."""

import argparse
from pathlib import Path
import sys

from .figures import Results

# What the integration is measured with.
VEHICLES = (1, 10, 100, 300)
LATENCIES = (0, 50, 200)
RUNS = 5
# How often --check measures again what took too long.
TRIES_AGAIN = 2


def main() -> int:
    """Measure; 0 says that all that was asked for is well."""
    arguments = _arguments()
    old = Results.load(arguments.compare) if arguments.compare else None
    # Only now, as it takes a moment.
    from . import document, report  # noqa: PLC0415
    from .budgets import FEW, MANY, disturbed, unjudged, verdicts  # noqa: PLC0415
    from .run import measure, measure_again  # noqa: PLC0415

    results = measure(
        quick=arguments.quick,
        vehicles=arguments.vehicles,
        latencies=arguments.latency,
        runs=arguments.runs,
    )
    for _ in range(TRIES_AGAIN if arguments.check else 0):
        if cases := disturbed(results):
            measure_again(results, cases)
    tables = report.report(results)
    _say(tables)
    if arguments.json:
        results.save(arguments.json)
    if arguments.document:
        page = document.PAGE.read_text("utf-8")
        document.PAGE.write_text(document.with_tables(page, tables), "utf-8")
    if old is not None:
        _say(f"\n**Compared**\n\n{report.comparison(old, results)}")
    if not arguments.check:
        return 0
    growth = arguments.quick or {FEW, MANY} <= set(arguments.vehicles)
    if missing := list(unjudged(results, growth=growth)):
        _say(f"\n**Not judged: {len(missing)}**\n\n{'\n'.join(missing)}")
    is_kept = all(verdict.is_kept for verdict in verdicts(results))
    return 0 if is_kept and not missing else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures set-up, polls, writes, import and memory of the "
        "integration against a simulated Hiven in a process of its own. Takes about "
        "a quarter of an hour.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a few cases only, within a minute"
    )
    parser.add_argument(
        "--check", action="store_true", help="fail when a budget is not kept or judged"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="show what changed since --json"
    )
    parser.add_argument(
        "--document", action="store_true", help="put the tables in docs/performance.md"
    )
    parser.add_argument(
        "--runs", type=int, default=RUNS, help="of each case (%(default)s)"
    )
    for name, default in (("vehicles", VEHICLES), ("latency", LATENCIES)):
        parser.add_argument(
            f"--{name}",
            type=int,
            nargs="+",
            default=default,
            metavar="N",
            help=f"({' '.join(map(str, default))})",
        )
    arguments = parser.parse_args()
    if arguments.runs < 1 or min(arguments.vehicles) < 1 or min(arguments.latency) < 0:
        parser.error("one run and one vehicle at least, and no negative latency")
    return arguments


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
