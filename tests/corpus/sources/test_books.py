"""The books source: Gutenberg's frame, headings, broken files; and seventeen real novels."""

import bz2
import gzip
from pathlib import Path

import pytest

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import ReadContext, Split
from albert_data.corpus.sources.books import SOURCE as BOOKS
from albert_data.corpus.sources.books import is_heading
from tests.corpus.book_text.whole import body_of
from tests.shared import SHARED

REAL = SHARED / "books"


def read(path: Path, **values):
    context = ReadContext(SourceSettings(**values))
    found = list(BOOKS.read(Split("books", path.name, str(path)), context))
    return found, context.tally


def paragraphs(folder: Path, text: str) -> list[str]:
    path = folder / "book.txt"
    path.write_text(text, encoding="utf-8")
    return read(path)[0][0].paragraphs


FRAMES = {
    "1994": (
        "The Project Gutenberg Etext of Alice\n\nTitle: Alice\n\n"
        "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\nlegal words\n"
        "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n",
        "End of Project Gutenberg's Alice, by Lewis Carroll\n\n",
    ),
    "2004": (
        "Project Gutenberg's Alice, by Lewis Carroll\n\nTitle: Alice\n\nAuthor: Lewis Carroll\n\n"
        "*** START OF THIS PROJECT GUTENBERG EBOOK ALICE ***\n\n\nProduced by Arthur DiBianca\n"
        "and David Widger\n\n\n",
        "End of the Project Gutenberg EBook of Alice, by Lewis Carroll\n\n"
        "*** END OF THIS PROJECT GUTENBERG EBOOK ALICE ***\n\n***** This file should be named\n",
    ),
    "2006": (
        "Title: Alice\n\n***START OF THE PROJECT GUTENBERG EBOOK ALICE***\n\n\n"
        "E-text prepared by Ann Other\n\n",
        "***END OF THE PROJECT GUTENBERG EBOOK ALICE***\n\n***START: FULL LICENSE***\n",
    ),
    "2024": (
        "The Project Gutenberg eBook of Alice\n\nTitle: Alice\n\n"
        "*** START OF THE PROJECT GUTENBERG EBOOK ALICE, A LONG TITLE THAT GOES\nON ***\n\n",
        "*** END OF THE PROJECT GUTENBERG EBOOK ALICE ***\n\nUpdated editions will replace\n",
    ),
}


