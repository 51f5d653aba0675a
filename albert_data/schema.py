"""Every stored file but the records, once: field, type, meaning. Writers, readers, reports and docs go by
it.

Token files (Parquet, one row a document) and the shards' provenance sidecars (Parquet, one row a record)
have columns; the features of shards are in `records/features.py`. All JSON files of ours are the
dataclasses below, with `schema_version` before and `seal`, a hash over all else, behind their fields
(`storage/sealed.py`).

What may change: a field may be added where it has a default, and readers pass over fields that they do
not know. Whatever else (another name, type or meaning, a field that goes) raises SCHEMA_VERSION; what
of earlier versions is still read is said in READABLE_VERSIONS and tested.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from albert_data.base.tally import Counted

# 2: JSON files carry a seal. Those of 1, the first, are still read.
SCHEMA_VERSION = 2
READABLE_VERSIONS = (1, 2)


@dataclass(frozen=True)
class Column:
    """A column of a Parquet file."""

    name: str
    type: str
    meaning: str


TOKEN_COLUMNS = (
    Column("id", "string", "the document's id in its source"),
    Column("title", "string", "for people; may be empty"),
    Column("source", "string", "kind and name of the file it came from, kind:name"),
    Column("key", "uint64", "hash of source, id and text: names the document's random streams"),
    Column("sentence_lengths", "list<uint32>", "pieces of each sentence, in order"),
    Column("pieces", "list<uint16 or uint32>", "piece ids of all sentences; uint16 up to 65,536"),
)

# Only with `tokens.word_segmenter`, which sees the text; else word starts follow from the pieces.
WORD_STARTS = Column("word_starts", "list<bool>", "the piece begins a word, for each of them")

# One row a record, in the shard's order. A sentence's ordinal is its place in `sentence_lengths` of
# the document in the token file, from 0; of a sentence, only a part may stand in the record.
PROVENANCE_COLUMNS = (
    Column("source", "string", "the document's, as in the token file"),
    Column("document", "string", "the document's id in its source"),
    Column("title", "string", "its first 200 characters"),
    Column("dupe", "uint32", "in which use of the corpus the record was made, from 0"),
    Column("chunk", "uint32", "ordinal of the record's chunk in its document and dupe"),
    Column("x1_first", "uint32", "first sentence of the first segment"),
    Column("x1_last", "uint32", "last sentence of the first segment"),
    Column("x2_first", "uint32", "first sentence of the second segment"),
    Column("x2_last", "uint32", "last sentence of the second segment"),
    Column("x2_source", "string", "nsp only: source of the second segment's document"),
    Column("x2_document", "string", "nsp only: its id"),
    Column("x2_title", "string", "nsp only: its title"),
)


# A line of a file of prose, a JSON object (`albert-data prose`, the source `prose:`). One of paragraphs
# and sentences is there: paragraphs alone are cut into sentences by who reads them; sentences alone are
# taken as they are. Both: the sentences are taken, and the paragraphs name the document's random streams.
PROSE_ROW = (
    Column("source", "string", "kind and name of the file that it came from, kind:name"),
    Column("id", "string", "the document's id in its source"),
    Column(
        "unit", "integer", "number of the unit in which it was read: token files end where it does"
    ),
    Column("title", "string", "for people; may be empty"),
    Column("paragraphs", "list<string>", "prose, in order"),
    Column("sentences", "list<string>", "the sentences of the paragraphs, in order"),
)

# A row of left_out.parquet, and a line of what `prose --left-out` lists.
LEFT_OUT_ROW = (
    Column("source", "string", "kind and name of the file; empty of files that are not read"),
    Column("item", "string", "what went: document, paragraph, sentence, row, line or file"),
    Column("reason", "string", "why, as in the manifest and the data card"),
    Column("id", "string", "the document's id in its source; empty where it is not known"),
    Column("title", "string", "the document's; may be empty"),
    Column("first_words", "string", "of what went, a hundred characters at most"),
    Column("what", "string", "the place, and for people what it says"),
    Column("count", "integer", "how many of them"),
)


# ---- the token cache


@dataclass(frozen=True)
class VocabularyIdentity:
    """What identifies a vocabulary.

    Attributes:
        sha256: of the SentencePiece model.
        size: number of pieces.
        special_ids: ids of [CLS], [SEP], [MASK], <pad> and <unk> by name.
    """

    sha256: str
    size: int
    special_ids: dict[str, int]


@dataclass(frozen=True)
class TokenFile:
    """A finished token file.

    Attributes:
        path: its name in `parts/` of the token cache.
        documents, sentences, tokens: how many it holds.
        bytes: of the file.
        crc32c: of the file, checked when it is read.
        content: SHA-256 (hex) of keys, sentence lengths and pieces, whatever the Parquet encoding.
        sources: source → its documents, sentences and tokens in the file.
        unknown: source → its pieces that are `<unk>`, of sources with any; None: not counted (0.1).
    """

    path: str
    documents: int
    sentences: int
    tokens: int
    bytes: int
    crc32c: int
    content: str
    sources: dict[str, list[int]] = field(default_factory=dict)
    unknown: dict[str, int] | None = None


@dataclass(frozen=True)
class IndexedFile(TokenFile):
    """A token file of a cache; `unit` is the order of its unit."""

    unit: int = 0


@dataclass(frozen=True)
class ListFile:
    """A file of things that were left out: its name in `left-out/`, rows, bytes, CRC-32C."""

    name: str
    rows: int
    bytes: int
    crc32c: int


@dataclass(frozen=True)
class UnitMarker:
    """units/NAME.json: a finished unit of work.

    Attributes:
        name: of the unit.
        files: in order.
        tally: what was counted.
        excluded: numbers, in the list of documents to leave out, of those that it had.
        left_out: what was left out; None where it was nothing.
    """

    name: str
    files: list[TokenFile]
    tally: Counted
    excluded: list[int]
    left_out: ListFile | None = None


@dataclass(frozen=True)
class SignatureMarker:
    """parts/NAME.signatures.json: CRC-32C of a token file's signatures, and of the token file."""

    of: int
    crc32c: int


