"""The dashboard: both cars side by side, made of cards Home Assistant brings."""

from collections.abc import Mapping
from typing import Any

from .home_assistant import HomeAssistant

URL_PATH = "hiven-cars"
_TITLE = "Cars"
_ICON = "mdi:car-electric"
# The cars charge so fast that a quarter of an hour shows it all.
_GRAPH_HOURS = 0.25

type Card = dict[str, Any]


async def make_dashboard(
    home: HomeAssistant, cars: Mapping[str, Mapping[str, str]]
) -> None:
    """Make it, and have everybody start with it.

    `cars` holds the ids of each car's entities by key, by the car's name.
    """
    await home.command(
        "lovelace/dashboards/create", url_path=URL_PATH, title=_TITLE, icon=_ICON
    )
    view = {
        "title": _TITLE,
        "type": "sections",
        "max_columns": max(2, len(cars)),
        "sections": [_section(name, entities) for name, entities in cars.items()],
    }
    await home.command(
        "lovelace/config/save", url_path=URL_PATH, config={"views": [view]}
    )
    await home.command(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


def _section(name: str, entities: Mapping[str, str]) -> Card:
    smart, not_smart = _when_smart(entities["charging_behavior"])
    return {
        "type": "grid",
        "cards": [
            {
                "type": "heading",
                "heading": name,
                "icon": _ICON,
                "badges": [{"type": "entity", "entity": entities["last_reported"]}],
            },
            {
                "type": "gauge",
                "entity": entities["state_of_charge"],
                "name": "State of charge",
                "min": 0,
                "max": 100,
                "severity": {"red": 0, "yellow": 20, "green": 40},
                "grid_options": {"columns": 6, "rows": 3},
            },
            _tile(entities["charging_status"], "Charging status"),
            _tile(entities["plugged_in"], "Cable"),
            _tile(entities["range"], "Range"),
            _tile(
                entities["charging_behavior"],
                "Charging behavior",
                columns=12,
                hide_state=True,
                features=[{"type": "select-options"}],
            ),
            _slider(entities["target_soc"], "Target"),
            _slider(entities["minimum_soc"], "Minimum"),
            _tile(entities["ready_time"], "Ready time", columns=12, **not_smart),
            _tile(entities["ready_time"], "Ready time", **smart),
            _tile(entities["next_ready_time"], "Next ready time", **smart),
            _tile(entities["next_charging_start"], "Charges from", **smart),
            _tile(entities["planned_charging_time"], "Planned charging", **smart),
            {
                "type": "history-graph",
                "hours_to_show": _GRAPH_HOURS,
                "min_y_axis": 0,
                "max_y_axis": 100,
                "entities": [
                    {"entity": entities["state_of_charge"], "name": "State of charge"},
                    {"entity": entities["target_soc"], "name": "Target"},
                ],
                "grid_options": {"columns": 12},
            },
        ],
    }


def _when_smart(behavior: str) -> tuple[Card, Card]:
    """Return what shows a card while smart charging is on, and while it is off."""
    on, off = (
        {
            "visibility": [
                {"condition": "state", "entity": behavior, how: "smart_charge_off"}
            ]
        }
        for how in ("state_not", "state")
    )
    return on, off


def _tile(entity: str, name: str, columns: int = 6, **more: Any) -> Card:
    return {
        "type": "tile",
        "entity": entity,
        "name": name,
        "grid_options": {"columns": columns},
        **more,
    }


def _slider(entity: str, name: str) -> Card:
    return _tile(entity, name, features=[{"type": "numeric-input", "style": "slider"}])
