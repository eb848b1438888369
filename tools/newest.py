"""Lets the test package, made for the pinned release, run on the newest one.

Import it before the test package; pytest does so with `-p tools.newest`.
"""

# Home Assistant has to come before httpx, which the test package imports first.
import homeassistant  # noqa: F401
from homeassistant.components import logger
from homeassistant.components.logger import helpers

if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # noqa: SLF001
