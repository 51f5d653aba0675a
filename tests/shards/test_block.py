"""Block files: what stands in them, the order of their keys, and damage."""

from __future__ import annotations

import json
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import google_crc32c
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.examples.pairs import make_pairs
from albert_data.schema import BlockCounts, PieceIndex
from albert_data.shards import block as block_module
from albert_data.shards import partition
from albert_data.shards.block import (
    Block,
    add_totals,
    open_block,
    shard_of,
)
from albert_data.shards.merge import write_merged
from albert_data.shards.provenance import NAMES
from albert_data.storage.sealed import plain
from tests import corpora

CONFIG = from_dict({"seed": 7, "pairs": {"max_length": 24}, "masking": {"max_predictions": 4}})


def write(
    path: Path, shards: int, documents=None, config: Config = CONFIG, dupe=0, tables=None
) -> Block:
    documents = documents or corpora.random_documents(8, 30, 900)
    tables = tables or corpora.tables_of(documents, 900)
    return corpora.write_block(path, (0, 0, dupe), documents, tables, config, shards)


def read_shard(blocks: list[Block], shard: int) -> partition.ShardRecords:
    return partition.read_shard(partition.ranges_of([block.part() for block in blocks], shard))


def records_of(block: Block, shard: int) -> list[bytes]:
    found = read_shard([block], shard)
    return [
        found.buffer[b : b + n].tobytes() for b, n in zip(found.begins, found.lengths, strict=True)
    ]


def test_a_block_holds_every_example_once_in_the_order_of_its_keys(tmp_path):
    documents = corpora.random_documents(8, 30, 900)
    tables = corpora.tables_of(documents, 900)
    plain, pairs, counts = corpora.encode(documents, tables, 24, CONFIG.masking)
    block = write(tmp_path / "b", 5)
    held = [record for shard in range(5) for record in records_of(block, shard)]
    keys = np.concatenate([read_shard([block], shard).keys for shard in range(5)])
    assert sorted(record[12:-4] for record in held) == sorted(plain)
    assert len(set(keys.tolist())) == len(keys) == len(pairs.label)
    assert (np.diff(keys) > 0).all()
    tokens = sum(read_shard([block], shard).tokens for shard in range(5))
    assert tokens == (counts.tokens * np.arange(25)).sum()
    assert [sum(block.counts.alike[1]), len(block.counts.alike[0])] == [len(plain), len(set(plain))]
    assert replace(block.counts, alike=[[], []]) == BlockCounts(
        pairs=pairs.totals.tolist(), **counts.to_json()
    )
    assert block.dropped == tuple(pairs.dropped.tolist())


def test_a_block_is_the_same_bytes_every_time_and_for_no_other_dupe_or_seed(tmp_path):
    contents = []
    for name, config, dupe in (
        ("a", CONFIG, 0),
        ("b", CONFIG, 0),
        ("c", CONFIG, 1),
        ("d", replace(CONFIG, seed=8), 0),
    ):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "block", 3, config=config, dupe=dupe)
        contents.append((tmp_path / name / "block").read_bytes())
    assert contents[0] == contents[1]
    assert len(set(contents)) == 3


def test_examples_of_one_key_stand_in_the_order_of_their_documents(tmp_path):
    documents = corpora.documents_of(*[[3, 3]] * 600)  # one pair each
    keys = np.arange(600, dtype=np.uint64) % np.uint64(3)
    tables = corpora.tables_of(documents, 4_000)
    block = write(tmp_path / "b", 1, documents._replace(keys=keys), tables=tables)
    found = [np.median(corpora.fields_of(r[12:-4])["input_ids"][:9]) for r in records_of(block, 0)]
    # Pieces ascend from document to document: so do the medians, three times over.
    assert len(found) == 600
    falls = np.flatnonzero(np.diff(found) < 0)
    assert falls.tolist() == [199, 399]


