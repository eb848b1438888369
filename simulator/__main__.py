"""Runs the simulator by itself: `python -m simulator`."""

import argparse
import asyncio
from datetime import time
import signal
import sys

from .car import Car
from .routine import Routine
from .simulator import Simulator

_REDIRECT_URIS = (
    "https://my.home-assistant.io/redirect/oauth",
    "http://127.0.0.1:8123/auth/external/callback",
    "http://localhost:8123/auth/external/callback",
)


def main() -> int:
    """Run until Ctrl-C or SIGTERM."""
    return asyncio.run(_run(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A Hiven cloud and a SmartCar Connect page on 127.0.0.1.",
        epilog="Its own page, with the cars to look at and to plug in, is at /.",
    )
    parser.add_argument(
        "--port", type=int, default=8480, help="port, 0 for any (default: %(default)s)"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=60.0,
        help="seconds of charging and driving in one second (default: %(default)g)",
    )
    parser.add_argument(
        "--latency",
        type=_milliseconds,
        default=0.0,
        metavar="MS",
        help="milliseconds each request of Hiven's takes longer (default: 0)",
    )
    parser.add_argument(
        "--user", default="demo-user", help="user id of the account (%(default)s)"
    )
    parser.add_argument(
        "--key", default="demo-key", help="API key of the account (%(default)s)"
    )
    parser.add_argument(
        "--partner", default="Demo Energy", help="the partner's name (%(default)s)"
    )
    parser.add_argument(
        "--redirect-uri",
        action="append",
        metavar="URI",
        help="whitelist this address; may be given several times "
        f"(default: {', '.join(_REDIRECT_URIS)})",
    )
    parser.add_argument(
        "--empty",
        action="store_true",
        help="connect none of the two cars; they can be on the SmartCar page",
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


def _cars() -> tuple[Car, ...]:
    return (
        Car(
            id="2b0c7c52-6a51-4c0e-9d0f-0d3f1e4b7a01",
            name="Aurora",
            manufacturer="TESLA",
            model="Model Y",
            year=2023,
            soc=46.0,
            battery_capacity=75.0,
            km_per_percent=4.8,
            routine=Routine(time(7, 45), time(16, 30), km=62, days=frozenset(range(5))),
        ),
        Car(
            id="7f4de1b8-33c6-4f0b-8a52-5b9a6c2d8e02",
            name="Fjord",
            manufacturer="VOLKSWAGEN",
            model="ID.4",
            year=2022,
            soc=71.0,
            plugged_in=False,
            battery_capacity=77.0,
            km_per_percent=4.5,
            reports_capacity=False,
        ),
    )


async def _run(arguments: argparse.Namespace) -> int:
    simulator = Simulator(speed=arguments.speed)
    simulator.recording = False
    simulator.latency = arguments.latency / 1000
    simulator.redirect_uris.update(arguments.redirect_uri or _REDIRECT_URIS)
    simulator.add_account(arguments.user, arguments.key, arguments.partner)
    for car in _cars():
        simulator.add_garage_car(car)
        if not arguments.empty:
            simulator.add_car(arguments.user, car)
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
