"""Converts models between this trainer, google-research/albert and Hugging Face: ``albert-convert FROM TO``.

    albert-convert run hf:folder                  # what AutoModel and AutoTokenizer read
    albert-convert run@best tf1:out/model.ckpt    # for google-research/albert, with albert_config.json
    albert-convert tf1:albert_base/model.ckpt-best hf:folder
    albert-convert hf:folder new-run --vocab 30k-clean.model

FROM and TO are a run (RUN, RUN@best, RUN@STEP, RUN/ckpt-STEP), tf1:PREFIX or hf:FOLDER, local or gs://.
Weights are the same bit by bit both ways; sharing of attention or of the feed-forward weights alone comes
back as one group a layer. TO must be new; it is written whole or not at all. A run that is made so is
there to evaluate, to try and for --init; training begins in another folder.
"""

from __future__ import annotations

import dataclasses
import json
import posixpath
import sys
from pathlib import Path

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    __package__ = "model.convert"

import click
import tensorflow as tf

from albert_data.base.errors import ConfigError
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.storage import file_names
from albert_data.storage.paths import location

from ..failures import errors_shown
from ..run_folder import RUN_FILE, Run
from .addresses import HF, TF1, Address, parse_address
from .hugging_face import write_folder
from .targets import check_new, new_folder
from .tf1_checkpoint import write_tf1_checkpoint
from .weights import Weights, model_of, read_weights, with_vocabulary


def convert(weights: Weights, target: Address) -> list[str]:
    """Writes a model in another form.

    Args:
        weights: Weights.
        target: Address of what is to be made.

    Returns: what a user should know of it, line by line.

    Raises:
        ConfigError: the target holds files, or names no new place.
        SettingError: the target's form cannot hold the model.
    """
    if target.which != "last":
        raise ConfigError("names a checkpoint", where=str(target), fix="name a new folder")
    folder = posixpath.dirname(target.place) if target.kind == TF1 else target.place
    if target.kind == TF1 and not (folder and posixpath.basename(target.place)):
        fix = "write tf1:FOLDER/model.ckpt: a folder of its own and a name in it"
        raise ConfigError("names no prefix", where=str(target), fix=fix)
    with new_folder(folder) as place:
        if target.kind == HF:
            return _write_folder(weights, place)
        if target.kind == TF1:
            name = posixpath.basename(target.place)
            write_tf1_checkpoint(weights.config, weights.arrays, place, name, weights.vocabulary)
            return _left_out(weights)
        return _write_run(weights, place)


def _write_folder(weights: Weights, place: Path) -> list[str]:
    write_folder(weights.config, weights.arrays, place, weights.vocabulary, weights.normalization)
    if weights.vocabulary is None:
        return [*_left_out(weights), "no tokenizer in it: give its vocabulary by --vocab"]
    if not (place / "tokenizer.json").exists():
        return [*_left_out(weights), "no tokenizer.json: its vocabulary is no unigram model"]
    return _left_out(weights)


def _write_run(weights: Weights, place: Path) -> list[str]:
    """A folder as a run leaves it, with one checkpoint of step 0 that holds weights alone."""
    if weights.vocabulary is None:
        raise ConfigError(
            "a run keeps its vocabulary, and none is known of these weights",
            where=weights.name,
            fix="give its SentencePiece model by --vocab",
        )
    model = model_of(weights)
    variables = {variable.path: variable.value for variable in model.variables}
    state = tf.train.Checkpoint(weights=variables)
    state.save_counter  # noqa: B018 (makes it: it is part of every checkpoint)
    state.write(str(place / "ckpt-0"))
    run = Run(
        model=weights.config,
        train={},
        data="",
        objective=weights.objective,
        vocabulary=weights.vocabulary_sha256,
        normalization=weights.normalization,
        init=weights.name,
    )
    fields = {**vars(run), "model": weights.config.to_dict()}
    (place / file_names.VOCABULARY).write_bytes(weights.vocabulary)
    (place / RUN_FILE).write_text(json.dumps(fields, indent=2) + "\n")
    drawn = len(weights.missing)
    return [f"{drawn} variables that were not there are drawn at random"] if drawn else []


def _left_out(weights: Weights) -> list[str]:
    missing = len(weights.missing)
    return [f"{missing} variables that were not there are left out"] if missing else []


@click.command(help=__doc__)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--vocab", help="SentencePiece model of the weights, where none lies beside them.")
@click.option(
    "--normalization",
    type=click.Choice(list(NORMALIZERS)),
    help="tokens.normalization of the text, where it is not recorded; else by the vocabulary's pieces.",
)
def main(source: str, target: str, vocab: str | None, normalization: str | None) -> None:
    with errors_shown():
        to = parse_address(target)
        check_new(posixpath.dirname(to.place) if to.kind == TF1 else to.place)
        weights = read_weights(source)
        if vocab:
            content = location(vocab).read_bytes()
            weights = with_vocabulary(weights, content, vocab)
        if normalization:
            weights = dataclasses.replace(weights, normalization=normalization, by_pieces=False)
        for line in weights.lines():
            click.echo(line)
        for line in convert(weights, to):
            click.echo(f"  {line}")
        click.echo(f"wrote {to}")


if __name__ == "__main__":
    main()
