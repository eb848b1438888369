"""Runs hypothesis alongside Home Assistant's event loop, for a set time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import time

from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st


@dataclass
class Search:
    """Looks for an example that fails, in rounds with a seed each."""

    part: str
    seed: int
    seconds: float
    examples: int
    """The number of examples in a round; there is at least one round."""
    tried: int = 0

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
        number = self.seed
        until = _real_time() + self.seconds
        while number == self.seed or _real_time() < until:
            try:
                self._round(strategy, check, number)
            except BaseException as err:
                err.add_note(
                    f"To repeat it: scripts/fuzz --part {self.part} --seed {number}"
                )
                raise
            number += 1

    def _round[T](
        self,
        strategy: st.SearchStrategy[T],
        check: Callable[[T], None],
        number: int,
    ) -> None:
        @seed(number)
        @settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(strategy)
        def examine(example: T) -> None:
            self.tried += 1
            check(example)

        examine()


def _real_time() -> float:
    """Return the real time, even if the clock is stopped."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)
