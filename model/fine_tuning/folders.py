"""Which run of a folder is meant; nothing here imports Keras."""

from __future__ import annotations

import math
import posixpath

from albert_data.base.errors import ConfigError, DataError
from albert_data.storage.paths import is_remote

from .. import files
from ..run_folder import Run, known_run, read_log

SEED = "seed-"  # and its number: the folder of a run


def run_to_use(place: str) -> tuple[str, Run]:
    """A run of a task: the folder itself, else the best of ``seed-*`` below it, by its figure.

    Raises:
        DataError: there is none, or it is a pretraining run.
    """
    place = place.rstrip("/") or "/"
    own = known_run(place)
    found = [(place, own)] if own else []
    if own is None:
        below = [posixpath.join(place, n) for n in files.names(place) if n.startswith(SEED)]
        found = [(folder, run) for folder in below if (run := known_run(folder))]
    runs = [(folder, run) for folder, run in found if run and run.task]
    if not runs:
        problem = "a pretraining run" if found else "no run of a task"
        fix = "name a folder that albert-finetune wrote: RUN, or the folder of its seeds"
        raise DataError(problem, where=place, fix=fix)
    return max(runs, key=lambda pair: pair[1].best.get("eval_figure", -math.inf))


def logged(folder: str, score: str) -> dict[int, float]:
    """A score by the step that it was made at, of a run's log."""
    name = f"eval_{score}"
    return {one["step"]: one[name] for one in read_log(folder) if name in one}


def check_local(output: str) -> None:
    """Raises ConfigError for a place in an object store: what a table is made of is local files."""
    if is_remote(output):
        fix = "name a folder of this machine and copy it there"
        raise ConfigError("runs of tasks are not written to an object store", where=output, fix=fix)
