"""The counts beside what the laws give, and what the public rules are known to give.

A verdict is `law` (as this project's own shards), `reference` (as google-research/albert or BERT make
them, the note says with which defect), `suspicious` (neither), or empty for what is only told. Shares
of independent choices are judged as those of a build (`chance_checks`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from albert_data.base.arrays import Float64
from albert_data.examples.masking import mask_budget
from albert_data.insight.chance_checks import FALSE_ALARMS, Check, judge
from albert_data.insight.foreign.counts import Counts
from albert_data.insight.foreign.related import Related
from albert_data.schema import Baseline

Verdict = Literal["law", "reference", "suspicious", ""]
_VERDICTS = {"law": "as the law", "reference": "as the reference", "suspicious": "suspicious"}
RATE = 0.15
_NGRAM = 3
_LONGEST_LAW = 6  # of spans, looked for
_REFERENCE = (
    0.52,
    0.27,
    0.17,
)  # of runs of words at 512, measured on its output; the rest is longer
_SHORTER = 0.06  # examples of 128 tokens and fewer have more single words
_RUN_TOGETHER = 0.002  # of the runs; a law leaves a word between spans
_KINDS = (("[MASK]", 0.8), ("kept", 0.1), ("random", 0.1))
_KIND_BEND = 0.002  # a random piece may be the one that was there
_THRESHOLD = FALSE_ALARMS / 10  # of one law
_MOST_UNKNOWN = 0.02  # as tokens.max_unknown
_MOST_COPIES = 0.001  # short examples of few words meet by chance
_NSP = 0.9  # of the pairs of label 1: all of them, and the estimate is off by a little
_LEAK = 0.03
_ONE_SENTENCE = (
    "known defect: a chunk of one sentence always gets a random x2 and label 1 (albert#234)"
)


@dataclass(frozen=True)
class Finding:
    """One measure.

    Attributes:
        name: for people.
        measured: a share from 0 to 1, or how many.
        n: of how many things it is a share; None for a number.
        expected: by the law; None where it says nothing.
        verdict: see above.
        note: what it means; empty where nothing is to be said.
    """

    name: str
    measured: float
    n: int | None = None
    expected: float | None = None
    verdict: Verdict = ""
    note: str = ""


def findings(counts: Counts, related: Related | None, cosine: Baseline | None) -> list[Finding]:
    """All measures that the records allow."""
    found: list[Finding] = []
    if counts.masked and counts.predicted:
        found += [*_spans(counts), _rate(counts), *_replacements(counts), *_masks(counts)]
    if counts.labelled:
        found += _labels(counts)
    if related is not None:
        found += _pairs(related, cosine)
    return [*found, *_records(counts)]


def cells(one: Finding) -> tuple[str, str, str, str, str]:
    """Name, measured, by the law, of how many, verdict, as people read them."""
    form = "{:,.0f}" if one.n is None else "{:.2%}"
    law = "" if one.expected is None else form.format(one.expected)
    n = "" if one.n is None else f"{one.n:,}"
    return one.name, form.format(one.measured), law, n, _VERDICTS.get(one.verdict, "")


def ngram_law(longest: int) -> Float64[np.ndarray, " {longest}"]:
    """p(n) of spans of n words: (1/n) / Σ 1/k."""
    shares: Float64[np.ndarray, " N"] = 1 / np.arange(1, longest + 1)
    law: Float64[np.ndarray, " N"] = shares / shares.sum()
    return law


def _spans(counts: Counts) -> Iterator[Finding]:
    total = int(counts.runs.sum())
    shares = counts.runs[1:] / max(total, 1)
    verdict, note = _span_verdict(counts, shares, total)
    unit = "words" if counts.words_known else "pieces"
    expected = [*ngram_law(_NGRAM), 0.0] if counts.words_known else [None] * 4
    measured = [*shares[:_NGRAM], float(shares[_NGRAM:].sum())]
    names = ("1", "2", "3", "4 and more")
    for name, share, law in zip(names, measured, expected, strict=True):
        yield Finding(f"spans of {name} {unit}", float(share), total, law, verdict, note)
        note = ""


def _span_verdict(
    counts: Counts, shares: Float64[np.ndarray, " K"], total: int
) -> tuple[Verdict, str]:
    """Which law the runs are nearest to: spans a word apart, spans that touch, or single ones."""
    size = len(shares)
    slack = 0.02 + 3 * math.sqrt(0.25 / max(total, 1)) + _small_budgets(counts)
    rate = counts.predicted / max(counts.tokens, 1)
    single = (1 - rate) * rate ** np.arange(size)  # of places drawn one by one
    of_pieces = counts.piece_runs[1:] / max(total, 1)
    whole = counts.words_known and not _in_pieces(counts)
    if not whole and _distance(of_pieces, single) < slack:
        return "reference", "single pieces at random, as BERT masks, no n-grams of words"
    if whole and _distance(shares, single) < slack:
        return "reference", "single words at random, as BERT's whole-word masking, no n-grams"
    if not counts.words_known:
        return "", "runs of pieces; --vocab tells words"
    for longest in range(1, _LONGEST_LAW + 1):
        law = np.pad(ngram_law(longest), (0, size - longest))
        if shares[longest:].sum() < _RUN_TOGETHER and _distance(shares, law) < slack:
            return "law", "" if longest == _NGRAM else f"the law of at most {longest} words"
    longer = float(shares[_NGRAM:].sum())
    touching = np.array([*_REFERENCE, 1 - sum(_REFERENCE)])
    joined = np.array([*shares[:_NGRAM], longer])
    if longer >= _RUN_TOGETHER and _distance(joined, touching) < slack + _SHORTER:
        return "reference", "spans touch and run together, as the reference's (52, 27, 17 % at 512)"
    return "suspicious", "neither the law's, the reference's nor BERT's"


def _in_pieces(counts: Counts) -> bool:
    return counts.words_in_part > counts.words_masked / 2


def _small_budgets(counts: Counts) -> float:
    """Share of the predictions that is of examples too short for the longest span."""
    budgets = _budgets(counts)
    lengths = counts.lengths.sum(axis=0)
    small = (lengths * budgets)[budgets < _NGRAM].sum()
    return float(small / max((lengths * budgets).sum(), 1))


def _budgets(counts: Counts) -> np.ndarray:
    """Predictions at the paper's rate, by number of tokens."""
    sizes = range(counts.lengths.shape[1])
    rate = round(RATE * 1_000_000)
    return np.array([mask_budget(n, rate, counts.most or max(n, 1)) if n else 0 for n in sizes])


