"""Watches the log and the tasks of this process."""

import asyncio
import logging
from typing import Self, override

# It warns about slow callbacks, which depend on the machine.
_NOT_ABOUT_US = "asyncio"
# How Home Assistant logs that an account cannot be read.
_FAILED_POLL = "Error fetching hiven data: "
# The simulator's connections, and the program itself.
_NOT_HOME_ASSISTANT = ("RequestHandler.start", "Search.", "run.")


class LogWatch(logging.Handler):
    """Counts log lines from INFO up, and collects those that must not be logged."""

    def __init__(self) -> None:
        """Handle records from INFO up."""
        super().__init__(logging.INFO)
        self.lines = 0
        self.problems: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Check a record."""
        if record.name == _NOT_ABOUT_US:
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
        logging.getLogger().setLevel(logging.INFO)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        logging.getLogger().removeHandler(self)


def tasks_of_ours() -> list[str]:
    """Return the tasks of Home Assistant and the integration, by name."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    names = sorted(getattr(task.get_coro(), "__qualname__", "?") for task in tasks)
    return [name for name in names if not name.startswith(_NOT_HOME_ASSISTANT)]
