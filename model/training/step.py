"""One optimizer step: micro-batches, one all-reduce, one clip, one LAMB update.

In: a replica's share of a batch. Out: weights updated, and sums for the log.

The loss is the mean over the *global* batch: masked positions by their weights, examples by count.
Both totals are known from the features, so they are summed over replicas first (two numbers) and
each micro-batch's gradient is already a part of the whole: parts are added over micro-batches in a
``tf.while_loop``, then over replicas once, then clipped by their global norm, then applied. Neither
the number of replicas nor the micro-batch size changes the result beyond rounding. (The reference
takes means per core, clips per core and adds.)

Shapes are static, so a TPU compiles it once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from ..albert import AlbertPretrainer
from ..lamb import Lamb
from ..network.dropout import dropout_key
from ..network.heads import WEIGHT_EPSILON, pretraining_sums

Sums = dict[str, tf.Tensor]


def part_gradients(
    call: Callable[..., dict[str, tf.Tensor]],
    variables: list[Any],
    features: dict[str, tf.Tensor],
    key: tf.Tensor | None,
    mlm_total: tf.Tensor,
    sentence_total: tf.Tensor,
) -> tuple[list[tf.Tensor], Sums]:
    """Gradient of a micro-batch's part of the global mean loss.

    Args:
        call: function (features, dropout_key) to the outputs of ``AlbertPretrainer``.
        variables: list of float32 variables or watched tensors.
        features: dict of tensors of one micro-batch.
        key: int32 [2] or None. Dropout key.
        mlm_total: float32 scalar. Weight of the masked positions of the global batch.
        sentence_total: float32 scalar. Examples of the global batch; infinite for no sentence loss.

    Returns: float32 gradients, dense, in the order of ``variables``; ``pretraining_sums``.
    """
    with tf.GradientTape() as tape:
        tape.watch(variables)
        sums = pretraining_sums(call(features, dropout_key=key), features)
        loss = sums["mlm_loss"] / mlm_total + sums["sentence_loss"] / sentence_total
    gradients = tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [tf.convert_to_tensor(gradient) for gradient in gradients], sums


def make_replica_step(
    model: AlbertPretrainer,
    optimizer: Lamb,
    *,
    micro_batches: int,
    seed: int,
    clip_norm: float,
    sentence_loss: bool,
    xla: bool = False,
) -> Callable[[dict[str, tf.Tensor]], Sums]:
    """Returns the function that a strategy runs on every replica for one step.

    Args:
        model, optimizer: made under the strategy's scope; the optimizer is built.
        micro_batches: int. Parts in which a replica's share goes through the model.
        seed: int. For dropout.
        clip_norm: float. 0 for none.
        sentence_loss: bool. False leaves the sentence loss out (objective "none").
        xla: bool. Compile the forward and backward pass (not for a TPU, where all is compiled).

    Returns: function from a dict of features [share, …] to float32 scalars, equal on all replicas:
        the global batch's ``pretraining_sums`` and ``gradient_norm`` before clipping.
    """
    variables = [variable.value for variable in model.trainable_variables]
    config = model.config
    drops = config.hidden_dropout_prob > 0 or config.attention_probs_dropout_prob > 0

    def gradients_of(*args: Any) -> tuple[list[tf.Tensor], Sums]:
        return part_gradients(model, variables, *args)

    if xla:
        gradients_of = tf.function(gradients_of, jit_compile=True)

    def replica_step(features: dict[str, tf.Tensor]) -> Sums:
        context = tf.distribute.get_replica_context()
        replica = tf.cast(context.replica_id_in_sync_group, tf.int32)
        step = tf.convert_to_tensor(optimizer.iterations)
        share = features["input_ids"].shape[0]
        mlm_total, sentence_total = context.all_reduce(
            tf.distribute.ReduceOp.SUM,
            [tf.reduce_sum(features["masked_lm_weights"]), tf.constant(float(share))],
        )
        mlm_total += WEIGHT_EPSILON
        if not sentence_loss:
            sentence_total = tf.constant(float("inf"))
        parts = {
            name: tf.reshape(value, [micro_batches, share // micro_batches, *value.shape[1:]])
            for name, value in features.items()
        }

        def part(number: Any) -> tuple[list[tf.Tensor], Sums]:
            key = dropout_key(seed, step, number, replica) if drops else None
            one = {name: value[number] for name, value in parts.items()}
            return gradients_of(one, key, mlm_total, sentence_total)

        gradients, sums = _add_up(part, variables, micro_batches)
        gradients, sums = context.all_reduce(tf.distribute.ReduceOp.SUM, (gradients, sums))
        norm = tf.linalg.global_norm(gradients)
        if clip_norm:
            gradients, _ = tf.clip_by_global_norm(gradients, clip_norm, use_norm=norm)
        optimizer.apply(gradients, model.trainable_variables)
        return {**sums, "gradient_norm": norm}

    return replica_step


def _add_up(part: Any, variables: list[Any], micro_batches: int) -> tuple[list[tf.Tensor], Sums]:
    """Adds the gradients and sums of ``part(0)`` … ``part(micro_batches − 1)``."""
    if micro_batches == 1:
        return part(0)
    names = [f"{task}_{what}" for task in ("mlm", "sentence")
             for what in ("loss", "correct", "weight")]  # fmt: skip

    def body(number: tf.Tensor, total: Any, totals: Sums) -> Any:
        gradients, sums = part(number)
        added = [a + b for a, b in zip(total, gradients, strict=True)]
        return number + 1, added, {name: totals[name] + sums[name] for name in names}

    start = (
        tf.constant(0),
        [tf.zeros(variable.shape, tf.float32) for variable in variables],
        {name: tf.constant(0.0) for name in names},
    )
    _, gradients, sums = tf.while_loop(
        lambda number, *_: number < micro_batches,
        body,
        start,
        maximum_iterations=micro_batches,
        parallel_iterations=1,
    )
    return gradients, sums


def make_run_steps(
    strategy: tf.distribute.Strategy, replica_step: Callable[[dict[str, tf.Tensor]], Sums]
) -> Callable[[Any, tf.Tensor], Sums]:
    """Returns a function that runs several steps in one host call.

    Returns: function (iterator, count: int32 scalar) to float32 scalars: the sums over the steps,
        and ``gradient_norm``, the largest of the steps (not a number if one of them is not).
    """

    def one_step(iterator: Any) -> Sums:
        results = strategy.run(replica_step, args=(next(iterator),))
        return tf.nest.map_structure(
            lambda value: strategy.experimental_local_results(value)[0], results
        )

    @tf.function
    def run_steps(iterator: Any, count: tf.Tensor) -> Sums:
        totals = one_step(iterator)
        for _ in tf.range(count - 1):
            found = one_step(iterator)
            norm = tf.maximum(totals["gradient_norm"], found["gradient_norm"])
            totals = {name: totals[name] + found[name] for name in found}
            totals["gradient_norm"] = norm
        return totals

    return run_steps
