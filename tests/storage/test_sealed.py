"""Sealed files: any change is found, and names that were read from a file stay in their folder."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.storage.paths import RemotePath
from albert_data.storage.sealed import (
    Damaged,
    beside,
    parse_sealed,
    read_marker,
    read_sealed,
    seal_of,
    sizes,
    write_sealed,
)

CONTENT = {"name": "ü", "counts": {"b": 1, "a": [1.5, None, True]}, "empty": []}


@dataclass(frozen=True)
class Some:
    """A stored file with these fields."""

    name: str
    counts: dict[str, Any]
    empty: list[str]


@dataclass(frozen=True)
class Anything:
    """A stored file of any field."""

    content: Any


# SHA-256 of ["Some",{"counts":{"a":[1.5,null,true],"b":1},"empty":[],"name":"ü","schema_version":2}]
SEAL = "6ba6596acd990862d44f846a4d9e9b09be23047abbeca8fe096a46ea03e1f7d6"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=8,
)


@pytest.fixture
def raw(tmp_path) -> bytes:
    write_sealed(tmp_path / "mark.json", Some(**CONTENT))
    return (tmp_path / "mark.json").read_bytes()


def test_a_sealed_file_is_read_as_it_was_written(tmp_path, raw):
    assert read_sealed(tmp_path / "mark.json", Some) == Some(**CONTENT)
    assert json.loads(raw) == {"schema_version": 2, **CONTENT, "seal": SEAL}
    assert read_sealed(tmp_path / "another.json", Some) is None


@given(VALUES)
def test_whatever_is_sealed_can_be_read(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("sealed") / "x.json"
    write_sealed(path, Anything(content))
    assert read_sealed(path, Anything) == Anything(content)


def test_every_changed_byte_is_found_or_changes_nothing(raw):
    whole = parse_sealed(raw, Some, "x")
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            with contextlib.suppress(Damaged):
                assert parse_sealed(bytes(changed), Some, "x") == whole  # white space
    for content in (b"", b"null", b"[]", bytes(len(raw)), raw[:-2], b"[" * 10**6, b"{}x"):
        with pytest.raises(Damaged):
            parse_sealed(content, Some, "x")


def test_a_field_that_goes_or_comes_is_found(raw):
    content = json.loads(raw)
    for name in content:
        less = {key: value for key, value in content.items() if key != name}
        with pytest.raises(Damaged):
            parse_sealed(json.dumps(less).encode(), Some, "x")
    with pytest.raises(Damaged):
        parse_sealed(json.dumps({**content, "more": 1}).encode(), Some, "x")


def test_files_of_version_one_need_no_seal_and_a_wrong_one_is_found_all_the_same():
    two = Anything(2)
    assert parse_sealed(b'{"schema_version": 1, "content": 2}', Anything, "x") == two
    assert parse_sealed(b'{"content": 2}', Anything, "x") == two  # some did not say their version
    with pytest.raises(Damaged):
        parse_sealed(b'{"schema_version": 1, "content": 2, "seal": "0"}', Anything, "x")


@dataclass(frozen=True)
class More(Some):
    """A stored file with more fields."""

    more: int = 0


def written(path: Path, kind: str, **changes: Any) -> Path:
    """A file whose seal fits whatever it holds."""
    content = {"schema_version": 2, **CONTENT, **changes}
    path.write_text(json.dumps({**content, "seal": seal_of(content, kind)}))
    return path


def test_a_sealed_file_of_another_kind_or_version_is_refused(tmp_path):
    path = tmp_path / "mark.json"
    write_sealed(path, More(**CONTENT))  # has all fields of the other
    with pytest.raises(Damaged, match="is another one: its seal does not fit"):
        read_sealed(path, Some)
    with pytest.raises(Damaged, match=r"Expected `str`, got `int` - at `\$.name`"):
        read_sealed(written(path, "Some", name=7), Some)
    with pytest.raises(DataError, match="schema version 3, this version reads"):
        read_sealed(written(path, "Some", schema_version=3), Some)
    later = written(path, "Some", **{"of a later version": 3})
    assert read_sealed(later, Some) == Some(**CONTENT)


def test_a_damaged_marker_marks_nothing(tmp_path, raw):
    path = tmp_path / "mark.json"
    assert read_marker(path, Some) == Some(**CONTENT)
    path.write_bytes(bytes(len(raw)))
    assert read_marker(path, Some) is None


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/etc/passwd", "../x", "a/b", "a\\b", "a\0", None, 7, ["a"]]
)
@pytest.mark.parametrize("folder", ["here", "gs://bucket/folder"])
def test_a_name_that_is_no_files_name_is_refused(tmp_path, name, folder):
    where = RemotePath(folder) if "//" in folder else tmp_path
    with pytest.raises(DataError, match="is not the name of a file in its folder") as caught:
        beside(where, name, "manifest.json")
    assert caught.value.where == "manifest.json" and caught.value.fix


def test_a_symbolic_link_may_lead_to_a_file_of_its_folder_only(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_text("a")
    (tmp_path / "out").write_text("out")
    (folder / "within").symlink_to("a")
    for name, target in (("out", "../out"), ("far", "/etc/passwd"), ("gone", "../gone")):
        (folder / name).symlink_to(target)
        with pytest.raises(DataError, match="a symbolic link out of its folder"):
            beside(folder, name, "manifest.json")
    assert beside(folder, "within", "manifest.json").read_text() == "a"
    (tmp_path / "link").symlink_to(folder)  # the folder itself may be one
    assert beside(tmp_path / "link", "within", "manifest.json").read_text() == "a"


def test_sizes_are_those_of_the_files_that_lie_directly_in_a_folder(tmp_path):
    (tmp_path / "a").write_bytes(b"12")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"1")
    os.mkfifo(tmp_path / "d")
    assert sizes(tmp_path) == {"a": 2}
