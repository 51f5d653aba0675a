"""The manifest of a small build, with every number worked out by hand; claims held against each other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from msgspec import convert

import albert_data
from albert_data.base.code import imported
from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.config.settings import fingerprint
from albert_data.schema import PROVENANCE_COLUMNS, Manifest, Shard
from albert_data.shards import make_manifest
from albert_data.shards.block import Block
from albert_data.shards.make_manifest import build_code, claims_within
from albert_data.shards.provenance import describe
from albert_data.storage.sealed import plain
from tests.small_build import CONFIG, FILES, INDEX, make, manifest_of, of_one


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> tuple[list[Block], list[Shard]]:
    return make(tmp_path_factory.mktemp("build"), FILES)


def test_the_manifest_holds_these_numbers(build):
    blocks, shards = build
    made = manifest_of(CONFIG, INDEX, blocks, shards, ["books:a.txt one"])
    sizes = {f"shards-0000{n}-of-00002": shard.bytes for n, shard in enumerate(shards)}
    assert made["totals"] == {
        "documents": 3,
        "sentences": 6,
        "tokens": 36,
        "examples": 4,
        "example_tokens": 76,
        "shard_bytes": sum(sizes.values()),
        "unknown": 3,
    }
    assert made["statistics"] == {
        "pairs": {
            "dropped_documents_of_one_sentence": 2,
            "dropped_documents_without_nsp_partner": 0,
            "dropped_examples_without_a_maskable_word": 0,
            "chunks_with_a_short_target": 0,
            "tokens": {
                "used": 2,
                "placed": 64,
                "truncated": 0,
                "dropped": 8,
                "used_twice_at_document_ends": 0,
                "taken_from_nsp_partners": 0,
            },
            "samples_of_dropped_documents": ["books:a.txt one"],
            "documents_of_other_sources": 0,
        },
        "labels": [4, 0],
        "examples_by_tokens": [0] * 13 + [2] + [0] * 9 + [2] + [0] * 8,
        "masked_tokens": 12,
        "replaced": {"mask": 12, "keep": 0, "random": 0},
        "spans": {"law": [1.0], "by_units": [12], "shortened": 0},
    }
    assert made["shards"] == plain(shards)
    assert {s["name"]: s["bytes"] for s in made["shards"]} == sizes
    assert sum(s["records"] for s in made["shards"]) == 4
    assert sum(s["tokens"] for s in made["shards"]) == 76


def test_the_manifest_says_what_it_was_made_of(build):
    made = manifest_of(CONFIG, INDEX, *build)
    assert made["schema_version"] == 2
    assert made["made_by"] == f"albert-data {albert_data.__version__}"
    assert made["config"] == CONFIG.to_dict()
    assert from_dict(made["config"]) == CONFIG
    assert made["vocabulary"] == INDEX["settings"]["vocabulary"]
    assert made["splitter"] == {"splitter": "lines"}
    assert made["sources"] == ["text:one.txt", "text:two.txt"]
    assert made["corpus"] == {"text": {"documents": 3, "sentences": 6, "tokens": 36, "unknown": 3}}
    assert made["reading"] == INDEX["tally"]
    assert made["provenance"] == plain(describe())
    assert made["statistics"]["pairs"]["samples_of_dropped_documents"] == []
    assert made["fingerprints"] == {
        "configuration": fingerprint(CONFIG.to_dict()),
        "sources": fingerprint([(0, "aa"), (1, "bb")]),
        "vocabulary": "ab" * 32,
        "code": build_code({"text"}),
    }


def test_the_manifest_describes_the_records(build):
    features = manifest_of(CONFIG, INDEX, *build)["features"]
    assert {f["name"]: (f["dtype"], f["length"]) for f in features} == {
        "input_ids": ("int64", 32),
        "input_mask": ("int64", 32),
        "segment_ids": ("int64", 32),
        "token_boundary": ("int64", 32),
        "masked_lm_positions": ("int64", 4),
        "masked_lm_ids": ("int64", 4),
        "masked_lm_weights": ("float32", 4),
        "next_sentence_labels": ("int64", 1),
    }


def test_the_manifest_does_not_depend_on_the_order_of_its_parts(build):
    blocks, shards = build
    made = manifest_of(CONFIG, INDEX, blocks, shards)
    assert manifest_of(CONFIG, INDEX, blocks[::-1], shards[::-1]) == made
    assert json.loads(json.dumps(made)) == made


def test_totals_that_do_not_balance_are_an_error(build):
    blocks, shards = build
    more = {**INDEX, "files": [{**INDEX["files"][0], **of_one(2, 3, 16)}, INDEX["files"][1]]}
    for index, own_blocks, own_shards in (
        (more, blocks, shards),
        (INDEX, blocks[1:], shards),
        (INDEX, [*blocks, blocks[0]], shards),
        (INDEX, blocks, shards[1:]),
        (INDEX, blocks, [*shards, shards[0]]),
        (INDEX, blocks, [replace(shards[0], records=shards[0].records + 1), shards[1]]),
    ):
        with pytest.raises(DataError, match="totals do not balance"):
            manifest_of(CONFIG, index, own_blocks, own_shards)


def test_an_imbalance_is_told_in_numbers(build):
    blocks, shards = build
    with pytest.raises(DataError) as caught:
        manifest_of(CONFIG, INDEX, blocks[:-1], shards)
    assert caught.value.problem == (
        "totals do not balance: the sum of statistics.pairs.tokens is 51, and 72 by the rest"
    )
    assert caught.value.fix == "this is a defect of albert-data: please report it"


def wrong_claims(manifest: dict, config=CONFIG) -> dict[str, tuple]:
    """What a manifest says twice, and not the same: key → (what it says there, what the rest says)."""
    claims = claims_within(convert(manifest, Manifest), config)
    return {key: (claim, seen) for key, claim, seen in claims if claim != seen}


OF_TOKENS = "the sum of statistics.pairs.tokens"
# What is one more than it should be (another name, where it is a name), and the claims that are off.
CHANGED = [
    ("totals documents", {"totals.documents"}),
    ("totals sentences", {"totals.sentences"}),
    ("totals tokens", {"totals.tokens", OF_TOKENS}),
    ("totals examples", {"realised", "totals.examples", "the sum of statistics.labels",
                         "the sum of statistics.examples_by_tokens"}),
    ("totals example_tokens", {"realised", "totals.example_tokens"}),
    ("totals shard_bytes", {"realised", "totals.shard_bytes"}),
    ("corpus text documents", {"totals.documents"}),
    ("corpus text sentences", {"totals.sentences"}),
    ("corpus text tokens", {"totals.tokens"}),
    ("reading counts kept/document", {"totals.documents"}),
    ("statistics pairs documents_of_other_sources", {"totals.documents"}),
    ("statistics pairs tokens used", {OF_TOKENS, "statistics.pairs.tokens.used"}),
    ("statistics pairs tokens placed", {OF_TOKENS}),
    ("statistics pairs tokens truncated", {OF_TOKENS}),
    ("statistics pairs tokens dropped", {OF_TOKENS}),
    ("statistics pairs tokens used_twice_at_document_ends", {OF_TOKENS}),
    ("statistics pairs tokens taken_from_nsp_partners", {OF_TOKENS}),
    ("statistics labels 1", {"the sum of statistics.labels"}),
    ("statistics examples_by_tokens 13", {"the sum of statistics.examples_by_tokens",
                                          "totals.example_tokens"}),
    ("statistics masked_tokens", {"realised", "the sum of statistics.replaced"}),
    ("statistics replaced mask", {"the sum of statistics.replaced"}),
    ("statistics replaced keep", {"the sum of statistics.replaced"}),
    ("statistics replaced random", {"the sum of statistics.replaced"}),
    ("statistics spans law 0", {"statistics.spans.law"}),
    ("shards 1 records", {"totals.examples"}),
    ("shards 1 tokens", {"totals.example_tokens"}),
    ("shards 1 bytes", {"totals.shard_bytes"}),
    ("shards 1 name", {"the names of shards"}),
    ("features 2 name", {"features"}),
    ("features 2 dtype", {"features"}),
    ("features 2 length", {"features"}),
    ("provenance columns 3 name", {"provenance.columns"}),
    ("provenance columns 3 type", {"provenance.columns"}),
    ("fingerprints configuration", {"fingerprints.configuration"}),
    ("fingerprints vocabulary", {"fingerprints.vocabulary"}),
    ("vocabulary sha256", {"fingerprints.vocabulary"}),
    ("realised 0 part", {"realised"}),
    ("realised 1 whole", {"realised"}),
    ("features 2 meaning", set()),  # words for people may be put better
    ("provenance columns 3 meaning", set()),
    ("provenance written_by", set()),
]  # fmt: skip


@pytest.mark.parametrize(("place", "wrong"), CHANGED, ids=[place for place, _ in CHANGED])
def test_what_a_manifest_says_twice_is_held_against_itself(build, place, wrong):
    manifest = manifest_of(CONFIG, INDEX, *build)
    assert wrong_claims(manifest) == {}
    *outer, last = (int(step) if step.isdigit() else step for step in place.split())
    inner = manifest
    for step in outer:
        inner = inner[step]
    inner[last] += "x" if isinstance(inner[last], str) else 1
    assert set(wrong_claims(manifest)) == wrong


def test_a_manifest_of_other_settings_than_its_configuration_is_seen(build):
    manifest = manifest_of(CONFIG, INDEX, *build)
    longer = replace(CONFIG, pairs=replace(CONFIG.pairs, max_length=33))
    assert set(wrong_claims(manifest, longer)) == {"features"}
    without = replace(CONFIG, shards=replace(CONFIG.shards, provenance=False))
    assert wrong_claims(manifest, without) == {
        "provenance.columns": ([(c.name, c.type) for c in PROVENANCE_COLUMNS], [])
    }
    packed = replace(CONFIG, shards=replace(CONFIG.shards, compression="gzip"))
    assert set(wrong_claims(manifest, packed)) == {"the names of shards"}
    assert manifest_of(without, INDEX, *build)["provenance"] is None


def test_the_sources_that_were_not_chosen_are_counted_by_their_documents_alone(tmp_path):
    # As above; the document of four tokens is of another kind and left out.
    config = replace(CONFIG, pairs=replace(CONFIG.pairs, sources="text:*"))
    first = {**INDEX["files"][0], "sources": {"text:one.txt": [1, 2, 11], "books:b": [1, 1, 4]}}
    index = {
        **INDEX,
        "sources": ["text:one.txt", "books:b", "text:two.txt"],
        "files": [first, INDEX["files"][1]],
    }
    made = manifest_of(config, index, *make(tmp_path, [[[5, 6]], [[7, 7, 7]]], config))
    assert made["sources"] == ["text:one.txt", "text:two.txt"]
    assert made["corpus"] == {"text": {"documents": 2, "sentences": 5, "tokens": 32, "unknown": 3}}
    assert made["totals"]["documents"] == 2
    assert made["statistics"]["pairs"]["documents_of_other_sources"] == 1
    assert made["fingerprints"]["code"] == build_code(["text"])
    both = replace(config, pairs=replace(config.pairs, sources="*"))
    (tmp_path / "both").mkdir()
    corpus = manifest_of(both, index, *make(tmp_path / "both", FILES, both))["corpus"]
    assert corpus == {
        "text": {"documents": 2, "sentences": 5, "tokens": 32, "unknown": 3},
        "books": {"documents": 1, "sentences": 1, "tokens": 4, "unknown": 0},
    }


def test_the_codes_fingerprint_is_of_the_kinds_of_sources_in_any_order():
    assert build_code(["text", "books"]) == build_code({"books": 1, "text": 2})
    made = {build_code(kinds) for kinds in ([], ["text"], ["books"], ["text", "books"])}
    assert len(made) == 4


def test_the_codes_fingerprint_is_of_what_makes_records_shards_and_manifests(monkeypatch):
    asked: list[str] = []
    own = make_manifest.code_fingerprint

    def noted(*modules):
        asked.extend(f"{module.replace('.', '/')}.py" for module in modules)
        return own(*modules)

    monkeypatch.setattr(make_manifest, "code_fingerprint", noted)
    build_code(["text"])
    read = set(imported(asked))
    assert {f"shards/{name}.py" for name in ("block", "shard", "make_manifest")} <= read
    assert {"examples/masking.py", "records/wire.py", "shards/provenance.py"} <= read


def test_a_manifest_that_does_not_say_how_many_documents_were_read_is_seen(build):
    manifest = manifest_of(CONFIG, INDEX, *build)
    del manifest["reading"]["counts"]["kept/document"]
    assert wrong_claims(manifest) == {"totals.documents": (3, 0)}


def test_a_sources_kind_is_what_stands_before_its_first_colon(build):
    first = {**INDEX["files"][0], "sources": {"text:s3://bucket/one.txt": [2, 3, 15]}}
    sources = ["text:s3://bucket/one.txt", "text:two.txt"]
    made = manifest_of(
        CONFIG, {**INDEX, "sources": sources, "files": [first, INDEX["files"][1]]}, *build
    )
    assert list(made["corpus"]) == ["text"]
    assert made["fingerprints"]["code"] == build_code(["text"])


def test_all_reasons_why_there_is_no_example_are_told(tmp_path):
    config = replace(CONFIG, pairs=replace(CONFIG.pairs, objective="nsp"))
    index = {**INDEX, "files": [{**INDEX["files"][0], **of_one(2, 3, 15)}]}
    with pytest.raises(DataError) as caught:
        manifest_of(config, index, *make(tmp_path, [[[4]], [[5, 6]]], config))
    assert caught.value.problem == (
        "no example could be made of 2 documents (2 dropped documents of one sentence, "
        "2 dropped documents without nsp partner)"
    )


def test_a_build_without_any_example_is_an_error(tmp_path):
    files = [{**INDEX["files"][0], **of_one(2, 2, 13)}]
    with pytest.raises(DataError, match="no example could be made of 2 documents") as caught:
        manifest_of(CONFIG, {**INDEX, "files": files}, *make(tmp_path, [[[4], [9]]]))
    assert caught.value.problem == (
        "no example could be made of 2 documents (4 dropped documents of one sentence)"
    )
    assert caught.value.where == "text:one.txt; text:two.txt"
    assert caught.value.fix == (
        "documents need two sentences or more; check the source's kind and --sentences"
    )
    many = {**INDEX, "files": files, "sources": [f"text:{n}" for n in range(9)]}
    with pytest.raises(DataError) as caught:
        manifest_of(CONFIG, many, *make(tmp_path, [[[4], [9]]]))
    assert caught.value.where == "text:0; text:1; text:2"
