"""One optimizer step as a pure function of arrays: micro-batches, one sum, one clip, one update.

In: the state of a run and a batch. Out: the new state, and sums for the log. Both engines and the
compile check run this function; what is around it (variables, devices, loops over steps) is theirs.

The loss is the mean over the *global* batch: masked positions by their weights, examples by count.
Both totals are known from the features, so where replicas hold parts of a batch they are summed first
(two numbers) and each micro-batch's gradient is already a part of the whole: parts are added over
micro-batches in a compiled loop, then over replicas once, then clipped by their global norm, then
applied. Neither the number of replicas nor the micro-batch size changes the result beyond rounding. (The
reference takes means per core, clips per core and adds.)

Shapes are static, so a TPU compiles it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from keras import ops

from ..albert import AlbertPretrainer
from ..configs import AlbertConfig
from ..lamb import Lamb, WarmupPolynomialDecay
from ..moments import MomentsOptimizer
from ..network.backend import repeat, sum_of_squares, with_gradients
from ..network.dropout import dropout_key
from ..network.heads import SUMS, WEIGHT_EPSILON, pretraining_sums, reached_by_loss
from ..settings import TrainSettings

Arrays = list[Any]
Sums = dict[str, Any]


class State(NamedTuple):
    """What a step changes.

    Attributes:
        weights, m, v: lists of float32 arrays in the order of the model's trainable variables.
        ratios: list of float32 scalars. LAMB's trust ratios of the last step; empty under AdamW.
        step: int scalar. Steps done.
    """

    weights: Arrays
    m: Arrays
    v: Arrays
    ratios: Arrays
    step: Any


def model_and_optimizer(
    config: AlbertConfig, settings: TrainSettings
) -> tuple[AlbertPretrainer, Lamb]:
    """What a run trains and by what, at their initial values.

    Args:
        settings: TrainSettings, ``precision`` filled in.
    """
    model = AlbertPretrainer(config, settings.seed, settings.recompute, settings.precision)
    schedule = WarmupPolynomialDecay(
        settings.learning_rate, settings.steps, settings.warmup_steps, settings.decay_power
    )
    optimizer = Lamb(
        schedule, settings.weight_decay, settings.beta_1, settings.beta_2, settings.epsilon
    )
    optimizer.build(model.trainable_variables)
    return model, optimizer


def make_pure_step(
    model: AlbertPretrainer,
    optimizer: MomentsOptimizer,
    *,
    seed: int,
    clip_norm: float,
    objective: str,
    add_up: Callable[[Any], Any] = lambda values: values,
    compiled: Callable[[Any], Any] = lambda function: function,
) -> Callable[..., tuple[State, Sums]]:
    """Returns the step of one replica.

    Args:
        model: AlbertPretrainer. Gives the function and the shapes; its weights are not read.
        optimizer: Lamb or AdamW, built. Gives the numbers and which weights decay; not read otherwise.
        seed: int. For dropout.
        clip_norm: float. 0 for none.
        objective: str. Sentence objective of the data; "none" leaves the sentence loss out, and what
            no loss reaches as it is.
        add_up: function from a list of arrays to their sums over replicas.
        compiled: what to wrap the forward and backward pass of one micro-batch in.

    Returns: function (state, features, replica=0) to (state, sums). ``features`` are named as in the
        shards and [micro-batches, examples, …]; sums are float32 scalars, equal on all replicas: the
        global batch's ``pretraining_sums`` and ``gradient_norm`` before clipping.
    """
    config = model.config
    drops = config.hidden_dropout_prob > 0 or config.attention_probs_dropout_prob > 0
    moved = reached_by_loss(model.trainable_variables, objective)

    @compiled
    def gradients_of(
        weights: Arrays, features: Mapping[str, Any], key: Any, mlm_total: Any, total: Any
    ) -> tuple[Arrays, Sums]:
        def loss_of(weights: Arrays) -> tuple[Any, Sums]:
            outputs, _ = model.stateless_call(weights, [], features, dropout_key=key)
            sums = pretraining_sums(outputs, features)
            loss = sums["mlm_loss"] / mlm_total
            if objective != "none":
                loss += sums["sentence_loss"] / total
            return loss, sums

        return with_gradients(loss_of, weights)

    def step(state: State, features: Mapping[str, Any], replica: Any = 0) -> tuple[State, Sums]:
        weights = list(state.weights)
        micro_batches, share = features["input_ids"].shape[:2]
        examples = ops.full((), micro_batches * share, "float32")
        mlm_total, total = add_up([ops.sum(features["masked_lm_weights"]), examples])

        def part(number: Any) -> tuple[Arrays, Sums]:
            key = dropout_key(seed, state.step, number, replica) if drops else None
            one = {name: value[number] for name, value in features.items()}
            return gradients_of(weights, one, key, mlm_total + WEIGHT_EPSILON, total)

        gradients, sums = _over_micro_batches(part, weights, micro_batches)
        added = add_up([*gradients, *(sums[name] for name in SUMS)])
        gradients, sums = added[: len(weights)], dict(zip(SUMS, added[len(weights) :], strict=True))
        norm = ops.sqrt(sum(map(sum_of_squares, gradients)))
        if clip_norm:
            scale = clip_norm / ops.maximum(norm, clip_norm)
            gradients = [gradient * scale for gradient in gradients]
        new = State(weights[:], list(state.m), list(state.v), list(state.ratios), state.step + 1)
        rate = optimizer.rate(state.step)
        for at in moved:
            new.weights[at], new.m[at], new.v[at], *ratio = optimizer.updated(
                at, weights[at], state.m[at], state.v[at], gradients[at], rate, state.step
            )
            new.ratios[at : at + 1] = ratio
        return new, {**sums, "gradient_norm": norm}

    return step


def _over_micro_batches(part: Any, weights: Arrays, count: int) -> tuple[Arrays, Sums]:
    """Adds the gradients and sums of ``part(0)`` … ``part(count − 1)``."""
    if count == 1:
        return part(0)

    def add(number: Any, totals: tuple[Arrays, Sums]) -> tuple[Arrays, Sums]:
        gradients, sums = part(number)
        added = [a + b for a, b in zip(totals[0], gradients, strict=True)]
        return added, {name: totals[1][name] + sums[name] for name in SUMS}

    nothing = {name: ops.zeros((), "float32") for name in SUMS}
    return repeat(count, add, ([ops.zeros_like(weight) for weight in weights], nothing))
