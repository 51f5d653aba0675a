"""What a build's counts say against its settings: nothing is broken, but it may not be what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.corpus.normalize import marks_off
from albert_data.insight.held_out import repeated
from albert_data.insight.verdicts import verdicts
from albert_data.schema import Manifest
from albert_data.tokens.words import CUT_APART

_CUT_APART = 0.05  # of the pieces; English prose has 0.001 and less with a vocabulary of its own


def cautions(manifest: Manifest) -> list[str]:
    """One line each, for the end of a build and its data card."""
    config = from_dict(manifest.config)
    return [
        *_unmet(manifest),
        *_words_cut_apart(manifest, config),
        *_marks_off(manifest, config),
        *_repeated(manifest),
    ]


def _unmet(manifest: Manifest) -> Iterator[str]:
    """Settings that did not come true; where two have one cause, the first."""
    told = set()
    for verdict in verdicts(manifest):
        if not verdict.met and verdict.advice not in told:
            told.add(verdict.advice)
            yield str(verdict)


def _words_cut_apart(manifest: Manifest, config: Config) -> Iterator[str]:
    """The reference's rule for words takes pieces for words in this corpus."""
    cut = manifest.reading.counts.get(CUT_APART, 0) / max(manifest.totals.tokens, 1)
    masking = config.masking
    by_reference = masking.word_rule == "reference" and not manifest.segmenter
    if masking.unit == "word" and by_reference and cut > _CUT_APART:
        yield (
            f"the reference's rule cuts {cut:.0%} of the pieces off the word that they are part of; "
            "--set masking.word_rule=unicode keeps words whole"
        )


def _marks_off(manifest: Manifest, config: Config) -> Iterator[str]:
    """The clean-up makes other letters of some."""
    if told := marks_off(manifest.reading.counts, config.tokens.normalization):
        yield told


def _repeated(manifest: Manifest) -> Iterator[str]:
    """What was held out is not new to who trains on the rest."""
    if manifest.hold_out is not None and manifest.hold_out.repeated:
        yield f"held-out documents: {repeated(manifest)}"
