"""The statistics of a build against the laws it was set to follow: a broken mask never reaches a trainer.

Each check compares a share of n independent choices with its expected value. A known bend (listed in
docs/design.md, computed below) is allowed for; beyond it the p-value is Chernoff's bound,

    P(share is as far off as measured) <= 2 exp(-n KL(measured || nearest allowed value)),

which holds for every n without an approximation. A verdict is `off` where it is below
FALSE_ALARMS / number of checks: all checks of a correct build pass but for one in a million builds.
Choices of different dupes are independent (other random streams), so their shares may be summed.
Lengths of examples are not independent between dupes, and not checked; the mask rate is taken given
the lengths.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.config.settings import MaskSettings
from albert_data.examples.masking import mask_budget
from albert_data.schema import Manifest, Statistics

FALSE_ALARMS = 1e-6  # of a whole build
_SPAN_BEND = (
    0.01  # words of several pieces reach the end of a budget less often than `mask_law` takes
)
_RATE_BEND = 0.02  # of the rate: no word left fits the end of a budget
_CROWDED = 0.4  # rates above it leave no word between spans (docs/design.md)


@dataclass(frozen=True)
class Check:
    """One law.

    Attributes:
        name: for people.
        measured, expected: shares from 0 to 1.
        n: how many choices were counted.
        bend: known deviation, allowed for.
        tolerance: a measured share further off than this is beyond chance.
        p_value: an upper bound of the probability of one as far off, if the law holds.
        ok: the verdict.
    """

    name: str
    measured: float
    expected: float
    n: int
    bend: float = 0.0
    tolerance: float = 0.0
    p_value: float = 1.0
    ok: bool = True

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.measured:.2%} where {self.expected:.2%} ± {self.tolerance:.2%} "
            f"is expected (n = {self.n:,}, p < {max(self.p_value, 1e-300):.0e})"
        )


def check_laws(manifest: Manifest) -> list[Check]:
    """All laws of a build, with their verdicts."""
    laws = [law for law in _laws(manifest) if law.n]
    threshold = FALSE_ALARMS / max(len(laws), 1)
    return [judge(law, threshold) for law in laws]


def refuse_broken_laws(manifest: Manifest) -> None:
    """Raises DataError where a law is off beyond chance."""
    if off := [str(law) for law in check_laws(manifest) if not law.ok]:
        raise DataError(
            "the statistics are off beyond chance: " + "; ".join(off),
            fix="this is a defect of albert-data, please report it; --set checks=warn builds "
            "with a warning instead",
        )


def _laws(manifest: Manifest) -> Iterator[Check]:
    """The laws that apply to a build's configuration, not judged yet."""
    config, statistics = from_dict(manifest.config), manifest.statistics
    masking, pairs = config.masking, config.pairs
    masked, lengths = statistics.masked_tokens, statistics.examples_by_tokens
    for name, count, expected in (
        ("[MASK]", statistics.replaced.mask, masking.mask_probability),
        ("kept", statistics.replaced.keep, masking.keep_probability),
        ("random", statistics.replaced.random, masking.random_probability),
    ):
        yield Check(f"pieces {name}", count / max(masked, 1), expected, masked)
    yield from _span_laws(statistics, masking)
    examples = sum(statistics.labels)
    left_out = statistics.pairs.dropped_examples_without_a_maskable_word
    chunks = examples + left_out
    expected = 0.0 if pairs.objective == "none" else pairs.negative_probability
    share = statistics.labels[1] / max(examples, 1)
    yield Check("label 1", share, expected, examples, bend=left_out / max(chunks, 1))
    short = statistics.pairs.chunks_with_a_short_target
    yield Check("short targets", short / max(chunks, 1), pairs.short_probability, chunks)
    if masking.mode == "dynamic":  # nothing is masked here
        return
    tokens = sum(n * count for n, count in enumerate(lengths, 1))
    budget = sum(count * _budget(n, masking) for n, count in enumerate(lengths, 1))
    rate = budget / max(tokens, 1)
    bend = _RATE_BEND * rate * (1 if masking.rate <= _CROWDED else 5)
    yield Check("predicted tokens", masked / max(tokens, 1), rate, tokens, bend)


def _span_laws(statistics: Statistics, masking: MaskSettings) -> Iterator[Check]:
    spans = statistics.spans
    total = sum(spans.by_units)
    longest = len(spans.law)
    if longest == 1 or not total:
        return
    # Spans of examples whose budget is too small for the longest: at most one a piece.
    small = sum(
        count * budget
        for n, count in enumerate(statistics.examples_by_tokens, 1)
        if (budget := _budget(n, masking)) < longest
    )
    bend = min(_SPAN_BEND + (spans.shortened + small) / total, 1.0)
    for n, (count, law) in enumerate(zip(spans.by_units, spans.law, strict=True), 1):
        yield Check(span_name(n, masking.unit), count / total, law, total, bend)


def span_name(n: int, unit: str) -> str:
    """What the law of spans of n units is called."""
    return f"spans of {n} {unit}{'s' if n > 1 else ''}"


def _budget(tokens: int, masking: MaskSettings) -> int:
    """Pieces to predict in an example of so many tokens."""
    return mask_budget(tokens, round(masking.rate * 1_000_000), masking.predictions)


def judge(law: Check, threshold: float) -> Check:
    """The check with its tolerance, p-value and verdict."""
    low, high = max(0.0, law.expected - law.bend), min(1.0, law.expected + law.bend)
    p_value = _bound(law.n, law.measured, low, high)
    below, above = 0.0, 1.0  # the distance at which the bound meets the threshold, by halving
    for _ in range(50):
        middle = (below + above) / 2
        # The laxer side: where the share cannot lie, nothing is too far off.
        bounds = [
            _bound(law.n, share, low, high)
            for share in (law.expected - middle, law.expected + middle)
            if 0 <= share <= 1
        ]
        if bounds and max(bounds) >= threshold:
            below = middle
        else:
            above = middle
    return replace(law, tolerance=above, p_value=p_value, ok=p_value >= threshold)


def _bound(n: int, share: float, low: float, high: float) -> float:
    """Chernoff's bound for a share of n choices outside [low, high]; 1 within."""
    nearest = min(max(share, low), high)
    if share == nearest:
        return 1.0
    divergence = sum(
        a * (math.log(a / b) if b else math.inf)
        for a, b in ((share, nearest), (1 - share, 1 - nearest))
        if a
    )
    return min(1.0, 2 * math.exp(-n * divergence))
