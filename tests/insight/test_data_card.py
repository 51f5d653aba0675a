"""The data card of a small build: its numbers, and tables that are whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import convert

import albert_data
from albert_data.base.tally import OTHER_NAMES
from albert_data.corpus.leave_out import IN_A_SENTENCE, ON_ITS_OWN_LINE
from albert_data.insight.data_card import data_card
from albert_data.schema import Manifest, Shard
from albert_data.shards.block import Block
from tests.small_build import CONFIG, FILES, INDEX, make, manifest_of, of_one


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> tuple[list[Block], list[Shard]]:
    return make(tmp_path_factory.mktemp("build"), FILES)


def card_of(manifest: dict) -> str:
    return data_card(convert(manifest, Manifest))


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
        ["predicted", "15.79% of the tokens (`masking.rate`: 15.00%)"],
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
    assert len(blocks) == 5
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


def test_the_data_card_counts_each_source_and_says_what_is_cut_off_as_a_share(build):
    manifest = manifest_of(CONFIG, INDEX, *build)
    manifest["statistics"]["pairs"]["tokens"].update(placed=975, truncated=25)
    counts = {"text:one.txt": [2, 3, 15], **{f"text:{n:02}.txt": [1, 2, 3] for n in range(60)}}
    card = data_card(convert(manifest, Manifest), by_source=counts)
    rows = cells(card)
    assert ["all of `text`", "3", "6", "36", "100.0%"] in rows
    assert ["text:one.txt", "2", "3", "15", "41.7%"] in rows
    assert ["text:48.txt", "1", "2", "3", "8.3%"] in rows
    assert ["11 more", "11", "22", "33", "91.7%"] in rows
    assert "Without a document that stayed:\n\n- text:two.txt\n" in card
    cut = "tokens cut off to fit the length"
    assert [cut, "25 (2.50% of those in pairs)", ""] in rows
    assert "Whole sentences are added to an example until it has its 32 tokens" in card


def test_the_data_card_names_some_of_very_many_sources(build):
    index = {**INDEX, "sources": [f"text:{n:04}.txt" for n in range(1_234)]}
    card = card_of(manifest_of(CONFIG, index, *build))
    assert "- text:0049.txt\n- and 1,184 more\n" in card