def test_the_layout_is_as_described(tmp_path):
    block = write(tmp_path / "b", 2, dupe=3)
    raw = (tmp_path / "b").read_bytes()
    size, _ = struct.unpack("<QQ", raw[-16:])
    index = json.loads(raw[-16 - size : -16])
    assert index == {
        "name": "b",
        "offsets": np.frombuffer(block.offsets, "<u8").tolist(),
        "counts": plain(block.counts),
        "dropped": list(block.dropped),
        "made_of": "",
    }
    begin, end = index["offsets"][1:3]
    assert end == len(raw) - 16 - size
    crc, size, records, tokens, dupe, names = struct.unpack("<6Q", raw[begin : begin + 48])
    keys = struct.unpack(f"<{records}Q", raw[begin + 48 : begin + 48 + 8 * records])
    body = begin + 48 + 12 * records
    lengths = struct.unpack(f"<{records}I", raw[begin + 48 + 8 * records : body])
    assert crc == google_crc32c.value(raw[begin + 8 : end])
    assert (size, dupe, names) == (end - begin, 3, 0)
    found = read_shard([block], 1)
    assert found.keys.tolist() == list(keys)
    assert found.lengths.tolist() == list(lengths)
    assert found.tokens == tokens
    assert found.dupes.tolist() == [3] * records
    assert body + sum(lengths) == end


def test_a_record_keeps_its_key_in_any_company(tmp_path):
    documents = corpora.random_documents(8, 30, 900)
    few = documents._replace(
        document_offsets=documents.document_offsets[:11], keys=documents.keys[:10]
    )
    few = few._replace(sentence_offsets=documents.sentence_offsets[: few.document_offsets[-1] + 1])
    few = few._replace(ids=documents.ids[: few.sentence_offsets[-1]])
    found = []
    for name, own in (("all", documents), ("few", few)):
        block = write(tmp_path / name, 1, own, tables=corpora.tables_of(documents, 900))
        keys = read_shard([block], 0).keys.tolist()
        found.append(dict(zip(keys, records_of(block, 0), strict=True)))
    assert found[1].items() <= found[0].items()
    assert len(found[1]) == len(make_pairs(few, CONFIG.pairs, 7, 0).label)


def test_a_shard_reads_its_blocks_in_their_order():
    orders = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)]
    bounds = np.array([0, 10, 30], "<u8").tobytes()
    parts = [partition.Part(order, str(order), bounds) for order in orders]
    assert partition.ranges_of(parts, 1) == [(str(order), 10, 30) for order in orders[::-1]]


@settings(max_examples=200)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30), st.integers(1, 99_999))
def test_shards_are_ranges_of_keys(keys, shards):
    keys = sorted(keys)
    made = shard_of(np.array(keys, np.uint64), shards)
    found = made.tolist()
    assert made.dtype == np.int64
    assert found == [((key >> 32) * shards) >> 32 for key in keys]
    assert found == sorted(found)
    assert 0 <= found[0] <= found[-1] < shards


@pytest.mark.parametrize("shards", [3, 64])
def test_examples_are_spread_evenly_over_shards(tmp_path, shards):
    documents = corpora.random_documents(9, 3_000, 900)
    config = replace(CONFIG, pairs=replace(CONFIG.pairs, max_length=16))
    block = write(tmp_path / "b", shards, documents, config)
    counts = [len(read_shard([block], shard).keys) for shard in range(shards)]
    assert sum(counts) > 10_000
    assert stats.chisquare(counts).pvalue > 1e-3  # significance 0.1 %


def test_an_example_left_out_leaves_nothing_in_the_block(tmp_path):
    documents = corpora.documents_of([4, 4], [2, 2])
    tables = corpora.tables_of(documents, 30)
    tables.starts[:13] = False
    tables.starts[[5, 9]] = True
    config = from_dict(
        {"pairs": {"max_length": 16}, "masking": {"rate": 0.5, "max_predictions": 3}}
    )
    block = corpora.write_block(tmp_path / "b", (0, 0, 0), documents, tables, config, 1)
    found = read_shard([block], 0)
    assert len(found.keys) == len(found.lengths) == 1
    assert found.lengths[0] == len(found.buffer) - 48 - 12
    assert (block.counts.tokens[0], block.counts.tokens[7], found.tokens) == (1, 1, 7)


