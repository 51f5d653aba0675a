"""The compiled functions of part c, and batches that are on the device before they are asked for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.gpu_check.records import Features, Records
from model.albert import AlbertPretrainer
from model.configs import AlbertConfig
from model.lamb import Lamb
from model.network import attention
from model.network.heads import SUMS, pretraining_means, pretraining_sums
from model.training.jax_step import state_of
from model.training.pure_step import State, make_pure_step

WARM_UP = 0.08  # of the steps
AHEAD = 8  # batches that wait on the device


def fused_attention_serves() -> bool:
    """Whether the backend's attention, where it says that it has one, can be compiled with its gradient.

    If not, ours takes its place from now on.
    """
    heads = jnp.ones((2, 16, 2, 64), jnp.bfloat16)
    lengths = jnp.full(2, 16, jnp.int32)

    def total(heads: jax.Array) -> jax.Array:
        return attention.fused_attention(heads, heads, heads, lengths).astype(jnp.float32).sum()

    if attention.has_fused_attention(heads.dtype, heads.shape[-1]):
        try:
            jax.block_until_ready(jax.jit(jax.grad(total))(heads))
        except Exception:  # noqa: BLE001  what a library cannot do here, it says in many ways
            attention.has_fused_attention = lambda *_: False
    return bool(attention.has_fused_attention(heads.dtype, heads.shape[-1]))


class PlannedRate:
    """Linear warm-up and decay whose number of steps is an argument of the compiled step.

    Attributes:
        total: number of steps, a traced scalar while the step is compiled.
    """

    total: Any = 1.0

    def __init__(self, peak: float) -> None:
        self._peak = peak

    def __call__(self, step: Any) -> Any:
        number = jnp.float32(step) + 1.0
        decayed = 1.0 - jnp.minimum(number, self.total) / self.total
        return self._peak * jnp.minimum(number / (WARM_UP * self.total), decayed)


def ahead(batches: Iterator[Features]) -> Iterator[dict[str, jax.Array]]:
    """Batches on the device, [1, examples, …], made and sent by a thread while the step before runs."""
    waiting: queue.Queue[dict[str, jax.Array]] = queue.Queue(AHEAD)

    def fill() -> None:
        for batch in batches:
            waiting.put(jax.device_put({name: value[None] for name, value in batch.items()}))

    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield waiting.get()


class Trainer:
    """The compiled functions of one objective.

    Args:
        objective: str. "none" has no sentence loss; "sop" and "nsp" are one function.
        config: AlbertConfig.
        rate: float. Peak of the learning rate.
    """

    def __init__(self, objective: str, config: AlbertConfig, rate: float) -> None:
        model = AlbertPretrainer(config, dtype="mixed_bfloat16")
        planned = PlannedRate(rate)
        optimizer = Lamb(planned)
        optimizer.build(model.trainable_variables)
        self._begin = state_of(model, optimizer)
        step = make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective=objective)

        def run(state: State, totals: Any, total_steps: Any, features: Any) -> Any:
            planned.total = total_steps
            state, sums = step(state, features)
            return state, {name: totals[name] + sums[name] for name in SUMS}

        def score(weights: Any, batches: Any) -> Any:
            def one(totals: Any, features: Any) -> Any:
                outputs, _ = model.stateless_call(weights, [], features, dropout_key=None)
                sums = pretraining_sums(outputs, features)
                return {name: totals[name] + sums[name] for name in SUMS}, None

            return jax.lax.scan(one, self.nothing(), batches)[0]

        self.run, self.score = jax.jit(run, donate_argnums=(0, 1)), jax.jit(score)

    def begin(self) -> State:
        """A copy of the state before the first step."""
        return jax.tree.map(jnp.copy, self._begin)

    @staticmethod
    def nothing() -> dict[str, jax.Array]:
        """Sums of no batch."""
        return {name: jnp.zeros((), jnp.float32) for name in SUMS}


def held_out_batches(records: Records, size: int, at_most: int | None = None) -> Features:
    """Examples with the masks of epoch 0, [batches, size, …]; the last are filled up, weight 0."""
    number = len(records) if at_most is None else min(at_most, len(records))
    count = -(-number // size) * size
    rows = np.minimum(np.arange(count), number - 1)
    features = records.masked(rows, 0)
    features["example_weights"] = (np.arange(count) < number).astype(np.float32)
    return {name: value.reshape(-1, size, *value.shape[1:]) for name, value in features.items()}


def means_of(totals: Any, prefix: str = "") -> dict[str, float]:
    """Losses and accuracies, of sums on the device."""
    means = pretraining_means(jax.device_get(totals))
    return {f"{prefix}{name}": float(value) for name, value in means.items()}
