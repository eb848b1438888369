"""Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
import shutil

from playwright.async_api import Browser, async_playwright

from tools.demo.errors import DemoError

_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Only this machine can be reached, wherever this runs.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the browser with a new profile."""
    path = shutil.which("chromium")
    if path is None:
        raise DemoError("Chromium is missing; run scripts/e2e, which installs it")
    # Chromium hangs if its time is faked. The servers have started by now.
    os.environ.pop("LD_PRELOAD", None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=_ARGUMENTS,
            # Chromium's sandbox does not start as root.
            chromium_sandbox=os.geteuid() != 0,
        )
        async with browser:
            yield browser
