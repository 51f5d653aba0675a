"""`build`, `tokenize` and `remask`: the commands that run the main job."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError
from albert_data.commands.dry_run import dry_run as look_only
from albert_data.commands.options import (
    CONFIG_HELP,
    CORPUS,
    LOCATION,
    READING,
    SETTINGS,
    TOKEN_CACHE,
    dry_run_option,
    engine_of,
    hold_out_option,
    job_command,
    named_config,
    note,
    output_option,
    read_config,
    set_option,
    show_reading,
)
from albert_data.storage import file_names

if TYPE_CHECKING:
    from albert_data.schema import Manifest


@job_command(
    *CORPUS,
    output_option("Folder of the shards; a run that was stopped is resumed."),
    click.option(
        "--tokens",
        type=LOCATION,
        help="Folder of the token cache.  [default: OUTPUT/tokens]",
    ),
    *SETTINGS,
    *READING,
    hold_out_option,
    dry_run_option,
)
def build(
    sources: Sequence[str],
    vocab: Path,
    output: Path,
    tokens: Path | None,
    config_name: str,
    overrides: Sequence[str],
    sentences: str | None,
    pseudo_documents: int | None,
    exclude: Path | None,
    hold_out: str | None,
    dry_run: bool,
    workers: int | None,
    verbose: bool,
    beam_args: Sequence[str],
) -> None:
    """Real text in, shards out: tokenise, mask, assemble."""
    config = read_config(config_name, overrides, sentences, pseudo_documents, hold_out)
    if dry_run:
        cache = tokens or output / file_names.TOKENS
        parse = partial(engine_of, beam_args, workers)
        return look_only(
            parse=parse, config=config, tokens=cache, shards=output, sources=sources,
            vocabulary=vocab, exclude=exclude,
        )  # fmt: skip
    engine = engine_of(beam_args, workers)
    from albert_pipelines import build as jobs

    began = time.monotonic()
    manifest = jobs.build(
        sources, vocab, output, config, engine, tokens, exclude, note=note, verbose=verbose
    )
    show_summary(manifest, output, time.monotonic() - began)


@job_command(
    *CORPUS,
    output_option("Folder of the token cache."),
    *SETTINGS,
    *READING,
    hold_out_option,
    dry_run_option,
)
def tokenize(
    sources: Sequence[str],
    vocab: Path,
    output: Path,
    config_name: str,
    overrides: Sequence[str],
    sentences: str | None,
    pseudo_documents: int | None,
    exclude: Path | None,
    hold_out: str | None,
    dry_run: bool,
    workers: int | None,
    verbose: bool,
    beam_args: Sequence[str],
) -> None:
    """Stage 1 alone: the token cache, for any number of `remask` runs."""
    config = read_config(config_name, overrides, sentences, pseudo_documents, hold_out)
    if dry_run:
        parse = partial(engine_of, beam_args, workers)
        return look_only(
            parse=parse, config=config, tokens=output, shards=None, sources=sources,
            vocabulary=vocab, exclude=exclude,
        )  # fmt: skip
    engine = engine_of(beam_args, workers)
    from albert_pipelines import build as jobs

    from albert_data.base.tally import Tally
    from albert_data.tokens.unknown import describe, unknown_pieces

    began = time.monotonic()
    index = jobs.tokenize(sources, vocab, output, config, engine, exclude, note, verbose)
    show_reading(Tally.of(index.tally))
    tokens, unknown = sum(file.tokens for file in index.files), unknown_pieces(index.files)
    note(f"<unk>: {describe(unknown, tokens, index.tally.counts)}")
    note(f"{count_of(tokens, 'token')} in {output} ({time.monotonic() - began:.1f} s)")


@job_command(
    click.argument("tokens", type=TOKEN_CACHE),
    output_option("Folder of the shards; a run that was stopped is resumed."),
    click.option(
        "--config",
        "config_name",
        metavar="NAME|FILE",
        help=f"{CONFIG_HELP}  [default: that of the build which made TOKENS]",
    ),
    set_option,
    hold_out_option,
    dry_run_option,
)
def remask(
    tokens: Path,
    output: Path,
    config_name: str | None,
    overrides: Sequence[str],
    hold_out: str | None,
    dry_run: bool,
    workers: int | None,
    verbose: bool,
    beam_args: Sequence[str],
) -> None:
    """Stages 2 and 3: shards of another variant from TOKENS, a token cache or a build with one."""
    fixed = [o for o in overrides if o.partition(".")[0] in ("sources", "sentences", "tokens")]
    if fixed:
        raise ConfigError(
            "this key is decided when the token cache is made",
            where=f"--set {fixed[0]}",
            fix="make another cache: albert-data tokenize … --set " + fixed[0],
        )
    from albert_data.commands.variants import base_of, tell_differences
    from albert_data.config.load import override

    if hold_out is not None:
        overrides = [*overrides, f"hold_out={hold_out}"]
    base = base_of(tokens)
    config = override(named_config(config_name) if config_name else base, overrides)
    if base.hold_out and not config.hold_out:
        if any(each.partition("=")[0].strip() == "hold_out" for each in overrides):
            raise ConfigError(
                f"of this token cache {base.hold_out} is held out",
                where=str(tokens),
                fix="leave hold_out out, so that no variant trains on what another is tested with; or make "
                "another cache: albert-data tokenize",
            )
        config = replace(config, hold_out=base.hold_out)
    tell_differences(tokens, base, [config])
    if dry_run:
        parse = partial(engine_of, beam_args, workers)
        return look_only(parse=parse, config=config, tokens=tokens, shards=output)
    engine = engine_of(beam_args, workers)
    from albert_pipelines import build as jobs

    began = time.monotonic()
    manifest = jobs.remask(tokens, output, config, engine, note=note, verbose=verbose)
    show_summary(manifest, output, time.monotonic() - began)


def _masks(manifest: Manifest) -> list[tuple[str, str]]:
    if manifest.config["masking"]["mode"] == "dynamic":
        return [("masked", "by the trainer (masking.mode: dynamic)")]
    masked, spans = manifest.statistics.masked_tokens, manifest.statistics.spans
    realised = " / ".join(f"{n / sum(spans.by_units):.1%}" for n in spans.by_units)
    law = " / ".join(f"{p:.1%}" for p in spans.law)
    return [
        (
            "masked",
            f"{masked / manifest.totals.example_tokens:.2%} of the tokens  "
            f"(masking.rate: {manifest.config['masking']['rate']:.2%})",
        ),
        ("spans of 1, 2, … units", f"{realised}  (law: {law})"),
    ]


def show_summary(manifest: Manifest, folder: Path, seconds: float) -> None:
    from albert_data.base.tally import Tally
    from albert_data.insight.cautions import cautions
    from albert_data.insight.chance_checks import check_laws
    from albert_data.insight.held_out import held_out
    from albert_data.tokens.unknown import describe

    totals = manifest.totals
    show_reading(Tally.of(manifest.reading))
    rows = [
        ("corpus", f"{count_of(totals.documents, 'document')}, {count_of(totals.tokens, 'token')}"),
        ("<unk>", describe(totals.unknown, totals.tokens, manifest.reading.counts)),
        ("examples", f"{totals.examples:,} in {count_of(len(manifest.shards), 'shard')}"),
        ("size", f"{totals.shard_bytes / 1e6:,.1f} MB"),
        *([("held out", held_out(manifest.hold_out))] if manifest.hold_out else []),
        *_masks(manifest),
        ("label 1", f"{manifest.statistics.labels[1] / totals.examples:.1%}"),
        ("time", f"{seconds:.1f} s"),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        note(f"{name:<{width}}  {value}")
    for check in check_laws(manifest):
        if not check.ok:
            note(f"warning: off beyond chance: {check}")
    for line in cautions(manifest):
        note(f"warning: {line}")
    click.echo(f"{folder / 'manifest.json'}")
    note(f"data card: {folder / 'README.md'}; check it: albert-data verify {folder}")
