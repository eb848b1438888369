"""Lets the test package, made for the pinned release, run on the newest one.

Loaded with `-p` so that it comes before the test package itself.
"""

# Home Assistant has to come before httpx, which the test package imports first.
import homeassistant  # noqa: F401
from homeassistant.components import logger
from homeassistant.components.logger import helpers

if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # noqa: SLF001
