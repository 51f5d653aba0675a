"""The training loop on the host: data, steps, log, checkpoints, and an orderly end.

In: configuration, settings, a folder of shards, a strategy, a model folder. Out: a ``Result`` and
checkpoints. A run that is stopped and started again gives the losses of an unbroken one, bit for
bit on a CPU: the data order is a function of (seed, examples consumed), dropout of (seed, step,
micro-batch, replica, layer), and both positions are in the checkpoint.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from albert_data.base.errors import DataError

from ..albert import AlbertPretrainer
from ..checkpoints import BEST, LAST, Checkpoints
from ..configs import AlbertConfig
from ..inputs import training_batches, uneven
from ..lamb import Lamb, WarmupPolynomialDecay
from ..run_folder import Run, check_goes_on, check_vocabulary, held, known_run, write_run
from ..settings import TrainSettings
from ..shards import ShardSet, damage_named, open_shards
from ..start import Start, take_weights
from .calls import CallLength
from .evaluation import Evaluation
from .flops import training_flops
from .health import make_health_check
from .monitor import Monitor, is_finite, trust_ratios
from .signals import Signals
from .step import make_replica_step, make_run_steps

Say = Callable[[str], None]
EVALUATED_AT_ONCE = 64  # examples of a replica


class NonFiniteLoss(ArithmeticError):
    """A loss, a gradient or a weight became infinite or not a number."""


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Attributes:
        step: steps done.
        checkpoint: the newest.
        stopped: by a signal, before its end.
        worked: False where the run was finished already.
    """

    step: int
    checkpoint: str
    stopped: bool
    worked: bool = True


def train(
    config: AlbertConfig,
    settings: TrainSettings,
    shard_folder: str,
    strategy: tf.distribute.Strategy,
    model_dir: str,
    init: str | None = None,
    show_progress: bool = True,
    say: Say = lambda line: None,
    eval_folder: str | None = None,
) -> Result:
    """Trains until ``settings.steps``, from the newest checkpoint of ``model_dir`` if there is one.

    Args:
        config: AlbertConfig.
        settings: TrainSettings, ``precision`` filled in.
        shard_folder: str. Folder with ``manifest.json``.
        strategy: where to compute.
        model_dir: str. Made if absent.
        init: str or None. What a fresh run takes its weights from, see ``model.start``.
        show_progress: bool.
        say: function of a line: how the run begins and what changes in it.
        eval_folder: str or None. Held-out shards to evaluate on every ``settings.eval_every`` steps.

    Raises:
        NonFiniteLoss: names the last good checkpoint.
        SettingError: settings, shards, model and folder do not fit each other.
        ConfigError: another process trains in the folder.
        DataError: shards or a checkpoint are damaged or absent.
    """
    shards = open_shards(shard_folder, config)
    held_out = _held_out(eval_folder, config, shards) if eval_folder else None
    settings.shares(strategy.num_replicas_in_sync)
    start = Start.of(init, config, shards) if init else None
    with held(model_dir):
        known = known_run(model_dir)
        if known:
            check_goes_on(model_dir, known, config, settings, shards)
        with strategy.scope():
            state = _State(config, settings, model_dir)
            resumed = state.checkpoints.restore()
            if start and not resumed:
                take_weights(state.model, start, say)
        run = _begun(known if resumed else None, config, settings, shards, start)
        step = state.step
        if settings.steps <= step:
            return Result(step, state.checkpoints.latest or "", False, worked=False)
        if known and resumed:
            run = _with_changes(run, known, settings, step)
            _say_resumed(state, known, settings, say)
        elif not start:
            say(f"new run in {model_dir}")
        _say_warm_up(settings, say)
        return _run(state, run, settings, shards, held_out, strategy, model_dir, show_progress, say)


class _State:
    """What a checkpoint holds: model, optimizer, position; made under a strategy's scope."""

    def __init__(self, config: AlbertConfig, settings: TrainSettings, folder: str) -> None:
        precision = settings.precision or "float32"
        self.model = AlbertPretrainer(config, settings.seed, settings.recompute, precision)
        self.schedule = WarmupPolynomialDecay(
            settings.learning_rate, settings.steps, settings.warmup_steps, settings.decay_power
        )
        self.optimizer = Lamb(
            self.schedule,
            settings.weight_decay,
            settings.beta_1,
            settings.beta_2,
            settings.epsilon,
        )
        self.optimizer.build(self.model.trainable_variables)
        self.checkpoints = Checkpoints(
            folder, self.model, self.optimizer, settings.keep_checkpoints, settings.keep_every
        )

    @property
    def step(self) -> int:
        """Steps done."""
        return int(self.optimizer.iterations.numpy())


