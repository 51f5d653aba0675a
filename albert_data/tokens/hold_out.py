"""Which documents are held out of training: those whose key has a hash below a limit.

The hash is of the key alone, which is of the document's source, id and text: neither the order of the
corpus, nor workers, the seed, another vocabulary or any setting of pairs and masks moves a document from
one side to the other. A share fixes the limit, so that a corpus may grow and what was held out stays so; a
number of documents takes the smallest hashes of the token cache, of whatever source.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from albert_data.base.arrays import Bool, UInt64
from albert_data.base.counts import count_of
from albert_data.base.errors import DataError
from albert_data.config.hold_out import share_of

_ALL = 2**64
_SALT = np.uint64(0x686F6C642D6F7574)  # "hold-out": other bits than those of other uses of the key


def hashes(keys: UInt64[np.ndarray, " D"]) -> UInt64[np.ndarray, " D"]:
    """64 even bits of each key (the end of SplitMix64)."""
    value = keys ^ _SALT
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def is_held_out(keys: UInt64[np.ndarray, " D"], below: int) -> Bool[np.ndarray, " D"]:
    """Whether the documents of these keys are held out.

    Args:
        below: the limit of their hashes, 0 for none.
    """
    return hashes(keys) < np.uint64(below)


def limit_of(hold_out: str, keys: Iterable[np.ndarray]) -> int:
    """The limit of the hashes of documents that are held out.

    Args:
        hold_out: the setting, not empty.
        keys: of all documents, file by file; read where a number of documents is asked for.

    Raises:
        DataError: there are no more documents than are to be held out.
    """
    share = share_of(hold_out)
    if share is not None:
        return int(share * _ALL)
    wanted, total = int(hold_out), 0
    smallest = np.zeros(0, np.uint64)
    for own in keys:
        total += len(own)
        smallest = np.sort(np.concatenate([smallest, hashes(own)]))[: wanted + 1]
    if total <= wanted:
        raise DataError(
            f"{count_of(wanted, 'document')} of {total:,} cannot be held out",
            where=f"hold_out {hold_out}",
            fix="hold out fewer: what is left is trained on",
        )
    return int(smallest[wanted])
