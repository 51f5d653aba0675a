"""The training loop on the host: calls of some steps, log, checkpoints, and an orderly end.

In: a job (pretraining, a task), settings, an engine, a model folder. Out: a ``Result`` and checkpoints.
A run that is stopped and started again gives the losses of an unbroken one, bit for bit on a CPU: the data
order is a function of (seed, examples consumed), dropout of (seed, step, micro-batch, replica, layer), and
both positions are in the checkpoint.
"""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass, replace
from typing import Any

from ..checkpoint_files import LAST, newest
from ..configs import SettingError
from ..run_folder import Run, held, known_run
from ..settings import TrainSettings
from .beginning import lines_of_resumed, lines_of_schedule, record_of
from .calls import CallLength, LogTimes
from .engine import Engine, Say
from .job import Job, Start
from .keeper import Keeper, is_enough, non_finite
from .monitor import Monitor, is_finite, trust_ratios
from .signals import Signals
from .time_budget import (
    known_schedule,
    lay_out,
    line_of_measuring,
    line_of_steps_laid_out,
    lines_of_time,
    measure,
    with_schedule,
)
from .trouble import RunFailed, Watch, lowered, rewind


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Attributes:
        step: steps done.
        checkpoint: the newest.
        stopped: by a signal, before its end.
        worked: False where the run was finished already.
        enough: ended before its last step, for held-out data was not scored better any more.
    """

    step: int
    checkpoint: str
    stopped: bool
    worked: bool = True
    enough: bool = False


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
        RunFailed: it diverges or is not finite, and the settings do not say or help to go back.
        SettingError: settings, data, model, engine and folder do not fit each other.
        ConfigError: another process trains in the folder.
        DataError: data or a checkpoint are damaged or absent.
    """
    settings = replace(settings, precision=settings.precision or engine.usual_precision)
    settings.shares(engine.replicas)
    tell: Say = say if engine.leads else lambda line: None
    # Of a fresh run before anything is written; of one that goes on never.
    start = job.start(engine.name) if newest(model_dir) is None else None
    own = held(model_dir, job.option) if engine.leads else contextlib.nullcontext()
    began = time.monotonic()
    with own, Signals(say) as signals:
        # Of several processes one that leaves takes the others with it.
        signals.may_leave = engine.hosts == 1
        known = known_run(model_dir)
        if known:
            job.check_goes_on(model_dir, known, settings, engine.name)
        laid_out = known_schedule(model_dir, known, settings)
        if settings.max_hours and not laid_out:
            laid_out = _measured(job, settings, engine, model_dir, start, tell)
        settings = with_schedule(settings, laid_out)
        rewinds = known.rewinds if known else []
        while True:
            beginning = _begin(job, settings, engine, model_dir, start, rewinds, tell)
            start = None  # a copy of all weights
            if beginning is None:
                return Result(engine.step, engine.latest or "", False, worked=False)
            beginning = replace(beginning, laid_out=dict(laid_out))
            monitor = Monitor(
                model_dir,
                settings.steps,
                engine.step,
                engine.examples,
                settings.batch_size,
                job.sizes.examples,
                job.objective.means,
                job.sizes.tokens,
                job.sizes.flops,
                engine.replicas,
                settings.peak_teraflops,
                show_progress,
                engine.leads,
                job.baselines,
            )
            signals.last_words = functools.partial(_last_words, monitor, say)
            watch = Watch(job, settings, model_dir, engine.replicas, tell, beginning)
            keeper = Keeper(model_dir, beginning, job, settings, engine, monitor, watch, began)
            try:
                with monitor:
                    result = _steps(engine, settings, keeper, monitor, watch, signals, job, tell)
                if laid_out and result.step == settings.steps:
                    for line in lines_of_time(laid_out, keeper.seconds_of_steps):
                        tell(line)
                return result
            except RunFailed as failure:
                wanted = settings.on_trouble == "rewind" and failure.mends and not signals.end
                if not wanted or len(rewinds) >= settings.most_rewinds:
                    raise
                rewinds, line = rewind(
                    job, settings, model_dir, beginning, engine.step, failure, engine.leads
                )
                began = time.monotonic()
                engine.largest((0,))  # all processes go back together
                tell(line)


