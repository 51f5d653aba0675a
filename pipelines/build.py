"""What the commands do: plan, claim the folders, run the job, return what was made.

Everything that can be refused is refused here, before any worker starts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from albert_data import output, token_cache
from albert_data.config import Config, fingerprint
from albert_data.errors import ConfigError
from albert_data.files import check_name, read_json
from albert_data.kernels import code_fingerprint
from albert_data.sources.base import LEFT_OUT_AS_BROKEN
from albert_data.token_cache import Unit
from albert_data.vocabulary import load_vocabulary
from pipelines import graph, runner
from pipelines.options import is_local
from pipelines.progress import Counts, watch
from pipelines.stages import Job

Note = Callable[[str], None]


def build(
    sources: Sequence[str],
    vocabulary: Path,
    folder: Path,
    config: Config,
    options: PipelineOptions,
    tokens: Path | None = None,
    note: Note = print,
    verbose: bool = False,
) -> dict[str, Any]:
    """All stages; returns the manifest. A finished build of the same thing is returned as it is."""
    _local(folder, tokens)
    loaded = load_vocabulary(vocabulary)
    units = token_cache.plan_units(sources, config, loaded)
    tokens = tokens or folder / output.TOKENS
    if tokens.resolve() == folder.resolve():
        fix = "leave --tokens out, or name another folder"
        raise ConfigError("--tokens and --output are the same", where=str(folder), fix=fix)
    with output.claim(folder):
        corpus = token_cache.cache_identity(units, config, loaded)
        output.identify(folder, _identity(config, corpus))
        if (manifest := _finished(folder, config, note)) is not None:
            return manifest
        with ExitStack() as stack:
            stack.enter_context(output.claim(tokens, "--tokens"))
            token_cache.open_cache(tokens, units, config, vocabulary)
            job = Job(config, str(tokens), _revision(loaded.sha256), str(folder))

            def join(pipeline, job):
                graph.make_shards(pipeline, graph.tokenize(pipeline, units, job), job)

            _run(join, job, options, folder, _to_do(units), verbose)
    return read_json(folder / output.MANIFEST)


def tokenize(
    sources: Sequence[str],
    vocabulary: Path,
    folder: Path,
    config: Config,
    options: PipelineOptions,
    verbose: bool = False,
) -> dict[str, Any]:
    """Stage 1; returns the index of the token cache."""
    _local(folder)
    loaded = load_vocabulary(vocabulary)
    units = token_cache.plan_units(sources, config, loaded)
    with output.claim(folder):
        token_cache.open_cache(folder, units, config, vocabulary)
        job = Job(config, str(folder), _revision(loaded.sha256))

        def join(pipeline, job):
            graph.tokenize(pipeline, units, job)

        _run(join, job, options, folder, _to_do(units), verbose)
    return token_cache.read_index(folder)


def remask(
    tokens: Path,
    folder: Path,
    config: Config,
    options: PipelineOptions,
    note: Note = print,
    verbose: bool = False,
) -> dict[str, Any]:
    """Stages 2 and 3 from a token cache; returns the manifest."""
    _local(folder, tokens)
    index = token_cache.read_index(tokens)
    config = token_cache.config_of(index, config)
    model = index["settings"]["vocabulary"]["sha256"]
    with output.claim(folder):
        output.identify(folder, _identity(config, {"tokens": index["files"], "vocabulary": model}))
        if (manifest := _finished(folder, config, note)) is not None:
            return manifest
        job = Job(config, str(tokens), _revision(model), str(folder))

        def join(pipeline, job):
            graph.make_shards(pipeline, graph.known_index(pipeline, index), job)

        _run(join, job, options, folder, _to_do(), verbose)
    return read_json(folder / output.MANIFEST)


def _identity(config: Config, corpus: dict[str, Any]) -> dict[str, Any]:
    values = config.to_dict()
    del values["sources"]["bad_input"]
    return {"config": values, "corpus": corpus, "code": code_fingerprint()}


def _revision(vocabulary: str) -> str:
    """What shards depend on beside settings and tokens: a vocabulary (its SHA-256) and the code."""
    return fingerprint([vocabulary, code_fingerprint()])


def _finished(folder: Path, config: Config, note: Note) -> dict[str, Any] | None:
    """The manifest of a build that is complete already."""
    manifest = read_json(folder / output.MANIFEST)
    if manifest is None:
        return None
    if config.sources.bad_input == "fail" and manifest["reading"]["counts"].get(LEFT_OUT_AS_BROKEN):
        raise ConfigError(
            "this build left broken input out",
            where=str(folder),
            fix="accept that with --set sources.bad_input=drop, or build into another --output",
        )
    output.remove_work(folder)
    note(f"{folder} is complete already: nothing to do")
    return manifest


def _run(
    join: Callable[[Any, Job], None],
    job: Job,
    options: PipelineOptions,
    folder: Path,
    to_do: dict[str, Counts],
    verbose: bool,
) -> None:
    """Runs the job and, on this machine, shows its progress."""
    progress = folder / output.WORK / "progress"
    with ExitStack() as stack:
        if is_local(options):
            stack.enter_context(watch(progress, to_do, sys.stderr))
            job = replace(job, progress=str(progress))
        runner.run(lambda pipeline: join(pipeline, job), options, verbose=verbose)
    output.remove_work(folder)


def _to_do(units: Sequence[Unit] = ()) -> dict[str, Counts]:
    """The stages in their order, with all their work where it is known before the start."""
    tokenize = {"tokenize": Counts(bytes=sum(unit.weight for unit in units))} if units else {}
    return {**tokenize, "mask": Counts(), "assemble": Counts()}


def _local(*folders: Path | None) -> None:
    for folder in folders:
        check_name(str(folder))
        if folder is not None and ":/" in str(folder):
            raise ConfigError(
                "shards and token caches are written to local folders only, for now",
                where=str(folder),
                fix="name a local or mounted folder",
            )
