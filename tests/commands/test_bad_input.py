"""Broken input: one clear error, or a counted drop where that is asked for.

An error names the file, the place in it and a fix. Each case is read as a worker reads it; a few go
through `albert-data build`, of which nothing may be left that looks finished.
"""

from __future__ import annotations

import bz2
import gzip
import json
import re
from pathlib import Path

import pytest

from albert_data.base.errors import DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.plan import plan_all, read_split
from albert_data.corpus.source_protocol import ReadContext
from tests.command_line import CORPUS, albert_data, fails, finish, start, succeeds
from tests.shared import EXAMPLES

BOOK = f"--source=books:{EXAMPLES}/books/the_weighing_house.txt"
HEAD = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="en">\n'
    '  <siteinfo><namespaces><namespace key="0" /></namespaces></siteinfo>\n'
)
PROSE = "The goose ran home. The rain fell all day. "
LINES = b"The goose ran home.\nThe rain fell all day.\n"
ROW = b'{"id": "1", "text": "The goose ran home. The rain fell all day."}\n'


def page(title: str, text: str) -> str:
    return (
        f"  <page>\n    <title>{title}</title>\n    <ns>0</ns>\n    <id>{len(title)}</id>\n"
        f"    <revision>\n      <text>{text}</text>\n    </revision>\n  </page>\n"
    )


def dump(*pages: str, declaration: str = "") -> bytes:
    return (declaration + HEAD + "".join(pages) + "</mediawiki>\n").encode()


GOOD = page("Good", PROSE * 5)
BOMB = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))

# Broken in a part: what is wrong is left out where asked for, and the rest is read.
# name: (file, its bytes, place, problem, reason it is counted under)
PARTS = {
    "invalid UTF-8 in text": (
        "text:bad.txt", LINES + b"\nIt was caf\xe9 time.\n",
        ": line 4, byte 54: ", "not valid UTF-8 (byte 0xE9)", "undecodable",
    ),
    "invalid UTF-8 in a book": (
        "books:bad.txt", LINES + b"It was caf\xe9 time.\n",
        ": line 3, byte 53: ", "not valid UTF-8 (byte 0xE9)", "undecodable",
    ),
    "invalid UTF-8 in jsonl": (
        "jsonl:bad.jsonl", ROW + b'{"id": "2", "text": "caf\xe9"}\n',
        ": line 2, byte 90, id '2': ", "not valid UTF-8 (byte 0xE9)", "undecodable",
    ),
    "invalid UTF-8 in a dump": (
        "wikipedia:bad.xml", dump(GOOD, page("Bad", "caf@@ ")).replace(b"@@", b"\xe9"),
        r", byte \d+, page 'Bad': ", "not valid UTF-8", "undecodable",
    ),
    "a broken line of jsonl": (
        "jsonl:bad.jsonl", ROW + b'{"id": "2", "text": "The\n' + ROW,
        ": line 2, byte 66, id '2': ", "not a JSON value", "cut-off JSON",
    ),
    "a page of 10 MB": (
        "wikipedia:bad.xml", dump(GOOD, page("Huge", "It is long. " * 900_000)),
        r", byte \d+, page 'Huge': ", "the page is longer than sources.max_document_bytes (8,388,608)",
        "too long",
    ),
    "templates nested 10,000 deep": (
        "wikipedia:bad.xml", dump(GOOD, page("Deep", "{{a|" * 10_000)),
        r", byte \d+, page 'Deep': ", "more than 1,000 brackets, tables or tags", "nested too deep",
    ),
    "tables nested 10,000 deep": (
        "wikipedia:bad.xml", dump(GOOD, page("Deep", "{|\n|\n" * 10_000)),
        r", byte \d+, page 'Deep': ", "more than 1,000 brackets, tables or tags", "nested too deep",
    ),
    "an entity that nobody declared": (
        "wikipedia:bad.xml", dump(GOOD, page("Bad", "&nobody;")),
        r", byte \d+, page 'Bad': ", "not well-formed XML: undefined entity", "malformed",
    ),
}  # fmt: skip

# Broken as a file: left out as one document where asked for.
FILES = {
    "truncated book.txt.bz2": (
        "books:bad.txt.bz2", bz2.compress(LINES * 1000)[:-30],
        r", byte \d+: ", "the bzip2 archive is truncated", "broken file",
    ),
    "truncated text.gz": (
        "text:bad.txt.gz", gzip.compress(LINES * 1000)[:-30],
        r", byte \d+: ", "the gzip archive is truncated", "broken file",
    ),
    "a second stream of books.txt.bz2 with a damaged head": (
        "books:bad.txt.bz2", bz2.compress(LINES) + b"X" + bz2.compress(LINES)[1:],
        rf", byte {len(bz2.compress(LINES))}: ", "the bzip2 archive is damaged: no bzip2 stream begins here",
        "broken file",
    ),
    "an archive of no byte": (
        "jsonl:bad.jsonl.gz", b"", ", byte 0: ", "the gzip archive is truncated", "broken file",
    ),
    "an empty book": ("books:bad.txt", b"", ": ", "the file is empty", "empty file"),
    "empty text": ("text:bad.txt", b"", ": ", "the file is empty", "empty file"),
    "empty jsonl": ("jsonl:bad.jsonl", b"", ": ", "the file is empty", "empty file"),
    "a parquet file that is not one": (
        "parquet:bad.parquet", b"PAR1 is how it begins, and how it ends PAR1",
        ": ", "not a Parquet file, or a truncated one", "broken file",
    ),
    "an empty parquet file": (
        "parquet:bad.parquet", b"", ": ", "not a Parquet file, or a truncated one", "broken file",
    ),
}  # fmt: skip

