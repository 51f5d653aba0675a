"""`open_mixture`: several shard sets in one run, by weight or by repeats; resumed by the same one number.

Which set a place of the run belongs to is no draw (`shares.py`). A set's own records come in the order of its
own run, epoch after epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import gcd, lcm
from pathlib import Path
from typing import Literal

import numpy as np

from albert_data.base.errors import ConfigError
from albert_data.examples.rng import mix_seed
from albert_data.read.order import records_at
from albert_data.read.record_set import RecordSet
from albert_data.read.run import Places, Run
from albert_data.read.shard_reader import open_shards
from albert_data.read.shares import spread, tree_of

_MOST = 2**31  # that weights add up to: products of two places must be int64
_FINEST = 10**6  # a weight is a fraction of at most this denominator


def open_mixture(
    parts: Mapping[str | Path, float], by: Literal["weight", "repeats"] = "weight"
) -> Mixture:
    """Several shard sets in one run.

    Args:
        parts: folder of a shard set → its weight (any positive numbers: 0.7 and 0.3, or 7 and 3), or how
            often each of its records is seen while those of a set of 1 are seen once.
        by: what the numbers are.

    Raises:
        ConfigError: there is none, a number cannot be used, or the sets do not fit together.
        DataError: as `open_shards`.
    """
    if not parts:
        raise ConfigError("no shard set", where="open_mixture", fix="give {folder: weight, …}")
    if by not in ("weight", "repeats"):
        raise ConfigError(f"cannot be {by!r}", where="by", fix="give 'weight' or 'repeats'")
    sets = tuple(open_shards(path).sets[0] for path in parts)
    shares = []
    for (path, number), records in zip(parts.items(), sets, strict=True):
        if not 0 < number < 10**9:
            fix = "give a number above 0 and below 1,000,000,000"
            raise ConfigError(f"cannot be {number}", where=str(path), fix=fix)
        share = Fraction(number).limit_denominator(_FINEST)
        if abs(share - Fraction(number)) > Fraction(number) / 1000:
            fix = f"give larger numbers in the same ratio, such as {number * _FINEST:g}"
            raise ConfigError(f"{number} cannot be met: it is too fine", where=str(path), fix=fix)
        shares.append(share * len(records) if by == "repeats" else share)
    _check_fit(sets)
    return Mixture(sets, _integers(shares))


class Mixture(Run):
    """The records of some sets in turn; an epoch has as many places as there are records.

    Attributes:
        shares: of each set, integers.
    """

    def __init__(self, sets: tuple[RecordSet, ...], shares: list[int]) -> None:
        self.sets, self.shares = sets, shares
        self._tree = tree_of(shares)

    def __len__(self) -> int:
        return sum(len(records) for records in self.sets)

    def places(self, first: int, count: int, seed: int) -> Places:
        sets, own = np.empty(count, np.int64), np.empty(count, np.int64)
        spread(first, self._tree, sets, own)
        places = Places(sets, np.empty(count, np.int64), np.empty(count, np.int64))
        for number, records in enumerate(self.sets):
            at = np.flatnonzero(sets == number)
            if len(at):  # its own places follow one another
                seed_of_set = int(mix_seed(number, seed)) >> 1
                begin = int(own[at[0]])
                places.numbers[at], places.epochs[at] = records_at(
                    begin, len(at), len(records), seed_of_set
                )
        return places


def _check_fit(sets: tuple[RecordSet, ...]) -> None:
    """Raises ConfigError where rows of the sets cannot stand in one batch, or mean other things."""
    for records in sets[1:]:
        first, other = _described(sets[0]), _described(records)
        for what, value in other.items():
            if first.get(what, value) != value:
                raise ConfigError(
                    f"{what} is {value}, and {first[what]} in the first set of the mixture",
                    where=str(records.folder),
                    fix="build the sets with the same settings and vocabulary",
                )


def _described(records: RecordSet) -> dict[str, object]:
    """What the sets of a mixture have in common, as far as it is known of one."""
    known: dict[str, object] = {
        "pairs.max_length": records.max_length,
        "masking.max_predictions": records.max_predictions,
        "masking.mode": "dynamic" if records.dynamic else "static",
    }
    if records.manifest:
        known["the vocabulary's SHA-256"] = records.manifest.vocabulary.sha256
    return known


def _integers(shares: list[Fraction]) -> list[int]:
    """Integers in the same ratio, as small as they can be."""
    common = lcm(*(share.denominator for share in shares))
    whole = [int(share * common) for share in shares]
    smallest = [number // gcd(*whole) for number in whole]
    if sum(smallest) >= _MOST:
        raise ConfigError(
            f"shares of {', '.join(f'{number:,}' for number in smallest)} records are too fine",
            where="open_mixture",
            fix="round the weights, to three digits say",
        )
    return smallest
