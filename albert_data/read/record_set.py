"""The records of one shard set by their numbers: read into rows of a batch, and masked."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np

from albert_data.base.arrays import Int64, Shaped
from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of
from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.examples.dynamic import UNMASKED, mask_examples
from albert_data.examples.masking import MaskTables
from albert_data.read.decode import FAULTS, Columns, Rows
from albert_data.read.order import BLOCK
from albert_data.read.shard_bytes import ShardBytes
from albert_data.records.features import features_of
from albert_data.schema import Manifest
from albert_data.storage.file_names import VOCABULARY
from albert_data.storage.paths import is_remote
from albert_data.tokens.vocabulary import load_vocabulary

Arrays: TypeAlias = dict[str, Shaped[np.ndarray, "R ..."]]
_RESTORE = "copy the shard again, or build it again; on_damage='skip' goes on without such records"


class RecordSet:
    """N records, numbered through all shards.

    Attributes:
        folder: that the shards lie in.
        manifest, config: what the shard set says of itself; None of others' shards.
        max_length, max_predictions: S and P, of every record.
        columns: the features that are read.
        shards: their bytes.
        damaged: (path of a shard, record in it) → what is wrong, of those that were passed over.
    """

    def __init__(
        self,
        folder: Path,
        shards: ShardBytes,
        manifest: Manifest | None,
        lengths: tuple[int, int] | None = None,
    ) -> None:
        """
        Args:
            lengths: S and P, where no manifest tells them.
        """
        self.folder, self.manifest = folder, manifest
        self.config: Config | None = from_dict(manifest.config) if manifest else None
        if lengths is None:
            assert self.config is not None
            lengths = self.config.pairs.max_length, self.config.masking.predictions
        self.max_length, self.max_predictions = lengths
        self.damaged: dict[tuple[str, int], str] = {}
        self.shards = shards
        self._files = shards.counted()
        self._starts = offsets_of(np.array([file.records for file in self._files]))
        features = features_of("dynamic" if self.dynamic else "static")
        read = [f for f in features if f.trained or f.name in UNMASKED and self.dynamic]
        self.columns = Columns.of(read, *lengths, strict=manifest is not None)

    @property
    def dynamic(self) -> bool:
        """Whether the records are not masked."""
        return self.config is not None and self.config.masking.mode == "dynamic"

    @property
    def remote(self) -> bool:
        """Whether the shards are in an object store."""
        return is_remote(self.folder)

    def __len__(self) -> int:
        """N."""
        return int(self._starts[-1])

    def numbers_of(self, shard: int) -> Int64[np.ndarray, " R"]:
        """Numbers of a shard's records."""
        return np.arange(self._starts[shard], self._starts[shard + 1])

    def fill(
        self, rows: Rows, at: Int64[np.ndarray, " R"], numbers: Int64[np.ndarray, " R"]
    ) -> None:
        """Reads records into the rows `at`: a call for each run of neighbours in one shard.

        Raises:
            DataError: a shard cannot be read.
        """
        if not len(numbers):
            return
        shards = np.searchsorted(self._starts, numbers, "right") - 1
        changes = shards[1:] != shards[:-1]
        if self.remote:
            changes |= numbers[1:] // BLOCK != numbers[:-1] // BLOCK
        cuts = np.flatnonzero(changes) + 1
        for begin, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(numbers)], strict=True):
            shard = int(shards[begin])
            self._decode(rows, at[begin:end], shard, numbers[begin:end] - self._starts[shard])

    def _decode(
        self,
        rows: Rows,
        at: Int64[np.ndarray, " R"],
        number: int,
        records: Int64[np.ndarray, " R"],
    ) -> None:
        """Reads records of one shard; in an object store, of one block, which is fetched whole."""
        shard, first, last = self.shards.shard(number), 0, 0
        if self.remote:
            start = int(self._starts[number])
            block = (start + int(records[0])) // BLOCK * BLOCK - start
            first, last = max(block, 0), min(block + BLOCK, len(shard.offsets) - 1)
        try:
            buffer, offsets, begin = shard.part(first, last, self.shards.ranges)
        except OSError as error:
            problem = f"the shard cannot be read: {error.strerror}"
            raise DataError(problem, where=str(shard.path), fix=_RESTORE) from None
        rows.decode(buffer, offsets, records - begin, at)

    def note(self, number: int, fault: int) -> None:
        """Notes that a record was passed over."""
        self.damaged[self._place(number)] = FAULTS[fault]

    def failure(self, number: int, fault: int) -> DataError:
        """The error that a record has a fault."""
        shard, record = self._place(number)
        return DataError(f"record {record} {FAULTS[fault]}", where=shard, fix=_RESTORE)

    def mask(self, arrays: Arrays, epochs: Int64[np.ndarray, " R"]) -> Arrays:
        """Unmasked records with the masks of these epochs, features as in static records."""
        assert self.config is not None  # who tells that records are not masked
        masked = mask_examples(
            **{name: arrays[name] for name in UNMASKED},
            epochs=epochs,
            config=self.config,
            tables=self._tables,
        )
        kept = ("input_mask", "segment_ids", "next_sentence_labels")
        return {**{name: arrays[name] for name in kept}, **masked._asdict()}

    def _place(self, number: int) -> tuple[str, int]:
        """Path of the shard and ordinal in it of a record."""
        shard = int(np.searchsorted(self._starts, number, "right")) - 1
        return str(self._files[shard].path), number - int(self._starts[shard])

    @cached_property
    def _tables(self) -> MaskTables:
        return MaskTables.of(load_vocabulary(str(self.folder / VOCABULARY)))
