"""The clean-up of characters: what goes, what stays, in every source alike."""

from __future__ import annotations

import gzip
import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus import characters
from albert_data.corpus.characters import GONE, WHITE_SPACE, clean, clean_document, is_blank
from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.plan import plan_all, read_split
from albert_data.corpus.source_protocol import Document, ReadContext

EVERY = list(map(chr, range(sys.maxunicode + 1)))
PERSIAN = "این کتاب\u200cها را می\u200cخوانند."
SINHALA = "ශ්\u200dරී ලංකා"
EMOJI = "👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 came."


def test_white_space_is_what_python_takes_for_it() -> None:
    assert "".join(filter(str.isspace, EVERY)) == WHITE_SPACE


def test_controls_formats_and_noncharacters_go_but_joiners_and_what_is_seen() -> None:
    seen = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    expected = {c for c in EVERY if unicodedata.category(c) in ("Cc", "Cf")}
    expected |= {c for c in EVERY if ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF}
    expected |= set("\u034f\ufffc\ufffd")
    expected -= {*WHITE_SPACE, *seen, "\u200c", "\u200d"}
    # The tables are of a newer Unicode than Python 3.11's: what is more in them is unassigned there.
    assert expected <= set(GONE)
    more = set(GONE) - expected
    assert more <= {"\u2065", *map(chr, range(0x13439, 0x13440))}


@pytest.mark.parametrize(
    "text", [PERSIAN, SINHALA, EMOJI, "An e\u0301t\u00e9.", "ภาษาไทยที่นี่", "۝ ٣"]
)
def test_letters_marks_and_emoji_stay(text: str) -> None:
    assert clean(text) is text


@given(st.text(st.sampled_from([*GONE, *"aé中 \n\t\u3000\u200c\u200d", "🙂"]), max_size=30))
def test_a_text_without_what_goes_is_left_and_counted(text: str) -> None:
    tally = Tally()
    cleaned = clean(text, tally)
    assert cleaned == "".join(c for c in text if c not in GONE) == clean(cleaned)
    assert sum(tally.counts.values()) == len(text) - len(cleaned)
    assert tally.counts[characters.UNREADABLE] == text.count("\ufffd")
    assert is_blank(text) == (not cleaned.strip())


def test_only_a_source_that_marks_holes_keeps_them() -> None:
    document = Document("1", "", [f"It is {HOLE} metres\u00ad high\ufdd1.", "\u2060"])
    assert clean_document(document, Tally(), marks_holes=True).paragraphs == [
        f"It is {HOLE} metres high."
    ]
    assert clean_document(document, Tally()).paragraphs == ["It is  metres high."]


def test_sentences_that_were_cut_already_keep_single_spaces() -> None:
    document = Document("1", "", ["a \u200b b", "\ufeff"], presegmented=True)
    assert clean_document(document, Tally()).paragraphs == ["a b"]


DIRTY = (
    "In the win\u00adter the wheel\u2060 was \ufefffro\u200bzen \u2066fast\u2069."
    " The mi\u0092ll ran\ufffdg."
)
CLEAN = "In the winter the wheel was frozen fast. The mill rang."
PAGE = (
    "<mediawiki><siteinfo><namespaces><namespace key='0' /></namespaces></siteinfo>"
    "<page><title>A</title><ns>0</ns><id>1</id><revision><text>{}</text></revision></page></mediawiki>"
)
FILES = {
    "text:a.txt": DIRTY.encode(),
    "text:a.txt.gz": gzip.compress(DIRTY.encode()),
    "books:a.txt": f"{DIRTY}\n".encode(),
    "jsonl:a.jsonl": json.dumps({"id": "1", "title": "", "text": DIRTY}).encode(),
    "squad:a.json": json.dumps(
        {"data": [{"title": "A", "paragraphs": [{"context": DIRTY, "qas": []}]}]}
    ).encode(),
    "race:a.jsonl": json.dumps({"id": "1", "article": DIRTY}).encode(),
    "wikipedia:a.xml": PAGE.format(DIRTY.replace("\u00ad", "&amp;shy;")).encode(),
}


def documents(folder: Path, source: str, data: bytes) -> tuple[list[Document], Tally]:
    kind, _, name = source.partition(":")
    (folder / name).write_bytes(data)
    context = ReadContext(SourceSettings())
    splits = plan_all([f"{kind}:{folder / name}"], context.settings)
    return [document for split in splits for document in read_split(split, context)], context.tally


@pytest.mark.parametrize("source", FILES)
def test_every_source_gives_the_same_clean_text(tmp_path: Path, source: str) -> None:
    found, tally = documents(tmp_path, source, FILES[source])
    assert [document.paragraphs for document in found] == [[CLEAN]]
    if not source.startswith("wikipedia"):  # whose markup is cleaned as it is read
        assert tally.counts[characters.UNREADABLE] == 1


def test_a_document_of_unseen_characters_alone_is_empty_and_counted(tmp_path: Path) -> None:
    rows = [{"id": str(n), "text": text} for n, text in enumerate(["\u200b\u00ad", "One\u00ad."])]
    data = "\n".join(map(json.dumps, rows)).encode()
    found, tally = documents(tmp_path, "jsonl:a.jsonl", data)
    assert [document.paragraphs for document in found] == [["One."]]
    assert tally.dropped("document") == {"empty": 1}


def test_a_line_of_a_book_that_shows_nothing_parts_paragraphs(tmp_path: Path) -> None:
    lines = ["The mill stood by the water, and the wheel", "turned all day.", "\u200b", "It rang."]
    found, _ = documents(tmp_path, "books:a.txt", "\n".join(lines).encode())
    assert found[0].paragraphs == [" ".join(lines[:2]), "It rang."]


@given(st.text(st.sampled_from([*"aé\U0001f600", *GONE[::37], HOLE, "\ufdd1", "\ufdef", "\ufffd"])))
def test_each_character_that_goes_is_found_whatever_stays(text: str) -> None:
    marks = set(map(chr, range(0xFDD0, 0xFDF0)))
    for stay, cleaned in (
        (set(), clean(text)),
        (marks, clean(text, marks=True)),
        ({HOLE}, "".join(clean_document(Document("", "", [text]), Tally(), True).paragraphs)),
    ):
        assert cleaned == "".join(c for c in text if c in stay or c not in GONE)
