"""Waiting for a server."""

import asyncio
from collections.abc import Awaitable, Callable

from .child import Child
from .errors import DemoError

_SECONDS = 90.0


async def wait_until(is_so: Callable[[], Awaitable[bool]], server: Child) -> None:
    """Wait until something is so, as long as the server it depends on runs."""
    try:
        async with asyncio.timeout(_SECONDS):
            while not await is_so():
                server.check()
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise DemoError(f"{server.name} does not answer") from None
