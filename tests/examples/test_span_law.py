"""The law of span lengths and the kernel's numbers, against literals and a count by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from albert_data.config.settings import MaskSettings
from albert_data.examples.span_law import MaskLaw, mask_law, span_law

WHOLE = 2**32


def test_laws_are_the_papers():
    assert span_law(MaskSettings()).tolist() == pytest.approx([6 / 11, 3 / 11, 2 / 11])
    assert span_law(MaskSettings(ngram_law="uniform")).tolist() == pytest.approx([1 / 3] * 3)
    assert span_law(MaskSettings(ngram_law="reversed")).tolist() == pytest.approx(
        [2 / 11, 3 / 11, 6 / 11]
    )
    assert span_law(MaskSettings(ngram_law=(8.0, 1.5, 0.5))).tolist() == pytest.approx(
        [0.8, 0.15, 0.05]
    )
    assert span_law(MaskSettings(max_ngram=1)).tolist() == [1.0]
    assert span_law(MaskSettings(unit="piece")).tolist() == [1.0]


def test_settings_become_the_kernels_numbers():
    law = mask_law(MaskSettings(max_predictions=9))
    assert law.kinds.tolist() == [3_435_973_837, 3_865_470_566]  # 0.8 and 0.9 of 2^32
    assert law.lengths.dtype == law.kinds.dtype == np.uint64
    assert (law.rate_millionths, law.max_predictions, law.words) == (150_000, 9, 1)
    law = mask_law(MaskSettings(unit="piece", rate=0.123_456_789, max_predictions=2))
    assert law.lengths.tolist() == [[WHOLE]] * 3
    assert (law.rate_millionths, law.words) == (123_457, 0)
    assert mask_law(MaskSettings(rate=1.0, max_predictions=2)).rate_millionths == 1_000_000


def test_lengths_of_a_small_budget_are_those_of_a_count_by_hand():
    """Of p = 6 : 3 : 2. A budget of 1 has room for one word; in one of 2, drawing 1 gives two single words,
    so equal chances of 1 and 2 make single words twice as frequent as pairs, as p has it."""
    lengths = mask_law(MaskSettings(max_predictions=2)).lengths
    assert lengths[:2].tolist() == [[WHOLE] * 3] * 2
    assert abs(int(lengths[2, 0]) - WHOLE // 2) < 4
    assert lengths[2, 1:].tolist() == [WHOLE] * 2


def realised(law: MaskLaw, budget: int) -> np.ndarray:
    """Shares of the lengths that come of drawing and cutting to what is left, words of one piece."""
    chances = np.diff(law.lengths[min(budget, len(law.lengths) - 1)].astype(float), prepend=0)

    @cache
    def counts(left: int) -> tuple[float, ...]:
        total = np.zeros(len(chances))
        for n, chance in enumerate(chances / WHOLE, 1):
            length = min(n, left)
            total[length - 1] += chance
            if left > length:
                total += chance * np.array(counts(left - length))
        return tuple(total)

    return np.array(counts(budget)) / sum(counts(budget))


@pytest.mark.parametrize(
    ("law", "longest", "first"),
    [("inverse", 3, 3), ("uniform", 3, 5), ("reversed", 3, 8), ((0.8, 0.15, 0.05), 3, 3)],
)
def test_realised_lengths_follow_the_law_for_every_budget_that_has_room(law, longest, first):
    """From budget `first` on: in smaller ones no chances of drawing would do."""
    settings = MaskSettings(ngram_law=law, max_ngram=longest, max_predictions=40)
    for budget in range(first, 41):
        found = realised(mask_law(settings), budget)
        assert found.tolist() == pytest.approx(span_law(settings).tolist(), abs=1e-8)


def test_the_longest_budget_stands_for_all_above_it():
    assert len(mask_law(MaskSettings(max_predictions=255)).lengths) == 256
    lengths = [mask_law(MaskSettings(max_predictions=most)).lengths for most in (256, 500)]
    assert len(lengths[0]) == 257
    assert lengths[0].tolist() == lengths[1].tolist()
