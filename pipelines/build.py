"""What `build`, `tokenize` and `remask` do: a job of one variant or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from albert_data.base.errors import ConfigError
from albert_data.config.settings import Config
from albert_data.schema import Manifest, TokenIndex
from albert_data.storage import file_names
from albert_data.storage.atomic import check_name

from . import launch
from .engine.choose import Engine
from .planned import Note, PlannedVariant, known_cache, new_cache


def build(
    sources: Sequence[str],
    vocabulary: Path,
    folder: Path,
    config: Config,
    engine: Engine,
    tokens: Path | None = None,
    exclude: Path | None = None,
    note: Note = print,
    verbose: bool = False,
) -> Manifest:
    """All stages; returns the manifest. A finished build of the same thing is returned as it is."""
    check_name(str(folder))
    tokens = tokens or folder / file_names.TOKENS
    cache = new_cache(tokens, sources, vocabulary, config, exclude, note)
    if cache.folder.resolve() == folder.resolve():
        fix = "leave --tokens out, or name another folder"
        raise ConfigError("--tokens and --output are the same", where=str(folder), fix=fix)
    config = cache.configured(cache.config)
    return _make(PlannedVariant(folder, config, cache), engine, note, verbose)


def tokenize(
    sources: Sequence[str],
    vocabulary: Path,
    folder: Path,
    config: Config,
    engine: Engine,
    exclude: Path | None = None,
    note: Note = print,
    verbose: bool = False,
) -> TokenIndex:
    """Stage 1; returns the index of the token cache."""
    cache = new_cache(folder, sources, vocabulary, config, exclude, note)
    return launch.make_cache(cache, engine, verbose, note)


def remask(
    tokens: Path,
    folder: Path,
    config: Config,
    engine: Engine,
    note: Note = print,
    verbose: bool = False,
) -> Manifest:
    """Stages 2 and 3 from a token cache; returns the manifest."""
    cache = known_cache(tokens)
    return _make(PlannedVariant(folder, cache.configured(config), cache), engine, note, verbose)


def _make(variant: PlannedVariant, engine: Engine, note: Note, verbose: bool) -> Manifest:
    manifests, _ = launch.make_variants([variant], variant.folder, engine, note, verbose)
    return manifests[0]
