"""Reads Home Assistant's log."""

from collections.abc import Iterator
from pathlib import Path
import re

_TAIL_LINES = 40
_RECORD = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\S* (?P<level>[A-Z]+) \(", re.ASCII
)
_IGNORED = (
    # Home Assistant logs this about every custom integration.
    "[homeassistant.loader] We found a custom integration hiven",
    # This depends on how busy the machine is.
    "[homeassistant.helpers.entity] Updating state for ",
)


def tail(log: Path) -> str:
    """Return the last lines, with a heading."""
    if not log.exists():
        return ""
    lines = log.read_text("utf-8", "replace").splitlines()[-_TAIL_LINES:]
    return "\n".join([f"--- the end of {log.name} ---", *lines, "---"])


def complaints(log: str, root: Path) -> list[str]:
    """Return the warnings and errors about the integration, with their tracebacks.

    The project's path is ignored, because it may contain the integration's name.
    """
    return [
        record
        for level, record in _records(log.replace(str(root), ""))
        if level in {"WARNING", "ERROR", "CRITICAL"}
        and "hiven" in record.lower()
        and not any(text in record for text in _IGNORED)
    ]


def _records(log: str) -> Iterator[tuple[str, str]]:
    """Yield the records with their levels."""
    level, lines = "", list[str]()
    for line in log.splitlines():
        if start := _RECORD.match(line):
            if lines:
                yield level, "\n".join(lines)
            level, lines = start["level"], []
        lines.append(line)
    if lines:
        yield level, "\n".join(lines)
