"""What importing the integration costs, once Home Assistant has loaded its own."""

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
    """Return seconds of CPU and the modules that are not ours; in a fresh process.

    Compiles into a folder, and is quicker when it finds something there.
    """
    # Home Assistant complains about packages that are missing here.
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
    """Load what every Home Assistant loads, and what the integration depends on."""
    bootstrap = import_module("homeassistant.bootstrap")
    waiting = {
        *bootstrap.CORE_INTEGRATIONS,
        *bootstrap.LOGGING_AND_HTTP_DEPS_INTEGRATIONS,
        *bootstrap.FRONTEND_INTEGRATIONS,
        *bootstrap.DEFAULT_INTEGRATIONS,
        *_dependencies(FOLDER),
        # The integrations our platforms belong to.
        *(path.stem for path in FOLDER.glob("*.py") if _folder(path.stem).exists()),
    }
    loaded: set[str] = set()
    while waiting:
        name = waiting.pop()
        loaded.add(name)
        # Some cannot be loaded on every machine.
        with suppress(ImportError):
            import_module(f"{COMPONENTS}.{name}")
            waiting |= _dependencies(_folder(name)) - loaded


def _modules() -> list[str]:
    """Return the package first, then all that is in it."""
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
