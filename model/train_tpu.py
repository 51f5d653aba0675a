"""Trains ALBERT on shards: ``albert-train --shards DIR --model-dir DIR``.

The defaults are the paper's (ALBERT-base, batch 4096, 125,000 steps), made for a TPU. On one CPU:

    albert-train --shards shards --model-dir out --strategy cpu \
        --set name=albert-tiny --set steps=200 --set batch_size=32 --set warmup_steps=20

Stop it with SIGTERM or Ctrl-C: it saves a checkpoint and exits with 143; the same command goes on.
Exit codes: 0 done, 1 wrong input, 2 wrong usage or settings, 3 loss not finite, 143 stopped by a signal.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

import click
import tensorflow as tf

from .failures import errors_shown
from .settings import load_settings, split_overrides
from .training.loop import NonFiniteLoss, train, with_precision
from .training.strategies import KINDS, make_strategy, usual_precision


@click.command(help=__doc__)
@click.option("--shards", required=True, help="Folder with manifest.json; local or gs://.")
@click.option("--model-dir", required=True, help="Checkpoints and logs; local or gs://.")
@click.option("--config", "config_path", help="YAML with 'model' and 'train' settings.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Overrides a setting.")
@click.option("--strategy", type=click.Choice(KINDS), default="tpu", show_default=True)
@click.option("--tpu", default="", help="Name or address of the TPU; empty on a TPU VM.")
@click.option("--devices", default=0, help="mirrored: number of GPUs or virtual CPU devices.")
@click.option("--init", help="Checkpoint prefix whose weights a fresh run starts from.")
@click.option("--progress/--no-progress", default=True, help="Progress bar on a terminal.")
def main(
    shards: str,
    model_dir: str,
    config_path: str | None,
    pairs: tuple[str, ...],
    strategy: str,
    tpu: str,
    devices: int,
    init: str | None,
    progress: bool,
) -> None:
    try:
        with errors_shown():
            model_part, train_part = split_overrides(pairs)
            config, settings = load_settings(config_path, model_part, train_part)
            settings = with_precision(settings, usual_precision(strategy))
            if strategy == "cpu":
                tf.config.experimental.enable_op_determinism()
            place = make_strategy(strategy, tpu, devices)
            result = train(config, settings, shards, place, model_dir, init, progress)
    except NonFiniteLoss as error:
        click.echo(f"stopped: {error}", err=True)
        sys.exit(3)
    if result.stopped:
        click.echo(f"stopped at step {result.step}, saved {result.checkpoint}", err=True)
        sys.exit(143)
    click.echo(f"done: step {result.step}, {result.checkpoint}", err=True)


if __name__ == "__main__":
    main()
