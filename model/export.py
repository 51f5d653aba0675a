"""Writes a model as a SavedModel that needs nothing of this project: ``albert-export MODEL FOLDER``.

MODEL is a run (RUN, RUN@best, RUN@STEP), tf1:PREFIX or hf:FOLDER. Signatures, for any batch B and length S
up to the model's positions; all inputs int32:

    serving_default  input_ids, input_mask, segment_ids [B, S] ->
                     sequence_output [B, S, H], pooled_output [B, H], sentence_logits [B, 2]
    fill_mask        and masked_lm_positions [B, P] -> mlm_logits [B, P, V]

What needs a head that the model lacks is left out. ``assets.extra`` holds ``config.json`` and the vocabulary.

    import tensorflow as tf
    served = tf.saved_model.load("folder").signatures["serving_default"]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

if __name__ == "__main__":
    from .libraries import as_file  # and the package says what Keras computes with

    as_file()

import click

from albert_data.base.errors import ConfigError
from albert_data.storage import file_names

from .albert import AlbertPretrainer
from .convert.targets import check_new, new_folder
from .convert.weights import Weights, model_of, read_weights
from .failures import errors_shown
from .help_text import NAMES, help_of
from .network.backend import ON_JAX

INPUTS = ("input_ids", "input_mask", "segment_ids")
POSITIONS = "masked_lm_positions"


def signatures(model: AlbertPretrainer, missing: Collection[str] = ()) -> dict[str, Any]:
    """Concrete functions by signature name.

    Args:
        model: AlbertPretrainer.
        missing: reference names of head variables that were never loaded.
    """
    import tensorflow as tf

    without = {name.split("/")[1] for name in missing if name.startswith("cls/")}

    def encode(input_ids: Any, input_mask: Any, segment_ids: Any) -> dict[str, Any]:
        encoded = model.encoder(input_ids, input_mask, segment_ids)
        outputs = {name: encoded[name] for name in ("sequence_output", "pooled_output")}
        if "seq_relationship" not in without:
            outputs["sentence_logits"] = model.sentence_head(encoded["pooled_output"])
        return outputs

    def fill(
        input_ids: Any, input_mask: Any, segment_ids: Any, masked_lm_positions: Any
    ) -> dict[str, Any]:
        states = model.encoder(input_ids, input_mask, segment_ids)["sequence_output"]
        table = model.encoder.embeddings.word
        return {"mlm_logits": model.mlm_head(states, masked_lm_positions, table)}

    specs = {name: tf.TensorSpec([None, None], tf.int32, name) for name in (*INPUTS, POSITIONS)}
    inputs = [specs[name] for name in INPUTS]
    made = {"serving_default": tf.function(encode).get_concrete_function(*inputs)}
    if "predictions" not in without:
        made["fill_mask"] = tf.function(fill).get_concrete_function(*specs.values())
    return made


def export(weights: Weights, folder: str) -> list[str]:
    """Writes a SavedModel; returns the names of its signatures.

    Raises:
        ConfigError: the folder holds files.
    """
    import tensorflow as tf

    with new_folder(folder) as place:
        model = model_of(weights)
        saved = tf.Module()
        saved.weights = [variable.value for variable in model.variables]
        made = signatures(model, weights.missing)
        tf.saved_model.save(saved, str(place), signatures=made)
        extra = place / "assets.extra"
        extra.mkdir()
        (extra / "config.json").write_text(json.dumps(weights.config.to_dict(), indent=2) + "\n")
        if weights.vocabulary is not None:
            (extra / file_names.VOCABULARY).write_bytes(weights.vocabulary)
    return list(made)


@click.command(context_settings=NAMES, help=help_of(__doc__))
@click.argument("place", metavar="MODEL")
@click.argument("folder", metavar="FOLDER")
def main(place: str, folder: str) -> None:
    with errors_shown():
        if ON_JAX:
            fix = (
                "pip install 'albert-data[train]' in another environment: it reads runs on JAX, too"
            )
            raise ConfigError("a SavedModel is TensorFlow's, and Keras is on JAX here", fix=fix)
        check_new(folder)
        weights = read_weights(place)
        for line in weights.lines():
            click.echo(line)
        click.echo(f"wrote {folder}: {', '.join(export(weights, folder))}")


if __name__ == "__main__":
    main()
