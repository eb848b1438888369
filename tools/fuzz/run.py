"""The parts of the search, each with its own simulator."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from zoneinfo import ZoneInfo

import aiohttp
from hypothesis import strategies as st

from custom_components.hiven.api import HivenClient
from simulator import Car, Simulator
from tools import API_KEY, TIME_ZONE, USER_ID
from tools.clock import Clock, stopped_clock
from tools.home import home
from tools.watch import LogWatch

from .account import CAR_IDS, PREFERENCES, STORIES, Account
from .explore import Search
from .garble import JSONS, WRONGS, Json, Wrong, garbled
from .parsers import PARSERS, check_parser
from .wire import EXCHANGES, FULL_ID, REDIRECT, SECRETS, Wire, add_full_car, ask_all


@dataclass(frozen=True)
class Part:
    """A search, its share of the time, and the number of examples in a round."""

    search: Callable[[Search, Clock], Awaitable[None]]
    share: float
    examples: int


def run(part: str, seed: int, seconds: float = 0) -> int:
    """Search for a set time, at least one round; return the number of examples.

    Raises the error of a failed example.
    """
    # Without a handler, Python would print all warnings.
    logging.getLogger().addHandler(logging.NullHandler())
    what = PARTS[part]
    search = Search(part, seed, seconds, what.examples)

    async def work(clock: Clock) -> None:
        await what.search(search, clock)

    with stopped_clock(datetime(2026, 3, 16, 12, tzinfo=UTC)) as clock:
        asyncio.run(work(clock))
    return search.tried


@asynccontextmanager
async def _cloud() -> AsyncGenerator[Simulator]:
    async with Simulator() as simulator:
        simulator.add_account(USER_ID, API_KEY)
        simulator.time_zone = ZoneInfo(TIME_ZONE)
        simulator.redirect_uris.add(REDIRECT)
        yield simulator


PLAN = {
    "id": "plan-1",
    "createdAt": "2026-03-16T11:00:00.000Z",
    "hourlyCharges": {"2026-03-16T22:00:00Z": 1, "2026-03-16T23:15:00Z": 0.4},
    "spotPriceAreaId": "FI",
    "readyTime": "2026-03-17T05:00:00.000Z",
    "timeZone": TIME_ZONE,
}


async def _parsers(search: Search, _: Clock) -> None:
    """Check that any JSON is read correctly, or refused without showing a value."""
    async with _cloud() as simulator, aiohttp.ClientSession() as session:
        add_full_car(simulator)
        true = await ask_all(session, simulator)
    devices = "GET /v2/hiven/devices"
    answers = {
        "list": true[devices],
        "details": true[f"{devices}/:vehicleId"],
        "preferences": true[f"{devices}/:vehicleId/smart-charging/ev-preferences"],
        "status": true["GET /v1/hiven/devices/:vehicleId/status"],
        "schedule": PLAN,
        "models": true["GET /v2/hiven/vehicles/smartcar/capabilities"][0],
    }

    def check(example: tuple[str, tuple[Wrong, ...] | None, Json]) -> None:
        name, wrongs, instead = example
        answer = instead if wrongs is None else garbled(answers[name], wrongs)
        check_parser(name, answer)

    await asyncio.to_thread(
        search.run_here,
        st.tuples(st.sampled_from(tuple(PARSERS)), st.none() | WRONGS | WRONGS, JSONS),
        check,
    )


async def _client(search: Search, _: Clock) -> None:
    """Check that the client returns or raises its own errors with any answer."""
    async with _cloud() as simulator, aiohttp.ClientSession() as session:
        car = add_full_car(simulator)
        client = HivenClient(
            session, user_id=USER_ID, api_key=API_KEY, base_url=simulator.url
        )
        answers = await ask_all(session, simulator)
        hidden = (API_KEY, FULL_ID, "127.0.0.1", car.vin, car.external_id, *SECRETS)
        wire = Wire(client, simulator, answers, hidden)
        await search.run(EXCHANGES, wire.check)


async def _account(search: Search, clock: Clock) -> None:
    """Check that no answer causes a crash or data loss, and one good poll repairs all."""
    async with _cloud() as simulator:
        cars = tuple(
            simulator.add_car(
                USER_ID,
                Car(id=id_, name=id_, plugged_in=False, preferences=PREFERENCES),
            )
            for id_ in CAR_IDS
        )
        with LogWatch() as log:
            async with home(simulator.url) as each:
                await each.start()
                await each.done()
                account = Account(each, simulator, clock, log, cars)
                await search.run(STORIES, account.check)


PARTS = {
    "parsers": Part(_parsers, 0.15, 300),
    "client": Part(_client, 0.25, 150),
    "account": Part(_account, 0.6, 10),
}
