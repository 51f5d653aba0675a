"""Input is known by what it holds: touched, copied and moved files are the same, other text never is."""

import os
import shutil
import time
from pathlib import Path

import pytest

from albert_data.config.settings import Config, SourceSettings
from albert_data.corpus.contents import known_inputs, with_contents
from albert_data.corpus.file_formats import content_hash, input_files
from albert_data.corpus.plan import plan_all
from albert_data.corpus.source_protocol import Split
from albert_data.schema import KnownInputs
from albert_data.storage import paths
from albert_data.tokens.cache import plan_units
from albert_data.tokens.vocabulary import load_vocabulary

TEXT = b"The ferry left at nine. Nobody was on it.\n"
OTHER = b"The ferry left at five. Nobody was on it.\n"
LATER = 2**62


def set_back(path: Path, like: os.stat_result) -> None:
    """Gives a file the times of another, as `cp -p`, `touch -r` and `rsync -t` do."""
    os.utime(path, ns=(like.st_atime_ns, like.st_mtime_ns))


def touch(path: Path) -> Path:
    os.utime(path, ns=(0, 10**9))
    return path


def copy_in_place(path: Path) -> Path:
    shutil.copy(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)
    return path


def move_the_folder(path: Path) -> Path:
    folder = path.parent.rename(path.parent.with_name("elsewhere"))
    return folder / path.name


def other_rights(path: Path) -> Path:
    path.chmod(0o600)
    return path


def other_text(path: Path) -> Path:
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"nine", b"five"))
    set_back(path, before)
    return path


def other_text_in_its_place(path: Path) -> Path:
    before, new = path.stat(), path.with_suffix(".new")
    new.write_bytes(path.read_bytes().replace(b"nine", b"five"))
    set_back(new, before)
    new.replace(path)
    return path


def rename(path: Path) -> Path:
    return path.rename(path.with_name("other-name.txt"))


SAME = [touch, copy_in_place, move_the_folder, other_rights]
ANOTHER = [other_text, other_text_in_its_place, rename]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "corpus/a.txt"
    path.parent.mkdir()
    path.write_bytes(TEXT * 3)
    return path


@pytest.fixture
def units(vocabulary_file):
    """Names of the units that are planned of a folder."""
    vocabulary, known = load_vocabulary(vocabulary_file), [KnownInputs()]

    def of(folder: Path) -> list[str]:
        found = plan_units([f"text:{folder}"], Config(), vocabulary, known=known[0])
        known[0] = known_inputs([split for unit in found for split in unit.splits], LATER)
        return [unit.name for unit in found]

    return of


@pytest.mark.parametrize("change", SAME)
def test_the_same_content_is_the_same_input(file, units, change):
    before = units(file.parent)
    assert units(change(file).parent) == before


@pytest.mark.parametrize("change", ANOTHER)
def test_other_text_of_the_same_size_and_time_and_another_name_are_other_input(file, units, change):
    before, status = units(file.parent), file.stat()
    now = change(file)
    assert now.stat().st_size == status.st_size and now.stat().st_mtime_ns == status.st_mtime_ns
    assert units(now.parent) != before


def test_one_changed_byte_in_any_piece_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(content_hash, "PIECE", 1000)
    monkeypatch.setattr(content_hash, "_CHUNK", 300)
    monkeypatch.setattr(content_hash, "_local", content_hash.threading.local())
    path = tmp_path / "a.txt"
    digests = set()
    for size in (0, 1, 999, 1000, 1001, 2500):
        path.write_bytes(bytes(size))
        content = content_hash.content(str(path), f"{size}")
        (same,) = content_hash.contents(((str(path), f"{size}"),)).values()
        assert content == same and content.bytes == size
        digests.add(content.digest)
    for at in (0, 299, 300, 999, 1000, 2499):
        data = bytearray(2500)
        data[at] = 1
        path.write_bytes(data)
        digests.add(content_hash.content(str(path), f"changed at {at}").digest)
    assert len(digests) == 12


def planned(path: Path, known: KnownInputs | None = None) -> Split:
    splits = plan_all([f"text:{path}"], SourceSettings())
    (split,) = with_contents(splits, known or KnownInputs(), lambda line: None)
    return split


def test_a_file_with_the_stamp_that_is_remembered_is_not_read(file, monkeypatch):
    split = planned(file)
    known = known_inputs([split], LATER)
    monkeypatch.setattr(content_hash, "_digest", lambda path, begin: pytest.fail("it is read"))
    assert planned(file, known) == split


def test_a_file_that_was_written_a_moment_ago_is_not_remembered(file):
    split = planned(file)
    assert known_inputs([split], time.time_ns()) == KnownInputs()
    two_seconds_later = file.stat().st_ctime_ns + 2 * 10**9
    assert known_inputs([split], two_seconds_later) == KnownInputs()
    assert known_inputs([split], two_seconds_later + 1).files[str(file)].stamp == split.stamp
    file.write_bytes(OTHER)  # while the plan was made
    assert known_inputs([split], LATER) == KnownInputs()


def test_a_file_that_cannot_be_read_is_known_by_its_stamp_and_not_remembered(file, monkeypatch):
    before = planned(file)
    content_hash.contents.cache_clear()

    def fails(*args, **rest):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("builtins.open", fails)
    split = planned(file)
    assert split.content is not None and split.content.digest == f"unread {split.stamp}"
    assert split.content != before.content
    assert known_inputs([split], LATER) == KnownInputs()


class Store(paths.Store):
    """One object; reading it is an error."""

    def __init__(self, version: str, content: str) -> None:
        self.found = paths.Status(100, version, content)

    def status(self, path):
        return self.found

    def list(self, prefix):
        return iter(())


def test_an_object_is_known_by_the_checksum_of_its_store_or_else_its_version(monkeypatch):
    def split(*status: str) -> Split:
        monkeypatch.setitem(paths._stores, "gs", lambda: Store(*status))
        content_hash.contents.cache_clear()
        return planned(Path("gs:/bucket/a.txt.gz"))

    monkeypatch.setattr(
        "albert_data.corpus.file_formats.find_files.find",
        lambda target, names, unread=None: [("gs://bucket/a.txt.gz", "a.txt.gz")],
    )
    copied, another = split("1", "md5 aa=="), split("2", "md5 aa==")
    assert copied.content == another.content and copied.stamp != another.stamp
    assert split("1", "md5 bb==").content != copied.content
    assert split("1", "").content == (100, "version 1")
    assert split("2", "").content != split("1", "").content


@pytest.mark.parametrize("change", [other_rights, copy_in_place])
def test_a_file_whose_size_and_time_are_kept_is_compared_by_content(file, change):
    split, before = planned(file), file.stat()
    change(file)
    set_back(file, before)
    assert input_files.stamp(str(file)) != split.stamp
    input_files.check_unchanged(split)


def test_a_piece_that_cannot_be_read_is_an_error_and_not_another_content():
    """Where it can be opened: the reader may be luckier, and the index would not say what it read."""
    with pytest.raises(OSError, match="Input/output error"):
        content_hash._digest("/proc/self/mem", 0)
    assert content_hash._digest("/no/such/file", 0) == b""
