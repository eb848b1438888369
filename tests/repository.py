"""The files of this repository that tests read."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

from custom_components.hiven.const import DOMAIN

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "custom_components" / DOMAIN
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
LANGUAGES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((FOLDER / "translations").iterdir())
}
# Actions, triggers and conditions with their fields.
DESCRIBED = {
    kind: load_yaml_dict(str(FOLDER / f"{kind}.yaml"))
    for kind in ("services", "triggers", "conditions")
}


def leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the text of everything in a file, in order."""
    for key, each in tree.items():
        if isinstance(each, dict):
            yield from leaves(each, f"{path}{key}.")
        else:
            yield f"{path}{key}", each