def _distance(a: Float64[np.ndarray, " K"], b: Float64[np.ndarray, " K"]) -> float:
    """Total variation."""
    return float(np.abs(a - b).sum() / 2)


def _rate(counts: Counts) -> Finding:
    lengths = counts.lengths.sum(axis=0)
    expected = float((lengths * _budgets(counts)).sum() / max(counts.tokens, 1))
    rate = counts.predicted / max(counts.tokens, 1)
    texts = RATE * (1 - 3 * counts.records / max(counts.tokens, 1))  # all but [CLS] and [SEP]s
    verdict: Verdict = "suspicious"
    note = "another rate than 15 %, or fewer predictions than there is room for"
    if abs(rate / expected - 1) < 0.02:
        verdict, note = "law", ""
    elif abs(rate / texts - 1) < 0.03:
        verdict, note = "reference", "15 % of the text, drawn piece by piece (a collator)"
    elif 0.9 < rate / expected < 1:
        verdict, note = "reference", "the budget is not filled where no word fits its end"
    return Finding("predicted tokens", rate, counts.tokens, expected, verdict, note)


def _replacements(counts: Counts) -> Iterator[Finding]:
    numbers = (counts.mask, counts.kept, counts.random)
    for (name, law), number in zip(_KINDS, numbers, strict=True):
        check = Check(name, number / counts.predicted, law, counts.predicted, _KIND_BEND)
        ok = judge(check, _THRESHOLD).ok
        note = "" if ok else "not 80, 10 and 10 %"
        verdict: Verdict = "law" if ok else "suspicious"
        yield Finding(f"predictions {name}", check.measured, check.n, law, verdict, note)


def _masks(counts: Counts) -> Iterator[Finding]:
    drawn = counts.random_special
    yield Finding(
        "random pieces that are special",
        drawn,
        expected=0,
        verdict="reference" if drawn else "law",
        note="known defect: they are drawn from all ids" if drawn else "",
    )
    if counts.words_known:
        yield _words_in_part(counts)
    yield _none("special pieces predicted", counts.specials_predicted, "or places in the padding")
    yield _none(
        "[MASK] outside predictions",
        counts.mask_elsewhere,
        "masked without a prediction, which is noise to a trainer",
    )
    yield _none("places predicted twice", counts.repeated, "their loss counts twice")


