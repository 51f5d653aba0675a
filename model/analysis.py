"""How far each layer moves its input: the paper's figure 1, for two models side by side.

``albert-analysis --model-dir A --model-dir B --shards X --out moves.svg``

In: trained models and shards. Out: for each layer the mean over all unpadded positions of the L2
distance between the layer's input and output embeddings, and of the angle between them in degrees;
printed as a table, drawn as an SVG (no plotting library). Layer 1's input is the embeddings after
the E to H map.

Source: Lan et al. 2020, figure 1 (BERT-large against ALBERT-large).
"""

from __future__ import annotations

import itertools
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

if __name__ == "__main__":
    from .libraries import as_file  # and the package says what Keras computes with

    as_file()

import click
import numpy as np
from keras import ops

from albert_data.base.neutral import escape

from . import files
from .albert import AlbertPretrainer
from .checkpoints import load_model
from .failures import errors_shown
from .held_out import evaluation_arrays
from .help_text import NAMES, help_of
from .network.backend import compiled
from .settings import MOST
from .shards import ShardSet, open_shards

WIDTH, HEIGHT, MARGIN = 360, 260, 48
COLOURS = ("#1f5fa8", "#c8531c", "#3a8a3a", "#7a4fa3")


@dataclass(frozen=True)
class LayerMoves:
    """Mean movement in each layer of one model: L2 distance, and angle in degrees."""

    distances: list[float]
    degrees: list[float]


def layer_moves(
    model: AlbertPretrainer, shards: ShardSet, batch_size: int = 8, batches: int = 8
) -> LayerMoves:
    """Measures a model on the first ``batches`` batches of shards."""

    @compiled
    def sums(weights: list[Any], features: dict[str, Any]) -> tuple[Any, Any, Any]:
        inputs = (features[name] for name in ("input_ids", "input_mask", "segment_ids"))
        encoded, _ = model.encoder.stateless_call(weights, [], *inputs)
        states = [ops.cast(state, "float32") for state in encoded["hidden_states"]]
        counted = ops.cast(features["input_mask"], "float32")
        counted *= features["example_weights"][:, None]
        distances, degrees = [], []
        for before, after in itertools.pairwise(states):
            cosine = ops.sum(before * after, -1) / (
                ops.norm(before, axis=-1) * ops.norm(after, axis=-1)
            )
            angle = ops.arccos(ops.clip(cosine, -1.0, 1.0)) * (180.0 / math.pi)
            distances.append(ops.sum(ops.norm(after - before, axis=-1) * counted))
            degrees.append(ops.sum(angle * counted))
        return ops.stack(distances), ops.stack(degrees), ops.sum(counted)

    weights = [ops.convert_to_tensor(variable) for variable in model.encoder.trainable_variables]
    parts = itertools.islice(evaluation_arrays(shards, batch_size), batches)
    found = [tuple(map(np.asarray, sums(weights, features))) for features in parts]
    distances, degrees, weight = (np.sum(part, 0) for part in zip(*found, strict=True))
    return LayerMoves((distances / weight).tolist(), (degrees / weight).tolist())


def draw(moves: dict[str, LayerMoves]) -> str:
    """Returns an SVG with one curve a model: distances on the left, angles on the right."""
    panels = [
        _panel("L2 distance", {name: m.distances for name, m in moves.items()}, 0),
        _panel("angle (degrees)", {name: m.degrees for name, m in moves.items()}, WIDTH),
    ]
    legend = [
        f'<text x="{MARGIN + 180 * i}" y="{HEIGHT + 14}" fill="{COLOURS[i % 4]}">'
        f"{escape(name)}</text>"
        for i, name in enumerate(moves)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}" height="{HEIGHT + 24}" '
        'font-family="sans-serif" font-size="12">'
        '<rect width="100%" height="100%" fill="white"/>' + "".join(panels + legend) + "</svg>\n"
    )


def _panel(title: str, curves: dict[str, list[float]], left: float) -> str:
    top_value = max(max(values) for values in curves.values()) * 1.05 or 1.0
    layers = max(len(values) for values in curves.values())
    wide, high = WIDTH - 1.5 * MARGIN, HEIGHT - 1.8 * MARGIN
    x0, y0 = left + MARGIN, HEIGHT - MARGIN

    def at(layer: int, value: float) -> tuple[float, float]:
        across = layer / max(layers - 1, 1)
        return x0 + wide * across, y0 - high * value / top_value

    marks = [f'<text x="{x0}" y="{MARGIN * 0.6:.0f}" font-weight="bold">{title} by layer</text>']
    for part in range(5):
        value = top_value * part / 4
        y = at(0, value)[1]
        marks.append(f'<path d="M{x0} {y:.1f}h{wide:.1f}" stroke="#ddd"/>')
        marks.append(f'<text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for layer in sorted({0, layers // 2, layers - 1}):
        x = at(layer, 0)[0]
        marks.append(f'<text x="{x:.1f}" y="{y0 + 16}" text-anchor="middle">{layer + 1}</text>')
    for i, values in enumerate(curves.values()):
        points = " ".join("{:.1f},{:.1f}".format(*at(n, v)) for n, v in enumerate(values))
        colour = COLOURS[i % 4]
        marks.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
    return "".join(marks)


@click.command(context_settings=NAMES, help=help_of(__doc__))
@click.option("--model-dir", "model_dirs", multiple=True, required=True, help="Up to four.")
@click.option("--shards", required=True)
@click.option("--out", type=click.Path(dir_okay=False), help="SVG file to write.")
@click.option(
    "--batches",
    type=click.IntRange(1, MOST),
    default=8,
    show_default=True,
    help="Batches of 8 examples.",
)
def main(model_dirs: tuple[str, ...], shards: str, out: str | None, batches: int) -> None:
    moves = {}
    with errors_shown(printed=True):
        for folder in model_dirs:
            model = load_model(folder)
            found = open_shards(shards, model.config)
            moves[folder] = layer_moves(model, found, batches=batches)
        if out:
            files.write(out, draw(moves))
        for folder, moved in moves.items():
            click.echo(f"{folder}\nlayer  distance  degrees")
            for layer, pair in enumerate(zip(moved.distances, moved.degrees, strict=True), 1):
                click.echo(f"{layer:5d}  {pair[0]:8.3f}  {pair[1]:7.2f}")


if __name__ == "__main__":
    main()
