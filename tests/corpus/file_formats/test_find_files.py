"""A folder or glob: each file of it is read, named with the reason why not, or stops the plan."""

import os
import re
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import compressed
from albert_data.corpus.file_formats.find_files import NO_STREAM, find
from albert_data.corpus.file_formats.names import Names
from albert_data.corpus.plan import plan_all
from albert_data.corpus.source_protocol import Unread
from albert_data.corpus.sources import SOURCES

BOOKS = SOURCES["books"].names()
DUMPS = SOURCES["wikipedia"].names()


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("Some words.\n")
    return folder


def looked(target: object, names: Names) -> tuple[list[str], dict[str, str]]:
    """(files that are read, files that are not with their reasons)."""
    unread: list[Unread] = []
    found = find(str(target), names, unread)
    return [name for _, name in found], {file.name: file.reason for file in unread}


def test_each_file_that_is_not_read_is_named_with_its_reason(tmp_path: Path) -> None:
    make(
        tmp_path, "a.txt", "b/c.txt.gz", "b/notes.md", "page.htm", "wiki_00", "README", "d.jsonl.1"
    )
    make(tmp_path, ".DS_Store", ".git/a.txt", ".git/b.txt", "sha256sums.txt", "a.txt.md5")
    assert looked(tmp_path, BOOKS) == (
        ["a.txt", "b/c.txt.gz"],
        {
            ".DS_Store": "hidden",
            ".git/": "hidden",
            "README": "about the data",
            "a.txt.md5": "checksums",
            "b/notes.md": "suffix .md",
            "d.jsonl.1": "suffix .0",
            "page.htm": "suffix .htm",
            "sha256sums.txt": "checksums",
            "wiki_00": "no suffix",
        },
    )


@given(
    st.sets(
        st.tuples(
            st.sampled_from(["a", "b1", "dir/c", ".h", "README", "x-index", "articles2"]),
            st.sampled_from(["", ".txt", ".md", ".xml", ".xml-p1p9", ".json", ".epub"]),
            st.sampled_from(["", ".gz", ".zst", ".md5", ".7z", ".part", ".1"]),
        ).map("".join),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["books", "jsonl", "wikipedia", "parquet", "squad", "race"]),
)
def test_no_file_of_a_folder_is_passed_over(tmp_path_factory, names: set[str], kind: str) -> None:
    folder = make(tmp_path_factory.mktemp("any"), *sorted(names))
    try:
        read, left = looked(folder, SOURCES[kind].names())
    except ConfigError as error:
        # Then it says which files, or that there is none that it could read.
        assert re.search("no input in this folder|cannot be read: |in another form", error.problem)
        return
    assert sorted([*read, *left]) == sorted(names)
    assert len({compressed.without_suffix(name) for name in read}) == len(read)


@pytest.mark.parametrize(
    "name, way",
    [
        ("b.txt.7z", "7z x FILE"),
        ("b.txt.zip", "unzip FILE"),
        ("b.txt.lz4", "lz4 -d FILE"),
        ("b.txt.Z", "uncompress FILE"),
        ("b.txt.gz.part", "complete the download"),
        ("b.txt.crdownload", "complete the download"),
        ("b.txt.7z.001", "unpack or complete them"),
        ("b.txt.gz.1", "unpack or complete them"),
    ],
)
def test_input_in_a_form_that_is_not_read_stops_the_plan(tmp_path: Path, name, way) -> None:
    make(tmp_path, "a.txt", name)
    with pytest.raises(ConfigError) as caught:
        looked(tmp_path, BOOKS)
    assert (
        caught.value.problem == f"1 of its files look like books input but cannot be read: {name}"
    )
    assert way in caught.value.fix
    make(tmp_path, name[: name.index(".t")] + ".txt")  # now it is read as well, unpacked
    assert looked(tmp_path, BOOKS) == (["a.txt", "b.txt"], {name: "beside a file that is read"})
    assert looked(f"{tmp_path}/*.txt", BOOKS) == (["a.txt", "b.txt"], {})


def test_a_part_of_a_dump_that_cannot_be_read_stops_the_plan(tmp_path: Path) -> None:
    stem = "enwiki-20240101-pages-articles"
    parts = [f"{stem}1.xml-p1p9.bz2", f"{stem}2.xml-p10p19.7z", f"{stem}3.xml-p20p29"]
    make(tmp_path, *parts)
    with pytest.raises(ConfigError, match=f"cannot be read: {parts[1]}"):
        looked(tmp_path, DUMPS)
    (tmp_path / parts[1]).rename(tmp_path / f"{stem}2.xml-p10p19.zst")
    read, left = looked(tmp_path, DUMPS)
    assert (len(read), left) == (3, {})


