"""contamination.json of a token cache: whether it still holds, and its part of a data card."""

from __future__ import annotations

from pathlib import Path

from albert_data.base import neutral
from albert_data.schema import Contamination, TokenIndex
from albert_data.storage.file_names import CONTAMINATION
from albert_data.storage.sealed import read_sealed
from albert_data.tokens.cache import corpus_fingerprint


def read_contamination(tokens: Path, index: TokenIndex) -> Contamination | None:
    """What was found in this token cache; None where nobody looked, or it was another corpus.

    Raises:
        Damaged: the file is not as it was written.
    """
    known = read_sealed(tokens / CONTAMINATION, Contamination)
    if not known or known.corpus != corpus_fingerprint(index):
        return None
    return known


def card_section(found: Contamination) -> str:
    """The data card's part on evaluation texts that stand in the corpus (Markdown)."""
    rows = "\n".join(
        f"| {neutral.markdown(own.name)} | {own.items:,} | {own.too_short:,} | "
        f"{own.matched:,} | {own.ngrams_found / max(own.ngrams, 1):.2%} |"
        for own in found.sets
    )
    return f"""
## Evaluation texts in the corpus

By n-grams of {found.ngram} words; {found.overlapping_documents:,} documents of the corpus \
hold one of an evaluation text.

| evaluation texts | how many | too short to tell | with an n-gram in the corpus | n-grams found |
| --- | --- | --- | --- | --- |
{rows}
"""
