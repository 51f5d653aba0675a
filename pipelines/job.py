"""A job: the token caches it reads or makes, the variants made of them, and what there is to do.

`build` and `remask` are a job of one variant, `tokenize` one of none, `ablate` one of many. What two
variants share is one task: a token file is read once a dupe for all variants of its cache, pairs are
made once for equal settings, and blocks are written once where only the packing differs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from albert_data.config import Config
from albert_data.dedup import first_of_each
from albert_data.selection import select_sources
from albert_data.shards import shard_count
from albert_data.storage import location
from albert_data.token_cache import numbered_files
from albert_data.token_units import TokenizedUnit, Unit
from albert_data.tokens import TokenFile
from pipelines.progress import Reporter


@dataclass(frozen=True)
class Cache:
    """A token cache.

    Attributes:
        folder: where it lies.
        config: its sources, sentences and tokens settings are those of the cache.
        revision: fingerprint of the vocabulary and the code, taken once for all workers.
    """

    folder: str
    config: Config
    revision: str


@dataclass(frozen=True)
class Variant:
    """A shard set to be made.

    Attributes:
        name: in a grid; empty where it is the only one.
        config: the whole configuration.
        folder: of the shards.
        cache: number of its token cache in the job.
    """

    name: str
    config: Config
    folder: str
    cache: int = 0

    def stage(self, stage: str) -> str:
        """Under which its part of a stage is reported."""
        return f"{stage} {self.name}".rstrip()


@dataclass(frozen=True)
class Job:
    """What every worker knows.

    Attributes:
        caches, variants: see there; without variants only tokens are made.
        work: folder of the block files.
        progress: folder to report progress into; None where nobody watches.
    """

    caches: tuple[Cache, ...]
    variants: tuple[Variant, ...]
    work: str
    progress: str | None = None

    def report(self, stage: str, variants: Sequence[int], seconds: float, **counts: int) -> None:
        """Reports work that was done for some variants at once; they share its time."""
        for number in variants:
            milliseconds = round(1000 * seconds / len(variants))
            name = self.variants[number].stage(stage)
            Reporter(self.progress).add(name, milliseconds=milliseconds, **counts)


@dataclass(frozen=True)
class UnitTask:
    """A unit of a token cache to be made."""

    cache: int
    unit: Unit


@dataclass(frozen=True)
class RepeatsTask:
    """A tokenised unit of a cache; `repeats` has for each file the documents to leave out, bool [D]."""

    cache: int
    unit: TokenizedUnit
    repeats: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class MaskTask:
    """One token file for one dupe and all variants that use it; `order` is (unit, file, dupe)."""

    cache: int
    order: tuple[int, int, int]
    file: TokenFile
    variants: tuple[int, ...]

    @property
    def weight(self) -> int:
        return self.file.tokens * len(self.variants)


@dataclass(frozen=True)
class ShardTask:
    """One shard of one variant."""

    variant: int
    index: int


def repeats_tasks(
    _: Any, units: Iterable[tuple[int, TokenizedUnit]], job: Job
) -> Iterator[RepeatsTask]:
    """Every tokenised unit with its documents that repeat earlier ones of its cache (tokens.dedup)."""
    units = sorted(units, key=lambda pair: (pair[0], pair[1].order))
    for number, pairs in itertools.groupby(units, key=lambda pair: pair[0]):
        cache, own = job.caches[number], [unit for _, unit in pairs]
        parts = location(cache.folder) / "parts"
        repeats: Iterable[np.ndarray] = itertools.repeat(np.zeros(0, np.bool_))
        if cache.config.tokens.dedup != "off":
            paths = [parts / file.path for unit in own for file in unit.files]
            repeats = first_of_each(paths, cache.config.tokens)
        repeats = iter(repeats)
        for unit in own:
            yield RepeatsTask(number, unit, tuple(itertools.islice(repeats, len(unit.files))))


def mask_tasks(indexes: Sequence[dict[str, Any]], job: Job) -> Iterator[MaskTask]:
    """Every token file with every dupe number that a variant of its cache uses."""
    for cache, index in enumerate(indexes):
        files = list(numbered_files(index))
        users = {
            number: _files_of(variant.config, index)
            for number, variant in enumerate(job.variants)
            if variant.cache == cache
        }
        dupes = {number: job.variants[number].config.pairs.dupe_factor for number in users}
        for number, used in users.items():
            name, units = job.variants[number].stage("mask"), len(used) * dupes[number]
            Reporter(job.progress).expect(name, units=units)
        for unit, place, file in files:
            for dupe in range(max(dupes.values(), default=0)):
                own = tuple(n for n in users if dupe < dupes[n] and file.path in users[n])
                if own:
                    yield MaskTask(cache, (unit, place, dupe), file, own)


def _files_of(config: Config, index: dict[str, Any]) -> set[str]:
    """Paths of the token files that hold a document of the configuration's sources."""
    return {file["path"] for file in select_sources(index, config.pairs.sources)["files"]}


def count_shards(indexes: Sequence[dict[str, Any]], job: Job) -> list[int]:
    """The number of shards of each variant, from its configuration and the size of its corpus."""
    counts = []
    for variant in job.variants:
        files = select_sources(indexes[variant.cache], variant.config.pairs.sources)["files"]
        documents, tokens = (sum(file[name] for file in files) for name in ("documents", "tokens"))
        counts.append(shard_count(variant.config, documents, tokens))
        Reporter(job.progress).expect(variant.stage("assemble"), units=counts[-1])
    return counts


def shard_tasks(counts: Sequence[int]) -> Iterator[ShardTask]:
    """Every shard of every variant."""
    for variant, count in enumerate(counts):
        for index in range(count):
            yield ShardTask(variant, index)
