"""Runs the search: `python -m tools.fuzz`, or `scripts/fuzz` on a fresh machine."""

import argparse
import secrets
import sys

from .run import PARTS, run


def main() -> int:
    """Search for a set time; 0 means that nothing was found."""
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description="Searches for answers of Hiven that break the integration. "
        "The parsers read arbitrary JSON and garbled answers of the simulator, the client "
        "gets them over HTTP, and an account in Home Assistant polls and writes with them.",
        epilog="The same seed produces the same examples in the same order.",
    )
    parser.add_argument(
        "--seconds", type=float, default=60, help="duration (default: 60)"
    )
    parser.add_argument("--seed", type=int, help="first seed (default: random)")
    parser.add_argument("--part", choices=PARTS, help="run only this part")
    arguments = parser.parse_args()

    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    _say(f"seed {seed}")
    parts = [arguments.part] if arguments.part else list(PARTS)
    whole = sum(PARTS[part].share for part in parts)
    for part in parts:
        tried = run(part, seed, arguments.seconds * PARTS[part].share / whole)
        _say(f"{part:9}{tried:8} examples")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
