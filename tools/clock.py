"""A clock that only moves on request."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import freezegun
from freezegun.api import FrozenDateTimeFactory

from . import newest  # isort: skip  # noqa: F401
from pytest_homeassistant_custom_component import patch_time

# Home Assistant needs more complete fakes than freezegun's, as in its pytest plugin.
for _name, _fake in {
    "FakeDate": patch_time.HAFakeDate,
    "FakeDatetime": patch_time.HAFakeDatetime,
    "datetime_to_fakedatetime": patch_time.ha_datetime_to_fakedatetime,
    "_get_module_attributes": patch_time.ha_get_module_attributes,
}.items():
    setattr(freezegun.api, _name, _fake)
# hypothesis measures how long an example takes.
freezegun.configure(extend_ignore_list=["hypothesis"])

# The event loop needs some turns to start what has become due.
_TURNS = 5

type Clock = FrozenDateTimeFactory


@contextmanager
def stopped_clock(start: datetime) -> Iterator[Clock]:
    """Stop the clock at a time; its `tick` moves it.

    Start Home Assistant inside, because the event loop reads this clock, too.
    """
    with freezegun.freeze_time(start) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        yield clock


async def begin_due() -> None:
    """Let the event loop start what has become due."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