def _run(
    state: _State,
    run: Run,
    settings: TrainSettings,
    shards: ShardSet,
    held_out: ShardSet | None,
    strategy: tf.distribute.Strategy,
    folder: str,
    show_progress: bool,
    say: Say,
) -> Result:
    """The steps of a run from where it stands."""
    sentence = shards.objective != "none"
    share, micro_batches = settings.shares(strategy.num_replicas_in_sync)
    step, consumed = state.step, int(state.checkpoints.examples.numpy())
    with strategy.scope():
        replica_step = make_replica_step(
            state.model,
            state.optimizer,
            micro_batches=micro_batches,
            seed=settings.seed,
            clip_norm=settings.clip_norm,
            objective=shards.objective,
            xla=settings.xla,
        )
    run_steps = make_run_steps(strategy, replica_step)
    healthy = make_health_check(strategy, state.model, state.optimizer, shards)
    monitor = Monitor(
        folder,
        settings.steps,
        step,
        settings.batch_size,
        shards.num_records,
        sentence,
        shards.max_length,
        training_flops(state.model.config, shards.max_length, shards.max_predictions),
        strategy.num_replicas_in_sync,
        settings.peak_teraflops,
        show_progress,
    )
    evaluation = None
    if held_out:
        batch = min(settings.batch_size, EVALUATED_AT_ONCE * strategy.num_replicas_in_sync)
        evaluation = Evaluation(
            strategy, state.model, held_out, batch, settings.eval_batches, sentence
        )
    length = CallLength(settings)
    saved_at = time.monotonic()

    def save(kind: str = LAST) -> None:
        nonlocal saved_at
        if not healthy():
            raise _non_finite(f"what step {step} made of the weights is", state)
        state.checkpoints.examples.assign(consumed)
        write_run(folder, run, shards)
        state.checkpoints.save(kind)
        saved_at = time.monotonic()

    def evaluate(evaluation: Evaluation) -> None:
        nonlocal run
        scores = evaluation.scores()
        monitor.note({"step": step, **scores})
        if scores["eval_loss"] < run.best.get("eval_loss", float("inf")):
            run = replace(run, best={"step": step, "eval_loss": scores["eval_loss"]})
            save(BEST)

    with Signals() as signals, monitor, damage_named(shards):
        iterator = iter(_data(strategy, shards, settings, share, consumed, step, say))
        while step < settings.steps and not signals.end:
            count = min(length.steps, steps_to_next_event(step, settings))
            began = time.monotonic()
            sums = run_steps(iterator, tf.constant(count))
            finite = is_finite(sums)  # waits for the device
            length.took(count, time.monotonic() - began)
            step, consumed = step + count, consumed + count * settings.batch_size
            if not finite:
                raise _non_finite(
                    f"the loss or gradient of the {count} before step {step} is", state
                )
            monitor.add(sums, count)
            if step % settings.log_every == 0 or step == settings.steps:
                rate = float(state.schedule(step - 1))
                monitor.write(step, rate, trust_ratios(state.optimizer))
            if evaluation and (step % settings.eval_every == 0 or step == settings.steps):
                evaluate(evaluation)
            late = time.monotonic() - saved_at >= 60 * settings.save_minutes
            planned = settings.save_every and step % settings.save_every == 0
            if late or planned or step == settings.steps or signals.wants_checkpoint():
                save()
    if state.checkpoints.latest is None:
        raise DataError(f"nothing was done: stopped at step {step}", fix="run the command again")
    return Result(step, state.checkpoints.latest, signals.end)


def _held_out(folder: str, config: AlbertConfig, shards: ShardSet) -> ShardSet:
    """Shards to evaluate on, of the vocabulary of those that are trained on."""
    held_out = open_shards(folder, config)
    check_vocabulary(shards.vocabulary_sha256, held_out, shards.folder)
    return held_out


def _non_finite(what: str, state: _State) -> NonFiniteLoss:
    latest = state.checkpoints.latest or "none"
    return NonFiniteLoss(f"{what} not finite; last good checkpoint: {latest}")


def steps_to_next_event(step: int, settings: TrainSettings) -> int:
    """Steps up to the next log line, planned checkpoint, evaluation, or the end."""
    every = [n for n in (settings.log_every, settings.save_every, settings.eval_every) if n]
    return min(settings.steps - step, *(n - step % n for n in every))


def _begun(
    known: Run | None,
    config: AlbertConfig,
    settings: TrainSettings,
    shards: ShardSet,
    start: Start | None,
) -> Run:
    """What the folder will say of the run."""
    return Run(
        config,
        dataclasses.asdict(settings),
        shards.describe(),
        shards.objective,
        shards.vocabulary_sha256,
        shards.normalization,
        known.init if known else start.name if start else "",
        known.best if known else {},
        list(known.changes) if known else [],
    )


def _with_changes(run: Run, known: Run, settings: TrainSettings, step: int) -> Run:
    """The run with what changes from this step on its record."""
    changes = [
        {"step": step, "setting": key, "old": old, "new": new}
        for key, (old, new) in known.changed(settings).items()
    ]
    return replace(run, changes=[*run.changes, *changes])


def _say_resumed(state: _State, known: Run, settings: TrainSettings, say: Say) -> None:
    changed = [f"{key} {old} → {new}" for key, (old, new) in known.changed(settings).items()]
    say(
        f"goes on at step {state.step} from {state.checkpoints.latest}"
        + (f"; from here on {', '.join(changed)}" if changed else "")
    )


def _say_warm_up(settings: TrainSettings, say: Say) -> None:
    if settings.warmup_steps >= settings.steps:
        highest = settings.learning_rate * (settings.steps - 1) / settings.warmup_steps
        say(
            f"warning: the run of {settings.steps} steps ends within its warm-up of "
            f"{settings.warmup_steps}: the rate rises to {highest:.3g} and never to "
            f"{settings.learning_rate:g}; set warmup_steps"
        )


def _data(
    strategy: tf.distribute.Strategy,
    shards: ShardSet,
    settings: TrainSettings,
    share: int,
    consumed: int,
    step: int,
    say: Say,
) -> Any:
    """Batches of a replica's share, distributed; each host starts where it stopped."""

    def host_batches(context: tf.distribute.InputContext) -> tf.data.Dataset:
        hosts = context.num_input_pipelines
        if hosts > 1 and "://" not in shards.folder:
            raise DataError(
                f"a folder of this machine, and {hosts} hosts are to read it",
                where=shards.folder,
                fix="copy it to an object store: --shards gs://…",
            )
        if context.input_pipeline_id == 0 and (line := uneven(shards, hosts)):
            say(line)
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
