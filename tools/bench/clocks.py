"""Measures wall time, CPU time, and how long the event loop is held."""

import asyncio
from collections.abc import Awaitable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from selectors import DefaultSelector, SelectorKey
import time
from typing import Any, override


@dataclass(frozen=True)
class Times:
    """Wall and CPU time, and the longest turn of the event loop in CPU time, in seconds.

    Other processes do not affect CPU time.
    """

    wall: float
    cpu: float
    held: float


class Watch(DefaultSelector):
    """Measures the turns of an event loop, which calls `select` after each."""

    def __init__(self) -> None:
        """Start without turns."""
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Forget earlier turns; the current one starts now."""
        self._turn_began, self.held = time.thread_time(), 0.0

    def note(self) -> None:
        """Count the current turn up to now."""
        self.held = max(self.held, time.thread_time() - self._turn_began)

    @override
    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """Wait as any selector does."""
        self.note()
        ready = super().select(timeout)
        self._turn_began = time.thread_time()
        return ready


_watch: ContextVar[Watch] = ContextVar("watch")


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Run something in an event loop that is watched."""
    watch = Watch()
    _watch.set(watch)
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(watch)) as each:
        return each.run(work)


async def timed(work: Awaitable[object]) -> Times:
    """Do something and time it; works inside `run`."""
    watch = _watch.get()
    watch.reset()
    wall, cpu = time.perf_counter(), time.process_time()
    await work
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    watch.note()
    return Times(wall, cpu, watch.held)
