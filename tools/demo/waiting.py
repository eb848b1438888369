"""Waiting for a server."""

import asyncio
from collections.abc import Awaitable, Callable
import time

from .child import Child
from .errors import DemoError

_SECONDS = 90.0


async def wait_until(is_so: Callable[[], Awaitable[bool]], server: Child) -> None:
    """Wait until a condition is true, as long as the server runs."""
    try:
        async with asyncio.timeout(_SECONDS):
            while not await is_so():
                server.check()
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise DemoError(f"{server.name} does not answer") from None


async def wait_until_right(look: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Check until nothing is wrong; after the time is up, raise the error."""
    end = time.monotonic() + seconds
    while True:
        try:
            return await look()
        except DemoError:
            if time.monotonic() > end:
                raise
        await asyncio.sleep(0.1)
