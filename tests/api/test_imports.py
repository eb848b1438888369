"""The client stands alone: it could be moved to a library tomorrow."""

import ast
from pathlib import Path
import sys

from custom_components.hiven import api

KNOWN = {"aiohttp", "yarl", "", *sys.stdlib_module_names}


def test_the_client_knows_nothing_of_home_assistant() -> None:
    """It imports itself, Python's own modules and its two libraries."""
    imported = set()
    for path in Path(api.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                outside = (node.module or "").split(".")[0]
                imported.add("" if node.level == 1 else outside or "..")
    assert {"aiohttp", "", "asyncio"} < imported
    assert imported <= KNOWN
