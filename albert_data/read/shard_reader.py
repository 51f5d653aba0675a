"""`open_shards`: any record, and batches of all records in one global order for any number of hosts.

    shards = open_shards("shards/")
    shards[123_456]                                   # a record
    for batch in shards.batches(256, seed=0, host=h, hosts=n, consumed=k): ...

Batch k of a run is the same set of records whatever the number of hosts, workers and processes
(`order.py`), so a run is resumed by one number, the examples consumed by all hosts together. Masks of
unmasked records (`masking.mode: dynamic`) are drawn in the same pass, for the epoch in which each stands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import count as count_from
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from albert_data.base.arrays import Int64, Shaped
from albert_data.base.errors import ConfigError, DataError
from albert_data.base.gather import offsets_of
from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.examples.dynamic import UNMASKED, mask_examples
from albert_data.examples.masking import MaskTables
from albert_data.read.decode import FAULTS, Columns, Rows
from albert_data.read.order import records_at
from albert_data.read.shard_bytes import ShardBytes, ShardFile
from albert_data.records.features import features_of
from albert_data.schema import Manifest
from albert_data.shards.manifest import read_manifest
from albert_data.storage.file_names import VOCABULARY
from albert_data.storage.paths import location
from albert_data.tokens.vocabulary import load_vocabulary

Batch: TypeAlias = dict[str, Shaped[np.ndarray, "R ..."]]
OnDamage: TypeAlias = Literal["error", "skip"]
_RESTORE = "copy the shard again, or build it again; on_damage='skip' goes on without such records"
_LONGEST_SEARCH = 1000  # places, for an intact record in place of a damaged one


def open_shards(path: str | Path) -> Shards:
    """The shards of a folder, on this machine or in a store (`gs://`, `s3://`).

    Raises:
        DataError: there is no manifest, it is damaged, or it lists no record.
    """
    folder = location(path)
    manifest = read_manifest(folder)
    files = tuple(
        ShardFile(folder / shard.name, shard.records, shard.bytes, shard.sha256)
        for shard in manifest.shards
    )
    if not sum(shard.records for shard in manifest.shards):
        raise DataError("lists no record", where=str(path), fix="build shards of a larger corpus")
    return Shards(folder, files, manifest)


@dataclass(frozen=True)
class Slice:
    """A host's rows of a batch: places [first, first + count) of the run."""

    first: int
    count: int


