"""Texts as arrays of code points."""

from __future__ import annotations

import numpy as np

from albert_data.base.arrays import UInt32


def code_points(text: str) -> UInt32[np.ndarray, " C"]:
    """The code point of each character, a lone surrogate's too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
