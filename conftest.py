"""Changes what makes tests slow in Home Assistant's test package."""

from collections.abc import Iterator
import gc
import logging

import freezegun
from homeassistant.helpers import event
import pytest


def pytest_configure() -> None:
    """Leave out what takes time and no test looks at."""
    # pytest captures the log itself, so nothing needs to be printed.
    logging.getLogger().handlers.clear()
    for name in ("homeassistant", "pytest_homeassistant_custom_component", "simulator"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Polls begin on the second.
    event.RANDOM_MICROSECOND_MIN = event.RANDOM_MICROSECOND_MAX = 0
    # Looking at callers takes time; only the durations that pytest prints are wrong.
    freezegun.api.call_stack_inspection_limit = 0


def pytest_collection_finish() -> None:
    """Collect garbage less often, because loaded modules stay in memory anyway."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True, scope="session")
def _clocks() -> Iterator[None]:
    """Replace the clocks once, because freezegun searches every module for them."""
    # Before the time of all tests, so that a timer that is left shows.
    with freezegun.freeze_time("2010-01-01", tick=True):
        yield


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Keep debugging of the event loop off, which would nearly double the time."""
