"""Ten steps of a tiny model on fixed batches, by whichever backend this process has.

    python -m tests.model.training.ten_steps START OUT RECOMPUTE MICRO_BATCHES

START holds the weights by path; OUT gets the losses of each step and the weights after all.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from keras import ops

from model.albert import AlbertPretrainer
from model.lamb import Lamb, WarmupPolynomialDecay
from model.network.backend import compiled
from model.training.pure_step import State, make_pure_step
from tests.model.conftest import random_features, tiny_config

STEPS, BATCH = 10, 8


def ten_steps(start: Any, recompute: str, micro_batches: int) -> dict[str, np.ndarray]:
    """Losses [STEPS] of both tasks, gradient norms, and weights by path."""
    model = AlbertPretrainer(tiny_config(num_hidden_layers=2), recompute=recompute)
    variables = model.trainable_variables
    optimizer = Lamb(WarmupPolynomialDecay(0.01, STEPS + 1, 3))
    optimizer.build(variables)
    weights = [ops.convert_to_tensor(start[variable.path]) for variable in variables]
    ratios = [ops.ones(()) for _ in weights]
    zeros = list(map(ops.zeros_like, weights))
    state = State(weights, zeros, zeros, ratios, ops.convert_to_tensor(0, "int32"))
    step = compiled(make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective="sop"))
    sums = []
    for number in range(STEPS):
        features = {
            name: ops.convert_to_tensor(value.reshape(micro_batches, -1, *value.shape[1:]))
            for name, value in random_features(BATCH, seed=number).items()
        }
        state, found = step(state, features)
        sums.append({name: float(value) for name, value in found.items()})
    by_path = {v.path: np.asarray(w) for v, w in zip(variables, state.weights, strict=True)}
    kept = ("mlm_loss", "sentence_loss", "gradient_norm")
    return {**{name: np.array([one[name] for one in sums]) for name in kept}, **by_path}


def drawn() -> dict[str, np.ndarray]:
    """Weights to begin with, by path."""
    model = AlbertPretrainer(tiny_config(num_hidden_layers=2), seed=1)
    return {variable.path: np.asarray(variable) for variable in model.trainable_variables}


if __name__ == "__main__":
    with np.load(sys.argv[1]) as file:
        np.savez(sys.argv[2], **ten_steps(file, sys.argv[3], int(sys.argv[4])))
