"""What hassfest, Home Assistant's own check, and HACS would reject.

Neither is available as a package. CI runs the real ones.
"""

import json
from pathlib import Path
import re
import tomllib

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import homeassistant.components
from homeassistant.const import __version__ as HOME_ASSISTANT
from homeassistant.helpers import config_validation as cv
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.hiven import CONFIG_SCHEMA
from custom_components.hiven.const import DOMAIN

from .repository import DESCRIBED, FOLDER, ICONS, MANIFEST, ROOT, leaves

# The keys that HACS knows.
HACS_KEYS = {
    *("name", "homeassistant", "hacs", "hide_default_branch", "persistent_directory"),
    *("content_in_root", "zip_release", "filename"),
}
CORE = Path(homeassistant.components.__file__).parent
SCALE = load_yaml_dict(str(FOLDER / "quality_scale.yaml"))["rules"]


def test_manifest() -> None:
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert set(keys) - {"after_dependencies"} == {
        *("domain", "name", "version", "integration_type", "iot_class", "config_flow"),
        *("documentation", "issue_tracker", "codeowners", "loggers"),
        *("dependencies", "requirements"),
    }
    assert MANIFEST["domain"] == FOLDER.name == "hiven"
    assert MANIFEST["loggers"] == [f"custom_components.{DOMAIN}"]
    assert MANIFEST["config_flow"] is True
    assert CONFIG_SCHEMA({}) == {}
    assert MANIFEST["iot_class"] in {"cloud_polling", "cloud_push"}
    assert MANIFEST["integration_type"] in {"device", "hub", "service"}
    for key in ("documentation", "issue_tracker"):
        assert cv.url(MANIFEST[key]).startswith("https://")
        assert "//www.home-assistant.io" not in MANIFEST[key]
    assert all("==" in requirement for requirement in MANIFEST["requirements"])
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    version = AwesomeVersion(MANIFEST["version"])
    assert version.strategy is AwesomeVersionStrategy.SEMVER
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == MANIFEST["version"]


def test_hacs() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert hacs.keys() <= HACS_KEYS
    assert hacs["name"] == MANIFEST["name"]
    assert hacs["homeassistant"] == "2026.10.0"
    assert AwesomeVersion(hacs["homeassistant"]) <= AwesomeVersion(HOME_ASSISTANT)
    assert "zip_release" not in hacs or hacs.get("filename")
    folders = [path for path in FOLDER.parent.iterdir() if path.is_dir()]
    assert [path for path in folders if path.name != "__pycache__"] == [FOLDER]
    assert (FOLDER / "brand/icon.png").exists()
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")


def test_icons() -> None:
    icons = dict(leaves(ICONS))
    for path, icon in icons.items():
        assert re.fullmatch(r"mdi:[a-z0-9-]+", icon)
        if match := re.fullmatch(r"(.+)\.state\.\w+", path):
            assert icon != icons.get(f"{match[1]}.default"), path


def test_icons_exist() -> None:
    frontend = pytest.importorskip("hass_frontend")
    icons = json.loads((frontend.where() / "static/mdi/iconList.json").read_text())
    known = {f"mdi:{icon['name']}" for icon in icons}
    assert set(dict(leaves(ICONS)).values()) <= known


def test_quality_scale() -> None:
    scales = [load_yaml_dict(str(path)) for path in CORE.glob("*/quality_scale.yaml")]
    assert set(SCALE) == {rule for scale in scales for rule in scale["rules"]}
    for rule, verdict in SCALE.items():
        assert verdict.keys() == {"status", "comment"}, rule
        assert verdict["status"] in {"done", "exempt", "todo"}, rule
        assert verdict["comment"].endswith("."), rule
    comments = " ".join(verdict["comment"] for verdict in SCALE.values())
    sources = {path.name: path.read_text() for path in (ROOT / "tests").glob("*.py")}
    files = {path.name for path in FOLDER.rglob("*.py")} | sources.keys()
    assert set(re.findall(r"\b\w+\.py\b", comments)) <= files
    everything = "\n".join(sources.values())
    for name in re.findall(r"\btest_\w+\b(?!\.py)", comments):
        assert f"def {name}(" in everything, name
    # Triggers and conditions need documentation if there are any.
    for kind in ("triggers", "conditions"):
        assert bool(DESCRIBED[kind]) is (SCALE[f"docs-{kind}"]["status"] != "exempt")
