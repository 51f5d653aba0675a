"""How every command starts a job: claim the folders, leave out what is finished, run the rest.

Everything that can be refused is refused here, before any worker starts.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from albert_data.base.errors import ConfigError
from albert_data.corpus.source_protocol import LEFT_OUT_AS_BROKEN
from albert_data.schema import Manifest, Run, Sidecar, StageCounts, TokenIndex
from albert_data.shards.foreseen import foreseen
from albert_data.shards.manifest import read_manifest
from albert_data.storage import build_folder, file_names
from albert_data.storage.paths import is_remote, location
from albert_data.storage.sealed import Damaged, write_sealed
from albert_data.tokens.cache import open_cache, read_index
from albert_data.tokens.held_out_wish import replace_wish

from . import graph, hold_out
from .engine import progress, runner
from .engine.choose import Engine
from .flow import Flow
from .job import MASK, PAIR, STAGES, Job, UnitTask, Variant
from .planned import Note, PlannedCache, PlannedVariant, identity_of


def make_variants(
    variants: Sequence[PlannedVariant],
    home: Path,
    engine: Engine,
    note: Note,
    verbose: bool,
) -> tuple[list[Manifest], dict[str, StageCounts]]:
    """Makes the shard sets that are not finished yet, in one job.

    Args:
        home: block and merged files lie in its `work/` meanwhile.

    Returns:
        all manifests; what workers reported of each variant's stages (`mask NAME`).

    Raises:
        ConfigError: a folder holds something else, or was begun with other settings.
    """
    for variant in variants:
        check_reach(engine, variant.cache, [variant.folder])
    with ExitStack() as stack:
        left = []
        for variant in [each for one in variants for each in one.with_held_out()]:
            stack.enter_context(build_folder.claim(variant.folder))
            changed = build_folder.identify(variant.folder, identity_of(variant))
            _tell_changed(variant.folder, changed, note)
            if not _finished(variant, note):
                left.append(variant)
                for line in foreseen(variant.config):
                    note(f"warning: {f'{variant.name}: ' if variant.name else ''}{line}")
        caches = list(dict.fromkeys(variant.cache for variant in left))
        for cache in caches:
            if cache.units:
                _open(cache, stack, "--tokens")  # of which file changed, the variants' folders tell
        parts = list(dict.fromkeys((v.cache, v.config.hold_out) for v in left if v.config.hold_out))
        made = [
            Variant(v.name, v.config, str(v.folder), _cache_number(v, caches, parts)) for v in left
        ]
        began = time.monotonic()
        seen = _run(caches, made, home, engine, verbose, parts) if left else {}
        build_folder.remove_work(home)  # a run that was stopped at its end may have left it
        for variant, own in zip(left, made, strict=True):
            _write_run(own, seen, time.monotonic() - began)
            build_folder.remove_work(variant.folder)
        return [read_manifest(variant.folder) for variant in variants], seen


def _cache_number(
    variant: PlannedVariant,
    caches: Sequence[PlannedCache],
    parts: Sequence[tuple[PlannedCache, str]],
) -> int:
    """The number of a variant's cache in the job: behind whole caches come parts for training, held out."""
    if not variant.config.hold_out:
        return caches.index(variant.cache)
    part = parts.index((variant.cache, variant.config.hold_out))
    return len(caches) + 2 * part + variant.held


def check_reach(engine: Engine, cache: PlannedCache, folders: Sequence[Path]) -> None:
    """Raises ConfigError for what Dataflow's workers, machines elsewhere, cannot read or write."""
    inputs = [split.path for unit in cache.units for split in unit.splits]
    for path in [*map(str, folders), str(cache.folder), *inputs] if engine.is_dataflow else ():
        if not is_remote(path):
            raise ConfigError(
                "Dataflow's workers cannot reach this path",
                where=path,
                fix="give --source, --tokens and --output on Google Cloud Storage: gs://BUCKET/NAME",
            )


def _write_run(variant: Variant, seen: dict[str, StageCounts], seconds: float) -> None:
    """Writes run.json: what this run of a build did and took."""
    names = {stage: variant.stage(stage) for stage in STAGES}
    stages = {"tokenize": "tokenize", **names}
    run = Run(
        command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        seconds=round(seconds, 3),
        stages={stage: seen[name] for stage, name in stages.items() if name in seen},
    )
    write_sealed(location(variant.folder) / file_names.RUN, run)


def make_cache(
    cache: PlannedCache, engine: Engine, verbose: bool, note: Note = print
) -> TokenIndex:
    """Makes a token cache alone; returns its index."""
    check_reach(engine, cache, [])
    with ExitStack() as stack:
        _tell_changed(cache.folder, _open(cache, stack, "--output"), note)
        _run([cache], [], cache.folder, engine, verbose)
    return read_index(cache.folder)


