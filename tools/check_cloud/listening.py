"""A client that also records raw answers, times and errors."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
import time
from typing import Any, override

from custom_components.hiven.api import Endpoint, HivenClient, HivenError


@dataclass
class Heard:
    """The recorded calls of an endpoint."""

    answers: list[Any] = field(default_factory=list)
    """Raw JSON, without answers that say "there is none" with a 404."""
    errors: list[HivenError] = field(default_factory=list)
    missing: int = 0
    """The number of 404 answers that mean "there is none"."""
    seconds: list[float] = field(default_factory=list)


class ListeningClient(HivenClient):
    """Records calls by endpoint."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the arguments of HivenClient."""
        super().__init__(*args, **kwargs)
        self.heard: defaultdict[Endpoint, Heard] = defaultdict(Heard)

    async def ask[T](self, endpoint: Endpoint, call: Awaitable[T]) -> T | None:
        """Return the answer of a call; None if it failed, which is recorded."""
        heard = self.heard[endpoint]
        before = len(heard.answers)
        start = time.monotonic()
        try:
            answer = await call
        except HivenError as err:
            heard.errors.append(err)
            return None
        finally:
            heard.seconds.append(time.monotonic() - start)
        heard.missing += len(heard.answers) == before
        return answer

    @override
    async def _get[T](
        self,
        endpoint: Endpoint,
        read: Callable[[Any], T],
        target: str | None = None,
        *,
        query: tuple[tuple[str, str], ...] = (),
        expected: Iterable[int] = (),
    ) -> T:
        def listen(answer: Any) -> T:
            self.heard[endpoint].answers.append(answer)
            return read(answer)

        return await super()._get(
            endpoint, listen, target, query=query, expected=expected
        )
