"""Every file on disk, once: field, type, meaning. Writers, parsers, reports and docs read it.

Token files (Parquet, one row a document), the shards' provenance sidecars (Parquet, one row a record), a
grid's ablation.json, and what lies beside a build: run.json, estimate.json, contamination.json. The
shards' own features are in `records/features.py`, block files in `blocks.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Column:
    """A column of a Parquet file, or a field of a JSON file."""

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

# ablation.json of a grid: {schema_version, variants: [one object of these a variant]}.
ABLATION_COLUMNS = (
    Column("name", "string", "of the variant and its folder"),
    Column("differs", "object", "dotted key and value of what it sets otherwise than the base"),
    Column("configuration", "string", "fingerprint, as in the variant's manifest"),
    Column("records", "int", "examples in its shards"),
    Column("bytes", "int", "of its shards"),
    Column("seconds", "float or null", "workers' time for it; shared work is split evenly"),
)

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

# run.json: how the last run of a build went; no part of what the build is, and never in its manifest.
RUN_COLUMNS = (
    Column("command", "string", "as it was given"),
    Column("seconds", "float", "of the run, start-up of the workers included"),
    Column("stages", "object", "stage → units, documents, bytes, examples, worker milliseconds"),
)

# estimate.json: {predicted: {NAME: one object of ESTIMATE_COLUMNS}, and ESTIMATE_FIELDS}. NAME is one of
# the manifest's totals or of ESTIMATE_NAMES.
ESTIMATE_FIELDS = (
    Column("workers", "int", "processes that the time is for"),
    Column("corpus", "int", "bytes of all input, decompressed, as planned"),
    Column("opened", "int", "of these, looked at"),
    Column("read", "int", "of these, read"),
    Column("notes", "list<string>", "what to know about the figures"),
    Column("seconds", "float", "that the estimate took"),
)
ESTIMATE_NAMES = (
    Column("provenance_bytes", "float", "of the sidecars"),
    Column("cache_bytes", "float", "of the token files"),
    Column("cpu_seconds", "float", "of all stages, start-up left out"),
    Column("seconds", "float", "of the build with so many workers, start-up included"),
    Column("core_hours", "float", "workers times hours"),
    Column("price", "float", "core hours at the rate given; absent without one"),
)
ESTIMATE_COLUMNS = (
    Column("value", "float", "predicted"),
    Column("low", "float", "lower end of the error bar"),
    Column("high", "float", "upper end of the error bar"),
)

# contamination.json, in a token cache and beside the shards made from it afterwards: never in the
# manifest, so that the same build has the same manifest whether it was looked into or not.
CONTAMINATION_FIELDS = (
    Column("schema_version", "int", ""),
    Column("ngram", "int", "words of an n-gram"),
    Column(
        "shortest", "int", "texts of fewer words than an n-gram are looked for whole from here on"
    ),
    Column("corpus", "string", "fingerprint, as the manifest's fingerprints.sources"),
    Column("words", "int", "searched in the corpus"),
    Column("sets", "list of CONTAMINATION_SETS", "the texts of each evaluation set, by part"),
    Column("overlapping_documents", "int", "documents with an n-gram of any evaluation text"),
    Column("documents", "list of CONTAMINATION_DOCUMENTS", "the 100 with most, descending"),
    Column("excluded", "object or null", "threshold and documents of the list of --exclude"),
)
CONTAMINATION_SETS = (
    Column("name", "string", "file with its last folder, and part"),
    Column("kind", "string", "squad, race, glue or text"),
    Column("part", "string", "contexts, questions, answers or texts"),
    Column("items", "int", "texts"),
    Column("matched", "int", "texts of which an n-gram stands in the corpus"),
    Column("too_short", "int", "texts of fewer than `shortest` words: not looked for"),
    Column("ngrams", "int", "of all texts; a text looked for whole is one"),
    Column("ngrams_found", "int", "of these, how many stand in the corpus"),
    Column("unusable_rows", "int", "of the file, with too few columns"),
    Column("samples", "list of strings", "the texts of which most was found, at most 5, shortened"),
)
CONTAMINATION_DOCUMENTS = (
    Column("source", "string", "as in the token file"),
    Column("id", "string", "as in the token file"),
    Column("title", "string", "its first 200 characters"),
    Column("ngrams", "int", "places in the document where an n-gram of an evaluation text begins"),
    Column("contexts", "int", "of these, n-grams of contexts"),
    Column("questions", "int", "n-grams of questions"),
    Column("answers", "int", "n-grams of answers"),
    Column("texts", "int", "n-grams of texts without such parts"),
)
