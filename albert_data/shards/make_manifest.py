"""What a manifest claims, made from a finished build, and how its claims depend on one another.

It is a function of the configuration, the corpus, the vocabulary and the code: no times, paths or host
names, so that two builds of the same thing have equal manifests too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

import albert_data
from albert_data.base.code import code_fingerprint
from albert_data.base.counts import count_of
from albert_data.base.errors import DataError
from albert_data.base.tally import with_frequent_names
from albert_data.config.settings import Config, fingerprint
from albert_data.examples import pairs
from albert_data.examples.span_law import span_law
from albert_data.records.features import features_of
from albert_data.schema import (
    SCHEMA_VERSION,
    BlockCounts,
    FeatureDescription,
    Fingerprints,
    KindTotals,
    Manifest,
    PairStatistics,
    ProvenanceDescription,
    Replaced,
    Shard,
    SpanStatistics,
    Statistics,
    TokenBalance,
    TokenIndex,
    Totals,
)
from albert_data.shards import provenance
from albert_data.shards.wishes import Material, realised, recounted
from albert_data.storage.file_names import shard_name
from albert_data.tokens.cache import corpus_fingerprint, unit_code
from albert_data.tokens.source_patterns import chosen, select_sources
from albert_data.tokens.unknown import unknown_pieces

NAMES_IN_MANIFEST = 1_000  # of each group that reading counted


def build_code(kinds: Collection[str]) -> str:
    """Fingerprint of the code that makes shards from these kinds of sources."""
    made = code_fingerprint(
        "shards.block", "shards.shard", "shards.make_manifest", "tokens.held_out_files"
    )
    return fingerprint([made, [unit_code(kind) for kind in sorted(kinds)]])


def make_manifest(
    config: Config,
    index: TokenIndex,
    masked: BlockCounts,
    shards: Sequence[Shard],
    left_out: Sequence[str] = (),
) -> Manifest:
    """The manifest of a finished build.

    Args:
        index: of the token cache.
        masked: what masking counted over all blocks.
        shards: all shards.
        left_out: names of a few documents that no pair was made of.

    Raises:
        DataError: totals do not balance (tokens of pairs; examples made and written), or nothing
            was made.
    """
    shards = sorted(shards, key=lambda shard: shard.name)
    everything = index
    documents = sum(file.documents for file in index.files)
    index = select_sources(index, config.pairs.sources)
    totals = Totals(
        documents=sum(file.documents for file in index.files),
        sentences=sum(file.sentences for file in index.files),
        tokens=sum(file.tokens for file in index.files),
        examples=sum(shard.records for shard in shards),
        example_tokens=sum(shard.tokens for shard in shards),
        shard_bytes=sum(shard.bytes for shard in shards),
        unknown=unknown_pieces(index.files),
    )
    of_pairs = _pair_statistics(config, masked, left_out, documents - totals.documents)
    _refuse_empty(totals, of_pairs, index.sources)
    statistics = _statistics(config, masked, of_pairs)
    reading = with_frequent_names(index.tally, NAMES_IN_MANIFEST)
    material = Material(config, statistics, totals, shards, reading, masked.alike, cache=everything)
    vocabulary, values = index.settings.vocabulary, config.to_dict()
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        made_by=f"albert-data {albert_data.__version__}",
        config=values,
        vocabulary=vocabulary,
        splitter=index.settings.splitter,
        fingerprints=Fingerprints(
            configuration=fingerprint(values),
            sources=corpus_fingerprint(index),
            vocabulary=vocabulary.sha256,
            code=build_code({source.partition(":")[0] for source in index.sources}),
        ),
        sources=index.sources,
        totals=totals,
        corpus=_by_kind(index, config.pairs.sources),
        reading=reading,
        statistics=statistics,
        features=_features(config),
        provenance=provenance.describe() if config.shards.provenance else None,
        shards=list(shards),
        segmenter=index.settings.segmenter,
        hold_out=index.hold_out,
        realised=realised(material),
    )
    for key, claim, seen in claims_within(manifest, config):
        if claim != seen:
            raise DataError(
                f"totals do not balance: {key} is {claim}, and {seen} by the rest",
                fix="this is a defect of albert-data: please report it",
            )
    return manifest


def claims_within(manifest: Manifest, config: Config) -> Iterator[tuple[str, Any, Any]]:
    """(key, what a manifest says there, what its other keys say).

    Args:
        config: that of the manifest.
    """
    totals, statistics, shards = manifest.totals, manifest.statistics, manifest.shards
    tokens, replaced = statistics.pairs.tokens, statistics.replaced
    came = totals.tokens * tokens.used
    came += tokens.used_twice_at_document_ends + tokens.taken_from_nsp_partners
    left = tokens.placed + tokens.truncated + tokens.dropped
    yield "the sum of statistics.pairs.tokens", left, came
    yield "statistics.pairs.tokens.used", tokens.used, config.pairs.dupe_factor
    kept, part = manifest.reading.counts.get("kept/document", 0), manifest.hold_out
    if part is not None:
        yield "hold_out.of", part.of, kept
        kept = part.of - part.documents if part.part == "training" else part.documents
        if part.part == "held-out":
            yield "hold_out.records", part.records, totals.examples
    kept -= statistics.pairs.documents_of_other_sources
    yield "totals.documents", totals.documents, kept
    for name in ("documents", "sentences", "tokens"):
        of_kinds = sum(getattr(kind, name) for kind in manifest.corpus.values())
        yield f"totals.{name}", getattr(totals, name), of_kinds
    if totals.unknown is not None:
        of_kinds = sum(kind.unknown or 0 for kind in manifest.corpus.values())
        yield "totals.unknown", totals.unknown, of_kinds
    yield "totals.examples", totals.examples, sum(shard.records for shard in shards)
    yield "totals.example_tokens", totals.example_tokens, sum(shard.tokens for shard in shards)
    yield "totals.shard_bytes", totals.shard_bytes, sum(shard.bytes for shard in shards)
    lengths = statistics.examples_by_tokens
    yield "the sum of statistics.labels", sum(statistics.labels), totals.examples
    yield "the sum of statistics.examples_by_tokens", sum(lengths), totals.examples
    by_tokens = sum(n * count for n, count in enumerate(lengths, 1))
    yield "totals.example_tokens", totals.example_tokens, by_tokens
    if manifest.realised is not None:
        counted = recounted(manifest, config)
        keys = {figure.key for figure in counted}
        yield "realised", [f for f in manifest.realised if f.key in keys], counted
    pieces = replaced.mask + replaced.keep + replaced.random
    yield "the sum of statistics.replaced", pieces, statistics.masked_tokens
    yield "statistics.spans.law", statistics.spans.law, span_law(config.masking).tolist()
    count, form = len(shards), (config.shards.compression, config.shards.name)
    names = [shard_name(n, count, *form) for n in range(count)]
    yield "the names of shards", [shard.name for shard in shards], names
    yield "features", _layout(manifest.features), _layout(_features(config))
    expected = provenance.describe() if config.shards.provenance else None
    yield "provenance.columns", _columns(manifest.provenance), _columns(expected)
    prints = manifest.fingerprints
    yield "fingerprints.configuration", prints.configuration, fingerprint(manifest.config)
    yield "fingerprints.vocabulary", prints.vocabulary, manifest.vocabulary.sha256


def _layout(features: Sequence[FeatureDescription]) -> list[tuple[str, str, int]]:
    return [(f.name, f.dtype, f.length) for f in features]


def _columns(sidecars: ProvenanceDescription | None) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in sidecars.columns] if sidecars else []


def _features(config: Config) -> list[FeatureDescription]:
    """The features of the records."""
    lengths = config.pairs.max_length, config.masking.predictions
    return [
        FeatureDescription(f.name, f.dtype, f.size(*lengths), f.meaning)
        for f in features_of(config.masking.mode)
    ]


def _by_kind(index: TokenIndex, sources: str) -> dict[str, KindTotals]:
    """Documents, sentences, tokens and those that are `<unk>` of the chosen sources by their kind."""
    kinds: dict[str, np.ndarray] = {}
    unknown: Counter[str] = Counter()
    for file in index.files:
        for source, count in (file.unknown or {}).items():
            unknown[source.partition(":")[0]] += count
        for source, counts in file.sources.items():
            if chosen(source, sources):
                kind = source.partition(":")[0]
                kinds[kind] = kinds.get(kind, np.zeros(3, np.int64)) + counts
    counted = unknown_pieces(index.files) is not None
    return {
        kind: KindTotals(
            documents=int(counts[0]),
            sentences=int(counts[1]),
            tokens=int(counts[2]),
            unknown=unknown[kind] if counted else None,
        )
        for kind, counts in kinds.items()
    }


def counts_of_sources(index: TokenIndex, config: Config) -> dict[str, list[int]]:
    """Documents, sentences and tokens of each chosen source, the one with most tokens first."""
    found: dict[str, np.ndarray] = {}
    for file in index.files:
        for source, counts in file.sources.items():
            if chosen(source, config.pairs.sources):
                found[source] = found.get(source, np.zeros(3, np.int64)) + counts
    ordered = sorted(found.items(), key=lambda pair: (-pair[1][2], pair[0]))
    return {source: counts.tolist() for source, counts in ordered}


def _pair_statistics(
    config: Config, masked: BlockCounts, left_out: Sequence[str], of_other_sources: int
) -> PairStatistics:
    of_pairs = masked.pairs
    return PairStatistics(
        dropped_documents_of_one_sentence=of_pairs[pairs.DROPPED_DOCUMENTS],
        dropped_documents_without_nsp_partner=of_pairs[pairs.LONELY_DOCUMENTS],
        dropped_examples_without_a_maskable_word=masked.tokens[0],
        chunks_with_a_short_target=of_pairs[pairs.SHORT],
        tokens=TokenBalance(
            used=config.pairs.dupe_factor,
            placed=of_pairs[pairs.PLACED],
            truncated=of_pairs[pairs.TRUNCATED],
            dropped=of_pairs[pairs.DROPPED],
            used_twice_at_document_ends=of_pairs[pairs.REUSED],
            taken_from_nsp_partners=of_pairs[pairs.PARTNER],
        ),
        samples_of_dropped_documents=list(left_out),
        documents_of_other_sources=of_other_sources,
    )


def _statistics(config: Config, masked: BlockCounts, of_pairs: PairStatistics) -> Statistics:
    """What masking counted."""
    spans = np.array(masked.spans)
    return Statistics(
        pairs=of_pairs,
        labels=masked.labels,
        examples_by_tokens=masked.tokens[1:],
        masked_tokens=sum(masked.replaced),
        replaced=Replaced(*masked.replaced),
        spans=SpanStatistics(
            law=span_law(config.masking).tolist(),
            by_units=spans.sum(axis=0)[1:].tolist(),
            shortened=int(spans[1].sum()),
        ),
    )


def _refuse_empty(totals: Totals, of_pairs: PairStatistics, sources: Sequence[str]) -> None:
    if totals.examples == 0:
        reasons = ", ".join(
            f"{n} {name.replace('_', ' ')}"
            for name, n in vars(of_pairs).items()
            if name.startswith("dropped") and n
        )
        raise DataError(
            f"no example could be made of {count_of(totals.documents, 'document')} ({reasons})",
            where="; ".join(sources[:3]),
            fix="documents need two sentences or more; check the source's kind and --sentences",
        )
