"""How many pieces a configuration has predicted in an example, and what `max_predictions` cuts off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from albert_data.config.settings import SPECIAL_TOKENS_PER_PAIR, Config, MaskSettings
from albert_data.examples.masking import mask_budget

_MILLION = 1_000_000


def asked_for(tokens: int, masking: MaskSettings) -> int:
    """Pieces to predict in an example of so many tokens by `masking.rate` alone."""
    return mask_budget(tokens, round(masking.rate * _MILLION), tokens)


def enough(config: Config) -> int:
    """The least `masking.max_predictions` that cuts nothing off."""
    longest = config.pairs.max_length
    return min(asked_for(longest, config.masking), longest - SPECIAL_TOKENS_PER_PAIR)


def settled(config: Config) -> Config:
    """The configuration with a number for `masking.max_predictions: auto`."""
    if config.masking.max_predictions != "auto":
        return config
    return replace(config, masking=replace(config.masking, max_predictions=enough(config)))


def planned(lengths: Iterable[tuple[int, int]], masking: MaskSettings) -> tuple[int, int]:
    """Pieces to predict, and examples with fewer than `masking.rate` asks for.

    Args:
        lengths: (tokens, how many examples have so many).
    """
    pieces = cut_off = 0
    for tokens, count in lengths:
        asked = asked_for(tokens, masking)
        pieces += count * min(asked, masking.predictions)
        cut_off += count * (asked > masking.predictions)
    return pieces, cut_off
