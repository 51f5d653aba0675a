"""Shards: one global order whatever their number, compressed or not, and of about the wanted size."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.records.tfrecord import find_records
from albert_data.schema import ShardMarker
from albert_data.shards import provenance
from albert_data.shards import shard as shards_module
from albert_data.shards.block import Block
from albert_data.shards.partition import Range, make_piece, read_shard
from albert_data.shards.shard import Shard, shard_count
from albert_data.storage.file_names import offsets_name, shard_name
from tests import corpora

CONFIG = from_dict({"pairs": {"max_length": 24}, "masking": {"max_predictions": 4}})
GZIP = replace(CONFIG, shards=replace(CONFIG.shards, compression="gzip"))


def blocks_of(folder: Path, count: int, config: Config = CONFIG) -> list[Block]:
    """Blocks of two token files and two dupes, for `count` shards."""
    folder.mkdir(parents=True)
    blocks = []
    for file in range(2):
        documents = corpora.random_documents(10 + file, 40, 900)
        tables = corpora.tables_of(documents, 900)
        for dupe in range(2):
            path = folder / f"{file}-{dupe}.block"
            blocks.append(
                corpora.write_block(path, (file, 0, dupe), documents, tables, config, count)
            )
    return blocks


def build(folder: Path, count: int, config: Config = CONFIG, reverse=False) -> list[Shard]:
    blocks = blocks_of(folder / "blocks", count, config)
    blocks = blocks[::-1] if reverse else blocks
    return [corpora.write_shard(folder, index, count, blocks, config) for index in range(count)]


def content(folder: Path, shards: list[Shard]) -> bytes:
    return b"".join((folder / shard.name).read_bytes() for shard in shards)


@pytest.fixture(scope="module")
def one_shard(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("one")
    return content(folder, build(folder, 1))


@pytest.mark.parametrize("count", [3, 64, 500])
def test_all_shards_one_after_the_other_are_the_same_for_every_number(tmp_path, one_shard, count):
    shards = build(tmp_path, count)
    assert content(tmp_path, shards) == one_shard


def test_records_stand_in_the_order_of_their_keys(tmp_path, one_shard):
    blocks = blocks_of(tmp_path / "blocks", 1)
    found = read_shard(corpora.ranges_of(blocks, 0))
    assert len(set(found.keys.tolist())) == len(found.keys) > 400
    pairs = sorted(
        (key, found.buffer[b : b + n].tobytes())
        for key, b, n in zip(found.keys.tolist(), found.begins, found.lengths, strict=True)
    )
    assert b"".join(record for _, record in pairs) == one_shard


def test_records_of_one_key_stand_in_the_order_of_their_blocks(tmp_path):
    # As of documents that a corpus holds under one name; 3 keys of 80 records, a byte each.
    ranges = []
    for number in range(3):
        records = np.arange(80, dtype=np.uint8) + 80 * number
        head, lengths = [80, 80, 0, 0], np.ones(80, np.int64)
        piece = make_piece(head, (records % 3).astype(np.uint64), lengths, b"", records)
        (tmp_path / f"{number}.block").write_bytes(piece)
        ranges.append(Range(str(tmp_path / f"{number}.block"), 0, len(piece)))
    shard = shards_module.write_shard(tmp_path, 0, 1, ranges, CONFIG)
    made = (tmp_path / shard.name).read_bytes()
    assert made == bytes([*range(0, 240, 3), *range(1, 240, 3), *range(2, 240, 3)])


def test_the_order_of_the_blocks_does_not_matter(tmp_path, one_shard):
    assert content(tmp_path, build(tmp_path, 3, reverse=True)) == one_shard


def test_a_shard_says_what_it_holds(tmp_path):
    for shard in build(tmp_path, 3):
        raw = (tmp_path / shard.name).read_bytes()
        dataset = tf.data.TFRecordDataset(str(tmp_path / shard.name))
        records = list(dataset.as_numpy_iterator())
        tokens = sum(sum(corpora.fields_of(record)["input_mask"]) for record in records)
        digest = hashlib.sha256(raw).hexdigest()
        assert shard == Shard(shard.name, len(records), tokens, len(raw), digest)
    names = [f"shards-0000{n}-of-00003" for n in range(3)]
    offsets = [f"offsets-{name}" for name in names]
    assert sorted(p.name for p in tmp_path.glob("*-*")) == offsets + names


def test_gzip_shards_hold_the_same_bytes_compressed(tmp_path, one_shard):
    shards = build(tmp_path, 3, GZIP)
    raw = [(tmp_path / shard.name).read_bytes() for shard in shards]
    assert b"".join(map(gzip.decompress, raw)) == one_shard
    assert sum(shard.bytes for shard in shards) == sum(map(len, raw)) < 0.6 * len(one_shard)
    assert [s.sha256 for s in shards] == [hashlib.sha256(r).hexdigest() for r in raw]
    assert [s.name for s in shards] == [f"shards-0000{n}-of-00003.gz" for n in range(3)]
    path = str(tmp_path / shards[0].name)
    records = list(tf.data.TFRecordDataset(path, compression_type="GZIP").as_numpy_iterator())
    assert len(records) == shards[0].records


def test_gzip_shards_are_the_same_bytes_every_time(tmp_path):
    assert build(tmp_path / "a", 2, GZIP) == build(tmp_path / "b", 2, GZIP)


@pytest.mark.parametrize("config", [CONFIG, GZIP], ids=["none", "gzip"])
def test_a_shard_without_records_is_a_whole_file(tmp_path, config):
    documents = corpora.documents_of([3, 3])
    block = corpora.write_block(
        tmp_path / "b", (0, 0, 0), documents, corpora.tables_of(documents, 30), config, 8
    )
    shards = [corpora.write_shard(tmp_path, index, 8, [block], config) for index in range(8)]
    assert sorted(shard.records for shard in shards) == [0] * 7 + [1]
    for shard in shards:
        raw = (tmp_path / shard.name).read_bytes()
        plain = gzip.decompress(raw) if config is GZIP else raw
        begins, _ = find_records(np.frombuffer(plain, np.uint8), shard.name)
        assert len(begins) == shard.records


def test_large_shards_are_written_in_parts(tmp_path, one_shard, monkeypatch):
    parts: list[int] = []
    gather = shards_module.gather

    def counted(*args):
        made = gather(*args)
        parts.append(len(made))
        return made

    monkeypatch.setattr(shards_module, "gather", counted)
    for size in (1, 400, 10_000, len(one_shard) - 1, len(one_shard)):
        monkeypatch.setattr(shards_module, "WRITE_BYTES", size)
        folder = tmp_path / str(size)
        parts.clear()
        assert content(folder, build(folder, 1)) == one_shard
        assert len(parts) == -(-len(one_shard) // size)
        assert max(parts) <= size + 500  # by whole records


def test_a_shard_that_cannot_be_finished_leaves_nothing_behind(tmp_path):
    blocks = blocks_of(tmp_path / "blocks", 2)
    (tmp_path / "shards-00000-of-00002").mkdir()  # its name is taken by a folder
    with pytest.raises(OSError):
        corpora.write_shard(tmp_path, 0, 2, blocks, CONFIG)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["blocks", "shards-00000-of-00002"]


def test_names_are_tensorflows():
    assert shard_name(0, 64) == "shards-00000-of-00064"
    assert shard_name(63, 64, "gzip") == "shards-00063-of-00064.gz"


def test_names_are_as_the_setting_says_and_packed_ones_end_in_gz_once():
    template = "shards-{count}-{index}.tfrecord"
    assert shard_name(1, 4, "none", template) == "shards-00004-00001.tfrecord"
    assert shard_name(1, 4, "gzip", template) == "shards-00004-00001.tfrecord.gz"
    assert shard_name(1, 4, "gzip", f"{template}.gz") == "shards-00004-00001.tfrecord.gz"


@pytest.mark.parametrize("suffix", [".tfrecord", ".tfrecord.gz"])
def test_nothing_but_shards_has_their_ending(suffix):
    assert not offsets_name(f"shards-00000-of-00001{suffix}").endswith(suffix)


def test_there_is_one_shard_at_least_and_names_have_five_digits_at_most():
    assert shard_count(Config(), 1, 2) == 1
    tiny_shards = from_dict({"shards": {"target_bytes": 1024}})
    assert shard_count(tiny_shards, 10**9, 10**12) == 99_999


BY_SIZE = {"pairs": {"dupe_factor": 2}, "shards": {"target_bytes": 1024}}


@pytest.mark.parametrize(
    ("given", "documents", "tokens", "shards"),
    [
        # Chunks hold 483.55 tokens on average: 1,000 and half a one of each document, used twice, at
        # 250 + 4.5 x 512 + 8 x 77 bytes a record.
        ({}, 1_000, 483_550, 9_288),
        ({"pairs": {"objective": "nsp"}}, 1_000, 483_550, 12_383),
        ({"masking": {"mode": "dynamic"}}, 1_000, 483_550, 7_483),
        ({"masking": {"max_predictions": 20}}, 1_000, 483_550, 7_952),
        ({"pairs": {"short_probability": 1.0}}, 1_000, 483_550, 14_860),
        ({"pairs": {"objective": "nsp", "negative_probability": 1.0}}, 1_000, 483_550, 18_575),
        ({}, 1_000, 1_000, 6_192),  # every document gives one
        ({"shards": {"count": 7}}, 1_000, 483_550, 7),
    ],
)
def test_the_number_of_shards_of_a_job_never_changes(given, documents, tokens, shards):
    config = from_dict({key: BY_SIZE.get(key, {}) | given.get(key, {})
                        for key in {**BY_SIZE, **given}})  # fmt: skip
    assert shard_count(config, documents, tokens) == shards


def finished(folder: Path, config: Config = CONFIG, names=None) -> tuple[Path, list, Shard]:
    """A folder's marker, its ranges and the shard, as a build leaves them."""
    documents = corpora.random_documents(10, 10, 900)
    tables = corpora.tables_of(documents, 900)
    block = corpora.write_block(folder / "a.block", (0, 0, 0), documents, tables, config, 2, names)
    ranges = corpora.ranges_of([block], 1)
    shard = shards_module.write_shard(folder, 1, 2, ranges, config)
    marker = folder / "work" / "marks" / "shard.json"
    for _ in range(2):  # whether its folder is there or not
        mark = ShardMarker(shards_module.made_of(ranges, config), shard)
        shards_module.mark_finished(marker, mark)
    return marker, ranges, shard


