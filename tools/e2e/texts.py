"""The integration's texts in a language, and texts that a screen must not show."""

from collections.abc import Iterable, Iterator
import json
import re
from typing import Any

from tools.demo.errors import DemoError
from tools.demo.folder import ROOT

ENGLISH = "en"
_FOLDER = ROOT / "custom_components" / "hiven" / "translations"
_DASHBOARD = ROOT / "frontend" / "src" / "texts"
LANGUAGES = sorted(path.stem for path in _FOLDER.glob("*.json"))

_ADDRESS = re.compile(r"https?://\S+")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_PLACEHOLDER = re.compile(r"\{\w+\}")
# A translation key, whole or in part.
_KEY = re.compile(
    r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b"
    r"|\b(?:component|config|entity|exceptions|issues|options|selector)\.\w"
)
# Technical terms; "API key" is allowed, because Hiven uses it.
_TECHNICAL = re.compile(
    r"\b(?:endpoint|exception|https?|json|null|payload|status code|token|traceback"
    r"|undefined|nan|40[0-9]|50[0-9])\b|\[object|\bNone\b",
    re.IGNORECASE,
)


class Texts:
    """The texts of a language, by their path in its file."""

    def __init__(self, language: str) -> None:
        """Read them, and the English ones that must not be shown instead."""
        self.language = language
        self._texts = _read(language)
        english = [] if language == ENGLISH else _read(ENGLISH).values()
        self._english = _patterns(english)
        self._own = _patterns(self._texts.values())

    def __getitem__(self, place: str) -> str:
        """Return the text at a path."""
        return self._texts[place]

    def under(self, place: str) -> list[str]:
        """Return the paths below a path."""
        return [each for each in self._texts if each.startswith(f"{place}.")]

    def check(self, lines: Iterable[str], places: Iterable[str]) -> None:
        """Raise DemoError unless the screen shows these texts, and nothing forbidden."""
        lines = [line.removesuffix("*").strip() for line in lines]
        complaints = [
            f"{place} is not on the screen: {text}"
            for place in places
            for text in _lines(self[place])
            if not any(_pattern(text).fullmatch(line) for line in lines)
        ]
        complaints += [f"{what}: {line}" for line in lines for what in self._spot(line)]
        if complaints:
            shown = "\n".join(f"  | {line}" for line in lines)
            found = "\n".join(dict.fromkeys(complaints))
            raise DemoError(f"{found}\nThe screen says:\n{shown}")

    def _spot(self, line: str) -> Iterator[str]:
        """Yield what is wrong with a line."""
        words = _ADDRESS.sub("", line)
        if "{" in words or "}" in words:
            yield "a brace"
        if _KEY.search(words):
            yield "a key instead of a text"
        if _TECHNICAL.search(words):
            yield "a technical term"
        if _is_among(self._english, line) and not _is_among(self._own, line):
            yield "English"


def _read(language: str) -> dict[str, str]:
    """Return the texts of the integration, and those of the dashboard under its name."""
    own, dashboard = (
        json.loads((folder / f"{language}.json").read_text("utf-8"))
        for folder in (_FOLDER, _DASHBOARD)
    )
    return dict(_flat({**own, "dashboard": dashboard}, ""))


def _flat(tree: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _lines(text: str) -> list[str]:
    """Return the lines of a text, without the markup of links and emphasis.

    A line that is only a placeholder is left out, because it would match everything.
    """
    plain = _LINK.sub(r"\1", text).replace("*", "").replace("`", "")
    return [line for line in plain.splitlines() if _PLACEHOLDER.sub("", line)]


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, _PLACEHOLDER.split(line))))


def _patterns(texts: Iterable[str]) -> list[re.Pattern[str]]:
    return [_pattern(line) for text in texts for line in _lines(text)]


def _is_among(patterns: Iterable[re.Pattern[str]], line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in patterns)
