"""The stages: functions that take a reference to work and give references to files.

No record passes between them. Every stage leaves a finished file under a name that says what it was
made of, returns at once when the file is there already (resume), and may run twice at the same time
without harm (the content is the same, and the rename is atomic).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from albert_data.config.settings import Config, PairSettings, fingerprint
from albert_data.corpus import leave_out
from albert_data.examples.masking import MaskTables
from albert_data.schema import BlockCounts, Manifest, Shard, ShardMarker, TokenIndex
from albert_data.shards.block import (
    Block,
    MaskTotals,
    PlacedPairs,
    block_fingerprint,
    of_any_dupe,
    open_block,
    pairs_fingerprint,
    place_pairs,
    write_block,
)
from albert_data.shards.merge import Exchange, open_merged, ranges_by_number, write_merged
from albert_data.shards.partition import Part, Range, ranges_of
from albert_data.shards.provenance import read_names
from albert_data.shards.shard import finished_shard, made_of, mark_finished, write_shard
from albert_data.shards.without_pairs import list_without_pairs
from albert_data.storage import file_names
from albert_data.storage.file_names import shard_name
from albert_data.storage.paths import location
from albert_data.tokens.cache import read_index, write_index
from albert_data.tokens.dedup import sign_file
from albert_data.tokens.documents import Documents
from albert_data.tokens.source_patterns import Choice
from albert_data.tokens.token_file import read_documents
from albert_data.tokens.unit import TokenizedUnit, tokenize_unit, without_repeats
from albert_data.tokens.vocabulary import load_vocabulary
from albert_data.tokens.words import with_word_starts

from .engine.failures import reported_errors
from .engine.progress import Reporter
from .finish import finish_variant
from .job import Job, MaskTask, RepeatsTask, ShardTask, UnitTask


@dataclass(frozen=True)
class Bound:
    """A function with the job as its last argument."""

    function: Callable[..., Any]
    job: Job

    def __call__(self, *sides: Any) -> Any:
        return self.function(*sides, self.job)


@dataclass(frozen=True)
class _Stage:
    """A stage with the job at hand."""

    job: Job


class Tokenize(_Stage):
    """UnitTask → its cache's number and TokenizedUnit."""

    def __call__(self, task: UnitTask) -> Iterator[tuple[int, TokenizedUnit]]:
        cache = self.job.caches[task.cache]
        folder, began = location(cache.folder), time.monotonic()
        with reported_errors(folder):
            vocabulary = load_vocabulary(folder / file_names.VOCABULARY)
            unit = tokenize_unit(task.unit, folder, cache.config, vocabulary, self.report)
            if (method := cache.config.tokens.dedup) != "off":
                for file in unit.files:
                    sign_file(
                        folder / file_names.PARTS / file.path,
                        file.crc32c,
                        vocabulary.starts,
                        method,
                    )
            self.report(units=1, milliseconds=round(1000 * (time.monotonic() - began)))
            yield task.cache, unit

    def report(self, **counts: int) -> None:
        Reporter(self.job.progress).add("tokenize", **counts)


class LeaveOut(_Stage):
    """RepeatsTask → its cache's number and the unit without the documents that repeat others."""

    def __call__(self, task: RepeatsTask) -> Iterator[tuple[int, TokenizedUnit]]:
        cache = self.job.caches[task.cache]
        reason = leave_out.REPEATS.get(cache.config.tokens.dedup, "")
        folder = location(cache.folder)
        with reported_errors(folder):
            vocabulary = load_vocabulary(folder / file_names.VOCABULARY)
            yield task.cache, without_repeats(task.unit, folder, task.repeats, reason, vocabulary)


class Exchanged(NamedTuple):
    """What a MaskTask came to.

    Attributes:
        as_it_is: (variants, Part) of blocks that are read as they are.
        to_merge: ((variant, group), Part) of others.
        totals: (variant, what was counted) for each block of it.
    """

    as_it_is: list[tuple[tuple[int, ...], Part]]
    to_merge: list[tuple[tuple[int, int], Part]]
    totals: list[tuple[int, MaskTotals]]


