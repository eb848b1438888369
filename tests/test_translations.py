"""Every text the code asks for is there, and no text is there for nothing.

The code is read, not run: an error that no test provokes needs its text too.
"""

import ast
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import SelectSelector
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components import hiven
from custom_components.hiven import calendar, config_flow, errors, issues, repairs
from simulator import Car

from .platforms import Start

FOLDER = Path(hiven.__file__).parent
LANGUAGES = {
    path.stem: json.loads(path.read_text())
    for path in sorted((FOLDER / "translations").glob("*.json"))
}
ENGLISH: dict[str, Any] = LANGUAGES["en"]
CONFIG = ENGLISH["config"]
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
SERVICES = load_yaml_dict(str(FOLDER / "services.yaml"))

type Placeholders = set[str]
type Used = dict[str, Placeholders]


def called(node: ast.AST, *functions: str) -> bool:
    """Tell whether a node calls one of these."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in functions
    return False


def texts(node: ast.AST | None) -> set[str]:
    """Return the texts that stand in an expression."""
    return {
        each.value
        for each in ([] if node is None else ast.walk(node))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def names_in(text: str) -> Placeholders:
    """Return the placeholders of a text."""
    return set(re.findall(r"\{(\w+)\}", text))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all texts with their paths."""
    if not isinstance(value, dict):
        yield path, value
        return
    for key, each in value.items():
        yield from leaves(each, f"{path}.{key}" if path else key)


class Source:
    """What code asks for, as far as it says so in place."""

    def __init__(self, *trees: ast.AST) -> None:
        """Look into some code."""
        self.nodes = [node for tree in trees for node in ast.walk(tree)]

    @classmethod
    def of(cls, *modules: str) -> Source:
        """Look into modules of the integration, all if none is named."""
        return cls(
            *(
                ast.parse(path.read_text())
                for path in FOLDER.glob("*.py")
                if not modules or path.stem in modules
            )
        )

    def within(self, name: str) -> Source:
        """Look into one class."""
        return Source(
            *(
                node
                for node in self.nodes
                if isinstance(node, ast.ClassDef) and node.name == name
            )
        )

    def asked(self, keyword: str, placeholders: str, *functions: str) -> Used:
        """Return the texts given by a keyword, with the placeholders beside them."""
        used: Used = {}
        for node in self.nodes:
            if isinstance(node, ast.Call) and (
                not functions or called(node, *functions)
            ):
                given = {each.arg: each.value for each in node.keywords}
                for key in texts(given.get(keyword)):
                    values = given.get(placeholders)
                    keys = values.keys if isinstance(values, ast.Dict) else []
                    used.setdefault(key, set()).update(*map(texts, keys))
        return used

    def first_arguments(self, *functions: str) -> Used:
        """Return the texts some functions are called with first."""
        return {
            key: {each.arg for each in node.keywords if each.arg}
            for node in self.nodes
            if isinstance(node, ast.Call) and called(node, *functions) and node.args
            for key in texts(node.args[0])
        }

    def form_errors(self) -> set[str]:
        """Return the texts of `{"base": …}` and of `errors[…] = …`."""
        found: set[str] = set()
        for node in self.nodes:
            match node:
                case ast.Dict(keys=[ast.Constant(value="base")], values=[value]):
                    found |= texts(value)
                case ast.Assign(
                    targets=[ast.Subscript(value=ast.Name(id="errors"))], value=value
                ):
                    found |= texts(value)
        return found

    def returned(self, function: str) -> set[str]:
        """Return the texts a function returns."""
        return {
            text
            for node in self.nodes
            if isinstance(node, ast.FunctionDef) and node.name == function
            for each in ast.walk(node)
            if isinstance(each, ast.Return)
            for text in texts(each.value)
        }

    @property
    def mentioned(self) -> set[str]:
        """Return every text that stands in the code."""
        return set().union(*map(texts, self.nodes))


EVERYTHING = Source.of()
FLOW = Source.of("config_flow").within("HivenConfigFlow")
OPTIONS = Source.of("options_flow").within("HivenOptionsFlow")
FIXES = Source.of("repairs")

