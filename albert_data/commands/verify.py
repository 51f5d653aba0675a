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
from albert_data.commands.options import LOCATION, note

if TYPE_CHECKING:
    from albert_data.insight.foreign.audit import Audit
    from albert_data.insight.foreign.findings import Finding

_VERDICTS = {"law": "as the law", "reference": "as the reference", "suspicious": "suspicious"}


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
def verify(shards: Path, foreign: bool, vocab: Path | None, as_json: bool) -> None:
    """Re-checks everything that the manifest of SHARDS claims."""
    if foreign:
        _audit(shards, vocab, as_json)
        return
    if vocab is not None or as_json:
        raise click.UsageError("--vocab and --json belong to --foreign")
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

    console = Console(stderr=True)
    hide = not console.is_terminal
    shown = iter(track(files, "verifying", console=console, transient=True, disable=hide))

    def progress(_: str) -> None:
        next(shown)

    return progress


def _audit(path: Path, vocab: Path | None, as_json: bool) -> None:
    from albert_data.insight.foreign.audit import audit
    from albert_data.insight.foreign.forms import open_foreign

    found = audit(path, vocab, _progress(open_foreign(path).files))
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        _print(found)


def _print(found: Audit) -> None:
    records = count_of(found.records, "record")
    click.echo(f"{found.path}: {found.form}, {count_of(found.files, 'file')}, {records}")
    ids = ", ".join(f"{name} {number}" for name, number in found.special_ids.items())
    click.echo(f"special ids by {found.special_ids_by}: {ids}")
    if found.left_out:
        click.echo(f"not read: {', '.join(found.left_out)}")
    table = Table("", "measured", "by the law", "of", "", box=None, pad_edge=False)
    for one in found.findings:
        table.add_row(*_cells(one))
    console = Console(highlight=False)
    console.print(table, soft_wrap=not console.is_terminal)
    for one in found.findings:
        if one.note:
            click.echo(f"{one.name}: {one.note}")
    for reason in found.not_measured:
        click.echo(f"not measured: {reason}")


def _cells(one: Finding) -> tuple[str, ...]:
    form = "{:,.0f}" if one.n is None else "{:.2%}"
    law = "" if one.expected is None else form.format(one.expected)
    n = "" if one.n is None else f"{one.n:,}"
    return one.name, form.format(one.measured), law, n, _VERDICTS.get(one.verdict, "")
