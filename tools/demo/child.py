"""A process that the demo starts, and always stops."""

import asyncio
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
import os
from pathlib import Path
import signal
from types import TracebackType
from typing import Self

from .errors import DemoError

_PATIENCE = 20.0


class Child:
    """A command that runs as long as its context.

    It has its own process group, so that Ctrl-C only reaches the demo, which then stops
    everything in order.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        cwd: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare a command; its output goes to the log."""
        self.name = name
        self._command = command
        self._log = log
        self._cwd = cwd
        self._environment = {**os.environ, **(environment or {})}
        self._process: Process | None = None

    async def start(self) -> None:
        """Run it, or run it again after it has ended."""
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                cwd=self._cwd,
                env=self._environment,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise DemoError if it ended unexpectedly."""
        if (code := self._running.returncode) is not None:
            raise DemoError(f"{self.name} ended by itself with code {code}")

    async def wait(self) -> int:
        """Wait until it ends; return its exit code."""
        return await self._running.wait()

    async def stop(self) -> None:
        """Stop it and everything it started, by force if necessary."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._signal(self._process, signal.SIGTERM)
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._process.wait()
        except TimeoutError:
            pass
        finally:
            self._signal(self._process, signal.SIGKILL)
            await self._process.wait()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    @property
    def _running(self) -> Process:
        assert self._process is not None
        return self._process

    @staticmethod
    def _signal(process: Process, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
