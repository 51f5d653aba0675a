"""The largest batch that fits on a device, by bisection over compiled programs."""

from __future__ import annotations

from collections.abc import Callable


def largest_batch(fits: Callable[[int], bool], first: int, within: int = 16) -> int:
    """The largest batch that fits, to a `within`th of itself below; 0 where not even 1 does.

    Args:
        fits: whether a batch fits; each call is a compilation.
        first: where to begin.

    Doubles or halves until one fits and one does not, then takes the middle of the two.
    """
    good, bad = 0, first
    while fits(bad):
        good, bad = bad, 2 * bad
    while good == 0 and bad > 1:
        half = bad // 2
        good, bad = (half, bad) if fits(half) else (0, half)
    while bad - good > max(1, good // within):
        middle = (good + bad) // 2
        good, bad = (middle, bad) if fits(middle) else (good, middle)
    return good
