"""The training loop on the host: calls of some steps, log, checkpoints, and an orderly end.

In: a job (pretraining, a task), settings, an engine, a model folder. Out: a ``Result`` and checkpoints.
A run that is stopped and started again gives the losses of an unbroken one, bit for bit on a CPU: the data
order is a function of (seed, examples consumed), dropout of (seed, step, micro-batch, replica, layer), and
both positions are in the checkpoint.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..checkpoint_files import BEST, LAST, newest
from ..run_folder import Run, held, known_run
from ..settings import TrainSettings
from .beginning import lines_of_resumed, lines_of_schedule, record_of
from .calls import CallLength
from .engine import Engine, Say
from .job import Arrays, Job
from .monitor import Monitor, is_finite, trust_ratios
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
    job: Job,
    settings: TrainSettings,
    engine: Engine,
    model_dir: str,
    show_progress: bool = True,
    say: Say = lambda line: None,
) -> Result:
    """Trains until ``settings.steps``, from the newest checkpoint of ``model_dir`` if there is one.

    Args:
        job: Job. What is trained, on what.
        settings: TrainSettings. An empty ``precision`` is the engine's usual one.
        engine: Engine, fresh.
        model_dir: str. Made if absent.
        show_progress: bool.
        say: function of a line: how the run begins and what changes in it.

    Raises:
        NonFiniteLoss: names the last good checkpoint.
        SettingError: settings, data, model, engine and folder do not fit each other.
        ConfigError: another process trains in the folder.
        DataError: data or a checkpoint are damaged or absent.
    """
    began = time.monotonic()
    settings = replace(settings, precision=settings.precision or engine.usual_precision)
    settings.shares(engine.replicas)
    # Of a fresh run before anything is written; of one that goes on never.
    is_fresh = newest(model_dir) is None
    start = job.start() if is_fresh else None
    with held(model_dir, job.option) if engine.leads else contextlib.nullcontext():
        known = known_run(model_dir)
        if known:
            job.check_goes_on(model_dir, known, settings, engine.name)
        engine.build(job, settings, model_dir)
        resumed = engine.restore()
        if not resumed:
            start = start if is_fresh else job.start()
            if start:
                engine.take_weights(start.arrays)
        unscored = job.judged and known is not None and known.unscored == engine.step > 0
        if settings.steps <= engine.step and not unscored:
            return Result(engine.step, engine.latest or "", False, worked=False)
        if resumed:
            told = list(lines_of_resumed(known, settings, engine, job.init))
        else:
            told = list(job.start_lines(start, model_dir))
        for line in (*told, *lines_of_schedule(settings), *job.data_lines()):
            if engine.leads:
                say(line)
        name = start.name if start else ""
        record = record_of(known if resumed else None, job, settings, engine, name)
        del start  # a copy of all weights
        engine.begin()
        monitor = Monitor(
            model_dir,
            settings.steps,
            engine.step,
            settings.batch_size,
            job.sizes.examples,
            job.objective.means,
            job.sizes.tokens,
            job.sizes.flops,
            engine.replicas,
            settings.peak_teraflops,
            show_progress,
            engine.leads,
        )
        keeper = _Keeper(model_dir, record, job, settings, engine, monitor, began)
        return _steps(engine, settings, keeper, monitor, job.judged, unscored)


def _steps(
    engine: Engine,
    settings: TrainSettings,
    keeper: _Keeper,
    monitor: Monitor,
    judged: bool,
    unscored: bool,
) -> Result:
    """The steps of a run from where it stands.

    Args:
        judged: bool. Whether states are judged on held-out data.
        unscored: bool. Whether that of the first step is still to be.
    """
    step, ending = engine.step, 0
    length = CallLength(settings, engine.has_accelerator)
    most = length.steps
    with Signals() as signals, monitor:
        if unscored:
            keeper.judge(step, signals)
            keeper.save(step, LAST)
            ending = int(signals.end)
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
                keeper.judge(step, signals)
            asked = (signals.end, signals.wants_checkpoint(), keeper.is_late(), length.steps)
            ending, wanted, late, most = engine.largest(tuple(map(int, asked)))
            planned = settings.save_every and step % settings.save_every == 0
            if ending or wanted or late or planned or step == settings.steps:
                keeper.save(step, LAST)
    return Result(step, engine.latest or "", bool(ending))


class _Keeper:
    """Keeps what has been reached: checkpoints, and the record of the run beside them.

    Args:
        began: float. When this process did, by ``time.monotonic``.
    """

    def __init__(
        self,
        folder: str,
        record: Run,
        job: Job,
        settings: TrainSettings,
        engine: Engine,
        monitor: Monitor,
        began: float,
    ) -> None:
        self._folder, self._record, self._job = folder, record, job
        self._began = began - record.seconds
        self._engine, self._monitor = engine, monitor
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
        seconds = round(time.monotonic() - self._began, 1)
        self._record = replace(self._record, seconds=seconds)
        if self._engine.leads:
            self._job.write(self._folder, self._record)
        self._engine.save(kind)
        self._saved_at = time.monotonic()

    def judge(self, step: int, signals: Signals) -> None:
        """Scores the state on held-out data; the best is saved beside the last.

        Where the run is to end before that is done, the next process does it first. A run that goes on from
        before its best step comes to that again: what a kill may have left out between the record and the
        files is then written.
        """
        self._record = replace(self._record, unscored=step)
        try:
            scores = self._job.judge(_UntilTheEnd(self._engine, signals))
        except _BrokenOff:
            return
        self._record = replace(self._record, unscored=0)
        self._monitor.note({"step": step, **{f"eval_{name}": v for name, v in scores.items()}})
        name, sign = self._job.criterion
        best = self._record.best
        known = best.get(f"eval_{name}", -sign * math.inf)
        if sign * scores[name] > sign * known or step == best.get("step"):
            best = {"step": step, f"eval_{name}": scores[name]}
            self._record = replace(self._record, best=best)
            self.save(step, BEST)
            if self._engine.leads:
                self._job.keep_best(self._folder, step)


class _BrokenOff(Exception):
    """The run is to end before its state is scored."""


class _UntilTheEnd:
    """An engine to score by, up to the batch at which a signal to end has come.

    Raises:
        _BrokenOff: it has.
    """

    def __init__(self, engine: Engine, signals: Signals) -> None:
        self._engine, self._signals, self.replicas = engine, signals, engine.replicas

    def evaluate(self) -> dict[str, float]:
        return self._engine.evaluate()

    def outputs(self, batches: Iterable[Arrays]) -> Iterator[Arrays]:
        return self._engine.outputs(self._watched(batches))

    def _watched(self, batches: Iterable[Arrays]) -> Iterator[Arrays]:
        for batch in batches:
            if self._signals.end:
                raise _BrokenOff
            yield batch


def _non_finite(what: str, engine: Engine) -> NonFiniteLoss:
    latest = engine.latest or "none"
    return NonFiniteLoss(f"{what} is not finite; last good checkpoint: {latest}")


def steps_to_next_event(step: int, settings: TrainSettings) -> int:
    """Steps up to the next log line, planned checkpoint, evaluation, or the end."""
    every = [n for n in (settings.log_every, settings.save_every, settings.eval_every) if n]
    return min(settings.steps - step, *(n - step % n for n in every))
