"""Fine-tunes a pretrained model on GLUE, SQuAD and RACE: ``albert-finetune --task TASK --data FOLDER``.

    albert-finetune --task mrpc --data GLUE/MRPC --init RUN --output runs/mrpc --runs 5
    albert-finetune --suite glue --data GLUE/ --init hf:FOLDER --output runs/
    albert-finetune --task squad2 --train train-v2.0.json --dev dev-v2.0.json --init RUN --output runs/squad2
    albert-finetune predict runs/mrpc --data GLUE/MRPC/test.tsv --output submission/
    albert-finetune ensemble runs/rte-a runs/rte-b --data GLUE/RTE --output runs/rte-both --best 3
    albert-finetune page runs/

Settings are the paper's, a row a task; --set changes one (--set epochs=3, learning_rate=5e-5, …). SIGTERM or
Ctrl-C: it saves a checkpoint and exits with 143; the same command goes on.
Exit codes: 0 done, 1 wrong input, 2 wrong usage or settings, 3 a run was not finite (the others were made),
143 stopped by a signal.
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

from albert_data.base.errors import ConfigError
from albert_data.commands import printing
from albert_data.commands.suggestions import TakesSettings, no_such_command

from .failures import errors_shown
from .fine_tuning.settings import TASK_KEYS
from .help_text import NAMES, help_of
from .settings import MODEL_KEYS, MOST
from .tasks.ensemble_command import ensemble_command
from .tasks.page import page_command
from .tpu_environment import set_for
from .training.engines import ENGINES, STRATEGIES, load


class _Train(TakesSettings):
    keys = (*MODEL_KEYS, *TASK_KEYS)


class _Verbs(click.Group):
    """A group whose first command is meant where no verb stands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            raise no_such_command(args[0], self.commands, ctx)
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["train", *args]
        return super().parse_args(ctx, args)


def computing(command: Any) -> Any:
    """The options that say where to compute."""
    options = (
        click.option(
            "--engine", type=click.Choice(ENGINES), default="tensorflow", show_default=True
        ),
        click.option(
            "--strategy",
            type=click.Choice(STRATEGIES),
            default="auto",
            show_default=True,
            help="auto: a TPU where there is one, else GPUs, else the CPU.",
        ),
        click.option("--tpu", default="", help="Name or address; on a TPU VM: local."),
        click.option(
            "--devices",
            type=click.IntRange(0, 4096),
            default=0,
            help="mirrored: number of GPUs or virtual devices.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(cls=_Verbs, context_settings=NAMES, help=help_of(__doc__))
def main() -> None:
    pass


@main.command("train", cls=_Train, help="What is meant where no verb stands: trains and scores.")
@click.option("--task", help="Name of a task: mrpc, squad2, race, …")
@click.option("--suite", type=click.Choice(["glue"]), help="Every task found under --data.")
@click.option("--data", help="The benchmark's folder, or huggingface:NAME.")
@click.option("--train", help="File of the training set, instead of --data.")
@click.option("--dev", help="File of the development set, instead of --data.")
@click.option("--init", help="RUN, RUN@best, tf1:PREFIX, hf:FOLDER (ALBERT or BERT), or random.")
@click.option("--vocabulary", help="SentencePiece model, where none lies beside the weights.")
@click.option("--output", required=True, help="Runs, runs.jsonl and results.md.")
@click.option("--runs", type=click.IntRange(1, 10_000), default=1, show_default=True)
@click.option(
    "--seed", type=click.IntRange(0, MOST), default=0, show_default=True, help="Of the first run."
)
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Overrides a setting.")
@click.option("--mnli-init", is_flag=True, help="RTE, STS-B and MRPC begin with the best MNLI run.")
@computing
@click.option("--progress/--no-progress", default=True, help="Progress bar on a terminal.")
def train_command(**asked: Any) -> None:
    with printing.watched():
        printing.may_be_lost()  # the folder holds all that matters
        code = _guarded(_train, **asked)
    sys.exit(code)


@main.command("predict", help="Submission files of a test set, by a run's best checkpoint.")
@click.argument("run")
@click.option("--data", required=True, help="The benchmark's folder, or the file of the test set.")
@click.option("--output", required=True, help="Folder of the submission.")
@click.option("--engine", type=click.Choice(ENGINES), help="As the run's, which is the default.")
def predict_command(**asked: Any) -> None:
    with printing.watched():
        code = _guarded(_predict, **asked)
    sys.exit(code)


main.add_command(ensemble_command)
main.add_command(page_command)


def _guarded(command: Any, **asked: Any) -> int:
    try:
        with errors_shown():
            return int(command(**asked))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on from the last checkpoint", err=True)
        return 130


def _train(engine: str, strategy: str, tpu: str, devices: int, **asked: Any) -> int:
    if bool(asked["task"]) == bool(asked["suite"]):
        raise ConfigError(
            "no task, or two of them", where="--task", fix="give --task or --suite glue"
        )
    if bool(asked["data"]) == bool(asked["train"] and asked["dev"]):
        fix = "give --data, or --train and --dev"
        raise ConfigError("no data, or two of them", where="--data", fix=fix)
    if not asked["init"]:
        fix = "name a model: RUN, tf1:PREFIX or hf:FOLDER; --init random draws weights"
        raise ConfigError("no weights to begin with", where="--init", fix=fix)
    with set_for(engine, strategy, tpu):
        open_engine = load(engine)
    from .fine_tuning.program import train_all  # these import Keras
    from .training.engine import Devices

    return train_all(open_engine=open_engine, devices=Devices(strategy, tpu, devices), **asked)


def _predict(run: str, data: str, output: str, engine: str | None) -> int:
    from .fine_tuning.folders import check_local, run_to_use

    check_local(output)
    folder, record = run_to_use(run)
    load(engine or record.engine)
    from .fine_tuning.predict import predict

    return predict(folder, record, data, output, lambda line: click.echo(line, err=True))


if __name__ == "__main__":
    main()
