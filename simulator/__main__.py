"""Runs the simulator: `python -m simulator`."""

import argparse
import asyncio
import signal
import sys

from . import scenario
from .dialects import DIALECTS
from .simulator import Simulator

_REDIRECT_URIS = (
    "https://my.home-assistant.io/redirect/oauth",
    "http://127.0.0.1:8123/auth/external/callback",
    "http://localhost:8123/auth/external/callback",
)


def main() -> int:
    """Run until Ctrl-C or SIGTERM."""
    arguments = _arguments()
    if arguments.list_dialects:
        width = max(map(len, DIALECTS))
        for name, dialect in DIALECTS.items():
            sys.stdout.write(f"{name:{width}}  {dialect.says}\n")
        return 0
    return asyncio.run(_run(arguments))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A Hiven cloud and a SmartCar Connect page on 127.0.0.1.",
        epilog="The page at / shows the cars and has buttons to plug them in.",
    )
    parser.add_argument(
        "--port", type=int, default=8480, help="port, 0 for any (default: %(default)s)"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=12.0,
        help="seconds of charging and driving in one second (default: %(default)g)",
    )
    parser.add_argument(
        "--latency",
        type=_milliseconds,
        default=0.0,
        metavar="MS",
        help="milliseconds by which to delay each API request (default: 0)",
    )
    parser.add_argument(
        "--user",
        default=scenario.USER_ID,
        help="user id of the account, a UUID (%(default)s)",
    )
    parser.add_argument(
        "--key", default=scenario.API_KEY, help="API key of the account (%(default)s)"
    )
    parser.add_argument(
        "--partner", default=scenario.PARTNER, help="the partner's name (%(default)s)"
    )
    parser.add_argument(
        "--redirect-uri",
        action="append",
        metavar="URI",
        help="whitelist this address; may be repeated "
        f"(default: {', '.join(_REDIRECT_URIS)})",
    )
    parser.add_argument(
        "--empty",
        action="store_true",
        help="do not connect the cars; connect them on the SmartCar page",
    )
    parser.add_argument(
        "--still",
        action="store_true",
        help="pause the cars, so that nothing changes by itself at any time of day",
    )
    parser.add_argument(
        "--dialect",
        action="append",
        default=[],
        choices=DIALECTS,
        metavar="NAME",
        help="differ from the documentation in this way; may be repeated",
    )
    parser.add_argument(
        "--list-dialects", action="store_true", help="list the dialects and exit"
    )
    return parser.parse_args()


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= 3600:
        raise argparse.ArgumentTypeError("must be above 0 and at most 3600")
    return speed


def _milliseconds(text: str) -> float:
    milliseconds = float(text)
    if not 0 <= milliseconds <= 60_000:
        raise argparse.ArgumentTypeError("must be 0 to 60000")
    return milliseconds


async def _run(arguments: argparse.Namespace) -> int:
    simulator = Simulator(speed=arguments.speed)
    simulator.recording = False
    simulator.latency = arguments.latency / 1000
    simulator.redirect_uris.update(arguments.redirect_uri or _REDIRECT_URIS)
    simulator.add_account(arguments.user, arguments.key, arguments.partner)
    try:
        simulator.speak(*arguments.dialect)
    except ValueError as err:
        sys.stderr.write(f"simulator: {err}\n")
        return 2
    scenario.set_up(
        simulator, arguments.user, connect=not arguments.empty, still=arguments.still
    )
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await simulator.start(arguments.port)
    except OSError as err:
        problem = err.strerror or err
        sys.stderr.write(f"simulator: port {arguments.port}: {problem}\n")
        return 1
    sys.stdout.write(
        f"Hiven simulator at {simulator.url} ({arguments.speed:g} times as fast)\n"
        f"  user id  {arguments.user}\n"
        f"  API key  {arguments.key}\n"
        "Ctrl-C ends it.\n"
    )
    sys.stdout.flush()
    await ended.wait()
    await simulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
