"""Clocks."""

import asyncio
import time

from bench import clocks


def test_a_loop_that_is_held_is_noticed() -> None:
    """In each of several runs: what took too long is measured again."""

    async def hold() -> None:
        await asyncio.sleep(0)
        time.sleep(0.02)  # noqa: ASYNC251 - it is what is to be noticed

    async def work() -> clocks.Times:
        return await clocks.timed(hold())

    for _ in range(2):
        times = clocks.run(work())
        assert times.held >= 0.02
        assert times.held_cpu < times.held
