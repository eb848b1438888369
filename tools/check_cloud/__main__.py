"""Runs the check: `python -m tools.check_cloud`, or `scripts/check-cloud`."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from getpass import getpass
import logging
import os
import sys

import aiohttp

from custom_components.hiven import api

from .check import Findings, NoSuchCarError, check
from .report import report


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Print a report; 0 if the list of vehicles could be read."""
    parser = argparse.ArgumentParser(
        prog="scripts/check-cloud",
        description="Reads a real account and prints a report to paste into an issue: "
        "what agrees with Hiven's documentation, what is odd, and how Hiven works where "
        "the documentation is silent. The report contains nothing personal.",
        epilog="Asks for the API key and user ID, or reads them from HIVEN_API_KEY and "
        "HIVEN_USER_ID. HIVEN_API_URL replaces Hiven's address.",
    )
    parser.add_argument(
        "--write",
        metavar="CAR",
        help="also write the charge minimum of the car with this name or id, "
        "unchanged, and check the effect on its other settings",
    )
    options = parser.parse_args(arguments)
    api_key = environment.get("HIVEN_API_KEY") or getpass("API key: ")
    user_id = environment.get("HIVEN_USER_ID") or getpass("User ID: ")
    base_url = environment.get("HIVEN_API_URL") or api.DEFAULT_URL
    try:
        findings = asyncio.run(
            _check(
                write=options.write,
                api_key=api_key.strip(),
                user_id=user_id.strip(),
                base_url=base_url,
            )
        )
    except NoSuchCarError:
        sys.stderr.write(f"There is no car called {options.write}.\n")
        return 2
    except ValueError as err:
        sys.stderr.write(f"{err}.\n")
        return 2
    sys.stdout.write(report(findings))
    return int(findings.listed is None)


async def _check(
    *, write: str | None, api_key: str, user_id: str, base_url: str
) -> Findings:
    async with aiohttp.ClientSession() as session:
        return await check(
            session, write=write, api_key=api_key, user_id=user_id, base_url=base_url
        )


if __name__ == "__main__":
    # The report already contains what the client logs.
    logging.getLogger(api.__name__).setLevel(logging.ERROR)
    sys.exit(main(sys.argv[1:], os.environ))
