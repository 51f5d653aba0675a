"""What TensorFlow and JAX do not do alike, each side once: random bits, gathers, products, gradients.

Everything else of the model is written in ``keras.ops``. Keras fixes its backend when it is imported, so
only one side exists in a process, and the other library is not loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras

from albert_data.base.arrays import Float, Float32, Int32, Integer

ON_JAX = keras.backend.backend() == "jax"

if ON_JAX:
    import jax
    import jax.numpy as jnp

    def fold_in(key: Int32[Any, " 2"], number: Any) -> Int32[Any, " 2"]:
        """Another key for each number (int or integer scalar)."""
        folded = jax.random.fold_in(_as_key(key), number)
        return jax.random.key_data(folded).astype(jnp.int32)

    def random_bits(shape: Sequence[Any], key: Int32[Any, " 2"]) -> Any:
        """uint32 bits, a function of the key alone, on one device as on many."""
        return jax.random.bits(_as_key(key), tuple(shape), jnp.uint32)

    def _as_key(key: Any) -> Any:
        words = jnp.asarray(key).astype(jnp.uint32)
        return jax.random.wrap_key_data(words, impl="threefry2x32")

    def gather_rows(
        table: Float[Any, "rows width"], at: Integer[Any, "*places"]
    ) -> Float[Any, "*places width"]:
        """Rows of a table; one beyond its end is not a number, which ends a run."""
        return jnp.take(table, at, axis=0, mode="fill")

    def product_in_float32(
        left: Float[Any, "*axes rows inner"], right: Float[Any, "*axes columns inner"]
    ) -> Float32[Any, "*axes rows columns"]:
        """left · rightᵀ, added up and returned in float32 whatever the operands are."""
        return jnp.matmul(left, jnp.swapaxes(right, -1, -2), preferred_element_type=jnp.float32)

    def check_at_most(value: Any, most: int, message: str) -> None:
        """Nothing: JAX knows every shape while it traces."""

    def has_fused_attention(dtype: Any, size: int) -> bool:
        """Whether cuDNN's flash attention serves: a GPU, 16-bit numbers, heads of 8, 16 … 128."""
        narrow = keras.backend.standardize_dtype(dtype) in ("bfloat16", "float16")
        return jax.default_backend() == "gpu" and narrow and size % 8 == 0 and size <= 128

    def fused_attention(
        query: Float[Any, "B S N D"],
        key: Float[Any, "B S N D"],
        value: Float[Any, "B S N D"],
        lengths: Int32[Any, " B"],
        implementation: str = "cudnn",
    ) -> Float[Any, "B S N D"]:
        """Attention to the first ``lengths`` positions that keeps nothing of size S x S."""
        return jax.nn.dot_product_attention(
            query, key, value, key_value_seq_lengths=lengths, implementation=implementation
        )

    def with_gradients(
        function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]
    ) -> tuple[list[Any], Any]:
        """Gradients of the first result of ``function(weights)``, and its second result."""
        (_, more), gradients = jax.value_and_grad(function, has_aux=True)(weights)
        return gradients, more

    def repeat(count: int, body: Callable[[Any, Any], Any], start: Any) -> Any:
        """``state = body(number, state)`` for each number below ``count``, as a loop of the compiler."""
        return jax.lax.fori_loop(0, count, body, start)

else:
    import tensorflow as tf

    def fold_in(key: Int32[Any, " 2"], number: Any) -> Int32[Any, " 2"]:
        """Another key for each number (int or integer scalar)."""
        return tf.random.experimental.stateless_fold_in(key, tf.cast(number, tf.int32))

    def random_bits(shape: Sequence[Any], key: Int32[Any, " 2"]) -> Any:
        """uint32 bits, a function of the key alone."""
        return tf.random.stateless_uniform(shape, key, minval=None, maxval=None, dtype=tf.uint32)

    def gather_rows(
        table: Float[Any, "rows width"], at: Integer[Any, "*places"]
    ) -> Float[Any, "*places width"]:
        """Rows of a table; one beyond its end is an error where the device can tell."""
        return tf.gather(table, at)

    def product_in_float32(
        left: Float[Any, "*axes rows inner"], right: Float[Any, "*axes columns inner"]
    ) -> Float32[Any, "*axes rows columns"]:
        """left · rightᵀ, added up and returned in float32 whatever the operands are."""
        return tf.matmul(tf.cast(left, tf.float32), tf.cast(right, tf.float32), transpose_b=True)

    def check_at_most(value: Any, most: int, message: str) -> None:
        """An InvalidArgumentError at the call unless the scalar tensor is at most ``most``."""
        tf.debugging.assert_less_equal(value, most, message=message)

    def has_fused_attention(dtype: Any, size: int) -> bool:
        """False: TensorFlow has none."""
        return False

    def fused_attention(
        query: Float[Any, "B S N D"],
        key: Float[Any, "B S N D"],
        value: Float[Any, "B S N D"],
        lengths: Int32[Any, " B"],
        implementation: str = "cudnn",
    ) -> Float[Any, "B S N D"]:
        """Never called, see ``has_fused_attention``."""
        raise NotImplementedError

    def with_gradients(
        function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]
    ) -> tuple[list[Any], Any]:
        """Gradients of the first result of ``function(weights)``, and its second result."""
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss, more = function(weights)
        zero = tf.UnconnectedGradients.ZERO
        gradients = tape.gradient(loss, weights, unconnected_gradients=zero)
        return [tf.convert_to_tensor(gradient) for gradient in gradients], more

    def repeat(count: int, body: Callable[[Any, Any], Any], start: Any) -> Any:
        """``state = body(number, state)`` for each number below ``count``, as a loop of the graph."""
        _, state = tf.while_loop(
            lambda number, _: number < count,
            lambda number, state: (number + 1, body(number, state)),
            (tf.constant(0), start),
            maximum_iterations=count,
            parallel_iterations=1,
        )
        return state
