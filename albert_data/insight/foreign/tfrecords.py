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
from albert_data.insight.foreign.batch import FIX, LONGEST, Batch, checked, put_back
from albert_data.insight.shard_set import framed
from albert_data.read.foreign import feature_lengths
from albert_data.records.features import ALL_FEATURES, Feature, table_of
from albert_data.records.parse import parse_features

_V2 = {"input_ids": "input_word_ids", "segment_ids": "input_type_ids"}
_SENTENCE, _BOUNDARY = "next_sentence_labels", "token_boundary"


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
        names = _V2 if _V2["input_ids"] in lengths else {}
        self.ids, self.segments = (names.get(name, name) for name in _V2)
        self.max_length = lengths.get(self.ids, 0)
        self.max_predictions = lengths.get("masked_lm_positions", 0)
        self.weights = b"masked_lm_weights" in record
        missing = [name for name in (self.ids, "input_mask", self.segments) if name not in lengths]
        if missing or not 0 < self.max_length <= LONGEST:
            lacks = f"has no {', '.join(missing)}" if missing else "holds no tokens"
            raise DataError(
                f"record 0 {lacks}: no pretraining example",
                where=where,
                fix="name TFRecords of google-research/albert, BERT or tensorflow/models",
            )
        present = {*lengths, *(["masked_lm_weights"] if self.weights else [])}
        self.features = tuple(
            renamed
            for feature in ALL_FEATURES
            if (renamed := _renamed(feature, names)).name in present
        )
        self.table = table_of(self.features, self.max_length, self.max_predictions)

    def read(
        self, buffer: np.ndarray, begins: np.ndarray, ends: np.ndarray, where: str, first: int
    ) -> Batch:
        got = parse_features(buffer, begins, ends, self.features, self.table, where, first)
        ids = checked(self.ids, got[self.ids], where, first).astype(np.int32)
        checked("input_mask", got["input_mask"], where, first, 2)
        checked(self.segments, got[self.segments], where, first, 2)
        masked = self.max_predictions > 0
        predicted, originals, repeated = np.zeros(ids.shape, np.bool_), ids, 0
        if masked:
            positions, labels = got["masked_lm_positions"], got.get("masked_lm_ids")
            if labels is None:
                raise DataError(f"record {first} has no masked_lm_ids", where=where)
            checked("masked_lm_positions", positions, where, first, self.max_length)
            checked("masked_lm_ids", labels, where, first)
            used = got["masked_lm_weights"] > 0 if self.weights else positions != 0
            predicted, originals, repeated = put_back(ids, positions, labels, used)
        labels = got.get(_SENTENCE)
        boundary = got.get(_BOUNDARY)
        return Batch(
            where,
            first,
            ids,
            got["input_mask"] != 0,
            predicted,
            originals,
            repeated,
            got[self.segments] != 0,
            None if boundary is None else boundary != 0,
            None if labels is None else checked(_SENTENCE, labels, where, first, 2),
            self.max_predictions or None,
            masked,
        )


def _renamed(feature: Feature, names: dict[str, str]) -> Feature:
    return replace(feature, name=names.get(feature.name, feature.name))
