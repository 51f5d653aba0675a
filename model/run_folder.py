"""The folder of a run: who may write into it, and what it says of the run beside its checkpoints.

``model.json`` holds the model's configuration, the settings, what the shards are and what the run began
from, so that the folder is enough to evaluate or go on; ``vocabulary.model`` is the vocabulary that the
embedding table's rows belong to. Both are written with the first checkpoint and not before, so that a
start that fails pins nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NotRequired, Protocol, TypedDict

import msgspec

from albert_data.base.errors import ConfigError, DataError
from albert_data.config.fields import build, shown
from albert_data.storage import file_names, locks
from albert_data.storage.atomic import remove_temporary
from albert_data.storage.nearby import not_this
from albert_data.storage.paths import is_remote, location

from . import files
from .configs import AlbertConfig, SettingError
from .failures import read_json
from .settings import TrainSettings
from .shards import ShardSet

RUN_FILE, LOG, EVENTS = "model.json", "log.jsonl", "tensorboard"
FIXED_BY_A_RUN = ("batch_size", "seed")
# Orders of examples that a run may have: the readers' (albert_data.read), and what TensorFlow's had before.
ORDER, ORDER_BY_SHARDS = "blocks", "shards"
# What may change in a run without changing what it computes.
_ONLY_HOW = (
    "log_every", "save_every", "save_minutes", "steps_per_call", "call_seconds", "keep_checkpoints",
    "keep_every", "eval_every", "eval_batches", "peak_teraflops", "recompute", "micro_batch_size",
    "on_trouble", "most_rewinds", "patience",
)  # fmt: skip


# What stands in a record.
class _Change(TypedDict):
    step: NotRequired[int]
    setting: str
    old: Any
    new: Any


class _Rewind(TypedDict):
    step: int
    why: str
    learning_rate: float
    to: NotRequired[int]


class _Branch(TypedDict, total=False):
    run: str
    step: int
    changes: list[_Change]


class _LaidOut(TypedDict, total=False):
    max_hours: float
    steps: int
    warmup_steps: int
    steps_laid_out: int
    warmup_laid_out: int
    step_seconds: float
    steps_measured: int


_INNER = {
    "best": dict[str, int | float],
    "changes": list[_Change],
    "branch": _Branch,
    "laid_out": _LaidOut,
    "rewinds": list[_Rewind],
}


class DataFacts(Protocol):
    """What the folder of a run says of its data.

    Attributes:
        folder: where it lies.
        objective: sentence objective of shards; of a task "none".
        vocabulary_sha256, normalization: of the vocabulary and its text; empty where not known.
    """

    @property
    def folder(self) -> str: ...
    @property
    def objective(self) -> str: ...
    @property
    def vocabulary_sha256(self) -> str: ...
    @property
    def normalization(self) -> str: ...

    def describe(self) -> str:
        """In words, to notice that a run goes on with other data."""


@dataclass(frozen=True)
class Run:
    """What ``model.json`` holds.

    Attributes:
        model: the configuration.
        train: the settings that the run goes by now, as plain values.
        data: what the shards are, in words.
        objective: sentence objective of the shards; empty in a run of version 0.1.
        vocabulary: SHA-256 of the vocabulary; empty in a run of version 0.1.
        normalization: `tokens.normalization` of the shards; empty in a run of version 0.1.
        init: what the first weights were taken from; empty where they were drawn.
        best: ``step`` and score (``eval_loss``, of a task ``eval_figure``) of the best evaluation, where
            there was one.
        changes: of settings while it ran: ``step`` from which, ``setting``, ``old``, ``new``.
        engine: what its checkpoints are of.
        task: that the model was fine-tuned for; empty: it was pretrained.
        order: of its examples.
        seconds: that its processes took, each up to the checkpoint that the next went on from.
        unscored: the step whose scoring a signal broke off; 0: none.
        shards: folder of the data, as it was when it was trained on last; empty where not known.
        scored_on: folder of the held-out shards that it was scored on last; empty for none.
        seconds_of_steps: that the steps took alone, without the first of each process, which compiles.
        laid_out: the schedule by ``max_hours``, see ``training.time_budget``; empty where ``steps`` say it.
        branch: of a run that goes on from a checkpoint of another: ``run``, ``step``, and the ``changes``
            (``setting``, ``old``, ``new``).
        rewinds: of the run, oldest first: ``step`` at which there was trouble, ``to`` the step that it went
            back to, ``why``, ``learning_rate`` (peak) from there on.
    """

    model: AlbertConfig
    train: dict[str, Any]
    data: str
    objective: str = ""
    vocabulary: str = ""
    normalization: str = ""
    init: str = ""
    best: dict[str, Any] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    engine: str = "tensorflow"
    task: str = ""
    order: str = ORDER
    seconds: float = 0.0
    unscored: int = 0
    shards: str = ""
    scored_on: str = ""
    seconds_of_steps: float = 0.0
    laid_out: dict[str, Any] = field(default_factory=dict)
    branch: dict[str, Any] = field(default_factory=dict)
    rewinds: list[dict[str, Any]] = field(default_factory=list)

    def changed(self, settings: TrainSettings) -> dict[str, tuple[Any, Any]]:
        """Settings that decide about the weights and are not those of the run: old and new value."""
        new = dataclasses.asdict(settings)
        return {
            key: (self.train.get(key), value)
            for key, value in new.items()
            if key not in _ONLY_HOW and key in self.train and self.train[key] != value
        }


@contextlib.contextmanager
def held(folder: str, option: str = "--model-dir") -> Iterator[None]:
    """Makes the folder, without what a killed process was writing, and keeps it until the block ends.

    Args:
        option: that names it.

    In an object store nothing is kept: a machine that was preempted could not take its lock away, and the
    next one must go on at once.

    Raises:
        ConfigError: another process trains in it.
    """
    files.make_folder(folder)
    with contextlib.ExitStack() as stack:
        if not is_remote(folder):
            try:
                stack.enter_context(locks.held(Path(folder)))
            except locks.Held as holder:
                who = f" ({holder})" if str(holder) else ""
                raise ConfigError(
                    f"another process trains in this folder{who}",
                    where=folder,
                    fix=f"wait for it, or name another {option}",
                ) from None
            for pattern in ("", f"{EVENTS}/"):
                remove_temporary(Path(folder), pattern)
        yield


def read_run(folder: str) -> Run:
    """What a run's folder says of it.

    Raises:
        DataError: the folder holds no run, or its file is damaged.
    """
    found = known_run(folder)
    if found is None:
        missing, usual = "not a model folder of the trainer", "name the --model-dir of a run"
        problem, fix = not_this(location(folder), RUN_FILE, missing, usual)
        raise DataError(problem, where=folder, fix=fix)
    return found


def known_run(folder: str) -> Run | None:
    """``read_run``; None where there is no run yet."""
    path = posixpath.join(folder, RUN_FILE)
    if not files.exists(path):
        return None
    given = read_json(path)
    # Before this was recorded only JAX' runs had the readers' order.
    given.setdefault("order", ORDER if given.get("engine") == "jax" else ORDER_BY_SHARDS)
    try:
        run = msgspec.convert({**given, "model": {}}, Run)
        for key, kind in _INNER.items():
            msgspec.convert(given.get(key, getattr(run, key)), kind)
        _check_keys(given, run)
    except msgspec.ValidationError as error:
        raise DataError(f"damaged ({error})", where=path, fix="take it from a copy") from error
    try:
        model = build(AlbertConfig, given.get("model"), path)
    except ConfigError as error:
        error.where = path
        raise
    return dataclasses.replace(run, model=model)


def _check_keys(given: Mapping[str, Any], run: Run) -> None:
    """Raises ValidationError for keys that a record cannot have, or lacks, and settings of another type."""
    known = {field.name for field in dataclasses.fields(Run)}
    if other := sorted(given.keys() - known):
        raise msgspec.ValidationError(f"unknown key {other[0]}")
    for key, needed in (("branch", _Branch), ("laid_out", _LaidOut)):
        own = getattr(run, key)
        if own and (lacking := sorted(needed.__annotations__.keys() - own.keys())):
            raise msgspec.ValidationError(f"{key} lacks {lacking[0]}")
    for key, value in run.train.items():
        usual = type(getattr(TrainSettings, key, value))
        if type(value) is not usual and (usual, type(value)) != (float, int):
            raise msgspec.ValidationError(f"train.{key} is {shown(value)}")


def read_log(folder: str) -> list[dict[str, Any]]:
    """The whole lines of a run's log, oldest first; none where there is no log.

    Raises:
        DataError: one of them is no line of a log.
    """
    path = posixpath.join(folder, LOG)
    lines = files.read_text(path).splitlines() if files.exists(path) else []
    # One that does not end so was cut off, or is being written.
    return [
        fields_of(line, f"{path} line {n}") for n, line in enumerate(lines, 1) if line[-1:] == "}"
    ]


def fields_of(line: str, where: str) -> dict[str, Any]:
    """The numbers of a line of a log.

    Raises:
        DataError: it is none.
    """
    try:
        fields = msgspec.convert(json.loads(line), dict[str, int | float])
        whole = [value for value in fields.values() if isinstance(value, int)]
        if not isinstance(fields.get("step"), int) or not all(0 <= n < 2**63 for n in whole):
            raise ValueError("no step, or no count")
    except (ValueError, RecursionError) as error:  # a ValidationError is a ValueError
        raise DataError(f"damaged ({error})", where=where, fix="remove the line") from None
    return fields


def check_goes_on(folder: str, run: Run, config: AlbertConfig, settings: TrainSettings,
                  shards: DataFacts, engine: str, option: str = "--model-dir") -> None:  # fmt: skip
    """Checks that a run can go on with these.

    Args:
        option: that names the folder.

    Raises:
        SettingError: it was begun with another model, seed, batch, vocabulary, data, engine or
            order of examples.
    """
    check_vocabulary(run.vocabulary, shards, f"the run in {folder}")
    mine, now = dataclasses.asdict(config), dataclasses.asdict(settings)
    pairs = [(key, old, mine[key]) for key, old in dataclasses.asdict(run.model).items()]
    pairs += [(key, run.train.get(key), now[key]) for key in FIXED_BY_A_RUN]
    pairs += [("data", run.data, shards.describe()), ("engine", run.engine, engine)]
    pairs += [("order", run.order, ORDER)]
    for key, old, new in pairs:
        if old != new:
            ways = {"order": "; the version that it was begun with can finish it"}
            if not run.task:
                takes_over = f"; albert-convert {folder} NEW --engine {new} takes the run over"
                ways["engine"] = takes_over
            raise SettingError(
                f"the folder holds a run with {key}={old!r}, now {new!r}",
                where=folder,
                fix=f"take another {option} (and --init {folder} to start from its weights)"
                + ways.get(key, ""),
            )


def check_vocabulary(vocabulary: str, shards: DataFacts, owner: str) -> None:
    """Raises SettingError where shards are of another vocabulary than that of weights.

    Args:
        vocabulary: SHA-256; empty where it is not known.
        owner: whose it is, for the message.
    """
    if vocabulary and vocabulary != shards.vocabulary_sha256:
        raise SettingError(
            f"made with another vocabulary ({shards.vocabulary_sha256[:12]}…) than {owner} "
            f"({vocabulary[:12]}…): the same ids mean other pieces",
            where=shards.folder,
            fix="use shards made with the model's vocabulary",
        )


def write_vocabulary(folder: str, shards: ShardSet) -> None:
    """Copies the vocabulary where it lies beside the shards."""
    vocabulary = posixpath.join(shards.folder, file_names.VOCABULARY)
    copy = posixpath.join(folder, file_names.VOCABULARY)
    if files.exists(vocabulary) and not files.exists(copy):
        files.copy(vocabulary, copy)


def write_run(folder: str, run: Run) -> None:
    """Writes ``model.json``."""
    files.write(posixpath.join(folder, RUN_FILE), json.dumps(_plain(run), indent=2) + "\n")


def _plain(run: Run) -> Mapping[str, Any]:
    return {**vars(run), "model": run.model.to_dict()}
