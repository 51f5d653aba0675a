"""Finding, opening and cutting input files; their lines."""

import bz2
import gzip
import lzma
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.corpus.file_formats import find_files, input_files, lines
from albert_data.corpus.file_formats.names import Names

SUFFIXES = (".txt", ".txt.gz")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt.gz", "deep/er/c.TXT", "notes.md", ".hidden.txt", ".git/d.txt"):
        path = tmp_path / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x\n")
    return tmp_path / "corpus"


def names(target: object, kind: str = "books") -> list[str]:
    return [name for _, name in find_files.find(str(target), Names(kind, SUFFIXES))]


def test_folder_gives_its_files_by_suffix_to_any_depth(corpus: Path) -> None:
    assert names(corpus) == ["a.txt.gz", "b.txt", "deep/er/c.TXT"]
    assert names(f"{corpus}/") == names(corpus)


def test_folder_that_links_to_itself_is_searched_once(corpus: Path) -> None:
    (corpus / "deep/up").symlink_to(corpus)
    assert names(corpus) == ["a.txt.gz", "b.txt", "deep/er/c.TXT"]


def test_glob_gives_names_relative_to_its_fixed_part(corpus: Path) -> None:
    assert names(corpus / "*.md") == ["notes.md"]
    assert names(corpus / "**/*.[tT]*") == ["a.txt.gz", "b.txt", "deep/er/c.TXT"]
    assert names(corpus / "d*/er/*") == ["deep/er/c.TXT"]


def test_file_named_outright_may_have_any_suffix(corpus: Path) -> None:
    assert find_files.find(str(corpus / "notes.md"), Names("books", SUFFIXES)) == [
        (str(corpus / "notes.md"), "notes.md")
    ]


def test_file_with_wildcards_in_its_name_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("x")
    assert names(tmp_path / "a[1].txt") == ["a[1].txt"]


def test_missing_input_says_what_was_looked_for(corpus: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        names(corpus / "bb.txt")
    assert str(caught.value) == (
        f"books:{corpus}/bb.txt: no such file or folder\n  fix: did you mean {corpus}/b.txt?"
    )
    with pytest.raises(ConfigError, match="no file matches this pattern"):
        names(corpus / "*.xml")
    with pytest.raises(ConfigError, match=r"no input in this folder\n  fix: books reads \*.txt, "):
        names(corpus / ".git/..", "books") and names(_empty(corpus))
    with pytest.raises(ConfigError, match="no path after the colon"):
        names("")


def _empty(corpus: Path) -> Path:
    (corpus / "empty").mkdir()
    return corpus / "empty"


def test_stamp_changes_with_the_content(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    before = input_files.stamp(str(path))
    path.write_text("other")
    assert input_files.stamp(str(path)) != before


def test_byte_ranges_join_without_gap(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 100)
    splits = input_files.byte_ranges("text", str(path), "a.txt", 30)
    assert [(s.start, s.end, s.weight) for s in splits] == [
        (0, 33, 33), (33, 66, 33), (66, None, 34),
    ]  # fmt: skip
    packed = tmp_path / "b.txt.gz"
    packed.write_bytes(b"x" * 100)
    assert [(s.start, s.end) for s in input_files.byte_ranges("text", str(packed), "b", 30)] == [
        (0, None)
    ]


@pytest.mark.parametrize(
    "suffix,pack,kind", [(".gz", gzip.compress, "gzip"), (".bz2", bz2.compress, "bzip2")]
)
def test_truncated_or_damaged_archive_is_named_with_its_byte(tmp_path, suffix, pack, kind) -> None:
    path = tmp_path / f"a.txt{suffix}"
    data = pack(bytes(range(256)) * 4000)
    path.write_bytes(data)
    with input_files.open_binary(str(path)) as stream:
        assert len(stream.read()) == 1_024_000
    path.write_bytes(data[:-20])
    with pytest.raises(
        input_files.BrokenFile, match=f"a.txt{suffix}, byte {len(data) - 20}: the {kind} "
    ):
        input_files.open_binary(str(path)).read()
    path.write_bytes(b"not an archive at all")
    with pytest.raises(
        input_files.BrokenFile, match=f"byte 0: .* is damaged: no {kind} stream begins here"
    ) as caught:
        input_files.open_binary(str(path)).read()
    assert caught.value.fix.startswith(f"if it is not packed, take {suffix} off its name")
    path.write_bytes(lzma.compress(b"of another kind"))
    with pytest.raises(
        input_files.BrokenFile, match=f"byte 0: no {kind} archive.*: it is packed with xz"
    ) as caught:
        input_files.open_binary(str(path)).read()
    assert caught.value.fix == "rename it to end in .xz"


def test_vanished_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(input_files.BrokenFile, match="gone.txt: no such file or directory"):
        input_files.open_binary(str(tmp_path / "gone.txt"))


def all_lines(path: Path, start: int = 0, limit: int = 1 << 62) -> list[lines.Line]:
    with input_files.open_binary(str(path)) as stream:
        return list(lines.read(stream, start, limit))


def test_every_line_end_ends_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n\nlast")
    found = [(line.offset, line.data) for line in all_lines(path)]
    assert found == [(0, b"\xef\xbb\xbfone"), (8, b"two"), (12, b"three"), (18, b""), (19, b"last")]
    assert all_lines(path)[0].text() == "one"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(lines, "_CHUNK", 7)
    monkeypatch.setattr(lines, "_PART", 5)


@given(
    st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"bcd", b"\xff", b"x" * 9])),
    st.integers(0, 60),
)
@example([b"a", b"\r\n", b"bcd"], 2)
def test_lines_from_a_byte_are_the_later_ones_of_all(tmp_path_factory, parts, start) -> None:
    path = tmp_path_factory.getbasetemp() / "lines"
    path.write_bytes(b"".join(parts))
    whole = all_lines(path)
    assert [line.data for line in whole] == b"".join(parts).splitlines()
    assert all_lines(path, start) == [line for line in whole if line.offset >= start]


