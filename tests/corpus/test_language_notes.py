"""What is said of languages before a build: of dumps in another language than is set."""

import bz2
from pathlib import Path

import pytest

from albert_data.config.settings import SentenceSettings, SourceSettings
from albert_data.corpus.language_notes import language_notes
from albert_data.corpus.plan import plan_all
from albert_data.corpus.source_protocol import Split


def dump(folder: Path, language: str, name: str) -> str:
    text = f'<mediawiki xml:lang="{language}"><siteinfo /><page></page></mediawiki>'
    path = folder / name
    path.write_bytes(bz2.compress(text.encode()) if name.endswith(".bz2") else text.encode())
    return f"wikipedia:{path}"


def notes(specs: list[str], language: str = "en", splitter: str = "sentencex") -> list[str]:
    settings = SentenceSettings(splitter=splitter, language=language)  # type: ignore[arg-type]
    return language_notes(plan_all(specs, SourceSettings()), settings)


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("en", "en"),
        ("de", "de"),
        ("", "en"),
        ("simple", "en"),
        ("zh", "zh-hant"),
        ("no", "nb"),
        ("nb", "no"),
        ("zh-Hans-CN", "zh"),
        ("en-GB", "en"),
    ],
)
def test_nothing_is_said_where_languages_agree(tmp_path, written, language):
    assert notes([dump(tmp_path, written, "a.xml")], language) == []


def test_a_dump_in_another_language_is_said_once_for_all_its_parts(tmp_path):
    for part in (1, 2):
        dump(tmp_path, "de", f"dewiki-20240101-pages-articles{part}.xml.bz2")
    dump(tmp_path, "fr", "frwiki-20240101-pages-articles.xml")
    first, second = notes([f"wikipedia:{tmp_path}"])
    assert first == (
        f"warning: {tmp_path}/dewiki-20240101-pages-articles1.xml.bz2 is in the language de, "
        "sentences.language is en: set --set sentences.language=de if all sources are in it"
    )
    assert "frwiki" in second


def test_nothing_is_said_where_a_line_is_a_sentence(tmp_path):
    assert notes([dump(tmp_path, "de", "a.xml")], splitter="lines") == []


def test_a_book_says_nothing_of_its_language(tmp_path):
    (tmp_path / "a.txt").write_text("Ein Buch.")
    assert notes([f"books:{tmp_path}/a.txt"]) == []


def test_a_broken_dump_is_refused_in_its_place_not_here(tmp_path):
    (tmp_path / "a.xml").write_text("no dump")
    assert notes([f"wikipedia:{tmp_path}/a.xml"]) == []
    assert (
        language_notes([Split("wikipedia", "b", str(tmp_path / "b.xml"))], SentenceSettings()) == []
    )
