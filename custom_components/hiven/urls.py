"""Hiven's address."""

import os

from .api import DEFAULT_URL
from .const import ENV_API_URL


def api_url() -> str:
    """Return the address to call, movable by an environment variable."""
    return os.environ.get(ENV_API_URL) or DEFAULT_URL