# Dumps that are broken as a file: never left out, as most of the corpus would be.
DUMPS = {
    "truncated dump.xml.bz2": (
        "wikipedia:bad.xml.bz2", bz2.compress(dump(*[GOOD] * 500))[:-40],
        r", byte \d+: ", "the bzip2 archive is truncated",
    ),
    "truncated dump.xml": (
        "wikipedia:bad.xml", dump(GOOD, GOOD)[:-60],
        r", byte \d+: ", "the dump is cut off in the middle of page 'Good'",
    ),
    "an XML entity bomb": (
        "wikipedia:bad.xml",
        dump(page("B", "&e9;"), declaration=f'<!DOCTYPE b [<!ENTITY e0 "ha">{BOMB}]>\n'),
        r", line 1, byte \d+: ", "a document type or entity declaration (b) is refused",
    ),
    "an external entity": (
        "wikipedia:bad.xml",
        dump(page("B", "&x;"), declaration='<!DOCTYPE b [<!ENTITY x SYSTEM "/etc/passwd">]>\n'),
        r", line 1, byte \d+: ", "a document type or entity declaration (b) is refused",
    ),
    "an empty dump": ("wikipedia:bad.xml", b"", ": ", "the file is empty"),
    "another file": (
        "wikipedia:bad.xml", b"<html><body>404</body></html>",
        ", line 1: ", "not a MediaWiki XML dump: the root element is <html>",
    ),
}  # fmt: skip


@pytest.fixture
def build(tmp_path, vocabulary_file):
    """Builds from a file with these bytes and from other sources into `tmp_path`/shards."""

    def run(spec: str, data: bytes, *options: str):
        kind, name = spec.split(":")
        path = tmp_path / name
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
        return albert_data(
            "build", f"--source={kind}:{path}", "--vocab", vocabulary_file,
            "--output", tmp_path / "shards", "--config=tiny.yaml", "--workers=1", *options,
        )  # fmt: skip

    return run


@pytest.fixture
def error(tmp_path):
    """Checks that a build ended in one error about a file of `tmp_path` and left no whole output."""

    def check(result, spec: str, place: str, problem: str):
        path = re.escape(str(tmp_path / spec.partition(":")[2]))
        fails(result, code=1 if "parquet" not in spec else None)
        message = result.err[result.err.index("error:") :]
        assert re.match(f"error: {path}{place}{re.escape(problem)}.*\n  fix: .+", message), message
        assert not (tmp_path / "shards/manifest.json").exists()
        assert not list(tmp_path.glob("shards/shards-*"))

    return check


@pytest.fixture
def read(tmp_path):
    """Reads a file with these bytes; how many documents there were, and what was counted."""

    def run(spec: str, data: bytes, bad_input: str) -> tuple[int, Tally]:
        kind, name = spec.split(":")
        (tmp_path / name).write_bytes(data)
        context = ReadContext(SourceSettings(bad_input=bad_input))
        splits = plan_all([f"{kind}:{tmp_path / name}"], context.settings)
        return sum(1 for split in splits for _ in read_split(split, context)), context.tally

    return run


def refused(read, path: Path, spec: str, data: bytes, place: str, problem: str, bad_input: str):
    """Checks that a file is refused with one error about it."""
    with pytest.raises(DataError) as caught:
        read(spec, data, bad_input)
    message = f"{re.escape(str(path))}{place}{re.escape(problem)}.*\n  fix: .+"
    assert re.match(message, str(caught.value)), caught.value


@pytest.mark.parametrize("case", PARTS | FILES)
def test_broken_input_is_refused_or_left_out_and_counted_as_set(read, tmp_path, case):
    spec, data, place, problem, reason = (PARTS | FILES)[case]
    path = tmp_path / spec.partition(":")[2]
    refused(read, path, spec, data, place, problem, "fail")
    kept, tally = read(spec, data, "drop")
    assert tally.dropped("document") == {reason: 1}
    assert tally.counts["read/document"] == kept + 1
    assert (kept > 0) == (case in PARTS and not spec.startswith("books:"))
    (sample,) = tally.samples[f"dropped/document/{reason}"]
    assert sample.startswith(str(path))


