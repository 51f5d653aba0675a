"""`vocab`: trains a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from albert_data.base.counts import count_of
from albert_data.commands import tables
from albert_data.commands.options import (
    MOST,
    config_option,
    note,
    output_option,
    pseudo_option,
    read_config,
    sentences_option,
    set_option,
    show_reading,
    source_option,
)
from albert_data.commands.printing import MakesFiles
from albert_data.config.settings import Config, flatten

# SentencePiece asks for memory for all of them before it looks at the text.
MOST_PIECES = 1_000_000


@click.command(cls=MakesFiles)
@source_option
@output_option("The .model file to write.")
@click.option(
    "--size",
    type=click.IntRange(max=MOST_PIECES),
    default=30_000,
    show_default=True,
    help="Number of pieces.",
)
@click.option(
    "--sample",
    type=click.IntRange(max=MOST),
    default=2_000_000,
    show_default=True,
    help="Most sentences to train on.",
)
@config_option
@set_option
@sentences_option
@pseudo_option
def vocab(
    sources: Sequence[str],
    output: Path,
    size: int,
    sample: int,
    config_name: str,
    overrides: Sequence[str],
    sentences: str | None,
    pseudo_documents: int | None,
) -> None:
    """Trains a SentencePiece vocabulary on the sources."""
    from albert_data.corpus.language_notes import language_notes
    from albert_data.corpus.normalize import marks_off
    from albert_data.corpus.plan import plan_all
    from albert_data.storage.outputs import refuse_output
    from albert_data.tokens.train_vocabulary import train_vocabulary

    refuse_output(output, "--output")
    config = read_config(config_name, overrides, sentences, pseudo_documents)
    for text in language_notes(plan_all(sources, config.sources), config.sentences):
        note(text)
    console = tables.console(stderr=True)
    with console.status("reading") as status:
        tally = train_vocabulary(
            sources,
            output,
            size,
            config,
            sample,
            lambda documents: status.update(f"training: {count_of(documents, 'document')} read"),
        )
    show_reading(tally)
    if told := marks_off(tally.counts, config.tokens.normalization):
        note(f"warning: {told}")
    note(f"{count_of(size, 'piece')} in {output}")
    if same := " ".join(f"--set {setting}" for setting in _of_the_text(config)):
        note(f"it is for builds with the same {same}")


def _of_the_text(config: Config) -> list[str]:
    """The settings, other than the usual, that the text of a vocabulary depends on, as KEY=VALUE."""
    values, usual = flatten(config), flatten(Config())
    keys = ("sentences.splitter", "sentences.language", "tokens.normalization")
    return [f"{key}={values[key]}" for key in keys if values[key] != usual[key]]
