"""What is held out, as it may be written, and what is no such wish."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.config.hold_out import is_wish, normal_form, share_of
from albert_data.config.load import from_dict, load


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1%", "1%"), ("1 %", "1%"), ("1.0%", "1%"), ("0.01", "1%"), (".01", "1%"), ("1/100", "1%"),
        ("0.25%", "0.25%"), ("12.5%", "12.5%"), ("1e-3", "0.1%"), ("2000", "2000"), ("1", "1"),
        ("", ""), ("0", ""), ("0%", ""), ("none", ""),
    ],
)  # fmt: skip
def test_equal_wishes_are_kept_as_equal_text(given, kept):
    assert load("tiny", [f"hold_out={given}"]).hold_out == kept


@pytest.mark.parametrize(("given", "kept"), [(0.01, "1%"), (2000, "2000"), (0, ""), (None, "")])
def test_numbers_of_yaml_are_wishes_too(given, kept):
    assert from_dict({"hold_out": given}).hold_out == kept


@pytest.mark.parametrize(
    "given",
    ["1.5", "-1", "-1%", "100%", "150%", "1%%", "x%", "some", "nan", "1_000.5", "1/0", "[1]"],
)
def test_other_text_is_refused_with_what_may_be_written(given):
    with pytest.raises(ConfigError) as caught:
        load("tiny", [f"hold_out={given}"])
    assert "hold_out is" in caught.value.problem


def test_a_switch_is_no_wish():
    with pytest.raises(ConfigError, match="hold_out is True"):
        from_dict({"hold_out": True})


@given(st.integers(1, 10**9 - 1))
def test_a_share_comes_back_as_it_was_given(billionths):
    kept = normal_form(f"{billionths}/1000000000")
    assert is_wish(kept) and normal_form(kept) == kept
    assert share_of(kept) == Fraction(billionths, 10**9)


@pytest.mark.parametrize("given", ["2.5", "-1", "150%"])
def test_a_number_that_is_no_wish_is_told_the_rule(given):
    with pytest.raises(ConfigError) as caught:
        load("tiny", [f"hold_out={given}"])
    assert caught.value.fix.startswith("it must be a share of the documents as 1% or 0.01")
