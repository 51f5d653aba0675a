"""Every setting that a corpus may not let come true is counted beside its wish, by one table."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import convert

from albert_data.config.load import from_dict, load
from albert_data.config.settings import Config
from albert_data.corpus.exclude_list import UNKNOWN
from albert_data.examples.budget import settled
from albert_data.schema import Manifest, Realised
from albert_data.shards.block import add_totals
from albert_data.shards.wishes import WISHES, foreseen, recounted, verdicts
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


MET = [
    # key, settings, part, whole, whether it is met, what the advice says
    ("masking.rate", {"masking": {"rate": 0.2, "max_predictions": 20}}, 158, 1000, False, "102 would"),
    ("masking.rate", {"masking": {"rate": 0.2, "max_predictions": 102}}, 197, 1000, True, ""),
    ("masking.rate", {"masking": {"rate": 0.01}}, 30, 1000, False, "every example has one"),
    ("masking.rate", {"masking": {"rate": 0.9, "max_predictions": 500}}, 80, 100, False, "max_ngram"),
    ("masking.max_predictions", {"masking": {"max_predictions": 76}}, 4, 100, False, "77 would do"),
    ("masking.max_predictions", {"masking": {"max_predictions": 76}}, 3, 100, True, ""),
    ("masking.max_ngram", {}, 0, 1000, False, "no such span fits"),
    ("masking.max_ngram", {}, 1, 1000, True, ""),
    ("pairs.short_probability", {}, 90, 100, True, ""),
    ("pairs.short_probability", {}, 91, 100, False, "smaller pairs.max_length"),
    ("pairs.short_probability", {"pairs": {"short_probability": 0.95}}, 95, 100, True, ""),
    ("pairs.dupe_factor", {}, 97, 100, True, ""),
    ("pairs.dupe_factor", {}, 50, 100, False, "pairs.dupe_factor 5, or tokens.dedup"),
    ("pairs.distinct", {"pairs": {"distinct": 20}}, 10, 20, False, "no more passes"),
    ("pairs.negative_probability", {}, 40, 100, True, ""),
    ("pairs.negative_probability", {}, 39, 100, False, "too few"),
    ("shards.count", {"shards": {"count": 64}}, 63, 64, False, "1 shard without a record: set"),
    ("shards.target_bytes", {}, 40, 100, True, ""),
    ("shards.target_bytes", {}, 161, 100, False, "set shards.count"),
    ("sources.exclude", {}, 9, 10, False, "in no source by that name"),
    ("pairs.sources", {}, 1, 100, True, ""),
    ("pairs.sources", {}, 0, 100, False, "what the patterns match"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "given", "part", "whole", "met", "advice"), MET)
def test_a_wish_is_met_or_its_advice_is_told(tmp_path, key, given, part, whole, met, advice):
    manifest = convert(manifest_of(CONFIG, INDEX, *make(tmp_path, FILES)), Manifest)
    config = from_dict(given)
    figure = Realised(key, "", part, whole, "books:x*" if key == "pairs.sources" else "")
    (verdict,) = verdicts(replace(manifest, config=config.to_dict(), realised=[figure]))
    assert verdict.met is met and bool(verdict.advice) is not met
    assert advice in str(verdict) and f"{part / whole:.2%}" in str(verdict)
    assert ("not met" in verdict.figures) is not met


def test_every_row_of_the_table_is_tried():
    assert {wish.key for wish in WISHES} | {"pairs.sources"} == {case[0] for case in MET}


def test_an_earlier_manifest_is_counted_from_the_rest_and_a_later_row_passed_over(tmp_path):
    manifest = convert(manifest_of(CONFIG, INDEX, *make(tmp_path, FILES)), Manifest)
    known = {v.name: v for v in verdicts(manifest) if v.name != "pairs.dupe_factor"}
    assert {v.name: v for v in verdicts(replace(manifest, realised=None))} == known
    assert set(known) == {figure.key for figure in recounted(manifest, CONFIG)}
    later = [Realised("masking.something", "", 1, 2)]
    assert verdicts(replace(manifest, realised=later)) == []


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({}, []),
        ({"pairs": {"max_length": 128}, "masking": {"max_predictions": 20}}, []),
        ({"masking": {"rate": 0.9, "max_predictions": "auto"}}, []),
        ({"pairs": {"max_length": 128}, "masking": {"rate": 0.2, "max_predictions": 20}},
         ["masking.max_predictions 20 cuts off about 92% of the examples, so that full ones have 15.6% of "
          "their tokens predicted where masking.rate is 20.0%: 26 would do"]),
        ({"masking": {"max_predictions": 76}}, ["cuts off about 90% of the examples"]),
        ({"pairs": {"short_probability": 1.0}, "masking": {"max_predictions": 73}},
         ["cuts off about 5% of the examples"]),
        ({"pairs": {"short_probability": 1.0}, "masking": {"max_predictions": 75}}, []),
        ({"masking": {"max_ngram": 5, "rate": 0.005, "max_predictions": 3}},
         ["masking.max_ngram 5 is more than masking.max_predictions 3"]),
        ({"masking": {"max_ngram": 5, "rate": 0.005, "max_predictions": 3, "unit": "piece"}}, []),
        ({"pairs": {"distinct": 11}}, ["pairs.distinct 11 is more than pairs.dupe_factor 10"]),
    ],
)  # fmt: skip
def test_what_no_corpus_can_give_is_said_before(given, lines):
    found = foreseen(settled(from_dict(given)))
    assert len(found) == len(lines)
    for told, line in zip(found, lines, strict=True):
        assert line in told


@pytest.mark.parametrize("name", ["paper", "paper-128", "dynamic", "tiny"])
def test_the_presets_can_be_met(name):
    assert foreseen(load(name)) == []
