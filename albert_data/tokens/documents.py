"""The documents of a token file as flat arrays, which kernels take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Bool, Int64, Integer, UInt64

BY_PIECE = np.zeros(0, np.bool_)


class Documents(NamedTuple):
    """A token file's documents, D of them with S sentences and T tokens in all, or a window of them.

    A window may begin within a document: sentences before `document_offsets[0]` are of the one before.

    Attributes:
        ids: of pieces; int32, or as a token file has them.
        sentence_offsets: [S + 1], where sentences begin in `ids`, and the last one ends.
        document_offsets: which sentences documents begin with, and S.
        keys: of the documents.
        starts: the piece begins a word, for each of them; of length 0 where the vocabulary's table says
            it of the piece alone.
    """

    ids: Integer[np.ndarray, " T"]
    sentence_offsets: Int64[np.ndarray, " S_bounds"]
    document_offsets: Int64[np.ndarray, " D+1"]
    keys: UInt64[np.ndarray, " D"]
    starts: Bool[np.ndarray, " T_or_0"] = BY_PIECE
