"""What a step is taken for: the sums of a batch, the loss that is made of them, and which weights it moves.

A loss is a quotient of sums over the *global* batch. So a step adds up the totals of its denominators over
replicas first; then the gradient of each micro-batch is already a part of the whole, see ``pure_step``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keras import ops

from ..network.heads import (
    SUMS,
    WEIGHT_EPSILON,
    pretraining_means,
    pretraining_sums,
    reached_by_loss,
)

Features = Mapping[str, Any]


@dataclass(frozen=True)
class Objective:
    """What a step needs to know of what it is taken for.

    Attributes:
        sums: names of the float32 scalars of ``sums_of``.
        dropouts: fields of the configuration that say whether anything is dropped.
        totals: function of the features [micro-batches, examples, …] to the denominators' scalars.
        sums_of: function of a model's outputs and features to sums over examples.
        loss: function of sums and of the totals of the global batch to the loss.
        moved: function of the trainable variables to the places of those that the loss reaches.
        means: function of sums over steps to what is logged; ``loss`` is what is trained on.
    """

    sums: tuple[str, ...]
    dropouts: tuple[str, ...]
    totals: Callable[[Features], list[Any]]
    sums_of: Callable[[Any, Features], dict[str, Any]]
    loss: Callable[[Mapping[str, Any], Sequence[Any]], Any]
    moved: Callable[[Sequence[Any]], list[int]]
    means: Callable[[Mapping[str, float]], dict[str, float]]


def count_examples(features: Features) -> Any:
    """Examples of a batch [micro-batches, examples, …], float32 scalar."""
    micro_batches, share = features["input_ids"].shape[:2]
    return ops.full((), micro_batches * share, "float32")


def pretraining_objective(objective: str) -> Objective:
    """The mean over masked positions by their weights, and that over examples.

    Args:
        objective: str. Sentence objective of the data; "none" leaves the sentence loss out, and what no
            loss reaches as it is.
    """
    has_sentence = objective != "none"

    def totals(features: Features) -> list[Any]:
        return [ops.sum(features["masked_lm_weights"]), count_examples(features)]

    def loss(sums: Mapping[str, Any], totals: Sequence[Any]) -> Any:
        mlm_total, examples = totals
        found = sums["mlm_loss"] / (mlm_total + WEIGHT_EPSILON)
        return found + sums["sentence_loss"] / examples if has_sentence else found

    return Objective(
        SUMS,
        ("hidden_dropout_prob", "attention_probs_dropout_prob"),
        totals,
        pretraining_sums,
        loss,
        lambda variables: reached_by_loss(variables, objective),
        lambda sums: losses(sums, has_sentence),
    )


def losses(sums: Mapping[str, float], sentence: bool) -> dict[str, float]:
    """``loss`` (what is trained on), its parts and the accuracies, of added-up ``pretraining_sums``.

    Args:
        sentence: bool. Whether a sentence loss is trained; else nothing is said of it.
    """
    means = {name: float(mean) for name, mean in pretraining_means(sums).items()}
    if not sentence:
        means = {name: mean for name, mean in means.items() if "sentence" not in name}
    return {"loss": sum(v for name, v in means.items() if name.endswith("_loss")), **means}
