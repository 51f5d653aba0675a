"""Which of several sets each place of a run belongs to, by shares that are integers; no draw, nothing stored.

Of the first p places, a set of share s out of T has p s / T, rounded. Two sets: any stretch of k places has
k s / T of one, rounded down or up. More: the sets stand in a tree of pairs, light ones apart from heavy ones,
and each level of it adds less than one record of rounding. After T places all counts are exact. Cost: about
20 ns a place.
"""

from __future__ import annotations

import numpy as np

from albert_data.base.arrays import Int64
from albert_data.base.kernels import kernel


def tree_of(shares: list[int]) -> Int64[np.ndarray, "nodes 4"]:
    """Rows (share of the left one, of both, left, right), the root first; a set s stands as -1 - s."""
    rows: list[tuple[int, int, int, int]] = []

    def grow(sets: list[int]) -> int:
        if len(sets) == 1:
            return -1 - sets[0]
        at, half = len(rows), len(sets) // 2
        rows.append((0, 0, 0, 0))
        left, right = grow(sets[:half]), grow(sets[half:])
        of_left = sum(shares[s] for s in sets[:half])
        rows[at] = (of_left, sum(shares[s] for s in sets), left, right)
        return at

    grow(sorted(range(len(shares)), key=lambda s: shares[s]))
    return np.array(rows, np.int64).reshape(-1, 4)


@kernel
def spread(
    first: int,
    tree: Int64[np.ndarray, "nodes 4"],
    sets: Int64[np.ndarray, " R"],
    own: Int64[np.ndarray, " R"],
) -> None:
    """Fills the set of each place from `first` on, and the place in that set's own run."""
    for row in range(len(sets)):
        node, place = 0 if len(tree) else -1, first + row
        while node >= 0:
            share, total, left, right = tree[node]
            of_left = _before(place, share, total)
            if _before(place + 1, share, total) > of_left:
                node, place = left, of_left
            else:
                node, place = right, place - of_left
        sets[row], own[row] = -1 - node, place


@kernel
def _before(place: int, share: int, total: int) -> int:
    """How many of the first `place` places go to the left: `place` times share / total, rounded."""
    return (place // total) * share + ((place % total) * share + total // 2) // total