class Mask(_Stage):
    """MaskTask and how each variant's pieces come to its shards → references to its blocks, of records."""

    def __call__(self, task: MaskTask, plans: Sequence[Exchange]) -> Iterator[Exchanged]:
        folder = location(self.job.work) / file_names.BLOCKS
        made = Exchanged([], [], [])
        with reported_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._beside(task)
            for name, variants in self._blocks(task, plans).items():
                path, began = folder / name, time.monotonic()
                block = open_block(path, task.order)
                if block is None:
                    block = self._write(path, task, variants[0], plans[variants[0]].shards)
                self._list_without_pairs(task, block, variants)
                seconds, examples = time.monotonic() - began, sum(block.counts.labels)
                stage = self.job.exchange
                self.job.report(stage, variants, seconds, units=1, examples=examples)
                self._refer(made, task, block, variants, plans)
        yield made

    def _list_without_pairs(self, task: MaskTask, block: Block, variants: Sequence[int]) -> None:
        """Lists the documents that no pair was made of, once for all dupes."""
        unit, file, dupe = task.order
        if dupe or not block.dropped:
            return
        tokens = location(self.job.caches[task.cache].folder)
        vocabulary = load_vocabulary(tokens / file_names.VOCABULARY)
        path = tokens / file_names.PARTS / task.file.path
        for number in variants:
            variant = self.job.variants[number]
            listed = location(variant.folder) / file_names.WORK / file_names.LISTS
            choice = Choice(variant.config.pairs.sources, task.hold_out)
            name = file_names.left_out_name(f"{unit:08}-{file:08}")
            list_without_pairs(listed / name, path, block.dropped, vocabulary, choice)

    def _refer(
        self,
        made: Exchanged,
        task: MaskTask,
        block: Block,
        variants: Sequence[int],
        plans: Sequence[Exchange],
    ) -> None:
        """Adds a block's references."""
        totals, as_it_is = block.totals(), []
        for number in variants:
            made.totals.append((number, totals))
            plan = plans[number]
            if plan.group:
                key = number, task.variants[number] // plan.group
                made.to_merge.append((key, block.part(plan.width)))
            else:
                as_it_is.append(number)
        if as_it_is:
            made.as_it_is.append((tuple(as_it_is), block.part()))

    def _blocks(self, task: MaskTask, plans: Sequence[Exchange]) -> dict[str, tuple[int, ...]]:
        """File name → variants that use it; those with the same pairs follow one another."""
        named: dict[tuple[str, str], tuple[int, ...]] = {}
        revision = self.job.caches[task.cache].revision
        for number in task.variants:
            config = self.job.variants[number].config
            name = self._name(config, task, plans[number].shards, revision)
            key = pairs_fingerprint(config), file_names.block_name(name, task.order[2])
            named[key] = (*named.get(key, ()), number)
        return {name: named[pairs, name] for pairs, name in sorted(named)}

    def _name(self, config: Config, task: MaskTask, shards: int, revision: str) -> str:
        return block_fingerprint(config, task.file, shards, revision)

    def _beside(self, task: MaskTask) -> None:
        """Makes what blocks lead to."""

    def _write(self, path: Path, task: MaskTask, variant: int, shards: int) -> Block:
        tokens = location(self.job.caches[task.cache].folder)
        config, placed = self.job.variants[variant].config, self._placed(task, variant)
        return write_block(path, task.order, placed, tables_of(tokens), config, shards)

    def _placed(self, task: MaskTask, variant: int) -> PlacedPairs:
        """The pairs of a task; variants that share them follow one another."""
        config = self.job.variants[variant].config
        return _placed_pairs(
            self._reading(task, variant),
            of_any_dupe(config.pairs),
            config.seed,
            task.order[2],
            config.shards.provenance,
        )

    def _reading(self, task: MaskTask, variant: int) -> Reading:
        config, tokens = (
            self.job.variants[variant].config,
            location(self.job.caches[task.cache].folder),
        )
        path, choice = tokens / file_names.PARTS / task.file.path, self._choice(task, variant)
        return Reading(path, task.file.crc32c, choice, tokens, config.masking.word_rule)

    def _choice(self, task: MaskTask, variant: int) -> Choice:
        return Choice(self.job.variants[variant].config.pairs.sources, task.hold_out)


@dataclass(frozen=True)
class Reading:
    """A token file to be read: the chosen documents with their word starts.

    Attributes:
        tokens: folder of the token cache.
    """

    path: Path
    crc32c: int
    choice: Choice
    tokens: Path
    word_rule: str

    def documents(self) -> Documents:
        return read_words(self)


def tables_of(tokens: Path) -> MaskTables:
    """What masking needs of a token cache's vocabulary."""
    return MaskTables.of(load_vocabulary(tokens / file_names.VOCABULARY))


@lru_cache(maxsize=1)
def _placed_pairs(
    file: Reading, pairs: PairSettings, seed: int, dupe: int, provenance: bool
) -> PlacedPairs:
    """Pairs of a token file; variants that share them follow one another."""
    names = names_of(file.path, file.choice) if provenance else None
    starts = tables_of(file.tokens).starts
    return place_pairs(file.documents(), starts, pairs, seed, dupe, names)


