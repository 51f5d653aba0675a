"""Merged files: the pieces of many blocks in one, and shards made of them as of the blocks."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.shards.block import Block
from albert_data.shards.merge import Exchange, open_merged, ranges_by_number, write_merged
from albert_data.shards.partition import Part, Range, make_piece, read_shard
from albert_data.shards.provenance import Origins
from tests import corpora

CONFIG = from_dict({"pairs": {"max_length": 24}, "masking": {"max_predictions": 4}})


def exchange(folder: Path, parts: list[Part], group: int, width: int) -> list[list[Range]]:
    """The ranges of every shard, by way of merged files of `group` blocks and `width` shards."""
    shards = len(parts[0].bounds) // 8 - 1
    merged: list[list[Part]] = [[] for _ in range(math.ceil(shards / width))]
    for number, first in enumerate(range(0, len(parts), group)):
        blocks = [Block(p.order, p.path, p.bounds, {}) for p in parts[first : first + group]]
        for place, ranges in enumerate(ranges_by_number([b.part(width) for b in blocks])):
            path = folder / f"{number}-{place}.merged"
            own = min(width, shards - place * width)
            bounds = write_merged(path, ranges, own)
            assert open_merged(path) == bounds
            merged[place].append(Part((number,), str(path), bounds))
    return [ranges for own in merged for ranges in ranges_by_number(own[::-1])]


def random_blocks(folder: Path, rng: np.random.Generator, count: int, shards: int, names: int):
    """Block files whose pieces have any number of records, none among them, of any bytes."""
    parts = []
    for number in range(count):
        offsets, dupe = [0], number % 3
        with open(folder / f"{number}.block", "wb") as stream:
            for _ in range(shards):
                records = int(rng.integers(0, 4))
                lengths = rng.integers(0, 9, records)
                keys = rng.integers(0, 2**64, records, np.uint64)
                sizes = rng.integers(0, 4, (records, names))
                numbers = np.concatenate([rng.integers(0, 9, (records, 5)), sizes], axis=1)
                texts = tuple(rng.integers(65, 91, n, np.uint8) for n in sizes.sum(axis=0))
                origins = Origins(numbers.astype("<u4"), texts).pieces(np.array([0, records]))
                head = [records, int(rng.integers(0, 99)), dupe, names]
                framed = rng.integers(0, 256, lengths.sum(), np.uint8)
                of_names = origins[0] if names else b""
                stream.write(make_piece(head, keys, lengths, of_names, framed))
                offsets.append(stream.tell())
        bounds = np.array(offsets, "<u8").tobytes()
        parts.append(Part((number, 0, dupe), str(folder / f"{number}.block"), bounds))
    return parts


def described(ranges: list[Range]) -> tuple:
    """All that an assembler learns from some ranges."""
    found = read_shard(ranges)
    origins = found.origins
    return (
        [
            found.buffer[b : b + n].tobytes()
            for b, n in zip(found.begins, found.lengths, strict=True)
        ],
        found.keys.tolist(),
        found.dupes.tolist(),
        found.tokens,
        origins and (origins.numbers.tolist(), [name.tobytes() for name in origins.names]),
    )


@settings(max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(1, 10),
    st.integers(1, 10),
    st.sampled_from([0, 3, 6]),
)
def test_for_any_grouping_a_shard_reads_the_same_records_in_the_same_order(
    tmp_path_factory, seed, blocks, shards, group, width, names
):
    folder = tmp_path_factory.mktemp("exchange")
    parts = random_blocks(folder, np.random.default_rng(seed), blocks, shards, names)
    direct = list(ranges_by_number(parts[::-1]))  # whatever order they come in
    merged = exchange(folder, parts, group, width)
    assert len(merged) == len(direct) == shards
    for through, at_once in zip(merged, direct, strict=True):
        assert len(through) == math.ceil(blocks / group)
        assert described(through) == described(at_once)
        joined = [b"".join(Path(p).read_bytes()[b:e] for p, b, e in r) for r in (through, at_once)]
        assert joined[0] == joined[1]


@pytest.mark.parametrize("group", [1, 2, 3, 4])
def test_shards_of_merged_files_are_the_bytes_of_those_of_blocks(tmp_path, group):
    documents = corpora.random_documents(8, 40, 900)
    tables = corpora.tables_of(documents, 900)
    blocks = [
        corpora.write_block(tmp_path / str(dupe), (0, 0, dupe), documents, tables, CONFIG, 5)
        for dupe in range(4)
    ]
    for place, ranges in enumerate(exchange(tmp_path, [b.part() for b in blocks], group, 2)):
        direct = corpora.write_shard(tmp_path, place, 5, blocks, CONFIG)
        assert direct.records > 10
        merged = corpora.shard.write_shard(tmp_path, place, 5, ranges, CONFIG)
        assert merged == direct


@given(st.integers(1, 10**6), st.integers(1, 99_999))
def test_a_merge_holds_no_more_than_a_shard_and_reads_are_few(blocks, shards):
    plan = Exchange.of(blocks, shards, 0)
    assert 1 <= plan.group <= blocks and 1 <= plan.width <= shards
    assert plan.group * plan.width <= blocks
    groups, ranges = math.ceil(blocks / plan.group), math.ceil(shards / plan.width)
    assert plan.merges == groups * ranges
    reads = ranges * blocks + shards * groups
    if plan.width < shards:  # of the square root, both ways rounded, and with the last ones short
        assert reads <= (2 * shards / math.isqrt(blocks) + 1) * blocks + 4 * shards
    else:
        assert reads <= blocks + shards * (2 * shards + 1)


def test_the_plan_of_a_terabyte_and_of_a_small_job():
    assert Exchange.of(298_000, 99_999, 2**24) == Exchange(298_000, 99_999, 546, 545)
    assert Exchange.of(4_800, 1_790, 2**24) == Exchange(4_800, 1_790)
    assert Exchange.of(4_096, 4_096, 2**24) == Exchange(4_096, 4_096)
    assert Exchange.of(4_096, 4_097, 2**24) == Exchange(4_096, 4_097, 64, 64)
    assert Exchange.of(10**6, 3, 0) == Exchange(10**6, 3, 333_333, 3)
    assert Exchange.of(0, 5, 0).merges == Exchange.of(9, 9, 81).merges == 0


def test_a_damaged_block_is_named_and_no_merged_file_is_made(tmp_path):
    parts = random_blocks(tmp_path, np.random.default_rng(1), 4, 6, 3)
    ranges = list(ranges_by_number([Block(p.order, p.path, p.bounds, {}).part(3) for p in parts]))
    offsets = np.frombuffer(parts[2].bounds, "<u8").tolist()
    whole = Path(parts[2].path).read_bytes()
    merged = tmp_path / "m.merged"
    for place in range(offsets[3], offsets[6]):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        Path(parts[2].path).write_bytes(changed)
        with pytest.raises(DataError, match=r"a block file is damaged \(CRC-32C\)") as caught:
            write_merged(merged, ranges[1], 3)
        piece = max(offset for offset in offsets[3:6] if offset <= place)
        assert caught.value.where == f"{parts[2].path} byte {piece}"
        assert "remove the file" in caught.value.fix
        assert not merged.exists() and not list(tmp_path.glob(".tmp-*"))
    assert write_merged(merged, ranges[0], 3)  # the first half is whole


def test_a_merged_file_that_is_damaged_renamed_or_cut_off_is_named_and_made_anew(tmp_path):
    parts = random_blocks(tmp_path, np.random.default_rng(2), 3, 4, 0)
    ranges = exchange(tmp_path, parts, 3, 4)
    path = Path(ranges[0][0].path)
    whole = path.read_bytes()
    second = read_shard([Range(parts[0].path, *ranges_of_shard(parts[0], 2))])
    assert second.buffer.tobytes() == whole[ranges[2][0].begin :][: len(second.buffer)]
    changed = bytearray(whole)
    changed[ranges[2][0].begin + len(second.buffer) + 20] ^= 4  # in the second block's piece
    path.write_bytes(changed)
    assert open_merged(path) is None
    with pytest.raises(DataError) as caught:
        read_shard(ranges[2])
    assert caught.value.where == f"{path} byte {ranges[2][0].begin + len(second.buffer)}"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert open_merged(path) is None
    path.write_bytes(whole)
    assert open_merged(path) is not None
    assert open_merged(path.rename(path.with_name("other"))) is None


def ranges_of_shard(part: Part, shard: int) -> tuple[int, int]:
    _, begin, end = part.range(shard)
    return begin, end


def test_blocks_of_another_number_of_shards_are_refused(tmp_path):
    part = random_blocks(tmp_path, np.random.default_rng(3), 1, 4, 0)[0]
    other = replace(part, bounds=part.bounds[:8] + part.bounds[-8:])
    with pytest.raises(DataError, match=f"{part.path}: .*other shards"):
        write_merged(tmp_path / "m", [other.range(0)], 3)


def test_a_block_of_another_job_is_named_and_no_merged_file_is_made(tmp_path):
    parts = random_blocks(tmp_path, np.random.default_rng(3), 4, 6, 0)
    ranges = [part.range(0) for part in parts]
    _, end = ranges_of_shard(parts[2], 1)
    ranges[2] = Range(parts[2].path, 0, end)  # a piece more than the others
    with pytest.raises(DataError) as caught:
        write_merged(tmp_path / "m.merged", ranges, 1)
    assert caught.value.problem == "a block has other shards than the job"
    assert caught.value.where == parts[2].path
    assert not (tmp_path / "m.merged").exists()
