"""How a run begins or goes on: what is said of it, and what its folder will hold of it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from typing import Any

from ..run_folder import Run
from ..settings import TrainSettings
from .engine import Engine
from .job import Job, Start


def record_of(
    known: Run | None, job: Job, settings: TrainSettings, engine: Engine, start: Start | None
) -> Run:
    """What ``model.json`` will say from the next checkpoint on.

    Args:
        known: what it says of the run that goes on; None of a new one.
        start: what a new one begins with; None: weights were drawn.
    """
    began: Mapping[str, Any] = start.record(settings) if start else {}
    if known:
        began = {"init": known.init, "branch": known.branch}
    changes = [
        {"step": engine.step, "setting": key, "old": old, "new": new}
        for key, (old, new) in (known.changed(settings) if known else {}).items()
    ]
    return Run(
        job.config,
        dataclasses.asdict(settings),
        job.data.describe(),
        job.data.objective,
        job.data.vocabulary_sha256,
        job.data.normalization,
        best=known.best if known else {},
        changes=[*(known.changes if known else []), *changes],
        engine=engine.name,
        task=job.task,
        seconds=known.seconds if known else 0.0,
        unscored=known.unscored if known else 0,
        shards=_lasting(job.data.folder),
        scored_on=_lasting(job.scored_on) or (known.scored_on if known else ""),
        seconds_of_steps=known.seconds_of_steps if known else 0.0,
        **began,
    )


def _lasting(folder: str) -> str:
    """A folder as it is found from any other."""
    return folder if "://" in folder or not folder else os.path.abspath(folder)


def lines_of_resumed(
    known: Run | None, settings: TrainSettings, engine: Engine, job: Job
) -> Iterator[str]:
    """What is said of a run that goes on."""
    changed = known.changed(settings) if known else {}
    told = ", ".join(f"{key} {old} → {new}" for key, (old, new) in changed.items())
    there = f"goes on at step {engine.step} from {engine.latest}"
    yield there + (f"; from here on {told}" if told else "")
    if known is None:
        yield "warning: its model.json is lost, so nothing says whether it began with these settings"
        return
    began = f"weights of {known.init}" if known.init else "weights drawn at random"
    if known.branch:
        began = f"step {known.branch['step']:,} of {known.branch['run']}"
    if job.init and job.init != known.init:
        yield f"  it began with {began}: --init {job.init} is for a new run"
    if job.branch and not known.branch:
        yield f"  it began with {began}: --branch {job.branch} is for a new run"


def lines_of_schedule(settings: TrainSettings) -> Iterator[str]:
    """What is said of a schedule that does not reach its peak."""
    if settings.warmup_steps >= settings.steps:
        highest = settings.learning_rate * (settings.steps - 1) / settings.warmup_steps
        yield (
            f"warning: the run of {settings.steps} steps ends within its warm-up of "
            f"{settings.warmup_steps}: the rate rises to {highest:.3g} and never to "
            f"{settings.learning_rate:g}; set warmup_steps"
        )
