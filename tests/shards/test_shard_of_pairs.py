"""Shards made of blocks of pairs: byte for byte those made of blocks of records."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.shards import block, pair_block, shard_of_pairs
from albert_data.shards.block import add_totals
from albert_data.shards.mapped_tokens import is_mapped, map_tokens, write_mapped
from albert_data.shards.merge import ranges_by_number, write_merged
from albert_data.shards.partition import Part, ranges_of
from albert_data.shards.provenance import NAMES
from albert_data.shards.shard import write_shard
from albert_data.shards.shard_of_pairs import write_shard_of_pairs
from albert_data.storage.file_names import sidecar_name
from tests import corpora

SHARDS, DUPES, VOCABULARY = 3, 2, 900
SMALL = {"seed": 7, "pairs": {"max_length": 24}, "masking": {"max_predictions": 4}}
# Units and token files of which some hold the same names, and one no pair.
FILES = {(0, 0): (8, 30), (0, 1): (9, 5), (3, 0): (10, 1)}


def names_of(unit: int, file: int, documents: int) -> pa.Table:
    """Of one source; ids and titles come again in other files."""
    columns = [
        ["books:ü"] * documents,
        [f"{number % 7}" for number in range(documents)],
        [f"{unit}{'x' * (number % 3)}" if number % 2 else "" for number in range(documents)],
    ]
    return pa.table([pa.array(column, pa.large_string()) for column in columns], names=NAMES)


class Corpus:
    """Token files, their blocks of pairs and of records, and what masking counted."""

    def __init__(self, folder: Path, config: Config, words: bool = False) -> None:
        self.folder, self.config = folder, config
        self.pairs: list[block.Block] = []
        self.records: list[block.Block] = []
        self.tables = corpora.tables_of(corpora.random_documents(8, 30, VOCABULARY), VOCABULARY)
        for (unit, file), (seed, count) in FILES.items():
            documents = corpora.random_documents(seed, count, VOCABULARY)
            if words:  # other word starts than the vocabulary's
                starts = np.arange(len(documents.ids)) % 3 == 0
                documents = documents._replace(starts=starts)
            names = names_of(unit, file, count) if config.shards.provenance else None
            write_mapped(self.mapped(unit, file), "", [documents], names, VOCABULARY)
            for dupe in range(DUPES):
                order = (unit, file, dupe)
                placed = block.place_pairs(
                    documents, self.tables.starts, config.pairs, config.seed, dupe, names
                )
                path = folder / f"{unit}-{file}-{dupe}"
                self.pairs.append(
                    pair_block.write_pair_block(path.with_suffix(".pairs"), order, placed, SHARDS)
                )
                self.records.append(
                    block.write_block(path, order, placed, self.tables, config, SHARDS)
                )

    def mapped(self, unit: int, file: int) -> Path:
        return self.folder / f"{unit}-{file}.mapped"

    def of_pairs(self, folder: Path, index: int, ranges: list | None = None):
        folder.mkdir(exist_ok=True)
        ranges = ranges or ranges_of([made.part() for made in self.pairs], index)
        return write_shard_of_pairs(
            folder, index, SHARDS, ranges, lambda *of: map_tokens(self.mapped(*of)), self.tables,
            self.config,
        )  # fmt: skip

    def of_records(self, folder: Path, index: int):
        folder.mkdir(exist_ok=True)
        ranges = ranges_of([made.part() for made in self.records], index)
        return write_shard(folder, index, SHARDS, ranges, self.config)


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, False),
        ({}, True),
        ({"pairs": {"max_length": 16}}, False),
        ({"pairs": {"objective": "nsp"}}, False),
        ({"pairs": {"objective": "none", "distinct": 1}, "masking": {"unit": "piece"}}, False),
        ({"masking": {"mode": "dynamic"}}, True),
        ({"masking": {"max_predictions": 1}}, True),  # leaves some out
        ({"shards": {"compression": "gzip"}}, False),
        ({"shards": {"provenance": False}}, False),
    ],
)
def test_shards_sidecars_offsets_and_counts_are_those_of_blocks_of_records(tmp_path, given, words):
    merged = {key: {**SMALL.get(key, {}), **own} for key, own in given.items()}
    corpus = Corpus(tmp_path, from_dict({**SMALL, **merged}), words)
    counted = [made.totals() for made in corpus.pairs]
    for index in range(SHARDS):
        shard, counts = corpus.of_pairs(tmp_path / "pairs", index)
        assert shard == corpus.of_records(tmp_path / "records", index)
        assert shard.records > 0
        counted.append(block.MaskTotals(counts, ()))
    assert digests(tmp_path / "pairs") == digests(tmp_path / "records")
    totals = add_totals(made.totals() for made in corpus.records)
    assert add_totals(counted) == totals
    if given.get("masking") == {"max_predictions": 1}:
        assert totals.counts.tokens[0] > 0


@pytest.mark.parametrize("rows", [1, 7, 10_000])
def test_a_shard_is_the_same_however_many_records_are_made_at_once(tmp_path, monkeypatch, rows):
    corpus = Corpus(tmp_path, from_dict(SMALL))
    whole = corpus.of_pairs(tmp_path / "whole", 0)
    monkeypatch.setattr(shard_of_pairs, "ENCODE_TOKENS", rows * SMALL["pairs"]["max_length"])
    assert corpus.of_pairs(tmp_path / "some", 0) == whole
    assert digests(tmp_path / "some") == digests(tmp_path / "whole")


def test_merged_blocks_of_pairs_give_the_same_shards(tmp_path):
    corpus = Corpus(tmp_path, from_dict(SMALL))
    parts = []
    for number, first in enumerate(range(0, len(corpus.pairs), 4)):
        group = [made.part(SHARDS) for made in corpus.pairs[first : first + 4]]
        (ranges,) = ranges_by_number(group)
        path = tmp_path / f"{number}.merged"
        parts.append(Part((number,), str(path), write_merged(path, ranges, SHARDS)))
    for index, ranges in enumerate(ranges_by_number(parts)):
        assert corpus.of_pairs(tmp_path / "merged", index, ranges) == corpus.of_pairs(
            tmp_path / "direct", index
        )
    assert digests(tmp_path / "merged") == digests(tmp_path / "direct")


def test_a_shard_that_no_pair_falls_into_has_all_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.FILES", {(0, 0): (8, 1)})
    monkeypatch.setattr(f"{__name__}.SHARDS", 64)
    corpus = Corpus(tmp_path, from_dict(SMALL))
    for index in range(64):
        assert corpus.of_pairs(tmp_path / "pairs", index)[0] == corpus.of_records(
            tmp_path / "records", index
        )
    found = digests(tmp_path / "pairs")
    assert found == digests(tmp_path / "records")
    assert (
        sidecar_name(0, 64) in found
        and min(
            (tmp_path / "pairs" / name).stat().st_size
            for name in found
            if name.startswith("shards-")
        )
        == 0
    )


def test_a_block_of_pairs_is_opened_again_as_it_was_and_its_damage_is_named(tmp_path):
    corpus = Corpus(tmp_path, from_dict(SMALL))
    made = corpus.pairs[0]
    path = Path(made.path)
    assert block.open_block(path, made.order) == made
    changed = bytearray(path.read_bytes())
    changed[np.frombuffer(made.offsets, "<u8")[1] + 60] ^= 4
    path.write_bytes(changed)
    assert block.open_block(path, made.order) is None
    corpus.of_pairs(tmp_path / "pairs", 0)  # whose piece is whole
    with pytest.raises(DataError, match="damaged"):
        corpus.of_pairs(tmp_path / "pairs", 1)


def test_a_pair_takes_sixty_bytes_at_most_of_a_block(tmp_path):
    assert pair_block.ROW.itemsize <= 60


@pytest.mark.parametrize("vocabulary", [2**16, 2**16 + 1])
@pytest.mark.parametrize("own_names", [True, False])
@pytest.mark.parametrize("words", [True, False])
def test_mapped_tokens_are_the_documents_they_were_made_of(tmp_path, vocabulary, own_names, words):
    documents = corpora.random_documents(8, 5, VOCABULARY)
    documents.ids[0] = vocabulary - 1
    if words:
        documents = documents._replace(starts=documents.ids % 2 == 0)
    names = names_of(0, 0, 7).slice(1, 5) if own_names else None
    write_mapped(tmp_path / "m", "of these", [documents], names, vocabulary)
    mapped = map_tokens(tmp_path / "m")
    assert mapped.ids.itemsize == (2 if vocabulary == 2**16 else 4)
    assert mapped.ids.tolist() == documents.ids.tolist()
    assert mapped.starts.tolist() == documents.starts.tolist()
    assert mapped.keys.tolist() == documents.keys.tolist()
    found = [
        [text[a:b].tobytes().decode() for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
        for offsets, text in mapped.names
    ]
    assert found == ([] if names is None else [column.to_pylist() for column in names.columns])


def test_mapped_tokens_are_taken_over_as_long_as_they_are_whole_and_of_the_same(tmp_path):
    path = tmp_path / "m"
    write_mapped(path, "a", [corpora.random_documents(8, 3, VOCABULARY)], None, VOCABULARY)
    assert not is_mapped(tmp_path / "other", "a")
    assert is_mapped(path, "a") and not is_mapped(path, "b")
    whole = path.read_bytes()
    for place in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        assert not is_mapped(path, "a")
    for content in (whole[:-1], b"", whole + b"x"):
        path.write_bytes(content)
        assert not is_mapped(path, "a")
        with pytest.raises(DataError, match=r"m: .*are damaged"):
            map_tokens(path)