def _words_in_part(counts: Counts) -> Finding:
    share = counts.words_in_part / max(counts.words_masked, 1)
    verdict: Verdict = "law" if not counts.words_in_part else "suspicious"
    note = "words of this vocabulary are not what was masked" if counts.words_in_part else ""
    if _in_pieces(counts):
        verdict = "reference"
        note = "known defect: pieces are masked, not words (no whole-word masking); the rest gives them away"
    return Finding("words masked in part", share, counts.words_masked, 0, verdict, note)


def _labels(counts: Counts) -> Iterator[Finding]:
    zeros, ones = counts.lengths
    if not ones.any():
        yield Finding("label 1", 0.0, counts.records, note="all labels are 0: no sentence task")
        return
    longest = len(zeros) - 1
    yield _label("label 1", zeros, ones)
    edges = [1, -(-longest // 4), -(-longest // 2), longest, longest + 1]
    names = ("below a quarter full", "below half full", "above half full", "full")
    for name, begin, end in zip(names, edges, edges[1:], strict=False):
        if zeros[begin:end].any() or ones[begin:end].any():
            yield _label(f"label 1, {name}", zeros[begin:end], ones[begin:end])


def _label(name: str, zeros: np.ndarray, ones: np.ndarray) -> Finding:
    n = int(zeros.sum() + ones.sum())
    share = float(ones.sum() / n)
    verdict: Verdict = "law"
    note = ""
    if not judge(Check(name, share, 0.5, n), _THRESHOLD).ok:
        one_sentence = 0.5 < share < 1
        verdict = "reference" if one_sentence else "suspicious"
        note = _ONE_SENTENCE if one_sentence else "half of the labels should be 1"
    return Finding(name, share, n, 0.5, verdict, note)


def _pairs(related: Related, cosine: Baseline | None) -> Iterator[Finding]:
    name, share = "x2 of another document, of label 1", related.foreign
    if math.isnan(share):
        yield Finding(name, 0.0, 0, note="the texts are too alike, or too short, to tell")
    elif share > _NSP:
        note = "next-sentence prediction, as BERT: it can be solved by the topic"
        yield Finding(name, share, related.ones, 0.0, "reference", note)
    elif share > max(_LEAK, 5 * related.foreign_error):
        note = "known defect: the topic gives the label of some away (albert#234)"
        yield Finding(name, share, related.ones, 0.0, "reference", note)
    else:
        yield Finding(name, share, related.ones, 0.0, "law")
    if cosine is None:
        return
    most = max(related.ones, related.pairs - related.ones) / related.pairs
    solved = cosine.value > most + max(0.02, 5 * cosine.error)
    leaks = not math.isnan(share) and share > _LEAK
    yield Finding(
        "labels found by the idf cosine alone",
        cosine.value,
        cosine.n,
        most,
        "law" if not solved else "reference" if leaks else "suspicious",
        "a trained model must beat this" if solved else "",
    )


def _records(counts: Counts) -> Iterator[Finding]:
    for name, number in counts.faults.items():
        if name.startswith("not [CLS]") and not counts.pairs:
            yield Finding("records of a single text", number, note="no pairs: no sentence task")
        else:
            yield _none(name, number, "")
    padding = 1 - counts.tokens / max(counts.places, 1)
    yield Finding("padding", padding, counts.places)
    if counts.unknown_known:
        share = counts.unknown / max(counts.tokens, 1)
        odd = share > _MOST_UNKNOWN
        note = "the vocabulary is of other text" if odd else ""
        yield Finding("<unk>", share, counts.tokens, None, "suspicious" if odd else "", note)
    copies = counts.same_inputs / max(counts.records, 1)
    odd = copies > _MOST_COPIES
    yield Finding(
        "records that copy another one",
        copies,
        counts.records,
        0.0,
        "suspicious" if odd else "law",
        "the same input and predictions" if odd else "",
    )
    texts = counts.same_texts / max(counts.records, 1)
    yield Finding("records of the text of another one", texts, counts.records)


def _none(name: str, number: int, note: str) -> Finding:
    """Of something that there should be none of."""
    verdict: Verdict = "suspicious" if number else "law"
    return Finding(name, number, None, 0, verdict, note if number else "")
