"""One machine's exchange: blocks of pairs, and shards made of these straight in their order.

    Pair            makes pairs as Mask does, and writes these; lays each token file's documents out once
    AssemblePairs   sorts a shard's pairs, and masks, makes and writes their records

Where Mask and Assemble leave records in files in between, which takes as much disk as the shards, here are
56 bytes a record and 2 a token. It needs token files at every worker's hand: other machines and object
stores exchange records (`stages.py`). Both make the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path

from albert_data.config.settings import Config, fingerprint
from albert_data.schema import BlockCounts, Shard
from albert_data.shards.block import Block
from albert_data.shards.mapped_tokens import (
    MappedTokens,
    forget,
    is_mapped,
    map_tokens,
    write_mapped,
)
from albert_data.shards.pair_block import pair_block_fingerprint, write_pair_block
from albert_data.shards.partition import Range
from albert_data.shards.shard import made_of
from albert_data.shards.shard_of_pairs import write_shard_of_pairs
from albert_data.storage import file_names
from albert_data.storage.paths import location
from albert_data.tokens.documents import Documents
from albert_data.tokens.token_file import LARGE_PIECES, DocumentWindows
from albert_data.tokens.vocabulary import load_vocabulary
from albert_data.tokens.words import with_word_starts

from .job import PAIR, Job, MaskTask, ShardTask
from .stages import Assemble, Mask, Reading, let_go, names_of, read_words, tables_of


def exchange_stages(job: Job) -> tuple[Mask, Assemble]:
    """The stages before and after the exchange of a job."""
    return (Pair(job), AssemblePairs(job)) if job.exchange == PAIR else (Mask(job), Assemble(job))


class Pair(Mask):
    """MaskTask and how each variant's pieces come to its shards → references to its blocks, of pairs."""

    def _name(self, config: Config, task: MaskTask, shards: int, revision: str) -> str:
        return pair_block_fingerprint(config, task.file, task.order[:2], shards, revision)

    def _write(self, path: Path, task: MaskTask, variant: int, shards: int) -> Block:
        placed = self._placed(task, variant)
        if mapped := self._reading(task, variant).mapped:
            forget(_mapped(mapped))
        return write_pair_block(path, task.order, placed, shards)

    def _beside(self, task: MaskTask) -> None:
        """Lays the token file out, once for all dupes, for each choice of its documents."""
        unit, file, dupe = task.order
        if dupe:
            return
        began = time.monotonic()
        cache = self.job.caches[task.cache]
        for path, variant in {
            _mapped_path(self.job, variant, unit, file): variant for variant in task.variants
        }.items():
            reading, config = self._reading(task, variant), self.job.variants[variant].config
            rule = reading.word_rule
            wanted = [task.file.path, task.file.content, reading.choice, rule]
            mark = fingerprint([*wanted, config.shards.provenance, cache.revision])
            if is_mapped(path, mark):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            named = config.shards.provenance
            names = names_of(reading.path, reading.choice) if named else None
            write_mapped(
                path, mark, reading.windows(), names, len(tables_of(reading.tokens).starts)
            )
        self.job.report(PAIR, list(task.variants), time.monotonic() - began)

    def _reading(self, task: MaskTask, variant: int) -> _Reading:
        unit, file, _ = task.order
        mapped = _mapped_path(self.job, variant, unit, file)
        large = task.file.tokens > LARGE_PIECES
        own = super()._reading(task, variant)
        return _Reading(**vars(own), mapped=mapped if large else None)


@dataclass(frozen=True)
class _Reading(Reading):
    """A token file of which the tokens stay on the disk, if it is large.

    Attributes:
        mapped: where a large one is laid out.
    """

    mapped: Path | None

    def documents(self) -> Documents:
        return read_words(self) if self.mapped is None else _of_mapped(self)

    def windows(self) -> Iterable[Documents]:
        """What is laid out; of a large file gone over from the disk each time."""
        return [read_words(self)] if self.mapped is None else _Windows(self)


@dataclass(frozen=True)
class _Windows:
    """The documents of a large token file with their word starts, a row group at a time."""

    file: _Reading

    def __iter__(self) -> Iterator[Documents]:
        vocabulary = load_vocabulary(self.file.tokens / file_names.VOCABULARY)
        for window in DocumentWindows(self.file.path, self.file.crc32c, self.file.choice):
            yield with_word_starts(window, vocabulary, self.file.word_rule)


_mapped = lru_cache(maxsize=1)(map_tokens)


@lru_cache(maxsize=1)
def _of_mapped(file: _Reading) -> Documents:
    """A large token file that is laid out; its dupes follow one another."""
    assert file.mapped is not None
    mapped = _mapped(file.mapped)
    bounds = DocumentWindows(file.path, file.crc32c, file.choice).bounds()
    return Documents(mapped.ids, *bounds, mapped.keys, mapped.starts)


class AssemblePairs(Assemble):
    """ShardTask, the numbers of shards and blocks that were not merged → its shard, made of pairs."""

    def _made_of(self, ranges: Sequence[Range], config: Config) -> str:
        mark = made_of(ranges, config, "shards.shard_of_pairs")
        return fingerprint([mark, asdict(config.masking)])

    def _write(
        self, folder: Path, task: ShardTask, count: int, ranges: Sequence[Range]
    ) -> tuple[Shard, BlockCounts | None]:
        let_go()
        for kept in (_of_mapped, _mapped):
            kept.cache_clear()
        variant = self.job.variants[task.variant]
        tables = tables_of(location(self.job.caches[variant.cache].folder))
        mapped = partial(_map, self.job, task.variant)
        return write_shard_of_pairs(
            folder, task.index, count, ranges, mapped, tables, variant.config
        )


def _map(job: Job, variant: int, unit: int, file: int) -> MappedTokens:
    return map_tokens(_mapped_path(job, variant, unit, file))


def _mapped_path(job: Job, variant: int, unit: int, file: int) -> Path:
    """Where the documents of a token file lie that a variant is made of."""
    own = job.variants[variant]
    config = own.config
    read = [config.pairs.sources, config.masking.word_rule, config.shards.provenance]
    name = file_names.mapped_name(own.cache, unit, file, fingerprint(read))
    return location(job.work) / file_names.MAPPED / name
