"""Makes the test package, which is for the pinned release, run on the newest one.

Import this before the test package, as pytest does with `-p tools.newest`.
"""

# Import Home Assistant before httpx, which the test package imports first.
import homeassistant  # noqa: F401
from homeassistant.components import logger
from homeassistant.components.logger import helpers

if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # noqa: SLF001
