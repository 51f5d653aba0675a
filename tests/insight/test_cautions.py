"""What a build tells at its end without being broken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from albert_data.config.load import from_dict
from albert_data.corpus.normalize import CHARACTERS, MARKS_OFF
from albert_data.insight.cautions import cautions
from albert_data.tokens.words import CUT_APART


def manifest(counts: dict[str, int], lengths: dict[int, int], **masking: Any) -> Any:
    by_tokens = [lengths.get(n, 0) for n in range(1, 513)]
    return SimpleNamespace(
        config=from_dict({"masking": masking}).to_dict(),
        reading=SimpleNamespace(counts=counts),
        segmenter={},
        hold_out=None,
        totals=SimpleNamespace(tokens=1000),
        statistics=SimpleNamespace(examples_by_tokens=by_tokens),
    )


@pytest.mark.parametrize(
    ("masking", "lengths", "line"),
    [
        ({}, {512: 10, 30: 5}, ""),
        ({"max_predictions": 20}, {512: 10}, "20 caps the rate at 3.9%; 77 would give 15%"),
        ({"max_predictions": 1}, {100: 10}, "1 caps the rate at 1.0%; 77 would give 15%"),
        ({"rate": 0.5}, {512: 9}, "77 caps the rate at 15.0%; 256 would give 50%"),
        ({"max_predictions": 20}, {128: 10}, ""),
        ({"max_predictions": 20, "mode": "dynamic"}, {512: 10}, "20 caps the rate"),
    ],
)
def test_a_rate_that_is_capped_is_told(masking, lengths, line) -> None:
    found = cautions(manifest({}, lengths, **masking))
    assert len(found) == bool(line)
    assert line in "".join(found)


@pytest.mark.parametrize("cut", [0, 50, 51, 480])
@pytest.mark.parametrize("rule", ["reference", "unicode"])
def test_words_that_the_references_rule_cuts_apart_are_told(cut: int, rule: str) -> None:
    found = cautions(manifest({CUT_APART: cut}, {512: 1}, word_rule=rule))
    assert len(found) == (cut > 50)
    assert all(f"{cut / 1000:.0%} of the pieces off the word" in line for line in found)
    if found and rule == "reference":
        assert "--set masking.word_rule=unicode" in found[0]
    assert not cautions(manifest({CUT_APART: cut}, {512: 1}, word_rule=rule, unit="piece"))


@pytest.mark.parametrize(("marks", "told"), [(0, False), (30, False), (31, True), (2000, True)])
def test_marks_that_went_are_told_above_a_few_in_a_thousand_letters(marks: int, told: bool) -> None:
    found = cautions(manifest({MARKS_OFF: marks, CHARACTERS: 10_000}, {512: 1}))
    assert bool(found) is told
    if told:
        assert f"took {marks / 10:.0f} marks off every thousand characters" in found[0]
        assert "albert-marks" in found[0]
