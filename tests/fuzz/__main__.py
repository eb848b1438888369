"""Runs the search: `python -m tests.fuzz`, or `scripts/fuzz` on a fresh machine."""

import argparse
import os
import secrets
import sys

import pytest

from . import ENV_SECONDS, ENV_SEED

PARTS = ("parsers", "client", "account")


def main() -> int:
    """Search for some time; 0 says that nothing was found."""
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description="Searches for answers of Hiven that break the integration. "
        "Parsers read arbitrary JSON and garbled answers of the simulator, the client "
        "gets them over HTTP, an account in Home Assistant polls and edits among them.",
        epilog="The same seed makes the same examples, in the same order.",
    )
    parser.add_argument("--seconds", type=float, default=60, help="how long (60)")
    parser.add_argument("--seed", type=int, help="where to begin (default: anywhere)")
    parser.add_argument(
        "--part", choices=PARTS, help="only this part, for all the time"
    )
    arguments = parser.parse_args()

    parts = [arguments.part] if arguments.part else PARTS
    number = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    # Alone, a part gets what it has not to share.
    shares = {"parsers": 0.15, "client": 0.25, "account": 0.6}
    seconds = arguments.seconds / sum(shares[part] for part in parts)
    os.environ |= {ENV_SECONDS: str(seconds), ENV_SEED: str(number)}
    sys.stdout.write(f"seed {number}\n")
    sys.stdout.flush()
    return pytest.main(
        ["-q", "--no-header", "--no-cov", "--tb=short", "--show-capture=no"]
        + [f"tests/test_fuzz.py::test_{part}" for part in parts]
    )


if __name__ == "__main__":
    sys.exit(main())
