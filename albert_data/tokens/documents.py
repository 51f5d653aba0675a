"""The documents of a token file as flat arrays, which kernels take whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Documents(NamedTuple):
    """A token file's documents, D of them with S sentences and T tokens in all.

    Attributes:
        ids: int32 [T], piece ids.
        sentence_offsets: int64 [S + 1], where sentences begin in `ids`, and the last one ends.
        document_offsets: int64 [D + 1], which sentences documents begin with, and S.
        keys: uint64 [D], the documents' keys.
    """

    ids: np.ndarray
    sentence_offsets: np.ndarray
    document_offsets: np.ndarray
    keys: np.ndarray
