"""The training loop on the host: data, steps, log, checkpoints, and an orderly end.

In: configuration, settings, a folder of shards, a strategy, a model folder. Out: a ``Result`` and
checkpoints. A run that is stopped and started again gives the losses of an unbroken one, bit for
bit on a CPU: the data order is a function of (seed, examples consumed), dropout of (seed, step,
micro-batch, replica, layer), and both positions are in the checkpoint.
"""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from albert_data.base.errors import DataError

from ..albert import AlbertPretrainer
from ..checkpoints import Checkpoints, restore_weights, write_run
from ..configs import AlbertConfig
from ..inputs import training_batches
from ..lamb import Lamb, WarmupPolynomialDecay
from ..settings import TrainSettings
from ..shards import ShardSet, damage_named, open_shards
from .monitor import Monitor, is_finite, training_flops, trust_ratios
from .step import make_replica_step, make_run_steps


class NonFiniteLoss(ArithmeticError):
    """A loss or a gradient became infinite or not a number."""


@dataclass(frozen=True)
class Result:
    """How a run ended: steps done, newest checkpoint, and whether a signal stopped it."""

    step: int
    checkpoint: str
    stopped: bool


class StopSignals:
    """Turns SIGTERM (a preempted machine) and the first SIGINT into a flag, while entered."""

    def __init__(self) -> None:
        self.caught = False

    def __enter__(self) -> StopSignals:
        self._old: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._old[number] = signal.signal(number, self._catch)
        return self

    def _catch(self, number: int, frame: Any) -> None:
        self.caught = True
        signal.signal(number, self._old[number])

    def __exit__(self, *error: Any) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)


def train(
    config: AlbertConfig,
    settings: TrainSettings,
    shard_folder: str,
    strategy: tf.distribute.Strategy,
    model_dir: str,
    init: str | None = None,
    show_progress: bool = True,
) -> Result:
    """Trains until ``settings.steps``, from the newest checkpoint of ``model_dir`` if there is one.

    Args:
        config: AlbertConfig.
        settings: TrainSettings, ``precision`` filled in.
        shard_folder: str. Folder with ``manifest.json``.
        strategy: where to compute.
        model_dir: str. Made if absent.
        init: str or None. Checkpoint prefix whose weights a fresh run starts from.
        show_progress: bool.

    Raises:
        NonFiniteLoss: names the last good checkpoint.
        SettingError: settings, shards, model and folder do not fit each other.
        DataError: shards or a checkpoint are damaged or absent.
    """
    shards = open_shards(shard_folder, config)
    share, micro_batches = settings.shares(strategy.num_replicas_in_sync)
    write_run(model_dir, config, settings, data_id(shards))
    schedule = WarmupPolynomialDecay(
        settings.learning_rate, settings.steps, settings.warmup_steps, settings.decay_power
    )
    with strategy.scope():
        model = AlbertPretrainer(
            config, settings.seed, settings.recompute, settings.precision or "float32"
        )
        optimizer = Lamb(
            schedule, settings.weight_decay, settings.beta_1, settings.beta_2, settings.epsilon
        )
        optimizer.build(model.trainable_variables)
        checkpoints = Checkpoints(model_dir, model, optimizer, settings.keep_checkpoints)
        if not checkpoints.restore() and init:
            restore_weights(model, init)
        replica_step = make_replica_step(
            model,
            optimizer,
            micro_batches=micro_batches,
            seed=settings.seed,
            clip_norm=settings.clip_norm,
            sentence_loss=shards.objective != "none",
            xla=settings.xla,
        )
    run_steps = make_run_steps(strategy, replica_step)
    step, consumed = int(optimizer.iterations.numpy()), int(checkpoints.examples.numpy())
    iterator = iter(_data(strategy, shards, settings, share, consumed, step))
    monitor = Monitor(
        model_dir,
        settings.steps,
        step,
        shards.max_length,
        training_flops(config, shards.max_length, shards.max_predictions),
        strategy.num_replicas_in_sync,
        settings.peak_teraflops,
        show_progress,
    )
    saved = checkpoints.latest
    with StopSignals() as signals, monitor, damage_named(shards):
        while step < settings.steps and not signals.caught:
            count = steps_to_next_event(step, settings)
            sums = run_steps(iterator, tf.constant(count))
            step, consumed = step + count, consumed + count * settings.batch_size
            if not is_finite(sums):
                raise NonFiniteLoss(
                    f"loss or gradient is not finite in the {count} steps before step {step}; "
                    f"last good checkpoint: {saved or 'none'}"
                )
            monitor.add(sums, count)
            if step % settings.log_every == 0 or step == settings.steps:
                monitor.write(step, float(schedule(step - 1)), trust_ratios(optimizer))
            if step % settings.save_every == 0 or step == settings.steps or signals.caught:
                checkpoints.examples.assign(consumed)
                saved = checkpoints.save()
    if saved is None:
        raise DataError(f"nothing was done: stopped at step {step}", fix="run the command again")
    return Result(step, saved, signals.caught)


def steps_to_next_event(step: int, settings: TrainSettings) -> int:
    """Steps of the next host call: up to the next log line, checkpoint or the end."""
    ahead = [every - step % every for every in (settings.log_every, settings.save_every)]
    return min(settings.steps_per_call, settings.steps - step, *ahead)


def data_id(shards: ShardSet) -> str:
    """Short description of what the shards are, to notice that a run resumes on others."""
    return (
        f"{len(shards.names)} shards, {shards.num_records} examples, {sum(shards.sizes)} bytes, "
        f"length {shards.max_length}, objective {shards.objective}"
    )


def _data(
    strategy: tf.distribute.Strategy,
    shards: ShardSet,
    settings: TrainSettings,
    share: int,
    consumed: int,
    step: int,
) -> Any:
    """Batches of a replica's share, distributed; each host starts where it stopped."""

    def host_batches(context: tf.distribute.InputContext) -> tf.data.Dataset:
        hosts = context.num_input_pipelines
        return training_batches(
            shards,
            share,
            settings.seed,
            first_example=consumed // hosts,
            examples=(settings.steps - step) * settings.batch_size // hosts,
            host=context.input_pipeline_id,
            hosts=hosts,
            interleave=settings.interleave,
        )

    return strategy.distribute_datasets_from_function(host_batches)


def with_precision(settings: TrainSettings, usual: str) -> TrainSettings:
    """Fills an empty ``precision`` in with the usual one of the device."""
    return settings if settings.precision else replace(settings, precision=usual)
