"""Runs the soak: `python -m tests.soak`, or `scripts/soak` on a fresh machine."""

import argparse
from datetime import date
import os
import secrets
import sys

import pytest

from . import ENV_DAYS, ENV_SEED, ENV_START


def main() -> int:
    """Live for some days; 0 says that all was well."""
    parser = argparse.ArgumentParser(
        prog="scripts/soak",
        description="Lives for days with an account in Home Assistant, on a clock that "
        "is moved: a poll every five minutes, edits, faults at Hiven, cars that come and "
        "go, restarts. Fails when anything grows, a setting is lost or calls are not as "
        "many as they should be.",
        epilog="The same seed makes the same days.",
    )
    parser.add_argument("--days", type=int, default=30, help="how many (30)")
    parser.add_argument("--seed", type=int, help="what happens (default: anything)")
    parser.add_argument(
        "--start",
        type=date.fromisoformat,
        default="2026-03-15",
        help="first day in Helsinki (2026-03-15; clocks change on 03-29 and 10-25)",
    )
    arguments = parser.parse_args()
    if arguments.days < 1:
        parser.error("a day at least")

    number = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    os.environ |= {
        ENV_DAYS: str(arguments.days),
        ENV_SEED: str(number),
        ENV_START: str(arguments.start),
    }
    sys.stdout.write(f"seed {number}\n")
    sys.stdout.flush()
    return pytest.main(
        [
            *("-q", "--no-header", "--no-cov", "--tb=short", "--show-capture=no"),
            # Else it keeps every line that is logged.
            *("-p", "no:logging"),
            "tests/test_soak.py",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
