"""The JSON bodies of requests."""

import json
from typing import Any

from aiohttp import web

from .checks import BODY, bad


async def json_body(request: web.Request) -> Any:
    """Return the body of a request, which must be JSON and have a JSON content type."""
    # Browsers do not allow pages of other sites to send this type.
    if request.content_type != "application/json":
        raise bad("Content-Type", "must be application/json")
    try:
        return json.loads(await request.read())
    except ValueError:
        raise bad(BODY, "must be JSON") from None
