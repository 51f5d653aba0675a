"""The last stage: a variant's vocabulary, data card and manifest, which makes a build whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from albert_data.base.errors import DataError
from albert_data.base.tally import SAMPLES_PER_REASON
from albert_data.insight.chance_checks import refuse_broken_laws
from albert_data.insight.contamination.result import read_contamination
from albert_data.insight.data_card import data_card
from albert_data.insight.difficulty.measure import counts_of, difficulty_of
from albert_data.insight.difficulty.take import take_sample
from albert_data.insight.shard_set import of_manifest
from albert_data.schema import HoldOut, Manifest, Shard, TokenIndex
from albert_data.shards.block import MaskTotals
from albert_data.shards.make_manifest import counts_of_sources, make_manifest
from albert_data.shards.manifest import read_manifest
from albert_data.storage import build_folder, file_names
from albert_data.storage.atomic import atomic_path, files_to_disk, write_text
from albert_data.storage.paths import location
from albert_data.storage.sealed import write_sealed
from albert_data.tokens import left_out_file
from albert_data.tokens.cache import config_of, numbered_files
from albert_data.tokens.source_patterns import Choice, select_sources
from albert_data.tokens.token_file import name_documents
from albert_data.tokens.vocabulary import load_vocabulary

from .engine.failures import reported_errors
from .job import Job, limit_of


def finish_variant(
    totals: tuple[int, MaskTotals],
    indexes: Sequence[TokenIndex],
    shards: Iterable[tuple[int, Shard]],
    job: Job,
) -> Manifest:
    """Writes a variant's vocabulary, data card and, last, its manifest.

    Args:
        totals: its number, and what masking counted (`blocks.add_totals`).
    """
    number, masked = totals
    variant = job.variants[number]
    folder = location(variant.folder)
    tokens = location(job.caches[variant.cache].folder)
    index = indexes[variant.cache]
    with reported_errors(folder):
        config = config_of(index, variant.config)
        shards = list(shards)
        own_shards = [shard for user, shard in shards if user == number]
        index = replace(index, hold_out=_with_records(index, own_shards, shards, number, job))
        choice = Choice(config.pairs.sources, limit_of(index))
        dropped = _names_of(index, masked.dropped, tokens, choice)
        samples = list(islice(dropped, SAMPLES_PER_REASON))
        manifest = make_manifest(config, index, masked.counts, own_shards, samples)
        if config.checks == "fail":
            refuse_broken_laws(manifest)
        _copy_vocabulary(tokens / file_names.VOCABULARY, folder, manifest.vocabulary.sha256)
        vocabulary = load_vocabulary(folder / file_names.VOCABULARY)
        sample = take_sample(of_manifest(folder, manifest, vocabulary))
        manifest = replace(manifest, sample=counts_of(sample))
        difficulty = difficulty_of(sample)
        write_sealed(folder / file_names.DIFFICULTY, difficulty)
        contamination = read_contamination(tokens, indexes[job.whole_number(variant.cache)])
        if contamination:
            write_sealed(folder / file_names.CONTAMINATION, contamination)
        lists = (folder / file_names.WORK / file_names.LISTS).glob(file_names.left_out_name("*"))
        left_out_file.join((), sorted(lists), folder / file_names.LEFT_OUT)
        sources = counts_of_sources(select_sources(index, config.pairs.sources), config)
        card = data_card(manifest, contamination, difficulty, sources)
        write_text(folder / file_names.CARD, card)
        build_folder.keep_only(folder, {file.name for file in manifest.files()})
        files_to_disk(folder)  # before the manifest, which says that they are there
        write_sealed(folder / file_names.MANIFEST, manifest)
    return manifest


def _with_records(
    index: TokenIndex,
    own: Sequence[Shard],
    shards: Sequence[tuple[int, Shard]],
    number: int,
    job: Job,
) -> HoldOut | None:
    """What is held out, with the number of records made of it: by this variant, or by the one beside."""
    if index.hold_out is None or index.hold_out.part == "held-out":
        return index.hold_out and replace(index.hold_out, records=sum(s.records for s in own))
    folder = location(job.variants[number].folder) / file_names.HELD_OUT
    beside = [n for n, other in enumerate(job.variants) if location(other.folder) == folder]
    if beside:
        records = sum(shard.records for user, shard in shards if user in beside)
    else:  # an earlier run made it
        records = read_manifest(folder).totals.examples
    return replace(index.hold_out, records=records)


def _copy_vocabulary(path: Path, folder: Path, sha256: str) -> None:
    """Copies the token cache's vocabulary into a folder.

    Raises:
        DataError: it is not the one with this SHA-256.
    """
    model = path.read_bytes()
    if hashlib.sha256(model).hexdigest() != sha256:
        problem = "this is not the vocabulary that the token cache was made with"
        raise DataError(problem, where=str(path), fix="put that one back")
    with atomic_path(folder / path.name) as temporary:
        temporary.write_bytes(model)


def _names_of(
    index: TokenIndex,
    dropped: Iterable[tuple[tuple[int, int, int], tuple[int, ...]]],
    tokens: Path,
    choice: Choice,
) -> Iterator[str]:
    """Names of the first documents that no pair could be made of."""
    files = {(unit, number): file for unit, number, file in numbered_files(index)}
    for (unit, number, _), rows in dropped:
        yield from name_documents(
            tokens / file_names.PARTS / files[unit, number].path, list(rows), choice
        )
