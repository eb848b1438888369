"""A user with a browser, logged in to Home Assistant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
import re

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    WebError,
    expect,
)

from tools.demo import other_time
from tools.demo.cloud import Truth
from tools.demo.errors import DemoError
from tools.demo.folder import FOLDER
from tools.demo.onboarding import PASSWORD, USERNAME
from tools.demo.setup import House
from tools.demo.waiting import wait_until_right

from .texts import Texts

PATIENCE = 40.0
_READ_SCREEN = Path(__file__).with_name("screen.js").read_text("utf-8")
_LOCALIZE = "key => document.querySelector('home-assistant')?.hass?.localize(key) ?? ''"
# The browser's clock goes with the home's.
_MOVE_CLOCK = """
(ahead) => {
  const Real = Date;
  globalThis.Date = class Date extends Real {
    constructor(...parts) {
      super(...(parts.length ? parts : [Real.now() + ahead]));
    }
    static now() {
      return Real.now() + ahead;
    }
  };
}
"""
# Images of other integrations would come from the internet.
_UNCAUGHT = "uncaught"
_FOREIGN_IMAGE = re.compile(r"/api/brands/integration/(?!hiven/)")

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Person:
    """A user with a browser."""

    page: Page
    house: House
    texts: Texts
    user_id: str = ""
    console: list[str] = field(default_factory=list)

    @property
    def dialog(self) -> Locator:
        """The dialog of a config flow."""
        return self.page.locator("dialog-data-entry-flow")

    @property
    def next(self) -> Locator:
        """The dialog's main button: submit, finish or close."""
        return self.dialog.locator("ha-dialog-footer ha-button")

    async def named(self, key: str) -> str:
        """Return the frontend's own text for a key, once it has loaded it."""
        name = ""

        async def look() -> None:
            nonlocal name
            name = await self.page.evaluate(_LOCALIZE, key)
            if not name:
                raise DemoError(f"the frontend has no {key}")

        await wait_until_right(look, PATIENCE)
        return name

    async def car(self, name: str) -> Truth:
        """Return what is true about a connected car."""
        cars = {car["name"]: car for car in await self.house.cloud.cars()}
        if name not in cars:
            raise DemoError(f"Hiven does not have {name}")
        return cars[name]

    async def see(self, where: Locator, *places: str) -> None:
        """Wait until an element shows these texts, and nothing forbidden.

        The frontend loads texts on demand, so this may take a moment.
        """

        async def look() -> None:
            lines: list[str] = await where.evaluate(_READ_SCREEN)
            self.texts.check(lines, places)

        await wait_until_right(look, PATIENCE)

    async def see_step(self, step: str, *, but: tuple[str, ...] = ()) -> None:
        """Wait for a step of the config flow with all its texts."""
        place = f"config.step.{step}"
        await self.see_title(self.texts[f"{place}.title"])
        hidden = {f"{place}.{each}" for each in but}
        await self.see(
            self.dialog,
            *(each for each in self.texts.under(place) if each not in hidden),
        )

    async def see_title(self, title: str) -> None:
        """Wait until the dialog shows a title and its question."""
        await expect(self.dialog.get_by_text(title, exact=True)).to_be_visible()
        await expect(self.next).to_be_enabled()

    async def see_closed(self) -> None:
        """Wait until the dialog is closed."""
        await expect(self.dialog.locator("dialog[open]")).to_have_count(0)

    async def open_settings(self) -> None:
        """Go to Settings."""
        # A tab behind another one is slow.
        await self.page.bring_to_front()
        await self.page.locator('ha-sidebar a[href="/config"]').click()

    async def open_integrations(self) -> None:
        """Go to Settings > Devices & services."""
        await self.open_settings()
        await self.page.locator('a[href="/config/integrations"]').first.click()
        await expect(self.page.locator("ha-integration-card").first).to_be_visible()

    def hear(self, message: ConsoleMessage) -> None:
        """Record errors and warnings of the console."""
        url = message.location["url"]
        if message.type in {"error", "warning"} and not _FOREIGN_IMAGE.search(url):
            self.console.append(f"{message.type}: {message.text} ({url})")

    def hear_error(self, error: WebError) -> None:
        """Record uncaught errors, which may be the integration's."""
        self.console.append(f"{_UNCAUGHT}: {error.error}")

    def check_console(self) -> None:
        """Raise DemoError if it mentions the integration or has an uncaught error."""
        for line in self.console:
            if "hiven" in line.lower() or line.startswith(_UNCAUGHT):
                raise DemoError(f"the console says {line}")


@asynccontextmanager
async def logged_in(
    browser: Browser, house: House, texts: Texts
) -> AsyncIterator[Person]:
    """Log in with a language; at the end, check the console."""
    await _choose_language(house, texts.language)
    context = await browser.new_context(
        locale=texts.language,
        timezone_id="Europe/Helsinki",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
    )
    async with context:
        if ahead := other_time.milliseconds_ahead():
            await context.add_init_script(f"({_MOVE_CLOCK})({ahead})")
        context.set_default_timeout(PATIENCE * 1000)
        person = Person(await context.new_page(), house, texts)
        context.on("console", person.hear)
        context.on("weberror", person.hear_error)
        try:
            await _log_in(person)
            yield person
            person.check_console()
        except (AssertionError, Error, DemoError) as err:
            picture = FOLDER / f"failure-{texts.language}.png"
            for number, page in enumerate(context.pages):
                suffix = f"-{number}.png" if number else ".png"
                await page.screenshot(
                    path=picture.with_suffix("").with_name(f"{picture.stem}{suffix}")
                )
            # The picture shows it better than Playwright's hundred lines.
            what = str(err).partition("Aria snapshot")[0].strip()
            console = "\n".join(person.console) or "nothing"
            raise DemoError(
                f"in {texts.language}, at {person.page.url}\n{what}\n"
                f"The console says:\n{console}\nThe screen is in {picture}"
            ) from err


async def _choose_language(house: House, language: str) -> None:
    # Entity names are in the home's language, everything else is in the user's.
    await house.home.command("config/core/update", language=language)
    await house.home.command(
        "frontend/set_user_data",
        key="language",
        value={
            "language": language,
            "number_format": "language",
            "date_format": "language",
            "first_weekday": "language",
            "time_format": "24",
            "time_zone": "local",
        },
    )


async def _log_in(person: Person) -> None:
    page = person.page
    await page.goto(person.house.home.url)
    await page.locator("input[name=username]").fill(USERNAME)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator("home-assistant-main").wait_for()
