"""What `ablate` does: the variants of a grid as one job, each a whole shard set in its own folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from albert_data.base.errors import ConfigError
from albert_data.config.grid import GridVariant
from albert_data.config.settings import fingerprint
from albert_data.schema import Ablation, AblationVariant, StageCounts
from albert_data.storage import build_folder, file_names
from albert_data.storage.atomic import check_name
from albert_data.storage.paths import location
from albert_data.storage.sealed import plain, read_marker, write_sealed
from albert_data.tokens.cache import token_settings
from albert_data.tokens.vocabulary import load_vocabulary

from . import launch
from .engine.choose import Engine
from .job import STAGES
from .planned import Note, PlannedCache, PlannedVariant, known_cache, new_cache


def ablate(
    grid: Sequence[GridVariant],
    tokens: Path | None,
    sources: Sequence[str],
    folder: Path,
    engine: Engine,
    note: Note = print,
    verbose: bool = False,
) -> Ablation:
    """Makes what is not there yet; returns the variants of this grid.

    Args:
        tokens: token cache of the variants that need none of their own.
        sources: of the token caches of the others, made in `folder`/tokens-VARIANT.

    Raises:
        ConfigError: a variant changed since its folder was begun, or lacks a cache or sources.
    """
    check_name(str(folder))
    grid = _holding_out_the_same(grid, tokens)
    caches = _caches(grid, tokens, sources, folder, note)
    planned = [
        PlannedVariant(folder / v.name, cache.configured(v.config), cache, v.name)
        for v, cache in zip(grid, caches, strict=True)
    ]
    with ExitStack() as stack:
        stack.enter_context(build_folder.claim(folder, grid=True))
        before = read_marker(folder / file_names.GRID, Ablation) or Ablation([])
        known = {variant.name: variant for variant in before.variants}
        if not known:
            write_sealed(folder / file_names.GRID, before)
        manifests, seen = launch.make_variants(planned, folder, engine, note, verbose)
        for variant, plan, manifest in zip(grid, planned, manifests, strict=True):
            known[variant.name] = AblationVariant(
                name=variant.name,
                differs=variant.differs,
                configuration=fingerprint(plan.config.to_dict()),
                records=manifest.totals.examples,
                bytes=manifest.totals.shard_bytes,
                seconds=_seconds(variant.name, seen, known),
            )
        write_sealed(folder / file_names.GRID, Ablation(list(known.values())))
    return Ablation([known[variant.name] for variant in grid])


def _holding_out_the_same(grid: Sequence[GridVariant], tokens: Path | None) -> list[GridVariant]:
    """The variants, each with the documents held out that the token cache says, or else the grid.

    Raises:
        ConfigError: they would hold out others: no variant may be trained on what another is tested with.
    """
    given = known_cache(tokens) if tokens else None
    found = [
        given.hold_out_of(variant.config) if given else variant.config.hold_out for variant in grid
    ]
    if len(set(found)) > 1:
        raise ConfigError(
            f"the variants hold out different documents: hold_out {', '.join(map(repr, sorted(set(found))))}",
            where=grid[0].where,
            fix="set hold_out under base, for all of them",
        )
    return [
        replace(variant, config=replace(variant.config, hold_out=hold_out))
        for variant, hold_out in zip(grid, found, strict=True)
    ]


def _seconds(
    name: str, seen: dict[str, StageCounts], known: dict[str, AblationVariant]
) -> float | None:
    """Workers' time for a variant: of this run, or of the run that made it; None if unknown."""
    sets = name, f"{name} {file_names.HELD_OUT}"
    stages = (f"{stage} {own}" for own in sets for stage in STAGES)
    now = [seen[stage] for stage in stages if stage in seen]
    if now:
        return sum(counts.milliseconds for counts in now) / 1000
    return known[name].seconds if name in known else None


def _caches(
    grid: Sequence[GridVariant],
    tokens: Path | None,
    sources: Sequence[str],
    folder: Path,
    note: Note,
) -> list[PlannedCache]:
    """The token cache of each variant; those with equal vocabularies and settings share one."""
    if sources and not any(variant.own_tokens for variant in grid):
        raise ConfigError(
            "no variant of this grid needs a token cache of its own",
            where="--source",
            fix="leave it out, or make a cache with albert-data tokenize and name it with --tokens",
        )
    given = known_cache(tokens) if tokens else None
    made: dict[str, PlannedCache] = {}
    return [_cache(variant, given, sources, folder, made, note) for variant in grid]


def _cache(
    variant: GridVariant,
    given: PlannedCache | None,
    sources: Sequence[str],
    folder: Path,
    made: dict[str, PlannedCache],
    note: Note,
) -> PlannedCache:
    where = f"{variant.where}, variant {variant.name}"
    if not variant.own_tokens:
        if given is None:
            fix = "name one with --tokens; albert-data tokenize makes it"
            raise ConfigError("this variant needs a token cache", where=where, fix=fix)
        return given
    if not sources:
        fix = "name what it is made of with --source KIND:PATH"
        raise ConfigError("this variant needs a token cache of its own", where=where, fix=fix)
    if variant.vocabulary:
        model = location(os.path.expanduser(variant.vocabulary))
    elif given:
        model = given.vocabulary
    else:
        fix = "set vocabulary: FILE.model in the grid, or name a cache with --tokens"
        raise ConfigError("this variant has no vocabulary", where=where, fix=fix)
    settings = fingerprint(plain(token_settings(variant.config, load_vocabulary(model))))
    if settings not in made:
        cache = folder / f"tokens-{variant.name}"
        made[settings] = new_cache(cache, sources, model, variant.config, note=note)
    return made[settings]
