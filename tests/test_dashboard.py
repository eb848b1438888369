"""The dashboards in docs, as somebody with an English Home Assistant uses them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
import json
from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Car, Simulator

from .actions import DAYS, SCHEDULE, set_preferences

type Start = Callable[[], Awaitable[MockConfigEntry]]

DOCS = Path(__file__).parents[1] / "docs"
WORD = "my_little_car"
NODE = shutil.which("node")

CARDS = {"heading", "tile", "calendar", "history-graph", "entities"}
ROWS = {"conditional", "button"}
FEATURES = {"bar-gauge", "select-options", "numeric-input"}

WEEK = dict.fromkeys(map(str.upper, DAYS), "06:30")


def document(name: str) -> Any:
    """Return a file with its one word replaced."""
    return parse_yaml((DOCS / name).read_text().replace("family_car", WORD))


@pytest.fixture
def cards() -> list[dict[str, Any]]:
    """Return the cards of the dashboard."""
    (view,) = document("dashboard.yaml")["views"]
    assert view["type"] == "sections"
    return [card for section in view["sections"] for card in section["cards"]]


@pytest.fixture
def rows(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of ready times."""
    rows: list[dict[str, Any]]
    (rows,) = [card["entities"] for card in cards if card["type"] == "entities"]
    return rows


@pytest.fixture(autouse=True)
def _my_little_car(car: Car) -> None:
    """Call the car otherwise than the file does."""
    car.name = "My little car"


