"""HTML from template strings, with escaped values."""

from collections.abc import Iterable
from html import escape
from string.templatelib import Template

from aiohttp import web


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def html(template: Template) -> Html:
    """Return the template with its values escaped, unless they are HTML."""
    return Html(
        "".join(
            part
            if isinstance(part, str)
            else part.value
            if isinstance(part.value, Html)
            else escape(str(part.value))
            for part in template
        )
    )


def joined(parts: Iterable[Html]) -> Html:
    """Join the parts."""
    return Html("".join(parts))


def respond(page: Html, status: int = 200) -> web.Response:
    """Return a page that is not cached and loads nothing from other servers."""
    return web.Response(
        text=page,
        status=status,
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; connect-src 'self'; "
            "img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
        },
    )
