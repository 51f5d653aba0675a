"""A build's figures, arranged for the page: each with its expected value and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from albert_data.base.errors import ConfigError
from albert_data.config.load import from_dict
from albert_data.config.settings import Config, flatten
from albert_data.insight.chance_checks import Check, check_laws, judge
from albert_data.insight.data_card import templates_not_understood
from albert_data.insight.diff import identity_differences
from albert_data.insight.difficulty import lines as difficulty_lines
from albert_data.insight.report import charts
from albert_data.insight.report import environment as pages
from albert_data.insight.report.sample import Sample, take_sample
from albert_data.insight.shard_set import ShardSet, open_shards
from albert_data.insight.verdicts import Verdict, verdicts
from albert_data.schema import (
    Contamination,
    Difficulty,
    Estimate,
    Figure,
    Manifest,
    Run,
    TokenIndex,
)
from albert_data.storage import file_names
from albert_data.storage.file_names import CONTAMINATION, DIFFICULTY, ESTIMATE, RUN, TOKENS
from albert_data.storage.paths import location
from albert_data.storage.sealed import read_sealed
from albert_data.tokens.vocabulary import SPACE

BINS = 40
FREQUENT = 20
_MOST_UNKNOWN = 0.005  # of the text: more means a vocabulary of other text


@dataclass(frozen=True)
class Build:
    """A build to report on; `run`, `estimate`, `contamination`, `difficulty` are None where not recorded."""

    name: str
    shards: ShardSet
    manifest: Manifest
    sample: Sample
    laws: list[Check]
    wishes: list[Verdict]
    run: Run | None
    estimate: Estimate | None
    contamination: Contamination | None
    difficulty: Difficulty | None

    @property
    def unknown_rate(self) -> float:
        """Share of `<unk>`: of the corpus, or of the sample where the manifest does not say."""
        totals = self.manifest.totals
        if totals.unknown is None:
            return self.sample.unknown_rate
        return totals.unknown / max(totals.tokens, 1)

    @property
    def dynamic(self) -> bool:
        return self.shards.dynamic


def read_build(folder: Path) -> Build:
    """Reads manifest, run and a sample of the records.

    Raises:
        ConfigError: the folder holds no finished build.
        DataError: what is there is damaged.
    """
    shards = open_shards(folder)
    if shards.manifest is None:
        raise ConfigError(
            "a report needs the manifest of a finished build",
            where=str(folder),
            fix="name the --output folder of a build; `inspect` shows other shards",
        )
    sample = take_sample(shards)
    laws = [*check_laws(shards.manifest), *_sample_laws(sample)]
    return Build(
        folder.resolve().name,
        shards,
        shards.manifest,
        sample,
        laws,
        verdicts(shards.manifest),
        read_sealed(folder / RUN, Run),
        read_sealed(folder / ESTIMATE, Estimate),
        read_sealed(folder / CONTAMINATION, Contamination),
        read_sealed(folder / DIFFICULTY, Difficulty),
    )


def render(builds: list[Build]) -> str:
    """The page of one build, or of two side by side."""
    return (
        environment()
        .get_template("page.html")
        .render(
            builds=builds,
            both=len(builds) == 2,
            bar=charts.bar,
            lengths=_lengths(builds),
            positions=_positions(builds),
            laws=_law_rows(builds),
            frequent=[build.sample.frequent(build.shards.vocabulary, FREQUENT) for build in builds],
            changes=_changes(builds),
            settings=_settings(builds),
            commands=[rebuild_command(build) for build in builds],
            estimates=[_estimates(build) for build in builds],
            drops=[_drops(build) for build in builds],
            templates=[templates_not_understood(build.manifest) for build in builds],
            most_unknown=_MOST_UNKNOWN,
            without_model=difficulty_lines,
        )
    )


def environment() -> jinja2.Environment:
    """Where the reports' templates and their filters are."""
    made = pages.environment()
    made.filters["share"] = lambda x: f"{x:.1%}" if x >= 0.0995 else f"{x:.2%}"
    made.filters["fields"] = vars
    made.filters["number"] = lambda x: f"{x:,}"
    made.filters["visible"] = lambda piece: piece.replace(SPACE, "␣")
    return made


def rebuild_command(build: Build) -> str:
    """The command that was given, or one that gives the same bytes from the same sources."""
    if build.run and build.run.command:
        return build.run.command
    usual = flatten(Config())
    given = [
        f"--set {key}={value}"
        for key, value in flatten(from_dict(build.manifest.config)).items()
        if value != usual[key]
    ]
    sources = [f"--source '{name}'" for name in build.manifest.sources[:8]]
    more = ["…"] if len(build.manifest.sources) > 8 else []
    parts = ["albert-data build", *sources, *more, "--vocab vocab.model", *given, "--output DIR"]
    return " \\\n  ".join(parts)


