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
from albert_data.read.shard_bytes import ShardBytes, ShardFile
from albert_data.records.features import features_of
from albert_data.schema import Manifest
from albert_data.storage.file_names import VOCABULARY
from albert_data.tokens.vocabulary import load_vocabulary

Arrays: TypeAlias = dict[str, Shaped[np.ndarray, "R ..."]]
_RESTORE = "copy the shard again, or build it again; on_damage='skip' goes on without such records"


class RecordSet:
    """N records, numbered through all shards.

    Attributes:
        folder: that the shards lie in.
        manifest: what the shard set says of itself.
        config: it was built with.
        columns: the features that are read.
        damaged: (path of a shard, record in it) → what is wrong, of those that were passed over.
    """

    def __init__(self, folder: Path, files: tuple[ShardFile, ...], manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.config: Config = from_dict(manifest.config)
        self.damaged: dict[tuple[str, int], str] = {}
        self._bytes = ShardBytes(files)
        self._starts = offsets_of(np.array([file.records for file in files]))
        mode = self.config.masking.mode
        read = [f for f in features_of(mode) if f.trained or f.name in UNMASKED and self.dynamic]
        lengths = self.config.pairs.max_length, self.config.masking.max_predictions
        self.columns = Columns.of(read, *lengths, strict=True)

    @property
    def dynamic(self) -> bool:
        """Whether the records are not masked."""
        return self.config.masking.mode == "dynamic"

    def __len__(self) -> int:
        """N."""
        return int(self._starts[-1])

    def fill(
        self, rows: Rows, at: Int64[np.ndarray, " R"], numbers: Int64[np.ndarray, " R"]
    ) -> None:
        """Reads records into the rows `at`: a call for each run of neighbours in one shard."""
        shards = np.searchsorted(self._starts, numbers, "right") - 1
        cuts = (np.flatnonzero(np.diff(shards)) + 1).tolist()
        for begin, end in zip([0, *cuts], [*cuts, len(numbers)], strict=True):
            if begin < end:
                number = int(shards[begin])
                shard = self._bytes.shard(number)
                records = numbers[begin:end] - self._starts[number]
                rows.decode(shard.buffer, shard.offsets, records, at[begin:end])

    def note(self, number: int, fault: int) -> None:
        """Notes that a record was passed over."""
        self.damaged[self._place(number)] = FAULTS[fault]

    def failure(self, number: int, fault: int) -> DataError:
        """The error that a record has a fault."""
        shard, record = self._place(number)
        return DataError(f"record {record} {FAULTS[fault]}", where=shard, fix=_RESTORE)

    def mask(self, arrays: Arrays, epochs: Int64[np.ndarray, " R"]) -> Arrays:
        """Unmasked records with the masks of these epochs, features as in static records."""
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
        return str(self._bytes.files[shard].path), number - int(self._starts[shard])

    @cached_property
    def _tables(self) -> MaskTables:
        return MaskTables.of(load_vocabulary(str(self.folder / VOCABULARY)))
