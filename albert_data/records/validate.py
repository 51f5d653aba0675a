"""Whether parsed records are what the pipeline writes: layout, masks, the name of the mask stream.

One compiled pass over the arrays of a batch gives each record the code of its first fault and what a
manifest counts of it; a code becomes words for the record that is named. Cost: 1 µs a record of 512 tokens
and 77 predictions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Int64, Shaped, UInt8
from albert_data.base.errors import DataError
from albert_data.base.kernels import kernel
from albert_data.records.features import ALL_FEATURES
from albert_data.records.parse import Examples, UnmaskedExamples

REBUILD = "restore the file, or remove the folder and build it again"
_Vocabulary: TypeAlias = Mapping[str, Any]  # `size` and `special_ids`, as in a manifest
_Tokens: TypeAlias = Shaped[np.ndarray, " S"]  # integers
_Predictions: TypeAlias = Shaped[np.ndarray, " P"]

# What can be wrong with a record, in the order in which it is told; code 0 is none.
FAULTS = (
    "",
    "input_mask is not ones followed by zeros",
    "it does not read [CLS] x1 [SEP] x2 [SEP]",
    "padding is not <pad>",
    "segment_ids do not follow the separators",
    "token_boundary is not 1 on [CLS] and [SEP], or not 0 on padding",
    "masked_lm_weights are not ones followed by zeros",
    "nothing is masked",
    "a mask position is out of range",
    "mask positions do not ascend",
    "a mask position is on a special token",
    "unused predictions are not 0",
)
_LAYOUT, _WEIGHTS = 1, 6  # the first of each group


class Checked(NamedTuple):
    """What was seen of R records; the counts of one with a fault mean nothing.

    Attributes:
        faults: places in `FAULTS`.
        tokens, predictions: of each.
        mask_pieces: predictions of each whose piece in the input is [MASK].
    """

    faults: UInt8[np.ndarray, " R"]
    tokens: Int64[np.ndarray, " R"]
    predictions: Int64[np.ndarray, " R"]
    mask_pieces: Int64[np.ndarray, " R"]


def check_examples(
    examples: Examples | UnmaskedExamples,
    vocabulary: _Vocabulary,
    where: str,
    first_record: int = 0,
) -> Checked:
    """Checks that records are what the pipeline writes; their integers may be of any width.

    Args:
        vocabulary: `size` and `special_ids`, as in a manifest.

    Raises:
        DataError: naming the first bad record and its fault.
    """
    special = vocabulary["special_ids"]
    specials = np.array([special[name] for name in ("[CLS]", "[SEP]", "<pad>", "[MASK]")], np.int64)
    ids = examples.input_ids
    if isinstance(examples, Examples):
        masks = examples.masked_lm_positions, examples.masked_lm_ids, examples.masked_lm_weights
    else:
        none = np.zeros((len(ids), 0), ids.dtype)
        masks = none, none, none.astype(np.float32)
    checked = Checked(np.zeros(len(ids), np.uint8), *np.zeros((3, len(ids)), np.int64))
    tokens = ids, examples.input_mask, examples.segment_ids, examples.token_boundary
    _check(*tokens, *masks, isinstance(examples, Examples), specials, *checked)
    wrong = {FAULTS[checked.faults[row]]: row for row in _first(checked.faults != 0)}
    for fault, row in out_of_range(examples, vocabulary["size"]):
        wrong.setdefault(fault, row)
    if wrong:
        fault = min(wrong, key=lambda name: wrong[name])
        raise DataError(f"record {first_record + wrong[fault]}: {fault}", where=where, fix=REBUILD)
    return checked


def _first(wrong: Shaped[np.ndarray, " R"]) -> list[int]:
    """The first row that is so, if there is one."""
    return [int(np.argmax(wrong))] if wrong.any() else []


def out_of_range(
    examples: Examples | UnmaskedExamples, vocabulary_size: int
) -> list[tuple[str, int]]:
    """Integers that are not in the range of their feature: (fault, first row)."""
    max_length = examples.input_ids.shape[1]
    faults = []
    for feature in ALL_FEATURES:
        if feature.dtype != "int64" or not hasattr(examples, feature.name):
            continue
        limit = feature.limit(max_length, vocabulary_size)
        values = getattr(examples, feature.name)
        values = values.view(f"u{values.itemsize}")  # negative: too large as well
        if values.max(initial=0) >= limit:
            outside = (values >= limit).reshape(len(values), -1).any(axis=1)
            fault = f"{feature.name} is not from 0 to {limit - 1}"
            faults += [(fault, row) for row in _first(outside)]
    return faults


@kernel
def _check(
    ids: Shaped[np.ndarray, "R S"],
    mask: Shaped[np.ndarray, "R S"],
    segments: Shaped[np.ndarray, "R S"],
    boundary: Shaped[np.ndarray, "R S"],
    positions: Shaped[np.ndarray, "R P"],
    labels: Shaped[np.ndarray, "R P"],
    weights: Shaped[np.ndarray, "R P"],
    masked: bool,
    specials: Int64[np.ndarray, " special"],
    faults: UInt8[np.ndarray, " R"],
    tokens: Int64[np.ndarray, " R"],
    predictions: Int64[np.ndarray, " R"],
    mask_pieces: Int64[np.ndarray, " R"],
) -> None:
    """Fills the last four; specials: [CLS], [SEP], <pad>, [MASK]."""
    for row in range(len(ids)):
        size = 0
        for value in mask[row]:
            size += value
        tokens[row] = size
        fault = _fault_of_layout(ids[row], mask[row], segments[row], boundary[row], size, specials)
        if masked:
            used, pieces, of_masks = _fault_of_masks(
                ids[row], positions[row], labels[row], weights[row], size, specials
            )
            predictions[row], mask_pieces[row] = used, pieces
            if fault == 0:
                fault = of_masks
        faults[row] = fault


@kernel
def _fault_of_layout(
    ids: _Tokens,
    mask: _Tokens,
    segments: _Tokens,
    boundary: _Tokens,
    size: int,
    specials: Int64[np.ndarray, " special"],
) -> int:
    """The first fault of a record of `size` tokens, which is what its input_mask adds up to."""
    cls, sep, pad = specials[0], specials[1], specials[2]
    inside = min(max(size, 0), len(ids))
    differs, padding, beyond = np.int64(0), np.int64(0), np.int64(0)
    for i in range(inside):
        differs |= np.int64(mask[i]) ^ 1
    for i in range(inside, len(ids)):
        differs |= np.int64(mask[i])
        padding |= np.int64(ids[i]) ^ pad
        beyond |= np.int64(boundary[i])
    separators, first = 0, 0
    for i in range(inside):
        if ids[i] == sep:
            first = i if separators == 0 else first
            separators += 1
            beyond |= np.int64(boundary[i]) ^ 1
    if differs != 0:
        return _LAYOUT
    last = min(max(size - 1, 0), len(ids) - 1)
    empty = min(first, last - first) < 2  # one of the segments
    if ids[0] != cls or separators != 2 or ids[last] != sep or empty:
        return _LAYOUT + 1
    if padding != 0:
        return _LAYOUT + 2
    wrong = np.int64(0)
    for i in range(first + 1):
        wrong |= np.int64(segments[i])
    for i in range(first + 1, inside):
        wrong |= np.int64(segments[i]) ^ 1
    for i in range(inside, len(ids)):
        wrong |= np.int64(segments[i])
    if wrong != 0:
        return _LAYOUT + 3
    return _LAYOUT + 4 if beyond != 0 or boundary[0] != 1 else 0


@kernel
def _fault_of_masks(
    ids: _Tokens,
    positions: _Predictions,
    labels: _Predictions,
    weights: _Predictions,
    size: int,
    specials: Int64[np.ndarray, " special"],
) -> tuple[int, int, int]:
    """(predictions, those that are [MASK] in the input, first fault) of a record of `size` tokens."""
    cls, sep, pad, mask = specials[0], specials[1], specials[2], specials[3]
    used = 0
    for weight in weights:
        used += weight > 0
    uneven, outside, descends, special, unused, pieces = False, False, False, False, False, 0
    for i in range(len(weights)):
        uneven |= bool(weights[i] != (1 if i < used else 0))
    for i in range(len(weights)):
        at, label = int(positions[i]), int(labels[i])
        if not weights[i] > 0:
            unused |= at != 0 or label != 0
            continue
        outside |= at < 1 or at >= size
        descends |= i > 0 and at <= int(positions[i - 1])
        piece = int(ids[min(max(at, 0), len(ids) - 1)])
        pieces += piece == mask
        special |= piece in (cls, sep, pad)
        special |= label in (cls, sep, pad, mask)
    fault = 0
    if uneven:
        fault = _WEIGHTS
    elif used == 0:
        fault = _WEIGHTS + 1
    elif outside:
        fault = _WEIGHTS + 2
    elif descends:
        fault = _WEIGHTS + 3
    elif special:
        fault = _WEIGHTS + 4
    elif unused:
        fault = _WEIGHTS + 5
    return used, pieces, fault
