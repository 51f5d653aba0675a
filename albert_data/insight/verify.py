"""Re-checks everything a manifest claims: files, checksums, counts, and every record's content.

Reads one shard at a time, in batches of records: decoded by the reader's kernel, checked by that of
`records/validate.py`. Stops at the first thing that is wrong and names shard and record; the words for it
come from a slower parser, which then sees that part of the shard again. Cost: 7 µs a record of 512
tokens, a third of it SHA-256.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.corpus.file_formats import compressed
from albert_data.insight.difficulty.sample_counts import SampleCounter
from albert_data.insight.difficulty.take import first_records
from albert_data.read.decode import Columns, Rows
from albert_data.read.shard_bytes import bytes_of
from albert_data.records.features import features_of
from albert_data.records.parse import Examples, UnmaskedExamples, parse_examples, parse_unmasked
from albert_data.records.tfrecord import find_frames, find_records
from albert_data.records.validate import REBUILD, check_examples
from albert_data.schema import Manifest, Shard, Sidecar, VocabularyIdentity
from albert_data.shards.make_manifest import claims_within
from albert_data.shards.manifest import read_manifest
from albert_data.shards.provenance import NUMBERS, read_provenance
from albert_data.storage import file_names
from albert_data.tokens.vocabulary import load_vocabulary

BATCH = 128  # records whose arrays stay in the processor's cache
_PARSED_AGAIN = 4096  # records, of which the first that is wrong is told
# What a manifest claims that neither its files nor its other keys show: its seal alone guards these.
_ONLY_SEALED = (
    "made_by",
    "splitter",
    "sources",
    "fingerprints.sources",
    "fingerprints.code",
    "provenance.written_by",
    "statistics.spans.by_units",
    "statistics.pairs but its tokens",
    "reading but its kept documents",
    "meanings of features",
)


@dataclass
class Found:
    """Totals of what was read, to be compared with the manifest's; `unchecked` has keys of a manifest
    without a seal that nothing else shows to be right."""

    examples: int = 0
    example_tokens: int = 0
    masked_tokens: int = 0
    mask_pieces: int = 0
    label_ones: int = 0
    bytes: int = 0
    unchecked: tuple[str, ...] = ()
    by_tokens: Counter[int] = field(default_factory=Counter)

    @property
    def labels(self) -> list[int]:
        """Examples by label."""
        return [self.examples - self.label_ones, self.label_ones]


def verify(folder: Path, progress: Callable[[str], None] = lambda shard: None) -> Found:
    """Checks a shard set against its manifest.

    Args:
        progress: is called with each shard's name before it is read.

    Raises:
        DataError: the first difference found.
    """
    manifest = read_manifest(folder)
    shards = [shard.name for shard in manifest.shards]
    sidecars = [shard.provenance.name for shard in manifest.shards if shard.provenance]
    _check_names(folder, "shard", file_names.SHARDS, shards)
    _check_names(folder, "provenance file", file_names.SIDECARS, sidecars)
    config = from_dict(manifest.config, where=file_names.MANIFEST)
    found = Found(unchecked=_ONLY_SEALED if manifest.schema_version == 1 else ())
    sample = SampleCounter(manifest.vocabulary)
    sampled = first_records(len(manifest.shards), config.pairs.max_length)
    for shard, first in zip(manifest.shards, sampled, strict=True):
        progress(shard.name)
        try:
            _verify_shard(
                folder / shard.name, shard, manifest.vocabulary, config, found, sample, first
            )
            if shard.provenance:
                _verify_provenance(folder, shard.provenance, shard.records, config)
        except DataError as error:
            error.fix = error.fix or REBUILD
            raise
    model = folder / file_names.VOCABULARY
    if not model.is_file():
        raise DataError("the vocabulary is missing", where=str(model), fix=REBUILD)
    for key, claim, seen in _claims(manifest, config, found, sample, model):
        if claim != seen:
            raise DataError(
                f"{key} is {claim} in the manifest, and {seen} by what is there",
                where=str(folder / file_names.MANIFEST),
                fix=REBUILD,
            )
    return found


def _check_names(folder: Path, what: str, pattern: str, claimed: list[str]) -> None:
    here = sorted(p.name for p in folder.glob(pattern))
    if missing := sorted(set(claimed) - set(here)):
        raise DataError(f"{what} is missing", where=str(folder / missing[0]), fix=REBUILD)
    if extra := sorted(set(here) - set(claimed)):
        raise DataError(
            f"{what} is not in the manifest",
            where=str(folder / extra[0]),
            fix="remove or rename it",
        )


def _claims(
    manifest: Manifest, config: Config, found: Found, sample: SampleCounter, model: Path
) -> Iterator[tuple[str, Any, Any]]:
    """(key, what the manifest says, what the shards, the vocabulary or its other keys say)."""
    totals, statistics = manifest.totals, manifest.statistics
    yield "totals.examples", totals.examples, found.examples
    yield "totals.example_tokens", totals.example_tokens, found.example_tokens
    yield "totals.shard_bytes", totals.shard_bytes, found.bytes
    yield "statistics.labels", statistics.labels, found.labels
    by_tokens = [found.by_tokens[n] for n in range(1, config.pairs.max_length + 1)]
    yield "statistics.examples_by_tokens", statistics.examples_by_tokens, by_tokens
    yield "statistics.masked_tokens", statistics.masked_tokens, found.masked_tokens
    yield "statistics.replaced.mask", statistics.replaced.mask, found.mask_pieces
    yield from claims_within(manifest, config)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    yield "vocabulary.sha256", manifest.vocabulary.sha256, digest
    yield "vocabulary", manifest.vocabulary, load_vocabulary(model).identity()
    if manifest.sample is not None:
        yield "sample", manifest.sample, sample.counts()


def _verify_shard(
    path: Path,
    claim: Shard,
    vocabulary: VocabularyIdentity,
    config: Config,
    found: Found,
    sample: SampleCounter,
    sampled: int,
) -> None:
    """Checks a shard, counted in `found`; its first `sampled` records go to the sample, too."""
    raw = bytes_of(path)
    buffer = decompress(raw, path)
    try:
        places = find_frames(buffer, path.name)
    except DataError:
        find_records(buffer, path.name)  # of all its records, the first that is damaged is told
        raise
    digest = hashlib.sha256(raw if raw is not buffer else b"")
    records, tokens = len(places) - 1, 0
    sizes = config.pairs.max_length, config.masking.predictions
    rows = Rows(Columns.of(features_of(config.masking.mode), *sizes, strict=True), BATCH)
    whole = _examples(rows.arrays(), config)
    for first in range(0, records, BATCH):
        count = min(BATCH, records - first)
        at = np.arange(count)
        rows.decode(buffer, places, first + at, at)
        if raw is buffer:
            digest.update(raw[places[first] : places[first + count]])
        examples = whole if count == BATCH else _examples(rows.arrays(), config, count)
        try:
            if rows.faults[:count].any():
                raise DataError("a record cannot be read", where=path.name)
            checked = check_examples(examples, vars(vocabulary), path.name, first)
        except DataError:
            _check_parsed(buffer, vocabulary, config, path.name, first)
            raise
        found.masked_tokens += int(checked.predictions.sum())
        found.mask_pieces += int(checked.mask_pieces.sum())
        tokens += int(checked.tokens.sum())
        found.by_tokens.update(checked.tokens.tolist())
        found.label_ones += int(examples.next_sentence_labels.sum())
        if first < sampled:
            sample.add(_examples(rows.arrays(), config, min(count, sampled - first)))
    content = {"bytes": len(raw), "sha256": digest.hexdigest()}
    _compare(path, vars(claim), {"records": records, "tokens": tokens, **content})
    found.examples += records
    found.bytes += len(raw)
    found.example_tokens += tokens


def _examples(
    arrays: dict[str, np.ndarray], config: Config, count: int | None = None
) -> Examples | UnmaskedExamples:
    """The first records of a batch, all by default."""
    kind = UnmaskedExamples if config.masking.mode == "dynamic" else Examples
    return kind(**{name: (v[:, 0] if v.shape[1] == 1 else v)[:count] for name, v in arrays.items()})


def _check_parsed(
    buffer: np.ndarray, vocabulary: VocabularyIdentity, config: Config, where: str, record: int
) -> None:
    """Raises DataError that names the first fault of a shard in which this record or a later one has one."""
    begins, ends = find_records(buffer, where)
    first = record // _PARSED_AGAIN * _PARSED_AGAIN
    batch = slice(first, first + _PARSED_AGAIN)
    place = buffer, begins[batch], ends[batch], config.pairs.max_length
    examples: Examples | UnmaskedExamples
    if config.masking.mode == "dynamic":
        examples = parse_unmasked(*place, where, first)
    else:
        examples = parse_examples(*place, config.masking.predictions, where, first)
    check_examples(examples, vars(vocabulary), where, first)


def _verify_provenance(folder: Path, claim: Sidecar, records: int, config: Config) -> None:
    path = folder / claim.name
    table = read_provenance(path)
    seen = {"records": len(table), **_content(bytes_of(path))}
    _compare(path, {**vars(claim), "records": records}, seen)
    columns = {name: table[name].to_numpy() for name in ("dupe", *NUMBERS)}
    wrong = columns["dupe"] >= config.pairs.dupe_factor
    for segment in ("x1", "x2"):
        wrong |= columns[f"{segment}_first"] > columns[f"{segment}_last"]
    if wrong.any():
        raise DataError(
            f"row {int(np.argmax(wrong))}: not sentences of a document, or no dupe of this build",
            where=path.name,
        )


def _content(raw: np.ndarray) -> dict[str, Any]:
    return {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def _compare(path: Path, claim: dict[str, Any], seen: dict[str, Any]) -> None:
    """Raises DataError where a file is not as the manifest's entry says."""
    for key, value in seen.items():
        if claim[key] != value:
            name = "as its SHA-256" if key == "sha256" else key
            raise DataError(
                f"the manifest claims {claim[key]} {name}, the file has {value}",
                where=path.name,
                fix=REBUILD,
            )


def decompress(raw: np.ndarray, path: Path) -> np.ndarray:
    """A shard's TFRecord bytes, uint8, unpacked where the name ends in `.gz`.

    Raises:
        DataError: the archive is truncated or damaged.
    """
    if path.suffix != ".gz":
        return raw
    texts = compressed.texts(io.BytesIO(raw), "gzip", path.name, REBUILD)
    return np.frombuffer(b"".join(text for _, text in texts), np.uint8)
