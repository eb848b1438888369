"""Runs a function in a separate process."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

# A spawned process inherits nothing.
PROCESSES = get_context("spawn")


def in_process[**P, T](
    function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a function of a module in a separate process, and return its result."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_answer, args=(theirs, function, args, kwargs))
    process.start()
    theirs.close()
    try:
        answer: T = ours.recv()
    except EOFError:
        raise RuntimeError(f"{function} failed in its process") from None
    finally:
        process.join()
    return answer


def _answer(
    connection: Connection,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> None:
    connection.send(function(*args, **kwargs))
