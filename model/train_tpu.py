r"""Trains ALBERT on shards: ``albert-train --shards DIR --model-dir DIR``.

The defaults are the paper's (ALBERT-base, batch 4096, 125,000 steps), made for a TPU. On one CPU:

    albert-train --shards shards --model-dir out --strategy cpu \
        --set name=albert-tiny --set steps=200 --set batch_size=32 --set warmup_steps=20

SIGTERM, Ctrl-C or a terminal that closes: it saves a checkpoint and exits with 143; the same command
goes on. SIGUSR1: it saves a checkpoint and goes on at once.
Exit codes: 0 done, 1 wrong input, 2 wrong usage or settings, 3 not finite, 143 stopped by a signal.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

if __name__ == "__main__":
    from .libraries import as_file  # and the package says what Keras computes with

    as_file()

import click

from albert_data.commands import printing
from albert_data.commands.suggestions import TakesSettings

from .failures import errors_shown
from .help_text import NAMES, help_of
from .settings import MODEL_KEYS, TRAIN_KEYS, load_settings, split_overrides
from .shards import open_shards
from .tpu_environment import set_for
from .training.announce import check_early, first_lines
from .training.engines import ENGINES, STRATEGIES, check_installed, load


class _Command(TakesSettings):
    keys = (*MODEL_KEYS, *TRAIN_KEYS)


@click.command(cls=_Command, context_settings=NAMES, help=help_of(__doc__))
@click.option("--shards", required=True, help="Folder with manifest.json; local or gs://.")
@click.option("--model-dir", required=True, help="Checkpoints and logs; local or gs://.")
@click.option("--config", "config_path", help="YAML with 'model' and 'train' settings.")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="Overrides a setting: docs/training-settings.md has all; repeatable.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="tensorflow",
    show_default=True,
    help="What computes; a run goes on with the one that it began with.",
)
@click.option(
    "--strategy",
    type=click.Choice(STRATEGIES),
    default="auto",
    show_default=True,
    help="auto: a TPU where there is one, else GPUs, else the CPU.",
)
@click.option(
    "--tpu",
    default="",
    help="On a TPU VM: local, the default. Else name or address; TPU_NAME where it is not given.",
)
@click.option(
    "--devices",
    type=click.IntRange(0, 4096),
    default=0,
    help="mirrored: number of GPUs or virtual CPU devices.",
)
@click.option("--init", help="Weights of a fresh run: RUN, RUN/ckpt-STEP, tf1:PREFIX, hf:FOLDER.")
@click.option(
    "--branch",
    help="Checkpoint of another run that a fresh run goes on from, under its own settings: weights, "
    "optimizer, step, place in the data. RUN, RUN@best, RUN@STEP.",
)
@click.option(
    "--eval-shards",
    help="Held-out shards, scored every eval_every steps; none for no scores.  "
    "[default: held-out/ in the folder of --shards, where it is there]",
)
@click.option("--progress/--no-progress", default=True, help="Progress bar on a terminal.")
def main(**asked: Any) -> None:
    with printing.watched():
        printing.may_be_lost()  # the folder holds all that matters
        code = _run(**asked)
    sys.exit(code)


def _run(
    shards: str,
    model_dir: str,
    config_path: str | None,
    pairs: tuple[str, ...],
    engine: str,
    strategy: str,
    tpu: str,
    devices: int,
    init: str | None,
    branch: str | None,
    eval_shards: str | None,
    progress: bool,
) -> int:
    """Trains; returns the exit code."""
    try:
        with errors_shown():
            if init and branch:
                raise click.UsageError("--init and --branch: a run begins from one of them")
            config, settings = load_settings(config_path, *split_overrides(pairs))
            check_installed(engine)
            opened = open_shards(shards, config)
            check_early(config, settings, opened, engine, devices, model_dir)
            for line in first_lines(config, settings, opened, engine):
                click.echo(line, err=True)
            with set_for(engine, strategy, tpu):
                open_engine = load(engine)
            from .training.engine import Devices  # these import Keras
            from .training.program import run

            asked = Devices(strategy, tpu, devices)
            return run(
                config,
                settings,
                open_engine,
                asked,
                shards,
                model_dir,
                init,
                branch,
                eval_shards,
                progress,
            )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on from the last checkpoint", err=True)
        return 130


if __name__ == "__main__":
    main()
