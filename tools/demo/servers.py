"""The two servers of the demo."""

import asyncio
from collections.abc import Sequence
import sys

from .child import Child
from .folder import CONFIG, HOME_ASSISTANT_LOG, ROOT, SIMULATOR_LOG, STAND_INS
from .say import say

# The exit code of Home Assistant on a restart.
_RESTART = 100


def simulator(port: int, home_url: str, options: Sequence[str]) -> Child:
    """Return the simulated Hiven, without connected cars."""
    home_port = home_url.rpartition(":")[2]
    whitelist: list[str] = []
    for address in (home_url, f"http://localhost:{home_port}"):
        whitelist += ["--redirect-uri", f"{address}/auth/external/callback"]
    return Child(
        "the simulator",
        [
            *(sys.executable, "-m", "simulator", "--empty"),
            *("--port", str(port), *whitelist, *options),
        ],
        log=SIMULATOR_LOG,
        cwd=ROOT,
    )


def home_assistant(cloud_url: str) -> Child:
    """Return a Home Assistant that uses the simulated Hiven."""
    return Child(
        "Home Assistant",
        [
            *(sys.executable, "-m", "homeassistant", "--config", str(CONFIG)),
            *("--skip-pip", "--log-no-color"),
        ],
        log=HOME_ASSISTANT_LOG,
        cwd=CONFIG,
        environment={"HIVEN_API_URL": cloud_url, "PYTHONPATH": str(STAND_INS)},
    )


async def keep_running(simulator: Child, home_assistant: Child) -> None:
    """Let Home Assistant run until it ends; start it again if it asks for it."""
    watch = asyncio.create_task(_report_end(simulator))
    try:
        await _wait_and_restart(home_assistant)
    finally:
        watch.cancel()
    home_assistant.check()


async def _report_end(simulator: Child) -> None:
    """Say that the cars are gone; Home Assistant shows how that looks."""
    code = await simulator.wait()
    say(f"  {simulator.name} ended with code {code}; Home Assistant goes on without it")


async def _wait_and_restart(home_assistant: Child) -> None:
    while await home_assistant.wait() == _RESTART:
        await home_assistant.start()