def inside(part: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield everything a document holds, with its key."""
    yield key, part
    match part:
        case dict():
            for name, each in part.items():
                yield from inside(each, name)
        case list():
            for each in part:
                yield from inside(each, key)


def entity_ids(part: Any) -> set[str]:
    """Return the entities a document names."""
    return {
        each
        for key, each in inside(part)
        if isinstance(each, str)
        and valid_entity_id(each)
        and key not in {"perform_action", "data_generator"}
    }


@pytest.mark.parametrize("name", ["dashboard.yaml", "dashboard-apexcharts.yaml"])
async def test_all_entities_exist(hass: HomeAssistant, start: Start, name: str) -> None:
    """And are enabled."""
    await start()
    named = entity_ids(document(name))
    assert named
    assert {each for each in named if hass.states.get(each) is None} == set()


async def test_every_setting_is_there(
    hass: HomeAssistant, start: Start, cards: list[dict[str, Any]]
) -> None:
    """All entities but those that only advanced people need, or another one implies."""
    entry = await start()
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    missing = {each.entity_id for each in entities} - entity_ids(cards)
    assert missing == {
        f"binary_sensor.{WORD}_charging",
        f"binary_sensor.{WORD}_plugged_in",
        f"sensor.{WORD}_battery_capacity",
        f"number.{WORD}_battery_capacity_override",
    }


def test_cards_come_with_home_assistant(
    cards: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    """Nobody has to install any."""
    assert {card["type"] for card in cards} == CARDS
    assert {row["type"] for row in rows if "type" in row} == ROWS
    features = [each["type"] for card in cards for each in card.get("features", ())]
    assert set(features) == FEATURES


def test_days_are_in_order(rows: list[dict[str, Any]]) -> None:
    """Each with the row that clears it, shown while there is something to clear."""
    fields = [row for row in rows if "type" not in row]
    assert [
        row["entity"].removeprefix(f"time.{WORD}_ready_time") for row in fields
    ] == [
        "",
        *(f"_{day}" for day in DAYS),
    ]
    assert [row["name"].lower() for row in fields] == [
        "daily",
        *(day[:3] for day in DAYS),
    ]
    for day, row, after in zip(
        DAYS, fields[1:], [rows[rows.index(row) + 1] for row in fields[1:]], strict=True
    ):
        assert entity_ids(after) == {row["entity"]}
        assert after["row"]["name"].lower().startswith(day)
        ((condition),) = after["conditions"]
        assert condition["state_not"] == ["unknown", "unavailable"]


async def test_each_button_clears_what_it_says(
    hass: HomeAssistant, car: Car, start: Start, rows: list[dict[str, Any]]
) -> None:
    """A day alone, or all of them."""
    await start()
    left: list[set[str]] = []
    for row in rows:
        for _, action in inside(row):
            if not (isinstance(action, dict) and "perform_action" in action):
                continue
            await set_week(hass)
            assert car.preferences is not None
            assert car.preferences["weekDaySpecificReadyTimes"] == WEEK
            await perform(hass, action)
            days = car.preferences.get("weekDaySpecificReadyTimes") or {}
            left.append(set(days))
    assert left == [*(set(WEEK) - {day} for day in WEEK), set()]


async def set_week(hass: HomeAssistant) -> None:
    """Give every day a time of its own."""
    await set_preferences(
        hass, device_id=f"time.{WORD}_ready_time", ready_time="06:30", days=list(DAYS)
    )


async def perform(hass: HomeAssistant, action: dict[str, Any]) -> None:
    """Do what pressing a button of a dashboard does."""
    assert action["action"] == "perform-action"
    domain, _, name = action["perform_action"].partition(".")
    await hass.services.async_call(
        domain,
        name,
        dict(action.get("data", {})),
        target=action.get("target"),
        blocking=True,
    )


async def test_what_hides_cards_can_happen(
    hass: HomeAssistant, start: Start, cards: list[dict[str, Any]]
) -> None:
    """A condition names a state its entity really has."""
    await start()
    conditions = [each for card in cards for each in card.get("visibility", ())]
    assert conditions
    for condition in conditions:
        state = hass.states.get(condition["entity"])
        assert state is not None
        assert condition["state_not"] in state.attributes["options"]


@pytest.mark.skipif(NODE is None, reason="there is no node to run the generator with")
async def test_the_chart_reads_the_plan(
    hass: HomeAssistant, simulator: Simulator, start: Start
) -> None:
    """Its generator runs as in the browser, on what the action answers."""
    await hass.config.async_set_time_zone("Europe/Helsinki")
    charges = {"2026-03-16T22:00:00Z": 1, "2026-03-16T23:00:00Z": 0.25}
    plan = {"hourlyCharges": charges, "readyTime": "2026-03-17T05:00:00Z"}
    simulator.fail("GET", SCHEDULE, body=plan)
    await start()
    (series,) = document("dashboard-apexcharts.yaml")["series"]
    called = await generate(series, {"hours": []})
    domain, action, data, *_ = called["call"]
    answer = await hass.services.async_call(
        domain, action, data, blocking=True, return_response=True
    )
    assert called["points"] == []
    drawn = await generate(series, answer)
    assert drawn["points"] == [
        [datetime.fromisoformat(hour).timestamp() * 1000, 60 * share]
        for hour, share in charges.items()
    ]


_BROWSER = """
const { generator, entity, response } = JSON.parse(process.argv[1]);
let call;
const hass = {
  callService: async (...given) => {
    call = given;
    // Without the sixth argument Home Assistant's frontend returns no answer.
    return given[5] ? { response } : {};
  },
};
const AsyncFunction = (async () => {}).constructor;
const run = new AsyncFunction("entity", "start", "end", "hass", "moment", generator);
run(entity, undefined, undefined, hass).then((points) =>
  console.log(JSON.stringify({ call, points }))
);
"""


async def generate(series: dict[str, Any], response: Any) -> Any:
    """Return what the chart asks for and what it draws."""
    given = {
        "generator": series["data_generator"],
        "entity": {"entity_id": series["entity"]},
        "response": response,
    }
    assert NODE is not None
    node = await asyncio.create_subprocess_exec(
        *(NODE, "-e", _BROWSER, json.dumps(given)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await node.communicate()
    assert node.returncode == 0, errors.decode()
    return json.loads(output)
