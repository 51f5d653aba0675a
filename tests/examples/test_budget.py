"""How many predictions a rate asks for, and what is cut off."""

import pytest

from albert_data.base.errors import ConfigError
from albert_data.config.load import from_dict, load, override
from albert_data.config.settings import Config
from albert_data.examples.budget import enough, planned, settled


@pytest.mark.parametrize(
    ("length", "rate", "predictions"),
    [
        (512, 0.15, 77),
        (128, 0.15, 19),
        (128, 0.2, 26),
        (512, 0.3, 154),
        (8, 0.01, 1),
        (64, 1.0, 61),
    ],
)
def test_auto_is_what_the_rate_asks_for_in_a_full_example(length, rate, predictions):
    config = from_dict(
        {"pairs": {"max_length": length}, "masking": {"rate": rate, "max_predictions": "auto"}}
    )
    assert enough(config) == predictions
    assert settled(config).masking.predictions == predictions
    assert settled(settled(config)) == settled(config)


def test_auto_follows_what_is_set_afterwards():
    config = override(Config(), ["masking.max_predictions=auto"])
    assert config.masking.max_predictions == "auto"
    later = override(from_dict(config.to_dict()), ["masking.rate=0.2", "pairs.max_length=128"])
    assert settled(later).masking.predictions == 26
    with pytest.raises(AssertionError, match="not settled"):
        assert later.masking.predictions


def test_a_number_stays():
    assert settled(Config()) is not None
    assert settled(load("paper-128")) == load("paper-128")


@pytest.mark.parametrize("value", ["many", "1.5", "true", "[20]", "''"])
def test_other_words_are_refused(value):
    with pytest.raises(ConfigError, match=r"use one of: auto, or an integer"):
        override(Config(), [f"masking.max_predictions={value}"])


def test_what_is_cut_off_is_counted():
    masking = from_dict(
        {"pairs": {"max_length": 128}, "masking": {"rate": 0.2, "max_predictions": 20}}
    )
    lengths = [(10, 3), (102, 5), (103, 7), (128, 2)]
    assert planned(lengths, masking.masking) == (3 * 2 + (5 + 7 + 2) * 20, 7 + 2)