@pytest.mark.parametrize("case", DUMPS)
@pytest.mark.parametrize("bad_input", ["fail", "drop"])
def test_a_dump_broken_as_a_file_is_always_refused(read, tmp_path, case, bad_input):
    spec, data, place, problem = DUMPS[case]
    refused(read, tmp_path / spec.partition(":")[2], spec, data, place, problem, bad_input)


@pytest.mark.parametrize("case", ["a broken line of jsonl", "truncated book.txt.bz2"])
def test_a_build_is_refused_or_goes_on_without_broken_input_as_set(build, error, tmp_path, case):
    spec, data, place, problem, reason = (PARTS | FILES)[case]
    error(build(spec, data, BOOK), spec, place, problem)
    # As the message proposes, in the same folder:
    result = succeeds(build(spec, data, BOOK, "--set=sources.bad_input=drop"))
    assert f"left out: 1 {reason}\n" in result.err
    reading = json.loads((tmp_path / "shards/manifest.json").read_text())["reading"]
    assert reading["counts"][f"dropped/document/{reason}"] == 1
    (sample,) = reading["samples"][f"dropped/document/{reason}"]
    assert sample.startswith(spec.partition(":")[2])  # without the folder of this machine


NOTHING = {
    "blank lines only": ("text:blank.txt", b"\n \n\n", "no document is left to build from"),
    "no article": ("wikipedia:none.xml", dump(), "no document is left to build from (none was"),
    "one sentence": (
        "books:one.txt",
        b"The goose ran home.\n",
        "no example could be made of 1 doc",
    ),
}


@pytest.mark.parametrize("case", NOTHING)
def test_input_with_nothing_to_build_from_is_an_error(build, tmp_path, case):
    spec, data, problem = NOTHING[case]
    fails(build(spec, data), problem, code=1)
    assert not (tmp_path / "shards/manifest.json").exists()


@pytest.mark.slow
def test_worker_processes_report_one_error_and_no_traceback(tmp_path, error, vocabulary_file):
    spec, data, place, problem = DUMPS["truncated dump.xml.bz2"]
    path = tmp_path / "bad.xml.bz2"
    path.write_bytes(data)
    sources = [*CORPUS, f"--source=wikipedia:{path}", "--set=sources.unit_bytes=40000"]
    given = ["--vocab", vocabulary_file, "--output", tmp_path / "shards", "--config=tiny.yaml"]
    result = finish(start("build", *sources, *given, "--workers=2"))
    error(result, spec, place, problem)


def test_a_file_that_was_mended_is_built_by_the_same_command(build, tmp_path):
    spec, data, *_ = PARTS["a broken line of jsonl"]
    fails(build(spec, data, BOOK), code=1)
    mended = data.replace(b'"The\n', b'"The end."}\n')
    succeeds(build(spec, mended, BOOK))
    changed = build(spec, mended + b"\n", BOOK)  # a finished build keeps to its files
    fails(changed, "begun with other input: jsonl:bad.jsonl has other content (", code=2)
    size = len(mended)
    fails(changed, f"({size + 1:,} bytes, before {size:,})", code=2)
    succeeds(build(spec, mended, BOOK, f"--output={tmp_path}/new"))


BODY = b'{"id": "1", "body": "The goose ran home. The rain fell all day."}\n' * 3


def test_the_settings_that_an_error_names_are_taken_where_nothing_was_made_yet(build):
    fails(build("jsonl:bad.jsonl", BODY), "no key 'text'", "--set sources.text_column=KEY", code=1)
    mended = "--set=sources.text_column=body"
    told = succeeds(build("jsonl:bad.jsonl", BODY, mended)).err
    assert "begun anew, for nothing was made yet: config.sources.text_column text → body\n" in told
    fails(build("jsonl:bad.jsonl", BODY), "this folder was begun with other settings", code=2)


def test_another_kind_of_source_is_taken_where_nothing_was_made_yet(build):
    fails(build("text:bad.jsonl", ROW * 3), "not read here: this is JSON", code=1)
    told = succeeds(build("jsonl:bad.jsonl", ROW * 3)).err
    assert "begun anew, for nothing was made yet: jsonl:bad.jsonl has the content of text:" in told
    assert "another version" not in told


def test_a_build_of_which_a_file_is_tokenised_keeps_its_settings(build, tmp_path):
    spec, data, *_ = PARTS["a broken line of jsonl"]
    fails(build(spec, data, BOOK), code=1)
    parts = [*(tmp_path / "shards/tokens/parts").iterdir()]
    assert parts
    other = build(spec, data, BOOK, "--set=sources.min_characters=2")
    fails(other, "sources.min_characters 1 → 2", code=2)
    assert parts == [*(tmp_path / "shards/tokens/parts").iterdir()]


def test_a_build_that_left_broken_input_out_is_not_taken_for_one_that_did_not(build):
    spec, data, *_ = PARTS["a broken line of jsonl"]
    succeeds(build(spec, data, BOOK, "--set=sources.bad_input=drop"))
    fails(build(spec, data, BOOK), "this build left broken input out", code=2)