# The texts for errors of the client, and for settings that do not fit together.
OF_HIVEN = {key for _, key in errors._KEYS}  # noqa: SLF001
OF_CHANGES = Source.of("changes").returned("problem_of")
# Forms say of a forbidden key that it is a wrong one, and set no minimum nor days.
NOT_IN_FORMS = {"forbidden", "last_ready_time", "minimum_above_target"}
# A wrong key is no end of a flow: it asks for another one.
NOT_IN_ABORTS = {"forbidden", "invalid_auth"}

FORMS = {
    "credentials": config_flow.CREDENTIALS_SCHEMA,
    "new_api_key": config_flow.API_KEY_SCHEMA,
    # Home Assistant's own, which chooses among accounts.
    "pick_implementation": vol.Schema({"implementation": str}),
    "preferences": config_flow.PREFERENCES_SCHEMA,
    "reauth_confirm": config_flow.API_KEY_SCHEMA,
    "virtual_key": config_flow.VIRTUAL_KEY_SCHEMA,
}
FIX_FORMS = {
    issues.BATTERY_CAPACITY_MISSING: repairs.BATTERY_CAPACITY_FIX.schema,
    issues.READY_TIME_MISSING: repairs.READY_TIME_FIX.schema,
}


def compare(texts: Iterable[str], asked: Iterable[str], source: Source) -> None:
    """Check that no text is missing and none is left over."""
    there, wanted = set(texts), set(asked)
    assert wanted - there == set(), "texts are missing"
    assert there - wanted - source.mentioned == set(), "nobody asks for these texts"


def fields_of(schema: vol.Schema) -> set[str]:
    """Return the fields of a form, sections and their fields among them."""
    fields: set[str] = set()
    for key, value in schema.schema.items():
        fields.add(str(key))
        if isinstance(value, section):
            fields |= fields_of(value.schema)
    return fields


def fields_with_texts(step: dict[str, Any]) -> set[str]:
    """Return the fields of a form that have a name."""
    sections = step.get("sections", {})
    fields = {*step.get("data", {}), *sections}
    return fields.union(*(each.get("data", {}) for each in sections.values()))


def selects_of(schema: vol.Schema) -> Iterator[tuple[str, set[str]]]:
    """Yield the translated dropdowns of a form with their options."""
    for value in schema.schema.values():
        if isinstance(value, section):
            yield from selects_of(value.schema)
        elif isinstance(value, SelectSelector) and "translation_key" in value.config:
            yield (
                value.config["translation_key"],
                set(map(str, value.config["options"])),
            )


async def shown_forms(
    hass: HomeAssistant, entry: MockConfigEntry
) -> dict[str, vol.Schema]:
    """Return the forms that know what to ask only when they are shown."""
    forms: dict[str, vol.Schema] = {}
    for step in ("vehicle", "remove_vehicle"):
        result = await entry.start_reconfigure_flow(hass)
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {"next_step_id": step}
        )
        assert result["step_id"] == step
        assert result["data_schema"] is not None
        forms[step] = result["data_schema"]
        hass.config_entries.flow.async_abort(result["flow_id"])
    return forms


async def settings_form(hass: HomeAssistant, entry: MockConfigEntry) -> vol.Schema:
    """Return the form of the options."""
    options = hass.config_entries.options
    result = await options.async_init(entry.entry_id)
    if result["type"] is FlowResultType.MENU:
        result = await options.async_configure(
            result["flow_id"], {"next_step_id": "settings"}
        )
    assert result["data_schema"] is not None
    return result["data_schema"]


def test_exceptions() -> None:
    """All that are raised, with the placeholders they are given."""
    asked = EVERYTHING.asked("translation_key", "translation_placeholders")
    asked |= EVERYTHING.first_arguments("_invalid", "_error")
    asked |= {key: {"vehicle"} for key in OF_CHANGES}
    asked |= {key: {"detail"} for key in OF_HIVEN}
    compare(ENGLISH["exceptions"], asked, EVERYTHING)
    for key, text in ENGLISH["exceptions"].items():
        assert names_in(text["message"]) <= asked[key], key


def test_ends_of_the_config_flow() -> None:
    """Each reason has its text, and the text its placeholders."""
    asked = FLOW.asked("reason", "description_placeholders", "async_abort")
    indirect = config_flow.SMARTCAR_REFUSALS | (OF_HIVEN - NOT_IN_ABORTS)
    compare(CONFIG["abort"], asked.keys() | indirect, FLOW)
    for reason, text in CONFIG["abort"].items():
        assert names_in(text) <= asked.get(reason, set()), reason


