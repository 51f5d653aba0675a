"""What no corpus can give is said before a build begins."""

import pytest

from albert_data.config.load import from_dict, load
from albert_data.examples.budget import settled
from albert_data.shards.foreseen import foreseen


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
        ({"masking": {"rate": 0.001, "max_predictions": 2, "unit": "piece"}}, []),
        ({"masking": {"unit": "piece", "max_ngram": 2}},
         ["masking.max_ngram 2 changes nothing: masking.unit is piece"]),
        ({"masking": {"max_ngram": 1, "ngram_law": "uniform"}},
         ["masking.ngram_law uniform changes nothing: masking.max_ngram is 1"]),
        ({"pairs": {"objective": "none", "negative_probability": 0.2}},
         ["pairs.negative_probability 0.2 changes nothing: pairs.objective is none"]),
        ({"tokens": {"dedup": "exact", "dedup_threshold": 0.7}}, ["tokens.dedup is not minhash"]),
        ({"tokens": {"dedup": "minhash", "dedup_threshold": 0.7}}, []),
        ({"shards": {"count": 4, "target_bytes": 2**20}}, ["shards.count is set"]),
        ({"shards": {"target_bytes": 2**20}}, []),
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
