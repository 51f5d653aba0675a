"""The step on TensorFlow's strategies: variables are read, ``pure_step`` runs, variables are assigned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from ..moments import MomentsOptimizer
from ..network.heads import SUMS
from .objective import Objective
from .pure_step import State, Sums, make_pure_step


def make_replica_step(
    model: Any,
    optimizer: MomentsOptimizer,
    *,
    micro_batches: int,
    seed: int,
    clip_norm: float,
    objective: Objective | str,
    xla: bool = False,
) -> Callable[[dict[str, tf.Tensor]], Sums]:
    """Returns the function that a strategy runs on every replica for one step.

    Args:
        model, optimizer: made under the strategy's scope; the optimizer is built.
        micro_batches: int. Parts in which a replica's share goes through the model.
        seed, clip_norm, objective: see ``make_pure_step``.
        xla: bool. Compile the forward and backward pass (not for a TPU, where all is compiled).

    Returns: function from a dict of features [share, …] to float32 scalars, see ``make_pure_step``.
    """
    step = make_pure_step(
        model,
        optimizer,
        seed=seed,
        clip_norm=clip_norm,
        objective=objective,
        add_up=_over_replicas,
        compiled=tf.function(jit_compile=True) if xla else lambda function: function,
    )
    variables = State(
        model.trainable_variables,
        optimizer.m,
        optimizer.v,
        optimizer.trust_ratios,
        optimizer.iterations,
    )

    def replica_step(features: dict[str, tf.Tensor]) -> Sums:
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        share = features["input_ids"].shape[0]
        parts = {
            name: tf.reshape(value, [micro_batches, share // micro_batches, *value.shape[1:]])
            for name, value in features.items()
        }
        state = State(*tf.nest.map_structure(tf.convert_to_tensor, tuple(variables)))
        new, sums = step(state, parts, replica)
        pairs = zip(*map(tf.nest.flatten, (variables, state, new)), strict=True)
        changed = [(variable, value) for variable, old, value in pairs if value is not old]
        tf.__internal__.distribute.interim.maybe_merge_call(
            _assign, tf.distribute.get_strategy(), changed
        )
        return sums

    return replica_step


def _over_replicas(values: list[tf.Tensor]) -> list[tf.Tensor]:
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, values)


def _assign(strategy: tf.distribute.Strategy, pairs: list[tuple[Any, Any]]) -> None:
    for variable, value in pairs:
        strategy.extended.update(
            variable.value, lambda owner, new: owner.assign(new), args=(value,), group=False
        )


def make_run_steps(
    strategy: tf.distribute.Strategy,
    replica_step: Callable[[dict[str, tf.Tensor]], Sums],
    names: tuple[str, ...] = SUMS,
) -> Callable[[Iterator[Any], int], Sums]:
    """Returns a function that takes several steps, without a look at what they give.

    Args:
        names: of the sums that a step returns.

    Returns: function (iterator of values of the replicas, count) to float32 scalars: the sums over the
        steps, and ``gradient_norm``, the largest of the steps (not a number if one of them is not).
    """

    @tf.function(autograph=False)  # nothing in it is Python's `if` or `while` of a tensor
    def run_step(totals: Sums, features: Any) -> Sums:
        results = strategy.run(replica_step, args=(features,))
        found = {n: strategy.experimental_local_results(v)[0] for n, v in results.items()}
        norm = tf.maximum(totals["gradient_norm"], found["gradient_norm"])
        added = {name: totals[name] + found[name] for name in totals}
        return {**added, "gradient_norm": norm}

    def run_steps(batches: Iterator[Any], count: int) -> Sums:
        totals = {name: tf.constant(0.0) for name in (*names, "gradient_norm")}
        for _ in range(count):
            totals = run_step(totals, next(batches))
        return totals

    return run_steps
