"""The checks of every job: its options, vocabulary, sources and folders, then those of its runner."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError
from albert_data.config.settings import Config
from albert_data.corpus.sources.hugging_face import HUB
from albert_data.schema import BuildIdentity
from albert_data.shards.foreseen import foreseen
from albert_data.storage import build_folder, file_names
from albert_data.storage.paths import RemotePath, location, open_binary
from albert_data.tokens.vocabulary import load_vocabulary

from .. import launch
from ..engine.choose import Engine
from ..planned import (
    Note,
    PlannedCache,
    PlannedVariant,
    identity_of,
    known_cache,
    new_cache,
)
from .checks import Checks

OPENED = 32  # input files at most, evenly spread, whose beginning is read
_HEAD = 2**16


@dataclass(frozen=True)
class Asked:
    """What a job's command line says.

    Attributes:
        parse: gives the engine that is asked for.
        sources, vocabulary, exclude: of a job that makes tokens; else none.
        tokens: folder of the token cache.
        shards: folder of the shards; None where only tokens are made.
    """

    parse: Callable[[], Engine]
    config: Config
    tokens: Path
    shards: Path | None
    sources: Sequence[str] = ()
    vocabulary: Path | None = None
    exclude: Path | None = None


def look(asked: Asked, note: Note) -> Checks:
    """Makes all checks; nothing is left behind."""
    checks = Checks()
    engine = checks.attempt("options", lambda: _engine(asked.parse))
    if asked.vocabulary is not None:
        checks.attempt("vocabulary", lambda: _vocabulary(asked.vocabulary))
    cache = checks.attempt("input", lambda: _input(asked, note))
    if cache and cache.units:
        checks.attempt("reading", lambda: _reading(cache))
    identity = _identity(asked, cache, checks)
    folders = {"--tokens" if asked.shards else "--output": asked.tokens} if asked.sources else {}
    if asked.shards:
        folders["--output"] = asked.shards
    for option, folder in folders.items():
        own = identity if folder is asked.shards else None
        checks.attempt(f"{option} ", lambda f=folder, o=option, i=own: _folder(f, o, i))  # type: ignore[misc]
    if engine is None:
        checks.note("runner", "not checked", "its options are to be mended first")
        return checks
    if cache and engine.is_dataflow:
        reached = [folder for folder in (asked.shards, asked.tokens) if folder]
        checks.attempt("reach", lambda: (_reach(engine, cache, reached), None))
    if engine.is_dataflow:
        from apache_beam.options.pipeline_options import GoogleCloudOptions

        from . import google

        cloud = engine.beam.view_as(GoogleCloudOptions)
        for option in ("temp_location", "staging_location"):
            if place := getattr(cloud, option):
                checks.attempt(
                    f"--{option}",
                    lambda p=place, o=option: _writable(location(p), f"--{o}"),  # type: ignore[misc]
                )
        google.look(engine.beam, checks)
    elif not engine.workers:
        from . import endpoints

        endpoints.look(engine.beam, checks)
    return checks


def _engine(parse: Callable[[], Engine]) -> tuple[str, Engine]:
    engine = parse()
    if not engine.workers:
        return f"{engine.runner}, workers elsewhere", engine
    by = f"{engine.runner}, " if engine.runner else ""
    return f"{by}{count_of(engine.workers, 'worker')} on this machine", engine


def _vocabulary(path: Path | None) -> tuple[str, None]:
    assert path is not None
    return f"{load_vocabulary(path).size:,} pieces", None


def _input(asked: Asked, note: Note) -> tuple[str, PlannedCache]:
    if not asked.sources:
        cache = known_cache(asked.tokens)
        files = cache.index.files if cache.index else []
        return f"{count_of(sum(f.tokens for f in files), 'token')} in {asked.tokens}", cache
    assert asked.vocabulary is not None
    cache = new_cache(
        asked.tokens, asked.sources, asked.vocabulary, asked.config, asked.exclude, note
    )
    weight = sum(unit.weight for unit in cache.units)
    paths = {split.path for unit in cache.units for split in unit.splits}
    units = count_of(len(cache.units), "unit")
    return (
        f"{count_of(len(paths), 'file')}, {weight / 1e6:,.1f} MB of text in {units} of work",
        cache,
    )


def _reading(cache: PlannedCache) -> tuple[str, None]:
    paths = sorted({split.path for unit in cache.units for split in unit.splits})
    step = max(len(paths) / OPENED, 1)
    chosen = [paths[int(place * step)] for place in range(min(len(paths), OPENED))]
    for path in chosen:
        if not path.startswith(HUB):  # opened when it was planned
            with open_binary(path) as stream:
                stream.read(_HEAD)
    return f"the beginning of {len(chosen):,} of {count_of(len(paths), 'file')} was read", None


def _identity(asked: Asked, cache: PlannedCache | None, checks: Checks) -> BuildIdentity | None:
    if cache is None or asked.shards is None:
        return None
    shards = asked.shards

    def settle() -> tuple[str, BuildIdentity]:
        config = cache.configured(cache.config if asked.sources else asked.config)
        told = "; ".join(foreseen(config)) or "they go together"
        return told, identity_of(PlannedVariant(shards, config, cache))

    return checks.attempt("settings", settle)


def _folder(folder: Path, option: str, identity: BuildIdentity | None) -> tuple[str, None]:
    """Whether a build could claim the folder, and what is in it."""
    says, _ = _writable(folder, option)
    if not folder.exists():
        return f"{says}; nothing is there yet", None
    build_folder.look(folder, option)
    if identity is not None:
        changed = build_folder.compare(folder, identity)
        if (folder / file_names.MANIFEST).exists():
            return f"{folder} is complete already: there is nothing to do", None
        if (folder / file_names.BUILD_IDENTITY).exists():
            goes_on = "; ".join(changed) or "a build of the same settings goes on there"
            return f"{says}; {goes_on}", None
    return says, None


def _writable(folder: Path, option: str) -> tuple[str, None]:
    if isinstance(folder, RemotePath):
        trial = folder / f"{file_names.TEMPORARY}dry-run-{os.getpid()}"
        trial.create(b"")
        trial.unlink()
        return f"{folder}: a file was stored there and removed again", None
    there = next(f for f in (folder, *folder.absolute().parents) if f.exists())
    if not there.is_dir():
        raise ConfigError("is a file, not a folder", where=str(there), fix=f"name another {option}")
    if not os.access(there, os.W_OK | os.X_OK):
        fix = f"name another {option}, or make it writable"
        raise ConfigError("the folder cannot be written", where=str(there), fix=fix)
    free = shutil.disk_usage(there).free
    room = f"{free / 1e9:,.1f} GB" if free >= 1e9 else f"{free / 1e6:,.0f} MB"
    return f"{folder} can be written, {room} are free", None


def _reach(engine: Engine, cache: PlannedCache, folders: Sequence[Path]) -> str:
    launch.check_reach(engine, cache, folders)
    return "all paths are ones that workers elsewhere can reach"
