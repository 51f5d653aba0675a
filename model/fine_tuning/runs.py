"""Runs of tasks, one seed after the other: each in its folder, with a JSON line when it ends.

    OUTPUT/seed-S or, of several tasks, OUTPUT/TASK/seed-S     a run: checkpoints, log, predictions
    OUTPUT/runs.jsonl, OUTPUT/results.md, results.html         a line a run, the table and the page of all
    OUTPUT/features                                            feature files

The same command goes on where it was stopped: a seed that is done is not made again. Several processes may
share OUTPUT, each with seeds or tasks of its own; a seed that another one trains is refused.
"""

from __future__ import annotations

import math
import posixpath
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from albert_data.storage.atomic import write_text

from .. import files
from ..run_folder import known_run
from ..tasks.features.make import features_of
from ..tasks.page import write_page
from ..tasks.readers.find import count_note, read_task
from ..tasks.scoring.results import groups_of, results_table
from ..tasks.scoring.runs import Run, add_run, held, read_runs
from ..tasks.table import TRAIN, Task
from ..training.engine import Devices, Engine, Say
from ..training.loop import train
from ..training.monitor import short
from ..training.trouble import NonFiniteLoss
from .beginning import Beginning, name_of
from .folders import SEED, logged
from .inputs import Inputs, inputs_of
from .job import FineTuning, TaskData, told_of
from .judging import Split, majority_figure
from .settings import FineTuneSettings, task_settings

OpenEngine = Callable[[Devices, Say], Engine]
NOT_FINITE = 3  # the pretrainer's exit code


@dataclass(frozen=True)
class Asked:
    """What a user asks of every run.

    Attributes:
        output: folder.
        seeds: of the runs.
        settings: fields of FineTuneSettings, over the task's row.
        open_engine, devices: where to compute.
    """

    output: str
    seeds: range
    settings: Mapping[str, Any]
    open_engine: OpenEngine
    devices: Devices
    progress: bool
    say: Say


def read_split(
    task: Task, split: str, data: str, beginning: Beginning, max_length: int, asked: Asked
) -> Split:
    """A split as inputs; what was left out or cut is said."""
    examples = read_task(data, task, split)
    if note := count_note(task, split, examples):
        asked.say(note)
    folder = Path(asked.output, "features")
    features = features_of(task, split, examples, beginning.tokenizer, max_length, folder)
    if features.counts:
        told = ", ".join(f"{count:,} {reason}" for reason, count in features.counts.items())
        asked.say(f"{task.title} {split}: {told}")
    inputs: Inputs = inputs_of(task, features, max_length, beginning.tokenizer.pad)
    return Split(split, examples, inputs)


def run_task(
    task: Task, data: Mapping[str, str], folder: str, beginning: Beginning, asked: Asked
) -> int:
    """All seeds of a task; the exit code (143: stopped by a signal; NOT_FINITE: so was a run).

    Args:
        data: by split; ``train`` and those of ``task.dev``.
        folder: of the task's runs.
    """
    length = task_settings(task, dict(asked.settings), asked.seeds[0], 1).max_length
    splits = {
        name: read_split(task, name, data[name], beginning, length, asked)
        for name in (TRAIN, *task.dev)
    }
    numbers = {name: len(split.inputs) for name, split in splits.items()}
    digests = {name: split.digest for name, split in splits.items()}
    facts = TaskData(
        data[TRAIN], told_of(digests, numbers, length), beginning.sha256, beginning.normalization
    )
    dev = [splits[name] for name in task.dev]
    least, code = short(majority_figure(task, dev)), 0  # compared with figures of the log
    for seed in asked.seeds:
        place = posixpath.join(folder, f"{SEED}{seed}")
        settings = task_settings(task, dict(asked.settings), seed, numbers[TRAIN])
        job = FineTuning(task, beginning, settings, splits[TRAIN].inputs, dev, facts)
        engine = asked.open_engine(asked.devices, asked.say)
        check_company(folder, job, settings, engine)
        asked.say(f"{task.title}, seed {seed}: {place}")
        began, before = time.monotonic(), seconds_of(place)
        broken = False
        try:
            result = train(job, settings, engine, place, asked.progress, asked.say)
            if result.stopped:
                asked.say(f"stopped at step {result.step}, saved {result.checkpoint}")
                return 143
            if not result.worked:
                asked.say(f"{task.title}, seed {seed}: done before")
        except NonFiniteLoss as error:
            asked.say(f"{task.title}, seed {seed} failed: {error}")
            broken, code = True, NOT_FINITE
        curve = curve_of(place)
        if broken:
            curve = (*curve, (settings.steps, None))
        seconds = before + time.monotonic() - began if broken else seconds_of(place)
        run = Run(
            task.name, name_of(job.config), beginning.name, seed, curve, least, round(seconds, 1)
        )
        tell(run, task, asked)
    return code


def check_company(folder: str, job: FineTuning, settings: FineTuneSettings, engine: Engine) -> None:
    """Checks that a run is one of those that a folder holds, but for its seed: they are a row.

    Raises:
        SettingError: one of them was begun from other weights, or with other settings or data.
    """
    settings = replace(settings, precision=settings.precision or engine.usual_precision)
    for name in files.names(folder):
        known = known_run(posixpath.join(folder, name)) if name.startswith(SEED) else None
        if known is not None:
            alike = replace(known, train={**known.train, "seed": settings.seed})
            job.check_goes_on(posixpath.join(folder, name), alike, settings, known.engine)


def tell(run: Run, task: Task, asked: Asked) -> None:
    """Adds a run to what OUTPUT says of all, unless it stands there."""
    path = Path(asked.output, "runs.jsonl")
    key = (run.task, run.model, run.init, run.seed)
    with held(path):
        known = [one for one in read_runs(path) if (one.task, one.model, one.init, one.seed) == key]
        if not known or known[-1].curve != run.curve:
            add_run(path, run)
        rows = [row for row, _ in groups_of(read_runs(path))]
        write_text(Path(asked.output, "results.md"), results_table(rows))
        write_page(path)
    best = f"{_told(run.best)} at step {run.best_step}" if run.best_step else _told(run.best)
    failed = f"; failed: not above {run.majority:.2f} of one answer for all" if run.failed else ""
    asked.say(f"{task.title}, seed {run.seed}: best {best}, last {_told(run.last)}{failed}")


def _told(figure: float) -> str:
    return "no figure" if math.isnan(figure) else f"{figure:.2f}"


def seconds_of(folder: str) -> float:
    """That the run in a folder took so far."""
    known = known_run(folder)
    return known.seconds if known else 0.0


def curve_of(folder: str) -> tuple[tuple[int, float | None], ...]:
    """(step, figure) of every score in a run's log."""
    return tuple(logged(folder, "figure").items())
