"""A job: the token caches it reads or makes, the variants made of them, and what there is to do.

`build` and `remask` are a job of one variant, `tokenize` one of none, `ablate` one of many. What two
variants share is one task: a token file is read once a dupe for all variants of its cache, pairs are
made once for equal settings, and blocks are written once where only the packing differs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import NOTHING_COUNTED, Counted
from albert_data.config.settings import Config
from albert_data.schema import TokenFile, TokenIndex
from albert_data.shards.merge import Exchange, ranges_by_number
from albert_data.shards.partition import Part, Range
from albert_data.shards.shard import most_examples, shard_count
from albert_data.storage import file_names
from albert_data.storage.paths import location
from albert_data.tokens.cache import numbered_files
from albert_data.tokens.dedup import first_of_each
from albert_data.tokens.source_patterns import select_sources
from albert_data.tokens.unit import TokenizedUnit, Unit

from .engine.failures import reported_errors
from .engine.progress import Reporter

PAIR, MASK = "pair", "mask"  # what the stage does whose blocks are exchanged
STAGES = (PAIR, MASK, "merge", "assemble")  # of a variant, as they are reported


@dataclass(frozen=True)
class Cache:
    """A token cache.

    Attributes:
        folder: where it lies.
        config: its sources, sentences and tokens settings are those of the cache.
        revision: fingerprint of the vocabulary and the code, taken once for all workers.
        planned: what was counted when it was planned, such as files that are not read.
        whole: of a part of a cache (`hold_out.py`), the number of that cache in the job; its folder is that
            of the whole, or of the copies of what is held out.
    """

    folder: str
    config: Config
    revision: str
    planned: Counted = NOTHING_COUNTED
    whole: int | None = None


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
        caches, variants: see there; without variants only tokens are made. Behind the whole caches stand
            their parts in pairs: that for training, and that held out.
        work: folder of the block and merged files.
        exchange: PAIR where blocks hold pairs, each shard's records being made straight into it; MASK
            where they hold records.
        progress: folder to report progress into; None where nobody watches.
        most_pieces: blocks x shards of a variant above which blocks are merged first (`merge.py`).
    """

    caches: tuple[Cache, ...]
    variants: tuple[Variant, ...]
    work: str
    most_pieces: int
    exchange: str
    progress: str | None = None

    @property
    def whole_caches(self) -> tuple[Cache, ...]:
        return tuple(cache for cache in self.caches if cache.whole is None)

    @property
    def held_out_parts(self) -> range:
        """Numbers of the caches that hold what is held out of another."""
        return range(len(self.whole_caches) + 1, len(self.caches), 2)

    def whole_number(self, cache: int) -> int:
        """The number of the cache that a cache is, or is a part of."""
        whole = self.caches[cache].whole
        return cache if whole is None else whole

    def whole(self, cache: int) -> Cache:
        return self.caches[self.whole_number(cache)]

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
    """One token file for one dupe and all variants that use it.

    Attributes:
        order: (unit, file, dupe).
        variants: that use it, and for each its place among the variant's blocks, from 0.
        hold_out: limit of the hashes of documents that are left out of it.
    """

    cache: int
    order: tuple[int, int, int]
    file: TokenFile
    variants: dict[int, int]
    hold_out: int = 0

    @property
    def weight(self) -> int:
        return self.file.tokens * len(self.variants)


@dataclass(frozen=True)
class ShardTask:
    """One shard of one variant; `ranges` of merged files, None where it is made of the blocks."""

    variant: int
    index: int
    ranges: tuple[Range, ...] | None = None


def repeats_tasks(units: Iterable[tuple[int, TokenizedUnit]], job: Job) -> Iterator[RepeatsTask]:
    """Every tokenised unit with its documents that repeat earlier ones of its cache (tokens.dedup)."""
    units = sorted(units, key=lambda pair: (pair[0], pair[1].order))
    for number, pairs in itertools.groupby(units, key=lambda pair: pair[0]):
        cache, own = job.caches[number], [unit for _, unit in pairs]
        parts = location(cache.folder) / file_names.PARTS
        repeats: Iterable[np.ndarray] = itertools.repeat(np.zeros(0, np.bool_))
        if cache.config.tokens.dedup != "off":
            paths = [parts / file.path for unit in own for file in unit.files]
            repeats = first_of_each(paths, cache.config.tokens)
        repeats = iter(repeats)
        for unit in own:
            yield RepeatsTask(number, unit, tuple(itertools.islice(repeats, len(unit.files))))