def test_what_lies_beside_a_dump_is_known(tmp_path: Path) -> None:
    stem = "enwiki-latest-pages-articles"
    make(
        tmp_path, f"{stem}.xml.bz2", f"{stem}.xml.bz2-rss.xml", f"{stem}-multistream-index.txt.bz2"
    )
    make(tmp_path, "enwiki-latest-stub-articles.xml.gz", "enwiki-latest-abstract.xml.gz")
    make(tmp_path, "enwiki-latest-pages-logging.xml.gz", "enwiki-latest-page.sql.gz", "md5sums.txt")
    assert looked(tmp_path, DUMPS) == (
        [f"{stem}.xml.bz2"],
        {
            "enwiki-latest-abstract.xml.gz": "a dump without articles",
            "enwiki-latest-page.sql.gz": "suffix .gz",
            f"{stem}-multistream-index.txt.bz2": "index of a dump",
            f"{stem}.xml.bz2-rss.xml": "a dump without articles",
            "enwiki-latest-pages-logging.xml.gz": "a dump without articles",
            "enwiki-latest-stub-articles.xml.gz": "a dump without articles",
            "md5sums.txt": "checksums",
        },
    )
    with pytest.raises(ConfigError, match="not read: index of a dump"):
        looked(tmp_path / f"{stem}-multistream-index.txt.bz2", DUMPS)


@pytest.mark.parametrize("packing", compressed.SUFFIXES)
def test_an_input_beside_itself_unpacked_is_refused(tmp_path: Path, packing: str) -> None:
    make(tmp_path, "a.txt", "deep/a.txt", f"a.txt{packing}")
    for target in (tmp_path, f"{tmp_path}/a.*"):
        with pytest.raises(ConfigError, match="the same as a.txt in another form") as caught:
            looked(target, BOOKS)
        assert caught.value.where == f"{tmp_path}/a.txt{packing}"
    specs = [f"books:{tmp_path}/a.txt{packing}", f"books:{tmp_path}/deep/../a.txt"]
    with pytest.raises(ConfigError, match="the same as a.txt in another form"):
        plan_all(specs, SourceSettings())
    assert len(plan_all([specs[0], f"text:{tmp_path}/a.txt"], SourceSettings())) == 2


@pytest.fixture
def special(tmp_path: Path):
    """Paths that are neither files nor folders."""
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(tmp_path, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{here}/s.txt")  # a socket's own path may have 107 bytes only
        os.close(here)
        yield [str(tmp_path / name) for name in ("pipe.txt", "s.txt")]


def test_standard_input_pipes_and_devices_are_refused_with_what_works(special) -> None:
    reader, writer = os.pipe()
    named = [*special, "-", "/dev/stdin", "/dev/null", f"/dev/fd/{reader}", "/proc/self/fd/0"]
    for target in named:
        for kind in ("text", "wikipedia", "jsonl", "squad"):
            with pytest.raises(ConfigError) as caught:
                looked(target, SOURCES[kind].names())
            assert caught.value.where == f"{kind}:{target}"
            assert caught.value.problem == NO_STREAM and "COMMAND > FILE" in caught.value.fix
    os.close(reader)
    os.close(writer)


def test_pipes_in_a_folder_are_named_and_links_to_nothing_refused(tmp_path, special) -> None:
    make(tmp_path, "a.txt")
    left = dict.fromkeys(("pipe.txt", "s.txt"), "a pipe, socket or device")
    assert looked(tmp_path, BOOKS) == (["a.txt"], left)
    assert looked(f"{tmp_path}/*.txt", BOOKS) == (["a.txt"], left)
    make(tmp_path, "d.txt/e.txt")
    assert looked(f"{tmp_path}/*.txt", BOOKS)[1] == {**left, "d.txt": "a folder"}
    (tmp_path / "f.md").symlink_to("gone.md")
    assert looked(tmp_path, BOOKS)[1] == {**left, "f.md": "suffix .md"}
    (tmp_path / "g.txt").symlink_to("gone.txt")
    with pytest.raises(ConfigError, match="a link to gone.txt, which is not there"):
        looked(tmp_path, BOOKS)


def test_a_folder_without_input_says_what_it_holds(tmp_path: Path) -> None:
    make(tmp_path, "b.md", "a.json")
    with pytest.raises(ConfigError, match=r"; other files in it: a.json \(suffix .json\), b.md"):
        looked(tmp_path, BOOKS)
    make(tmp_path, "c.md", "d.md", "e.md")
    with pytest.raises(ConfigError, match=r"c.md \(suffix .md\) and 2 more"):
        looked(tmp_path, BOOKS)


@pytest.mark.parametrize("name", ["a.xml.bz2", "a.7z", "a.mp3", "a.h5"])
def test_a_digit_that_names_a_format_stays_in_the_reason(name: str) -> None:
    assert BOOKS.reason(name) == f"suffix .{name.rpartition('.')[2]}"


@pytest.mark.parametrize("ending", ["1", "07", "xml-p10p19", "part12"])
def test_numbers_of_parts_are_one_reason(ending: str) -> None:
    changed = ending.translate(str.maketrans("0123456789", "9876543210"))
    assert BOOKS.reason(f"a.{ending}") == BOOKS.reason(f"a.{changed}")


def test_a_file_counts_as_read_where_one_of_the_sources_reads_it(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.jsonl", "c.md")
    (tmp_path / "b.jsonl").write_text('{"text": "Some words. And more."}\n')
    tally = Tally()
    specs = [f"books:{tmp_path}", f"jsonl:{tmp_path}", f"books:{tmp_path}/*.txt"]
    plan_all(specs, SourceSettings(pseudo_documents=1), tally)
    tally.check_balance()
    assert dict(tally.counts) == {"read/file": 3, "kept/file": 2, "dropped/file/suffix .md": 1}
    assert tally.samples == {"dropped/file/suffix .md": ["c.md"]}
