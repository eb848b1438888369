"""Listens to what is logged, without keeping it."""

import logging
from typing import Self, override

# It complains when a step takes long, and says nothing about us.
_OF_NO_INTEREST = "asyncio"
# What Home Assistant logs when an account cannot be read.
_FAILED_POLL = "Error fetching hiven data: "


class LogWatch(logging.Handler):
    """Counts lines that people see, and notes what must never be logged."""

    def __init__(self) -> None:
        """Listen to everything."""
        super().__init__(logging.INFO)
        self.lines = 0
        self.problems: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Take a line in."""
        if record.name == _OF_NO_INTEREST:
            return
        line = record.getMessage()
        line.encode()
        is_ours = record.name.startswith("custom_components.hiven")
        if is_ours or record.levelno >= logging.WARNING:
            self.lines += 1
        if record.exc_info or (
            record.levelno >= logging.ERROR and not line.startswith(_FAILED_POLL)
        ):
            text = logging.Formatter().format(record)
            self.problems.append(f"{record.name}: {text}")

    def __enter__(self) -> Self:
        """Begin."""
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        logging.getLogger().removeHandler(self)
