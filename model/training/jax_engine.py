"""A run on JAX: one compiled step over a mesh of all devices, fed by the project's own readers.

Every process of a run on several hosts runs this program; the first one writes and talks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils

from albert_data.read.shard_reader import Shards
from albert_data.read.shard_reader import open_shards as open_reader

from ..configs import AlbertConfig
from ..convert.reference import load_reference_weights
from ..network.heads import SUMS, pretraining_sums
from ..settings import TrainSettings
from ..shards import ShardSet
from .engine import Devices, Engine, Say
from .jax_checkpoints import JaxCheckpoints
from .jax_data import OnDevices, training_batches
from .jax_devices import choose_devices, join_hosts, usual_precision
from .jax_step import Layout, make_run_step, no_totals, state_of
from .pure_step import State, make_pure_step, model_and_optimizer


def open_engine(devices: Devices, say: Say) -> Engine:
    """The engine on the devices asked for; see ``engine``.

    Raises:
        SettingError: there are none such.
    """
    join_hosts()
    return JaxEngine(choose_devices(devices, say), say)


class JaxEngine:
    """An engine on JAX's devices.

    Args:
        devices: of all hosts.
        say: Say. For what a setting of the other engine does here.
    """

    name = "jax"

    def __init__(self, devices: list[jax.Device], say: Say = lambda line: None) -> None:
        self._devices, self._say = devices, say
        self.replicas, self.hosts = len(devices), jax.process_count()
        self.leads = jax.process_index() == 0
        self.has_accelerator = devices[0].platform != "cpu"
        self.usual_precision = usual_precision(devices[0])
        self._state: State | None = None
        self.examples = 0

    def build(self, config: AlbertConfig, settings: TrainSettings, folder: str) -> None:
        self._settings = settings
        if settings.xla and self.leads:
            self._say("xla=true says nothing here: JAX compiles all with XLA")
        self._layout = Layout(self._devices, settings.shard_state)
        self.model, self._optimizer = model_and_optimizer(config, settings)
        self._checkpoints = JaxCheckpoints(
            folder,
            [variable.path for variable in self.model.trainable_variables],
            settings.keep_checkpoints,
            settings.keep_every,
        )

    def restore(self) -> bool:
        found = self._checkpoints.read(state_of(self.model, self._optimizer))
        if found is None:
            return False
        state, self.examples = found
        self._state = self._layout.put(state)
        return True

    def take_weights(self, arrays: Mapping[str, Any]) -> None:
        load_reference_weights(self.model, arrays, heads_optional=True)

    @property
    def state(self) -> State:
        """Weights and slots on the devices; at first what the model and the optimizer begin with."""
        if self._state is None:
            self._state = self._layout.put(state_of(self.model, self._optimizer))
        return self._state

    def begin(self, shards: ShardSet, held_out: ShardSet | None) -> None:
        settings = self._settings
        _, micro_batches = settings.shares(self.replicas)
        step = make_pure_step(
            self.model,
            self._optimizer,
            seed=settings.seed,
            clip_norm=settings.clip_norm,
            objective=shards.objective,
        )
        self._run_step = make_run_step(step, self._layout, self.state)
        reader = open_reader(shards.folder)
        self._batches = OnDevices(
            training_batches(
                reader, settings.batch_size, micro_batches, settings.seed, self.examples
            ),
            self._layout.of_micro_batches(),
        )
        self._sample = self._first_examples(reader)
        self._sums_of = self._make_sums()
        if held_out:
            self._held_out = open_reader(held_out.folder)

    def _first_examples(self, reader: Shards) -> dict[str, jax.Array]:
        """An example for each device, the first of the data, for ``finite``."""
        batch = next(reader.batches(self.replicas, host=jax.process_index(), hosts=self.hosts))
        return self._sent(batch)

    def _sent(self, batch: Mapping[str, np.ndarray]) -> dict[str, jax.Array]:
        sharding = self._layout.of_examples()
        return {
            name: jax.make_array_from_process_local_data(sharding, value)
            for name, value in batch.items()
        }

    def _make_sums(self) -> Callable[[State, Mapping[str, Any]], dict[str, jax.Array]]:
        whole = self._layout.everywhere()

        def sums_of(state: State, features: Mapping[str, Any]) -> dict[str, Any]:
            outputs, _ = self.model.stateless_call(list(state.weights), [], features)
            floats = jax.tree.leaves(state[:4])
            finite = jnp.stack([jnp.isfinite(array).all() for array in floats]).all()
            return {**pretraining_sums(outputs, features), "finite": finite}

        return jax.jit(sums_of, out_shardings=whole)

    @property
    def step(self) -> int:
        return int(self.state.step)

    @property
    def latest(self) -> str | None:
        return self._checkpoints.latest

    def run(self, steps: int) -> dict[str, float]:
        state, totals = self.state, no_totals(self._layout)
        for _ in range(steps):
            state, totals = self._run_step(state, totals, next(self._batches))
        found = {name: float(value) for name, value in totals.items()}  # waits for the devices
        self._state = state
        self.examples += steps * self._settings.batch_size
        return found

    def learning_rate(self) -> float:
        return float(self._optimizer.rate(self.step - 1))

    def trust_ratios(self) -> list[float]:
        return [float(r) for r in self._optimizer.decayed(jax.device_get(self.state.ratios))]

    def finite(self) -> bool:
        sums = jax.device_get(self._sums_of(self.state, self._sample))
        return all(bool(np.isfinite(value)) for value in sums.values()) and bool(sums["finite"])

    def evaluate(self) -> dict[str, float]:
        size = self._settings.evaluated_at_once(self.replicas)
        batches = self._held_out.evaluation(size, host=jax.process_index(), hosts=self.hosts)
        totals = dict.fromkeys(SUMS, 0.0)
        for number, batch in enumerate(batches):
            if self._settings.eval_batches and number == self._settings.eval_batches:
                break
            sums = jax.device_get(self._sums_of(self.state, self._sent(batch)))
            totals = {name: totals[name] + float(sums[name]) for name in SUMS}
        return totals

    def save(self, kind: str) -> None:
        state = jax.tree.map(on_this_host, self.state)
        self._checkpoints.save(kind, state, self.examples, writes=self.leads)
        if self.hosts > 1:
            multihost_utils.sync_global_devices("checkpoint")

    def largest(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        if self.hosts == 1:
            return numbers
        every = multihost_utils.process_allgather(np.array(numbers, np.int32))
        return tuple(int(number) for number in np.max(every, axis=0))


def on_this_host(array: jax.Array) -> np.ndarray:
    """The whole of an array that may lie on the devices of several hosts, which all ask for it."""
    if array.is_fully_addressable:
        return np.asarray(array)
    if array.is_fully_replicated:
        return np.asarray(array.addressable_data(0))
    return np.asarray(multihost_utils.process_allgather(array, tiled=True))
