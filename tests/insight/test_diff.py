"""`albert-data diff`: what two builds were made of, and which records they share."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from albert_data.insight import diff
from albert_data.insight.diff import Records, compare
from albert_data.records.tfrecord import add_checksums, find_frames
from tests.command_line import albert_data, fails, succeeds
from tests.shared import EXAMPLES


@pytest.fixture(scope="module")
def variant(tiny_build, tmp_path_factory):
    def make(*options: str) -> Path:
        folder = tmp_path_factory.mktemp("variant") / "b"
        given = ["--output", folder, "--config=tiny.yaml", "--workers=1"]
        given += [f"--set={option}" for option in options]
        succeeds(albert_data("remask", tiny_build / "tokens", *given))
        return folder

    return make


@pytest.fixture(scope="module")
def total(tiny_build) -> int:
    return json.loads((tiny_build / "manifest.json").read_text())["totals"]["examples"]


def test_a_build_and_its_copy_do_not_differ(tiny_build, tmp_path, total):
    copy = Path(shutil.copytree(tiny_build, tmp_path / "copy"))
    found = compare(tiny_build, copy)
    assert (found.made_of, found.totals) == ([], [])
    assert found.records == Records(total, 0, 0, 0, 0)
    out = succeeds(albert_data("diff", tiny_build, copy)).out.splitlines()
    assert out[:2] == [
        "made of the same",
        f"records: {total:,} the same, 0 moved, 0 changed, 0 only in the first,"
        " 0 only in the second",
    ]
    assert out[2].split() == ["first", "second"]
    assert out[3].split()[:2] == ["pieces", "[MASK]"]


def test_other_masks_change_records_and_leave_their_pairs(tiny_build, variant, total):
    other = variant("masking.max_ngram=2")
    found = compare(tiny_build, other)
    assert found.made_of == ["masking.max_ngram 3 → 2"]
    records = found.records
    assert records.same + records.changed == total  # a span of one word may stay as it was
    assert records.changed > 0.8 * total
    assert (records.moved, records.only_first, records.only_second) == (0, 0, 0)
    assert [name for name, *_ in found.laws][3:6] == [f"spans of {n}" for n in
                                                      ("1 word", "2 words", "3 words")]  # fmt: skip
    assert found.laws[5][2].measured == 0.0  # no choice, and no empty cell


def test_the_number_of_shards_moves_no_record(tiny_build, variant, total):
    found = compare(tiny_build, variant("shards.count=7"))
    assert found.records == Records(total, 0, 0, 0, 0)
    assert found.made_of == ["shards.count 4 → 7"]


def test_fewer_dupes_are_missing_records_and_move_the_others(tiny_build, variant, total):
    fewer = variant("pairs.dupe_factor=1")
    left = json.loads((fewer / "manifest.json").read_text())["totals"]["examples"]
    records = compare(tiny_build, fewer).records
    assert records.same + records.moved == left
    assert (records.changed, records.only_first, records.only_second) == (0, total - left, 0)
    back = compare(fewer, tiny_build).records
    assert (back.only_first, back.only_second) == (0, total - left)


def test_without_provenance_records_are_told_by_their_bytes(tiny_build, variant, total):
    bare = variant("shards.provenance=false", "masking.rate=0.3")
    records = compare(tiny_build, bare).records
    assert records.changed is None
    assert records.only_first == records.only_second == total - records.same
    assert "(without provenance in both" in succeeds(albert_data("diff", tiny_build, bare)).out


def test_records_of_equal_files_are_not_looked_at_and_those_of_others_are(
    tiny_build, tmp_path, total, monkeypatch
):
    looked_at = []
    usual = diff._hashes
    monkeypatch.setattr(diff, "_hashes", lambda path: looked_at.append(path.name) or usual(path))
    copy = Path(shutil.copytree(tiny_build, tmp_path / "copy"))
    assert compare(tiny_build, copy).records == Records(total, 0, 0, 0, 0)
    assert looked_at == []
    name = "shards-00001-of-00004"
    change_a_byte(copy / name)
    assert compare(tiny_build, copy).records == Records(total - 1, 0, 1, 0, 0)
    assert looked_at[-2:] == [name] * 2


def change_a_byte(shard: Path) -> None:
    """Changes a record, without any change of its length, and its checksum with it."""
    raw = np.frombuffer(shard.read_bytes(), np.uint8).copy()
    places = find_frames(raw, shard.name)
    begin, end = (int(place) for place in places[[4, 5]])
    raw[begin + 60] ^= 1
    add_checksums(raw[begin:end], np.array([end - begin], np.uint32))
    shard.write_bytes(raw.tobytes())


def test_a_damaged_record_in_one_of_the_builds_is_named(tiny_build, tmp_path):
    copy = Path(shutil.copytree(tiny_build, tmp_path / "copy"))
    shard = copy / "shards-00002-of-00004"
    raw = bytearray(shard.read_bytes())
    raw[100] ^= 1
    shard.write_bytes(raw)
    fails(
        albert_data("diff", tiny_build, copy), f"{shard.name} byte 0: record 0 is damaged", code=1
    )


def test_buckets_change_nothing(tiny_build, variant, monkeypatch):
    fewer = variant("pairs.dupe_factor=1")
    usual = compare(tiny_build, fewer).records
    monkeypatch.setattr(diff, "_BUCKET_BITS", 0)
    assert compare(tiny_build, fewer).records == usual


def test_manifests_alone_are_compared_where_asked(tiny_build):
    out = succeeds(albert_data("diff", tiny_build, tiny_build, "--no-records")).out
    assert "records:" not in out and "label 1" in out


def test_what_is_no_build_is_refused(tiny_build, tmp_path):
    shards = tmp_path / "bare"
    shards.mkdir()
    for name in ("shards-00000-of-00004", "vocab.model"):
        shutil.copy(tiny_build / name, shards / name)
    fails(albert_data("diff", tiny_build, shards), "no manifest.json", code=2)
    fails(albert_data("diff", tmp_path / "none", tiny_build), "no such folder", code=2)


def test_the_file_that_changed_is_named_with_what_became_of_it(tmp_path, vocabulary_file):
    books = Path(shutil.copytree(EXAMPLES / "books", tmp_path / "books"))
    given = [
        "--config=tiny",
        "--workers=1",
        f"--vocab={vocabulary_file}",
        f"--source=books:{books}",
    ]
    for output in ("before", "after"):
        succeeds(albert_data("build", *given, f"--output={tmp_path}/{output}"))
        path = books / "the_weighing_house.txt"
        path.write_text(path.read_text() + "\nThe end came late.\n")
        size = path.stat().st_size
    told = compare(tmp_path / "before", tmp_path / "after", records=False).made_of
    assert (
        f"books:{path.name} has other content ({size - 20:,} bytes, before {size - 40:,})" in told
    )
    assert compare(tmp_path / "after", tmp_path / "after", records=False).made_of == []


def test_single_words_are_all_of_the_spans_and_no_cell_is_empty_or_cut(tiny_build, variant):
    out = succeeds(
        albert_data("diff", tiny_build, variant("masking.max_ngram=1"), "--no-records")
    ).out
    rows = {line[:16].strip(): line.split()[-2:] for line in out.splitlines()}
    assert rows["spans of 1 word"][1] == "100.00%" and rows["spans of 3 words"][1] == "0.00%"
