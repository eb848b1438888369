"""What GitHub reads: workflows, issue forms, and the release they make."""

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

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components/hiven"
MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())
GITHUB = ROOT / ".github"
WORKFLOWS = {
    path.name: load_yaml_dict(str(path))
    for path in sorted((GITHUB / "workflows").glob("*.yml"))
}
JOBS = {
    f"{name}: {job}": definition
    for name, workflow in WORKFLOWS.items()
    for job, definition in workflow["jobs"].items()
}
FORMS = {
    path.name: load_yaml_dict(str(path))
    for path in sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
    if path.name != "config.yml"
}
# Only the job that publishes a release may write.
MAY = {
    "release.yml: release": {
        "contents": "write",
        "id-token": "write",
        "attestations": "write",
    }
}
PINNED = re.compile(r"uses: (?P<action>[\w./-]+)@(?P<commit>[0-9a-f]{40}) # \S.*")


def commands(job: dict[str, Any]) -> str:
    """Return all a job runs."""
    return "\n".join(step.get("run", "") for step in job["steps"])


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as GitHub would."""
    return subprocess.run(  # noqa: S603
        ["bash", "-ec", command],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_actions_are_pinned() -> None:
    """To a commit, with a comment that says what it is; the same one everywhere."""
    lines = [
        line.strip().removeprefix("- ")
        for name in WORKFLOWS
        for line in (GITHUB / "workflows" / name).read_text().splitlines()
        if "uses:" in line
    ]
    matches = [PINNED.fullmatch(line) for line in lines]
    assert [line for line, match in zip(lines, matches, strict=True) if not match] == []
    pins = {match.groups() for match in matches if match}
    assert len(pins) == len({action for action, _ in pins})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_may_do_nothing(name: str) -> None:
    """What a job needs it says itself; a newer run ends an older one."""
    assert WORKFLOWS[name]["permissions"] == {}
    assert WORKFLOWS[name]["concurrency"]["group"]


@pytest.mark.parametrize("name", JOBS)
def test_jobs_may_do_little(name: str) -> None:
    """They read, end by themselves, and keep no key to the repository."""
    job = JOBS[name]
    assert job["permissions"] == MAY.get(name, {"contents": "read"})
    assert job["timeout-minutes"] <= 60
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    # What GitHub fills in comes by the environment, where a shell does not run it.
    assert "${{" not in commands(job)


@pytest.mark.parametrize("name", JOBS)
def test_scripts_are_there(name: str) -> None:
    """And can be run."""
    for script in re.findall(r"\bscripts/\w+", commands(JOBS[name])):
        assert os.access(ROOT / script, os.X_OK), script


def test_everything_is_checked() -> None:
    """What runs on one's own machine, and what Home Assistant and HACS ask for."""
    jobs = [job for name, job in JOBS.items() if name.startswith("ci.yml")]
    ran = "\n".join(map(commands, jobs)).splitlines()
    own = re.findall(r"^scripts/.+", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert {line.removesuffix(" -q") for line in own} <= set(ran)
    used = {
        step.get("uses", "").partition("@")[0] for job in jobs for step in job["steps"]
    }
    assert {"home-assistant/actions/hassfest", "hacs/action"} <= used


def test_the_beta_is_let_in(tmp_path: Path) -> None:
    """The workflow's own command opens the pin, and nothing else."""
    (replace, run) = commands(JOBS["beta.yml: test"]).strip().splitlines()
    newest = (ROOT / "requirements/newest.txt").read_text()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/newest.txt").write_text(newest)
    assert shell(replace, tmp_path).returncode == 0
    changed = (tmp_path / "requirements/newest.txt").read_text()
    (pin,) = re.findall(r"^homeassistant==(.+)$", newest, re.MULTILINE)
    assert changed == newest.replace(f"homeassistant=={pin}", f"homeassistant>={pin}b0")
    assert run == "scripts/test --newest"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of what a release is made of."""
    shutil.copytree(INTEGRATION, tmp_path / "custom_components/hiven")
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/package", tmp_path / "scripts")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [9.8.7] - 2026-12-24\n\n- new\n\n"
        "## [9.8.6] - 2026-12-01\n\n- old\n\n[9.8.7]: https://example.com\n"
    )
    return tmp_path


def package(project: Path, version: str) -> subprocess.CompletedProcess[str]:
    """Make a release."""
    return shell(f"scripts/package {shlex.quote(version)}", project)


def test_a_release_holds_the_integration(project: Path) -> None:
    """All of it, nothing that lies about, and the version it is called by."""
    litter = project / "custom_components/hiven/api/__pycache__"
    litter.mkdir(exist_ok=True)
    (litter / "client.pyc").touch()
    for _ in range(2):
        assert package(project, "9.8.7").returncode == 0
    sources = {
        str(path.relative_to(INTEGRATION)): path.read_bytes()
        for path in INTEGRATION.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(project / "dist/hiven.zip") as archive:
        packed = {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.endswith("/")
        }
    manifest = json.loads(packed.pop("manifest.json"))
    assert sources.pop("manifest.json")
    assert manifest == MANIFEST | {"version": "9.8.7"}
    assert packed == sources


def test_a_release_says_what_is_new(project: Path) -> None:
    """Its own part of the changelog alone."""
    assert package(project, "9.8.7").returncode == 0
    assert (project / "dist/notes.md").read_text().split() == ["-", "new"]
    assert package(project, "9.8.6").returncode == 0
    assert (project / "dist/notes.md").read_text().split() == ["-", "old"]


@pytest.mark.parametrize(
    ("manifest", "tag", "is_released"),
    [
        ("9.8.7", "v9.8.7", True),
        ("9.8.6", "v9.8.7", False),
        ("9.8.5", "v9.8.5", False),
        ("Unreleased", "Unreleased", False),
    ],
)
def test_only_what_agrees_is_released(
    project: Path, manifest: str, tag: str, is_released: bool
) -> None:
    """The workflow compares tag and manifest, and wants to know what is new."""
    path = project / "custom_components/hiven/manifest.json"
    path.write_text(path.read_text().replace(MANIFEST["version"], manifest))
    check = JOBS["release.yml: release"]["steps"][1]
    result = shell(f"export TAG={tag}\n{check['run']}", project)
    assert (result.returncode == 0) is is_released


@pytest.mark.parametrize("version", ["", "v9.8.7", "9.8", "9.8.7/x", 'x"', "9.8.7-"])
def test_what_is_no_version_is_not_released(project: Path, version: str) -> None:
    """It says what one looks like."""
    result = package(project, version)
    assert result.returncode == 1
    assert "scripts/package 0.2.0" in result.stderr
    assert not (project / "dist").exists()


@pytest.mark.parametrize("name", FORMS)
def test_issue_forms(name: str) -> None:
    """GitHub shows a form only if all of it is as it expects."""
    form = FORMS[name]
    assert form.keys() == {"name", "description", "labels", "body"}
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert fields
    assert {field["type"] for field in fields} <= {"input", "textarea"}
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert any(field.get("validations", {}).get("required") for field in fields)
