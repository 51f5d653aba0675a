"""TFRecord files of google-research/albert and google-research/bert, and of tensorflow/models.

Both name their features alike but for two: `input_ids`, `segment_ids` are `input_word_ids`,
`input_type_ids` in the second (`--use_v2_feature_names`). `token_boundary` is ALBERT's alone. Records
without predictions (our own of `masking.mode: dynamic`) are read, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from albert_data.base.errors import DataError
from albert_data.insight.foreign.batch import FIX, LONGEST, Batch, of_features
from albert_data.insight.shard_set import framed
from albert_data.read.foreign import feature_lengths
from albert_data.records.features import ALL_FEATURES, Feature, table_of
from albert_data.records.parse import parse_features

_V2 = {"input_ids": "input_word_ids", "segment_ids": "input_type_ids"}


def batches(path: Path) -> Iterator[Batch]:
    """The records of a file.

    Raises:
        DataError: naming the record that is damaged, or is no pretraining example.
    """
    shape: _Shape | None = None
    for first, buffer, begins, ends in framed(path):
        if shape is None:
            shape = _Shape(buffer[begins[0] : ends[0]].tobytes(), path.name)
        try:
            yield shape.read(buffer, begins, ends, path.name, first)
        except DataError as error:
            error.fix = error.fix or FIX
            raise


class _Shape:
    """Names and lengths of the features of one file, as its first record has them."""

    def __init__(self, record: bytes, where: str) -> None:
        lengths = feature_lengths(record)
        self.names = _V2 if _V2["input_ids"] in lengths else {}
        needed = [self.names.get(name, name) for name in ("input_ids", "input_mask", "segment_ids")]
        max_length = lengths.get(needed[0], 0)
        missing = [name for name in needed if name not in lengths]
        if missing or not 0 < max_length <= LONGEST:
            lacks = f"has no {', '.join(missing)}" if missing else "holds no tokens"
            raise DataError(
                f"record 0 {lacks}: no pretraining example",
                where=where,
                fix="name TFRecords of google-research/albert, BERT or tensorflow/models",
            )
        weights = ["masked_lm_weights"] if b"masked_lm_weights" in record else []
        present = {*lengths, *weights}
        self.features = tuple(
            renamed
            for feature in ALL_FEATURES
            if (renamed := _renamed(feature, self.names)).name in present
        )
        self.table = table_of(self.features, max_length, lengths.get("masked_lm_positions", 0))

    def read(
        self, buffer: np.ndarray, begins: np.ndarray, ends: np.ndarray, where: str, first: int
    ) -> Batch:
        got = parse_features(buffer, begins, ends, self.features, self.table, where, first)
        ours = {theirs: name for name, theirs in self.names.items()}
        return of_features(
            {ours.get(name, name): values for name, values in got.items()}, where, first, self.names
        )


def _renamed(feature: Feature, names: dict[str, str]) -> Feature:
    return replace(feature, name=names.get(feature.name, feature.name))
