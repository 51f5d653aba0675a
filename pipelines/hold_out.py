"""Token caches in two parts, for training and held out: the stage between tokens and masks.

    indexes ─► GatherHeldOut (a group of token files) ─► CountRepeats (a token file) ─► indexes of parts

A job has the parts of a cache behind its whole caches (`job.Cache.whole`), the one for training first. The
part for training has no files of its own: its index says which documents are left out of the whole's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from albert_data.schema import IndexedFile, TokenIndex
from albert_data.storage import file_names
from albert_data.storage.atomic import atomic_path
from albert_data.storage.paths import location
from albert_data.tokens.held_out_files import (
    Gathered,
    counts_repeats,
    gather,
    groups_of,
    part_of,
    repeated_in,
    signatures_of,
)
from albert_data.tokens.hold_out import limit_of
from albert_data.tokens.token_file import read_keys
from albert_data.tokens.vocabulary import load_vocabulary

from .engine.failures import reported_errors
from .engine.progress import Reporter
from .flow import Flow, One
from .job import Job
from .stages import Bound

STAGE = "hold out"  # under which its progress is reported


@dataclass(frozen=True)
class GatherTask:
    """A group of token files whose held-out documents are copied into one.

    Attributes:
        part: number of the held-out part in the job.
        below: the limit of hashes.
    """

    part: int
    number: int
    files: tuple[IndexedFile, ...]
    below: int


@dataclass(frozen=True)
class RepeatTask:
    """A token file in which repetitions of held-out documents are looked for."""

    part: int
    file: IndexedFile
    below: int


def add_parts(flow: Flow, indexes: One, job: Job) -> One:
    """The indexes of a job's whole caches → those of all its caches."""
    if not job.held_out_parts:
        return indexes
    tasks = flow.unfold("GatherTasks", Bound(gather_tasks, job), indexes)
    gathered = flow.each(
        "GatherHeldOut",
        tasks,
        GatherHeldOut(job),
        weight=lambda task: sum(file.tokens for file in task.files),
    )
    repeated = flow.each(
        "CountRepeats",
        flow.pick("RepeatTasks", tasks, RepeatTasks(job)),
        CountRepeats(job),
        gathered,
        weight=lambda task: task.file.tokens,
    )
    return flow.once("Parts", Bound(_with_parts, job), indexes, gathered, repeated)


@reported_errors()
def gather_tasks(indexes: Sequence[TokenIndex], job: Job) -> Iterator[GatherTask]:
    """All groups of all held-out parts, whose folders are made."""
    for part in job.held_out_parts:
        cache = job.caches[part]
        whole = location(job.whole(part).folder)
        folder = location(cache.folder)
        (folder / file_names.PARTS).mkdir(parents=True, exist_ok=True)
        with atomic_path(folder / file_names.VOCABULARY) as temporary:
            temporary.write_bytes((whole / file_names.VOCABULARY).read_bytes())
        files = indexes[job.whole_number(part)].files
        below = limit_of(cache.config.hold_out, _keys(whole / file_names.PARTS, files))
        groups = groups_of(files, below)
        times = len(files) if counts_repeats(cache.config.tokens) else 0
        Reporter(job.progress).expect(STAGE, units=len(groups) + times)
        for number, group in enumerate(groups):
            yield GatherTask(part, number, tuple(group), below)


def _keys(parts: Path, files: Sequence[IndexedFile]) -> Iterator[np.ndarray]:
    for file in files:
        yield read_keys(parts / file.path, file.crc32c)


@dataclass(frozen=True)
class RepeatTasks:
    """GatherTask → the token files of its group, where repetitions are looked for at all."""

    job: Job

    def __call__(self, task: GatherTask) -> list[RepeatTask]:
        if not counts_repeats(self.job.caches[task.part].config.tokens):
            return []
        return [RepeatTask(task.part, file, task.below) for file in task.files]


@dataclass(frozen=True)
class GatherHeldOut:
    """GatherTask → (number of the part, limit of hashes, Gathered)."""

    job: Job

    def __call__(self, task: GatherTask) -> Iterator[tuple[int, int, Gathered]]:
        folder = location(self.job.caches[task.part].folder)
        whole = location(self.job.whole(task.part).folder)
        with reported_errors(folder):
            unk = load_vocabulary(folder / file_names.VOCABULARY).unk
            made = gather(
                whole / file_names.PARTS, task.number, task.files, task.below,
                folder / file_names.PARTS, unk,
            )  # fmt: skip
            Reporter(self.job.progress).add(STAGE, units=1)
            yield task.part, task.below, made


@dataclass(frozen=True)
class CountRepeats:
    """RepeatTask, all that was gathered → (number of the part, a held-out document that is repeated)."""

    job: Job

    def __call__(
        self, task: RepeatTask, gathered: Sequence[tuple[int, int, Gathered]]
    ) -> Iterator[tuple[int, int]]:
        cache, whole = self.job.caches[task.part], location(self.job.whole(task.part).folder)
        folder = location(cache.folder)
        own = sorted((g for p, _, g in gathered if p == task.part), key=lambda g: g.number)
        files = tuple((g.file.path, g.file.crc32c) for g in own if g.file)
        if not files:
            return
        with reported_errors(folder):
            path = whole / file_names.PARTS / task.file.path
            starts = load_vocabulary(folder / file_names.VOCABULARY).starts
            repeated = repeated_in(
                path, task.file.crc32c, starts, task.below, _signatures(cache.folder, files),
                cache.config.tokens.dedup_threshold,
            )  # fmt: skip
        Reporter(self.job.progress).add(STAGE, units=1)
        for document in repeated.tolist():
            yield task.part, document


@lru_cache(maxsize=1)
def _signatures(folder: str, files: tuple[tuple[str, int], ...]) -> np.ndarray:
    """Of all documents held out; made once a worker."""
    starts = load_vocabulary(location(folder) / file_names.VOCABULARY).starts
    parts = location(folder) / file_names.PARTS
    return np.concatenate([signatures_of(parts / name, crc, starts) for name, crc in files], axis=1)


@reported_errors()
def _with_parts(
    indexes: Sequence[TokenIndex],
    gathered: Iterable[tuple[int, int, Gathered]],
    repeated: Iterable[tuple[int, int]],
    job: Job,
) -> list[TokenIndex]:
    gathered, pairs, found = list(gathered), set(repeated), list(indexes)
    for part in job.held_out_parts:
        own = [group for number, _, group in gathered if number == part]
        below = next(limit for number, limit, _ in gathered if number == part)
        times = sum(number == part for number, _ in pairs)
        index, wish = indexes[job.whole_number(part)], job.caches[part].config.hold_out
        found += [part_of(index, own, wish, below, times, held) for held in (False, True)]
    return found
