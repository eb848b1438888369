"""The demo's folder. The demo writes nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import json
from pathlib import Path
import shutil

from .errors import DemoError

ROOT = Path(__file__).parents[2]
STAND_INS = Path(__file__).with_name("stand_ins")
FOLDER = ROOT / ".demo"
CONFIG = FOLDER / "config"
HOME_ASSISTANT_LOG = FOLDER / "home-assistant.log"
SIMULATOR_LOG = FOLDER / "simulator.log"

_TEMPLATE = Path(__file__).with_name("configuration.yaml")
_INTEGRATIONS = (
    ROOT / "custom_components" / "hiven",
    Path(__file__).with_name("nordpool"),
)
# The other steps of the onboarding would set up what needs the internet.
_ONBOARDING = {
    "version": 4,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}
_HTTP = """\
http:
  server_host: 127.0.0.1
  server_port: {port}
"""


@contextmanager
def own_folder() -> Iterator[None]:
    """Lock the folder, because a second demo would delete it."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError("the demo runs already; end that one first") from None
        yield


def make_config(port: int) -> None:
    """Create the configuration of a new Home Assistant on a port."""
    for log in (HOME_ASSISTANT_LOG, SIMULATOR_LOG):
        log.unlink(missing_ok=True)
    shutil.rmtree(CONFIG, ignore_errors=True)
    components = CONFIG / "custom_components"
    components.mkdir(parents=True)
    for integration in _INTEGRATIONS:
        (components / integration.name).symlink_to(integration)
    storage = CONFIG / ".storage"
    storage.mkdir()
    (storage / "onboarding").write_text(json.dumps(_ONBOARDING), "utf-8")
    _write(f"{_TEMPLATE.read_text('utf-8')}\n{_HTTP.format(port=port)}")


def forget_address() -> None:
    """Remove the address, which Home Assistant has stored by now."""
    _write(_TEMPLATE.read_text("utf-8"))


def _write(text: str) -> None:
    (CONFIG / "configuration.yaml").write_text(text, "utf-8")
