"""What Home Assistant's own check of integrations, hassfest, would reject.

It cannot be had as a package, so what it asks of a custom integration is asked
here; CI runs the real one.
"""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import homeassistant.components
from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import validate_selector
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components import hiven

FOLDER = Path(hiven.__file__).parent
TESTS = Path(__file__).parent
CORE = Path(homeassistant.components.__file__).parent
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
LANGUAGES = {
    path.stem: json.loads(path.read_text())
    for path in sorted((FOLDER / "translations").glob("*.json"))
}
SCALE: dict[str, dict[str, str]] = load_yaml_dict(str(FOLDER / "quality_scale.yaml"))[
    "rules"
]
MODULES = {path: ast.parse(path.read_text()) for path in FOLDER.rglob("*.py")}

# Core integrations that need not be named: Home Assistant always has them.
ALWAYS_THERE = {*Platform, "system_health", "zone"}

KEY = r"[a-z0-9]+([-_][a-z0-9]+)*"
SLUG = r"[a-z0-9]+(_[a-z0-9]+)*"


def pattern(*paths: str) -> re.Pattern[str]:
    """Return what matches any of some paths to texts."""
    return re.compile("|".join(paths).replace("KEY", KEY).replace("SLUG", SLUG))


def flow(root: str) -> tuple[str, ...]:
    """Return where a dialog has texts."""
    step = rf"{root}\.step\.KEY"
    return (
        rf"{root}\.(abort|error|progress|create_entry)\.KEY",
        rf"{step}\.(title|description|submit)",
        rf"{step}\.(data|data_description|menu_options|menu_option_descriptions)\.KEY",
        rf"{step}\.sections\.KEY\.(name|description|(data|data_description)\.KEY)",
    )


TEXTS = pattern(
    *flow("config"),
    *flow("options"),
    *flow(r"issues\.KEY\.fix_flow"),
    r"application_credentials\.description",
    r"entity\.SLUG\.KEY\.(name|unit_of_measurement|state\.KEY)",
    r"entity\.SLUG\.KEY\.state_attributes\.KEY\.(name|state\.KEY)",
    r"exceptions\.SLUG\.message",
    r"issues\.KEY\.(title|description)",
    r"selector\.SLUG\.options\.KEY",
    r"(services|triggers|conditions)\.KEY\.(name|description)",
    r"(services|triggers|conditions)\.KEY\.fields\.KEY\.(name|description|example)",
    r"services\.KEY\.sections\.KEY\.(name|description)",
    r"system_health\.info\.KEY",
)
ICON_PATHS = pattern(
    r"entity\.SLUG\.KEY\.(default|state\.KEY|range\.\d+)",
    r"entity\.SLUG\.KEY\.state_attributes\.KEY\.(default|state\.KEY)",
    r"services\.KEY\.(service|sections\.KEY)",
    r"triggers\.KEY\.trigger",
    r"conditions\.KEY\.condition",
)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all texts with their paths."""
    if not isinstance(value, dict):
        yield path, value
        return
    for key, each in value.items():
        yield from leaves(each, f"{path}.{key}" if path else key)


def problem_of(text: Any) -> str | None:
    """Return what is wrong with a text in a translation."""
    if not isinstance(text, str) or text != text.strip():
        return "space around it"
    if re.search(r"<[^>]+>", text):
        return "HTML"
    if re.search(r"https?://|www\.", text):
        return "an address; it has to come by a placeholder"
    if re.search(r"'\{\w+\}'", text):
        return "a placeholder in single quotes"
    if "[%" in text or "%]" in text:
        return "a reference"
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return "a brace that is not closed"
    return None if all(name.isidentifier() for name in names) else "a plural form"


def test_manifest_says_what_home_assistant_knows() -> None:
    """Nothing else, and nothing that only Home Assistant's own integrations say."""
    assert MANIFEST.keys() <= {
        "after_dependencies",
        "codeowners",
        "config_flow",
        "dependencies",
        "documentation",
        "domain",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "loggers",
        "name",
        "requirements",
        "version",
    }
    assert MANIFEST["integration_type"] in {"device", "hub", "service"}
    assert MANIFEST["iot_class"] in {"cloud_polling", "cloud_push"}
    assert "//www.home-assistant.io" not in MANIFEST["documentation"]
    assert all("==" in requirement for requirement in MANIFEST["requirements"])
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])


def test_domain_is_free() -> None:
    """No integration of Home Assistant has this name."""
    assert not (CORE / MANIFEST["domain"]).exists()


def test_what_is_imported_is_a_dependency() -> None:
    """Or always there, or what a platform of ours belongs to."""
    imported = {
        name
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for name in (
            [alias.name for alias in node.names]
            if node.module == "homeassistant.components"
            else re.findall(r"^homeassistant\.components\.(\w+)", node.module)
        )
    }
    named = {*MANIFEST["dependencies"], *MANIFEST.get("after_dependencies", [])}
    platforms = {path.stem for path in FOLDER.glob("*.py")}
    assert imported - named - platforms - ALWAYS_THERE == set()
    assert all((CORE / name).is_dir() for name in named)


