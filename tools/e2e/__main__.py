"""Runs the browser test; `scripts/e2e` installs what it needs."""

import argparse
import asyncio
from pathlib import Path
import sys

from aiohttp import ClientError
from playwright.async_api import Browser

from simulator.scenario import API_KEY, USER_ID
from tools.demo import other_time
from tools.demo.ending import INTERRUPTED, until_ended
from tools.demo.errors import DemoError
from tools.demo.folder import FOLDER, ROOT
from tools.demo.say import step
from tools.demo.setup import STILL, House, new_house

from . import account, car_page, pictures, set_up
from .browser import chromium
from .person import logged_in
from .texts import ENGLISH, LANGUAGES, Texts


def main() -> int:
    """Return 0 if everything is right."""
    arguments = _arguments()
    try:
        other_time.start_again_if_asked(arguments, "tools.e2e")
        done = asyncio.run(until_ended(_run(arguments)))
    except (DemoError, ClientError) as err:
        sys.stderr.write(f"e2e: {err}\n")
        return 1
    return 0 if done else INTERRUPTED


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/e2e",
        description="Tests the integration in a browser, like a user.",
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, help="only this one (default: all)"
    )
    parser.add_argument(
        "--screenshots",
        action="store_true",
        help="take the README's pictures; takes some minutes more",
    )
    other_time.add_argument(parser)
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    folder = FOLDER / "pictures"
    if arguments.screenshots:
        folder = ROOT / "docs" / "images"
    async with new_house(None, *STILL) as house, chromium() as browser:
        folder.mkdir(exist_ok=True)
        for language in [arguments.language] if arguments.language else LANGUAGES:
            await _go_through(browser, house, language, folder)
            await _forget(house)
            step(f"{language}: set up, read, changed, given a new key, removed")
        await pictures.of_home_with_cars(
            browser, house, folder, charged=arguments.screenshots
        )
        step(f"the pictures are in {folder.relative_to(ROOT)}")


async def _go_through(
    browser: Browser, house: House, language: str, folder: Path
) -> None:
    async with logged_in(browser, house, Texts(language)) as person:
        await set_up.connect_car(person)
        if language == ENGLISH:
            await pictures.of_dialog(person, folder)
        await set_up.choose_preferences(person)
        await car_page.read(person)
        await car_page.change_settings(person)
        await account.give_new_key(person)
        await account.remove_car(person)


async def _forget(house: House) -> None:
    """Remove the account, so that the next language starts without it."""
    home = house.home
    for entry in await home.command("config_entries/get", domain="hiven"):
        await home.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")
    for credential in await home.command("application_credentials/list"):
        await home.command(
            "application_credentials/delete",
            application_credentials_id=credential["id"],
        )
    await house.cloud.change_key(USER_ID, API_KEY)


if __name__ == "__main__":
    sys.exit(main())
