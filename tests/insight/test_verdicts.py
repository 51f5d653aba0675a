"""A wish is met, or what would do is told."""

from dataclasses import replace

import pytest
from msgspec import convert

from albert_data.config.load import from_dict
from albert_data.insight.verdicts import verdicts
from albert_data.schema import Manifest, Realised
from albert_data.shards.wishes import WISHES, recounted
from tests.small_build import CONFIG, FILES, INDEX, make, manifest_of

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
