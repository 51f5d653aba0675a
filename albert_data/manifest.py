"""manifest.json: everything a shard set claims about itself, and the data card made from it.

The manifest is a function of the configuration, the corpus, the vocabulary and the code: no times,
paths or host names, so that two builds of the same thing have equal manifests too. The file is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import albert_data
from albert_data import pairs, provenance
from albert_data.config import Config, fingerprint
from albert_data.contamination.result import card_section, corpus_fingerprint
from albert_data.errors import DataError
from albert_data.kernels import code_fingerprint
from albert_data.mask_law import span_law
from albert_data.schema import READABLE_VERSIONS, SCHEMA_VERSION, features_of
from albert_data.sealed import Damaged, beside, parse_sealed
from albert_data.selection import select_sources
from albert_data.shards import Shard, shard_name

_KEYS = set(
    "schema_version config vocabulary fingerprints totals reading statistics shards".split()
)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a shard set; its seal and the names in it are checked.

    Raises:
        DataError: there is none, it is damaged, or it is of another schema version.
    """
    path = folder / "manifest.json"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            "there is no manifest.json: not a finished build", where=str(folder), fix=_NO_BUILD
        ) from None
    return parse_manifest(raw, folder)


_NO_BUILD = "name the --output folder of a build, or run the build again to finish it"


def parse_manifest(raw: bytes, folder: Path) -> dict[str, Any]:
    """The manifest in these bytes, of the shard set in a folder.

    Raises:
        Damaged: it is not as a build wrote it.
        DataError: it is of another schema version, or names a file out of its folder.
    """
    path = folder / "manifest.json"
    manifest = parse_sealed(raw, str(path))
    version = manifest.get("schema_version")
    if isinstance(version, int) and version not in READABLE_VERSIONS:
        raise DataError(
            f"schema version {version}, this version reads {READABLE_VERSIONS}",
            where=str(path),
            fix="use the version of albert-data that made it, or build it again",
        )
    if not manifest.keys() >= _KEYS:
        raise Damaged("the manifest is damaged: keys are missing", where=str(path), fix=_NO_BUILD)
    for shard in manifest["shards"]:
        for entry in (shard, *filter(None, [shard.get("provenance")])):
            beside(folder, entry["name"], str(path))
    return manifest


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
    _refuse_empty(totals, statistics, index["sources"])
    manifest = {
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
        "features": _features(config),
        "provenance": provenance.describe() if config.shards.provenance else None,
        "shards": [shard.to_json() for shard in shards],
    }
    for key, claim, seen in claims_within(manifest, config):
        if claim != seen:
            raise DataError(
                f"totals do not balance: {key} is {claim}, and {seen} by the rest",
                fix="this is a defect of albert-data: please report it",
            )
    return manifest


def claims_within(manifest: dict[str, Any], config: Config) -> Iterator[tuple[str, Any, Any]]:
    """(key, what a manifest says there, what its other keys say).

    Args:
        config: that of the manifest.
    """
    totals, statistics, shards = (manifest[k] for k in ("totals", "statistics", "shards"))
    tokens, replaced = statistics["pairs"]["tokens"], statistics["replaced"]
    came = totals["tokens"] * tokens["used"]
    came += tokens["used_twice_at_document_ends"] + tokens["taken_from_nsp_partners"]
    left = tokens["placed"] + tokens["truncated"] + tokens["dropped"]
    yield "the sum of statistics.pairs.tokens", left, came
    yield "statistics.pairs.tokens.used", tokens["used"], config.pairs.dupe_factor
    kept = manifest["reading"]["counts"].get("kept/document", 0)
    kept -= statistics["pairs"]["documents_of_other_sources"]
    yield "totals.documents", totals["documents"], kept
    for name in ("documents", "sentences", "tokens"):
        of_kinds = sum(kind[name] for kind in manifest["corpus"].values())
        yield f"totals.{name}", totals[name], of_kinds
    for name, own in (
        ("examples", "records"),
        ("example_tokens", "tokens"),
        ("shard_bytes", "bytes"),
    ):
        yield f"totals.{name}", totals[name], sum(shard[own] for shard in shards)
    lengths = statistics["examples_by_tokens"]
    yield "the sum of statistics.labels", sum(statistics["labels"]), totals["examples"]
    yield "the sum of statistics.examples_by_tokens", sum(lengths), totals["examples"]
    by_tokens = sum(n * count for n, count in enumerate(lengths, 1))
    yield "totals.example_tokens", totals["example_tokens"], by_tokens
    yield "the sum of statistics.replaced", sum(replaced.values()), statistics["masked_tokens"]
    law = span_law(config.masking).tolist()
    yield "statistics.spans.law", statistics["spans"]["law"], law
    names = [shard_name(n, len(shards), config.shards.compression) for n in range(len(shards))]
    yield "the names of shards", [shard["name"] for shard in shards], names
    yield "features", _layout(manifest["features"]), _layout(_features(config))
    columns = provenance.describe()["columns"] if config.shards.provenance else []
    claimed = (manifest["provenance"] or {}).get("columns", [])
    claimed, columns = ([(c["name"], c["type"]) for c in own] for own in (claimed, columns))
    yield "provenance.columns", claimed, columns
    prints = manifest["fingerprints"]
    yield "fingerprints.configuration", prints["configuration"], fingerprint(manifest["config"])
    yield "fingerprints.vocabulary", prints["vocabulary"], manifest["vocabulary"]["sha256"]


def _layout(features: Sequence[dict[str, Any]]) -> list[tuple[str, str, int]]:
    return [(f["name"], f["dtype"], f["length"]) for f in features]


def _features(config: Config) -> list[dict[str, Any]]:
    """The features of the records, as a manifest describes them."""
    return [
        {
            "name": f.name,
            "dtype": f.dtype,
            "length": f.size(config.pairs.max_length, config.masking.max_predictions),
            "meaning": f.meaning,
        }
        for f in features_of(config.masking.mode)
    ]


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


def _refuse_empty(
    totals: dict[str, int], statistics: dict[str, Any], sources: Sequence[str]
) -> None:
    if totals["examples"] == 0:
        reasons = ", ".join(
            f"{n} {name.replace('_', ' ')}"
            for name, n in statistics["pairs"].items()
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
