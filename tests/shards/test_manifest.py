"""The manifest and data card of a small build, with every number worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import convert

import albert_data
from albert_data.base.errors import DataError
from albert_data.base.tally import OTHER_NAMES
from albert_data.config.load import from_dict
from albert_data.config.settings import fingerprint
from albert_data.corpus.leave_out import IN_A_SENTENCE, ON_ITS_OWN_LINE
from albert_data.insight.data_card import data_card
from albert_data.schema import Manifest, Shard, TokenIndex
from albert_data.shards.block import Block, add_totals
from albert_data.shards.make_manifest import build_code, make_manifest
from albert_data.storage.sealed import plain
from tests import corpora

CONFIG = from_dict(
    {
        "seed": 7,
        "pairs": {
            "objective": "none",
            "max_length": 32,
            "dupe_factor": 2,
            "short_probability": 0,
        },
        "masking": {
            "max_predictions": 4,
            "max_ngram": 1,
            "mask_probability": 1,
            "keep_probability": 0,
            "random_probability": 0,
        },
    }
)
# Documents of 11, 4 (one sentence: dropped) and 21 tokens; with the special ones, two examples of
# 14 and 24 tokens a pass, of which 15 % (2 and 4) are predicted.
FILES = ([[5, 6], [4]], [[7, 7, 7]])
INDEX = {
    "settings": {
        "vocabulary": {"sha256": "ab" * 32, "size": 40, "special_ids": {"[CLS]": 2}},
        "splitter": {"splitter": "lines"},
        "sources": {},
        "sentences": {},
        "tokens": {},
        "schema": 2,
    },
    "sources": ["text:one.txt", "text:two.txt"],
    "files": [
        {
            "unit": 0,
            "path": "text-0a-00000.parquet",
            "documents": 2,
            "sentences": 3,
            "tokens": 15,
            "content": "aa",
            "sources": {"text:one.txt": [2, 3, 15]},
            "unknown": {"text:one.txt": 3},
            "bytes": 7,
            "crc32c": 1,
        },
        {
            "unit": 1,
            "path": "text-0b-00000.parquet",
            "documents": 1,
            "sentences": 3,
            "tokens": 21,
            "content": "bb",
            "sources": {"text:two.txt": [1, 3, 21]},
            "unknown": {},
            "bytes": 8,
            "crc32c": 2,
        },
    ],
    "tally": {
        "counts": {"read/document": 4, "kept/document": 3, "dropped/document/empty": 1},
        "samples": {"dropped/document/empty": ["text:one.txt 3\nA | B"]},
    },
}


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> tuple[list[Block], list[Shard]]:
    return make(tmp_path_factory.mktemp("build"), FILES)


def make(folder: Path, files, config=CONFIG) -> tuple[list[Block], list[Shard]]:
    blocks = []
    for number, lengths in enumerate(files):
        documents = corpora.documents_of(*lengths)
        documents = documents._replace(keys=documents.keys + number)
        tables = corpora.tables_of(documents, 40)
        tables.starts[:] = True  # every piece is a word
        for dupe in range(config.pairs.dupe_factor):
            path = folder / f"{number}-{dupe}"
            blocks.append(
                corpora.write_block(path, (number, 0, dupe), documents, tables, config, 2)
            )
    return blocks, [corpora.write_shard(folder, index, 2, blocks, config) for index in range(2)]


def of_one(documents: int, sentences: int, tokens: int) -> dict:
    """The counts of a token file of one source."""
    counts = {"documents": documents, "sentences": sentences, "tokens": tokens}
    return {**counts, "sources": {"text:one.txt": list(counts.values())}}


def manifest_of(config, index, blocks, shards, left_out=()) -> dict:
    masked = add_totals(block.totals() for block in blocks).counts
    return plain(make_manifest(config, convert(index, TokenIndex), masked, shards, left_out))


def card_of(manifest: dict) -> str:
    return data_card(convert(manifest, Manifest))


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


def test_a_build_without_any_example_is_an_error(tmp_path):
    files = [{**INDEX["files"][0], **of_one(2, 2, 13)}]
    with pytest.raises(DataError, match="no example could be made of 2 documents") as caught:
        manifest_of(CONFIG, {**INDEX, "files": files}, *make(tmp_path, [[[4], [9]]]))
    assert "4 dropped documents of one sentence" in caught.value.problem
    assert caught.value.fix.startswith("documents need two sentences")


def cells(card: str) -> list[list[str]]:
    """Rows of all tables."""
    rows = [line for line in card.split("\n") if line.startswith("|")]
    return [
        [cell.strip() for cell in row.replace("\\|", "¦").strip("|").split("|")] for row in rows
    ]


def test_the_data_card_holds_the_numbers(build):
    blocks, shards = build
    card = card_of(manifest_of(CONFIG, INDEX, blocks, shards))
    size = sum(shard.bytes for shard in shards) / 1e6
    assert (
        f"4 examples of up to 32 tokens in 2 shards ({size:,.1f} MB), made by "
        f"albert-data {albert_data.__version__} from 3 documents (6 sentences, 36 tokens), "
        "each used 2 times.\n"
    ) in card
    rows = cells(card)
    for row in (
        ["tokens an example", "19.0"],
        ["predicted", "15.79% of the tokens"],
        ["of these [MASK] / kept / random", "100.0% / 0.0% / 0.0%"],
        ["1", "100.0%", "100.0%"],
        ["document/empty", "1", "text:one.txt 3 A ¦ B"],
        ["documents of one sentence (over all passes)", "2", ""],
        ["tokens cut off to fit the length", "0", ""],
        ["`seed`", "7"],
        ["`pairs.max_length`", "32"],
        ["`shards.compression`", "none"],
    ):
        assert row in rows
    assert "- text:one.txt\n- text:two.txt\n" in card


def test_the_data_card_names_the_label_of_each_objective(tmp_path):
    for objective, name in (("sop", "swapped"), ("nsp", "random second segment")):
        config = replace(CONFIG, pairs=replace(CONFIG.pairs, objective=objective))
        (tmp_path / objective).mkdir()
        files = [[[5, 6], [4, 4]], [[7, 7, 7], [3, 3]]]
        files_of = [{**INDEX["files"][0], **of_one(2, 3, n)} for n in (19, 27)]
        index = {
            **INDEX,
            "files": files_of,
            "tally": {"counts": {"kept/document": 4}, "samples": {}},
        }
        manifest = manifest_of(config, index, *make(tmp_path / objective, files, config))
        ones = manifest["statistics"]["labels"][1] / manifest["totals"]["examples"]
        assert [f"examples with label 1 ({name})", f"{ones:.1%}"] in cells(card_of(manifest))


@pytest.mark.parametrize("counts", [{}, {"dropped/page/redirect": 3, "dropped/page/empty": 4}])
def test_the_data_cards_tables_are_whole(build, counts):
    index = {**INDEX, "tally": {"counts": {"kept/document": 3, **counts}, "samples": {}}}
    card = card_of(manifest_of(CONFIG, index, *build))
    blocks = [block.split("\n") for block in card.split("\n\n") if block.startswith("|")]
    assert len(blocks) == 4
    for table in map("\n".join, blocks):
        assert {len(row) for row in cells(table)} == {len(cells(table)[0])}
        assert set(cells(table)[1]) == {"---"}


def test_the_data_card_names_templates_that_were_not_understood(build):
    counts = {"kept/document": 3, "dropped/sentence/formula or template not understood": 7}
    for number in range(30):
        counts[f"named/{IN_A_SENTENCE}/t{number:02}|"] = 30 - number
    counts |= {f"named/{ON_ITS_OWN_LINE}/t00|": 4, f"named/{IN_A_SENTENCE}/{OTHER_NAMES}": 5}
    card = card_of(
        manifest_of(CONFIG, {**INDEX, "tally": {"counts": counts, "samples": {}}}, *build)
    )
    rows = cells(card)
    assert ["sentence/formula or template not understood", "7", ""] in rows
    assert ["t00¦", "30", "4"] in rows and ["t19¦", "11", "0"] in rows
    assert not any(row[0].startswith("t20") for row in rows)
    assert "60 more uses of other templates." in card


def test_the_data_card_names_some_of_very_many_sources(build):
    index = {**INDEX, "sources": [f"text:{n:04}.txt" for n in range(1_234)]}
    card = card_of(manifest_of(CONFIG, index, *build))
    assert "- text:0049.txt\n- and 1,184 more\n" in card
