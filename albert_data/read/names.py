"""Names of a batch's features: as in the shards, or as Hugging Face's models take them.

`huggingface` is what `AlbertForPreTraining` and `BertForPreTraining` take as keyword arguments, all int64 as
its tokenizers give them: [R, S] `input_ids`, `attention_mask`, `token_type_ids`, and `labels`, which are -100
where nothing is predicted; [R] `sentence_order_label`, 1 where the segments are swapped. A BERT model calls
the last one `next_sentence_label`, which means the same there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from albert_data.read.record_set import Arrays

Names: TypeAlias = Literal["shards", "huggingface"]
_IGNORED = -100  # by torch's cross entropy


def _hugging_face(batch: Arrays) -> Arrays:
    labels = np.full(batch["input_ids"].shape, _IGNORED, np.int64)
    row, prediction = np.nonzero(batch["masked_lm_weights"])
    position = batch["masked_lm_positions"][row, prediction]
    labels[row, position] = batch["masked_lm_ids"][row, prediction]
    return {
        "input_ids": batch["input_ids"].astype(np.int64),
        "attention_mask": batch["input_mask"].astype(np.int64),
        "token_type_ids": batch["segment_ids"].astype(np.int64),
        "labels": labels,
        "sentence_order_label": batch["next_sentence_labels"][:, 0].astype(np.int64),
    }


def _as_they_are(batch: Arrays) -> Arrays:
    return batch


NAMES: dict[str, Callable[[Arrays], Arrays]] = {
    "shards": _as_they_are,
    "huggingface": _hugging_face,
}
