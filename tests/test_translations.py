"""Every text that the code needs is there, and every text is needed.

Texts that tests show are checked there: by `Dialog` for every step, by `error_of` for
every error, and by test_repairs for every issue. These tests read the code instead, to
find texts that no test shows and texts that are not needed any more.
"""

import ast
from itertools import chain
from pathlib import Path
import re

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.helpers import entity_registry as er
import pytest

from .home import Home
from .market import Market
from .repository import DESCRIBED, FOLDER, ICONS, LANGUAGES, leaves

ENGLISH = LANGUAGES["en"]
TREES = [ast.parse(path.read_text()) for path in FOLDER.rglob("*.py")]


def given(keyword: str) -> set[str]:
    """Return the strings that calls pass as a keyword argument."""
    return {
        each.value
        for node in chain.from_iterable(map(ast.walk, TREES))
        if isinstance(node, ast.keyword) and node.arg == keyword
        for each in ast.walk(node.value)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def test_no_text_is_missing() -> None:
    others = (ENGLISH["issues"], ENGLISH["selector"])
    asked = given("translation_key")
    assert asked
    assert asked - set(ENGLISH["exceptions"]).union(*others) == set()
    issues = ENGLISH["issues"].values()
    fixes = [each["fix_flow"] for each in issues if "fix_flow" in each]
    for dialog in (ENGLISH["config"], ENGLISH["options"], *fixes):
        for name, step in dialog.get("step", {}).items():
            assert step["title"]
            for each in (step, *step.get("sections", {}).values()):
                # A field with a clear label needs no description.
                explained = each.get("data_description", {}).keys()
                assert explained <= each.get("data", {}).keys(), name


def test_no_text_is_left_over() -> None:
    sources = (*FOLDER.rglob("*.py"), FOLDER / "services.yaml")
    words = set(re.findall(r"\w+", " ".join(map(Path.read_text, sources)).lower()))
    for prefix in ("async_step_", "conf_"):
        words |= {word.removeprefix(prefix) for word in words}
    # This field of a form is from Home Assistant.
    words.add("implementation")
    kinds = ("exceptions", "issues", "selector", "config", "options", "system_health")
    # The words that name a kind of text.
    structure = {
        *("message", "title", "description", "fix_flow", "step", "error", "abort"),
        *("data", "data_description", "menu_options", "sections", "options", "info"),
        *("name", "submit", "selector", "create_entry", "progress"),
    }
    for kind in kinds:
        for path, _ in leaves(ENGLISH[kind]):
            keys = set(path.split(".")) - structure
            assert keys <= words, path


@pytest.mark.parametrize("kind", DESCRIBED)
def test_actions_triggers_and_conditions(kind: str) -> None:
    described, texts = DESCRIBED[kind], ENGLISH[kind]
    assert texts.keys() == described.keys() == ICONS[kind].keys()
    for name, each in described.items():
        assert texts[name]["name"] and texts[name]["description"]
        fields = texts[name].get("fields", {})
        assert fields.keys() == each.get("fields", {}).keys(), name
        for key, field in fields.items():
            assert field["name"]
            # Fields of triggers and conditions have none, as in Home Assistant.
            assert ("description" in field) is (kind == "services")
            select = each["fields"][key]["selector"].get("select") or {}
            if "translation_key" in select:
                options = ENGLISH["selector"][select["translation_key"]]["options"]
                assert set(select["options"]) <= options.keys()
        assert ICONS[kind][name].keys() == {kind.removesuffix("s")}


async def test_entities(home: Home) -> None:
    await Market(home).set_up()
    await home.start()
    registry = er.async_get(home.hass)
    asked: dict[str, dict[str | None, set[str]]] = {}
    for entity in er.async_entries_for_config_entry(registry, home.entry.entry_id):
        options = (entity.capabilities or {}).get("options", ())
        asked.setdefault(entity.domain, {})[entity.translation_key] = set(options)
    # Home Assistant has no words for it in two of the languages.
    asked["binary_sensor"]["charging"] = {STATE_OFF, STATE_ON}
    assert asked == {
        platform: {key: set(each.get("state", {})) for key, each in entities.items()}
        for platform, entities in ENGLISH["entity"].items()
    }
    for platform, icons in ICONS["entity"].items():
        assert icons.keys() <= asked[platform].keys()
        for key, icon in icons.items():
            assert set(icon.get("state", {})) <= asked[platform][key]
