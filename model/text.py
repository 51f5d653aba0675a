"""Text with gaps to a model's input: cleaned and split into pieces as the builder does it.

In: one or two segments, ``[MASK]`` where a piece is to be guessed. Out: features [1, S] as in the shards.
A gap that stands within a word ("[MASK]ing", "mat[MASK]") has no space where the text has none.
"""

from __future__ import annotations

import re

import numpy as np

from albert_data.base.arrays import Int32
from albert_data.base.errors import DataError
from albert_data.corpus.normalize import NORMALIZERS, collapse
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.vocabulary import vocabulary_from

from .convert.sentencepiece_model import without_space_before

GAP = re.compile(r"\[mask\]", re.IGNORECASE)


class TextEncoder:
    """Encodes text with one vocabulary.

    Args:
        content: bytes of the SentencePiece model.
        normalization: str. ``tokens.normalization`` of the build.
        longest: int. Positions of the model.
    """

    def __init__(self, content: bytes, normalization: str, longest: int) -> None:
        self.vocabulary = vocabulary_from(content, "vocabulary")
        self._normalize, self._longest = NORMALIZERS[normalization], longest
        self._words = Encoder(self.vocabulary)
        self._within = Encoder(vocabulary_from(without_space_before(content), "vocabulary"))

    def ids(self, text: str) -> list[int]:
        """Piece ids of a text, those of [MASK] among them."""
        ids: list[int] = []
        for number, part in enumerate(GAP.split(text)):
            goes_on = number > 0 and not part[:1].isspace()
            ids += [self.vocabulary.mask] * (number > 0)
            (clean,) = self._normalize([collapse(part)])
            first, _, rest = clean.partition(" ") if goes_on else ("", "", clean)
            ids += self._within.encode([first])[0].tolist() + self._words.encode([rest])[0].tolist()
        return ids

    def features(
        self, first: str, second: str | None = None
    ) -> dict[str, Int32[np.ndarray, "1 _"]]:
        """``input_ids``, ``input_mask``, ``segment_ids`` [1, S], ``masked_lm_positions`` [1, gaps].

        Raises:
            DataError: a text without a piece, or more pieces than the model has positions for.
        """
        known = self.vocabulary
        segments = [self.ids(text) for text in (first, second) if text is not None]
        if not all(segments):
            raise DataError("a text of no pieces", fix="give a text to look at")
        ids, numbers = [known.cls], [0]
        for number, segment in enumerate(segments):
            ids += [*segment, known.sep]
            numbers += [number] * (len(segment) + 1)
        if len(ids) > self._longest:
            problem = (
                f"{len(ids)} pieces, [CLS] and [SEP] among them; the model takes {self._longest}"
            )
            raise DataError(problem, fix="give a shorter text")
        row = np.array([ids], np.int32)
        return {
            "input_ids": row,
            "input_mask": np.ones_like(row),
            "segment_ids": np.array([numbers], np.int32),
            "masked_lm_positions": np.flatnonzero(row == known.mask).astype(np.int32)[None],
        }
