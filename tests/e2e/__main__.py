"""Goes through everything in every language; `scripts/e2e` makes the environment."""

import argparse
import asyncio
from pathlib import Path
import sys
import tempfile

from playwright.async_api import Browser

from demo.errors import DemoError
from demo.folder import ROOT
from demo.household import API_KEY, USER_ID
from demo.say import say, step
from demo.setup import House, furnish, new_house

from .browser import chromium, logged_in
from .errors import Wrong
from . import journey
from .pictures import Pictures
from .texts import LANGUAGES, Texts


def main() -> int:
    """Return 0 when all is as it has to be."""
    try:
        asyncio.run(_run(_arguments()))
    except (DemoError, Wrong) as err:
        sys.stderr.write(f"e2e: {err}\n")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/e2e", description=__doc__)
    parser.add_argument("--screenshots", action="store_true")
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hiven-e2e-"))
    async with new_house(None) as house, chromium() as browser:
        await house.cloud.pause()
        for language in arguments.language or LANGUAGES:
            texts = Texts(language)
            async with logged_in(browser, house.home, texts, folder) as person:
                await journey.set_up(person)
                await journey.finish_set_up(person)
                step(f"{language}: set up")
                await journey.see_device(person, house)
                await journey.change_settings(person, house)
                step(f"{language}: settings")
                await journey.give_new_key(person, house)
                step(f"{language}: key")
                await journey.remove_car(person, house)
                step(f"{language}: removed")
            await _forget(house)


async def _forget(house: House) -> None:
    """Make Home Assistant know nothing of Hiven again."""
    home = house.home
    for entry in await home.command("config_entries/get", domain="hiven"):
        await home.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")
    for credential in await home.command("application_credentials/list"):
        await home.command("application_credentials/delete", application_credentials_id=credential["id"])
    await house.cloud.change_key(USER_ID, API_KEY)


if __name__ == "__main__":
    sys.exit(main())