def test_nothing_is_set_up_by_yaml() -> None:
    """Who sets up without an account has to say so."""
    names = {
        node.name
        for node in MODULES[FOLDER / "__init__.py"].body
        if isinstance(node, ast.AsyncFunctionDef)
    }
    assert "async_setup" in names
    assert hiven.CONFIG_SCHEMA({}) == {}


def test_there_is_a_config_flow() -> None:
    """That tells accounts apart."""
    assert MANIFEST["config_flow"] is True
    source = (FOLDER / "config_flow.py").read_text()
    assert "async_set_unique_id" in source
    assert "_abort_if_unique_id_configured" in source


@pytest.mark.parametrize("platform", hiven.PLATFORMS)
def test_platforms_say_how_many_updates_run_at_once(platform: Platform) -> None:
    """Each in its own module."""
    assigned = {
        target.id
        for node in MODULES[FOLDER / f"{platform}.py"].body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert "PARALLEL_UPDATES" in assigned


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts(language: str) -> None:
    """Each is where Home Assistant looks for it, and has nothing it does not show."""
    texts = dict(leaves(LANGUAGES[language]))
    assert [path for path in texts if not TEXTS.fullmatch(path)] == []
    problems = {path: problem_of(text) for path, text in texts.items()}
    assert {path: problem for path, problem in problems.items() if problem} == {}


@pytest.mark.parametrize(
    "text",
    [
        None,
        " text",
        "text\n",
        "<b>text</b>",
        "see https://example.com",
        "the car '{vehicle}'",
        "[%key:common::text%]",
        "{number, plural, one {car} other {cars}}",
        "{}",
        "{vehicle",
    ],
)
def test_what_is_no_text(text: Any) -> None:
    """Each fault is found."""
    assert problem_of(text)


def test_forms_explain_their_fields() -> None:
    """Below each stands what to enter; a picture to look at explains itself."""
    for kind in ("config", "options"):
        for name, step in LANGUAGES["en"][kind]["step"].items():
            for each in (step, *step.get("sections", {}).values()):
                explained = each.get("data_description", {}).keys() | {"qr_code"}
                assert each.get("data", {}).keys() <= explained, name


def test_icons_are_there() -> None:
    """Where Home Assistant looks for them, and no state has the one it would have."""
    icons = dict(leaves(ICONS))
    assert [path for path in icons if not ICON_PATHS.fullmatch(path)] == []
    assert [
        icon for icon in icons.values() if not re.fullmatch(f"mdi:{KEY}", icon)
    ] == []
    for path, icon in icons.items():
        if match := re.fullmatch(r"(.+)\.state\.\w+", path):
            assert icon != icons.get(f"{match[1]}.default"), path


def test_icons_exist() -> None:
    """The frontend, which comes with the newest release, knows each."""
    frontend = pytest.importorskip("hass_frontend")
    icons = json.loads((frontend.where() / "static/mdi/iconList.json").read_text())
    known = {f"mdi:{icon['name']}" for icon in icons}
    assert set(dict(leaves(ICONS)).values()) <= known


@pytest.mark.parametrize("kind", ["services", "triggers", "conditions"])
def test_fields_of_actions_triggers_and_conditions(kind: str) -> None:
    """Home Assistant can show each of them."""
    path = FOLDER / f"{kind}.yaml"
    described = load_yaml_dict(str(path)) if path.exists() else {}
    for name, each in described.items():
        assert cv.slug(name) == name
        assert (each or {}).keys() <= {"fields", "target"}
        for key, field in ((each or {}).get("fields") or {}).items():
            assert cv.slug(key) == key
            assert field.keys() <= {"default", "example", "required", "selector"}
            assert None not in (field.get("default", 0), field.get("example", 0))
            assert validate_selector(field["selector"])


@pytest.fixture(scope="module")
def rules() -> list[str]:
    """Return the rules of the quality scale, as Home Assistant's integrations list them."""
    scales = [load_yaml_dict(str(path)) for path in CORE.glob("*/quality_scale.yaml")]
    return sorted({rule for scale in scales for rule in scale["rules"]})


def test_quality_scale_judges_every_rule(rules: list[str]) -> None:
    """In a word and a reason."""
    assert sorted(SCALE) == rules
    for rule, verdict in SCALE.items():
        assert verdict.keys() == {"status", "comment"}, rule
        assert verdict["status"] in {"done", "exempt", "todo"}, rule
        assert verdict["comment"].endswith("."), rule


def test_quality_scale_names_what_is_there() -> None:
    """Tests and files that show a rule is kept exist."""
    comments = " ".join(verdict["comment"] for verdict in SCALE.values())
    sources = {path.name: path.read_text() for path in TESTS.glob("*.py")}
    everything = "\n".join(sources.values())
    files = {path.name for path in MODULES} | sources.keys()
    for name in re.findall(r"\b\w+\.py\b", comments):
        assert name in files, name
    for name in re.findall(r"\btest_\w+\b(?!\.py)", comments):
        assert f"def {name}(" in everything, name


@pytest.mark.parametrize("kind", ["triggers", "conditions"])
def test_quality_scale_exempts_what_is_not_there(kind: str) -> None:
    """Triggers and conditions need a place in the README as soon as there are any."""
    is_exempt = SCALE[f"docs-{kind}"]["status"] == "exempt"
    assert is_exempt is not (FOLDER / f"{kind}.yaml").exists()