def _open(cache: PlannedCache, stack: ExitStack, option: str) -> list[str]:
    """Claims and opens a cache that is to be made; returns what changed since it was begun."""
    assert cache.identity is not None
    stack.enter_context(build_folder.claim(cache.folder, option))
    changed = open_cache(
        cache.folder,
        cache.identity,
        cache.vocabulary,
        cache.excluded,
        cache.config,
        cache.unread,
        cache.inputs,
    )
    replace_wish(cache.folder, cache.config.hold_out)
    return changed


def _tell_changed(folder: Path, changed: Sequence[str], note: Note) -> None:
    for line in changed:
        note(f"{folder}: {line}")


def _run(
    caches: Sequence[PlannedCache],
    variants: Sequence[Variant],
    home: Path,
    engine: Engine,
    verbose: bool,
    parts: Sequence[tuple[PlannedCache, str]] = (),
) -> dict[str, StageCounts]:
    """Runs a job and, on this machine, shows its progress; returns what was reported in all."""
    units = [UnitTask(number, unit) for number, c in enumerate(caches) for unit in c.units]
    work = home / file_names.WORK
    own = tuple(c.job_cache() for c in caches)
    for number, (cache, wish) in enumerate(parts):
        config = replace(cache.config, hold_out=wish)
        part = replace(own[caches.index(cache)], config=config, whole=caches.index(cache))
        copies = str(work / f"{file_names.HELD_OUT}-{number}")
        own += (part, replace(part, folder=copies))
    exchange = exchange_of(engine, home)
    job = Job(own, tuple(variants), str(work), most_pieces(home), exchange)

    def describe(flow: Flow, job: Job) -> None:
        indexes = graph.tokenize(flow, units, job)
        if job.variants:
            graph.make_shards(flow, indexes, job)

    with (
        runner.ready(engine, verbose) as run,
        TemporaryDirectory(prefix="albert-data-") as folder,
    ):
        with ExitStack() as stack:
            if engine.workers:
                to_do = _to_do(units, variants, len(parts), exchange)
                stack.enter_context(progress.watch(folder, to_do, sys.stderr))
                job = replace(job, progress=folder)
            run(lambda flow: describe(flow, job))
        seen = progress.read(folder)  # after `watch` has written what this process did itself
    build_folder.remove_work(home)
    return seen


def exchange_of(engine: Engine, home: Path) -> str:
    """What a job's blocks hold: pairs (PAIR), which lead to token files that every worker maps into its
    memory, or records (MASK), where workers may be other machines or the work files lie in a store."""
    return MASK if engine.beam is not None or is_remote(home) else PAIR


def most_pieces(home: Path) -> int:
    """Blocks x shards of a variant above which blocks are merged before they are read.

    A range read takes some tens of milliseconds of an object store, as long as merging 100 kB and
    more; on a disk merging saves little but the memory of workers, 8 bytes a piece.
    """
    return 2**20 if is_remote(home) else 2**24


def _to_do(
    units: Sequence[UnitTask], variants: Sequence[Variant], parts: int, exchange: str
) -> dict[str, StageCounts]:
    """The stages in their order, with all their work where it is known before the start."""
    weight = sum(task.unit.weight for task in units)
    names = [
        variant.stage(stage) for stage in (exchange, "merge", "assemble") for variant in variants
    ]
    return {
        **({"tokenize": StageCounts(bytes=weight)} if units else {}),
        **({hold_out.STAGE: StageCounts()} if parts else {}),
        **dict.fromkeys(names, StageCounts()),
    }


def _finished(variant: PlannedVariant, note: Note) -> bool:
    """Whether a shard set is complete already; then its files must still be there.

    Where the run that completed it was killed before its end, their content is checked too.

    Raises:
        DataError: a file of a complete set is missing or changed.
    """
    folder = variant.folder
    if not (folder / file_names.MANIFEST).exists():
        return False
    try:
        manifest = read_manifest(folder)
    except Damaged as error:
        note(f"{error.where}: {error.problem}; the build is finished anew")
        return False
    broken = manifest.reading.counts.get(LEFT_OUT_AS_BROKEN)
    if variant.config.sources.bad_input == "fail" and broken:
        raise ConfigError(
            "this build left broken input out",
            where=str(folder),
            fix="accept that with --set sources.bad_input=drop, or build into another --output",
        )
    size, sha256 = variant.cache.vocabulary.stat().st_size, manifest.vocabulary.sha256
    files = [*manifest.files(), Sidecar(file_names.VOCABULARY, size, sha256)]
    build_folder.check_files(folder, files, content=(folder / file_names.WORK).exists())
    build_folder.remove_work(folder)
    note(f"{folder} is complete already: nothing to do (albert-data verify checks what is in it)")
    return True
