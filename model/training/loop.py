"""The training loop on the host: calls of some steps, log, checkpoints, and an orderly end.

In: configuration, settings, a folder of shards, an engine, a model folder. Out: a ``Result`` and
checkpoints. A run that is stopped and started again gives the losses of an unbroken one, bit for
bit on a CPU: the data order is a function of (seed, examples consumed), dropout of (seed, step,
micro-batch, replica, layer), and both positions are in the checkpoint.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace

from ..checkpoint_files import BEST, LAST, newest
from ..configs import AlbertConfig
from ..run_folder import Run, check_goes_on, check_vocabulary, held, known_run, write_run
from ..settings import TrainSettings
from ..shards import ShardSet, open_shards
from ..start import Start
from .beginning import lines_of_resumed, lines_of_schedule, lines_to_beat, record_of
from .calls import CallLength
from .engine import Engine, Say
from .monitor import Monitor, is_finite, losses, training_flops, trust_ratios
from .signals import Signals


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
    engine: Engine,
    model_dir: str,
    init: str | None = None,
    show_progress: bool = True,
    say: Say = lambda line: None,
    eval_folder: str | None = None,
) -> Result:
    """Trains until ``settings.steps``, from the newest checkpoint of ``model_dir`` if there is one.

    Args:
        config: AlbertConfig.
        settings: TrainSettings. An empty ``precision`` is the engine's usual one.
        shard_folder: str. Folder with ``manifest.json``.
        engine: Engine, fresh.
        model_dir: str. Made if absent.
        init: str or None. What a fresh run takes its weights from, see ``model.start``.
        show_progress: bool.
        say: function of a line: how the run begins and what changes in it.
        eval_folder: str or None. Held-out shards to evaluate on every ``settings.eval_every`` steps.

    Raises:
        NonFiniteLoss: names the last good checkpoint.
        SettingError: settings, shards, model, engine and folder do not fit each other.
        ConfigError: another process trains in the folder.
        DataError: shards or a checkpoint are damaged or absent.
    """
    settings = replace(settings, precision=settings.precision or engine.usual_precision)
    shards = open_shards(shard_folder, config)
    held_out = _held_out(eval_folder, config, shards) if eval_folder else None
    settings.shares(engine.replicas)
    # Of a fresh run before anything is written; of one that goes on never.
    start = Start.of(init, config, shards) if init and newest(model_dir) is None else None
    with held(model_dir) if engine.leads else contextlib.nullcontext():
        known = known_run(model_dir)
        if known:
            check_goes_on(model_dir, known, config, settings, shards, engine.name)
        engine.build(config, settings, model_dir)
        resumed = engine.restore()
        if init and not resumed:
            start = start or Start.of(init, config, shards)
            engine.take_weights(start.weights.arrays)
        if settings.steps <= engine.step:
            return Result(engine.step, engine.latest or "", False, worked=False)
        if resumed:
            told = list(lines_of_resumed(known, settings, engine, init))
        else:
            told = list(start.lines()) if start else [f"new run in {model_dir}"]
        for line in (*told, *lines_of_schedule(settings), *lines_to_beat(shards)):
            if engine.leads:
                say(line)
        record = record_of(
            known if resumed else None,
            config,
            settings,
            shards,
            engine,
            start.name if start else "",
        )
        del start  # a copy of all weights
        engine.begin(shards, held_out)
        monitor = Monitor(
            model_dir,
            settings.steps,
            engine.step,
            settings.batch_size,
            shards.num_records,
            shards.objective != "none",
            shards.max_length,
            training_flops(config, shards.max_length, shards.max_predictions),
            engine.replicas,
            settings.peak_teraflops,
            show_progress,
            engine.leads,
        )
        keeper = _Keeper(model_dir, record, shards, settings, engine, monitor)
        return _steps(engine, settings, keeper, monitor, bool(held_out))


def _held_out(folder: str, config: AlbertConfig, shards: ShardSet) -> ShardSet:
    """Shards to evaluate on, of the vocabulary of those that are trained on."""
    held_out = open_shards(folder, config)
    check_vocabulary(shards.vocabulary_sha256, held_out, shards.folder)
    return held_out


def _steps(
    engine: Engine, settings: TrainSettings, keeper: _Keeper, monitor: Monitor, judged: bool
) -> Result:
    """The steps of a run from where it stands.

    Args:
        judged: bool. Whether there are held-out shards.
    """
    step, ending = engine.step, 0
    length = CallLength(settings, engine.has_accelerator)
    most = length.steps
    with Signals() as signals, monitor:
        while step < settings.steps and not ending:
            count = min(most, steps_to_next_event(step, settings))
            began = time.monotonic()
            sums = engine.run(count)
            length.took(count, time.monotonic() - began)
            step += count
            if not is_finite(sums):
                raise _non_finite(f"the loss or gradient of the {count} before step {step}", engine)
            monitor.add(sums, count)
            if step % settings.log_every == 0 or step == settings.steps:
                monitor.write(step, engine.learning_rate(), trust_ratios(engine.trust_ratios()))
            if judged and (step % settings.eval_every == 0 or step == settings.steps):
                keeper.judge(step)
            asked = (signals.end, signals.wants_checkpoint(), keeper.is_late(), length.steps)
            ending, wanted, late, most = engine.largest(tuple(map(int, asked)))
            planned = settings.save_every and step % settings.save_every == 0
            if ending or wanted or late or planned or step == settings.steps:
                keeper.save(step, LAST)
    return Result(step, engine.latest or "", bool(ending))


class _Keeper:
    """Keeps what has been reached: checkpoints, and the record of the run beside them."""

    def __init__(
        self,
        folder: str,
        record: Run,
        shards: ShardSet,
        settings: TrainSettings,
        engine: Engine,
        monitor: Monitor,
    ) -> None:
        self._folder, self._record, self._shards = folder, record, shards
        self._engine, self._monitor = engine, monitor
        self._sentence = shards.objective != "none"
        self._seconds, self._saved_at = 60 * settings.save_minutes, time.monotonic()

    def is_late(self) -> bool:
        """Whether the time between two checkpoints is over."""
        return time.monotonic() - self._saved_at >= self._seconds

    def save(self, step: int, kind: str) -> None:
        """Saves a state that can be gone on from.

        Raises:
            NonFiniteLoss: this is none.
        """
        if not self._engine.finite():
            raise _non_finite(f"what step {step} made of the weights", self._engine)
        if self._engine.leads:
            write_run(self._folder, self._record, self._shards)
        self._engine.save(kind)
        self._saved_at = time.monotonic()

    def judge(self, step: int) -> None:
        """Scores the state on the held-out shards; the best is saved beside the last."""
        scores = losses(self._engine.evaluate(), self._sentence)
        self._monitor.note({"step": step, **{f"eval_{name}": v for name, v in scores.items()}})
        if scores["loss"] < self._record.best.get("eval_loss", float("inf")):
            best = {"step": step, "eval_loss": scores["loss"]}
            self._record = replace(self._record, best=best)
            self.save(step, BEST)


def _non_finite(what: str, engine: Engine) -> NonFiniteLoss:
    latest = engine.latest or "none"
    return NonFiniteLoss(f"{what} is not finite; last good checkpoint: {latest}")


def steps_to_next_event(step: int, settings: TrainSettings) -> int:
    """Steps up to the next log line, planned checkpoint, evaluation, or the end."""
    every = [n for n in (settings.log_every, settings.save_every, settings.eval_every) if n]
    return min(settings.steps - step, *(n - step % n for n in every))