def known_shard(folder: Path, marker: Path, ranges: list, config: Config = CONFIG) -> Shard | None:
    """The finished shard of these ranges, where there is one."""
    mark = shards_module.finished_shard(folder, marker, shards_module.made_of(ranges, config))
    return None if mark is None else mark.shard


def names() -> pa.Table:
    return pa.table(
        {n: pa.array([str(d) for d in range(10)], pa.large_string()) for n in provenance.NAMES}
    )


@pytest.mark.parametrize("config", [CONFIG, GZIP], ids=["none", "gzip"])
@pytest.mark.parametrize("own_names", [None, names()], ids=["plain", "provenance"])
def test_a_finished_shard_is_kept_as_long_as_its_files_are_as_they_were(
    tmp_path, config, own_names
):
    marker, ranges, shard = finished(tmp_path, config, own_names)
    known = partial(known_shard, tmp_path, marker, ranges, config)
    assert known() == shard
    assert len(shard.files()) == (1 if own_names is None else 2)
    for name in (*(file.name for file in shard.files()), offsets_name(shard.name)):
        path = tmp_path / name
        whole = path.read_bytes()
        for damaged in (whole[:-1], whole + b"x", whole[:-1] + bytes([whole[-1] ^ 1]), b""):
            path.write_bytes(damaged)
            assert known() is None
        path.unlink()
        assert known() is None
        path.mkdir()
        assert known() is None
        path.rmdir()
        path.write_bytes(whole)
        assert known() == shard
    sealed = marker.read_bytes()
    for damaged in (sealed[:-5], sealed.replace(b"shards-", b"Shards-"), b""):
        marker.write_bytes(damaged)
        assert known() is None
    marker.unlink()
    assert known() is None


