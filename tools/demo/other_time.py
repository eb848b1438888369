"""Runs a program as if it were another time of day: `--at 03:00`."""

import argparse
from datetime import UTC, datetime, timedelta
import os
import shutil
import sys

from .errors import DemoError

_FAKETIME = "faketime"


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--at",
        type=_time_of_day,
        metavar="HH:MM",
        help="run as if it were this time in UTC; needs Debian's package faketime",
    )


def start_again_if_asked(arguments: argparse.Namespace, module: str) -> None:
    """Replace this process by one that has the requested time.

    Its child processes have the same time.
    """
    if arguments.at is None:
        return
    if shutil.which(_FAKETIME) is None:
        raise DemoError("faketime is missing (Debian: apt install faketime)")
    ahead = (arguments.at - datetime.now(UTC)) % timedelta(days=1)
    os.environ |= {
        # Only the time of day. With a fake monotonic clock, threads would wait forever.
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        # With faked file times, Python would compile everything again.
        "NO_FAKE_STAT": "1",
    }
    command = [_FAKETIME, "-f", f"+{ahead.seconds}s", sys.executable, "-m", module]
    os.execvp(_FAKETIME, [*command, *_without_option(sys.argv[1:])])  # noqa: S606


def milliseconds_ahead() -> int:
    """Return how far this process is ahead of those that start without its time."""
    return 1000 * int(os.environ.get("FAKETIME", "0").strip("+s"))


def _time_of_day(text: str) -> datetime:
    at = datetime.strptime(text, "%H:%M")
    return datetime.now(UTC).replace(hour=at.hour, minute=at.minute, second=0)


def _without_option(arguments: list[str]) -> list[str]:
    index = next(i for i, each in enumerate(arguments) if each.startswith("--at"))
    length = 1 if "=" in arguments[index] else 2
    return arguments[:index] + arguments[index + length :]
