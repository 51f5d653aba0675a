"""Records of part c: unpacked, parsed once into small arrays, masked anew for each epoch.

    python -m benchmarks.gpu_check.records WORK --input gpu-data

In: INPUT/OBJECTIVE.tar.xz of `make_shards`. Out: WORK/OBJECTIVE/{train,held-out}/ with the manifest, the
vocabulary and records.npz. This runs beside the compiler, in a process of its own: unpacking takes some
seconds for 200 MB, parsing 5 µs a record, and the first masking compiles what later ones load.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.examples.dynamic import UNMASKED, mask_examples
from albert_data.examples.masking import MaskTables
from albert_data.records.parse import parse_unmasked
from albert_data.records.tfrecord import find_records
from albert_data.shards.manifest import read_manifest
from albert_data.storage.file_names import MANIFEST, VOCABULARY
from albert_data.tokens.vocabulary import load_vocabulary

OBJECTIVES, PARTS = ("sop", "nsp", "none"), ("held-out", "train")
STORED = "records.npz"
_TYPES = {"input_ids": np.uint16, "mask_stream": np.int64}  # others: int8

Features = dict[str, np.ndarray]


class Records:
    """Unmasked examples of one shard set.

    Args:
        folder: Path. With a manifest, a vocabulary and STORED.
    """

    def __init__(self, folder: Path) -> None:
        with np.load(folder / STORED) as stored:
            self.arrays = {name: stored[name] for name in stored.files}
        self._config = _config(folder)
        self._tables = MaskTables.of(load_vocabulary(folder / VOCABULARY))

    def __len__(self) -> int:
        return len(self.arrays["input_ids"])

    def masked(self, rows: np.ndarray, epoch: int) -> Features:
        """Features of these rows, named and shaped as in static shards, with an epoch's masks."""
        unmasked = [self.arrays[name][rows] for name in UNMASKED]
        masked = mask_examples(
            *unmasked, np.full(len(rows), epoch), config=self._config, tables=self._tables
        )
        given = {name: self.arrays[name][rows].astype(np.int32) for name in UNMASKED[1:3]}
        labels = self.arrays["next_sentence_labels"][rows].astype(np.int32)[:, None]
        return {**masked._asdict(), **given, "next_sentence_labels": labels}

    def batches(self, size: int, seed: int) -> Iterator[Features]:
        """Whole batches without end, each epoch in an order of its own; what does not fill one is left."""
        epoch = 0
        while True:
            order = np.random.default_rng([seed, epoch]).permutation(len(self))
            for at in range(0, len(order) - size + 1, size):
                yield self.masked(np.sort(order[at : at + size]), epoch)
            epoch += 1


def _config(folder: Path) -> Config:
    return from_dict(read_manifest(folder).config, where=str(folder / MANIFEST))


def store(folder: Path) -> None:
    """Parses the shards of a folder into STORED, which is there whole or not at all."""
    length = _config(folder).pairs.max_length
    parts: list[Features] = []
    for shard in read_manifest(folder).shards:
        path = folder / shard.name
        buffer = np.frombuffer(path.read_bytes(), np.uint8)
        examples = parse_unmasked(buffer, *find_records(buffer, path.name), length, path.name)
        names = (*UNMASKED, "next_sentence_labels")
        parts.append({n: getattr(examples, n).astype(_TYPES.get(n, np.int8)) for n in names})
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    temporary = folder / f"tmp-{STORED}"
    np.savez(temporary, **arrays)
    temporary.rename(folder / STORED)


@click.command(help=__doc__)
@click.argument("work", type=click.Path(path_type=Path))
@click.option("--input", "packed", default="gpu-data", type=click.Path(path_type=Path))
def main(work: Path, packed: Path) -> None:
    for objective in OBJECTIVES:
        with tarfile.open(packed / f"{objective}.tar.xz") as tar:
            tar.extractall(work / objective, filter="data")
        for part in PARTS:
            folder = work / objective / part
            store(folder)
            Records(folder).masked(np.arange(1), 0)


if __name__ == "__main__":
    main()