@dataclass(frozen=True)
class CacheSettings:
    """What token files depend on beside their input.

    Attributes:
        sources, sentences, tokens: these groups of the configuration, `sources.bad_input` left out.
        splitter: the sentence splitter: its name, version and language, and its `rules` where they are not
            that language's own.
        vocabulary: of the pieces.
        schema: version of the token files.
        segmenter: of words: its name, package and version; empty for none.
    """

    sources: dict[str, Any]
    sentences: dict[str, Any]
    splitter: dict[str, str]
    tokens: dict[str, Any]
    vocabulary: VocabularyIdentity
    schema: int
    segmenter: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InputFile:
    """A file that a token cache is made of.

    Attributes:
        source: `kind:name`.
        bytes: of the file; 0 where not known.
        content: a hash over them, or what a store or hub says in its stead.
    """

    source: str
    bytes: int
    content: str


@dataclass(frozen=True)
class KnownInput:
    """A file's size and content (`InputFile`), and the stamp that it had when these were found."""

    stamp: str
    bytes: int
    content: str


@dataclass(frozen=True)
class KnownInputs:
    """inputs.json of a token cache: its input files by their paths.

    One of the same stamp is not hashed again. Files whose stamp may not tell a change yet, since they
    were written a moment ago, are not in it.
    """

    files: dict[str, KnownInput] = field(default_factory=dict)


@dataclass(frozen=True)
class CacheIdentity:
    """identity.json of a token cache: what it is made of; no `files` where an earlier version wrote it."""

    settings: CacheSettings
    files: list[InputFile] = field(default_factory=list)


@dataclass(frozen=True)
class HoldOut:
    """Documents that are held out of training (`hold_out`).

    Attributes:
        part: `training`: a set of all others; `held-out`: the set of these.
        wish: as it was set.
        below: they are those whose hash (`tokens/hold_out.py`) is below this.
        documents, tokens: how many, of all sources of the token cache.
        of: documents of the token cache.
        repeated: of the documents, those that a training document repeats, whole or nearly.
        records: of the held-out set; 0 where that is not made yet.
    """

    part: Literal["training", "held-out"]
    wish: str
    below: int
    documents: int
    tokens: int
    of: int
    repeated: int = 0
    records: int = 0


@dataclass(frozen=True)
class TokenIndex:
    """tokens.json: a complete token cache.

    Attributes:
        settings: that it was made with.
        sources: `kind:name` of all input files, and of those that their documents once came from.
        files: in the order of their units.
        tally: what was counted while reading.
        hold_out: of a part of a token cache, which is none by itself: what part; None in the file.
    """

    settings: CacheSettings
    sources: list[str]
    files: list[IndexedFile]
    tally: Counted
    hold_out: HoldOut | None = None


