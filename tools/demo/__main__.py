"""Runs the demo; `scripts/demo` also sets up the environment."""

import argparse
import asyncio
import sys

from aiohttp import ClientError

from simulator import DIALECTS

from . import other_time
from .check import check
from .ending import INTERRUPTED, until_ended
from .errors import DemoError
from .onboarding import PASSWORD, USERNAME
from .say import say
from .servers import keep_running
from .setup import running


def main() -> int:
    """Run until Ctrl-C or SIGTERM, or until everything is checked."""
    arguments = _arguments()
    try:
        other_time.start_again_if_asked(arguments, "tools.demo")
        done = asyncio.run(until_ended(_demo(arguments)))
    except (DemoError, ClientError) as err:
        sys.stderr.write(f"demo: {err}\n")
        return 1
    return INTERRUPTED if arguments.check and not done else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Starts a Home Assistant with two simulated cars, on this machine only.",
    )
    parser.add_argument(
        "--port",
        type=int,
        help="port of Home Assistant (default: 8123, or any free one)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare all entities with the simulator, then exit",
    )
    parser.add_argument(
        "--dialect",
        action="append",
        default=[],
        choices=DIALECTS,
        metavar="NAME",
        help="let Hiven differ from its documentation in this way; may be repeated "
        f"({', '.join(DIALECTS)})",
    )
    other_time.add_argument(parser)
    return parser.parse_args()


async def _demo(arguments: argparse.Namespace) -> None:
    options = [f"--dialect={name}" for name in arguments.dialect]
    async with running(arguments.port, *options, still=arguments.check) as demo:
        if arguments.check:
            await check(demo)
            return
        say(
            f"\n  {demo.home.url}  login {USERNAME}, password {PASSWORD}\n\n"
            f"  The cars can be plugged in and out at {demo.cloud.url}\n"
            "  Ctrl-C ends everything."
        )
        await keep_running(demo.simulator, demo.home_assistant)


if __name__ == "__main__":
    sys.exit(main())
