"""The client stands alone: it could be moved to a library tomorrow."""

import ast
from collections.abc import Iterator
from pathlib import Path
import sys

import pytest

from custom_components.hiven import api

FOLDER = Path(api.__file__).parent
ALLOWED = {"aiohttp", "yarl"}


def imported(source: str) -> Iterator[str]:
    """Yield what a module of the client imports from outside its folder."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            yield "." * node.level + (node.module or "")


def strange(source: str) -> list[str]:
    """Return what is neither Python's own nor one of the client's two libraries."""
    known = ALLOWED | sys.stdlib_module_names
    return [name for name in imported(source) if name.split(".")[0] not in known]


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem
)
def test_the_client_knows_nothing_of_home_assistant(path: Path) -> None:
    """Neither of it nor of the integration around the client."""
    assert strange(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "import homeassistant.core",
        "from homeassistant import core",
        "from ..const import DOMAIN",
        "from custom_components.hiven import const",
        "def late():\n    import voluptuous",
    ],
)
def test_the_check_finds_what_it_looks_for(line: str) -> None:
    """Wherever it stands."""
    assert len(strange(f"import json\n{line}\nfrom .errors import HivenError")) == 1
