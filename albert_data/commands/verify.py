"""`verify`: re-checks a shard set, or audits one that others made."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from albert_data.base.counts import count_of
from albert_data.commands import tables
from albert_data.commands.options import LOCATION, note

if TYPE_CHECKING:
    from albert_data.insight.foreign.audit import Audit
    from albert_data.insight.foreign.evaluation_text import EvaluationFound


@click.command()
@click.argument("shards", type=LOCATION)
@click.option(
    "--foreign",
    is_flag=True,
    help="SHARDS are others': TFRecords of google-research/albert, BERT or tensorflow/models, "
    "NVIDIA's HDF5, LDDL's Parquet, a Hugging Face data set. Measures them against the laws.",
)
@click.option(
    "--vocab",
    type=LOCATION,
    help="With --foreign: what the records were made with, a SentencePiece .model or a vocab.txt.",
)
@click.option("--json", "as_json", is_flag=True, help="With --foreign: print JSON, not a table.")
@click.option(
    "--evaluation",
    multiple=True,
    metavar="[KIND:]PATH",
    help="With --foreign: evaluation files to look for in the records, as of `contamination`; repeatable.",
)
@click.option(
    "--output", type=LOCATION, help="With --foreign: also write the audit as an HTML page."
)
def verify(
    shards: Path,
    foreign: bool,
    vocab: Path | None,
    as_json: bool,
    evaluation: Sequence[str],
    output: Path | None,
) -> None:
    """Re-checks everything that the manifest of SHARDS claims."""
    if foreign:
        _audit(shards, vocab, as_json, evaluation, output)
        return
    if vocab is not None or as_json or evaluation or output is not None:
        raise click.UsageError("--vocab, --json, --evaluation and --output belong to --foreign")
    from albert_data.insight.held_out import check_beside
    from albert_data.shards.manifest import read_manifest

    _verify(shards)
    if (held_out := check_beside(shards, read_manifest(shards))) is not None:
        _verify(held_out)


def _verify(shards: Path) -> None:
    from albert_data.insight import verify as checks
    from albert_data.shards.manifest import read_manifest

    manifest = read_manifest(shards)
    found = checks.verify(shards, _progress(manifest.shards))
    note(
        f"{shards} is as its manifest claims: {count_of(len(manifest.shards), 'shard')}, "
        f"{count_of(found.examples, 'example')}, {count_of(found.masked_tokens, 'masked token')}"
    )
    if found.unchecked:
        note(
            "made by version 0.1, whose manifests have no seal; nothing shows whether these are as "
            f"they were written: {', '.join(found.unchecked)}"
        )


def _progress(files: Sequence[Any]) -> Callable[[str], None]:
    """Goes on by one of the files at each call, on a terminal."""
    from rich.progress import track

    console = tables.console(stderr=True)
    hide = not console.is_terminal
    shown = iter(track(files, "verifying", console=console, transient=True, disable=hide))

    def progress(_: str) -> None:
        next(shown)

    return progress


def _audit(
    path: Path, vocab: Path | None, as_json: bool, evaluation: Sequence[str], output: Path | None
) -> None:
    from albert_data.insight.foreign.audit import audit
    from albert_data.insight.foreign.forms import open_foreign
    from albert_data.insight.foreign.page import page_of
    from albert_data.storage.atomic import write_text

    found = audit(path, vocab, _progress(open_foreign(path).files), evaluation)
    if output is not None:
        write_text(output, page_of(found))
        note(f"the page: {output}")
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        _print(found)


def _print(found: Audit) -> None:
    from albert_data.insight.difficulty.lines import rows
    from albert_data.insight.foreign.findings import cells

    records = count_of(found.records, "record")
    click.echo(f"{found.path}: {found.form}, {count_of(found.files, 'file')}, {records}")
    ids = ", ".join(f"{name} {number}" for name, number in found.special_ids.items())
    click.echo(f"special ids by {found.special_ids_by}: {ids}")
    if found.left_out:
        click.echo(f"not read: {', '.join(found.left_out)}")
    table = Table("", "measured", "by the law", "of", "", box=None, pad_edge=False)
    for one in found.findings:
        table.add_row(*cells(one))
    console = tables.console()
    console.print(table)
    for one in found.findings:
        if one.note:
            click.echo(f"{one.name}: {one.note}")
    beaten = Table("without a model", "value ± standard error", "of", box=None, pad_edge=False)
    for what, value, n in rows(found.difficulty):
        beaten.add_row(what, value, f"{n:,}")
    console.print(beaten)
    for line in found.difficulty.notes:
        click.echo(line)
    if found.evaluation is not None:
        _print_evaluation(found.evaluation, console)
    for reason in found.not_measured:
        click.echo(f"not measured: {reason}")


def _print_evaluation(found: EvaluationFound, console: Console) -> None:
    grams = f"{found.ngram}-grams found"
    table = Table("evaluation", "texts", "too short", "overlap", grams, box=None, pad_edge=False)
    for own in found.sets:
        counts = (own.items, own.too_short, own.matched)
        table.add_row(
            own.name, *map("{:,}".format, counts), f"{own.ngrams_found:,} of {own.ngrams:,}"
        )
    console.print(table)
    click.echo(f"records that hold evaluation text: {found.overlapping_records:,}")
