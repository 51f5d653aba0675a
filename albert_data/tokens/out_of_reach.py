"""Whether a vocabulary was trained on text cleaned up in another way than a build's.

A piece that `tokens.normalization` changes stands in no text that it has been through: of a vocabulary
trained with the same normalization there is none, of one trained with another some per cent (4 % of Russian
pieces hold й or ё, which `albert` takes marks off). Cost: one pass over the pieces.
"""

from __future__ import annotations

from albert_data.corpus.normalize import NORMALIZERS
from albert_data.tokens.vocabulary import SPACE, Vocabulary

_MOST = 0.01  # of the pieces
_NAMED = 3


def out_of_reach(vocabulary: Vocabulary, normalization: str) -> str:
    """What to say of pieces that no text of this normalization holds; empty where they are few."""
    pieces = (vocabulary.pieces[i] for i in vocabulary.ordinary.tolist())
    texts = [text for piece in pieces if len(text := piece.replace(SPACE, " ").strip()) > 1]
    normal = NORMALIZERS[normalization](texts)
    lost = [text for text, other in zip(texts, normal, strict=True) if text != other]
    if len(lost) <= _MOST * len(texts):
        return ""
    return (
        f"warning: {len(lost) / len(texts):.0%} of the vocabulary's pieces ({', '.join(lost[:_NAMED])}, …) "
        f"never come out of tokens.normalization {normalization}: it was trained with another; "
        "set the one that it was trained with"
    )
