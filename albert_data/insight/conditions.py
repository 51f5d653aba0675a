"""What `inspect --where` can ask for. Imports nothing: the command's help names the conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from albert_data.insight.shard_set import ShardSet
    from albert_data.records.parse import Examples


def _unknown(examples: Examples, shards: ShardSet) -> np.ndarray:
    unk = shards.vocabulary.unk
    used = examples.masked_lm_weights > 0
    labels = (examples.masked_lm_ids == unk) & used
    has_one: np.ndarray = (examples.input_ids == unk).any(axis=1) | labels.any(axis=1)
    return has_one


# Name of `--where` → (meaning, which records of a batch).
CONDITIONS: dict[str, tuple[str, Callable[[Examples, ShardSet], np.ndarray]]] = {
    "swapped": ("label 1", lambda e, _: e.next_sentence_labels == 1),
    "in-order": ("label 0", lambda e, _: e.next_sentence_labels == 0),
    "full": ("as long as can be", lambda e, s: e.input_mask.sum(axis=1) == s.max_length),
    "short": ("below half of that", lambda e, s: e.input_mask.sum(axis=1) < s.max_length / 2),
    "unk": ("an unknown piece", _unknown),
}