def _sample_laws(sample: Sample) -> list[Check]:
    """Laws that only the records tell, with a limit of their own each."""
    middle = len(sample.tokens) // 2
    predicted, tokens = int(sample.predicted.sum()), max(int(sample.tokens.sum()), 1)
    expected = float(sample.tokens[:middle].sum() / tokens)
    share = float(sample.predicted[:middle].sum() / max(predicted, 1))
    # Special tokens and the ends of segments are not evenly spread over the halves.
    return [
        judge(Check("predicted in the first half", share, expected, predicted, bend=0.02), 1e-7)
    ]


def _lengths(builds: list[Build]) -> dict[str, Any]:
    series: list[list[float]] = []
    spans: list[tuple[int, int]] = []
    for build in builds:
        counts = np.array(build.manifest.statistics.examples_by_tokens)
        sums, spans = charts.binned(counts[:-1], BINS)  # full ones would dwarf all others
        series.append((sums / max(counts.sum(), 1)).tolist())
    names = [f"{a + 1} to {b + 1} tokens" for a, b in spans]
    full = [
        build.manifest.statistics.examples_by_tokens[-1] / max(build.manifest.totals.examples, 1)
        for build in builds
    ]
    mean = [
        build.manifest.totals.example_tokens / max(build.manifest.totals.examples, 1)
        for build in builds
    ]
    longest = builds[0].shards.max_length
    plot = charts.columns(series, names, "share of the examples by number of tokens")
    top = max(max(values, default=0) for values in series)
    return {"plot": plot, "top": top, "full": full, "mean": mean, "longest": longest}


def _positions(builds: list[Build]) -> dict[str, Any]:
    series, expected = [], []
    for build in builds:
        predicted, _ = charts.binned(build.sample.predicted, BINS)
        tokens, _ = charts.binned(build.sample.tokens, BINS)
        series.append((predicted / np.maximum(tokens, 1)).tolist())
        expected.append(build.manifest.config["masking"]["rate"])
    return {
        "plot": charts.lines(series, expected, "share of predicted tokens by position"),
        "longest": builds[0].shards.max_length,
        "top": 1.15 * max(*(max(values) for values in series), *expected),
    }


def _law_rows(builds: list[Build]) -> list[tuple[str, list[Check | None]]]:
    """(name, the check of each build), for every law of any of them."""
    by_name = [{law.name: law for law in build.laws} for build in builds]
    names = list(dict.fromkeys(name for laws in by_name for name in laws))
    return [(name, [laws.get(name) for laws in by_name]) for name in names]


def _changes(builds: list[Build]) -> list[str]:
    if len(builds) == 1:
        return []
    return identity_differences(*(build.manifest for build in builds))


def _settings(builds: list[Build]) -> list[tuple[str, list[Any], bool]]:
    """(key, values, whether they differ from the default or from one another)."""
    usual = flatten(Config())
    values = [flatten(from_dict(build.manifest.config)) for build in builds]
    return [
        (key, [own[key] for own in values], any(own[key] != default for own in values))
        for key, default in usual.items()
    ]


def _drops(build: Build) -> list[tuple[str, int, list[str]]]:
    """(what, how many, samples), the most frequent first."""
    reading, pairs = build.manifest.reading, build.manifest.statistics.pairs
    rows = [
        (name.removeprefix("dropped/").replace("/", ": "), n, reading.samples.get(name, []))
        for name, n in reading.counts.items()
        if name.startswith("dropped/")
    ]
    samples = {"dropped_documents_of_one_sentence": pairs.samples_of_dropped_documents}
    for key, n in vars(pairs).items():
        if key.startswith("dropped_") and n:
            name = key.removeprefix("dropped_").replace("_", " ")
            rows.append((f"{name} (all dupes)", n, samples.get(key, [])))
    return sorted(rows, key=lambda row: -row[1])


def _estimates(build: Build) -> list[tuple[str, Figure, float]]:
    """(what, the prediction, what it came to) for what both estimate and build know."""
    if not build.estimate or build.estimate.beyond != 1:  # of another corpus
        return []
    sidecars = [shard.provenance for shard in build.manifest.shards if shard.provenance]
    actual: dict[str, float] = dict(vars(build.manifest.totals))
    actual["provenance_bytes"] = sum(sidecar.bytes for sidecar in sidecars)
    if index := read_sealed(
        location(build.shards.name) / TOKENS / file_names.TOKEN_INDEX, TokenIndex
    ):
        actual["cache_bytes"] = sum(file.bytes for file in index.files)
    if build.run and all(stage.milliseconds for stage in build.run.stages.values()):
        actual["seconds"] = build.run.seconds  # of a run that was not resumed
    return [
        (name, predicted, actual[name])
        for name, predicted in build.estimate.predicted.items()
        if name in actual
    ]
