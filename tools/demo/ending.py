"""Stops work in order on Ctrl-C or SIGTERM."""

import asyncio
from collections.abc import Coroutine
import signal
from typing import Any

from .say import say

INTERRUPTED = 130


async def until_ended(work: Coroutine[Any, Any, None]) -> bool:
    """Work until done, or until Ctrl-C or SIGTERM; return whether it is done."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Only once, so that nothing interrupts stopping.
        loop.add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        say("ended")
        return False
    return True
