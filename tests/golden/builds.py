"""Small builds whose records, order and provenance are frozen by their hashes in `hashes.json`.

The input is made by integer arithmetic alone, so that no new version of a library can change it. After
a change that is meant to change data:

    python -m tests.golden.builds    # writes hashes.json anew, and says the line for CHANGELOG.md
"""

from __future__ import annotations

import hashlib
import itertools
import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.examples.masking import MaskTables
from albert_data.shards.provenance import read_provenance
from albert_data.tokens.documents import Documents
from tests import corpora

HASHES = Path(__file__).with_name("hashes.json")
SHARDS, VOCABULARY_SIZE = 3, 20_000
PREDICTIONS = {64: 10, 128: 20, 512: 77}
# What stands in every build: objective, length, mode, and what is masked.
MASKING = {
    "words-1": {"max_ngram": 1},
    "words-3": {},
    "pieces": {"unit": "piece"},
}
# One setting each, at sop, 128 tokens and static masks.
SPECIAL = {
    "uniform-law": {"masking": {"ngram_law": "uniform", "max_ngram": 5}},
    "reversed-law": {"masking": {"ngram_law": "reversed", "max_ngram": 4}},
    "crowded": {"masking": {"rate": 0.7, "max_predictions": 100}},
    "replacement": {
        "masking": {"mask_probability": 0.3, "keep_probability": 0.2, "random_probability": 0.5}
    },
    "short": {"pairs": {"short_probability": 0.8}},
    "few-swapped": {"pairs": {"negative_probability": 0.2}},
    "same-pairs-for-every-dupe": {"pairs": {"distinct": 1}},
    "other-seed": {"seed": 2**62 + 11},
}


def configurations() -> dict[str, Config]:
    """All frozen builds by name, as `sop-128-static-words-3`."""
    found = {}
    settings = itertools.product(
        ["sop", "nsp", "none"], PREDICTIONS, ["static", "dynamic"], MASKING
    )
    for objective, length, mode, unit in settings:
        found[f"{objective}-{length}-{mode}-{unit}"] = {
            "pairs": {"objective": objective, "max_length": length},
            "masking": {"mode": mode, "max_predictions": PREDICTIONS[length], **MASKING[unit]},
        }
    for name, given in SPECIAL.items():
        found[name] = {
            **given,
            "pairs": {"max_length": 128, **given.get("pairs", {})},
            "masking": {"max_predictions": PREDICTIONS[128], **given.get("masking", {})},
        }
    for given in found.values():
        given["pairs"]["dupe_factor"] = 2
    return {name: from_dict(given) for name, given in found.items()}


def numbers(seed: int) -> Iterator[int]:
    """Numbers of 32 bits: the upper half of a linear congruential generator (Knuth's MMIX)."""
    state = seed
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        yield state >> 32


@cache
def tables() -> MaskTables:
    """A vocabulary in which the pieces divisible by three continue a word."""
    starts = np.arange(VOCABULARY_SIZE) % 3 != 0
    starts[: corpora.FIRST_ORDINARY] = True
    ordinary = np.arange(corpora.FIRST_ORDINARY, VOCABULARY_SIZE, dtype=np.int32)
    return MaskTables(starts, ordinary, corpora.CLS, corpora.SEP, corpora.MASK, corpora.PAD)


@cache
def token_file(number: int) -> tuple[Documents, pa.Table]:
    """Thirty documents and their names.

    There are documents of one sentence, sentences that no example holds, and a word that is longer
    than all predictions of an example.
    """
    draw = numbers(number).__next__
    lengths, keys, ids = [], [], []
    for document in range(30):
        sentences = [1 + draw() % 40 for _ in range(1 + draw() % 25)]
        if document % 10 == 3:
            sentences[draw() % len(sentences)] = 150 + draw() % 900
        lengths.append(sentences)
        keys.append((draw() << 32) + draw())
        ids += [
            corpora.FIRST_ORDINARY + draw() % (VOCABULARY_SIZE - 5) for _ in range(sum(sentences))
        ]
    ids[2_000:2_030] = [6] * 30  # continues a word
    shape = corpora.documents_of(*lengths)
    documents = Documents(
        np.array(ids, np.int32),
        shape.sentence_offsets,
        shape.document_offsets,
        np.array(keys, np.uint64),
    )
    rows = [(f"books:{number}.txt", f"{number}-{n}", f"Bänd {n}" * (n % 3)) for n in range(30)]
    columns = [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]
    return documents, pa.table(columns, names=["source", "document", "title"])


def build(folder: Path, config: Config) -> dict[str, str]:
    """Makes the shards of a configuration; SHA-256 (hex) of what is in them, in global order.

    Returns:
        `records`: of the framed records, `order`: of the order keys (uint64, little-endian) and
        `provenance`: of the rows of the sidecars as JSON.
    """
    blocks = []
    for number, dupe in itertools.product(range(2), range(config.pairs.dupe_factor)):
        documents, names = token_file(number)
        path = folder / f"{number}-{dupe}.block"
        blocks.append(
            corpora.write_block(path, (0, number, dupe), documents, tables(), config, SHARDS, names)
        )
    digests = {name: hashlib.sha256() for name in ("records", "order", "provenance")}
    for index in range(SHARDS):
        shard = corpora.write_shard(folder, index, SHARDS, blocks, config)
        digests["records"].update((folder / shard.name).read_bytes())
        digests["order"].update(np.sort(corpora.order_keys(blocks, index)).astype("<u8").tobytes())
        assert shard.provenance
        rows = read_provenance(folder / shard.provenance.name).to_pylist()
        digests["provenance"].update(json.dumps(rows, sort_keys=True).encode())
    return {name: digest.hexdigest() for name, digest in digests.items()}


def version() -> str:
    """What CHANGELOG.md has to quote: the first half of the SHA-256 of `hashes.json`."""
    return hashlib.sha256(HASHES.read_bytes()).hexdigest()[:32]


def main() -> None:
    found = {}
    for name, config in configurations().items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = build(Path(folder), config)
    HASHES.write_text(json.dumps(found, indent=1) + "\n")
    print(
        f"Under `### Data changed` of CHANGELOG.md, say what changed, and:\n- Golden: {version()}"
    )


if __name__ == "__main__":
    main()
