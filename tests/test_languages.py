"""The translations: each says all that the English texts say, in its own language."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

import pytest

TRANSLATIONS = Path(__file__).parents[1] / "custom_components/hiven/translations"
ENGLISH = "en"
LANGUAGES = {ENGLISH, "da", "de", "fi", "nb", "sv"}
FOUND = sorted(path.stem for path in TRANSLATIONS.iterdir())
TRANSLATED = [language for language in FOUND if language != ENGLISH]

# What is the same in English: the word, and the languages it is a word of.
SHARED = {
    "Hiven": {"da", "de", "fi", "nb", "sv"},
    "Name": {"de"},
    "Zone": {"da", "de"},
}

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
LINK_TARGET = re.compile(r"\]\(([^()]*)\)")
EMPHASIS = re.compile(r"\*+([^*\n]+)\*+")

# Texts that send people to something by its name: text, then what it names.
NAMED = (
    (
        "exceptions.vehicle_still_connected.message",
        "config.step.reconfigure.menu_options.remove_vehicle",
    ),
    (
        "issues.telemetry_stale.description",
        "config.step.reconfigure.menu_options.vehicle",
    ),
    (
        "config.error.no_charging_location",
        "options.step.init.menu_options.charging_locations",
    ),
    (
        "exceptions.no_charging_location.message",
        "options.step.init.menu_options.charging_locations",
    ),
)


def _texts(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the place and the text of everything in a file, in its order."""
    for key, value in tree.items():
        place = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _texts(value, f"{place}.")
        else:
            yield place, value


def _read(language: str) -> dict[str, str]:
    """Return the texts of a language by place."""
    content = (TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8")
    return dict(_texts(json.loads(content)))


def _marks(text: str) -> dict[str, object]:
    """Return what a translation of a text has to keep; words may change places."""
    return {
        "placeholders": sorted(PLACEHOLDER.findall(text)),
        "link targets": sorted(LINK_TARGET.findall(text)),
        "emphasized": len(EMPHASIS.findall(text)),
        "line breaks": re.findall(r"\n+", text),
    }


def test_the_languages() -> None:
    """All six are there, and nothing else."""
    assert set(FOUND) == LANGUAGES
    assert len(list(TRANSLATIONS.iterdir())) == len(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_same_keys_in_the_same_order(language: str) -> None:
    """Nothing is missing, left over or elsewhere."""
    assert list(_read(language)) == list(_read(ENGLISH))


@pytest.mark.parametrize("language", TRANSLATED)
def test_same_marks(language: str) -> None:
    """Placeholders, link targets, emphasis and line breaks are those of English."""
    texts = _read(language)
    wrong = {
        place: texts[place]
        for place, english in _read(ENGLISH).items()
        if _marks(texts[place]) != _marks(english)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", FOUND)
def test_no_empty_text(language: str) -> None:
    """No text is empty, or has space around it."""
    wrong = {
        place: text
        for place, text in _read(language).items()
        if not text or text != text.strip()
    }
    assert wrong == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_left_in_english(language: str) -> None:
    """A text is English only if its word is the same in the language."""
    english = _read(ENGLISH)
    same = {text for place, text in _read(language).items() if text == english[place]}
    assert same == {word for word, languages in SHARED.items() if language in languages}


def test_few_shared_words() -> None:
    """The list of shared words stays short."""
    assert len(SHARED) <= 15


@pytest.mark.parametrize("language", FOUND)
def test_names_are_those_on_the_screen(language: str) -> None:
    """What a text emphasizes or sends people to is called the same there."""
    texts = _read(language)
    emphasized = {name for text in texts.values() for name in EMPHASIS.findall(text)}
    assert emphasized <= set(texts.values())
    assert [place for place, named in NAMED if texts[named] not in texts[place]] == []