def test_long_line_is_cut_off_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 50 + b"\nshort\n" + b"y" * 12)
    assert all_lines(path, limit=12) == [
        lines.Line(0, b"x" * 12, too_long=True),
        lines.Line(51, b"short"),
        lines.Line(57, b"y" * 12),
    ]


BLANK_OR_NOT = [
    *(b" ", "\u3000".encode(), "\U000e0041".encode(), b"\0", b"\n"),
    *(b"a", b"\xe3\x80", b"\x80", b"\xff", "é".encode()),
]


@given(st.lists(st.sampled_from(BLANK_OR_NOT)), st.integers(1, 12))
@example([b" "] * 30, 12)
@example([b" "] * 30 + [b"a"], 12)
@example(["\U000e0041".encode()] * 2, 1)  # a chunk ends within a character
@example(["\u3000".encode()] * 5, 13)  # the limit lies within a character
def test_a_line_over_the_limit_is_blank_where_all_of_it_is(tmp_path_factory, parts, limit) -> None:
    path = tmp_path_factory.getbasetemp() / "lines"
    path.write_bytes(b"".join(parts))
    for line, cut in zip(all_lines(path), all_lines(path, limit=limit), strict=True):
        assert (cut.offset, cut.is_blank()) == (line.offset, line.is_blank())
        assert cut.too_long == (len(line.data) > limit)
        assert len(cut.data) <= limit if cut.too_long else cut.data == line.data


def test_first_undecodable_byte_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes("één\ncaf".encode() + b"\xe9 x\n")
    with pytest.raises(lines.Undecodable) as caught:
        all_lines(path)[1].text()
    assert (caught.value.offset, caught.value.byte) == (9, 0xE9)
    assert lines.place(str(path), 9) == f"{path}: line 2, byte 9"


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_blank_line_is_known_however_long(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "a"
    for content, blank in ((b" " * 10_000, True), (b"x" + b" " * 10_000, False)):
        before = b"word" + end + content + end
        path.write_bytes(before + b"next")
        with input_files.open_binary(str(path)) as stream:
            assert lines.line_before_is_blank(stream, len(before)) is blank
            assert lines.line_before_is_blank(stream, len(before) - 4000) is blank
