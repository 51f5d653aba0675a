"""The stages as Beam elements: each takes a reference to work and returns a reference to a file.

No record passes through Beam. Every stage leaves a finished file under a name that says what it was
made of, returns at once when the file is there already (resume), and may run twice at the same time
without harm (the content is the same, and the rename is atomic).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import apache_beam as beam

from albert_data import output
from albert_data.blocks import Block, open_block, write_block
from albert_data.config import Config, fingerprint
from albert_data.files import atomic_path, read_json, write_json, write_text
from albert_data.manifest import data_card, make_manifest
from albert_data.masking import MaskTables
from albert_data.pairs import Documents
from albert_data.shards import Shard, shard_count, shard_name, write_shard
from albert_data.tally import SAMPLES_PER_REASON
from albert_data.token_cache import (
    VOCABULARY_FILE,
    TokenizedUnit,
    Unit,
    config_of,
    numbered_files,
    tokenize_unit,
    write_index,
)
from albert_data.tokens import TokenFile, name_documents, read_documents
from albert_data.vocabulary import load_vocabulary
from pipelines.failures import reported_errors
from pipelines.progress import Reporter


@dataclass(frozen=True)
class Job:
    """What every worker knows.

    Attributes:
        config: the whole configuration.
        tokens: folder of the token cache.
        output: folder of the shards; empty where only tokens are made.
        revision: fingerprint of the vocabulary and the code, taken once for all workers.
        progress: folder to report progress into; None where nobody watches.
    """

    config: Config
    tokens: str
    revision: str
    output: str = ""
    progress: str | None = None

    @property
    def work(self) -> Path:
        return Path(self.output) / output.WORK


@dataclass(frozen=True)
class MaskTask:
    """One token file for one dupe; `order` is (unit, file, dupe)."""

    order: tuple[int, int, int]
    file: TokenFile


class _Stage(beam.DoFn):
    """A stage with the job at hand; progress is reported under `stage`."""

    stage = ""

    def __init__(self, job: Job) -> None:
        self.job = job

    def report(self, **counts: int) -> None:
        Reporter(self.job.progress).add(self.stage, **counts)


class Tokenize(_Stage):
    """Unit → TokenizedUnit."""

    stage = "tokenize"

    def process(self, unit: Unit) -> Iterator[TokenizedUnit]:
        folder = Path(self.job.tokens)
        with reported_errors(folder):
            vocabulary = load_vocabulary(folder / VOCABULARY_FILE)
            yield tokenize_unit(unit, folder, self.job.config, vocabulary, self.report)
            self.report(units=1)


class Mask(_Stage):
    """MaskTask and the number of shards → Block."""

    stage = "mask"

    def process(self, task: MaskTask, shards: int) -> Iterator[Block]:
        folder = self.job.work / "blocks"
        path = folder / f"{self._name(task, shards)}-{task.order[2]:05d}.block"
        with reported_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            block = open_block(path, task.order)
            if block is None:
                block = self._write(path, task, shards)
            self.report(units=1, examples=sum(block.counts["labels"]))
            yield block

    def _name(self, task: MaskTask, shards: int) -> str:
        config = self.job.config
        parts = [asdict(config)[key] for key in ("seed", "pairs", "masking")]
        parts += [task.file.path, task.file.content, shards, self.job.revision]
        return fingerprint(parts)[:20]

    def _write(self, path: Path, task: MaskTask, shards: int) -> Block:
        tokens = Path(self.job.tokens)
        tables = MaskTables.of(load_vocabulary(tokens / VOCABULARY_FILE))
        documents = _documents(tokens / "parts" / task.file.path, task.file.crc32c)
        return write_block(path, task.order, documents, tables, self.job.config, shards)


@lru_cache(maxsize=1)
def _documents(path: Path, crc32c: int) -> Documents:
    """A token file; its dupes follow one another, so that the last one read is kept."""
    return read_documents(path, crc32c)


class Assemble(_Stage):
    """Shard index, the number of shards and all blocks → Shard."""

    stage = "assemble"

    def process(self, index: int, shards: int, blocks: Sequence[Block]) -> Iterator[Shard]:
        folder, config = Path(self.job.output), self.job.config
        name = shard_name(index, shards, config.shards.compression)
        done = self.job.work / "shards" / f"{name}.json"
        with reported_errors(folder):
            shard = self._finished(folder / name, done)
            if shard is None:
                shard = write_shard(folder, index, shards, blocks, config)
                done.parent.mkdir(parents=True, exist_ok=True)
                write_json(done, shard.to_json())
            self.report(units=1, bytes=shard.bytes)
            yield shard

    def _finished(self, path: Path, done: Path) -> Shard | None:
        known = read_json(done)
        if known is None or not path.is_file() or path.stat().st_size != known["bytes"]:
            return None
        return Shard(**known)


def index_tokens(_: Any, units: Iterable[TokenizedUnit], job: Job) -> dict[str, Any]:
    """Writes the token cache's index when all units are done."""
    with reported_errors(job.tokens):
        return write_index(Path(job.tokens), list(units))


def mask_tasks(index: dict[str, Any], job: Job) -> Iterator[MaskTask]:
    """Every token file with every dupe number."""
    dupes = job.config.pairs.dupe_factor
    Reporter(job.progress).expect("mask", units=len(index["files"]) * dupes)
    for unit, number, file in numbered_files(index):
        for dupe in range(dupes):
            yield MaskTask((unit, number, dupe), file)


def count_shards(index: dict[str, Any], job: Job) -> int:
    """The number of shards, from the configuration and the size of the corpus."""
    documents, tokens = (sum(f[n] for f in index["files"]) for n in ("documents", "tokens"))
    shards = shard_count(job.config, documents, tokens)
    Reporter(job.progress).expect("assemble", units=shards)
    return shards


def finish_build(
    _: Any, index: dict[str, Any], blocks: Iterable[Block], shards: Iterable[Shard], job: Job
) -> dict[str, Any]:
    """Writes vocabulary, data card and, last, the manifest; removes the work files."""
    folder, shards = Path(job.output), list(shards)
    with reported_errors(folder):
        config = config_of(index, job.config)
        blocks = sorted(blocks, key=lambda block: block.order)
        samples = list(islice(_left_out(index, blocks, Path(job.tokens)), SAMPLES_PER_REASON))
        manifest = make_manifest(config, index, blocks, shards, samples)
        vocabulary = (Path(job.tokens) / VOCABULARY_FILE).read_bytes()
        with atomic_path(folder / VOCABULARY_FILE) as temporary:
            temporary.write_bytes(vocabulary)
        write_text(folder / output.CARD, data_card(manifest))
        output.keep_only(folder, {shard.name for shard in shards})
        write_json(folder / output.MANIFEST, manifest)
    return manifest


def _left_out(index: dict[str, Any], blocks: Sequence[Block], tokens: Path) -> Iterator[str]:
    """Names of the documents that no pair could be made of, from the first pass over each file."""
    files = {(unit, number): file for unit, number, file in numbered_files(index)}
    for block in blocks:
        if block.order[2] == 0 and block.counts["dropped"]:
            path = tokens / "parts" / files[block.order[:2]].path
            yield from name_documents(path, block.counts["dropped"])
