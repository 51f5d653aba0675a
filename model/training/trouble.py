"""What ends a run, or sends it back: numbers that are not finite, a curve that diverges, nothing learnt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..checkpoint_files import go_back, saved_steps
from ..run_folder import Run, known_run, read_log
from ..settings import TrainSettings
from .job import Job
from .phases.reading import DIVERGING, TROUBLE, Event, Phases

FACTOR = 0.5  # of the rate, at each rewind


class RunFailed(ArithmeticError):
    """The run cannot go on as it is.

    Attributes:
        since: step whose loss was still good; None: the newest checkpoint is.
        mends: whether going back with a lower rate may help.
    """

    since: int | None = None
    mends = True


class NonFiniteLoss(RunFailed):
    """A loss, a gradient or a weight became infinite or not a number."""


class Diverged(RunFailed):
    """The curve says so, see ``phases``."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"step {event.step:,}: {event.text}")
        self.since, self.mends = event.since, event.phase == DIVERGING


class Watch:
    """Reads the curve while it is made.

    Args:
        job, settings: of the run.
        folder: str. Its log is read first, so that a run that goes on knows what was told.
        replicas: int.
        tell: function of a line.
        record: what the folder says of the run.
    """

    def __init__(
        self,
        job: Job,
        settings: TrainSettings,
        folder: str,
        replicas: int,
        tell: Callable[[str], None],
        record: Run,
    ) -> None:
        self._stops, self._tell = settings.on_trouble != "warn", tell
        evaluated = settings.eval_batches * settings.evaluated_at_once(replicas)
        drawn = not (record.init or record.branch)
        self._phases = (
            Phases(job.facts, settings.batch_size, evaluated, drawn) if job.facts else None
        )
        if self._phases:
            for line in read_log(folder):
                self._phases.add(line)

    def add(self, line: Mapping[str, float]) -> None:
        """Takes the next line of the log.

        Raises:
            Diverged: there is trouble, and the settings do not leave it at a word.
        """
        for event in self._phases.add(line) if self._phases else ():
            if self._stops and event.phase in TROUBLE:
                raise Diverged(event)
            self._tell(f"step {event.step:,}: {event.text}")


def lowered(settings: TrainSettings, rewinds: int) -> TrainSettings:
    """The settings after so many rewinds."""
    rate = settings.learning_rate * FACTOR**rewinds
    return replace(settings, learning_rate=rate)


def rewind(
    job: Job,
    settings: TrainSettings,
    folder: str,
    record: Run,
    step: int,
    failure: RunFailed,
    writes: bool,
) -> tuple[list[dict[str, Any]], str]:
    """Sends a run back to its last checkpoint from before the trouble; its record says so first.

    A checkpoint that the run went back to before and came into trouble from again is not tried twice.

    Args:
        record: what the folder says of the run where it has no checkpoint yet; its rewinds are those before.
        step: int. At which there was trouble.
        writes: bool. Whether this process is the one that does.

    Returns: all rewinds, and what is said of this one.
    """
    rewinds = record.rewinds
    latest = _latest_to_try(folder, rewinds, step if failure.since is None else failure.since)
    rate = lowered(settings, len(rewinds) + 1).learning_rate
    entry = {"step": step, "why": str(failure), "learning_rate": rate}
    if writes:
        known = known_run(folder) or record
        job.write(folder, replace(known, rewinds=[*rewinds, entry]))
        entry["to"] = _step_of(go_back(folder, latest))
        job.write(folder, replace(known, rewinds=[*rewinds, entry]))
    number = f"{len(rewinds) + 1} of at most {settings.most_rewinds}"
    return [*rewinds, entry], f"{failure}: goes back ({number}), the rate up to {rate:.3g}"


def _latest_to_try(folder: str, rewinds: list[dict[str, Any]], good: int) -> int:
    """The latest step of a checkpoint to go back to.

    Args:
        good: the last step that was still good. Its loss was made with the weights before its update.
    """
    before = [at for at in saved_steps(folder) if at < good]
    if before and rewinds and rewinds[-1].get("to") == before[-1]:
        return before[-1] - 1
    return good - 1


def _step_of(checkpoint: str | None) -> int:
    return int(checkpoint.rsplit("-", 1)[1]) if checkpoint else 0
