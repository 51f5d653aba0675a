"""The training step of other implementations of ALBERT, for `model_step.py`.

Each function takes a configuration and a batch and returns a function that runs the forward and
backward pass of both losses once. It raises ImportError where its package is not installed.
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from model.configs import AlbertConfig
from model.network.heads import pretraining_sums

Step = Callable[[], Any]
Features = dict[str, tf.Tensor]


def _step(variables: list[Any], outputs: Callable[[], Any], features: Features) -> Step:
    """A step from a function that returns (MLM logits, sentence logits)."""

    @tf.function
    def step() -> Any:
        with tf.GradientTape() as tape:
            mlm, sentence = outputs()
            named = {"mlm_logits": mlm, "sentence_logits": sentence}
            sums = pretraining_sums(named, features)
            loss = sums["mlm_loss"] + sums["sentence_loss"]
        return tape.gradient(loss, variables), sums

    return step


def keras_hub(config: AlbertConfig, features: Features) -> Step:
    import keras_hub as hub

    backbone = hub.models.AlbertBackbone(
        vocabulary_size=config.vocab_size,
        num_layers=config.num_hidden_layers,
        num_heads=config.num_attention_heads,
        embedding_dim=config.embedding_size,
        hidden_dim=config.hidden_size,
        intermediate_dim=config.intermediate_size,
        dropout=config.hidden_dropout_prob,
        max_sequence_length=config.max_position_embeddings,
    )
    mlm_head = hub.layers.MaskedLMHead(
        token_embedding=backbone.token_embedding, intermediate_activation="gelu"
    )
    sentence_head = keras.layers.Dense(2)

    def outputs() -> Any:
        encoded = backbone(
            {
                "token_ids": features["input_ids"],
                "padding_mask": features["input_mask"],
                "segment_ids": features["segment_ids"],
            },
            training=True,
        )
        mlm = mlm_head(encoded["sequence_output"], mask_positions=features["masked_lm_positions"])
        return mlm, sentence_head(encoded["pooled_output"])

    outputs()
    layers = (backbone, mlm_head, sentence_head)
    found = {id(v): v.value for layer in layers for v in layer.trainable_variables}
    return _step(list(found.values()), outputs, features)


def hugging_face(config: AlbertConfig, features: Features) -> Step:
    from transformers import AlbertConfig as TheirConfig
    from transformers import TFAlbertForPreTraining

    fields = {name: value for name, value in config.to_dict().items() if name != "sharing"}
    model = TFAlbertForPreTraining(TheirConfig(**fields))

    def outputs() -> Any:
        found = model(
            input_ids=features["input_ids"],
            attention_mask=features["input_mask"],
            token_type_ids=features["segment_ids"],
            training=True,
        )
        # Their class makes logits of all positions; the losses are over the same P as ours.
        mlm = tf.gather(found.prediction_logits, features["masked_lm_positions"], batch_dims=1)
        return mlm, found.sop_logits

    outputs()
    return _step(model.trainable_variables, outputs, features)


def reference(config: AlbertConfig, features: Features) -> Step:
    """The published code, as packed in albert-tensorflow, in a graph of TensorFlow 1."""
    with _tensorflow_1():
        from albert import modeling, run_pretraining

    v1 = tf.compat.v1
    fields = {name: value for name, value in config.to_dict().items()
              if name not in ("sharing", "classifier_dropout_prob", "layer_norm_eps")}  # fmt: skip
    fields["hidden_act"] = "gelu"  # their word for the tanh form
    their_config = modeling.AlbertConfig(**fields)
    arrays = {name: value.numpy() for name, value in features.items()}
    with tf.Graph().as_default() as graph:
        given = {name: v1.placeholder(value.dtype, value.shape) for name, value in arrays.items()}
        model = modeling.AlbertModel(
            config=their_config,
            is_training=True,
            input_ids=given["input_ids"],
            input_mask=given["input_mask"],
            token_type_ids=given["segment_ids"],
        )
        mlm = run_pretraining.get_masked_lm_output(
            their_config,
            model.get_sequence_output(),
            model.output_embedding_table,
            given["masked_lm_positions"],
            given["masked_lm_ids"],
            given["masked_lm_weights"],
        )[0]
        sentence = run_pretraining.get_sentence_order_output(
            their_config, model.get_pooled_output(), given["next_sentence_labels"]
        )[0]
        gradients = v1.gradients(mlm + sentence, v1.trainable_variables())
        session = v1.Session(graph=graph)
        session.run(v1.global_variables_initializer())
    feed = {given[name]: value for name, value in arrays.items()}
    # What is not fetched, not even as a control input, is left out by the graph's optimiser.
    return lambda: session.run([gradients, mlm, sentence], feed)


@contextlib.contextmanager
def _tensorflow_1() -> Iterator[None]:
    """Lets `import tensorflow` find what the reference was written for."""
    import tf_slim

    contrib = types.ModuleType("tensorflow.contrib")
    parts = {name: types.ModuleType(name) for name in ("cluster_resolver", "data", "tpu")}
    for name, part in {"layers": tf_slim, **parts}.items():
        setattr(contrib, name, part)
    ours = sys.modules["tensorflow"]
    sys.modules |= {"tensorflow": tf.compat.v1, "tensorflow.contrib": contrib}
    try:
        yield
    finally:
        sys.modules["tensorflow"] = ours
        del sys.modules["tensorflow.contrib"]