def mask_tasks(indexes: Sequence[TokenIndex], job: Job) -> Iterator[MaskTask]:
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
            name, units = job.variants[number].stage(job.exchange), len(used) * dupes[number]
            Reporter(job.progress).expect(name, units=units)
        for unit, place, file in files:
            for dupe in range(max(dupes.values(), default=0)):
                own = {
                    n: users[n][file.path] * dupes[n] + dupe
                    for n in users
                    if dupe < dupes[n] and file.path in users[n]
                }
                if own:
                    yield MaskTask(cache, (unit, place, dupe), file, own, limit_of(index))


def limit_of(index: TokenIndex) -> int:
    """Limit of the hashes of documents that are left out when files of this index are read."""
    return index.hold_out.below if index.hold_out and index.hold_out.part == "training" else 0


def _files_of(config: Config, index: TokenIndex) -> dict[str, int]:
    """Token files that hold a document of the configuration's sources: path → place, from 0."""
    files = select_sources(index, config.pairs.sources).files
    return {file.path: place for place, file in enumerate(files)}


_FEW_SHARDS = 256  # empty ones of them cost nothing


@reported_errors()
def plan_exchange(indexes: Sequence[TokenIndex], job: Job) -> list[Exchange]:
    """Each variant's number of shards, and whether its blocks are merged before.

    Both follow from its configuration and the size of its corpus.

    Raises:
        DataError: a variant has nothing to be made of.
        ConfigError: it has many shards, and more than there can be examples.
    """
    plans = []
    for variant in job.variants:
        files = select_sources(indexes[variant.cache], variant.config.pairs.sources).files
        if not files:
            part = indexes[variant.cache].hold_out
            where = f"pairs.sources {variant.config.pairs.sources}"
            if part is not None:
                which = "held out" if part.part == "held-out" else "left to train on"
                raise DataError(
                    f"no document of these sources is {which}",
                    where=f"{where}, hold_out {part.wish}",
                    fix="hold out another share of the token cache, or choose other sources",
                )
            raise DataError(
                "no document of these sources is in the token cache",
                where=where,
                fix="choose other sources; the data card of a build without pairs.sources says why",
            )
        documents, sentences, tokens = (
            sum(getattr(file, what) for file in files)
            for what in ("documents", "sentences", "tokens")
        )
        most = most_examples(variant.config.pairs, sentences, tokens)
        if variant.config.shards.count > max(most, _FEW_SHARDS):
            raise ConfigError(
                f"more shards than examples can be made of {count_of(sentences, 'sentence')}",
                where=f"shards.count {variant.config.shards.count}",
                fix=f"set it to far less than {most:,}, or to 0, which derives it, in a new folder: remask "
                "takes over what is tokenised",
            )
        blocks = len(files) * variant.config.pairs.dupe_factor
        shards = shard_count(variant.config, documents, tokens)
        plans.append(Exchange.of(blocks, shards, job.most_pieces))
        Reporter(job.progress).expect(variant.stage("merge"), units=plans[-1].merges)
        Reporter(job.progress).expect(variant.stage("assemble"), units=shards)
    return plans


def shard_tasks(plans: Sequence[Exchange]) -> Iterator[ShardTask]:
    """Every shard of the variants that merge no blocks."""
    for variant, plan in enumerate(plans):
        if not plan.group:
            for index in range(plan.shards):
                yield ShardTask(variant, index)


def shard_tasks_of_merged(merged: tuple[tuple[int, int], Iterable[Part]]) -> Iterator[ShardTask]:
    """((variant, first shard), the merged files of its range of shards) → a task for every shard."""
    (variant, first), parts = merged
    for place, ranges in enumerate(ranges_by_number(parts)):
        yield ShardTask(variant, first + place, tuple(ranges))
