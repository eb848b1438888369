"""Runs the browser test; `scripts/e2e` installs what it needs."""

import argparse
import asyncio
import sys

from aiohttp import ClientError
from playwright.async_api import Browser

from simulator.scenario import API_KEY, USER_ID
from tools.demo import other_time
from tools.demo.ending import INTERRUPTED, until_ended
from tools.demo.errors import DemoError
from tools.demo.folder import ROOT
from tools.demo.say import step
from tools.demo.setup import STILL, House, new_house

from . import account, car_page, dashboard, energy, pictures, set_up, speed
from .browser import chromium
from .person import logged_in
from .texts import LANGUAGES, Texts


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
        "--screenshots", action="store_true", help="only take the README's pictures"
    )
    other_time.add_argument(parser)
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    async with new_house(None, *STILL) as house, chromium() as browser:
        if arguments.screenshots:
            folder = ROOT / "docs" / "images"
            await pictures.take_all(browser, house, folder)
            step(f"the pictures are in {folder.relative_to(ROOT)}")
            return
        for language in [arguments.language] if arguments.language else LANGUAGES:
            await _go_through(browser, house, language)
            await _forget(house)
            step(f"{language}: set up, read, changed, given a new key, removed")


async def _go_through(browser: Browser, house: House, language: str) -> None:
    async with logged_in(browser, house, Texts(language)) as person:
        await set_up.connect_car(person)
        await set_up.choose_preferences(person)
        await car_page.read(person)
        await car_page.change_settings(person)
        await energy.see_car_offered(person)
        board = await dashboard.add(person)
        await account.connect_another_car(person)
        await dashboard.see_another_car(board)
        await account.repair(person)
        await dashboard.change_days(board)
        await dashboard.be_refused(board)
        await dashboard.see_prices(board)
        await speed.measure(board)
        await account.give_new_key(person)
        await account.remove_car(person, account.ANOTHER_CAR)
        await account.remove_car(person, set_up.CAR)
        await dashboard.see_no_car(board)
        await account.delete(person)
        await dashboard.see_no_trace(board)


async def _forget(house: House) -> None:
    """Forget the stored key, so that the next person begins as a newcomer."""
    for credential in await house.home.command("application_credentials/list"):
        await house.home.command(
            "application_credentials/delete",
            application_credentials_id=credential["id"],
        )
    await house.cloud.change_key(USER_ID, API_KEY)


if __name__ == "__main__":
    sys.exit(main())
