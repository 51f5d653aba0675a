"""Every setting that a corpus may not let come true is counted beside its wish, by one table."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import convert

from albert_data.config.settings import Config
from albert_data.corpus.exclude_list import UNKNOWN
from albert_data.schema import Manifest
from albert_data.shards.block import add_totals
from albert_data.shards.wishes import recounted
from tests.small_build import CONFIG, FILES, INDEX, make, manifest_of


def changed(config: Config, **groups: dict[str, Any]) -> Config:
    return replace(config, **{g: replace(getattr(config, g), **v) for g, v in groups.items()})


@pytest.fixture
def figures(tmp_path):
    """The realised figures of a small build, by their keys."""

    def of(config: Config = CONFIG, files=FILES, index=INDEX) -> dict[str, tuple[int, int]]:
        made = manifest_of(config, index, *make(tmp_path, files, config))
        found = convert(made, Manifest).realised
        return {f"{f.key} {f.of}".rstrip(): (f.part, f.whole) for f in found}

    return of


def test_the_figures_of_a_small_build_are_these(figures):
    assert figures() == {
        "masking.rate": (12, 76),
        "masking.max_predictions": (0, 4),
        "pairs.short_probability": (4, 4),
        "pairs.dupe_factor": (4, 4),
        "shards.target_bytes": (figures()["shards.target_bytes"][0], 2 * 2**27),
    }


def test_what_the_cap_cuts_off_is_counted(figures):
    found = figures(changed(CONFIG, masking={"max_predictions": 3}))
    assert found["masking.max_predictions"] == (2, 4)  # of 24 tokens, 4 are asked for
    assert found["masking.rate"] == (2 * 2 + 2 * 3, 76)


def test_of_masks_that_the_trainer_draws_the_plan_is_counted(figures):
    masking = {"max_predictions": 3, "mode": "dynamic"}
    found = figures(changed(CONFIG, masking=masking, pairs={"dupe_factor": 1}))
    assert found["masking.rate"] == (5, 38)
    assert "pairs.dupe_factor" not in found


def test_copies_that_are_equal_are_counted(tmp_path):
    """Of a document of two words one is predicted: there are two records, however many dupes."""
    config = changed(CONFIG, pairs={"dupe_factor": 50})
    blocks, _ = make(tmp_path, ([[1, 1]],), config)
    checksums, counts = add_totals(block.totals() for block in blocks).counts.alike
    assert (len(checksums), sum(counts)) == (2, 50)


def test_shards_without_a_record_are_counted(tmp_path):
    config = changed(CONFIG, shards={"count": 2})
    manifest = convert(manifest_of(config, INDEX, *make(tmp_path, FILES, config)), Manifest)
    full, other = manifest.shards
    emptied = replace(manifest, shards=[full, replace(other, records=0)])
    found = {f.key: (f.part, f.whole) for f in recounted(emptied, config)}
    assert found["shards.count"] == (1, 2) and "shards.target_bytes" not in found


def test_passes_that_are_not_made_are_counted(figures):
    assert figures(changed(CONFIG, pairs={"distinct": 3}))["pairs.distinct"] == (2, 3)


def test_each_pattern_of_sources_is_counted(figures):
    pairs = {"sources": "text:one* | text:t*|text:three.txt", "dupe_factor": 2}
    found = figures(changed(CONFIG, pairs=pairs), index=INDEX)
    assert found["pairs.sources text:one*"] == (2, 3)
    assert found["pairs.sources text:t*"] == (1, 3)
    assert found["pairs.sources text:three.txt"] == (0, 3)


def test_documents_of_a_list_that_are_not_there_are_counted(figures):
    counts = {**INDEX["tally"]["counts"], "dropped/document/excluded": 3, UNKNOWN: 2}
    counts["read/document"] += 3
    index = {**INDEX, "tally": {**INDEX["tally"], "counts": counts}}
    found = figures(changed(CONFIG, sources={"exclude": "ab"}), index=index)
    assert found["sources.exclude"] == (3, 5)