def _measured(
    job: Job,
    settings: TrainSettings,
    engine: Engine,
    folder: str,
    start: Start | None,
    tell: Say,
) -> dict[str, Any]:
    """The schedule of a fresh run by its time; the engine must be built again.

    Raises:
        SettingError: the time is too short, or the run is not fresh.
    """
    if newest(folder):
        fix = f"take another --model-dir, and --branch {folder} to go on from where it is"
        raise SettingError("its schedule is lost with its model.json", where=folder, fix=fix)
    tell(line_of_measuring(settings))
    laid_out = lay_out(settings, measure(job, settings, engine, folder), start.step if start else 0)
    tell(line_of_steps_laid_out(laid_out))
    return laid_out


def _begin(
    job: Job,
    settings: TrainSettings,
    engine: Engine,
    folder: str,
    start: Start | None,
    rewinds: list[dict[str, Any]],
    tell: Say,
) -> Run | None:
    """Makes an engine ready where the folder's run stands, and says where that is.

    Args:
        start: what a fresh run begins with, where it was read before.
        rewinds: of the run so far.

    Returns: what the folder will say of the run; None where it is over.
    """
    known = known_run(folder)
    engine.build(job, lowered(settings, len(rewinds)), folder)
    resumed = engine.restore()
    if not resumed:
        start = start or job.start(engine.name)
        if start:
            start.give_to(engine)
    is_over = settings.steps <= engine.step or (resumed and is_enough(known, settings, engine.step))
    if is_over and not (job.judged and known and known.unscored == engine.step):
        return None
    if resumed:
        told = list(lines_of_resumed(known, settings, engine, job))
        if known and known.laid_out:
            told.append(line_of_steps_laid_out(known.laid_out))
    else:
        told = list(job.start_lines(start, settings, folder))
    for line in (*told, *lines_of_schedule(settings), *job.data_lines()):
        tell(line)
    record = record_of(known if resumed else None, job, settings, engine, start)
    engine.begin()
    return replace(record, rewinds=rewinds)


def _steps(
    engine: Engine,
    settings: TrainSettings,
    keeper: Keeper,
    monitor: Monitor,
    watch: Watch,
    signals: Signals,
    job: Job,
    tell: Say,
) -> Result:
    """The steps of a run from where it stands.

    Raises:
        RunFailed: it is not finite, or the curve says that it cannot go on.
    """
    step, ending, enough, is_first = engine.step, 0, False, True
    length, times = CallLength(settings, engine.has_accelerator), LogTimes()
    most = length.steps
    if job.judged and keeper.is_unscored(step):
        keeper.judge(step, signals)
        keeper.save(step, LAST)
        ending, enough = int(signals.end), keeper.is_enough(step)
    while step < settings.steps and not ending and not enough:
        count = min(most, steps_to_next_event(step, settings))
        began = time.monotonic()
        sums = engine.run(count)
        step += count
        seconds = time.monotonic() - began
        keeper.stepped(seconds)
        for line in length.took(count, seconds, step):
            tell(line)
        if not is_finite(sums):
            raise non_finite(f"the loss or gradient of the {count} before step {step}", engine)
        monitor.add(sums, count)
        if is_first:
            # It compiles: no checkpoint must wait for that when a signal comes.
            keeper.check(step)
            signals.may_leave = is_first = False
        asked = (
            signals.end,
            signals.wants_checkpoint(),
            keeper.is_late(),
            not settings.log_every and times.is_due(),
            length.steps,
        )
        ending, wanted, late, due, most = engine.largest(tuple(map(int, asked)))
        planned = settings.log_every and step % settings.log_every == 0
        if planned or due or ending or step == settings.steps:
            ratios = trust_ratios(engine.trust_ratios())
            memory = engine.device_memory_gib()
            watch.add(monitor.write(step, engine.learning_rate(), ratios, memory))
        if job.judged and (step % settings.eval_every == 0 or step == settings.steps):
            keeper.judge(step, signals)
            ending = ending or (signals.end and engine.hosts == 1)
            enough = keeper.is_enough(step)
        planned = settings.save_every and step % settings.save_every == 0
        if ending or enough or wanted or late or planned or step == settings.steps:
            keeper.save(step, LAST)
    return Result(step, engine.latest or "", bool(ending), enough=enough)


def _last_words(monitor: Monitor, say: Say, line: str) -> None:
    monitor.close()
    say(line)


def steps_to_next_event(step: int, settings: TrainSettings) -> int:
    """Steps up to the next log line, planned checkpoint, evaluation, or the end."""
    every = [n for n in (settings.log_every, settings.save_every, settings.eval_every) if n]
    return min(settings.steps - step, *(n - step % n for n in every))
