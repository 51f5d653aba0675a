"""Converts models between this trainer, google-research/albert and Hugging Face: ``albert-convert FROM TO``.

    albert-convert run hf:folder                  # what AutoModel and AutoTokenizer read
    albert-convert run@best tf1:out/model.ckpt    # for google-research/albert, with albert_config.json
    albert-convert tf1:albert_base/model.ckpt-best hf:folder
    albert-convert hf:folder new-run --vocab 30k-clean.model
    albert-convert run new-run --engine jax       # the run itself, to go on under the other engine

FROM and TO are a run (RUN, RUN@best, RUN@STEP, RUN/ckpt-STEP), tf1:PREFIX or hf:FOLDER, local or gs://.
Weights are the same bit by bit both ways; sharing of attention or of the feed-forward weights alone comes
back as one group a layer. TO must be new; it is written whole or not at all. A run that is made so is
there to evaluate, to try and for --init; training begins in another folder. With --engine it is the whole
run, optimizer and position in the data included, and goes on by the command that it was trained by.
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

if __name__ == "__main__":
    from ..libraries import as_file  # and the package says what Keras computes with

    as_file()

import click

from albert_data.base.errors import ConfigError
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.storage import file_names
from albert_data.storage.paths import location

from ..checkpoint_files import LAST
from ..checkpoints import ENGINE, check_tensorflow, write_weights
from ..failures import errors_shown
from ..help_text import NAMES, help_of
from ..run_folder import RUN_FILE, Run
from .addresses import FORMS, HF, RUN, TF1, Address, check_spelling, parse_address
from .hugging_face import write_folder
from .other_engine import check_can, write_for
from .targets import check_new, new_folder
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
            check_tensorflow(str(target))
            from .tf1_checkpoint import write_tf1_checkpoint  # has TensorFlow

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
    write_weights(model_of(weights), str(place / f"{LAST}-0"))
    run = Run(
        model=weights.config,
        train={},
        data="",
        objective=weights.objective,
        vocabulary=weights.vocabulary_sha256,
        normalization=weights.normalization,
        init=weights.name,
        engine=ENGINE,
    )
    fields = {**vars(run), "model": weights.config.to_dict()}
    (place / file_names.VOCABULARY).write_bytes(weights.vocabulary)
    (place / RUN_FILE).write_text(json.dumps(fields, indent=2) + "\n")
    drawn = len(weights.missing)
    return [f"{drawn} variables that were not there are drawn at random"] if drawn else []


def _convert_run(engine: str, source: str, target: Address, more: bool) -> list[str]:
    """Writes a run for another engine; ``more`` says whether weights alone were spoken of, too."""
    if target.kind != RUN or target.which != "last":
        raise ConfigError("is no folder of a run", where=str(target), fix="name a new folder")
    if more:
        fix = "leave them out: the run has its own"
        raise ConfigError(
            "--vocab and --normalization say nothing of a run", where="--engine", fix=fix
        )
    address = parse_address(source)
    check_spelling(address)
    check_can(engine, address)
    with new_folder(target.place) as place:
        told = write_for(engine, address, place)
    return [*told, f"wrote {target}, {FORMS[RUN]}"]


def _left_out(weights: Weights) -> list[str]:
    missing = len(weights.missing)
    return [f"{missing} variables that were not there are left out"] if missing else []


@click.command(context_settings=NAMES, help=help_of(__doc__))
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--vocab", help="SentencePiece model of the weights, where none lies beside them.")
@click.option(
    "--normalization",
    type=click.Choice(list(NORMALIZERS)),
    help="tokens.normalization of the text, where it is not recorded; else by the vocabulary's pieces.",
)
@click.option(
    "--engine",
    type=click.Choice(("tensorflow", "jax")),
    help="FROM and TO are runs: the whole state, for this engine to go on with.",
)
def main(
    source: str, target: str, vocab: str | None, normalization: str | None, engine: str | None
) -> None:
    with errors_shown():
        to = parse_address(target)
        check_new(posixpath.dirname(to.place) if to.kind == TF1 else to.place)
        if engine:
            for line in _convert_run(engine, source, to, bool(vocab or normalization)):
                click.echo(line)
            return
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
        click.echo(f"wrote {to}, {FORMS[to.kind]}")


if __name__ == "__main__":
    main()
