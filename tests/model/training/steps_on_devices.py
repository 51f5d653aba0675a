"""Four steps of a tiny model with dropout on JAX, over so many devices of each process.

    python -m tests.model.training.steps_on_devices OUT DEVICES SHARD_STATE

The first process writes sums of the steps and weights; how many processes there are, the JAX_* variables say.
"""

from __future__ import annotations

import sys

import jax
import numpy as np

from model.albert import AlbertPretrainer
from model.lamb import Lamb
from model.training.engine import Devices
from model.training.jax_devices import choose_devices, join_hosts
from model.training.jax_engine import on_this_host
from model.training.jax_step import Layout, make_run_step, no_totals, state_of
from model.training.pure_step import make_pure_step
from tests.model.conftest import random_features, tiny_config

BATCH, MICRO_BATCHES = 16, 2


def run(out: str, devices: int, shard_state: bool) -> None:
    join_hosts()
    found = choose_devices(Devices("cpu", devices=devices), print)
    layout = Layout(found, shard_state)
    config = tiny_config(
        num_hidden_layers=2, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1
    )
    model, optimizer = AlbertPretrainer(config, seed=1), Lamb(0.01)
    optimizer.build(model.trainable_variables)
    paths = [variable.path for variable in model.trainable_variables]
    step = make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective="sop")
    state = layout.put(state_of(model, optimizer))
    run_step, totals = make_run_step(step, layout, state), no_totals(layout)
    for number in range(4):
        parts = {
            name: value.reshape(MICRO_BATCHES, -1, *value.shape[1:])
            for name, value in random_features(BATCH, seed=number).items()
        }
        sharding = layout.of_micro_batches()
        features = {
            name: jax.make_array_from_callback(value.shape, sharding, lambda at, v=value: v[at])
            for name, value in parts.items()
        }
        state, totals = run_step(state, totals, features)
    divided = {len(w.sharding.device_set) for w in state.weights if not w.is_fully_replicated}
    assert bool(divided) == (shard_state and len(found) > 1)
    weights = [on_this_host(array) for array in state.weights]
    sums = {name: float(value) for name, value in totals.items()}
    if jax.process_index() == 0:
        np.savez(out, **dict(zip(paths, weights, strict=True)), **sums)


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "True")
