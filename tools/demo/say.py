"""Prints what the demo does."""

import sys
import time

_START = time.monotonic()


def say(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def step(text: str) -> None:
    """Print what was done, and the total time so far."""
    say(f"{time.monotonic() - _START:5.1f} s  {text}")
