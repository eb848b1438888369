"""The tasks that run, without those that make a test run."""

import asyncio

# The simulator's connections, and what runs a test.
_NOT_OURS = ("RequestHandler.start", "test_", "Search.run.")


def tasks_of_ours() -> list[str]:
    """Return what tasks of Home Assistant and the integration are about."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    names = sorted(getattr(task.get_coro(), "__qualname__", "?") for task in tasks)
    return [name for name in names if not name.startswith(_NOT_OURS)]
