"""The catalogue."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.content.library import Library, load_library
from bot.content.words import Words, read_words

ENGLISH = Words("en", {"hello": "Hello {name}.", "days": {"one": "{count} day", "other": "{count} days"}})


def catalogue(folder: Path, **files: str) -> Path:
    language = folder / "en"
    language.mkdir()
    for name, text in files.items():
        (language / f"words-{name}.toml").write_text(text, "utf-8")
    return language


def test_a_sentence_is_looked_up_by_its_key_and_filled_in() -> None:
    assert ENGLISH("hello", name="Robin") == "Hello Robin."


def test_a_number_picks_the_plural_form() -> None:
    assert [ENGLISH("days", count=count) for count in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


def test_a_language_with_more_forms_uses_its_own(tmp_path: Path) -> None:
    polish = Words("pl", {"days": {"one": "{count} dzień", "few": "{count} dni", "other": "{count} dnia"}})

    assert [polish("days", count=count) for count in (1, 3)] == ["1 dzień", "3 dni"]
    assert polish("days", count=5) == "5 dnia", "a form that was not written falls back to the last one"


def test_a_key_or_a_value_that_is_missing_fails_loudly() -> None:
    with pytest.raises(KeyError, match="nothing"):
        ENGLISH("nothing")
    with pytest.raises(KeyError, match="name"):
        ENGLISH("hello")


def test_files_of_one_language_are_one_catalogue(tmp_path: Path) -> None:
    words = read_words(catalogue(tmp_path, a='[one]\nsaid = "1"', b='[two]\nsaid = "2"\n[two.days]\nother = "{count}"'))

    assert dict(words) == {"one.said": "1", "two.said": "2", "two.days.other": "{count}"}
    assert words.under("two") == ["said", "days"]
    assert "one.said" in words
    assert "one" not in words


def test_a_sentence_said_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"one\.said is said twice"):
        read_words(catalogue(tmp_path, a='[one]\nsaid = "1"', b='[one]\nsaid = "2"'))


def test_a_value_that_is_no_sentence_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"one\.said"):
        read_words(catalogue(tmp_path, a="[one]\nsaid = 1"))


def test_a_sentence_about_a_number_that_cannot_be_said_of_every_number_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.toml: weeks lacks"):
        read_words(catalogue(tmp_path, a='[weeks]\none = "A week."'))


def test_a_locale_falls_back_to_its_language_and_then_to_english(library: Library) -> None:
    assert library.language("en-GB") is library.languages["en"]
    assert library.language("xx") is library.languages["en"]


@pytest.fixture
def two_languages(tmp_path: Path) -> Path:
    """What CONTRIBUTING promises: copy en/, translate it, and it is offered."""
    here = Path(load_library.__code__.co_filename).parent
    english = here / "en"
    for path in [*here.glob("*.toml"), *here.glob("*.tsv")]:
        shutil.copy(path, tmp_path)
    for language in ("en", "de"):
        shutil.copytree(english, tmp_path / language)
    return tmp_path


def test_a_language_is_one_folder(two_languages: Path) -> None:
    library = load_library(two_languages)

    assert set(library.languages) == {"en", "de"}
    assert library.language("de").words.language == "de"


@pytest.mark.parametrize(
    ("file", "said", "instead", "named"),
    [
        ("words-streak.toml", 'rest = "You rest this week. It counts."', "", "streak.rest"),
        ("words-streak.toml", "That makes {count} weeks.", "Weeks.", "streak.milestone"),
        ("words-plan.toml", 'no = "no"', 'no = "no"\nmore_still = "x"', "overview.more_still"),
        ("nudges/kind.toml", 'id = "kind-water"', 'id = "kind-tea"', "kind-tea"),
    ],
)
def test_a_language_that_cannot_say_everything_is_refused_by_name(
    two_languages: Path, file: str, said: str, instead: str, named: str
) -> None:
    path = two_languages / "de" / file
    text = path.read_text("utf-8")
    assert said in text
    path.write_text(text.replace(said, instead), "utf-8")

    with pytest.raises(ValueError, match=re.escape(named)):
        load_library(two_languages)
