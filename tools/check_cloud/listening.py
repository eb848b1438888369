"""A client that also keeps what it heard: answers as they came, times, errors."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
import time
from typing import Any, override

from custom_components.hiven.api import Endpoint, HivenClient, HivenError


@dataclass
class Heard:
    """What the calls of an endpoint brought."""

    answers: list[Any] = field(default_factory=list)
    """JSON as it came; an answer that says "there is none" by 404 is not among them."""
    errors: list[HivenError] = field(default_factory=list)
    missing: int = 0
    """How many answers were 404 where that means "there is none"."""
    seconds: list[float] = field(default_factory=list)


class ListeningClient(HivenClient):
    """Keeps by endpoint what was heard."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what HivenClient takes."""
        super().__init__(*args, **kwargs)
        self.heard: defaultdict[Endpoint, Heard] = defaultdict(Heard)

    async def ask[T](self, endpoint: Endpoint, call: Awaitable[T]) -> T | None:
        """Return the answer of a call; None if it failed, which is kept."""
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