def test_a_finished_shard_is_made_again_by_other_code(tmp_path, monkeypatch):
    marker, ranges, shard = finished(tmp_path)
    own = shards_module.code_fingerprint
    for module, kept in (("insight.verify", True), ("shards.shard", False)):
        monkeypatch.setattr(
            shards_module, "code_fingerprint", lambda *m, of=module: "" if m == (of,) else own(*m)
        )
        known = known_shard(tmp_path, marker, ranges)
        assert known == (shard if kept else None)


def test_a_finished_shard_is_not_taken_for_one_of_other_pieces_or_packed_otherwise(tmp_path):
    marker, ranges, shard = finished(tmp_path)
    known = partial(known_shard, tmp_path, marker)
    path, begin, end = ranges[0]
    assert known(ranges, CONFIG) == shard
    elsewhere = str(tmp_path / "moved" / Path(path).name)
    assert known([Range(elsewhere, begin, end)], CONFIG) == shard  # names say all, folders nothing
    assert known(ranges, GZIP) is None
    for other in (
        [],
        [*ranges, *ranges],
        [Range(f"{path}x", begin, end)],
        [Range(path, begin + 1, end)],
        [Range(path, begin, end + 1)],
    ):
        assert known(other, CONFIG) is None


@pytest.mark.parametrize("objective", ["sop", "nsp", "none"])
@pytest.mark.parametrize(
    ("sentences", "count"), [(6, 600), (60, 80), (2_000, 3)], ids=["short", "middle", "books"]
)
@pytest.mark.parametrize(("length", "predictions"), [(128, 20), (512, 77)])
def test_derived_shards_are_of_about_the_wanted_size(
    tmp_path, objective, sentences, count, length, predictions
):
    target = 60_000
    config = from_dict(
        {
            "pairs": {"objective": objective, "max_length": length, "dupe_factor": 2},
            "masking": {"max_predictions": predictions},
            "shards": {"target_bytes": target},
        }
    )
    documents = corpora.random_documents(12, count, 30_000, sentences=sentences, tokens=35)
    tables = corpora.tables_of(documents, 30_000)
    blocks = [
        corpora.write_block(tmp_path / f"{dupe}", (0, 0, dupe), documents, tables, config, 1)
        for dupe in range(2)
    ]
    size = corpora.write_shard(tmp_path, 0, 1, blocks, config).bytes
    number = shard_count(config, count, len(documents.ids))
    assert number > 5
    assert 1 / 1.3 < size / number / target < 1.3
