"""The cost of importing the integration, once Home Assistant is loaded."""

from contextlib import suppress
from importlib import import_module
import json
import logging
from pathlib import Path
import sys
import time

from homeassistant import bootstrap, components

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "custom_components" / "hiven"
COMPONENTS = Path(components.__path__[0])


def cost(cache: str) -> tuple[float, int]:
    """Return the CPU seconds, and the number of other modules; call this in a new process.

    It compiles into a folder, and is faster if compiled files are there.
    """
    # Home Assistant logs packages that are missing here.
    logging.disable()
    _load_home_assistant()
    sys.dont_write_bytecode, sys.pycache_prefix = False, cache
    before = set(sys.modules)
    start = time.process_time()
    for path in sorted(FOLDER.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        import_module(name.removesuffix(".__init__"))
    seconds = time.process_time() - start
    extra = set(sys.modules) - before
    return seconds, sum(not name.startswith("custom_components") for name in extra)


def _load_home_assistant() -> None:
    """Load what every Home Assistant loads, and the integration's dependencies."""
    waiting = {
        *bootstrap.CORE_INTEGRATIONS,
        *bootstrap.LOGGING_AND_HTTP_DEPS_INTEGRATIONS,
        *bootstrap.FRONTEND_INTEGRATIONS,
        *bootstrap.DEFAULT_INTEGRATIONS,
        *_dependencies(FOLDER),
        # The integrations of the platforms.
        *(
            path.stem
            for path in FOLDER.glob("*.py")
            if (COMPONENTS / path.stem).exists()
        ),
    }
    loaded = set[str]()
    while waiting:
        name = waiting.pop()
        loaded.add(name)
        # Not every machine can load all of them.
        with suppress(ImportError):
            import_module(f"homeassistant.components.{name}")
            waiting |= _dependencies(COMPONENTS / name) - loaded


def _dependencies(folder: Path) -> set[str]:
    manifest = json.loads((folder / "manifest.json").read_text())
    return set(manifest.get("dependencies", ()))