class Shards:
    """N records, numbered through all shards; safe for threads, and to be sent to other processes.

    Attributes:
        folder: that the shards lie in.
        manifest: what the shard set says of itself.
        config: it was built with.
        max_length, max_predictions: S and P, of every record.
        damaged: (shard, record in it) → what is wrong, of those that `on_damage="skip"` passed over.
    """

    def __init__(self, folder: Path, files: tuple[ShardFile, ...], manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.config: Config = from_dict(manifest.config)
        self.max_length = self.config.pairs.max_length
        self.max_predictions = self.config.masking.max_predictions
        self.damaged: dict[tuple[str, int], str] = {}
        self._bytes = ShardBytes(files)
        self._starts = offsets_of(np.array([file.records for file in files]))
        mode = self.config.masking.mode
        read = [f for f in features_of(mode) if f.trained or f.name in UNMASKED and self.dynamic]
        self._columns = Columns.of(read, self.max_length, self.max_predictions, strict=True)

    @property
    def dynamic(self) -> bool:
        """Whether the records are not masked."""
        return self.config.masking.mode == "dynamic"

    def __len__(self) -> int:
        """N."""
        return int(self._starts[-1])

    def __getitem__(self, number: int) -> Batch:
        """Record `number` (from the end where negative), one array a feature; not masked if dynamic.

        Raises:
            IndexError: there is no such record.
            DataError: it is damaged.
        """
        return self.record(number)

    def record(self, number: int, epoch: int | None = None) -> Batch:
        """Record `number`; of dynamic sets unmasked, or with the masks of an epoch.

        Returns: int32 [S] `input_ids`, `input_mask`, `segment_ids`; int32 [1] `next_sentence_labels`;
            int32 [P] `masked_lm_positions`, `masked_lm_ids`, float32 [P] `masked_lm_weights`. Not masked:
            int32 [S] `token_boundary` and uint32 [4] `mask_stream` in place of the last three.

        Raises: as `shards[number]`.
        """
        if not -len(self) <= number < len(self):
            raise IndexError(f"record {number} of {len(self)}")
        rows = self._read(np.array([number % len(self)]))
        self._refuse_damage(rows, np.array([number % len(self)]))
        arrays = rows.arrays()
        if self.dynamic and epoch is not None:
            arrays = self._mask(arrays, np.array([epoch]))
        return {name: values[0] for name, values in arrays.items()}

    def order(self, first: int, count: int, seed: int = 0) -> Int64[np.ndarray, " R"]:
        """Numbers of the records at places [first, first + count) of the run with this seed."""
        return records_at(first, count, len(self), seed)[0]

    def batches(
        self,
        batch_size: int,
        *,
        seed: int = 0,
        host: int = 0,
        hosts: int = 1,
        consumed: int = 0,
        epochs: int | None = None,
        on_damage: OnDamage = "error",
        threads: int = 2,
        ahead: int = 4,
    ) -> Iterator[Batch]:
        """This host's rows of batch after batch; endless, unless `epochs` is given.

        Args:
            batch_size: B, of all hosts together.
            seed: of the order.
            host, hosts: this host's number, and how many there are. Host h has rows
                [h B / hosts, (h + 1) B / hosts) of each batch.
            consumed: examples that all hosts together have consumed, at which to go on.
            epochs: after how many passes over all records, counted from the beginning of the run, to end.
                The last batch may be shorter, and is shared out among the hosts as evenly as it can be.
            on_damage: `error`, or `skip`: the next intact record of the run stands in for a damaged one,
                whatever the number of hosts, and `damaged` lists these.
            threads: that decode; 0: none but the caller's.
            ahead: batches decoded before they are asked for.

        Yields: dict of arrays of R = B / hosts rows: int32 [R, S] `input_ids`, `input_mask`,
            `segment_ids`; int32 [R, P] `masked_lm_positions`, `masked_lm_ids`; float32 [R, P]
            `masked_lm_weights`; int32 [R, 1] `next_sentence_labels`.

        Raises:
            ConfigError: an argument cannot be used.
            DataError: a shard or record is damaged.
        """
        _check(batch_size, host, hosts, consumed, seed)
        end = None if epochs is None else epochs * len(self)
        slices = _slices(batch_size, host, hosts, consumed, end)

        def read(part: Slice) -> Batch:
            return self._batch(part, seed, on_damage)

        return _in_threads(read, slices, threads, ahead)

    def evaluation(
        self, batch_size: int, *, host: int = 0, hosts: int = 1, threads: int = 2, ahead: int = 4
    ) -> Iterator[Batch]:
        """Every record once, in the shards' order; the last batch is filled up.

        Yields: as `batches`, with float32 [R] `example_weights`: 0 on the filling. Masks of dynamic sets
            are those of epoch 0.

        Raises: as `batches`.
        """
        _check(batch_size, host, hosts, 0, 0)
        own = batch_size // hosts
        parts = (
            Slice(first, own) for first in range(host * own, len(self) + host * own, batch_size)
        )

        def read(part: Slice) -> Batch:
            places = part.first + np.arange(part.count)
            numbers = np.minimum(places, len(self) - 1)
            rows = self._read(numbers)
            self._refuse_damage(rows, numbers)
            arrays = self._trained(rows, np.zeros(part.count, np.int64))
            return {**arrays, "example_weights": (places < len(self)).astype(np.float32)}

        return _in_threads(read, parts, threads, ahead)

    def _batch(self, part: Slice, seed: int, on_damage: OnDamage) -> Batch:
        numbers, epochs = records_at(part.first, part.count, len(self), seed)
        rows = self._read(numbers)
        if on_damage == "error":
            self._refuse_damage(rows, numbers)
        else:
            for row in np.flatnonzero(rows.faults).tolist():
                self._replace(rows, row, int(numbers[row]), part.first + row, seed)
        return self._trained(rows, epochs)

    def _replace(self, rows: Rows, row: int, number: int, place: int, seed: int) -> None:
        """Puts the next intact record of the run into the row of a damaged one, which is noted."""
        for following in range(place + 1, place + 1 + _LONGEST_SEARCH):
            shard, record = self._place(number)
            self.damaged[shard, record] = FAULTS[int(rows.faults[row])]
            number = int(records_at(following, 1, len(self), seed)[0][0])
            self._fill(rows, np.array([number]), row)
            if not rows.faults[row]:
                return
        self._refuse_damage(rows, np.full(rows.count, number))

    def _read(self, numbers: Int64[np.ndarray, " R"]) -> Rows:
        rows = Rows(self._columns, len(numbers))
        self._fill(rows, numbers, 0)
        return rows

    def _fill(self, rows: Rows, numbers: Int64[np.ndarray, " R"], first: int) -> None:
        """Reads records, a call for each run of them in one shard, into rows from `first` on."""
        shards = np.searchsorted(self._starts, numbers, "right") - 1
        cuts = np.flatnonzero(np.diff(shards)) + 1
        for begin, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(numbers)], strict=True):
            if begin < end:
                number = int(shards[begin])
                shard = self._bytes.shard(number)
                records = numbers[begin:end] - self._starts[number]
                rows.decode(shard.buffer, shard.offsets, records, first + begin)

    def _place(self, number: int) -> tuple[str, int]:
        """Name of the shard and ordinal in it of a record."""
        shard = int(np.searchsorted(self._starts, number, "right")) - 1
        return self._bytes.files[shard].path.name, number - int(self._starts[shard])

    def _refuse_damage(self, rows: Rows, numbers: Int64[np.ndarray, " R"]) -> None:
        if rows.faults.any():
            row = int(np.argmax(rows.faults > 0))
            shard, record = self._place(int(numbers[row]))
            problem = f"record {record} {FAULTS[int(rows.faults[row])]}"
            raise DataError(problem, where=str(self.folder / shard), fix=_RESTORE)

    def _trained(self, rows: Rows, epochs: Int64[np.ndarray, " R"]) -> Batch:
        arrays = rows.arrays()
        return self._mask(arrays, epochs) if self.dynamic else arrays

    def _mask(self, arrays: Batch, epochs: Int64[np.ndarray, " R"]) -> Batch:
        masked = mask_examples(
            **{name: arrays[name] for name in UNMASKED},
            epochs=epochs,
            config=self.config,
            tables=self._tables,
        )
        kept = ("input_mask", "segment_ids", "next_sentence_labels")
        return {**{name: arrays[name] for name in kept}, **masked._asdict()}

    @cached_property
    def _tables(self) -> MaskTables:
        return MaskTables.of(load_vocabulary(str(self.folder / VOCABULARY)))


