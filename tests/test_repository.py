"""What others read of this repository, and the rules of its tests."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
import tomllib
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.const import STATE_ON, __version__ as HOME_ASSISTANT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition
from homeassistant.helpers.trigger import Trigger
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest
import voluptuous as vol

from custom_components.hiven.condition import CONDITIONS
from custom_components.hiven.const import DOMAIN
from custom_components.hiven.trigger import TRIGGERS

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components" / DOMAIN
MANIFEST: dict[str, Any] = json.loads((INTEGRATION / "manifest.json").read_text())
HACS: dict[str, Any] = json.loads((ROOT / "hacs.json").read_text())
SERVICES = load_yaml_dict(str(INTEGRATION / "services.yaml"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

# What HACS and Home Assistant's own marketplace both know.
HACS_KEYS = {
    "content_in_root": bool,
    "filename": str,
    "hacs": str,
    "hide_default_branch": bool,
    "homeassistant": str,
    "name": str,
    "persistent_directory": str,
    "zip_release": bool,
}

DEVICE = {"device_id": ["a-device"]}
# What Home Assistant offers to people who aim at several cars.
BEHAVIORS = {"trigger": ["each", "first", "all"], "condition": ["any", "all"]}
# One value each kind of field takes, and one it does not.
TAKEN: dict[str, Any] = {
    "boolean": True,
    "config_entry": "an-entry",
    "datetime": "2026-03-16 12:00:00",
    "device": ["a-device"],
    "duration": {"minutes": 5},
    "text": "text",
    "time": "07:30:00",
}
NOT_TAKEN: dict[str, Any] = {
    "boolean": "perhaps",
    "datetime": "one day",
    "device": [[]],
    "duration": "a while",
    "time": "25:00",
}

MOCKED_HTTP = {"aioclient_mock", "AiohttpClientMocker", "aioresponses", "respx_mock"}
PATCHES = {"setattr", "setitem", "delattr", "delitem", "patch"}


def test_manifest_has_what_home_assistant_and_hacs_need() -> None:
    """Domain and name first, all others by alphabet."""
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert set(keys) >= {
        "codeowners",
        "config_flow",
        "dependencies",
        "documentation",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "loggers",
        "requirements",
        "version",
    }
    assert MANIFEST["domain"] == INTEGRATION.name == "hiven"
    assert MANIFEST["loggers"] == [f"custom_components.{DOMAIN}"]
    for key in ("documentation", "issue_tracker"):
        assert cv.url(MANIFEST[key]).startswith("https://")


def test_version_is_one() -> None:
    """The manifest's, which people see, and the project's."""
    version = AwesomeVersion(MANIFEST["version"])
    assert version.strategy is AwesomeVersionStrategy.SEMVER
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == MANIFEST["version"]


def test_hacs_is_told_what_it_knows() -> None:
    """And a Home Assistant no newer than the one this runs on."""
    assert {
        key: type(value) for key, value in HACS.items()
    }.items() <= HACS_KEYS.items()
    assert HACS["name"] == MANIFEST["name"]
    assert HACS["homeassistant"] == "2026.10.0"
    assert AwesomeVersion(HACS["homeassistant"]) <= AwesomeVersion(HOME_ASSISTANT)


def test_hacs_finds_one_integration() -> None:
    """It installs the only folder there is."""
    folders = [path for path in INTEGRATION.parent.iterdir() if path.is_dir()]
    assert [path for path in folders if path.name != "__pycache__"] == [INTEGRATION]


def test_hacs_finds_what_it_asks_for() -> None:
    """A page to show, an icon, and a license that GitHub recognizes."""
    assert (ROOT / "README.md").exists()
    assert (INTEGRATION / "brand/icon.png").exists()
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
    assert "zip_release" not in HACS or HACS.get("filename")


def test_everything_names_one_address() -> None:
    """That of the manifest, so that it can be replaced in one go."""
    address = MANIFEST["documentation"]
    assert MANIFEST["issue_tracker"] == f"{address}/issues"
    owner, name = address.removeprefix("https://github.com/").split("/")
    files = (path for path in INTEGRATION.rglob("*") if path.suffix in {".json", ".py"})
    forms = (ROOT / ".github").rglob("*.yml")
    for path in (*PAGES, *files, *forms):
        for named in re.findall(r"github\.com/([\w-]+/[\w-]+)", path.read_text()):
            # Others are named too, as long as they cannot be taken for ours.
            assert named == f"{owner}/{name}" or not {owner, name} & set(
                named.split("/")
            ), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file of this repository, and to a heading that is there."""
    text = page.read_text()
    for file, heading in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", text):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not heading or heading in headings(target), heading
    home = MANIFEST["documentation"]
    for file in INTEGRATION.glob("*.py"):
        for heading in re.findall(rf"{home}#([\w-]+)", file.read_text()):
            assert heading in headings(ROOT / "README.md"), heading


