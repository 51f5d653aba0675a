"""Fixtures of the model's tests: the recorded reference run and tiny models.

Keras is on TensorFlow where that is installed, else on JAX (`model/__init__.py`).
"""
# ruff: noqa: E402

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# What JAX compiles is kept for the session: tests run the same small programs again and again.
_COMPILED = tempfile.TemporaryDirectory(prefix="albert-tests-compiled-")
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", _COMPILED.name)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

import numpy as np
import pytest

from model.configs import AlbertConfig
from tests.checked_shapes import check_shapes_of_model

check_shapes_of_model()  # before the tests import what it looks at

from model.convert.reference_shapes import reference_shapes
from model.convert.weights import Weights, with_vocabulary
from model.network.backend import ON_JAX

# Modules that import an engine's library: not looked into where Keras is on the other one.
OF_TENSORFLOW = (
    "test_engines", "test_event_files", "test_export", "test_failures", "test_files",
    "test_strategies", "test_tensorflow_data", "test_tf1_checkpoint", "test_tpu_by_name",
)  # fmt: skip
OF_JAX = ("test_jax",)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
_left_out: list[str] = []
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


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leaves out the modules of the other engine; `pytest_terminal_summary` says which."""
    others = OF_TENSORFLOW if ON_JAX else OF_JAX
    if collection_path.suffix == ".py" and collection_path.stem.startswith(others):
        _left_out.append(collection_path.stem)
        return True
    return None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _left_out:
        terminalreporter.write_line(
            f"of the other engine, not run: {', '.join(sorted(set(_left_out)))}"
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


@pytest.fixture(scope="session", autouse=True)
def without_determinism() -> Iterator[None]:
    """TensorFlow's determinism, of a trainer run in this process, would be that of every test after it."""
    with pytest.MonkeyPatch.context() as patch:
        if not ON_JAX:
            import tensorflow as tf

            patch.setattr(tf.config.experimental, "enable_op_determinism", lambda: None)
        yield


@pytest.fixture(scope="session")
def weights(vocabulary_file: Path) -> Weights:
    """A tiny model with the vocabulary of the test run, every weight away from its initial value."""
    config = tiny_config(vocab_size=2000)
    rng = np.random.default_rng(0)
    arrays = {
        name: rng.normal(0, 0.3, shape).astype(np.float32)
        for name, shape in reference_shapes(config).items()
    }
    bare = Weights("made by a test", "run", config, arrays, vocabulary_size=2000)
    return with_vocabulary(bare, vocabulary_file.read_bytes(), str(vocabulary_file))


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
