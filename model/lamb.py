"""LAMB with the semantics of ALBERT's reference, and its learning-rate schedule.

For each variable, with gradient g:  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,
u = m / (√v + ε) + λw  (no λw for layer norms and biases),
w ← w − rate · r · u,  r = ‖w‖ / ‖u‖ where both are positive, else 1 (always 1 for layer norms and
biases). There is no bias correction, ε lies outside the root and the decay inside the ratio.

``keras.optimizers.Lamb`` corrects the bias and adapts every variable, so it is another algorithm.

Source: You et al. 2019 (arXiv 1904.00962); google-research/albert for the details.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Float32

from .moments import NORMS_AND_BIASES, MomentsOptimizer, updated_moments
from .network.backend import sum_of_squares


def lamb_update(
    weight: Float32[Any, "*shape"],
    m: Float32[Any, "*shape"],
    v: Float32[Any, "*shape"],
    gradient: Float32[Any, "*shape"],
    rate: Float32[Any, ""] | float,
    *,
    adapt: bool = True,
    weight_decay: float = 0.01,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-6,
) -> tuple[
    Float32[Any, "*shape"], Float32[Any, "*shape"], Float32[Any, "*shape"], Float32[Any, ""]
]:
    """One LAMB step of one variable, as a pure function.

    Args:
        weight, m, v, gradient: float32 tensors of one shape.
        rate: float32 scalar.
        adapt: bool. False for layer norms and biases: neither decay nor trust ratio.
        weight_decay, beta_1, beta_2, epsilon: floats.

    Returns: new weight, new m, new v, trust ratio (float32 scalar).
    """
    m, v = updated_moments(m, v, gradient, beta_1, beta_2)
    update = m / (ops.sqrt(v) + epsilon)
    ratio = ops.ones((), "float32")
    if adapt:
        update += weight_decay * weight
        weight_norm, update_norm = _norm(weight), _norm(update)
        both = ops.logical_and(weight_norm > 0, update_norm > 0)
        ratio = ops.where(both, weight_norm / ops.where(both, update_norm, 1.0), 1.0)
    return weight - ratio * rate * update, m, v, ratio


def _norm(values: Float32[Any, "*shape"]) -> Float32[Any, ""]:
    return ops.sqrt(sum_of_squares(values))


class Lamb(MomentsOptimizer):
    """LAMB as a Keras optimizer; see ``moments`` for how it must be called.

    Args:
        learning_rate: float or schedule.
        weight_decay_rate: float. λ, inside the trust ratio.
        beta_1, beta_2, epsilon: floats.
        not_decayed: str. Regular expression; a variable whose path matches gets neither weight
            decay nor trust ratio.
    """

    def __init__(
        self,
        learning_rate: Any = 0.00176,
        weight_decay_rate: float = 0.01,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-6,
        not_decayed: str = NORMS_AND_BIASES,
        name: str = "lamb",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay_rate, beta_1, beta_2, epsilon, not_decayed, name
        )

    def build(self, variables: list[Any]) -> None:
        """Makes the slots m and v of each variable and a scalar that keeps its trust ratio."""
        if self.built:
            return
        super().build(variables)
        self.trust_ratios = [
            self.add_variable((), initializer="ones", name=f"ratio_{number}")
            for number in range(1, len(variables) + 1)
        ]

    def updated(
        self,
        at: int,
        weight: Float32[Any, "*shape"],
        m: Float32[Any, "*shape"],
        v: Float32[Any, "*shape"],
        gradient: Float32[Any, "*shape"],
        rate: Float32[Any, ""] | float,
        step: Any,
    ) -> tuple[Any, Any, Any, Any]:
        """``lamb_update`` of variable number ``at``: new weight, m, v, and trust ratio."""
        return lamb_update(
            weight,
            m,
            v,
            gradient,
            rate,
            adapt=self._decay[at],
            weight_decay=self.weight_decay_rate,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
        )


@keras.saving.register_keras_serializable("albert_data")
class WarmupPolynomialDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, then polynomial decay to 0.

    Step k of T (the first is 1) has the rate peak·k/W while k < W, then peak·(1 − k/T)^power: the
    decay counts from the start and not from the end of the warm-up, so the rate drops a little at
    step W. The recorded run of the reference has these rates.

    Args:
        peak: float.
        total_steps: int. T; the rate is 0 from here on.
        warmup_steps: int. W; 0 or 1 for no warm-up.
        power: float. 1 is linear.
    """

    def __init__(
        self, peak: float, total_steps: int, warmup_steps: int = 0, power: float = 1.0
    ) -> None:
        self.peak, self.power = peak, power
        self.total_steps, self.warmup_steps = total_steps, warmup_steps

    def __call__(self, step: Any) -> Float32[Any, ""]:
        """Rate (float32 scalar) of the step that follows ``step`` finished ones: k = step + 1."""
        number = ops.cast(step, "float32") + 1.0
        left = 1.0 - ops.minimum(number, float(self.total_steps)) / float(self.total_steps)
        decayed = self.peak * ops.power(left, self.power)
        warming = self.peak * number / float(max(self.warmup_steps, 1))
        return ops.where(number < float(self.warmup_steps), warming, decayed)

    def get_config(self) -> dict[str, Any]:
        keys = ("peak", "total_steps", "warmup_steps", "power")
        return {key: getattr(self, key) for key in keys}
