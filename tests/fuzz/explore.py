"""Runs hypothesis beside the loop Home Assistant lives in, for a set time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
import os
import sys
import time

import freezegun
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
import pytest

from . import ENV_SECONDS, ENV_SEED

TEST_SEED = 1

# It measures how long it takes; our time moves in leaps.
freezegun.configure(extend_ignore_list=["hypothesis"])


@dataclass
class Search:
    """Looks for an example that goes wrong, in rounds with a seed each.

    As part of the tests it is one round; `scripts/fuzz` sets a time instead, of
    which each part gets a share.
    """

    part: str
    share: float
    examples: int
    console: pytest.CaptureFixture[str]

    async def run[T](
        self, strategy: st.SearchStrategy[T], check: Callable[[T], Awaitable[None]]
    ) -> None:
        """Check examples in this loop until the time is up."""
        loop = asyncio.get_running_loop()

        def examine(example: T) -> None:
            async def examined() -> None:
                await check(example)

            asyncio.run_coroutine_threadsafe(examined(), loop).result()

        await asyncio.to_thread(self.run_here, strategy, examine)

    def run_here[T](
        self, strategy: st.SearchStrategy[T], check: Callable[[T], None]
    ) -> None:
        """Check examples in this thread until the time is up."""
        tried, rounds = 0, 0

        def examine(example: T) -> None:
            nonlocal tried
            tried += 1
            check(example)

        for number in self._seeds():
            rounds += 1
            try:
                _round(strategy, examine, number, self.examples)
            except BaseException as err:
                err.add_note(
                    f"To repeat it: scripts/fuzz --part {self.part} --seed {number}"
                )
                raise
        if ENV_SECONDS in os.environ:
            with self.console.disabled():
                sys.stdout.write(f"{self.part:9}{tried:8} examples{rounds:6} rounds\n")

    def _seeds(self) -> Iterator[int]:
        """Yield the seeds of the rounds."""
        number = int(os.environ.get(ENV_SEED, TEST_SEED))
        seconds = float(os.environ.get(ENV_SECONDS, 0)) * self.share
        until = _real_time() + seconds
        yield number
        while _real_time() < until:
            number += 1
            yield number


def _round[T](
    strategy: st.SearchStrategy[T],
    examine: Callable[[T], None],
    number: int,
    examples: int,
) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(strategy)
    def run(example: T) -> None:
        examine(example)

    run()


def _real_time() -> float:
    """Return the time that goes on when the clock is held."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)