# ---- work files


@dataclass(frozen=True)
class BlockCounts:
    """What masking counted over the examples of a block, a shard or a whole build; empty lists: nothing.

    Attributes:
        pairs: by the numbers of `pairs.py` (DROPPED, TRUNCATED, …).
        spans: [2, N + 1], spans by length; row 1: of those that were shortened.
        replaced: pieces replaced by [MASK], kept, replaced by a random piece.
        tokens: [max_length + 1], examples by tokens; at 0 those left out.
        labels: examples by label.
        alike: [checksums, how many records have each]: the ALIKE smallest checksums of records.
    """

    pairs: list[int]
    spans: list[list[int]]
    replaced: list[int]
    tokens: list[int]
    labels: list[int]
    alike: list[list[int]] = field(default_factory=lambda: [[], []])


@dataclass(frozen=True)
class PieceIndex:
    """The end of a block, of a merged file or of mapped tokens; the latter two have no counts.

    Attributes:
        name: of the file.
        offsets: where the pieces begin and the last one ends.
        counts: of a block.
        dropped: of a block, rows of the documents that no pair was made of.
        made_of: of a file of mapped tokens, a fingerprint of all that it depends on.
    """

    name: str
    offsets: list[int]
    counts: BlockCounts | None = None
    dropped: list[int] = field(default_factory=list)
    made_of: str = ""


