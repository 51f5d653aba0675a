"""`--data` to examples: a folder in the benchmark's own layout, a single file, or `huggingface:NAME`."""

from __future__ import annotations

import os

from albert_data.base.errors import ConfigError

from ..examples import Examples
from ..table import TASKS, TEST, Task
from .hub import HUB, read_hub
from .race import read_race
from .squad import read_squad
from .tables import read_table


def read_task(data: str, task: Task, split: str) -> Examples:
    """The examples of a split.

    Args:
        data: the task's folder or one above it (`GLUE/`, `GLUE/MRPC`), one file, or `huggingface:NAME`.
        split: a key of `task.splits`. That of a test has no labels.

    Raises:
        ConfigError: the task has no such split, or the data is not there.
        DataError: a file that is not of its form, as the readers say.
    """
    if split not in task.splits:
        fix = f"its splits are {', '.join(task.splits)}"
        raise ConfigError(f"{task.title} has no split {split!r}", where="--data", fix=fix)
    labelled = not split.startswith(TEST)
    if data.startswith(HUB):
        return read_hub(data.removeprefix(HUB), task, split, labelled)
    path = path_of(data, task, split)
    if task.reader == "race":
        return read_race(path, labelled)
    if task.reader == "squad":
        return read_squad(path, task.head == "span", labelled)
    columns = task.splits[split].columns
    assert columns is not None
    return read_table(path, task, columns)


def path_of(data: str, task: Task, split: str) -> str:
    """The file (of RACE, the folder) of a split.

    Raises:
        ConfigError: it is not there.
    """
    data = os.path.expanduser(data)
    is_there = os.path.isdir if task.reader == "race" else os.path.isfile
    if os.path.isfile(data) and task.reader != "race":
        return data
    names = task.splits[split].names
    for folder in (data, os.path.join(data, task.folder)):
        for name in names:
            if is_there(os.path.join(folder, name)):
                return os.path.join(folder, name)
    what = "folder" if task.reader == "race" else "file"
    raise ConfigError(
        f"no {what} {' or '.join(names)} of {task.title}",
        where=data,
        fix=f"name the folder that holds it, or {HUB}{task.hub[0]}",
    )


def is_there(data: str, task: Task, split: str) -> bool:
    """Whether a folder has the file of a split."""
    try:
        path_of(data, task, split)
    except ConfigError:
        return False
    return True


def tasks_found(data: str, names: tuple[str, ...]) -> list[Task]:
    """Those of some tasks whose folders lie in one, in the table's order; all of them on the hub."""
    if data.startswith(HUB):
        return [TASKS[name] for name in names]
    found = [TASKS[name] for name in names if os.path.isdir(os.path.join(data, TASKS[name].folder))]
    if not found:
        folders = ", ".join(TASKS[name].folder for name in names)
        raise ConfigError("no task's folder", where=data, fix=f"it should hold some of {folders}")
    return found


def count_note(task: Task, split: str, examples: Examples) -> str:
    """What to say of the number of examples: empty where it is the benchmark's own and all were kept."""
    expected = task.splits[split].rows
    parts = []
    if expected and len(examples) != expected:
        parts.append(f"{len(examples):,} examples, where the benchmark has {expected:,}")
    parts += [f"{count:,} left out: {reason}" for reason, count in examples.left_out.items()]
    return f"{task.title} {split}: {'; '.join(parts)}" if parts else ""
