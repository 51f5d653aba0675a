"""A small build by hand, its token index and its manifest, every number of which can be worked out."""

from __future__ import annotations

from pathlib import Path

from msgspec import convert

from albert_data.config.load import from_dict
from albert_data.schema import Shard, TokenIndex
from albert_data.shards.block import Block, add_totals
from albert_data.shards.make_manifest import make_manifest
from albert_data.storage.sealed import plain
from tests import corpora

CONFIG = from_dict(
    {
        "seed": 7,
        "pairs": {
            "objective": "none",
            "max_length": 32,
            "dupe_factor": 2,
            "short_probability": 0,
        },
        "masking": {
            "max_predictions": 4,
            "max_ngram": 1,
            "mask_probability": 1,
            "keep_probability": 0,
            "random_probability": 0,
        },
    }
)
# Documents of 11, 4 (one sentence: dropped) and 21 tokens; with the special ones, two examples of
# 14 and 24 tokens a pass, of which 15 % (2 and 4) are predicted.
FILES = ([[5, 6], [4]], [[7, 7, 7]])
INDEX = {
    "settings": {
        "vocabulary": {"sha256": "ab" * 32, "size": 40, "special_ids": {"[CLS]": 2}},
        "splitter": {"splitter": "lines"},
        "sources": {},
        "sentences": {},
        "tokens": {},
        "schema": 2,
    },
    "sources": ["text:one.txt", "text:two.txt"],
    "files": [
        {
            "unit": 0,
            "path": "text-0a-00000.parquet",
            "documents": 2,
            "sentences": 3,
            "tokens": 15,
            "content": "aa",
            "sources": {"text:one.txt": [2, 3, 15]},
            "unknown": {"text:one.txt": 3},
            "bytes": 7,
            "crc32c": 1,
        },
        {
            "unit": 1,
            "path": "text-0b-00000.parquet",
            "documents": 1,
            "sentences": 3,
            "tokens": 21,
            "content": "bb",
            "sources": {"text:two.txt": [1, 3, 21]},
            "unknown": {},
            "bytes": 8,
            "crc32c": 2,
        },
    ],
    "tally": {
        "counts": {"read/document": 4, "kept/document": 3, "dropped/document/empty": 1},
        "samples": {"dropped/document/empty": ["text:one.txt 3\nA | B"]},
    },
}


def make(folder: Path, files, config=CONFIG) -> tuple[list[Block], list[Shard]]:
    blocks = []
    for number, lengths in enumerate(files):
        documents = corpora.documents_of(*lengths)
        documents = documents._replace(keys=documents.keys + number)
        tables = corpora.tables_of(documents, 40)
        tables.starts[:] = True  # every piece is a word
        for dupe in range(config.pairs.dupe_factor):
            path = folder / f"{number}-{dupe}"
            blocks.append(
                corpora.write_block(path, (number, 0, dupe), documents, tables, config, 2)
            )
    return blocks, [corpora.write_shard(folder, index, 2, blocks, config) for index in range(2)]


def of_one(documents: int, sentences: int, tokens: int) -> dict:
    """The counts of a token file of one source."""
    counts = {"documents": documents, "sentences": sentences, "tokens": tokens}
    return {**counts, "sources": {"text:one.txt": list(counts.values())}}


def manifest_of(config, index, blocks, shards, left_out=()) -> dict:
    masked = add_totals(block.totals() for block in blocks).counts
    return plain(make_manifest(config, convert(index, TokenIndex), masked, shards, left_out))