@pytest.mark.parametrize("year", FRAMES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_gutenberg_frames_of_all_years_are_removed(tmp_path: Path, year: str, end: str) -> None:
    header, licence = FRAMES[year]
    path = tmp_path / "11-0.txt"
    text = f"\ufeff{header}\nShe left the house. \n\nHe stayed.\n\n{licence}"
    path.write_bytes(text.replace("\n", end).encode())
    (book,), tally = read(path)
    assert (book.title, book.paragraphs) == ("Alice", ["She left the house.", "He stayed."])
    assert tally.counts["gutenberg lines removed"] > 3


OTHER_FRAMES = {
    "Australia": (
        "\nProject Gutenberg Australia\na treasure-trove of literature\n\nTitle: The Mill\n"
        "Author: A. B.\n* A Project Gutenberg of Australia eBook *\nLanguage: English\n\n"
        "It may be used by anyone in Australia.\n\n-----------------------\n\n",
        "Project Gutenberg Australia\n",
    ),
    "Canada": (
        "* A Project Gutenberg Canada Ebook *\n\nThis ebook is made available at no cost.\n\n"
        "Title: The Mill\nAuthor: B., A.\nDate first posted: 1 May 2010\n\n"
        "This ebook was produced by: C. D.\n\n",
        "[End of The Mill, by A. B.]\n",
    ),
    "Faded Page": (
        "* A Distributed Proofreaders Canada eBook *\n\n_Title:_ The Mill\n_Author:_ A. B.\n"
        "Faded Page eBook #2010\n\n",
        "[The end of _The Mill_ by A. B.]\n",
    ),
    "etext without a mark": (
        "The Project Gutenberg Etext of The Mill, by A. B.\n\nTitle: The Mill\n\n"
        "Copyright laws are changing all over the world!!\n\nMay, 1997 [Etext #9]\n\n",
        "End of this Etext of The Mill\n",
    ),
    "notes behind the mark": (
        "Title: The Mill\n\n*** START OF THE PROJECT GUTENBERG EBOOK THE MILL ***\n\n"
        "E-text prepared by C. D.\n\nNote: Project Gutenberg also has an HTML version.\n"
        "      See 1-h.htm:\n\nImages of the original pages are available through\n"
        "Internet Archive.\n\n*Project Gutenberg is proud to cooperate*\n\n"
        "<<THIS ELECTRONIC VERSION IS\nCOPYRIGHT 1990.>>\n\n",
        "End of this Etext of The Mill\n\n*** END OF THE PROJECT GUTENBERG EBOOK THE MILL ***\n",
    ),
    "transcribers": (
        "Title: The Mill\n\n*** START OF THE PROJECT GUTENBERG EBOOK THE MILL ***\n\n"
        "Transcriber's note:\n\n      Words in italics are _so_.\n\n"
        "[Transcriber's Note: The text has\n\nbeen kept.]\n\n"
        "+--------------------+\n| Transcriber's Note |\n+--------------------+\n\n",
        "TRANSCRIBER'S NOTES\n\nThe spelling has been retained.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK THE MILL ***\n",
    ),
}
TITLE_PAGE = (
    "THE MILL\n\nby\n\nA. B.\n\nAuthor of “The Wheel,” etc.\n\nLONDON: LONG, LIMITED\n\n1910\n\n"
)


@pytest.mark.parametrize("site", OTHER_FRAMES)
def test_frames_of_other_forms_are_removed(tmp_path: Path, site: str) -> None:
    header, end = OTHER_FRAMES[site]
    path = tmp_path / "mill.txt"
    path.write_text(f"{header}{TITLE_PAGE}She left the house.\n\nHe stayed.\n\n{end}")
    (book,), _ = read(path)
    assert (book.title, book.paragraphs) == ("The Mill", ["She left the house.", "He stayed."])


def test_chapters_with_any_title_are_headings(tmp_path: Path) -> None:
    headings = (
        "CHAPTER II. In which Ann has to pay for what the Mice had eaten of the Flour, and does",
        "CHAPTER II.--THE HAT.",
        "Chapter 3 - What is it?",
        "XII. 'ALL THAT IS LOST IS LOST'",
        'CHAPTER XIV.\n\n"I CALL IT MADNESS!"',
        "Chapter Two\n\n“The Miller's Tale”",
    )
    for heading in headings:
        assert paragraphs(tmp_path, f"He went.\n\n{heading}\n\nShe left.\n") == [
            "He went.", "She left.",
        ]  # fmt: skip
    for prose in (
        "Chapter 3 was dull.",
        "CHAPTER I. He went. She left the house.",
        "XII. He was twelve.",
        "LONDON",
    ):
        assert paragraphs(tmp_path, f"He went.\n\n{prose}\n\nShe left.\n")[1] == prose


def test_what_is_left_out_inside_a_book_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_text("CONTENTS\n\nThe Hat    12\n\nHe went.[1]\n\n[1] Not far.\n\nPage 3\n\nYes.\n")
    (book,), tally = read(path)
    assert book.paragraphs == ["He went.", "Yes."]
    kinds = ("list", "note", "page")
    assert [tally.counts[f"book lines left out: {kind}"] for kind in kinds] == [1, 1, 1]


def test_book_that_mentions_gutenberg_is_kept_whole() -> None:
    text = "He drove to Gutenberg.\n\nProject Gutenberg is a library.\n\nThe end of it.\n"
    assert body_of(text) == text.splitlines()


def test_italics_and_picture_tags_are_removed(tmp_path: Path) -> None:
    text = "“_You_ want to\n[Illustration: A hat\n\n[and a cat]] tell me.” [Illustration]\n"
    assert paragraphs(tmp_path, text) == ["“You want to tell me.”"]
    assert paragraphs(tmp_path, "On [Pg 12]he _went\nand went_ on.") == ["On he went and went on."]


def test_headings_and_ornaments_are_dropped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "adam_bede.txt"
    path.write_text(
        "ADAM BEDE\nby George Eliot\nBook One\nChapter I\nThe Workshop\nThe sun was warm.\n"
        "* * *\nYes.\nCHAPTER II. The Preaching\nI.\nJohn Smith.\nTHE END\n"
    )
    (book,), tally = read(path)
    assert book.title == "adam bede"
    assert book.paragraphs == ["The sun was warm.", "Yes.", "John Smith."]
    assert tally.dropped("paragraph") == {"heading": 7, "ornament": 1}
    tally.keep("document")
    tally.check_balance()


@pytest.mark.parametrize(
    "line, after_heading, heading",
    [
        ("CHAPTER IV", False, True),
        ("Letter 1", False, True),
        ("Book the First", False, True),
        ("XIV.", False, True),
        ("Chapter 3 of the book was dull.", False, False),
        ("NO MORE OF THIS", False, False),
        ("NO MORE OF THIS", True, True),
        ("The Return Home", False, False),
        ("The Return Home", True, True),
        ("He went home", True, False),
        ("“Is It You?”", True, False),
        ("Part of it was lost.", False, False),
        ("I", False, True),
    ],
)
def test_only_sure_headings_are_headings(line: str, after_heading: bool, heading: bool) -> None:
    assert is_heading(line, after_heading) is heading


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_compressed_books_are_read(tmp_path: Path, pack) -> None:
    path = tmp_path / ("b.txt.gz" if pack is gzip.compress else "b.txt.bz2")
    path.write_bytes(pack(b"It was late."))
    (book,), _ = read(path)
    assert (book.id, book.title, book.paragraphs) == (path.name, "b", ["It was late."])


def test_bad_books_are_errors_or_dropped(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    for data, limit, message, reason in (
        (b"\xef\xbb\xbfOne.\nCaf\xe9.\n", 99, "line 2, byte 11: not valid UTF-8", "undecodable"),
        (b"One. " * 30, 99, "b.txt: byte 0: a line longer than 99 bytes", "too long"),
        (b"", 99, "b.txt: the file is empty", "empty file"),
    ):
        path.write_bytes(data)
        with pytest.raises(DataError, match=message):
            read(path, max_document_bytes=limit)
        found, tally = read(path, max_document_bytes=limit, bad_input="drop")
        assert (found, tally.dropped("document")) == ([], {reason: 1})
    path = tmp_path / "b.txt.gz"
    path.write_bytes(gzip.compress(b"It was late. " * 99)[:-9])
    with pytest.raises(DataError, match="the gzip archive is truncated"):
        read(path)


def test_book_of_headings_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_text("CHAPTER I\n\n* * *\n")
    found, tally = read(path)
    assert (found, tally.dropped("document")) == ([], {"empty": 1})


@pytest.fixture(scope="module")
def real():
    if not REAL.is_dir():
        pytest.skip(f"no real books at {REAL}")
    context = ReadContext(SourceSettings())
    splits = BOOKS.plan(str(REAL), context.settings)
    books = {s.name.split("/")[1][:5]: next(BOOKS.read(s, context)) for s in splits}
    return books, context.tally


def test_real_novels_begin_and_end_with_prose(real) -> None:
    books, _ = real
    assert len(books) == 17
    assert [books[key].paragraphs[0][:30] for key in ("11_al", "1342_", "345_d", "Eliot")] == [
        "Alice was beginning to get ver",
        "It is a truth universally ackn",
        "(Kept in shorthand.)",
        "With a single drop of ink for ",
    ]
    assert [
        books[key].paragraphs[-1][-30:] for key in ("11_al", "1342_", "345_d", "Trollo"[:5])
    ] == [
        "fe, and the happy summer days.",
        "een the means of uniting them.",
        "JONATHAN HARKER.",
        "oor Houses in the County of Cork."[-30:],
    ]


def test_real_wrapped_lines_are_joined_and_paragraphs_kept_apart(real) -> None:
    books, tally = real
    counts = {key: len(book.paragraphs) for key, book in books.items()}
    # Within 1 % of the paragraphs a reader counts by blank lines or, in Eliot, by short lines.
    assert 2040 <= counts["1342_"] <= 2080
    assert 2250 <= counts["Eliot"] <= 2330
    assert 3200 <= counts["Bradd"] <= 3240
    ends = [p[-1] for book in books.values() for p in book.paragraphs]
    broken = sum(end.islower() for end in ends)
    assert broken < 0.025 * len(ends), "paragraphs that stop in mid-sentence, verse included"
    starts = sum(p[0].islower() for book in books.values() for p in book.paragraphs)
    assert starts < 0.001 * len(ends)
    tally.keep("document", 17)
    tally.check_balance()


def test_real_novels_keep_no_markup(real) -> None:
    text = "\n".join(p for book in real[0].values() for p in book.paragraphs)
    assert "\ufeff" not in text and "_" not in text and "  " not in text
    assert "Gutenberg" not in text
