"""Runs the soak: `python -m tools.soak`, or `scripts/soak` on a fresh machine."""

import argparse
from datetime import date
import secrets
import sys

from .run import run


def main() -> int:
    """Simulate some days; 0 means that nothing was wrong."""
    parser = argparse.ArgumentParser(
        prog="scripts/soak",
        description="Simulates days with an account in Home Assistant, with a clock that "
        "it moves: a poll every five minutes, changes, faults at Hiven, cars that are "
        "added and removed, restarts. Fails if anything grows, a setting is lost or the "
        "number of calls is wrong.",
        epilog="The same seed produces the same days.",
    )
    parser.add_argument(
        "--days", type=int, default=30, help="number of days (default: 30)"
    )
    parser.add_argument("--seed", type=int, help="seed of the events (default: random)")
    parser.add_argument(
        "--start",
        type=date.fromisoformat,
        default="2026-03-15",
        help="first day in Helsinki (2026-03-15; clocks change on 03-29 and 10-25)",
    )
    arguments = parser.parse_args()
    if arguments.days < 1:
        parser.error("a day at least")

    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    _say(f"seed {seed}\n")
    figures, wrong = run(arguments.days, seed, arguments.start)
    _say("\n".join((figures, "", *wrong)))
    return 1 if wrong else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
