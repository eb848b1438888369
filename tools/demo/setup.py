"""Everything from an empty folder to a home with two cars."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession

from . import servers
from .child import Child
from .cloud import Cloud, Truth
from .dashboard import make_dashboard
from .errors import DemoError
from .first_page import load_page
from .folder import HOME_ASSISTANT_LOG, SIMULATOR_LOG, make_config, own_folder
from .home_assistant import HomeAssistant
from .household import change_settings, connect_cars
from .log import tail
from .onboarding import (
    confirm_address,
    keep_to_loopback,
    onboard,
    show_times_of_home,
    tidy_up,
)
from .ports import HOST, free_port, is_free
from .say import say, step
from .waiting import wait_until

_HOME_PORT = 8123
_SIMULATOR_PORT = 8480


@dataclass(frozen=True)
class House:
    """A home without cars, and its servers."""

    home: HomeAssistant
    cloud: Cloud
    simulator: Child
    home_assistant: Child


@dataclass(frozen=True)
class Demo(House):
    """A home with two cars."""

    cars: list[Truth]
    """The first one charges at once."""


# Nothing changes by itself, and everything is the same at any time of day. Once
# the cars are resumed, they report every five seconds.
STILL = ("--still", "--speed", "60")


@asynccontextmanager
async def running(
    port: int | None, *options: str, still: bool = False
) -> AsyncIterator[Demo]:
    """Run everything as long as the context; `options` are the simulator's."""
    async with new_house(port, *options, *(STILL if still else ())) as house:
        home, cloud = house.home, house.cloud
        cars = await connect_cars(home, cloud, still=still)
        names = " and ".join(str(car["name"]) for car in cars)
        step(f"{names} are connected through the config flow")
        await furnish(home, cars)
        yield Demo(home, cloud, house.simulator, house.home_assistant, cars)


@asynccontextmanager
async def new_house(port: int | None, *options: str) -> AsyncIterator[House]:
    """Set up a home that has an owner, but not Hiven."""
    if port is not None and not is_free(port):
        raise DemoError(f"port {port} is taken")
    home_url = f"http://{HOST}:{port or free_port(_HOME_PORT)}"
    cloud_url = f"http://{HOST}:{free_port(_SIMULATOR_PORT)}"
    with own_folder():
        make_config(int(home_url.rpartition(":")[2]))
        async with (
            _logs_shown(),
            servers.simulator(
                int(cloud_url.rpartition(":")[2]), home_url, options
            ) as simulator,
            servers.home_assistant(cloud_url) as home_assistant,
            ClientSession() as session,
        ):
            home = HomeAssistant(session, home_url)
            cloud = Cloud(session, cloud_url)
            await wait_until(cloud.is_up, simulator)
            step(f"the simulator runs at {cloud_url}")
            await wait_until(home.is_up, home_assistant)
            step(f"Home Assistant runs at {home_url}")
            await onboard(home)
            await confirm_address(home)
            await keep_to_loopback(home)
            await show_times_of_home(home)
            await wait_until(home.has_started, home_assistant)
            await tidy_up(home)
            step("the owner is there, and no questions are left")
            yield House(home, cloud, simulator, home_assistant)


async def furnish(home: HomeAssistant, cars: list[Truth]) -> None:
    """Change some settings of the cars, and add the dashboard."""
    await change_settings(home, cars)
    await make_dashboard(home)
    await load_page(home)
    step("the dashboard is made")


@asynccontextmanager
async def _logs_shown() -> AsyncIterator[None]:
    """Print the end of the logs if something goes wrong."""
    try:
        yield
    except Exception:
        for log in (SIMULATOR_LOG, HOME_ASSISTANT_LOG):
            say(tail(log))
        raise