@lru_cache(maxsize=1)
def read_words(file: Reading) -> Documents:
    """A token file; its dupes follow one another, so that the last one read is kept."""
    vocabulary = load_vocabulary(file.tokens / file_names.VOCABULARY)
    documents = read_documents(file.path, file.crc32c, file.choice)
    return with_word_starts(documents, vocabulary, file.word_rule)


@lru_cache(maxsize=1)
def names_of(path: Path, choice: Choice) -> pa.Table:
    """The names of the documents of the same token file, which `read_words` has checked."""
    return read_names(path, choice)


def let_go() -> None:
    """Lets go of what is kept of the last token file, when its pairs are made."""
    for kept in (_placed_pairs, read_words, names_of):
        kept.cache_clear()


class Merge(_Stage):
    """((variant, group), its blocks) → ((variant, first shard), Part) of each file merged of them."""

    def __call__(
        self, group: tuple[tuple[int, int], Iterable[Part]], plans: Sequence[Exchange]
    ) -> Iterator[tuple[tuple[int, int], Part]]:
        (variant, number), blocks = group
        folder, plan = location(self.job.work) / file_names.MERGED, plans[variant]
        with reported_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for place, ranges in enumerate(ranges_by_number(blocks)):
                first, began = place * plan.width, time.monotonic()
                shards = min(plan.width, plan.shards - first)
                names = [location(range.path).name for range in ranges]
                path = folder / file_names.merged_name(fingerprint([names, first, shards]))
                bounds = open_merged(path)
                if bounds is None:
                    bounds = write_merged(path, ranges, shards)
                seconds, size = time.monotonic() - began, sum(r.end - r.begin for r in ranges)
                self.job.report("merge", [variant], seconds, units=1, bytes=size)
                yield (variant, first), Part((number,), str(path), bounds)


class Assembled(NamedTuple):
    """What a ShardTask came to: (variant's number, shard), and what masking counted only now."""

    shards: list[tuple[int, Shard]]
    totals: list[tuple[int, MaskTotals]]


class Assemble(_Stage):
    """ShardTask, the numbers of shards and blocks that were not merged → its shard."""

    def __call__(
        self,
        task: ShardTask,
        plans: Sequence[Exchange],
        blocks: Sequence[tuple[tuple[int, ...], Part]],
    ) -> Iterator[Assembled]:
        variant, began = self.job.variants[task.variant], time.monotonic()
        folder, count = location(variant.folder), plans[task.variant].shards
        form = variant.config.shards.compression, variant.config.shards.name
        name = shard_name(task.index, count, *form)
        marker = folder / file_names.WORK / file_names.MARKERS / file_names.marker_name(name)
        with reported_errors(folder):
            ranges = task.ranges
            if ranges is None:
                own = (part for variants, part in blocks if task.variant in variants)
                ranges = tuple(ranges_of(own, task.index))
            mark = self._made_of(ranges, variant.config)
            finished = finished_shard(folder, marker, mark)
            if finished is None:
                finished = ShardMarker(mark, *self._write(folder, task, count, ranges))
                mark_finished(marker, finished)
            seconds, shard = time.monotonic() - began, finished.shard
            done = {"units": 1, "bytes": shard.bytes, "examples": shard.records}
            self.job.report("assemble", [task.variant], seconds, **done)
            counts = finished.counts
            totals = [] if counts is None else [(task.variant, MaskTotals(counts, ()))]
            yield Assembled([(task.variant, shard)], totals)

    def _made_of(self, ranges: Sequence[Range], config: Config) -> str:
        return made_of(ranges, config)

    def _write(
        self, folder: Path, task: ShardTask, count: int, ranges: Sequence[Range]
    ) -> tuple[Shard, BlockCounts | None]:
        config = self.job.variants[task.variant].config
        return write_shard(folder, task.index, count, ranges, config), None


class Finish(_Stage):
    """(a variant's number, what masking counted), indexes and all shards → its manifest."""

    def __call__(
        self,
        totals: tuple[int, MaskTotals],
        indexes: Sequence[TokenIndex],
        shards: Iterable[tuple[int, Shard]],
    ) -> Iterator[Manifest]:
        yield finish_variant(totals, indexes, shards, self.job)


def index_tokens(units: Iterable[tuple[int, TokenizedUnit]], job: Job) -> list[TokenIndex]:
    """The indexes of all whole token caches; writes those that the job made, when all units are done."""
    made: dict[int, list[TokenizedUnit]] = {}
    for number, unit in units:
        made.setdefault(number, []).append(unit)
    indexes = []
    for number, cache in enumerate(job.whole_caches):
        folder = location(cache.folder)
        with reported_errors(folder):
            if number in made:
                most = cache.config.tokens.max_unknown
                indexes.append(write_index(folder, made[number], most, cache.planned))
            else:
                indexes.append(read_index(folder))
    return indexes
