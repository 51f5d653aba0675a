"""The text source: a sentence a line, blank lines between documents."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.corpus.sources.text import SOURCE as TEXT

# Each makes a line that shows nothing.
UNSEEN = ["\u3000", "\u00a0", "\u0085", "\u200b", "\u2069", "\0", "\ufffd", "\U000e0041"]


def read(path: Path, start: int = 0, end: int | None = None, **settings: Any):
    context = ReadContext(SourceSettings(**settings))
    found = list(TEXT.read(Split("text", path.name, str(path), start, end), context))
    return found, context.tally


def write(folder: Path, data: bytes, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_blank_lines_and_the_end_of_a_file_end_documents(tmp_path: Path) -> None:
    path = write(tmp_path, b"\n One.\nTwo  \t two.\n\n\n \nThree.\r\n\r\nFour.")
    found, tally = read(path)
    assert found == [
        Document("byte-1", "", ["One.", "Two two."], presegmented=True),
        Document("byte-23", "", ["Three."], presegmented=True),
        Document("byte-33", "", ["Four."], presegmented=True),
    ]
    assert tally.counts == {"read/document": 3}


@pytest.mark.parametrize("char", [*UNSEEN, "\u2003", "\u2029", "\x1f", "\x0c", "\ufeff"])
def test_a_line_that_shows_nothing_is_blank(tmp_path: Path, char: str) -> None:
    text = f"One.\n{char}\n{char}Two{char}.\n {char}{char} \nThree."
    found, _ = read(write(tmp_path, text.encode()))
    assert [document.id for document in found] == [
        "byte-0",
        f"byte-{len(char.encode()) + 6}",
        f"byte-{5 * len(char.encode()) + 14}",
    ]


def test_compressed_file_reads_the_same(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfOne.\n\nTwo.\n"
    plain = write(tmp_path, data)
    packed = write(tmp_path, gzip.compress(data), "a.txt.gz")
    assert read(plain)[0] == read(packed)[0]
    assert [d.paragraphs for d in read(plain)[0]] == [["One."], ["Two."]]


PIECES = [
    *(
        b"a",
        b"b c",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"\xff",
        b"\x80",
        b"\xe3\x80",
        "é".encode(),
    ),
    *(b"\xef\xbb\xbf", *(char.encode() for char in UNSEEN)),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.lists(st.integers(0, 50), max_size=6))
def test_every_way_of_splitting_gives_the_same_documents(tmp_path_factory, pieces, cuts) -> None:
    text, limit = b"".join(pieces) or b"\n", 12
    path = write(tmp_path_factory.getbasetemp(), text)
    settings: Any = {"bad_input": "drop", "max_document_bytes": limit}
    whole, tally = read(path, **settings)
    starts = sorted({0, *cuts})
    parts = [
        read(path, start, end, **settings)
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]
    assert [document for found, _ in parts for document in found] == whole
    for _, other in parts[1:]:
        parts[0][1].merge(other)
    assert parts[0][1].counts == tally.counts


def test_plan_splits_a_plain_file_and_not_a_compressed_one(tmp_path: Path) -> None:
    data = b"A sentence.\n\n" * 1000
    write(tmp_path, data)
    write(tmp_path, gzip.compress(data), "b.txt.gz")
    splits = TEXT.plan(str(tmp_path), SourceSettings(unit_bytes=4000))
    assert [(s.name, s.start, s.end) for s in splits] == [
        ("a.txt", 0, 4333), ("a.txt", 4333, 8666), ("a.txt", 8666, None), ("b.txt.gz", 0, None),
    ]  # fmt: skip
    context = ReadContext(SourceSettings())
    assert sum(len(list(TEXT.read(s, context))) for s in splits) == 2000


def test_invalid_utf8_is_an_error_with_line_and_byte(tmp_path: Path) -> None:
    path = write(tmp_path, b"One.\n\nCaf\xe9.\nMore.\n\nTwo.\n")
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(caught.value) == (
        f"{path}: line 3, byte 9: not valid UTF-8 (byte 0xE9)\n"
        "  fix: convert it: iconv -f windows-1252 -t utf-8 FILE > NEW,"
        " by the few such bytes that were seen;"
        " or --set sources.bad_input=drop leaves such input out and counts it"
    )
    found, tally = read(path, bad_input="drop")
    assert [d.id for d in found] == ["byte-0", "byte-19"]
    assert tally.dropped("document") == {"undecodable": 1}
    assert tally.samples["dropped/document/undecodable"] == [f"{path}: byte 9"]


def test_document_over_the_limit_is_too_long(tmp_path: Path) -> None:
    path = write(tmp_path, b"short\n\n" + b"long line\n" * 5 + b"\nshort\n")
    found, tally = read(path, bad_input="drop", max_document_bytes=20)
    assert [d.id for d in found] == ["byte-0", "byte-58"]
    assert tally.dropped("document") == {"too long": 1}
    with pytest.raises(DataError, match="line 3, byte 7: a document longer than 20 bytes"):
        read(path, max_document_bytes=20)


def test_short_documents_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "One.\n\nA longer one.\n\n\u00a0\n".encode())
    found, tally = read(path, min_characters=5)
    assert [d.paragraphs for d in found] == [["A longer one."]]
    assert tally.dropped("document") == {"too short": 1}
    assert tally.counts["read/document"] == 2


def test_empty_file_and_truncated_archive_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a.txt: the file is empty"):
        read(write(tmp_path, b""))
    with pytest.raises(DataError, match="e.txt.gz: the file is empty"):
        read(write(tmp_path, gzip.compress(b""), "e.txt.gz"))
    sentences = "".join(f"Sentence {i * i * 7919}.\n\n" for i in range(20000)).encode()
    path = write(tmp_path, gzip.compress(sentences)[:-5000], "a.txt.gz")
    with pytest.raises(DataError, match="a.txt.gz, byte .* the gzip archive is truncated"):
        read(path)
    found, tally = read(path, bad_input="drop")
    assert 1000 < len(found) < 20000
    assert tally.dropped("document") == {"broken file": 1}
    assert tally.counts["read/document"] == len(found) + 1
