"""What names blocks and pairs that are kept: all that their bytes depend on, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.schema import TokenFile
from albert_data.shards.block import block_fingerprint, pairs_fingerprint
from albert_data.shards.pair_block import pair_block_fingerprint

GIVEN = {"seed": 7, "pairs": {"max_length": 24}, "masking": {"max_predictions": 4}}
FILE = TokenFile("a.parquet", 3, 7, 99, 1000, 5, "content", {"books:a": [3, 7, 99]})


def with_(**given) -> Config:
    """The settings above with some others."""
    return from_dict(
        {
            key: GIVEN.get(key, {}) | own if isinstance(own, dict) else own
            for key, own in (GIVEN | given).items()
        }
    )


CONFIG = with_()


def test_a_blocks_name_follows_all_that_its_bytes_depend_on_and_nothing_else():
    def name(config=CONFIG, file=FILE, shards=3, revision="r"):
        return block_fingerprint(config, file, shards, revision)

    others = [
        name(with_(seed=8)),
        name(with_(pairs={"max_length": 25})),
        name(with_(pairs={"objective": "nsp"})),
        name(with_(pairs={"distinct": 1})),
        name(with_(pairs={"sources": "books:*"})),
        name(with_(masking={"max_predictions": 5})),
        name(with_(masking={"mode": "dynamic"})),
        name(with_(shards={"provenance": False})),
        name(file=replace(FILE, path="b.parquet")),
        name(file=replace(FILE, content="other")),
        name(shards=4),
        name(revision="s"),
    ]
    assert len({name(), *others}) == len(others) + 1
    for same in (
        name(with_(pairs={"dupe_factor": 99})),  # each dupe has a block of its own
        name(with_(shards={"compression": "gzip"})),
        name(file=replace(FILE, bytes=7, crc32c=9)),
    ):
        assert same == name()


def test_pairs_are_kept_for_masks_of_any_kind_but_for_no_other_pairs():
    def changed(**given):
        return pairs_fingerprint(with_(**given))

    others = [
        changed(seed=8),
        changed(pairs={"short_probability": 0.2}),
        changed(shards={"provenance": False}),
    ]
    assert len({changed(), *others}) == len(others) + 1
    assert changed(masking={"max_ngram": 1, "mode": "dynamic"}) == changed()
    assert changed(pairs={"dupe_factor": 3}) == changed()


def test_a_block_of_pairs_is_of_its_token_files_place_by_which_it_finds_the_tokens():
    """Where a source was added, the same token file stands elsewhere (found by the search, seed 8021)."""
    places = [(0, 0), (1, 0), (0, 1)]
    names = {pair_block_fingerprint(CONFIG, FILE, place, 3, "r") for place in places}
    assert len(names) == len(places)
