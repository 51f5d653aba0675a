"""manifest.json: everything a shard set claims about itself, and the data card made from it.

The manifest is a function of the configuration, the corpus, the vocabulary and the code: no times,
paths or host names, so that two builds of the same thing have equal manifests too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import albert_data
from albert_data import provenance
from albert_data.config import Config, fingerprint
from albert_data.contamination.result import card_section, corpus_fingerprint
from albert_data.errors import DataError
from albert_data.examples import pairs
from albert_data.examples.span_law import span_law
from albert_data.kernels import code_fingerprint
from albert_data.records.features import features_of
from albert_data.schema import SCHEMA_VERSION
from albert_data.selection import select_sources
from albert_data.shards import Shard


def make_manifest(
    config: Config,
    index: dict[str, Any],
    masked: dict[str, Any],
    shards: Sequence[Shard],
    left_out: Sequence[str] = (),
) -> dict[str, Any]:
    """The manifest of a finished build.

    Args:
        index: of the token cache.
        masked: what masking counted, `blocks.add_totals` of all blocks.
        shards: all shards.
        left_out: names of a few documents that no pair was made of.

    Raises:
        DataError: totals do not balance (tokens of pairs; examples made and written), or nothing
            was made.
    """
    shards = sorted(shards, key=lambda shard: shard.name)
    documents = sum(f["documents"] for f in index["files"])
    index = select_sources(index, config.pairs.sources)
    statistics = _statistics(config, masked)
    statistics["pairs"]["samples_of_dropped_documents"] = list(left_out)
    totals = {
        "documents": sum(f["documents"] for f in index["files"]),
        "sentences": sum(f["sentences"] for f in index["files"]),
        "tokens": sum(f["tokens"] for f in index["files"]),
        "examples": sum(shard.records for shard in shards),
        "example_tokens": sum(shard.tokens for shard in shards),
        "shard_bytes": sum(shard.bytes for shard in shards),
    }
    statistics["pairs"]["documents_of_other_sources"] = documents - totals["documents"]
    _check(config, totals, statistics, index["sources"])
    return {
        "schema_version": SCHEMA_VERSION,
        "made_by": f"albert-data {albert_data.__version__}",
        "config": config.to_dict(),
        "vocabulary": index["settings"]["vocabulary"],
        "splitter": index["settings"]["splitter"],
        "fingerprints": {
            "configuration": fingerprint(config.to_dict()),
            "sources": corpus_fingerprint(index),
            "vocabulary": index["settings"]["vocabulary"]["sha256"],
            "code": code_fingerprint(),
        },
        "sources": index["sources"],
        "totals": totals,
        "corpus": _by_kind(index),
        "reading": index["tally"],
        "statistics": statistics,
        "features": [
            {
                "name": f.name,
                "dtype": f.dtype,
                "length": f.size(config.pairs.max_length, config.masking.max_predictions),
                "meaning": f.meaning,
            }
            for f in features_of(config.masking.mode)
        ],
        "provenance": provenance.describe() if config.shards.provenance else None,
        "shards": [shard.to_json() for shard in shards],
    }


def _by_kind(index: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Documents, sentences and tokens by kind of source, which names the token files."""
    kinds: dict[str, dict[str, int]] = {}
    for file in index["files"]:
        own = kinds.setdefault(file["path"].split("-")[0], {})
        for name in ("documents", "sentences", "tokens"):
            own[name] = own.get(name, 0) + file[name]
    return kinds


def _statistics(config: Config, masked: dict[str, Any]) -> dict[str, Any]:
    """What masking counted."""
    spans, replaced, tokens, of_pairs, labels = (
        np.array(masked[name]) for name in ("spans", "replaced", "tokens", "pairs", "labels")
    )
    return {
        "pairs": {
            "dropped_documents_of_one_sentence": int(of_pairs[pairs.DROPPED_DOCUMENTS]),
            "dropped_documents_without_nsp_partner": int(of_pairs[pairs.LONELY_DOCUMENTS]),
            "dropped_examples_without_a_maskable_word": int(tokens[0]),
            "chunks_with_a_short_target": int(of_pairs[pairs.SHORT]),
            "tokens": {
                "used": config.pairs.dupe_factor,
                "placed": int(of_pairs[pairs.PLACED]),
                "truncated": int(of_pairs[pairs.TRUNCATED]),
                "dropped": int(of_pairs[pairs.DROPPED]),
                "used_twice_at_document_ends": int(of_pairs[pairs.REUSED]),
                "taken_from_nsp_partners": int(of_pairs[pairs.PARTNER]),
            },
        },
        "labels": labels.tolist(),
        "examples_by_tokens": tokens[1:].tolist(),
        "masked_tokens": int(replaced.sum()),
        "replaced": {
            kind: int(n) for kind, n in zip(("mask", "keep", "random"), replaced, strict=True)
        },
        "spans": {
            "law": span_law(config.masking).tolist(),
            "by_units": spans.sum(axis=0)[1:].tolist(),
            "shortened": int(spans[1].sum()),
        },
    }


