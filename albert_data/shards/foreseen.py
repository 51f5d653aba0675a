"""What a configuration cannot have, whatever the corpus: said before its build begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from albert_data.config.settings import SPECIAL_TOKENS_PER_PAIR, Config, flatten
from albert_data.examples.budget import enough, planned
from albert_data.shards.wishes import FEW


def _is(value: Any) -> Callable[[Any], bool]:
    return lambda other: bool(other == value)


# Set otherwise than by default, these wish for something that another key makes void: (which, where, why).
_IDLE: dict[str, tuple[str, Callable[[Any], bool], str]] = {
    "masking.max_ngram": ("masking.unit", _is("piece"), "masking.unit is piece"),
    "masking.ngram_law": ("masking.max_ngram", _is(1), "masking.max_ngram is 1"),
    "pairs.negative_probability": ("pairs.objective", _is("none"), "pairs.objective is none"),
    "tokens.dedup_threshold": (
        "tokens.dedup",
        lambda dedup: dedup != "minhash",
        "tokens.dedup is not minhash",
    ),
    "shards.target_bytes": ("shards.count", lambda count: count > 0, "shards.count is set"),
}


def foreseen(config: Config) -> list[str]:
    """What a configuration cannot have whatever the corpus is, said before its build begins.

    Args:
        config: settled.
    """
    pairs, masking = config.pairs, config.masking
    lines = []
    # By length: full ones, and short targets, which are as often of each length.
    room = pairs.max_length - SPECIAL_TOKENS_PER_PAIR
    short = pairs.short_probability / max(room - 1, 1)
    _, cut_short = planned(((n, 1) for n in range(5, pairs.max_length + 1)), masking)
    full = 1 - pairs.short_probability if enough(config) > masking.predictions else 0.0
    if (share := min(full + short * cut_short, 1.0)) > FEW:
        rate = masking.predictions / pairs.max_length
        lines.append(
            f"masking.max_predictions {masking.predictions} cuts off about {share:.0%} of the examples, "
            f"so that full ones have {rate:.1%} of their tokens predicted where masking.rate is "
            f"{masking.rate:.1%}: {enough(config)} would do, or masking.max_predictions=auto"
        )
    longest = masking.max_ngram if masking.unit == "word" else 1
    if longest > masking.predictions:
        lines.append(
            f"masking.max_ngram {longest} is more than masking.max_predictions {masking.predictions}: "
            "no such span fits"
        )
    if pairs.distinct > pairs.dupe_factor:
        lines.append(
            f"pairs.distinct {pairs.distinct} is more than pairs.dupe_factor {pairs.dupe_factor}: "
            "there are no more passes than these"
        )
    return [*lines, *_idle(config)]


def _idle(config: Config) -> Iterator[str]:
    values, usual = flatten(config), flatten(Config())
    for key, (other, idle, why) in _IDLE.items():
        if values[key] != usual[key] and idle(values[other]):
            yield f"{key} {values[key]} changes nothing: {why}"
