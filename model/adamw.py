"""AdamW with the semantics of the reference's fine-tuning, and Adam's bias correction as a setting.

For each variable, with gradient g:  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,
w ← w − rate · (m / (√v + ε) + λw)  (no λw for layer norms and biases).

The reference corrects no bias: at step t, √v is too small by √(1−β₂ᵗ) and m by 1−β₁ᵗ, so its first steps
are up to √10 times as long. With ``bias_correction`` m and v are divided by 1−β₁ᵗ and 1−β₂ᵗ first, which
is Loshchilov and Hutter's algorithm; fewer runs on small tasks then fail. ε lies outside the root.

Source: Devlin et al. 2018 (BERT's optimizer); Loshchilov and Hutter 2017 (arXiv 1711.05101); Zhang et al.
2020 (arXiv 2006.05987) and Mosbach et al. 2020 (arXiv 2006.04884) for what the correction is worth.
"""

from __future__ import annotations

import math
from typing import Any

from keras import ops

from albert_data.base.arrays import Float32

from .moments import NORMS_AND_BIASES, MomentsOptimizer, updated_moments


def adamw_update(
    weight: Float32[Any, "*shape"],
    m: Float32[Any, "*shape"],
    v: Float32[Any, "*shape"],
    gradient: Float32[Any, "*shape"],
    rate: Float32[Any, ""] | float,
    step: Any,
    *,
    bias_correction: bool = False,
    weight_decay: float = 0.01,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-6,
) -> tuple[Float32[Any, "*shape"], Float32[Any, "*shape"], Float32[Any, "*shape"]]:
    """One AdamW step of one variable, as a pure function.

    Args:
        weight, m, v, gradient: float32 tensors of one shape.
        rate: float32 scalar.
        step: int scalar. Steps finished before this one: t − 1. Read where the bias is corrected.
        bias_correction: bool.
        weight_decay: float. 0 for layer norms and biases.
        beta_1, beta_2, epsilon: floats.

    Returns: new weight, new m, new v.
    """
    m, v = updated_moments(m, v, gradient, beta_1, beta_2)
    mean, square = m, v
    if bias_correction:
        mean, square = m / _reached(beta_1, step), v / _reached(beta_2, step)
    update = mean / (ops.sqrt(square) + epsilon) + weight_decay * weight
    return weight - rate * update, m, v


def _reached(beta: float, step: Any) -> Float32[Any, ""]:
    """1 − βᵗ, to float32's precision also where βᵗ is near 1."""
    return -ops.expm1(math.log(beta) * (ops.cast(step, "float32") + 1.0))


class AdamW(MomentsOptimizer):
    """AdamW as a Keras optimizer; see ``moments`` for how it must be called.

    ``keras.optimizers.AdamW`` always corrects the bias.

    Args:
        learning_rate: float or schedule.
        weight_decay_rate: float. λ; times the rate, beside the gradient's part.
        beta_1, beta_2, epsilon: floats.
        bias_correction: bool.
        not_decayed: str. Regular expression; a variable whose path matches gets no weight decay.
    """

    def __init__(
        self,
        learning_rate: Any = 2e-5,
        weight_decay_rate: float = 0.01,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-6,
        bias_correction: bool = False,
        not_decayed: str = NORMS_AND_BIASES,
        name: str = "adamw",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay_rate, beta_1, beta_2, epsilon, not_decayed, name
        )
        self.bias_correction = bias_correction

    def updated(
        self,
        at: int,
        weight: Float32[Any, "*shape"],
        m: Float32[Any, "*shape"],
        v: Float32[Any, "*shape"],
        gradient: Float32[Any, "*shape"],
        rate: Float32[Any, ""] | float,
        step: Any,
    ) -> tuple[Any, Any, Any]:
        """``adamw_update`` of variable number ``at``: new weight, m and v."""
        return adamw_update(
            weight,
            m,
            v,
            gradient,
            rate,
            step,
            bias_correction=self.bias_correction,
            weight_decay=self.weight_decay_rate if self._decay[at] else 0.0,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "bias_correction": self.bias_correction}
