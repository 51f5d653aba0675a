"""What is kept of a run: checkpoints by time, the best by held-out data, and the record beside them."""

from __future__ import annotations

import functools
import math
import time
from dataclasses import replace

from ..checkpoint_files import BEST
from ..run_folder import Run
from ..settings import TrainSettings
from .engine import Engine
from .job import Job
from .monitor import Monitor
from .signals import Signals
from .trouble import NonFiniteLoss, Watch


class Keeper:
    """Keeps what has been reached.

    Args:
        folder: str. Of the run.
        record: what ``model.json`` will say.
        began: float. When the work since ``record`` did, by ``time.monotonic``.

    Attributes:
        seconds_of_steps: that the steps of the run took.
    """

    def __init__(
        self,
        folder: str,
        record: Run,
        job: Job,
        settings: TrainSettings,
        engine: Engine,
        monitor: Monitor,
        watch: Watch,
        began: float,
    ) -> None:
        self._folder, self._record, self._job = folder, record, job
        self._engine, self._monitor, self._watch = engine, monitor, watch
        self._settings, self._began = settings, began - record.seconds
        self.seconds_of_steps, self._steps_are_compiled = record.seconds_of_steps, False
        self._seconds, self._saved_at = 60 * settings.save_minutes, time.monotonic()

    def stepped(self, seconds: float) -> None:
        """Counts the time of a call's steps; not that of the first, which compiles."""
        self.seconds_of_steps += seconds if self._steps_are_compiled else 0.0
        self._steps_are_compiled = True

    def is_late(self) -> bool:
        """Whether the time between two checkpoints is over."""
        return time.monotonic() - self._saved_at >= self._seconds

    def check(self, step: int) -> None:
        """Raises NonFiniteLoss where the state is none that can be gone on from."""
        if not self._engine.finite():
            raise non_finite(f"what step {step} made of the weights", self._engine)

    def save(self, step: int, kind: str) -> None:
        """Saves a state that can be gone on from.

        Raises:
            NonFiniteLoss: this is none.
        """
        self.check(step)
        seconds = round(time.monotonic() - self._began, 1)
        of_steps = round(self.seconds_of_steps, 3)
        self._record = replace(self._record, seconds=seconds, seconds_of_steps=of_steps)
        if self._engine.leads:
            self._monitor.to_disk()
            self._job.write(self._folder, self._record)
        self._engine.save(kind)
        self._saved_at = time.monotonic()

    def judge(self, step: int, signals: Signals) -> None:
        """Scores the state on held-out data; the best is saved beside the last.

        A signal to end breaks it off, and the next process does it first. A run that goes on from before its
        best step comes to that again: what a kill may have left out between the record and the files is then
        written.
        """
        alone = self._engine.hosts == 1
        score = functools.partial(self._job.judge, self._engine)
        self._record = replace(self._record, unscored=step)
        scores = signals.unless_ended(score) if alone else score()
        if scores is None:
            return
        self._record = replace(self._record, unscored=0)
        line = {"step": step, **{f"eval_{name}": v for name, v in scores.items()}}
        self._monitor.note(line)
        self._watch.add(line)
        name, sign = self._job.criterion
        best = self._record.best
        known = best.get(f"eval_{name}", -sign * math.inf)
        if sign * scores[name] > sign * known or step == best.get("step"):
            best = {"step": step, f"eval_{name}": scores[name]}
            self._record = replace(self._record, best=best)
            self.save(step, BEST)
            if self._engine.leads:
                self._job.keep_best(self._folder, step)

    def is_unscored(self, step: int) -> bool:
        """Whether the scoring of a state was broken off."""
        return 0 < self._record.unscored == step

    def is_enough(self, step: int) -> bool:
        """Whether held-out data has not been scored better for ``settings.patience`` evaluations."""
        return is_enough(self._record, self._settings, step)


def is_enough(record: Run | None, settings: TrainSettings, step: int) -> bool:
    """Whether a run at a step is over because its best evaluation lies too far back."""
    if not (record and record.best and settings.patience):
        return False
    return step - int(record.best["step"]) >= settings.patience * settings.eval_every


def non_finite(what: str, engine: Engine) -> NonFiniteLoss:
    """The failure that names the last good checkpoint."""
    return NonFiniteLoss(f"{what} is not finite; last good checkpoint: {engine.latest or 'none'}")
