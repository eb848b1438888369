"""The cost of importing the integration, once Home Assistant is loaded."""

from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
import json
import logging
from pathlib import Path
import sys
import time

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "custom_components" / "hiven"
COMPONENTS = "homeassistant.components"


def cost(cache: str) -> tuple[float, list[str]]:
    """Return the CPU seconds and the other modules; call this in a new process.

    It compiles into a folder, and is faster if compiled files are there.
    """
    # Home Assistant logs packages that are missing here.
    logging.disable()
    _load_home_assistant()
    sys.dont_write_bytecode, sys.pycache_prefix = False, cache
    before = set(sys.modules)
    start = time.process_time()
    for name in _modules():
        import_module(name)
    seconds = time.process_time() - start
    extra = sorted(set(sys.modules) - before)
    return seconds, [name for name in extra if not name.startswith("custom_components")]


def _load_home_assistant() -> None:
    """Load what every Home Assistant loads, and the integration's dependencies."""
    bootstrap = import_module("homeassistant.bootstrap")
    waiting = {
        *bootstrap.CORE_INTEGRATIONS,
        *bootstrap.LOGGING_AND_HTTP_DEPS_INTEGRATIONS,
        *bootstrap.FRONTEND_INTEGRATIONS,
        *bootstrap.DEFAULT_INTEGRATIONS,
        *_dependencies(FOLDER),
        # The integrations of the platforms.
        *(path.stem for path in FOLDER.glob("*.py") if _folder(path.stem).exists()),
    }
    loaded: set[str] = set()
    while waiting:
        name = waiting.pop()
        loaded.add(name)
        # Not every machine can load all of them.
        with suppress(ImportError):
            import_module(f"{COMPONENTS}.{name}")
            waiting |= _dependencies(_folder(name)) - loaded


def _modules() -> list[str]:
    """Return a package, then all its modules."""
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in FOLDER.rglob("*.py")
    )


def _folder(integration: str) -> Path:
    components = find_spec(COMPONENTS)
    assert components is not None
    assert components.origin is not None
    return Path(components.origin).parent / integration


def _dependencies(folder: Path) -> set[str]:
    manifest = json.loads((folder / "manifest.json").read_text())
    return set(manifest.get("dependencies", ()))
