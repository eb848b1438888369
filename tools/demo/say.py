"""What the demo tells on the terminal."""

import sys
import time

_START = time.monotonic()


def say(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def step(text: str) -> None:
    """Print what is done now, and how long everything has taken."""
    say(f"{time.monotonic() - _START:5.1f} s  {text}")
