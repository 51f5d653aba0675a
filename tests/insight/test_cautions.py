"""What a build tells at its end without being broken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from albert_data.config.load import from_dict
from albert_data.corpus.normalize import CHARACTERS, MARKS_OFF
from albert_data.insight.cautions import cautions
from albert_data.schema import Realised
from albert_data.tokens.words import CUT_APART


def manifest(counts: dict[str, int], **masking: Any) -> Any:
    return SimpleNamespace(
        config=from_dict({"masking": masking}).to_dict(),
        reading=SimpleNamespace(counts=counts),
        segmenter={},
        hold_out=None,
        totals=SimpleNamespace(tokens=1000),
        realised=[],
    )


def test_a_setting_that_is_not_met_is_told_once_with_what_would_do() -> None:
    build = manifest({}, rate=0.2, max_predictions=20)
    build.realised = [
        Realised("masking.rate", "", 158, 1000),
        Realised("masking.max_predictions", "", 9, 10),
        Realised("shards.count", "", 3, 4),
        Realised("pairs.dupe_factor", "", 1000, 1000),
    ]
    assert cautions(build) == [
        "masking.rate 0.2: 15.80% of the tokens predicted, not 20.00%; masking.max_predictions 20 is "
        "too few: 102 would do, or masking.max_predictions=auto",
        "shards.count 0: 75.00% of the shards with a record, not 100.00%; 1 shard without a record: set "
        "shards.count to 1 or fewer, or to 0, which derives it",
    ]


@pytest.mark.parametrize("cut", [0, 50, 51, 480])
@pytest.mark.parametrize("rule", ["reference", "unicode"])
def test_words_that_the_references_rule_cuts_apart_are_told(cut: int, rule: str) -> None:
    found = cautions(manifest({CUT_APART: cut}, word_rule=rule))
    assert len(found) == (
        cut > 50 and rule == "reference"
    )  # unicode keeps them whole: nothing to do
    assert all(f"{cut / 1000:.0%} of the pieces off the word" in line for line in found)
    if found:
        assert "--set masking.word_rule=unicode" in found[0]
    assert not cautions(manifest({CUT_APART: cut}, word_rule=rule, unit="piece"))


@pytest.mark.parametrize(("marks", "told"), [(0, False), (30, False), (31, True), (2000, True)])
def test_marks_that_went_are_told_above_a_few_in_a_thousand_letters(marks: int, told: bool) -> None:
    found = cautions(manifest({MARKS_OFF: marks, CHARACTERS: 10_000}))
    assert bool(found) is told
    if told:
        assert f"took {marks / 10:.0f} marks off every thousand characters" in found[0]
        assert "albert-marks" in found[0]
