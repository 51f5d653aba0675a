"""`open_shards`: any record, and batches of all records in one global order for any number of hosts.

    shards = open_shards("shards/")
    shards[123_456]                                   # a record
    for batch in shards.batches(256, seed=0, host=h, hosts=n, consumed=k): ...

Batch k of a run is the same set of records whatever the number of hosts, workers and processes
(`order.py`), so a run is resumed by one number, the examples consumed by all hosts together. Masks of
unmasked records (`masking.mode: dynamic`) are drawn in the same pass, for the epoch in which each stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from albert_data.base.arrays import Int64
from albert_data.base.errors import DataError
from albert_data.config.settings import Config
from albert_data.read.decode import Rows
from albert_data.read.foreign import lengths_of, shard_files
from albert_data.read.order import records_at
from albert_data.read.record_set import Arrays, RecordSet
from albert_data.read.run import Places, Run, Share, in_threads
from albert_data.read.shard_bytes import ShardBytes, ShardFile
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES
from albert_data.schema import Manifest
from albert_data.shards.manifest import NoManifestError, read_manifest
from albert_data.storage.paths import location


def open_shards(path: str | Path, *, memory: int = 2**28, disk: int = 2**36) -> Shards:
    """The shards of a folder, on this machine or in a store (`gs://`, `s3://`).

    Without a manifest, as of google-research/albert's: a TFRecord file, or the folder of some; their records
    are counted in one pass at the first time.

    Args:
        memory: most bytes kept of shards in a store; more than the batches read ahead are of no use.
        disk: most bytes of gzip shards that are unpacked into the user's cache.

    Raises:
        DataError: there is no shard, the manifest is damaged, or it lists no record.
    """
    folder = location(path)
    try:
        manifest = read_manifest(folder)
    except NoManifestError as failure:
        files = shard_files(folder)
        if not files:
            raise failure from None
        shards = ShardBytes(files, memory, disk)
        records = RecordSet(folder, shards, None, lengths_of(_first_record(shards), str(path)))
    else:
        files = tuple(
            ShardFile(folder / shard.name, shard.records, shard.bytes, shard.sha256)
            for shard in manifest.shards
        )
        records = RecordSet(folder, ShardBytes(files, memory, disk), manifest)
    if not len(records):
        raise DataError("lists no record", where=str(path), fix="build shards of a larger corpus")
    return Shards(records)


def _first_record(shards: ShardBytes) -> bytes:
    """The first record of some shards, without its frame; empty where there is none."""
    for number in range(len(shards.files)):
        shard = shards.shard(number)
        if len(shard.offsets) > 1:
            buffer, offsets, _ = shard.part(0, 1, shards.ranges)
            return buffer[offsets[0] + HEADER_BYTES : offsets[1] - FOOTER_BYTES].tobytes()
    return b""


class Shards(Run):
    """N records, numbered through all shards; see `Run` for batches of them.

    Attributes:
        folder: that the shards lie in.
        manifest, config: what the shard set says of itself; None of others' shards.
    """

    def __init__(self, records: RecordSet) -> None:
        self.sets = (records,)
        self.folder: Path = records.folder
        self.manifest: Manifest | None = records.manifest
        self.config: Config | None = records.config

    def __len__(self) -> int:
        """N."""
        return len(self.sets[0])

    def __getitem__(self, number: int) -> Arrays:
        """Record `number` (from the end where negative), one array a feature; not masked if dynamic.

        Raises:
            IndexError: there is no such record.
            DataError: it is damaged.
        """
        return self.record(number)

    def record(self, number: int, epoch: int | None = None) -> Arrays:
        """Record `number`; of dynamic sets unmasked, or with the masks of an epoch.

        Returns: int32 [S] `input_ids`, `input_mask`, `segment_ids`; int32 [1] `next_sentence_labels`;
            int32 [P] `masked_lm_positions`, `masked_lm_ids`, float32 [P] `masked_lm_weights`. Not masked:
            int32 [S] `token_boundary` and uint32 [4] `mask_stream` in place of the last three.

        Raises: as `shards[number]`.
        """
        if not -len(self) <= number < len(self):
            raise IndexError(f"record {number} of {len(self)}")
        arrays = self.records(np.array([number % len(self)]), epoch)
        return {name: values[0] for name, values in arrays.items()}

    def records(self, numbers: Int64[np.ndarray, " R"], epoch: int | None = None) -> Arrays:
        """Records of these numbers, from 0 to below N, as arrays of R rows; otherwise as `record`."""
        arrays = self._read(numbers)
        if self.dynamic and epoch is not None:
            arrays = self.sets[0].mask(arrays, np.full(len(numbers), epoch))
        return arrays

    def order(self, first: int, count: int, seed: int = 0) -> Int64[np.ndarray, " R"]:
        """Numbers of the records at places [first, first + count) of the run with this seed."""
        return records_at(first, count, len(self), seed)[0]

    def places(self, first: int, count: int, seed: int) -> Places:
        numbers, epochs = records_at(first, count, len(self), seed)
        return Places(np.zeros(count, np.int64), numbers, epochs)

    def evaluation(
        self,
        batch_size: int,
        *,
        host: int = 0,
        hosts: int = 1,
        threads: int | None = None,
        ahead: int | None = None,
    ) -> Iterator[Arrays]:
        """Every record once, in the shards' order; the last batch is filled up.

        Yields: as `batches`, with float32 [R] `example_weights`: 0 on the filling. Masks of dynamic sets
            are those of epoch 0.

        Raises: as `batches`.
        """
        share = Share(batch_size, host=host, hosts=hosts)

        def read(first: int) -> Arrays:
            first, count = share.rows(first)
            numbers = first + np.arange(count)
            arrays = self._read(np.minimum(numbers, len(self) - 1))
            if self.dynamic:
                arrays = self.sets[0].mask(arrays, np.zeros(count, np.int64))
            return {**arrays, "example_weights": (numbers < len(self)).astype(np.float32)}

        return in_threads(read, range(0, len(self), batch_size), self.threads(threads), ahead)

    def _read(self, numbers: Int64[np.ndarray, " R"]) -> Arrays:
        """Records in this order, as they are on disk; damage is an error."""
        rows = Rows(self.sets[0].columns, len(numbers))
        self.sets[0].fill(rows, np.arange(len(numbers)), numbers)
        if rows.faults.any():
            row = int(np.argmax(rows.faults > 0))
            raise self.sets[0].failure(int(numbers[row]), int(rows.faults[row]))
        return rows.arrays()