def headings(page: Path) -> set[str]:
    """Return what links to the headings of a page are made of, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


async def test_examples_work(hass: HomeAssistant) -> None:
    """Home Assistant accepts every automation of README and docs."""
    pages = "\n".join(page.read_text() for page in PAGES)
    blocks = re.findall(r"```yaml\n(.+?)```", pages, re.DOTALL)
    automations = [parse_yaml(block) for block in blocks if "triggers:" in block]
    assert automations
    assert await async_setup_component(hass, "automation", {"automation": automations})
    states = hass.states.async_all("automation")
    assert [state.state for state in states] == [STATE_ON] * len(automations)


async def test_actions_take_what_their_description_offers(hass: HomeAssistant) -> None:
    """Each field of services.yaml, with its default, range and options; no others."""
    assert await async_setup_component(hass, DOMAIN, {})
    actions = hass.services.async_services_for_domain(DOMAIN)
    assert actions.keys() == SERVICES.keys()
    for name, action in actions.items():
        schema = action.schema
        assert isinstance(schema, vol.Schema)
        fields = SERVICES[name]["fields"]
        keys = {str(key): key for key in schema.schema}
        assert keys.keys() == fields.keys()
        required = {
            key for key, marker in keys.items() if isinstance(marker, vol.Required)
        }
        assert required == {key for key, each in fields.items() if each.get("required")}
        base = {key: DEVICE[key] for key in required}
        filled = schema(base)
        for key, field in fields.items():
            if "default" in field:
                assert filled[key] == field["default"], (name, key)
            for value in offered(field["selector"]):
                assert schema(base | {key: value})
            for value in refused(field["selector"]):
                with pytest.raises(vol.Invalid):
                    schema(base | {key: value})


@pytest.mark.parametrize(
    ("kind", "classes"), [("triggers", TRIGGERS), ("conditions", CONDITIONS)]
)
async def test_triggers_and_conditions_take_what_their_description_offers(
    hass: HomeAssistant, kind: str, classes: dict[str, type[Trigger | Condition]]
) -> None:
    """Each field of the file, with its default and options; no others."""
    described = load_yaml_dict(str(INTEGRATION / f"{kind}.yaml"))
    assert described.keys() == classes.keys()
    for name, each in classes.items():
        assert described[name]["target"]["entity"]["integration"] == DOMAIN
        fields = described[name]["fields"]
        # One that is not given is as if it had its default.
        filled = await each.async_validate_config(hass, {"target": DEVICE})
        assert filled["options"] == {"behavior": fields["behavior"]["default"]}
        for key, field in fields.items():
            for value in (field["default"], *offered(field["selector"])):
                assert await each.async_validate_config(
                    hass, {"target": DEVICE, "options": {key: value}}
                )
            for value in refused(field["selector"]):
                with pytest.raises(vol.Invalid):
                    await each.async_validate_config(
                        hass, {"target": DEVICE, "options": {key: value}}
                    )
        assert fields["behavior"]["selector"] == {
            "automation_behavior": {"mode": kind.removesuffix("s")}
        }
        with pytest.raises(vol.Invalid):
            await each.async_validate_config(
                hass, {"target": DEVICE, "options": {"more": 1}}
            )


def offered(selector: dict[str, Any]) -> Iterator[Any]:
    """Yield what a selector lets people choose."""
    (kind, config), *_ = selector.items()
    config = config or {}
    match kind:
        case "select":
            options = config["options"]
            yield from (
                ([option] for option in options) if "multiple" in config else options
            )
            if "multiple" in config:
                yield options
        case "number":
            yield from (config["min"], config["max"])
        case "automation_behavior":
            yield from BEHAVIORS[config["mode"]]
        case "text" if config.get("multiple"):
            yield ["text", "more"]
        case _:
            yield TAKEN[kind]


def refused(selector: dict[str, Any]) -> Iterator[Any]:
    """Yield what a selector never yields."""
    (kind, config), *_ = selector.items()
    match kind:
        case "select":
            yield ["nonsense"] if "multiple" in config else "nonsense"
        case "automation_behavior":
            yield "nonsense"
        case "number":
            yield from (config["min"] - 1, config["max"] + 1, "many")
        case _ if kind in NOT_TAKEN:
            yield NOT_TAKEN[kind]


def offences(source: str) -> list[str]:
    """Return what a test must not do.

    It neither fakes HTTP nor patches the integration, which would test a fake,
    nor does it sleep, which would test the machine.
    """
    nodes = list(ast.walk(ast.parse(source)))
    own = {
        alias.asname or alias.name.partition(".")[0]
        for node in nodes
        for alias in imported_from_integration(node)
    }
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in nodes
        if isinstance(node, ast.expr | ast.stmt | ast.arg)
        and (fakes_http(node) or patches(node, own) or sleeps(node))
    ]


def imported_from_integration(node: ast.AST) -> list[ast.alias]:
    """Return the names a node brings in from the integration."""
    package = f"custom_components.{DOMAIN}"
    match node:
        case ast.ImportFrom(module=str(module)):
            is_own = (
                f"{module}.".startswith(f"{package}.") or module == "custom_components"
            )
            return node.names if is_own else []
        case ast.Import():
            return [
                alias
                for alias in node.names
                if f"{alias.name}.".startswith(f"{package}.")
            ]
    return []


def fakes_http(node: ast.AST) -> bool:
    """Tell whether a fake of HTTP is imported, taken as a fixture or used."""
    match node:
        case ast.Import() | ast.ImportFrom():
            modules = {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                modules.add(node.module or "")
            return bool(MOCKED_HTTP & modules)
        case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
            return name in MOCKED_HTTP
        case ast.Call(func=ast.Attribute(attr="usefixtures"), args=args):
            fixtures = {arg.value for arg in args if isinstance(arg, ast.Constant)}
            return bool(MOCKED_HTTP & fixtures)
    return False


def patches(node: ast.AST, own: set[str]) -> bool:
    """Tell whether something of the integration is replaced."""
    match node:
        case ast.Call(args=[target, *_]) if PATCHES & set(
            ast.unparse(node.func).split(".")
        ):
            text = target.value if isinstance(target, ast.Constant) else None
            if isinstance(text, str):
                return text.startswith(f"custom_components.{DOMAIN}")
            return bool(own & names_in(target))
        case ast.Assign(targets=targets):
            return any(
                isinstance(target, ast.Attribute) and own & names_in(target)
                for target in targets
            )
    return False


def names_in(node: ast.AST) -> set[str]:
    """Return the names an expression is made of."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def sleeps(node: ast.AST) -> bool:
    """Tell whether time is spent; giving others a turn takes none."""
    match node:
        case ast.Call(func=ast.Attribute(attr="sleep") | ast.Name(id="sleep")):
            return [ast.unparse(arg) for arg in node.args] != ["0"]
    return False


