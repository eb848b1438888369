"""How work that has started servers is ended early."""

import asyncio
from collections.abc import Coroutine
import signal
from typing import Any

from .say import say

INTERRUPTED = 130


async def until_ended(work: Coroutine[Any, Any, None]) -> bool:
    """Work until it is done, or until Ctrl-C or SIGTERM; tell whether it is done."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Once is enough: nothing is to come between while everything ends.
        loop.add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        say("ended")
        return False
    return True
