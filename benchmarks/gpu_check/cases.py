"""What is measured, in which order, at which batch: the table of parts a and b.

Batches keep 8,000 to 33,000 positions in a step, which fills a card, and leave room on one of 80 GB even
where attention keeps what is S x S. One that does not fit is halved.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One measurement.

    Attributes:
        config: name of a model in `model.configs.CONFIGS`.
        length, predictions: positions of an example, masked ones among them.
        batch: examples of a step.
        dropout: both rates.
        attention: "fused" is the backend's, where it has one and nothing is dropped; "own" is ours.
        size: other fields of the model's configuration, for tests.
    """

    config: str
    length: int
    predictions: int
    batch: int
    dropout: float = 0.0
    attention: str = "fused"
    size: tuple[tuple[str, Any], ...] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """Fields that replace those of the configuration."""
        rates = dict.fromkeys(("hidden_dropout_prob", "attention_probs_dropout_prob"), self.dropout)
        return {**rates, **dict(self.size)}

    def smaller(self) -> Case:
        """The same at half of the batch."""
        return dataclasses.replace(self, batch=self.batch // 2)


# Tokens a step / 512, of an 80 GB card.
DEFAULT_BATCHES = {
    "albert-base": 64,
    "albert-large": 32,
    "albert-xlarge": 16,
    "albert-xxlarge": 16,
    "bert-base": 64,
    "bert-large": 32,
}


def case_of(config: str, length: int, batch: int = 0, **more: Any) -> Case:
    """The case of a model at 512 or 128 pieces, as many of them masked as pretraining masks.

    Args:
        batch: 0: the usual one.
        **more: other fields.
    """
    predictions = {512: 77, 128: 20}[length]
    usual = DEFAULT_BATCHES[config] * 512 // length
    return Case(config, length, predictions, batch or usual, **more)


_ORDER = (
    "albert-base",
    "albert-large",
    "bert-large",
    "albert-xxlarge",
    "albert-xlarge",
    "bert-base",
)
STEPS = (
    *(case_of(config, 512) for config in _ORDER),
    case_of("albert-base", 128),
    case_of("albert-base", 512, dropout=0.1),
    case_of("albert-large", 128),
    case_of("bert-large", 128),
    case_of("albert-xxlarge", 128),
    case_of("albert-xlarge", 128),
    case_of("bert-base", 128),
    case_of("albert-base", 128, dropout=0.1),
    case_of("albert-base", 512, attention="own"),
)
AGAINST_TORCH = (
    case_of("albert-base", 512),
    case_of("albert-base", 128),
    case_of("albert-large", 512),
)
LARGEST = (case_of("albert-base", 512), case_of("albert-large", 512))

SMALL = (("hidden_size", 32), ("num_hidden_layers", 2), ("num_attention_heads", 2),
          ("intermediate_size", 64), ("vocab_size", 500), ("max_position_embeddings", 32))  # fmt: skip
TINY = (
    Case("albert-base", 32, 5, 4, size=(*SMALL, ("embedding_size", 16))),
    Case("bert-base", 32, 5, 4, 0.1, "own", (*SMALL, ("embedding_size", 32))),
)


def make_batch(vocab_size: int, case: Case, seed: int = 0) -> dict[str, np.ndarray]:
    """A batch of whole examples, drawn at random, named and shaped as in the shards."""
    rng = np.random.default_rng(seed)
    shape, masked = (case.batch, case.length), (case.batch, case.predictions)
    segments = (np.arange(case.length) >= case.length // 2).astype(np.int32)
    places = rng.random(shape).argsort(axis=1)[:, : case.predictions]
    return {
        "input_ids": rng.integers(5, vocab_size, shape, np.int32),
        "input_mask": np.ones(shape, np.int32),
        "segment_ids": np.tile(segments, (case.batch, 1)),
        "masked_lm_positions": np.sort(places, axis=1).astype(np.int32),
        "masked_lm_ids": rng.integers(5, vocab_size, masked, np.int32),
        "masked_lm_weights": np.ones(masked, np.float32),
        "next_sentence_labels": rng.integers(0, 2, (case.batch, 1), np.int32),
    }