def _check(
    config: Config, totals: dict[str, int], statistics: dict[str, Any], sources: Sequence[str]
) -> None:
    of_pairs = statistics["pairs"]
    tokens = of_pairs["tokens"]
    came = totals["tokens"] * config.pairs.dupe_factor
    came += tokens["used_twice_at_document_ends"] + tokens["taken_from_nsp_partners"]
    left = tokens["placed"] + tokens["truncated"] + tokens["dropped"]
    made = sum(statistics["labels"])
    lengths = statistics["examples_by_tokens"]
    written = sum(n * count for n, count in enumerate(lengths, 1))
    if came != left or made != totals["examples"] or written != totals["example_tokens"]:
        raise DataError(
            f"totals do not balance: {came} tokens in, {left} out or dropped; "
            f"{made} examples made, {totals['examples']} written",
            fix="this is a defect of albert-data: please report it",
        )
    if totals["examples"] == 0:
        reasons = ", ".join(
            f"{n} {name.replace('_', ' ')}"
            for name, n in of_pairs.items()
            if name.startswith("dropped") and n
        )
        raise DataError(
            f"no example could be made of {totals['documents']} documents ({reasons})",
            where="; ".join(sources[:3]),
            fix="documents need two sentences or more; check the source's kind and --sentences",
        )


def data_card(manifest: dict[str, Any], contamination: dict[str, Any] | None = None) -> str:
    """README.md of a shard set: what is in it, for people.

    Args:
        contamination: what contamination.json of the token cache holds, where there is one.
    """
    config, totals, statistics = manifest["config"], manifest["totals"], manifest["statistics"]
    reading = manifest["reading"]
    dropped = {k: n for k, n in reading["counts"].items() if k.startswith("dropped/")}
    drop_rows = "".join(
        f"| {name.split('/', 1)[1]} | {n:,} | {_cell(reading['samples'].get(name, [])[:2])} |\n"
        for name, n in dropped.items()
    )
    settings = "\n".join(
        f"| `{group}.{key}` | {value} |"
        for group, values in config.items()
        if isinstance(values, dict)
        for key, value in values.items()
    )
    label = {"sop": "swapped", "nsp": "random second segment", "none": "there is no such task"}
    sources = "\n".join(f"- {name}" for name in manifest["sources"][:50])
    more = len(manifest["sources"]) - 50
    return f"""# ALBERT pretraining shards

{totals["examples"]:,} examples of up to {config["pairs"]["max_length"]} tokens in \
{len(manifest["shards"])} shards ({totals["shard_bytes"] / 1e6:,.1f} MB), made by \
{manifest["made_by"]} from {totals["documents"]:,} documents ({totals["sentences"]:,} sentences, \
{totals["tokens"]:,} tokens), each used {config["pairs"]["dupe_factor"]} times.
Records are tf.Example in TFRecord files, features as google-research/albert names them.
`albert-data verify` re-checks all that `manifest.json` claims.

| objective `{config["pairs"]["objective"]}` | |
| --- | --- |
| examples with label 1 ({label[config["pairs"]["objective"]]}) | \
{statistics["labels"][1] / totals["examples"]:.1%} |
| tokens an example | {totals["example_tokens"] / totals["examples"]:.1f} |
{_masks(manifest)}

## Left out

| what | how many | for instance |
| --- | --- | --- |
{drop_rows}| documents of one sentence (over all passes) | \
{statistics["pairs"]["dropped_documents_of_one_sentence"]:,} | \
{_cell(statistics["pairs"]["samples_of_dropped_documents"][:2])} |
| documents of other sources (`pairs.sources`) | \
{statistics["pairs"]["documents_of_other_sources"]:,} | |
| tokens cut off to fit the length | {statistics["pairs"]["tokens"]["truncated"]:,} | |
{card_section(contamination) if contamination else ""}
## Sources

{sources}{f"{chr(10)}- and {more:,} more" if more > 0 else ""}

## Configuration

| key | value |
| --- | --- |
| `seed` | {config["seed"]} |
{settings}
"""


def _masks(manifest: dict[str, Any]) -> str:
    """The data card's lines about masks."""
    statistics, tokens = manifest["statistics"], manifest["totals"]["example_tokens"]
    masked, spans, replaced = (statistics[k] for k in ("masked_tokens", "spans", "replaced"))
    if manifest["config"]["masking"]["mode"] == "dynamic":
        return "| masks | drawn by the trainer, others in each epoch (`masking.mode: dynamic`) |"
    span_rows = "\n".join(
        f"| {n} | {p:.1%} | {count / max(sum(spans['by_units']), 1):.1%} |"
        for n, (p, count) in enumerate(zip(spans["law"], spans["by_units"], strict=True), 1)
    )
    return f"""| predicted | {masked / tokens:.2%} of the tokens |
| of these [MASK] / kept / random | {replaced["mask"] / masked:.1%} / \
{replaced["keep"] / masked:.1%} / {replaced["random"] / masked:.1%} |

| span of | law | realised |
| --- | --- | --- |
{span_rows}"""


def _cell(samples: Sequence[str]) -> str:
    """Samples as one cell of a Markdown table."""
    return " ".join("; ".join(samples).replace("|", "\\|").split())
