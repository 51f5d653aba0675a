"""What LAMB and AdamW have in common: running means of gradients, and which weights decay.

For each variable, with gradient g:  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g². What is made of the two is
the optimizer's own (``lamb``, ``adamw``).

Gradients must arrive aggregated: a training step sums them over micro-batches and replicas once,
clips, and then calls ``apply``; unlike other Keras optimizers these do not sum again.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Float32

from .network.backend import as_dense

NORMS_AND_BIASES = r"layer_norm|bias"


def updated_moments(
    m: Float32[Any, "*shape"],
    v: Float32[Any, "*shape"],
    gradient: Float32[Any, "*shape"],
    beta_1: float,
    beta_2: float,
) -> tuple[Float32[Any, "*shape"], Float32[Any, "*shape"]]:
    """New m and v, float32 tensors of the gradient's shape."""
    return (
        beta_1 * m + (1.0 - beta_1) * gradient,
        beta_2 * v + (1.0 - beta_2) * ops.square(gradient),
    )


class MomentsOptimizer(keras.optimizers.Optimizer):
    """A Keras optimizer with slots m and v; see the module's docstring for how it must be called.

    Args:
        learning_rate: float or schedule.
        weight_decay_rate: float. λ.
        beta_1, beta_2, epsilon: floats.
        not_decayed: str. Regular expression; a variable whose path matches gets no weight decay.

    Attributes:
        trust_ratios: list of scalar variables in the order of those that it was built with; empty
            where the algorithm has none.
    """

    def __init__(
        self,
        learning_rate: Any,
        weight_decay_rate: float,
        beta_1: float,
        beta_2: float,
        epsilon: float,
        not_decayed: str,
        name: str,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name)
        self.weight_decay_rate, self.epsilon = weight_decay_rate, epsilon
        self.beta_1, self.beta_2, self.not_decayed = beta_1, beta_2, not_decayed

    def build(self, variables: list[Any]) -> None:
        """Makes the slots m and v of each variable."""
        if self.built:
            return
        super().build(variables)
        self._m, self._v, self._decay = [], [], []
        self.trust_ratios: list[Any] = []
        for variable in variables:
            self._m.append(self.add_variable_from_reference(variable, name="m"))
            self._v.append(self.add_variable_from_reference(variable, name="v"))
            self._decay.append(re.search(self.not_decayed, variable.path) is None)

    @property
    def m(self) -> list[Any]:
        """Means of gradients, in the order of the variables that it was built with."""
        return list(self._m)

    @property
    def v(self) -> list[Any]:
        """Means of squared gradients, in the same order."""
        return list(self._v)

    def decayed(self, ratios: list[Any]) -> list[Any]:
        """Of trust ratios in the same order, those of the variables that decay; of none, none."""
        if not ratios:
            return []
        return [ratio for ratio, decay in zip(ratios, self._decay, strict=True) if decay]

    def rate(self, step: Any) -> Any:
        """Learning rate (float32 scalar) of the step that follows ``step`` finished ones."""
        schedule = self._learning_rate
        return schedule(step) if callable(schedule) else ops.cast(schedule, "float32")

    @abstractmethod
    def updated(
        self,
        at: int,
        weight: Float32[Any, "*shape"],
        m: Float32[Any, "*shape"],
        v: Float32[Any, "*shape"],
        gradient: Float32[Any, "*shape"],
        rate: Float32[Any, ""] | float,
        step: Any,
    ) -> tuple[Any, ...]:
        """One step of variable number ``at``, as a pure function.

        Args:
            rate: float32 scalar, ``rate(step)``.
            step: int scalar. Steps finished before this one.

        Returns: new weight, m, v and, where the algorithm has one, trust ratio.
        """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Assigns one variable, its slots and, where it has one, its trust ratio."""
        at = self._get_variable_index(variable)
        new = self.updated(
            at,
            ops.convert_to_tensor(variable),
            ops.convert_to_tensor(self._m[at]),
            ops.convert_to_tensor(self._v[at]),
            ops.cast(as_dense(gradient), "float32"),
            ops.cast(learning_rate, "float32"),
            ops.convert_to_tensor(self.iterations),
        )
        owners = (variable, self._m[at], self._v[at], *self.trust_ratios[at : at + 1])
        for owner, value in zip(owners, new, strict=True):
            self.assign(owner, value)

    def _all_reduce_sum_gradients(self, grads_and_vars: Any) -> Any:
        return grads_and_vars

    def get_config(self) -> dict[str, Any]:
        own = ("weight_decay_rate", "beta_1", "beta_2", "epsilon", "not_decayed")
        return {
            "name": self.name,
            "learning_rate": super().get_config()["learning_rate"],
            **{key: getattr(self, key) for key in own},
        }