def _check(batch_size: int, host: int, hosts: int, consumed: int, seed: int) -> None:
    faults = {
        "batch_size": (batch_size < 1, "give 1 or more"),
        "hosts": (hosts < 1 or batch_size % max(hosts, 1) != 0, "give a divisor of batch_size"),
        "host": (not 0 <= host < max(hosts, 1), "give a number from 0 to below hosts"),
        "consumed": (consumed < 0, "give the examples that all hosts together have consumed"),
        "seed": (not 0 <= seed < 2**63, "give a number from 0 to below 2^63"),
    }
    given = {
        "batch_size": batch_size,
        "hosts": hosts,
        "host": host,
        "consumed": consumed,
        "seed": seed,
    }
    for name, (wrong, fix) in faults.items():
        if wrong:
            raise ConfigError(f"cannot be {given[name]}", where=name, fix=fix)


def _slices(
    batch_size: int, host: int, hosts: int, consumed: int, end: int | None
) -> Iterator[Slice]:
    for first in count_from(consumed, batch_size):
        rows = batch_size if end is None else min(batch_size, end - first)
        if rows <= 0:
            return
        begin = rows * host // hosts
        yield Slice(first + begin, rows * (host + 1) // hosts - begin)


def _in_threads(read: Any, parts: Iterator[Slice], threads: int, ahead: int) -> Iterator[Batch]:
    """What `read` makes of each part, in order, some of them ahead."""
    if not threads:
        yield from map(read, parts)
        return
    waiting: deque[Future[Batch]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="albert-data-read") as pool:
        try:
            for part in parts:
                waiting.append(pool.submit(read, part))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
