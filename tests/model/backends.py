"""The model's tests hold on each backend of Keras; what is said of one of them alone says so with these.

Keras has TensorFlow in .venv and JAX in .venv-jax (`make test-jax`); no process has both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from model.network.backend import ON_JAX, compiled, with_gradients

of_tensorflow = pytest.mark.skipif(ON_JAX, reason="of TensorFlow alone")
of_jax = pytest.mark.skipif(not ON_JAX, reason="of JAX alone")


ENDING = ".safetensors" if ON_JAX else ".index"  # of a checkpoint's last file


def new_engine() -> Any:
    """An engine on one CPU."""
    if ON_JAX:
        import jax

        from model.training.jax_engine import JaxEngine

        return JaxEngine(jax.devices("cpu")[:1])
    import tensorflow as tf

    from model.training.tensorflow_engine import TensorFlowEngine

    return TensorFlowEngine(tf.distribute.OneDeviceStrategy("/cpu:0"))


def make_gradients(
    model: keras.Model, loss_of: Callable[[Any], tuple[Any, Any]], features: Any, **more: Any
) -> Callable[[], tuple[list[np.ndarray], Any]]:
    """Returns a function that gives a loss' gradients with the weights that the model has when it is called.

    Args:
        loss_of: function of the model's outputs to the loss and something more.
        more: further arguments of the model's call.

    Returns: function to the gradients by trainable variable, in their order, and to what ``loss_of`` gave
        beside the loss.
    """

    def of_weights(weights: list[Any]) -> tuple[Any, Any]:
        outputs, _ = model.stateless_call(weights, [], features, **more)
        return loss_of(outputs)

    function = compiled(lambda weights: with_gradients(of_weights, weights))

    def gradients() -> tuple[list[np.ndarray], Any]:
        found, beside = function(
            [keras.ops.convert_to_tensor(v) for v in model.trainable_variables]
        )
        return [np.asarray(gradient) for gradient in found], beside

    return gradients
