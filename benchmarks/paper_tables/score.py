"""Scores of a trained run on held-out shards, example by example, so that rows can be compared in pairs.

    python -m benchmarks.paper_tables.score RUN FOLDER --on sop=SHARDS --on nsp=SHARDS --moves SHARDS

Out: FOLDER/scores-sop.npz with float32 [N] ``mlm_loss``, ``mlm_correct``, ``mlm_weight`` (sums over the
predicted pieces of an example), ``sentence_loss`` and ``sentence_correct``; scores-moves.npz with float64 [L]
``distances`` and ``degrees`` (`model.analysis`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from model.training import engines

BATCH = 128
MOVED = 16  # batches of 8 examples whose moves are measured


def example_sums(model: Any, shards: Any, examples: int = 0) -> dict[str, np.ndarray]:
    """What the head of this module says of scores-SET.npz.

    Args:
        model: AlbertPretrainer.
        shards: ShardSet of its vocabulary.
        examples: the first ones; 0: all.
    """
    from keras import ops

    from model.network.backend import compiled, largest_class

    @compiled
    def of_batch(weights: list[Any], features: dict[str, Any]) -> dict[str, Any]:
        outputs, _ = model.stateless_call(weights, [], features)
        found = {}
        for task, logits, labels, counted in (
            ("mlm", outputs["mlm_logits"], features["masked_lm_ids"], features["masked_lm_weights"]),
            ("sentence", outputs["sentence_logits"][:, None], features["next_sentence_labels"],
             ops.ones_like(features["next_sentence_labels"], dtype="float32")),
        ):  # fmt: skip
            losses = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
            correct = ops.cast(ops.cast(largest_class(logits), labels.dtype) == labels, "float32")
            found[f"{task}_loss"] = ops.sum(losses * counted, -1)
            found[f"{task}_correct"] = ops.sum(correct * counted, -1)
            found[f"{task}_weight"] = ops.sum(counted, -1)
        return found

    weights = [ops.convert_to_tensor(variable) for variable in model.trainable_variables]
    parts = []
    for features in _batches(shards, examples):
        counted = features["example_weights"] > 0
        found = of_batch(weights, features)
        parts.append({name: np.asarray(value)[counted] for name, value in found.items()})
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {name: values[: examples or None] for name, values in whole.items()}


def _batches(shards: Any, examples: int) -> Iterator[dict[str, np.ndarray]]:
    from model.held_out import evaluation_arrays

    read = 0
    for features in evaluation_arrays(shards, BATCH):
        if examples and read >= examples:
            return
        yield features
        read += BATCH


@click.command(help=__doc__)
@click.argument("run", type=click.Path(exists=True, path_type=Path))
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--on", "sets", multiple=True, metavar="NAME=SHARDS")
@click.option("--moves", help="Shards.")
@click.option("--examples", default=0, show_default=True, help="Of each set; 0: all.")
@click.option("--engine", default="tensorflow", show_default=True)
def main(
    run: Path, folder: Path, sets: tuple[str, ...], moves: str | None, examples: int, engine: str
) -> None:
    engines.load(engine)
    from model.analysis import layer_moves
    from model.checkpoints import load_model
    from model.shards import open_shards

    model = load_model(str(run))
    for name, _, place in (one.partition("=") for one in sets):
        save(
            folder / f"scores-{name}.npz",
            example_sums(model, open_shards(place, model.config), examples),
        )
    if moves:
        found = layer_moves(model, open_shards(moves, model.config), batches=MOVED)
        arrays = {"distances": np.array(found.distances), "degrees": np.array(found.degrees)}
        save(folder / "scores-moves.npz", arrays)


def save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes a file of arrays whole or not at all."""
    begun = path.with_name(f"{path.stem}.begun.npz")
    np.savez_compressed(begun, allow_pickle=False, **arrays)
    os.replace(begun, path)


if __name__ == "__main__":
    main()
