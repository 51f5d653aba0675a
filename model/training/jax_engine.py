"""A run on JAX: one compiled step over a mesh of all devices, fed by the project's own readers.

Every process of a run on several hosts runs this program; the first one writes and talks.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils

from ..settings import TrainSettings
from .engine import Devices, Engine, Say
from .jax_checkpoints import JaxCheckpoints
from .jax_data import OnDevices, in_micro_batches
from .jax_devices import choose_devices, join_hosts, usual_precision
from .jax_step import Layout, make_run_step, no_totals, state_of
from .job import Arrays, Job
from .pure_step import State, make_pure_step


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
        self._place = jax.process_index(), jax.process_count()
        self.has_accelerator = devices[0].platform != "cpu"
        self.usual_precision = usual_precision(devices[0])
        self._state: State | None = None
        self.examples = 0

    def build(self, job: Job, settings: TrainSettings, folder: str) -> None:
        self._job, self._settings = job, settings
        self._forget()
        if settings.xla and self.leads:
            self._say("xla=true says nothing here: JAX compiles all with XLA")
        self._layout = Layout(self._devices, settings.shard_state)
        self.model, self._optimizer = job.model_and_optimizer(settings)
        self._checkpoints = JaxCheckpoints(
            folder,
            [variable.path for variable in self.model.trainable_variables],
            settings.keep_checkpoints,
            settings.keep_every,
        )

    def _forget(self) -> None:
        """Leaves the state that was built before, if there is one: it need not fit beside the new one."""
        if batches := self.__dict__.pop("_batches", None):
            batches.close()
        for name in ("model", "_optimizer", "_run_step", "_sample", "_sums_of", "_outputs_of"):
            self.__dict__.pop(name, None)
        self._state, self.examples = None, 0

    def restore(self, checkpoint: str | None = None) -> bool:
        found = self._checkpoints.read(state_of(self.model, self._optimizer), checkpoint)
        if found is None:
            return False
        state, self.examples = found
        self._state = self._layout.put(state)
        return True

    def take_weights(self, arrays: Mapping[str, Any]) -> None:
        self._job.load(self.model, arrays)

    @property
    def state(self) -> State:
        """Weights and slots on the devices; at first what the model and the optimizer begin with."""
        if self._state is None:
            self._state = self._layout.put(state_of(self.model, self._optimizer))
        return self._state

    def begin(self) -> None:
        job, settings = self._job, self._settings
        _, micro_batches = settings.shares(self.replicas)
        step = make_pure_step(
            self.model,
            self._optimizer,
            seed=settings.seed,
            clip_norm=settings.clip_norm,
            objective=job.objective,
        )
        self._run_step = make_run_step(step, self._layout, self.state)
        self._batches = OnDevices(
            in_micro_batches(
                job.batches(settings.batch_size, settings.seed, self.examples, *self._place),
                micro_batches,
            ),
            self._layout.of_micro_batches(),
        )
        self._sample = self._first_examples()
        self._sums_of = self._make_sums()

    def _first_examples(self) -> dict[str, jax.Array]:
        """An example for each device, for ``finite``."""
        return self._sent(next(self._job.batches(self.replicas, 0, 0, *self._place)))

    def _sent(self, batch: Mapping[str, np.ndarray]) -> dict[str, jax.Array]:
        sharding = self._layout.of_examples()
        return {
            name: jax.make_array_from_process_local_data(sharding, value)
            for name, value in batch.items()
        }

    def _make_sums(self) -> Callable[[State, Mapping[str, Any]], dict[str, jax.Array]]:
        whole, objective = self._layout.everywhere(), self._job.objective

        def sums_of(state: State, features: Mapping[str, Any]) -> dict[str, Any]:
            outputs, _ = self.model.stateless_call(list(state.weights), [], features)
            floats = jax.tree.leaves(state[:4])
            finite = jnp.stack([jnp.isfinite(array).all() for array in floats]).all()
            return {**objective.sums_of(outputs, features), "finite": finite}

        return jax.jit(sums_of, out_shardings=whole)

    @property
    def step(self) -> int:
        return int(self.state.step)

    @property
    def latest(self) -> str | None:
        return self._checkpoints.latest

    def run(self, steps: int) -> dict[str, float]:
        state, totals = self.state, no_totals(self._layout, self._job.objective.sums)
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

    def device_memory_gib(self) -> float | None:
        here, _ = self._place
        said = [d.memory_stats() or {} for d in self._devices if d.process_index == here]
        peaks = [stats["peak_bytes_in_use"] for stats in said if "peak_bytes_in_use" in stats]
        return max(peaks) / 2**30 if peaks else None

    def finite(self) -> bool:
        sums = jax.device_get(self._sums_of(self.state, self._sample))
        return all(bool(np.isfinite(value)) for value in sums.values()) and bool(sums["finite"])

    def evaluate(self) -> dict[str, float]:
        size = self._settings.evaluated_at_once(self.replicas)
        batches = self._job.held_out_batches(size, *self._place)
        totals = dict.fromkeys(self._job.objective.sums, 0.0)
        for number, batch in enumerate(batches):
            if self._settings.eval_batches and number == self._settings.eval_batches:
                break
            sums = jax.device_get(self._sums_of(self.state, self._sent(batch)))
            totals = {name: totals[name] + float(sums[name]) for name in totals}
        return totals

    @functools.cached_property
    def _outputs_of(self) -> Callable[[list[Any], Mapping[str, Any]], Any]:
        def outputs_of(weights: list[Any], features: Mapping[str, Any]) -> Any:
            return self.model.stateless_call(weights, [], features)[0]

        return jax.jit(outputs_of, out_shardings=self._layout.everywhere())

    def outputs(self, batches: Iterable[Arrays]) -> Iterator[Arrays]:
        for batch in batches:
            found = self._outputs_of(list(self.state.weights), self._sent(batch))
            yield {name: np.asarray(value) for name, value in found.items()}

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
