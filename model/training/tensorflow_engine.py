"""A run on TensorFlow: a ``tf.distribute`` strategy, ``tf.train.Checkpoint``."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import tensorflow as tf

from ..configs import need
from ..settings import TrainSettings
from ..tensorflow_checkpoints import Checkpoints
from .engine import Devices, Engine, Say
from .evaluation import make_evaluation, make_outputs
from .health import make_health_check
from .job import Arrays, Job
from .step import make_replica_step, make_run_steps
from .strategies import choose, make_strategy, usual_precision
from .tensorflow_data import training_batches


def open_engine(devices: Devices, say: Say) -> Engine:
    """The engine on the devices asked for; see ``engine``.

    Raises:
        SettingError: there are none such.
    """
    kind = choose(devices.strategy, devices.tpu, say)
    precision = usual_precision(kind)
    if kind == "cpu":
        tf.config.experimental.enable_op_determinism()
    return TensorFlowEngine(make_strategy(kind, devices.tpu, devices.devices), precision)


class TensorFlowEngine:
    """An engine on a strategy, whose scope all variables are made under.

    Args:
        strategy: where to compute.
        usual_precision: str.
    """

    name = "tensorflow"
    leads, hosts = True, 1

    def __init__(self, strategy: tf.distribute.Strategy, usual_precision: str = "float32") -> None:
        self.strategy, self.usual_precision = strategy, usual_precision
        self.replicas = int(strategy.num_replicas_in_sync)
        self.has_accelerator = any(
            d.device_type in ("GPU", "TPU") for d in tf.config.list_logical_devices()
        )

    def build(self, job: Job, settings: TrainSettings, folder: str) -> None:
        rule = "be false: TensorFlow keeps the whole state on each device; --engine jax divides it"
        need(settings, not settings.shard_state, "shard_state", rule)
        self._job, self._settings = job, settings
        self._forget()
        with self.strategy.scope():
            self.model, self._optimizer = job.model_and_optimizer(settings)
            self._checkpoints = Checkpoints(
                folder,
                self.model,
                self._optimizer,
                settings.keep_checkpoints,
                settings.keep_every,
            )

    def _forget(self) -> None:
        """Leaves the state that was built before, if there is one: it need not fit beside the new one."""
        if batches := self.__dict__.pop("_batches", None):
            batches.close()
        for name in (
            "model",
            "_optimizer",
            "_checkpoints",
            "_run_steps",
            "_finite",
            "_outputs",
            "_evaluate",
        ):
            self.__dict__.pop(name, None)

    def restore(self, checkpoint: str | None = None) -> bool:
        with self.strategy.scope():
            return self._checkpoints.restore(checkpoint)

    def take_weights(self, arrays: Mapping[str, Any]) -> None:
        with self.strategy.scope():
            self._job.load(self.model, arrays)

    def begin(self) -> None:
        job, settings = self._job, self._settings
        _, micro_batches = settings.shares(self.replicas)
        with self.strategy.scope():
            replica_step = make_replica_step(
                self.model,
                self._optimizer,
                micro_batches=micro_batches,
                seed=settings.seed,
                clip_norm=settings.clip_norm,
                objective=job.objective,
                xla=settings.xla,
            )
        self._run_steps = make_run_steps(self.strategy, replica_step, job.objective.sums)
        self._batches = training_batches(
            self.strategy, job.batches(settings.batch_size, settings.seed, self.examples)
        )
        self._finite = make_health_check(self.strategy, self.model, self._optimizer, job)
        self._outputs = make_outputs(self.strategy, self.model)

    @property
    def step(self) -> int:
        return int(self._optimizer.iterations.numpy())

    @property
    def examples(self) -> int:
        """Examples consumed, over the whole run."""
        return int(self._checkpoints.examples.numpy())

    @property
    def latest(self) -> str | None:
        return self._checkpoints.latest

    def run(self, steps: int) -> dict[str, float]:
        sums = self._run_steps(self._batches, steps)
        found = {name: float(value) for name, value in sums.items()}  # waits for the devices
        self._checkpoints.examples.assign_add(steps * self._settings.batch_size)
        return found

    def learning_rate(self) -> float:
        return float(self._optimizer.rate(self.step - 1))

    def trust_ratios(self) -> list[float]:
        return [float(r.numpy()) for r in self._optimizer.decayed(self._optimizer.trust_ratios)]

    def device_memory_gib(self) -> float | None:
        places = map(tf.DeviceSpec.from_string, self.strategy.extended.worker_devices)
        peaks = [
            tf.config.experimental.get_memory_info(f"GPU:{place.device_index}")["peak"]
            for place in places
            if place.device_type == "GPU"  # a TPU and a CPU do not say it
        ]
        return max(peaks) / 2**30 if peaks else None

    def finite(self) -> bool:
        return self._finite()

    @functools.cached_property
    def _evaluate(self) -> Any:
        return make_evaluation(self.strategy, self.model, self._job, self._settings)

    def evaluate(self) -> dict[str, float]:
        return self._evaluate()

    def outputs(self, batches: Iterable[Arrays]) -> Iterator[Arrays]:
        return map(self._outputs, batches)

    def save(self, kind: str) -> None:
        self._checkpoints.save(kind)

    def largest(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        return numbers
