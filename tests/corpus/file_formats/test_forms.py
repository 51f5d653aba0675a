"""Files of another form than they are read as: named as what they are, with the way that works."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import forms
from albert_data.corpus.source_protocol import ReadContext
from albert_data.corpus.sources import SOURCES

TEXT = b"The goose ran home. It rained all day.\n" * 3
ROW = b'{"id": "1", "title": "Goose", "text": "The goose ran home. It rained all day."}\n'
DOC = (
    b'<doc id="12" url="https://en.wikipedia.org/wiki?curid=12" title="Goose">\nGoose\n\n'
    b"The goose ran home.\n\n</doc>\n"
)
WIKITEXT = b" \n = Valkyria Chronicles III = \n \n Senjo no Valkyria 3 is a game . \n"


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo("a.txt")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT))
    return stream.getvalue()


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", TEXT)
    return stream.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"text": ["The goose ran home."]}), stream)
    return stream.getvalue()


# content, what it is, what of the way that works
OTHERS = {
    "gzip": (gzip.compress(TEXT), "a gzip archive", "end in .gz"),
    "bzip2": (bz2.compress(TEXT), "a bzip2 archive", "end in .bz2"),
    "xz": (lzma.compress(TEXT), "an xz archive", "end in .xz"),
    "zstd": (zstd.compress(TEXT), "a zstd archive", "end in .zst"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(24), "a 7z archive", "7z x FILE"),
    "zip": (zipped(), "a zip archive", "unpack it"),
    "tar": (tar(), "a tar archive", "tar xf FILE"),
    "parquet": (parquet(), "a Parquet file", "parquet:FILE"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\n" + TEXT, "a PDF", "pdftotext"),
    "dump": (b'<mediawiki xml:lang="en">\n</mediawiki>\n', "a MediaWiki XML dump", "wikipedia:FILE"),
    "declared dump": (b'<?xml version="1.0"?>\n<mediawiki>', "a MediaWiki XML dump", "wikipedia:"),
    "WikiExtractor": (DOC, "a file of WikiExtractor's <doc>", "wikipedia:FILE"),
    "HTML": (b"<!-- saved -->\n<!DOCTYPE html>\n<p>Goose.", "an HTML page", "pandoc"),
    "WikiText-103": (WIKITEXT, "a file of WikiText", "wikipedia:FILE"),
    "JSON lines": (b"\xef\xbb\xbf" + ROW, "JSON", "jsonl:FILE"),
    "JSON array": (b"[\n  " + ROW.strip() + b"]\n", "a JSON array", "jq -c '.[]' FILE"),
}  # fmt: skip


def problem_of(path: Path, kind: str, **settings) -> DataError:
    context = ReadContext(SourceSettings(**settings))
    with pytest.raises(DataError) as caught:
        for split in SOURCES[kind].plan(str(path), context.settings):
            list(SOURCES[kind].read(split, context))
    return caught.value


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("kind", ["text", "books", "jsonl", "prose"])
def test_another_form_is_named_with_the_way_that_works(tmp_path: Path, kind: str, name) -> None:
    content, what, way = OTHERS[name]
    if name == "JSON lines" and kind in ("jsonl", "prose"):
        return
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    error = problem_of(path, kind)
    assert error.problem.startswith(f"not read here: this is {what}")
    assert way in error.fix and error.where == str(path)


@pytest.mark.parametrize("name", ["zip", "7z", "tar", "JSON lines", "JSON array", "WikiExtractor"])
def test_what_is_no_dump_is_named(tmp_path: Path, name: str) -> None:
    content, what, way = OTHERS[name]
    for packed in (content, bz2.compress(content), zstd.compress(content)):
        (tmp_path / "w.xml").write_bytes(packed)
        error = problem_of(tmp_path / "w.xml", "wikipedia")
        assert what in error.problem and way in error.fix


def test_the_form_within_an_archive_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(tar()))
    assert "a tar archive" in problem_of(path, "books").problem
    path.write_bytes(gzip.compress(gzip.compress(TEXT)))
    assert "a gzip archive" in problem_of(path, "text").problem


def test_an_archive_within_an_archive_is_to_be_unpacked_not_renamed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    with pytest.raises(DataError) as caught:
        forms.refuse(bz2.compress(TEXT), str(path))
    assert caught.value.problem == "packed twice: within the archive lies a bzip2 archive"
    assert "unpack it once" in caught.value.fix


@pytest.mark.parametrize("kind", ["text", "books", "jsonl"])
def test_another_form_is_left_out_and_counted_where_broken_input_is(tmp_path: Path, kind) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(DOC)
    context = ReadContext(SourceSettings(bad_input="drop"))
    (split,) = SOURCES[kind].plan(str(path), context.settings)
    assert list(SOURCES[kind].read(split, context)) == []
    assert context.tally.dropped("document") == {"another form": 1}


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), st.sampled_from("aÉ—“*1 _")
)
def test_what_begins_as_text_is_text(text: str, first: str) -> None:
    head = (first + text).encode()
    if not head.lstrip().startswith((b"<", b"{", b"[", b"=", b"7z", b"PK", b"PAR1", b"%", b"LZIP")):
        assert forms.form_of(head) is None


@pytest.mark.parametrize(
    "head",
    [
        "[Illustration: A goose]\n\nThe goose ran home.",
        "{The editor's note stands here.}\n",
        "== Goose ==\nThe goose ran home.",
        "<The goose> ran home.",
        "PARIS, 1788. The goose ran home.",
        "Rare geese ran home.",
        "= = = = =\n\nGeese",
    ],
)
def test_prose_that_begins_oddly_is_prose(head: str) -> None:
    assert forms.form_of(head.encode()) is None
