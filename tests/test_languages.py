"""Every translation says all that the English texts say, in its own language."""

import re
from string import Formatter
from typing import Any

import pytest

from .repository import LANGUAGES, leaves

TEXTS = {language: dict(leaves(tree)) for language, tree in LANGUAGES.items()}
ENGLISH = TEXTS["en"]
TRANSLATED = TEXTS.keys() - {"en"}

# Words that are the same in English, and the languages that have them.
SHARED = {"Name": {"de"}, "Zone": {"da", "de"}}

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
LINK_TARGET = re.compile(r"\]\(([^()]*)\)")
EMPHASIS = re.compile(r"\*+([^*\n]+)\*+")

# Texts that contain the text of something else.
_LOCATIONS = "options.step.init.menu_options.charging_locations"
_RECONFIGURE = "config.step.reconfigure.menu_options"
_BEHAVIORS = "entity.select.charging_behavior.state"
NAMED = {
    "exceptions.vehicle_still_connected.message": f"{_RECONFIGURE}.remove_vehicle",
    "issues.telemetry_stale.description": f"{_RECONFIGURE}.vehicle",
    "config.error.no_charging_location": _LOCATIONS,
    "exceptions.no_charging_location.message": _LOCATIONS,
    "exceptions.unknown_location.message": _LOCATIONS,
    "exceptions.vehicle_forbidden.message": f"{_RECONFIGURE}.vehicle",
    "issues.sign_in_again.description": f"{_RECONFIGURE}.vehicle",
    "exceptions.location_not_supported.message": f"{_BEHAVIORS}.smart_charge_anywhere",
}


def problem_of(text: Any) -> str | None:
    """Return the reason why Home Assistant would not show a text as it is."""
    if not isinstance(text, str) or not text or text != text.strip():
        return "empty, or space around it"
    if re.search(r"<[^>]+>", text):
        return "HTML"
    if re.search(r"https?://|www\.", text):
        return "an address; it has to be a placeholder"
    if re.search(r"'\{\w+\}'", text):
        return "a placeholder in single quotes"
    if "[%" in text or "%]" in text:
        return "a reference"
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return "a brace that is not closed"
    return None if all(name.isidentifier() for name in names) else "a plural form"


def marks_of(text: str) -> dict[str, object]:
    """Return the marks that a translation of a text has to keep, in any order."""
    return {
        "placeholders": sorted(PLACEHOLDER.findall(text)),
        "link targets": sorted(LINK_TARGET.findall(text)),
        "emphasized": len(EMPHASIS.findall(text)),
        "line breaks": re.findall(r"\n+", text),
    }


def test_the_languages() -> None:
    assert TEXTS.keys() == {"en", "da", "de", "fi", "nb", "sv"}
    assert len(SHARED) <= 15


@pytest.mark.parametrize("language", TEXTS)
def test_texts(language: str) -> None:
    texts = TEXTS[language]
    assert [(path, texts[path]) for path in texts if problem_of(texts[path])] == []
    emphasized = {name for text in texts.values() for name in EMPHASIS.findall(text)}
    assert emphasized <= set(texts.values())
    assert not [path for path, name in NAMED.items() if texts[name] not in texts[path]]
    # The names of entities.
    entities = LANGUAGES[language]["entity"].values()
    names = [each["name"] for platform in entities for each in platform.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", sorted(TRANSLATED))
def test_a_translation(language: str) -> None:
    texts = TEXTS[language]
    assert list(texts) == list(ENGLISH)
    wrong = [path for path in texts if marks_of(texts[path]) != marks_of(ENGLISH[path])]
    assert wrong == []
    same = {text for path, text in texts.items() if text == ENGLISH[path]}
    assert same == {word for word, languages in SHARED.items() if language in languages}
