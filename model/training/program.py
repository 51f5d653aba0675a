"""A run as the command line starts it, to its exit code; imported once Keras' backend is chosen."""

from __future__ import annotations

from collections.abc import Callable

import click

from ..configs import AlbertConfig
from ..settings import TrainSettings
from .engine import Devices, Engine, Say
from .loop import Result
from .pretraining import pretrain
from .trouble import RunFailed


def run(
    config: AlbertConfig,
    settings: TrainSettings,
    open_engine: Callable[[Devices, Say], Engine],
    devices: Devices,
    shards: str,
    model_dir: str,
    init: str | None,
    branch: str | None,
    eval_shards: str | None,
    progress: bool,
) -> int:
    """Trains; returns the exit code."""
    engine = open_engine(devices, say)
    if engine.usual_precision != "float32" and not settings.precision:
        say(f"precision {engine.usual_precision}; --set precision=float32 for the other")
    try:
        result = pretrain(
            config, settings, shards, engine, model_dir, init, progress, say, eval_shards, branch
        )
    except RunFailed as error:
        say(f"stopped: {error}")
        return 3
    say(_ending(result, settings.steps))
    if result.worked and not result.stopped:
        say(
            f"look at it: albert-runs {model_dir}, tensorboard --logdir {model_dir}, albert-evaluate"
        )
    return 143 if result.stopped else 0


def _ending(result: Result, steps: int) -> str:
    if result.stopped:
        return f"stopped at step {result.step}, saved {result.checkpoint}"
    if not result.worked:
        more = f", which is past {steps}" if result.step > steps else ""
        return f"finished: step {result.step}{more}, {result.checkpoint}; nothing to do"
    if result.enough:
        return f"done: step {result.step}, no better held-out score since; {result.checkpoint}"
    return f"done: step {result.step}, {result.checkpoint}"


def say(line: str) -> None:
    click.echo(line, err=True)
