"""The address for an account's requests."""

import os

from yarl import URL

from .api import DEFAULT_URL, is_safe_address
from .const import ENV_API_URL


def api_url(service_address: str | None = None) -> str:
    """Return the account's own address, else the environment's, else Hiven's."""
    return service_address or os.environ.get(ENV_API_URL) or DEFAULT_URL


def is_service_address(address: str) -> bool:
    """Return whether an API key may be sent to this address.

    It has to be https, or http on this machine. It may have a path, but no user, query
    or fragment, which would be lost.
    """
    if not is_safe_address(address):
        return False
    url = URL(address)
    return not (url.user or url.password or url.raw_query_string or url.raw_fragment)
