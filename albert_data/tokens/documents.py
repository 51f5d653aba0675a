"""The documents of a token file as flat arrays, which kernels take whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Int32, Int64, UInt64


class Documents(NamedTuple):
    """A token file's documents, D of them with S sentences and T tokens in all.

    Attributes:
        ids: of pieces.
        sentence_offsets: [S + 1], where sentences begin in `ids`, and the last one ends.
        document_offsets: which sentences documents begin with, and S.
        keys: of the documents.
    """

    ids: Int32[np.ndarray, " T"]
    sentence_offsets: Int64[np.ndarray, " S_bounds"]
    document_offsets: Int64[np.ndarray, " D+1"]
    keys: UInt64[np.ndarray, " D"]