def test_records_after_one_that_was_left_out_keep_their_origins(tmp_path):
    # Of three documents the second has no word that fits.
    documents = corpora.documents_of([2, 2], [4, 4], [3, 2])
    tables = corpora.tables_of(documents, 40)
    tables.starts[:] = True
    tables.starts[[10, 11, 12, 14, 15, 16]] = False
    config = from_dict(
        {
            "pairs": {"max_length": 16, "short_probability": 0, "dupe_factor": 1},
            "masking": {"rate": 0.5, "max_predictions": 3},
        }
    )
    names = pa.table({n: pa.array(["a", "b", "c"], pa.large_string()) for n in NAMES})
    for shards in (1, 2, 50):
        path = tmp_path / str(shards)
        block = corpora.write_block(path, (0, 0, 0), documents, tables, config, shards, names)
        assert block.counts.tokens[0] == 1
        rows = {}
        for shard in range(shards):
            found = read_shard([block], shard)
            for row, (at, size) in enumerate(zip(found.begins, found.lengths, strict=True)):
                record = found.buffer[at + 12 : at + size - 4].tobytes()
                assert found.origins is not None
                document = "".join(chr(name[row]) for name in found.origins.names)
                rows[document] = sum(corpora.fields_of(record)["input_mask"])
        assert rows == {"aaa": 4 + 3, "ccc": 5 + 3}


@pytest.mark.parametrize("rows", [1, 7, 40, 10**6])
@pytest.mark.parametrize("shards", [1, 5, 64])
def test_a_block_is_the_same_bytes_however_many_records_are_made_at_once(
    tmp_path, monkeypatch, rows, shards
):
    whole = write(tmp_path / "b", shards)
    raw = (tmp_path / "b").read_bytes()
    monkeypatch.setattr(block_module, "ENCODE_ROWS", rows)
    made = []
    encode = block_module.encode_examples

    def counted(documents, pairs, group, *rest):
        made.append(len(group))
        return encode(documents, pairs, group, *rest)

    monkeypatch.setattr(block_module, "encode_examples", counted)
    assert write(tmp_path / "b", shards) == whole
    assert (tmp_path / "b").read_bytes() == raw
    assert sum(made) == 91
    assert all(group >= rows for group in made[:-1])  # whole shards, rows or a few more
    if shards > 1 and rows < 10**6:
        assert len(made) > 1 and max(made) < rows + sum(made) / shards * 2 + 10


def test_a_merged_file_is_no_block(tmp_path):
    block = write(tmp_path / "b", 2)
    write_merged(tmp_path / "m", [block.part().range(n) for n in range(2)], 1)
    assert open_block(tmp_path / "m", block.order) is None


def test_shards_may_be_empty(tmp_path):
    block = write(tmp_path / "b", 200, corpora.documents_of([3, 3]))
    assert sorted(len(read_shard([block], shard).keys) for shard in range(200))[-2:] == [0, 1]
    assert read_shard([], 0).keys.tolist() == []


def test_a_finished_block_is_opened_again_as_it_was(tmp_path):
    documents = corpora.documents_of([9], [3, 3], [5], [4, 2, 2])  # two of one sentence
    block = write(tmp_path / "b", 4, documents, dupe=3)
    assert block.dropped == (0, 2)
    assert open_block(tmp_path / "b", (0, 0, 3)) == block


def test_a_builds_totals_are_summed_and_name_the_first_documents_that_the_first_pass_dropped():
    blocks = [
        Block((unit, 0, dupe), "", b"", BlockCounts([unit, 1], [[1]], [], [], []), (unit,) * unit)
        for unit, dupe in ((2, 0), (0, 0), (1, 1), (1, 0), *((n, 0) for n in range(9, 2, -1)))
    ]
    totals = add_totals(block.totals() for block in blocks)
    assert totals.counts == BlockCounts([2 + 0 + 1 + 1 + 42, 11], [[11]], [], [], [])
    assert totals.dropped == tuple(((n, 0, 0), (n,) * min(n, 5)) for n in range(1, 6))


