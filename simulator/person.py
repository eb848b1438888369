"""A driver who signs in page by page, as in a browser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import override

import aiohttp
from yarl import URL

_MOST_PAGES = 10


@dataclass
class _Form:
    """A form: its fields with their values, and the choices."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    radios: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = values.get("method", "get").upper()
            self.forms.append(_Form(values.get("action", ""), method))
        elif not self.forms:
            return
        name, value = values.get("name", ""), values.get("value", "")
        if tag == "button":
            self.forms[-1].buttons.append((name, value))
        elif tag == "input" and values.get("type") == "radio":
            self.forms[-1].radios.setdefault(name, []).append(value)
            if "checked" in values:
                self.forms[-1].fields[name] = value
        elif tag == "input":
            self.forms[-1].fields[name] = value


async def sign_in(
    session: aiohttp.ClientSession,
    authorization_url: str,
    *,
    email: str = "driver@example.com",
    password: str = "secret",  # noqa: S107 - any will do
    allow: bool = True,
    make: str | None = None,
    vehicle_id: str | None = None,
) -> URL:
    """Return the address to which the last page redirects, without opening it.

    `make` is the choice on the page with brands, `vehicle_id` on the page with several
    cars. The default is the first choice.
    """
    answers = {
        "email": email,
        "password": password,
        "decision": "allow" if allow else "deny",
        "make": make,
        "vehicle": vehicle_id,
    }
    url = URL(authorization_url, encoded=True)
    method, data = "GET", None
    for _ in range(_MOST_PAGES):
        async with session.request(
            method, url, data=data, allow_redirects=False
        ) as response:
            if "Location" in response.headers:
                return URL(response.headers["Location"], encoded=True)
            page = _Forms()
            text = await response.text()
            page.feed(text)
        if response.status != 200 or not page.forms:
            raise RuntimeError(f"no form at {url.path}: {_problem(text)}")
        form = page.forms[0]
        filled = _fill(form, answers)
        url = url.join(URL(form.action))
        method, data = form.method, filled
        if method == "GET":
            url, data = url.with_query(filled), None
    raise RuntimeError("too many pages")


def _fill(form: _Form, answers: dict[str, str | None]) -> dict[str, str]:
    """Return the data that a person submits with a form."""
    filled = dict(form.fields)
    for name in form.fields | form.radios:
        answer = answers.get(name)
        if answer is None:
            continue
        if name in form.radios and answer not in form.radios[name]:
            raise RuntimeError(f"no such {name} to choose")
        filled[name] = answer
    wanted = [
        button for button in form.buttons if answers.get(button[0]) in (None, button[1])
    ]
    if not wanted:
        raise RuntimeError("no such button to press")
    name, value = wanted[0]
    if name:
        filled[name] = value
    return filled


def _problem(page: str) -> str:
    """Return the error that a page shows."""
    _, _, rest = page.partition('<p class="wrong"')
    return rest.partition(">")[2].partition("</p>")[0] or "no form"
