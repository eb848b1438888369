"""`--check`: compares Home Assistant with the simulator."""

import asyncio
import time

from simulator.scenario import API_KEY, USER_ID

from .comparison import Row, compare, rows_as_table
from .errors import DemoError
from .folder import HOME_ASSISTANT_LOG, ROOT
from .home_assistant import HomeAssistant
from .log import complaints
from .registry import entities_of, registered
from .say import say, step
from .setup import Demo

_MOVES_WITHIN = 60.0
# Home Assistant reads at most every ten seconds, so after this it has read.
_COOLDOWN = 11.0


async def check(demo: Demo) -> None:
    """Wait until a car has charged, then compare all entities."""
    entities = await entities_of(demo.home, demo.cars[0]["id"])
    await demo.cloud.resume()
    await _see_it_move(demo.home, entities["state_of_charge"])

    await demo.cloud.pause()
    # A change makes Home Assistant read the plan again.
    smart = await entities_of(demo.home, demo.cars[1]["id"])
    await demo.home.call(
        "number.set_value",
        entity_id=smart["target_soc"],
        value=float(await _state(demo.home, smart["target_soc"])) - 1,
    )
    await demo.home.call(
        "homeassistant.update_entity", entity_id=entities["state_of_charge"]
    )
    await asyncio.sleep(_COOLDOWN)
    step("the simulator stands still, and Home Assistant has asked it once more")

    rows = await _rows(demo)
    say(f"\n{rows_as_table(rows)}\n")
    wrong = [row for row in rows if not row.ok]
    about_us = complaints(HOME_ASSISTANT_LOG.read_text("utf-8", "replace"), ROOT)
    for complaint in about_us:
        say(f"in Home Assistant's log: {complaint}")
    step(
        f"{len(rows)} entities, {len(wrong)} wrong; "
        f"{len(about_us)} warnings and errors about Hiven in the log"
    )
    if wrong or about_us:
        raise DemoError("not everything is as expected")


async def _see_it_move(home: HomeAssistant, entity_id: str) -> None:
    """Wait until the state of charge of a charging car rises."""
    start = time.monotonic()
    before = await _state(home, entity_id)
    while (now := await _state(home, entity_id)) == before:
        if time.monotonic() - start > _MOVES_WITHIN:
            raise DemoError(f"{entity_id} stays at {before}")
        await asyncio.sleep(0.5)
    seconds = time.monotonic() - start
    step(f"{entity_id} moved from {before} to {now} % within {seconds:.0f} seconds")


async def _state(home: HomeAssistant, entity_id: str) -> str:
    return str((await home.get(f"/api/states/{entity_id}"))["state"])


async def _rows(demo: Demo) -> list[Row]:
    states = {
        state["entity_id"]: state["state"]
        for state in await demo.home.get("/api/states")
    }
    prices = await demo.cloud.prices()
    rows: list[Row] = []
    for car in await demo.cloud.cars():
        car["schedule"] = await demo.cloud.schedule(car["id"], USER_ID, API_KEY)
        car["prices"] = prices
        rows += compare(car, await registered(demo.home, car["id"]), states)
    return rows
