"""What TensorFlow and JAX do not do alike, each side once: random bits, gathers, products, gradients.

Everything else of the model is written in ``keras.ops``. Keras fixes its backend when it is imported, so
only one side exists in a process, and the other library is not loaded.
"""

from __future__ import annotations

import functools
import math
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

    def rows_at(sequence: Float[Any, "B S H"], at: Integer[Any, "B P"]) -> Float[Any, "rows H"]:
        """Rows [B·P, H] of each example's positions; one beyond its end is not a number."""
        batch, length, width = sequence.shape
        starts = jnp.arange(batch, dtype=jnp.int32)[:, None] * length
        places = jnp.where((at >= 0) & (at < length), at + starts, batch * length)
        return gather_rows(sequence.reshape(-1, width), places.reshape(-1))

    def times_transposed(
        left: Float[Any, "rows size"], right: Float[Any, "columns size"]
    ) -> Float[Any, "rows columns"]:
        """left · rightᵀ."""
        return jnp.matmul(left, right.T)

    def largest_class(values: Float[Any, "*cases classes"]) -> Integer[Any, "*cases"]:
        """Place of the largest number of each row, int32."""
        return jnp.argmax(values, axis=-1).astype(jnp.int32)

    def sum_of_squares(values: Float32[Any, "*shape"]) -> Float32[Any, ""]:
        """Sum of the squares of all numbers."""
        return jnp.sum(jnp.square(values))

    def attention_scores(
        query: Float[Any, "*axes rows size"], key: Float[Any, "*axes columns size"], scale: float
    ) -> Float32[Any, "*axes rows columns"]:
        """query · keyᵀ · scale, added up and returned in float32 whatever the operands are."""
        columns = jnp.swapaxes(key, -1, -2)
        return jnp.matmul(query, columns, preferred_element_type=jnp.float32) * scale

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

    def as_dense(gradient: Any) -> Any:
        """A gradient as one array of its variable's shape."""
        return jnp.asarray(gradient)

    @jax.checkpoint
    def tanh_gelu(values: Float[Any, "*shape"]) -> Float[Any, "*shape"]:
        """GELU's tanh form as x·σ(2u), in float32; the backward pass keeps the input alone."""
        x = values.astype(jnp.float32)
        gate = jax.nn.sigmoid(2 * (2 / math.pi) ** 0.5 * (x + 0.044715 * x**3))
        return (x * gate).astype(values.dtype)

    def norm_of_sum(
        parts: Sequence[Float[Any, "*axes D"]],
        gamma: Float32[Any, " D"],
        beta: Float32[Any, " D"],
        epsilon: float,
        dtype: str,
    ) -> Float[Any, "*axes D"]:
        """Layer norm in float32 of the sum of ``parts``; the backward pass keeps these and two columns."""
        return _norm(epsilon, dtype, tuple(parts), gamma, beta)

    @functools.partial(jax.custom_vjp, nondiff_argnums=(0, 1))
    def _norm(epsilon: float, dtype: str, parts: Any, gamma: Any, beta: Any) -> Any:
        return _norm_forward(epsilon, dtype, parts, gamma, beta)[0]

    def _norm_forward(epsilon: float, dtype: str, parts: Any, gamma: Any, beta: Any) -> Any:
        total = _sum_of(parts)
        mean = total.mean(-1, keepdims=True)
        # One pass for both moments; a mean of many deviations would cost it digits.
        variance = jnp.maximum((total**2).mean(-1, keepdims=True) - mean**2, 0.0)
        scale = jax.lax.rsqrt(variance + epsilon)
        normed = (total - mean) * scale
        return (normed * gamma + beta).astype(dtype), (parts, gamma, mean, scale)

    def _norm_backward(epsilon: float, dtype: str, kept: Any, gradient: Any) -> Any:
        parts, gamma, mean, scale = kept
        normed = (_sum_of(parts) - mean) * scale
        gradient = gradient.astype(jnp.float32)
        inner = gradient * gamma
        along = (inner * normed).mean(-1, keepdims=True)
        moved = (inner - inner.mean(-1, keepdims=True) - normed * along) * scale
        rows = tuple(range(gradient.ndim - 1))
        of_parts = tuple(moved.astype(part.dtype) for part in parts)
        return of_parts, (gradient * normed).sum(rows), gradient.sum(rows)

    _norm.defvjp(_norm_forward, _norm_backward)

    def _sum_of(parts: Sequence[Any]) -> Any:
        return sum(part.astype(jnp.float32) for part in parts)

    def with_gradients(
        function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]
    ) -> tuple[list[Any], Any]:
        """Gradients of the first result of ``function(weights)``, and its second result."""
        (_, more), gradients = jax.value_and_grad(function, has_aux=True)(weights)
        return gradients, more

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, traced once for each shape of its arguments; weights must be among them."""
        return jax.jit(function)

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

    def rows_at(sequence: Float[Any, "B S H"], at: Integer[Any, "B P"]) -> Float[Any, "rows H"]:
        """Rows [B·P, H] of each example's positions; one beyond its end as in ``gather_rows``."""
        return tf.reshape(tf.gather(sequence, at, batch_dims=1), [-1, sequence.shape[-1]])

    def times_transposed(
        left: Float[Any, "rows size"], right: Float[Any, "columns size"]
    ) -> Float[Any, "rows columns"]:
        """left · rightᵀ, which no pass is made to transpose."""
        return tf.matmul(left, right, transpose_b=True)

    def largest_class(values: Float[Any, "*cases classes"]) -> Integer[Any, "*cases"]:
        """Place of the largest number of each row, int32, in one pass (Keras tells −0 from 0 in six)."""
        return tf.argmax(values, axis=-1, output_type=tf.int32)

    def sum_of_squares(values: Float32[Any, "*shape"]) -> Float32[Any, ""]:
        """Sum of the squares of all numbers, which are kept nowhere."""
        return 2.0 * tf.nn.l2_loss(values)

    def attention_scores(
        query: Float[Any, "*axes rows size"], key: Float[Any, "*axes columns size"], scale: float
    ) -> Float32[Any, "*axes rows columns"]:
        """query · keyᵀ · scale, added up and returned in float32 whatever the operands are."""
        # The scale is applied to what is S x size: passes over what is S x S cost most.
        scaled = tf.cast(query, tf.float32) * scale
        return tf.matmul(scaled, tf.cast(key, tf.float32), transpose_b=True)

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

    def as_dense(gradient: Any) -> Any:
        """A gradient as one array of its variable's shape; that of a gather comes in rows."""
        return tf.convert_to_tensor(gradient)

    def tanh_gelu(values: Float[Any, "*shape"]) -> Float[Any, "*shape"]:
        """GELU's tanh form."""
        return tf.nn.gelu(values, approximate=True)

    def norm_of_sum(
        parts: Sequence[Float[Any, "*axes D"]],
        gamma: Float32[Any, " D"],
        beta: Float32[Any, " D"],
        epsilon: float,
        dtype: str,
    ) -> Float[Any, "*axes D"]:
        """Layer norm in float32 of the sum of ``parts``."""
        total = tf.cast(parts[0], tf.float32)
        for part in parts[1:]:
            total += tf.cast(part, tf.float32)
        centred = total - tf.reduce_mean(total, -1, keepdims=True)
        variance = tf.reduce_mean(tf.square(centred), -1, keepdims=True)
        return tf.cast(centred * tf.math.rsqrt(variance + epsilon) * gamma + beta, dtype)

    def with_gradients(
        function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]
    ) -> tuple[list[Any], Any]:
        """Gradients of the first result of ``function(weights)``, and its second result."""
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss, more = function(weights)
        zero = tf.UnconnectedGradients.ZERO
        gradients = tape.gradient(loss, weights, unconnected_gradients=zero)
        return [as_dense(gradient) for gradient in gradients], more

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, traced once for each shape of its arguments; weights may be among them."""
        return tf.function(function)

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