def test_errors_in_the_config_flow() -> None:
    """Each error a form can show has its text."""
    asked = FLOW.form_errors() | (OF_HIVEN | OF_CHANGES) - NOT_IN_FORMS
    compare(CONFIG["error"], asked, FLOW)


def test_steps_of_the_config_flow() -> None:
    """Each form and menu has its texts, and they their placeholders."""
    asked = FLOW.asked("step_id", "description_placeholders")
    asked |= {key: {"user_id"} for key in FORMS.keys() - asked.keys()}
    compare(CONFIG["step"], asked, FLOW)
    for name, step in CONFIG["step"].items():
        assert names_in(json.dumps(step)) <= asked[name], name
        assert "title" in step
        assert hasattr(config_flow.HivenConfigFlow, f"async_step_{name}"), name


def test_menus_of_the_config_flow() -> None:
    """Each option leads to a step and says so."""
    menus = {
        step: set(options)
        for call in FLOW.nodes
        if called(call, "async_show_menu")
        for step in Source(call).asked("step_id", "")
        for options in [Source(call).asked("menu_options", "")]
    }
    assert menus
    assert menus == {
        name: set(step["menu_options"])
        for name, step in CONFIG["step"].items()
        if "menu_options" in step
    }
    for option in set().union(*menus.values()):
        assert hasattr(config_flow.HivenConfigFlow, f"async_step_{option}")


@pytest.mark.usefixtures("current_request_with_host")
async def test_fields_of_forms(hass: HomeAssistant, car: Car, start: Start) -> None:
    """Each has a name and an explanation, each dropdown has names for its options."""
    entry = await start()
    forms = FORMS | await shown_forms(hass, entry)
    settings = await settings_form(hass, entry)
    steps = CONFIG["step"] | {"settings": ENGLISH["options"]["step"]["settings"]}
    for name, schema in (forms | {"settings": settings}).items():
        assert fields_of(schema) == fields_with_texts(steps[name]), name
        assert (
            steps[name].get("data_description", {}).keys() <= steps[name]["data"].keys()
        )
    others = steps.keys() - forms.keys() - {"settings"}
    assert not [name for name in others if fields_with_texts(steps[name])]
    asked: dict[str, set[str]] = {}
    for key, options in (
        *(
            each
            for schema in (*forms.values(), settings)
            for each in selects_of(schema)
        ),
        *selects_of_actions(),
    ):
        asked.setdefault(key, set()).update(options)
    # Home Assistant has no place of its own for what a calendar tells.
    asked["charging_event"] = {
        calendar.PLANNED,
        calendar.ENDED,
        *calendar.TITLES.values(),
    }
    asked["charging_event_label"] = {"ready_time", "spot_price_area"}
    texts = {key: set(each["options"]) for key, each in ENGLISH["selector"].items()}
    assert texts == asked


def selects_of_actions() -> Iterator[tuple[str, set[str]]]:
    """Yield the translated dropdowns of the actions with their options."""
    for action in SERVICES.values():
        for field in action["fields"].values():
            select = field["selector"].get("select") or {}
            if "translation_key" in select:
                yield select["translation_key"], set(select["options"])


def test_options_flow() -> None:
    """Its steps, errors and ends."""
    asked = OPTIONS.asked("step_id", "description_placeholders")
    compare(ENGLISH["options"]["step"], asked, OPTIONS)
    # `form_error` says invalid_auth for both.
    indirect = OF_HIVEN - {"forbidden"}
    errors_told = OPTIONS.form_errors() | indirect
    compare(ENGLISH["options"]["error"], errors_told, OPTIONS)
    reasons = OPTIONS.asked("reason", "", "async_abort").keys() | indirect
    compare(ENGLISH["options"]["abort"], reasons, OPTIONS)