@dataclass(frozen=True)
class Sidecar:
    """A provenance file: name, bytes, SHA-256 (hex)."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Shard:
    """A finished shard: file name, records, tokens (special ones included), bytes, SHA-256 (hex).

    `provenance` is its sidecar; None where there is none.
    """

    name: str
    records: int
    tokens: int
    bytes: int
    sha256: str
    provenance: Sidecar | None = None

    def files(self) -> list[Shard | Sidecar]:
        """The shard and its sidecar."""
        return [self, self.provenance] if self.provenance else [self]


@dataclass(frozen=True)
class ShardMarker:
    """work/shards/NAME.json: a finished shard, and a fingerprint of the pieces it was made of.

    Attributes:
        counts: what masking counted, where the shard was made of pairs.
    """

    made_of: str
    shard: Shard
    counts: BlockCounts | None = None


@dataclass(frozen=True)
class BuildIdentity:
    """build.json: configuration, corpus (a cache's identity, or its files and vocabulary) and code."""

    config: dict[str, Any]
    corpus: dict[str, Any]
    code: str


# ---- manifest.json


@dataclass(frozen=True)
class Fingerprints:
    """SHA-256 (hex) of the configuration, the content of all token files, the vocabulary, the code."""

    configuration: str
    sources: str
    vocabulary: str
    code: str


@dataclass(frozen=True)
class Totals:
    """Of the corpus as used: documents, sentences, tokens; of the shards: the rest.

    `unknown`: of the corpus' tokens, those that are `<unk>`; None where not counted (0.1).
    """

    documents: int
    sentences: int
    tokens: int
    examples: int
    example_tokens: int
    shard_bytes: int
    unknown: int | None = None


@dataclass(frozen=True)
class KindTotals:
    """The corpus by kind of source."""

    documents: int
    sentences: int
    tokens: int
    unknown: int | None = None


@dataclass(frozen=True)
class TokenBalance:
    """What became of the corpus' tokens over all dupes.

    used × totals.tokens + used_twice_at_document_ends + taken_from_nsp_partners
        = placed + truncated + dropped
    """

    used: int
    placed: int
    truncated: int
    dropped: int
    used_twice_at_document_ends: int
    taken_from_nsp_partners: int


@dataclass(frozen=True)
class PairStatistics:
    """What pairs were made of, and what was left out while making them."""

    dropped_documents_of_one_sentence: int
    dropped_documents_without_nsp_partner: int
    dropped_examples_without_a_maskable_word: int
    chunks_with_a_short_target: int
    tokens: TokenBalance
    samples_of_dropped_documents: list[str]
    documents_of_other_sources: int


@dataclass(frozen=True)
class Replaced:
    """Masked pieces by what stands in their place."""

    mask: int
    keep: int
    random: int


@dataclass(frozen=True)
class SpanStatistics:
    """Spans of 1, 2, … units: their law, how many there are, and how many were shortened."""

    law: list[float]
    by_units: list[int]
    shortened: int


@dataclass(frozen=True)
class Statistics:
    """Counts over all examples; `examples_by_tokens` from 1 token on."""

    pairs: PairStatistics
    labels: list[int]
    examples_by_tokens: list[int]
    masked_tokens: int
    replaced: Replaced
    spans: SpanStatistics


@dataclass(frozen=True)
class FeatureDescription:
    """A feature of the records; `length` is its number of values."""

    name: str
    dtype: str
    length: int
    meaning: str


@dataclass(frozen=True)
class ProvenanceDescription:
    """The sidecars: their columns, and their writer, on whose version their bytes depend."""

    written_by: str
    columns: list[Column]


@dataclass(frozen=True)
class SampleCounts:
    """Of the sample of records that `difficulty.json` is about: the integers it is made of.

    Attributes:
        records: from the beginning of some shards, see `insight/difficulty/take.py`.
        labels: records by label.
        pieces: predicted pieces; of unmasked records (`masking.mode: dynamic`) all pieces of the text.
        pieces_by_count: [n, how many different pieces are predicted n times], ascending: all that the
            entropy depends on.
    """

    records: int
    labels: list[int]
    pieces: int
    pieces_by_count: list[list[int]]


@dataclass(frozen=True)
class Realised:
    """What became of a setting (`shards/wishes.py` has the table): `part` of `whole` `what`.

    Attributes:
        key: of the configuration, whose value is the wish.
        of: a pattern of `pairs.sources`, where there is a figure for each; else empty.
    """

    key: str
    what: str
    part: int
    whole: int
    of: str = ""


@dataclass(frozen=True)
class Manifest:
    """manifest.json: everything a shard set claims about itself.

    Attributes:
        schema_version: of the file.
        made_by: program and version.
        config: the whole configuration as plain values (`config_file.from_dict` reads it).
        splitter: the sentence splitter: its name, version and language, and its `rules` where they are not
            that language's own.
        sources: `kind:name` of all input files that were used.
        corpus: by kind of source.
        reading: what was counted while reading.
        provenance: None where there are no sidecars.
        shards: in their order.
        segmenter: of words: its name, package and version; empty for none.
        sample: of the records; None where not counted (0.1).
        hold_out: documents held out, and whether these are the set of them; None where none are.
        realised: what became of settings that a corpus may not let come true; None where not counted (0.1).
    """

    schema_version: int
    made_by: str
    config: dict[str, Any]
    vocabulary: VocabularyIdentity
    splitter: dict[str, str]
    fingerprints: Fingerprints
    sources: list[str]
    totals: Totals
    corpus: dict[str, KindTotals]
    reading: Counted
    statistics: Statistics
    features: list[FeatureDescription]
    provenance: ProvenanceDescription | None
    shards: list[Shard]
    segmenter: dict[str, str] = field(default_factory=dict)
    sample: SampleCounts | None = None
    hold_out: HoldOut | None = None
    realised: list[Realised] | None = None

    def files(self) -> list[Shard | Sidecar]:
        """All shards and sidecars."""
        return [file for shard in self.shards for file in shard.files()]


# ---- beside a shard set, and never in its manifest


@dataclass(frozen=True)
class StageCounts:
    """Work of one stage, done or to do; bytes are those of its input, time is the workers'."""

    units: int = 0
    documents: int = 0
    bytes: int = 0
    examples: int = 0
    milliseconds: int = 0


@dataclass(frozen=True)
class Run:
    """run.json: how the last run of a build went.

    Attributes:
        command: as it was given.
        seconds: of the run, start-up of the workers included.
        stages: by name.
    """

    command: str
    seconds: float
    stages: dict[str, StageCounts]


@dataclass(frozen=True)
class AblationVariant:
    """A variant of a grid.

    Attributes:
        name: of the variant and its folder.
        differs: dotted key and value of what it sets otherwise than the base.
        configuration: fingerprint, as in the variant's manifest.
        records, bytes: of its shards.
        seconds: workers' time for it, shared work split evenly; None where nobody watched.
    """

    name: str
    differs: dict[str, Any]
    configuration: str
    records: int
    bytes: int
    seconds: float | None


@dataclass(frozen=True)
class Ablation:
    """ablation.json: the variants of a grid that are made."""

    variants: list[AblationVariant]


@dataclass(frozen=True)
class Figure:
    """A predicted value and the ends of its error bar (95 %)."""

    value: float
    low: float
    high: float


# What an estimate predicts beside the manifest's totals.
ESTIMATE_NAMES = {
    "provenance_bytes": "of the sidecars",
    "cache_bytes": "of the token files",
    "work_bytes": "of files that a build removes at its end, at their most",
    "memory_bytes": "of all processes, at their most",
    "cpu_seconds": "of all stages, start-up left out",
    "seconds": "of the build with so many workers, start-up included",
    "core_hours": "of work: CPU seconds and one start-up, without cores that wait",
    "price": "core hours at the rate given; absent without one",
}


@dataclass(frozen=True)
class Place:
    """Where a build may run.

    Attributes:
        name: of machines and region.
        workers: processes, each on a core of its own.
        seconds: of the build.
        usd: None where nothing is rented.
        basis: of the price.
    """

    name: str
    workers: int
    seconds: float
    usd: float | None
    basis: str


@dataclass(frozen=True)
class Estimate:
    """estimate.json: what a build will make and cost.

    Attributes:
        predicted: by name, those of `Totals` and of ESTIMATE_NAMES.
        workers: processes on cores of their own that the time is for.
        corpus, opened, read: bytes of input, decompressed: in all, looked at, and read.
        notes: what to know about the figures.
        seconds: that the estimate took.
        beyond: what the figures are of, over the input that is here; 1 where they are of that, 0 where
            none is.
        places: where it may run.
    """

    predicted: dict[str, Figure]
    workers: int
    corpus: int
    opened: int
    read: int
    notes: list[str]
    seconds: float
    beyond: float = 1.0
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Baseline:
    """What is reached without a model on n records or pieces, and the standard error."""

    value: float
    error: float
    n: int


@dataclass(frozen=True)
class Difficulty:
    """difficulty.json: how easy the shards are without a model, from a sample of the records.

    Floats may differ in their last digits between machines; the integers stand in the manifest (`sample`).

    Attributes:
        records: of the sample; documents: that their x1 are of, None where not known.
        entropy: nats, of the predicted pieces one by one (of unmasked records, of all pieces).
        commonest_piece: share of the piece that is predicted most often.
        commonest_label: share of the more frequent label.
        cosine: share of the labels that one threshold on the idf cosine of x1 and x2 finds.
        logistic: share that a logistic regression on words and end pieces finds.
        left_out: records of which one document lies in either half: not of use to `logistic`.
        notes: what could not be said, and why.
    """

    records: int
    documents: int | None
    entropy: Baseline | None
    commonest_piece: Baseline | None
    commonest_label: Baseline | None
    cosine: Baseline | None
    logistic: Baseline | None
    left_out: int
    notes: list[str]


@dataclass(frozen=True)
class ContaminationSet:
    """One part of an evaluation set.

    Attributes:
        name: file with its last folder, and part.
        kind: squad, race, glue or text.
        part: contexts, questions, answers or texts.
        items: texts.
        matched: texts of which an n-gram stands in the corpus.
        too_short: texts of fewer than `shortest` words: not looked for.
        ngrams, ngrams_found: of all texts, and of these in the corpus; a text looked for whole is one.
        unusable_rows: of the file, with too few columns.
        samples: the texts of which most was found, at most 5, shortened.
    """

    name: str
    kind: str
    part: str
    items: int
    matched: int
    too_short: int
    ngrams: int
    ngrams_found: int
    unusable_rows: int
    samples: list[str]


@dataclass(frozen=True)
class ContaminatedDocument:
    """A document of the corpus with n-grams of evaluation texts: how many, in all and by part."""

    source: str
    id: str
    title: str
    ngrams: int
    contexts: int
    questions: int
    answers: int
    texts: int


@dataclass(frozen=True)
class ExcludedDocuments:
    """The list of `--exclude`: its documents have at least `threshold` n-grams."""

    threshold: int
    documents: int


@dataclass(frozen=True)
class Contamination:
    """contamination.json, in a token cache and beside the shards made from it afterwards.

    Attributes:
        ngram: words of an n-gram.
        shortest: texts of fewer words than an n-gram are looked for whole from here on.
        corpus: fingerprint, as the manifest's `fingerprints.sources`.
        words: searched in the corpus.
        sets: the texts of each evaluation set, by part.
        overlapping_documents: documents with an n-gram of any evaluation text.
        documents: the 100 with most, descending.
        excluded: None where no list was written.
    """

    ngram: int
    shortest: int
    corpus: str
    words: int
    sets: list[ContaminationSet]
    overlapping_documents: int
    documents: list[ContaminatedDocument]
    excluded: ExcludedDocuments | None
