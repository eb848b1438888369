"""The JSON that requests carry."""

import json
from typing import Any

from aiohttp import web

from .checks import BODY, bad


async def json_body(request: web.Request) -> Any:
    """Return what a request carries, if it is JSON and says so."""
    # A page from elsewhere cannot send this type without asking first.
    if request.content_type != "application/json":
        raise bad("Content-Type", "must be application/json")
    try:
        return json.loads(await request.read())
    except ValueError:
        raise bad(BODY, "must be JSON") from None
