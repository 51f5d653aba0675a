"""Dropout whose mask is a pure function of a key.

Keras' seed generators are state: a checkpoint of the model leaves them out and a mirrored strategy
draws the same mask on every replica. Here a mask depends on (seed, step, micro-batch, replica)
through ``dropout_key`` and on the place in the network through ``site``, and on nothing else, so a
resumed run draws what an unbroken one would have drawn.

Cost: one 32-bit draw an element. The bits of one key differ between TensorFlow and JAX.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keras import ops

from albert_data.base.arrays import Float, Int32

from .backend import fold_in, random_bits

# Of a negative key XLA draws other bits than TensorFlow; below 2^30 there is room for the sites.
_POSITIVE = (1 << 30) - 1


def dropout_key(seed: int, step: Any, micro_batch: Any, replica: Any) -> Int32[Any, " 2"]:
    """Returns int32 [2], a key for one forward pass.

    Args:
        seed: int. The run's seed.
        step: int or integer scalar. Number of the optimizer step.
        micro_batch: int or integer scalar. Number of the micro-batch within the step.
        replica: int or integer scalar. Number of the replica.
    """
    key = ops.convert_to_tensor([seed & 0x7FFFFFFF, 0x0A1BE27], "int32")
    for part in (step, micro_batch, replica):
        key = fold_in(key, part)
    return ops.bitwise_and(key, ops.convert_to_tensor(_POSITIVE, "int32"))


@dataclass
class DropoutSites:
    """Hands each dropout site of one forward pass its own key, in call order.

    With ``key`` None nothing is dropped (evaluation).
    """

    key: Int32[Any, " 2"] | None
    sites: int = 0

    def next_key(self) -> Int32[Any, " 2"] | None:
        """Key of the next site, int32 [2], or None where nothing is to be dropped."""
        self.sites += 1
        if self.key is None:
            return None
        return self.key + ops.convert_to_tensor([0, self.sites], "int32")


def drop(
    values: Float[Any, "*shape"], rate: float, key: Int32[Any, " 2"] | None
) -> Float[Any, "*shape"]:
    """Returns ``values`` with elements zeroed at ``rate`` and the rest scaled by 1/(1−rate).

    Args:
        values: float tensor of any shape.
        rate: float in [0, 1).
        key: int32 [2], or None: return ``values`` as they are.
    """
    return scale_kept(zero_some(values, rate, key), rate, key)


def zero_some(
    values: Float[Any, "*shape"], rate: float, key: Int32[Any, " 2"] | None
) -> Float[Any, "*shape"]:
    """``drop`` without the scale, for a caller that applies it to a smaller tensor later."""
    if key is None or rate == 0.0:
        return values
    bits = random_bits(ops.shape(values), key)
    kept = bits >= ops.convert_to_tensor(round(rate * 2**32), "uint32")
    return ops.where(kept, values, ops.zeros_like(values))


def scale_kept(
    values: Float[Any, "*shape"], rate: float, key: Int32[Any, " 2"] | None
) -> Float[Any, "*shape"]:
    """Scales by 1/(1−rate) where ``zero_some`` with the same arguments zeroes."""
    return values if key is None or rate == 0.0 else values / ops.cast(1.0 - rate, values.dtype)