def test_tests_keep_to_the_rules() -> None:
    """All of them, helpers too."""
    found = {str(path.relative_to(ROOT)): offences(path.read_text()) for path in TESTS}
    assert len(found) > 10
    assert {path: lines for path, lines in found.items() if lines} == {}


BROKEN_RULES = """
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
import aioresponses
from aioresponses import something
def test(aioclient_mock): ...
def test(hass, *, aioclient_mock: object): ...
@pytest.mark.usefixtures("hass", "aioclient_mock")\\ndef test(): ...
aiohttp_module.AiohttpClientMocker()
with patch("custom_components.hiven.client.TIMEOUT", 1): ...
@patch("custom_components.hiven.PLATFORMS", [])\\ndef test(): ...
mock.patch("custom_components.hiven.api.client.HivenClient.status")
with patch.object(const, "DOMAIN"): ...
with patch.object(api.HivenClient, "status"): ...
with patch.dict(config_flow.FORMS, {}): ...
monkeypatch.setattr("custom_components.hiven.const.DOMAIN", "x")
monkeypatch.setattr(const, "DOMAIN", "x")
monkeypatch.setattr(hiven.const, "DOMAIN", "x")
monkeypatch.delattr(hiven_too, "PLATFORMS")
monkeypatch.setitem(errors._KEYS, 0, None)
const.DOMAIN = "x"
api.client.TIMEOUT = None
time.sleep(1)
time.sleep(0.01)
asyncio.sleep(0.1)
sleep(seconds)
asyncio.sleep(delay=1)
""".strip().splitlines()
IMPORTS = """
import custom_components.hiven as hiven_too
from custom_components import hiven
from custom_components.hiven import api, config_flow, const, errors
"""


def test_the_rules_are_enforced() -> None:
    """Each way to break one is found."""
    for line in BROKEN_RULES:
        assert offences(IMPORTS + line.replace("\\n", "\n")), line


def test_what_is_allowed() -> None:
    """The environment, Home Assistant's own parts, and a turn for others."""
    assert not offences(
        IMPORTS
        + """
monkeypatch.setenv(const.ENV_API_URL, "http://127.0.0.1")
monkeypatch.setattr(loop, "time", lambda: const.DOMAIN)
with patch("homeassistant.config_entries.RELOAD", 0): ...
car.preferences = config_flow.DEFAULTS
await asyncio.sleep(0)
"""
    )
