"""Texts to train on purpose on: pieces by a law of which the entropy is known.

A piece is of one of 8 topics and of 11 ranks in it, both by Zipf's law. In texts with context all pieces of
an example are of its topic, so that the others tell what is masked as far as that goes; in texts without,
each piece has a topic of its own: the best that can be reached is the entropy of the unigrams, of both laws.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from albert_data.schema import Baseline, Difficulty
from albert_data.storage.sealed import write_sealed
from tests.model.make_shards import write_shards

TOPICS, RANKS, EXAMPLES = 8, 11, 2000


def _zipf(n: int) -> np.ndarray:
    shares = 1 / np.arange(1, n + 1)
    return shares / shares.sum()


def _entropy(shares: np.ndarray) -> float:
    return float(-(shares * np.log(shares)).sum())


UNIGRAMS = _entropy(_zipf(TOPICS)) + _entropy(_zipf(RANKS))  # nats


def with_context(number: int, length: int, predictions: int, vocabulary: int) -> dict[str, Any]:
    """An example of one topic."""
    return _example(number, length, predictions, lambda rng: rng.choice(TOPICS, 1, p=_zipf(TOPICS)))


def without_context(number: int, length: int, predictions: int, vocabulary: int) -> dict[str, Any]:
    """An example with a topic for each piece."""
    return _example(
        number, length, predictions, lambda rng: rng.choice(TOPICS, length, p=_zipf(TOPICS))
    )


def nothing_to_predict(
    number: int, length: int, predictions: int, vocabulary: int
) -> dict[str, Any]:
    """An example whose predictions have no weight, as of a maker that lost them."""
    made = with_context(number, length, predictions, vocabulary)
    return {**made, "masked_lm_weights": np.zeros(predictions, np.float32)}


def _example(
    number: int, length: int, predictions: int, topics: Callable[[np.random.Generator], np.ndarray]
) -> dict[str, Any]:
    rng = np.random.default_rng(number)
    ids = 5 + RANKS * topics(rng) + rng.choice(RANKS, length, p=_zipf(RANKS))
    ids[0] = 2
    positions = np.sort(rng.permutation(np.arange(1, length))[:predictions])
    predicted = ids[positions]
    ids[positions] = 4
    ones = np.ones(length, np.int64)
    return {
        "input_ids": ids,
        "input_mask": ones,
        "segment_ids": (np.arange(length) >= length // 2).astype(np.int64),
        "token_boundary": ones,
        "masked_lm_positions": positions,
        "masked_lm_ids": predicted,
        "masked_lm_weights": np.ones(predictions, np.float32),
        "next_sentence_labels": rng.integers(0, 2, 1),
    }


def write_texts(folder: Path, make: Callable[..., dict[str, Any]], objective: str = "sop") -> str:
    """Shards of such texts, with what is reached on them without a model."""
    shards = write_shards(folder, [EXAMPLES], objective=objective, make=make)
    half = Baseline(0.5, 0.01, EXAMPLES)
    entropy, piece = Baseline(UNIGRAMS, 0.01, 3 * EXAMPLES), Baseline(0.12, 0.01, 3 * EXAMPLES)
    known = Difficulty(EXAMPLES, EXAMPLES, entropy, piece, half, half, half, 0, [])
    write_sealed(shards / "difficulty.json", known)
    return str(shards)
