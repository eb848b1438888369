"""The dashboard people find in docs, with a view for each car."""

from typing import Any

from homeassistant.util.yaml import parse_yaml

from .folder import ROOT
from .home_assistant import HomeAssistant

FILE = ROOT / "docs" / "dashboard.yaml"
URL_PATH = "hiven-cars"
WORD = "family_car"
_TITLE = "Cars"
_ICON = "mdi:car-electric"
# The cars charge fast, so a quarter of an hour shows everything.
_GRAPH_HOURS = 0.25

type View = dict[str, Any]


async def make_dashboard(home: HomeAssistant, cars: dict[str, str]) -> None:
    """Make it the dashboard everybody starts with.

    `cars` holds the id of each car's state of charge by the car's name.
    """
    await home.command(
        "lovelace/dashboards/create", url_path=URL_PATH, title=_TITLE, icon=_ICON
    )
    views = [view_of(name, word_of(entity_id)) for name, entity_id in cars.items()]
    await home.command(
        "lovelace/config/save", url_path=URL_PATH, config={"views": views}
    )
    await home.command(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


def word_of(state_of_charge: str) -> str:
    """Return the word that the entities of a car begin with."""
    return state_of_charge.removeprefix("sensor.").removesuffix("_state_of_charge")


def view_of(name: str, word: str) -> View:
    """Return the view of a car whose entities begin with a word."""
    dashboard: Any = parse_yaml(FILE.read_text("utf-8").replace(WORD, word))
    (view,) = dashboard["views"]
    for section in view["sections"]:
        for card in section["cards"]:
            if card["type"] == "history-graph":
                card["hours_to_show"] = _GRAPH_HOURS
    # An icon would hide the name of the car.
    del view["icon"]
    return {**view, "title": name, "path": word}