def test_repairs() -> None:
    """Each has a title and either an explanation or a fix."""
    assert ENGLISH["issues"].keys() == issues.CAUSES.keys()
    for key, issue in ENGLISH["issues"].items():
        assert names_in(issue["title"]) <= {"vehicle"}
        assert ("fix_flow" in issue) is issues.CAUSES[key].is_fixable
        assert ("description" in issue) is not issues.CAUSES[key].is_fixable
        assert names_in(issue.get("description", "")) <= {"vehicle"}
    for key, schema in FIX_FORMS.items():
        fix = ENGLISH["issues"][key]["fix_flow"]
        assert fix["step"].keys() == FIXES.asked("step_id", "").keys()
        assert fix["error"].keys() == FIXES.form_errors()
        assert fix["abort"].keys() == FIXES.asked("reason", "", "async_abort").keys()
        assert fields_of(schema) == fields_with_texts(fix["step"]["missing"])
        assert names_in(json.dumps(fix)) <= {"vehicle", "problem"}


@pytest.mark.parametrize("kind", ["services", "triggers", "conditions"])
def test_actions_triggers_and_conditions(kind: str) -> None:
    """Names and descriptions of all of them and of their fields, and an icon each."""
    path = FOLDER / f"{kind}.yaml"
    described = load_yaml_dict(str(path)) if path.exists() else {}
    texts = ENGLISH.get(kind, {})
    assert texts.keys() == described.keys() == ICONS.get(kind, {}).keys()
    for name, each in described.items():
        assert texts[name]["name"] and texts[name]["description"]
        fields = texts[name].get("fields", {})
        assert fields.keys() == ((each or {}).get("fields") or {}).keys(), name
        for field in fields.values():
            assert field["name"]
            # Those of triggers and conditions speak for themselves, as Home Assistant's.
            assert ("description" in field) is (kind == "services")
        assert ICONS[kind][name].keys() == {kind.removesuffix("s")}


async def test_entities(hass: HomeAssistant, car: Car, start: Start) -> None:
    """Each has a name, each state of a choice too; icons are of entities there are."""
    entry = await start()
    registry = er.async_get(hass)
    asked: dict[str, dict[str | None, set[str]]] = {}
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        options = (entity.capabilities or {}).get("options", ())
        asked.setdefault(entity.domain, {})[entity.translation_key] = set(options)
    assert asked == {
        platform: {key: set(each.get("state", {})) for key, each in entities.items()}
        for platform, entities in ENGLISH["entity"].items()
    }
    for platform, icons in ICONS["entity"].items():
        assert icons.keys() <= asked[platform].keys()
        for key, icon in icons.items():
            assert set(icon.get("state", {})) <= asked[platform][key]


def test_other_texts() -> None:
    """The dialog for credentials and system health."""
    description = ENGLISH["application_credentials"]["description"]
    assert names_in(description) <= {"documentation_url"}
    health = Source.of("system_health").mentioned
    assert ENGLISH["system_health"]["info"].keys() <= health


def test_no_section_is_unchecked() -> None:
    """A new kind of text needs a check here."""
    assert ENGLISH.keys() <= {
        "application_credentials",
        "conditions",
        "config",
        "entity",
        "exceptions",
        "issues",
        "options",
        "selector",
        "services",
        "system_health",
        "triggers",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages(language: str) -> None:
    """All hold the same texts as the English one, with the same placeholders."""
    there = dict(leaves(LANGUAGES[language]))
    english = dict(leaves(ENGLISH))
    assert there.keys() == english.keys()
    for path, text in there.items():
        assert isinstance(text, str) and text.strip(), path
        # Home Assistant resolves references only for its own integrations.
        assert "[%key:" not in text, path
        assert names_in(text) == names_in(english[path]), path
        assert text.count("{") == len(re.findall(r"\{\w+\}", text)), path


def test_the_checks_find_what_they_look_for() -> None:
    """A check that cannot fail is none."""
    source = Source(
        ast.parse(
            "self.async_abort(reason='a' if x else 'b', description_placeholders={'p': 1})\n"
            "errors['base'] = 'c'\n"
            "return {'base': 'd'}\n"
            "raise _invalid('e', vehicle=name)\n"
        )
    )
    reasons = source.asked("reason", "description_placeholders", "async_abort")
    assert reasons == {"a": {"p"}, "b": {"p"}}
    assert source.form_errors() == {"c", "d"}
    assert source.first_arguments("_invalid") == {"e": {"vehicle"}}
    compare(["c", "d"], source.form_errors(), source)
    for texts_there in (["c"], ["c", "d", "unused"]):
        with pytest.raises(AssertionError):
            compare(texts_there, source.form_errors(), source)