def test_where_there_is_no_block_none_is_opened(tmp_path):
    assert open_block(tmp_path / "b", (0, 0, 0)) is None
    for content in (b"", b"short", bytes(16), bytes(400), b"\xff" * 400, b"7" * 400):
        (tmp_path / "b").write_bytes(content)
        assert open_block(tmp_path / "b", (0, 0, 0)) is None


@pytest.mark.parametrize(("place", "shift"), [(0, 8), (1, 1), (1, -1), (2, 48), (3, 0)])
def test_a_block_whose_index_points_into_a_piece_is_not_opened(tmp_path, place, shift):
    block = write(tmp_path / "b", 3)
    raw, offsets = (tmp_path / "b").read_bytes(), np.frombuffer(block.offsets, "<u8").tolist()
    named = [*offsets[:place], offsets[place] + shift, *offsets[place + 1 :]]
    with open(tmp_path / "b", "wb") as stream:  # everything else of it is right
        stream.write(raw[: offsets[-1]])
        partition.write_index(stream, PieceIndex("b", named, block.counts, list(block.dropped)))
    opened = open_block(tmp_path / "b", block.order)
    assert opened == (None if shift else block)


def test_a_block_cut_off_anywhere_is_not_opened(tmp_path):
    write(tmp_path / "whole", 4, corpora.random_documents(8, 3, 900))
    whole = (tmp_path / "whole").read_bytes()
    for size in {*range(0, len(whole), 37), *range(len(whole) - 40, len(whole))}:
        (tmp_path / "b").write_bytes(whole[:size])
        assert open_block(tmp_path / "b", (0, 0, 0)) is None


def test_a_changed_byte_is_found_wherever_it_is_and_the_file_is_named(tmp_path):
    path = tmp_path / "b"
    block = write(path, 2, corpora.random_documents(8, 2, 900))
    whole = path.read_bytes()
    offsets = np.frombuffer(block.offsets, "<u8").tolist()
    headers = [place for begin in offsets[:2] for place in range(begin, begin + 56)]
    for place in {*headers, *range(0, len(whole), 7), *range(len(whole) - 16, len(whole))}:
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        assert open_block(path, (0, 0, 0)) is None
        if place >= offsets[-1]:
            continue
        shard = int(place >= offsets[1])
        assert len(read_shard([block], 1 - shard).keys) > 0  # the other piece is whole
        with pytest.raises(DataError) as caught:
            read_shard([block], shard)
        assert caught.value.where == f"{path} byte {offsets[shard]}"
        assert caught.value.problem == "a block file is damaged (CRC-32C)"
    path.write_bytes(whole)
    assert open_block(path, (0, 0, 0)) == block


def test_a_block_that_is_a_copy_of_another_or_cut_off_is_made_again(tmp_path):
    block = write(tmp_path / "a", 2, corpora.random_documents(8, 2, 900))
    shutil.copy(tmp_path / "a", tmp_path / "b")
    assert open_block(tmp_path / "a", block.order) == block
    assert open_block(tmp_path / "b", block.order) is None
    whole = (tmp_path / "a").read_bytes()
    for content in (b"", bytes(len(whole)), whole[:-1], whole[:100], b"x" + whole, whole[48:]):
        (tmp_path / "a").write_bytes(content)
        assert open_block(tmp_path / "a", block.order) is None


def test_a_block_that_is_gone_or_cut_off_while_building_is_named(tmp_path):
    path = tmp_path / "b"
    block = write(path, 2)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError, match=f"{path}: .* it ends before byte"):
        read_shard([block], 1)
    path.unlink()
    with pytest.raises(DataError, match=f"{path}: a block file cannot be read: No such file"):
        read_shard([block], 0)
