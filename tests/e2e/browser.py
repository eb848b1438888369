"""Chromium, and somebody logged in with it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import os
from pathlib import Path
import re
import shutil
import time

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    async_playwright,
    expect,
)

from demo.home_assistant import HomeAssistant
from demo.onboarding import PASSWORD, USERNAME

from .errors import Wrong
from .texts import Texts

_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Nothing but this machine can be reached, wherever this runs.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_FOREIGN_IMAGE = re.compile(r"/api/brands/integration/(?!hiven/)")
_PATIENCE = 10.0
_READ_SCREEN = Path(__file__).with_name("screen.js").read_text("utf-8")

expect.set_options(timeout=_PATIENCE * 1000)


async def until(look: Callable[[], Awaitable[None]]) -> None:
    """Look until nothing is wrong any more."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return await look()
        except Wrong:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the browser with a profile of its own."""
    path = shutil.which("chromium")
    if path is None:
        raise Wrong("Chromium is not there: start this with scripts/e2e")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=_ARGUMENTS,
            # Chromium refuses to start in its sandbox for root.
            chromium_sandbox=os.geteuid() != 0,
        )
        async with browser:
            yield browser


@dataclass
class Person:
    """Somebody who is logged in, and what they read and click."""

    page: Page
    texts: Texts
    console: list[str] = field(default_factory=list)

    @property
    def dialog(self) -> Locator:
        """The dialog of a config flow."""
        return self.page.locator("dialog-data-entry-flow")

    async def named(self, key: str) -> str:
        """Return what Home Assistant's own frontend calls something."""
        name: str = await self.page.evaluate(
            "key => document.querySelector('home-assistant').hass.localize(key)", key
        )
        return name

    async def see(self, where: Locator, *places: str) -> None:
        """Wait until an element shows the texts at these places, and shows well.

        At first sight it may not: the frontend loads texts when it needs them.
        """

        async def look() -> None:
            lines: list[str] = await where.evaluate(_READ_SCREEN)
            self.texts.check(lines, places)

        await until(look)

    async def see_step(self, step: str, *, but: tuple[str, ...] = ()) -> None:
        """Wait for a step of the config flow; all its texts have to show."""
        await self.see_title(self.texts[f"config.step.{step}.title"])
        places = self.texts.under(f"config.step.{step}")
        hidden = {f"config.step.{step}.{place}" for place in but}
        await self.see(self.dialog, *(each for each in places if each not in hidden))

    async def see_title(self, title: str) -> None:
        """Wait until the dialog shows a title, and no step is on its way."""
        await expect(self.dialog.get_by_text(title, exact=True)).to_be_visible()
        await expect(self.next).to_be_enabled()

    async def see_closed(self) -> None:
        """Wait until the dialog is gone."""
        await expect(self.dialog.locator("dialog[open]")).to_have_count(0)

    @property
    def next(self) -> Locator:
        """The button that goes on: submit, finish or close."""
        return self.dialog.locator("ha-dialog-footer ha-button")

    def complaints(self) -> list[str]:
        """Return what the console says about the integration."""
        return [line for line in self.console if "hiven" in line.lower()]


@asynccontextmanager
async def logged_in(
    browser: Browser, home: HomeAssistant, texts: Texts, folder: Path
) -> AsyncIterator[Person]:
    """Log in with a language; afterwards nothing on the console may be about Hiven."""
    # Entities get their names in the language of the home, all else is in the person's.
    await home.command("config/core/update", language=texts.language)
    await home.command(
        "frontend/set_user_data",
        key="language",
        value={
            "language": texts.language,
            "number_format": "language",
            "date_format": "language",
            "first_weekday": "language",
            "time_format": "24",
            "time_zone": "local",
        },
    )
    context = await browser.new_context(
        locale=texts.language,
        timezone_id="Europe/Helsinki",
        color_scheme="light",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
    )
    async with context:
        context.set_default_timeout(_PATIENCE * 1000)
        page = await context.new_page()
        person = Person(page, texts)
        context.on("console", lambda message: _keep(person, message))
        context.on("weberror", lambda error: person.console.append(str(error.error)))
        try:
            await page.goto(home.url)
            await page.locator("input[name=username]").fill(USERNAME)
            await page.locator("input[name=password]").fill(PASSWORD)
            await page.keyboard.press("Enter")
            await page.locator("home-assistant-main").wait_for()
            yield person
            if complaints := person.complaints():
                told = "\n".join(complaints)
                raise Wrong(f"the browser's console speaks of Hiven:\n{told}")
        except (AssertionError, Error, Wrong) as err:
            picture = folder / f"failure-{texts.language}.png"
            await page.screenshot(path=picture)
            console = "\n".join(person.console) or "(nothing)"
            raise Wrong(
                f"{err}\n\nthe console says\n{console}\n\n{page.url}: see {picture}"
            ) from err


def _keep(person: Person, message: ConsoleMessage) -> None:
    url = message.location["url"]
    # Images of other integrations would come from the internet.
    if message.type in {"error", "warning"} and not _FOREIGN_IMAGE.search(url):
        person.console.append(f"{message.type}: {message.text} ({url})")
