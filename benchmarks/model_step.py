"""Our training step against other implementations of ALBERT: `make bench-model`.

    .venv-peers/bin/python benchmarks/model_step.py --length 128 --batch 2

One process, the same weights' shapes, batch, length, losses and dropout rates for all: forward and
backward pass of both losses under tf.function, without the optimizer (nobody else's is LAMB as the
paper's). Rounds alternate between the implementations; what is printed is the median round's
processor time, because that is what a shared machine leaves comparable. Hugging Face's class takes
every position through the vocabulary, ours and keras-hub's head the P masked ones.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ |= {
    "KERAS_BACKEND": "tensorflow", "TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "2",
    "USE_TORCH": "0", "TRANSFORMERS_VERBOSITY": "error",
}  # fmt: skip
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import numpy as np
import tensorflow as tf

from benchmarks.model_peers import Features, Step, hugging_face, keras_hub, reference
from benchmarks.record import Record
from model.albert import AlbertPretrainer
from model.configs import AlbertConfig, load_config
from model.network.backend import with_gradients
from model.network.dropout import dropout_key
from model.network.heads import pretraining_sums


def make_features(config: AlbertConfig, batch: int, length: int, predictions: int) -> Features:
    rng = np.random.default_rng(0)

    def ids(width: int, below: int) -> tf.Tensor:
        return tf.constant(rng.integers(0, below, (batch, width)), tf.int32)

    return {
        "input_ids": ids(length, config.vocab_size),
        "input_mask": tf.ones([batch, length], tf.int32),
        "segment_ids": ids(length, 2),
        "masked_lm_positions": tf.sort(ids(predictions, length)),
        "masked_lm_ids": ids(predictions, config.vocab_size),
        "masked_lm_weights": tf.ones([batch, predictions]),
        "next_sentence_labels": ids(1, 2),
    }


def ours(
    config: AlbertConfig, features: Features, recompute: str = "none", xla: bool = False
) -> Step:
    model = AlbertPretrainer(config, recompute=recompute)
    total = tf.constant(float(features["masked_lm_ids"].shape.num_elements()))
    examples = tf.constant(float(features["input_ids"].shape[0]))

    @tf.function(jit_compile=xla)
    def step(number: tf.Tensor) -> Any:
        key = dropout_key(0, number, 0, 0) if config.hidden_dropout_prob else None

        def loss_of(weights: list[Any]) -> tuple[Any, Any]:
            outputs, _ = model.stateless_call(weights, [], features, dropout_key=key)
            sums = pretraining_sums(outputs, features)
            return sums["mlm_loss"] / total + sums["sentence_loss"] / examples, sums

        return with_gradients(loss_of, list(map(tf.convert_to_tensor, model.trainable_variables)))

    return lambda: step(tf.constant(1))


@click.command(help=__doc__)
@click.option("--config", "name", default="albert-base", show_default=True)
@click.option("--batch", default=2, show_default=True)
@click.option("--length", default=128, show_default=True)
@click.option("--predictions", default=20, show_default=True)
@click.option("--dropout", default=0.1, show_default=True, help="Both rates, of all.")
@click.option("--rounds", default=5, show_default=True)
def main(name: str, batch: int, length: int, predictions: int, dropout: float, rounds: int) -> None:
    config = load_config(name, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout)
    features = make_features(config, batch, length, predictions)
    makers: dict[str, Callable[[], Step]] = {
        "ours": lambda: ours(config, features),
        "ours, xla": lambda: ours(config, features, xla=True),
        "ours, recompute=attention": lambda: ours(config, features, "attention"),
        "ours, recompute=layers": lambda: ours(config, features, "layers"),
        "keras-hub": lambda: keras_hub(config, features),
        "Hugging Face TF": lambda: hugging_face(config, features),
        "reference": lambda: reference(config, features),
    }
    steps: dict[str, Step] = {}
    for label, make in makers.items():
        try:
            steps[label] = make()
            steps[label]()
        except ImportError as error:
            click.echo(f"{label}: not installed ({error})")
            steps.pop(label, None)
    seconds: dict[str, list[float]] = {label: [] for label in steps}
    for _ in range(rounds):
        for label, step in steps.items():
            start = time.process_time()
            tf.nest.map_structure(np.asarray, step()[1:])
            seconds[label].append(time.process_time() - start)
    base = statistics.median(seconds["ours"])
    what = f"{name}, batch {batch}, {length}/{predictions}, dropout {dropout}"
    with Record("model-step", what, "s of processor a step", "× ours") as record:
        for label, times in seconds.items():
            middle = statistics.median(times)
            record.row(label, f"{middle:.2f}", f"{middle / base:.2f}")


if __name__ == "__main__":
    main()
