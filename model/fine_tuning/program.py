"""What ``albert-finetune`` does once Keras' backend is chosen: one task, or every task of a suite."""

from __future__ import annotations

import posixpath
from typing import Any

import click

from albert_data.base.errors import ConfigError

from ..tasks.readers.find import tasks_found
from ..tasks.table import GLUE, TASKS, TRAIN, Task, find_task
from .beginning import Beginning, begin_with, of_task_run
from .folders import check_local, run_to_use
from .runs import NOT_FINITE, Asked, OpenEngine, run_task
from .settings import split_task_overrides

FROM_MNLI = ("rte", "sts-b", "mrpc")


def train_all(
    task: str | None,
    suite: str | None,
    data: str | None,
    train: str | None,
    dev: str | None,
    init: str,
    vocabulary: str | None,
    output: str,
    runs: int,
    seed: int,
    pairs: tuple[str, ...],
    mnli_init: bool,
    open_engine: OpenEngine,
    devices: Any,
    progress: bool,
) -> int:
    """Trains; returns the exit code."""
    check_local(output)
    chosen = _chosen(task, suite, data or "")
    model, settings = split_task_overrides(pairs)
    beginning = begin_with(init, vocabulary, model)
    asked = Asked(output, range(seed, seed + runs), settings, open_engine, devices, progress, say)
    names = [one.name for one in chosen]
    if mnli_init:
        if "mnli" not in names:
            fix = "use it with --suite glue and a folder that has MNLI"
            raise ConfigError("MNLI is not among the tasks", where="--mnli-init", fix=fix)
        chosen.sort(key=lambda one: one.name != "mnli")
    from_mnli: Beginning | None = None
    ending = 0
    for one in chosen:
        start = beginning
        if from_mnli is not None and one.name in FROM_MNLI:
            say(f"{one.title} begins with the MNLI run (--mnli-init): {from_mnli.name}")
            start = from_mnli
        folder = posixpath.join(output, one.name) if suite else output
        code = run_task(one, _data_of(one, data, train, dev), folder, start, asked)
        if code not in (0, NOT_FINITE):
            return code
        ending = max(ending, code)
        if mnli_init and one.name == "mnli":
            best, _ = run_to_use(folder)
            from_mnli = of_task_run(f"{best}@best", best)
    say(f"results: {posixpath.join(output, 'results.md')}")
    return ending


def _chosen(task: str | None, suite: str | None, data: str) -> list[Task]:
    if suite:
        trained = tuple(name for name in GLUE if TASKS[name].settings)
        found = tasks_found(data, trained)
        missing = [TASKS[name].title for name in trained if TASKS[name] not in found]
        say(f"found {', '.join(one.title for one in found)}")
        if missing:
            say(f"not found {', '.join(missing)}")
        return found
    one = find_task(task or "")
    if one.settings is None:
        raise ConfigError(
            f"{one.title} has no training set",
            where="--task",
            fix=f"train --task {one.trained_as}, then predict with that run",
        )
    return [one]


def _data_of(task: Task, data: str | None, train: str | None, dev: str | None) -> dict[str, str]:
    if data:
        return dict.fromkeys((TRAIN, *task.dev), data)
    if len(task.dev) > 1:
        fix = f"give --data with {' and '.join(task.dev)}"
        raise ConfigError(f"{task.title} has two development sets", where="--dev", fix=fix)
    return {TRAIN: train or "", task.dev[0]: dev or ""}


def say(line: str) -> None:
    click.echo(line, err=True)
