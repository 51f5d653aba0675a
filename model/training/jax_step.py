"""The step on JAX: one compiled program over a mesh of all devices, with the state in place.

In: a model and an optimizer. Out: arrays on devices, and a function that moves them by one step. Batches
are split over the mesh by their examples; the compiler adds the sums over devices. Dropout is drawn for
the global batch, so that a run is the same on any number of devices, to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from ..albert import AlbertPretrainer
from ..moments import MomentsOptimizer
from ..network.heads import SUMS
from .pure_step import State, Sums

DATA = "data"
TOTALS = (*SUMS, "gradient_norm")


class Layout:
    """What lies where.

    Args:
        devices: of all hosts; None: all there are.
        shard_state: bool. Each device keeps a part of weights and slots, by their longest axis that can be
            divided, instead of all of them.

    Attributes:
        mesh: Mesh of one axis, the data's.
    """

    def __init__(self, devices: Any = None, shard_state: bool = False) -> None:
        self.mesh = Mesh(np.array(jax.devices() if devices is None else devices), (DATA,))
        self._shard_state = shard_state

    def of_micro_batches(self) -> NamedSharding:
        """Of arrays [micro-batches, examples, …]: the examples are divided."""
        return NamedSharding(self.mesh, PartitionSpec(None, DATA))

    def of_examples(self) -> NamedSharding:
        """Of arrays [examples, …]."""
        return NamedSharding(self.mesh, PartitionSpec(DATA))

    def everywhere(self) -> NamedSharding:
        """Of what every device holds whole."""
        return NamedSharding(self.mesh, PartitionSpec())

    def of_state(self, state: State) -> State:
        """Shardings of a state, given arrays or their shapes."""
        return jax.tree.map(self._of_array, state)

    def put(self, state: State) -> State:
        """A state laid out over the devices; arrays of this host, the same on every host."""
        return jax.tree.map(self._put, state, self.of_state(state))

    @staticmethod
    def _put(array: Any, sharding: NamedSharding) -> jax.Array:
        whole = np.array(array)  # a copy: what is given to the step is used up
        return jax.make_array_from_callback(whole.shape, sharding, lambda part: whole[part])

    def _of_array(self, array: Any) -> NamedSharding:
        count = self.mesh.size
        axes = [at for at, size in enumerate(array.shape) if size % count == 0]
        if not self._shard_state or not axes:
            return self.everywhere()
        longest = max(axes, key=lambda at: array.shape[at])
        return NamedSharding(self.mesh, PartitionSpec(*[None] * longest, DATA))


def state_of(model: AlbertPretrainer, optimizer: MomentsOptimizer) -> State:
    """What the model and the optimizer hold."""
    return State(
        [variable.value for variable in model.trainable_variables],
        [variable.value for variable in optimizer.m],
        [variable.value for variable in optimizer.v],
        [variable.value for variable in optimizer.trust_ratios],
        jnp.asarray(optimizer.iterations.value, jnp.int32),
    )


def no_totals(layout: Layout) -> Sums:
    """Sums of no step."""
    return jax.device_put(
        {name: jnp.zeros((), jnp.float32) for name in TOTALS}, layout.everywhere()
    )


def make_run_step(
    step: Callable[[State, Mapping[str, Any]], tuple[State, Sums]], layout: Layout, state: State
) -> Callable[[State, Sums, Mapping[str, Any]], tuple[State, Sums]]:
    """Returns a compiled function (state, totals, features) to (state, totals); it returns at once.

    Args:
        step: from ``make_pure_step``.
        layout: Layout.
        state: State of arrays or of their shapes.

    The arrays of ``state`` and ``totals`` that are given to it are used up. ``features`` are
    [micro-batches, examples, …]; totals are the sums over steps, and ``gradient_norm``, the largest (not
    a number if one of them is not).
    """

    def run_step(state: State, totals: Sums, features: Mapping[str, Any]) -> tuple[State, Sums]:
        state, sums = step(state, features)
        added = {name: totals[name] + sums[name] for name in SUMS}
        norm = jnp.maximum(totals["gradient_norm"], sums["gradient_norm"])
        return state, {**added, "gradient_norm": norm}

    shardings, whole = layout.of_state(state), layout.everywhere()
    return jax.jit(
        run_step,
        in_shardings=(shardings, whole, layout.of_micro_batches()),
        out_shardings=(shardings, whole),
        donate_argnums=(0, 1),
    )
