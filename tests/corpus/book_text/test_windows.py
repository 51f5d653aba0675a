"""A book read in windows of any size is the book read at once; memory is that of windows."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.base.spool import LONG, LongText, Spool, texts_of
from albert_data.config.settings import SourceSettings
from albert_data.corpus.book_text import windows
from albert_data.corpus.source_protocol import ReadContext, Split
from albert_data.corpus.sources.books import BooksSource
from tests.shared import ROOT, SHARED

WRAPPED = """\
The river ran past the door, and the miller's children threw their hats
into it to see which would come first to the bridge, where an old man
caught them with a hook, and let them go again. "You will want a consid-
erable time," said he, "for a begging-bowl and a begging-
bowl are two things." And he laughed--
went in, and was not seen.
"""
STANZA = "The river runs,\nThe mill is old,\nThe hats are wet,\nThe night is cold.\n"
PARTS = (
    WRAPPED, WRAPPED, WRAPPED, WRAPPED * 30, WRAPPED.replace("\n", "\n\n"), STANZA,
    "".join(f"    {line}\n" for line in STANZA.splitlines()),
    "The mill stood by the river, and there it had stood for a long time.\n" * 40,
    "\n", "\n\n\n", "   \n\t\n", "\r\n", "12\n\n", "THE OLD MILL   13\n", "14 THE OLD MILL\n", "[Pg 3]\n",
    "went to the\n\n\n- 15 -\n\n\nmill and slept.\n", "CHAPTER IV\n\n", "THE MILL\n\n", "* * *\n",
    "[Illustration: the mill\n\nwith [a note]\nand more]\n", "a word [Footnote 1: not\nhere] more\n",
    "[Illustration: it never ends\n\n", "<<THIS ELECTRONIC VERSION\nis not ours>>\n", "[17]\n",
    "He went.[1] She did, too.* And so on.\n", "\n[1] A note,\nof two lines.\n\n", "* Another note.\n\n",
    "NOTES\n\n", "\nCONTENTS\n\nThe Mill    12\nThe Hat    13\n\n",
    "Title: The Mill\n  by the River\n\n", "The Project Gutenberg eBook of the Mill\n\n",
    "*** START OF THE PROJECT GUTENBERG EBOOK MILL,\nA LONG ONE ***\n",
    "*** END OF THE PROJECT GUTENBERG EBOOK MILL ***\n", "Produced by Ann Other\n\n",
    "Transcriber's Note:\n\n  Spelling was retained.\n\n", "End of this Etext of The Mill\n\n",
    "+---+\n| Transcriber's Note |\n+---+\n\n", "Project Gutenberg is a library.\n\n",
    "Caf\u00e9 \u201cau lait\u201d\u2014\nno\u00adthing\u2028\u200bmore\x0band\x85so.\n",
    "\ufeffNo mark.\n", "a\rb\r",
)  # fmt: skip


def read(path: Path, window: int, **values) -> tuple[object, ...]:
    """What a book gives when it is read in windows of so many bytes."""
    source = BooksSource()
    source.window = window
    context = ReadContext(SourceSettings(**values))
    documents = list(source.read(Split("books", path.name, str(path)), context))
    tally = context.tally
    return [(d.id, d.title, list(d.paragraphs)) for d in documents], tally.counts, tally.samples


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("windows") / "book.txt"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=24), st.integers(1, 3000))
def test_a_book_in_small_windows_is_the_whole_book(book, parts, window) -> None:
    book.write_bytes("".join(parts).encode())
    assert read(book, window) == read(book, 1 << 22)


@pytest.mark.parametrize("window", [1000, 77_777])
def test_real_books_in_small_windows_are_the_whole_books(window: int) -> None:
    paths = sorted((SHARED / "books").glob("*/*.txt"))
    if not paths:
        pytest.skip(f"no real books at {SHARED}")
    for path in paths[:: 1 if window > 1000 else 6]:
        assert read(path, window) == read(path, 1 << 22), path


@pytest.mark.parametrize("mark", ["begins with [", "[Illustration: ", "* ", "CONTENTS\n\n"])
def test_what_is_never_closed_takes_nothing_with_it(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "b.txt"
    path.write_text(WRAPPED + f"\n{mark}" + (WRAPPED + "\n") * 300)
    found = read(path, 2000)
    assert found == read(path, 1 << 22)
    (book,) = found[0]
    assert len(book[2]) >= 300


def test_the_first_byte_that_is_no_utf_8_is_named_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_bytes(b"\xef\xbb\xbf" + "Café.\n".encode() * 1000 + b"Caf\xe9 noir\n" * 9)
    messages = []
    for window in (64, 1 << 22):
        with pytest.raises(DataError) as raised:
            read(path, window)
        messages.append(str(raised.value))
    assert messages[0] == messages[1]
    assert "line 1001, byte 7006: not valid UTF-8 (byte 0xE9)" in messages[0]


@pytest.mark.parametrize("window", [64, 1 << 22])
def test_a_paragraph_longer_than_the_limit_is_broken_input(tmp_path: Path, window: int) -> None:
    path = tmp_path / "b.txt"
    path.write_text("Short.\n\n" + "It went on and on,\nand then some more,\n" * 900)
    with pytest.raises(DataError, match="a paragraph longer than 30,000 bytes"):
        read(path, window, max_document_bytes=30_000)
    found, counts, _ = read(path, window, max_document_bytes=30_000, bad_input="drop")
    assert (found, counts["dropped/document/too long"]) == ([], 1)
    assert len(read(path, window, max_document_bytes=40_000)[0]) == 1


def test_a_file_without_an_end_of_line_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_bytes(b"One. " * 40_000)
    with pytest.raises(DataError, match="b.txt: byte 0: a line longer than 1,000 bytes"):
        read(path, 500, max_document_bytes=1000)


def test_texts_beyond_memory_are_read_from_the_disk_as_often_as_asked() -> None:
    def parts() -> Iterator[list[str]]:
        return ([f"{part} {n} " + "x" * 100_000 for n in range(10)] for part in range(20))

    spool = Spool(parts())
    texts = texts_of(spool)
    assert isinstance(texts, LongText) and spool.is_long()
    assert list(texts) == list(texts) == [text for part in parts() for text in part]
    assert len(texts) == 200 and "19 9 " + "x" * 100_000 in texts and "x" not in texts
    assert texts_of(Spool([["a"], [], ["b", "c"]])) == ["a", "b", "c"]
    assert texts_of(Spool([])) == []
    assert LONG < 20 * 10 * 100_000


PEAK = """
import resource, sys
from pathlib import Path
from tests.corpus.book_text.test_windows import BooksSource, ReadContext, SourceSettings, Split
def read(path):
    context = ReadContext(SourceSettings())
    for book in BooksSource().read(Split("books", "b", path), context):
        assert sum(map(len, book.paragraphs))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(*map(read, sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is measured in KiB on Linux")
def test_memory_is_flat_in_the_size_of_a_book(tmp_path: Path) -> None:
    sizes = {"small": 1, "medium": 10 << 20, "large": 40 << 20}
    for name, size in sizes.items():
        (tmp_path / name).write_text((WRAPPED + "\n") * (size // len(WRAPPED) + 1))
    command = [sys.executable, "-c", PEAK, *(str(tmp_path / name) for name in sizes)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    small, medium, large = (int(kib) >> 10 for kib in done.stdout.split())
    assert medium - small < 100
    assert large - medium < 20
    assert windows.WINDOW == 1 << 20
