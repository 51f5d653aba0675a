"""Fixtures of the model's tests: the recorded reference run and tiny models."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pytest

from model.configs import AlbertConfig
from tests.checked_shapes import check_shapes_of_model

check_shapes_of_model()  # before the tests import what it looks at

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
TINY = dict(
    vocab_size=97,
    embedding_size=16,
    hidden_size=32,
    num_hidden_layers=4,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=24,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)


def tiny_config(**overrides: Any) -> AlbertConfig:
    """The shape of the recorded reference run, with some fields replaced."""
    return AlbertConfig(**{**TINY, **overrides})


def random_features(batch: int, length: int = 13, predictions: int = 5, seed: int = 0) -> Any:
    """A batch of features as the shards hold them, with padding and unused predictions."""
    rng = np.random.default_rng(seed)
    used = rng.integers(length // 2, length + 1, batch)
    mask = (np.arange(length) < used[:, None]).astype(np.int32)
    masked = rng.integers(1, predictions + 1, batch)
    positions = np.stack([rng.permutation(length // 2)[:predictions] for _ in range(batch)])
    return {
        "input_ids": rng.integers(0, TINY["vocab_size"], (batch, length)).astype(np.int32) * mask,
        "input_mask": mask,
        "segment_ids": (np.arange(length) > 5).astype(np.int32) * mask,
        "masked_lm_positions": positions.astype(np.int32),
        "masked_lm_ids": rng.integers(0, TINY["vocab_size"], positions.shape).astype(np.int32),
        "masked_lm_weights": (np.arange(predictions) < masked[:, None]).astype(np.float32),
        "next_sentence_labels": rng.integers(0, 2, (batch, 1)).astype(np.int32),
    }


@pytest.fixture(scope="session")
def golden() -> dict[str, np.ndarray]:
    """Arrays of the recorded reference run; skips where the shared data is not there."""
    path = SHARED / "golden" / "model_tiny_shared.npz"
    if not path.exists():
        pytest.skip("shared data not found: ../shared/data/golden/model_tiny_shared.npz")
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="session")
def golden_features(golden: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Inputs of the recorded reference run under the shards' feature names."""
    names = {
        "input_ids": "ids",
        "input_mask": "mask",
        "segment_ids": "seg",
        "masked_lm_positions": "pos",
        "masked_lm_ids": "lid",
        "next_sentence_labels": "sop",
    }
    features = {name: golden[f"in/{short}"].astype(np.int32) for name, short in names.items()}
    return {**features, "masked_lm_weights": golden["in/lw"]}
