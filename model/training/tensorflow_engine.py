"""A run on TensorFlow: a ``tf.distribute`` strategy, ``tf.data``, ``tf.train.Checkpoint``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from ..configs import AlbertConfig, need
from ..convert.reference import load_reference_weights
from ..inputs import damage_named, training_batches
from ..settings import TrainSettings
from ..shards import ShardSet
from ..tensorflow_checkpoints import Checkpoints
from .engine import Devices, Engine, Say
from .evaluation import make_evaluation
from .health import make_health_check
from .pure_step import model_and_optimizer
from .step import make_replica_step, make_run_steps
from .strategies import choose, make_strategy, usual_precision


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
    on_every_host = False
    leads = True

    def __init__(self, strategy: tf.distribute.Strategy, usual_precision: str = "float32") -> None:
        self.strategy, self.usual_precision = strategy, usual_precision
        self.replicas = int(strategy.num_replicas_in_sync)
        self.hosts = int(getattr(strategy.extended, "num_hosts", 1))  # a TPU's alone are several
        self.has_accelerator = any(
            d.device_type in ("GPU", "TPU") for d in tf.config.list_logical_devices()
        )

    def build(self, config: AlbertConfig, settings: TrainSettings, folder: str) -> None:
        rule = "be false: TensorFlow keeps the whole state on each device; --engine jax divides it"
        need(settings, not settings.shard_state, "shard_state", rule)
        self._settings = settings
        with self.strategy.scope():
            self.model, self._optimizer = model_and_optimizer(config, settings)
            self._checkpoints = Checkpoints(
                folder,
                self.model,
                self._optimizer,
                settings.keep_checkpoints,
                settings.keep_every,
            )

    def restore(self) -> bool:
        with self.strategy.scope():
            return self._checkpoints.restore()

    def take_weights(self, arrays: Mapping[str, Any]) -> None:
        with self.strategy.scope():
            load_reference_weights(self.model, arrays, heads_optional=True)

    def begin(self, shards: ShardSet, held_out: ShardSet | None) -> None:
        settings, self._shards = self._settings, shards
        share, micro_batches = settings.shares(self.replicas)
        with self.strategy.scope():
            replica_step = make_replica_step(
                self.model,
                self._optimizer,
                micro_batches=micro_batches,
                seed=settings.seed,
                clip_norm=settings.clip_norm,
                objective=shards.objective,
                xla=settings.xla,
            )
        self._run_steps = make_run_steps(self.strategy, replica_step)
        self._finite = make_health_check(self.strategy, self.model, self._optimizer, shards)
        with damage_named(shards):
            self._batches = iter(self._distributed(share))
        if held_out:
            self._evaluate = make_evaluation(self.strategy, self.model, held_out, settings)

    def _distributed(self, share: int) -> Any:
        """Batches of a replica's share; each host goes on where it stood."""
        settings, shards = self._settings, self._shards
        consumed, left = self.examples, (settings.steps - self.step) * settings.batch_size

        def host_batches(context: tf.distribute.InputContext) -> tf.data.Dataset:
            hosts = context.num_input_pipelines
            return training_batches(
                shards,
                share,
                settings.seed,
                first_example=consumed // hosts,
                examples=left // hosts,
                host=context.input_pipeline_id,
                hosts=hosts,
                interleave=settings.interleave,
            )

        return self.strategy.distribute_datasets_from_function(host_batches)

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
        with damage_named(self._shards):
            sums = self._run_steps(self._batches, tf.constant(steps))
            found = {name: float(value) for name, value in sums.items()}
        self._checkpoints.examples.assign_add(steps * self._settings.batch_size)
        return found

    def learning_rate(self) -> float:
        return float(self._optimizer.rate(self.step - 1))

    def trust_ratios(self) -> list[float]:
        return [float(r.numpy()) for r in self._optimizer.decayed(self._optimizer.trust_ratios)]

    def finite(self) -> bool:
        return self._finite()

    def evaluate(self) -> dict[str, float]:
        return self._evaluate()

    def save(self, kind: str) -> None:
        self._checkpoints.save(kind)

    def largest(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        return numbers
