"""Connects a car through the config flow, step by step, and a price source."""

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from simulator.person import sign_in

from .errors import DemoError
from .home_assistant import HomeAssistant

_FLOW = "/api/config/config_entries/flow"
_MOST_STEPS = 20

type Answers = Mapping[str, Mapping[str, Any]]


async def connect_car(home: HomeAssistant, answers: Answers) -> str:
    """Go through the flow; return its result: `create_entry` or the abort reason.

    `answers` maps each step to its input. The flow must show exactly these steps.
    SmartCar's pages get their own session, like another site in a browser.
    """
    left = dict(answers)
    result = await home.post(_FLOW, {"handler": "hiven"})
    for _ in range(_MOST_STEPS):
        match result["type"]:
            case "create_entry" | "abort" if left:
                raise DemoError(f"the flow ended without {', '.join(left)}: {result}")
            case "create_entry":
                return "create_entry"
            case "abort":
                return str(result["reason"])
            case "form" | "menu":
                result = await _answer(home, result, left)
            case "external":
                async with ClientSession() as browser:
                    callback: URL = await sign_in(browser, result["url"])
                await home.open(callback)
                result = await home.get(f"{_FLOW}/{result['flow_id']}")
            case "external_done":
                result = await home.post(f"{_FLOW}/{result['flow_id']}")
            case other:
                raise DemoError(f"the flow shows something unexpected: {other}")
    raise DemoError("the flow does not come to an end")


async def add_prices(home: HomeAssistant) -> str:
    """Add the stand-in for a price integration; return its entry's id."""
    made = await home.post(_FLOW, {"handler": "nordpool"})
    return str(made["result"]["entry_id"])


async def _answer(
    home: HomeAssistant, shown: dict[str, Any], left: dict[str, Mapping[str, Any]]
) -> Any:
    step = shown["step_id"]
    if errors := shown.get("errors"):
        raise DemoError(f"the flow's step {step} shows {errors}")
    if step not in left:
        raise DemoError(f"the flow asks for {step}, which is not expected")
    return await home.post(f"{_FLOW}/{shown['flow_id']}", left.pop(step))
