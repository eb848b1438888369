"""Clocks."""

import asyncio
import time

from bench import clocks


def test_a_loop_that_is_held_is_noticed() -> None:
    """In each of several runs: what took too long is measured again."""

    async def hold() -> None:
        await asyncio.sleep(0)
        done_at = time.thread_time() + 0.02
        while time.thread_time() < done_at:
            pass

    async def work() -> clocks.Times:
        return await clocks.timed(hold())

    for _ in range(2):
        times = clocks.run(work())
        assert min(times.held, times.held_cpu) >= 0.02
