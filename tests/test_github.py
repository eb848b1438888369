"""The workflows on GitHub, and the release that they make.

scripts/lint checks their form and their permissions with zizmor and check-jsonschema.
"""

import json
import os
from pathlib import Path
import re
import shlex
import shutil
import subprocess
from typing import Any
import zipfile

from homeassistant.util.yaml import load_yaml_dict
import pytest

from .repository import FOLDER, MANIFEST, ROOT

WORKFLOWS = ROOT / ".github/workflows"
JOBS: dict[str, dict[str, Any]] = {
    f"{path.name}: {name}": job
    for path in sorted(WORKFLOWS.glob("*.yml"))
    for name, job in load_yaml_dict(str(path))["jobs"].items()
}


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        ["bash", "-ec", command],  # noqa: S607
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_everything_is_checked() -> None:
    for script in re.findall(r"\bscripts/\w+", "\n".join(map(commands, JOBS.values()))):
        assert os.access(ROOT / script, os.X_OK), script
    jobs = [job for name, job in JOBS.items() if name.startswith("ci.yml")]
    ran = "\n".join(map(commands, jobs)).splitlines()
    # The workflow runs the browser test in all languages.
    part = r"^part (scripts/.+?)(?: -q| --language fi)?$"
    own = re.findall(part, (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert set(own) == {line for line in ran if line.startswith("scripts/")}
    uses = [step.get("uses", "") for job in jobs for step in job["steps"]]
    used = {each.partition("@")[0] for each in uses}
    assert {"home-assistant/actions/hassfest", "hacs/action"} <= used


def test_the_beta_is_let_in(tmp_path: Path) -> None:
    """The command in the workflow loosens only the pin of Home Assistant."""
    (replace, run) = commands(JOBS["beta.yml: test"]).strip().splitlines()
    newest = (ROOT / "requirements/newest.txt").read_text()
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    assert shell(replace, tmp_path).returncode == 0
    changed = (tmp_path / "requirements/newest.txt").read_text()
    (pin,) = re.findall(r"^homeassistant==(.+)$", newest, re.MULTILINE)
    assert changed == newest.replace(f"homeassistant=={pin}", f"homeassistant>={pin}b0")
    assert run == "scripts/test --newest"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the files that a release needs."""
    shutil.copytree(FOLDER, tmp_path / "custom_components/hiven")
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/package", tmp_path / "scripts")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [9.8.7] - 2026-12-24\n\n- new\n\n"
        "## [9.8.6] - 2026-12-01\n\n- old\n\n[9.8.7]: https://example.com\n"
    )
    return tmp_path


def package(project: Path, version: str) -> subprocess.CompletedProcess[str]:
    return shell(f"scripts/package {shlex.quote(version)}", project)


def test_a_release_holds_the_integration(project: Path) -> None:
    litter = project / "custom_components/hiven/api/__pycache__"
    litter.mkdir(exist_ok=True)
    (litter / "client.pyc").touch()
    for version, notes in (("9.8.6", "old"), ("9.8.7", "new"), ("9.8.7", "new")):
        assert package(project, version).returncode == 0
        assert (project / "dist/notes.md").read_text().split() == ["-", notes]
    sources = {
        str(path.relative_to(FOLDER)): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(project / "dist/hiven.zip") as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        packed = {name: archive.read(name) for name in names}
    manifest = json.loads(packed.pop("manifest.json"))
    assert sources.pop("manifest.json")
    assert manifest == MANIFEST | {"version": "9.8.7"}
    assert packed == sources


@pytest.mark.parametrize(("manifest", "tag", "is_released"), [
    ("9.8.7", "v9.8.7", True), ("9.8.6", "v9.8.7", False), ("9.8.5", "v9.8.5", False),
    ("Unreleased", "Unreleased", False),
])  # fmt: skip
def test_only_what_agrees_is_released(
    project: Path, manifest: str, tag: str, is_released: bool
) -> None:
    """The workflow compares the tag, the manifest and the changelog."""
    path = project / "custom_components/hiven/manifest.json"
    path.write_text(path.read_text().replace(MANIFEST["version"], manifest))
    check = JOBS["release.yml: release"]["steps"][1]
    result = shell(f"export TAG={tag}\n{check['run']}", project)
    assert (result.returncode == 0) is is_released


@pytest.mark.parametrize("version", ["", "v9.8.7", "9.8", "9.8.7/x", 'x"', "9.8.7-"])
def test_what_is_no_version_is_not_released(project: Path, version: str) -> None:
    result = package(project, version)
    assert result.returncode == 1
    assert "scripts/package 0.2.0" in result.stderr
    assert not (project / "dist").exists()
