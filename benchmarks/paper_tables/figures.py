"""Figures of runs from their scores, and the values of a claim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from albert_data.schema import Difficulty
from albert_data.storage.file_names import DIFFICULTY
from albert_data.storage.sealed import parse_sealed

from . import data
from .runs import MOVES, RunOfRow
from .table import OF_MOVES, Claim, Metric, Table
from .verdicts import NOT_SHOWN, SHOWN, Finding, judge

# Metric of a held-out set → the arrays of its numerator and its denominator (None: 1 an example).
_RATIOS = {
    "mlm_loss": ("mlm_loss", "mlm_weight"),
    "mlm_accuracy": ("mlm_correct", "mlm_weight"),
    "sentence_accuracy": ("sentence_correct", "sentence_weight"),
}


def is_defined(run: RunOfRow, metric: Metric) -> bool:
    """Whether a figure says something: not of a sentence head that had no loss."""
    return metric.of != "sentence_accuracy" or run.row.data != "none"


def figure(run: RunOfRow, metric: Metric) -> float:
    """A run's figure."""
    return figure_and_influences(run, metric)[0]


def figure_and_influences(run: RunOfRow, metric: Metric) -> tuple[float, np.ndarray]:
    """A run's figure, and by how much each held-out example moves it: float64 [N], [0] where not known."""
    if metric.of in OF_MOVES:
        return of_moves(metric.of, **moves_of(run)), np.zeros(0)
    with np.load(run.scores(metric.on)) as arrays:
        found, weight = (arrays[name].astype(np.float64) for name in _RATIOS[metric.of])
    value = found.sum() / weight.sum()
    return float(value), (found - value * weight) / weight.sum()


def moves_of(run: RunOfRow) -> dict[str, np.ndarray]:
    """How far each layer of a run's model moves its input: ``distances`` and ``degrees``, float64 [L]."""
    with np.load(run.scores(MOVES)) as arrays:
        return {name: arrays[name] for name in ("distances", "degrees")}


def of_moves(name: str, distances: np.ndarray, degrees: np.ndarray) -> float:
    """A figure of how the layers move their input.

    The roughness of a curve is the mean size of its steps from layer to layer, relative to its mean.

    Args:
        distances, degrees: float64 [L].
    """
    curve = distances if "distance" in name else degrees
    if name.startswith("last"):
        return float(curve[-1])
    return float(np.abs(np.diff(curve)).mean() / curve.mean())


def error(run: RunOfRow, metric: Metric) -> float:
    """Standard error that the held-out documents give a figure; 0 where it is not known."""
    moved = figure_and_influences(run, metric)[1]
    return math.sqrt(_variance(run, metric.on, moved)[0])


def _variance(run: RunOfRow, on: str, moved: np.ndarray) -> tuple[float, float]:
    """e² and D of influences on a held-out set, see `verdicts`; (0, infinity) where none are known."""
    if not len(moved):
        return 0.0, math.inf
    numbers = documents_of(data.held_out(run.output / "data", on))[: len(moved)]
    sizes = np.bincount(numbers).astype(np.float64)
    documents = float(sizes.sum() ** 2 / (sizes**2).sum())
    if documents <= 1:
        return math.inf, documents
    squares = float((np.bincount(numbers, moved) ** 2).sum())
    return squares * documents / (documents - 1), documents


@cache
def documents_of(folder: Path) -> np.ndarray:
    """For each example of a shard set, in its order, the number of the document that x1 is of; int64 [N]."""
    parts = [
        pq.read_table(path, columns=["source", "document"])
        for path in sorted(folder.glob("provenance-*.parquet"))
    ]
    names = [
        f"{source} {document}"
        for part in parts
        for source, document in zip(
            *(part[name].to_pylist() for name in part.column_names), strict=True
        )
    ]
    numbers: np.ndarray = np.unique(names, return_inverse=True)[1]
    return numbers


def find(claim: Claim, table: Table, runs: Sequence[RunOfRow]) -> Finding:
    """What runs say of a claim.

    Args:
        runs: of the table, some seeds.
    """
    seeds = sorted({run.seed for run in runs})
    of = {(run.row.name, run.seed): run for run in runs}
    by_seed = []
    influences: dict[str, np.ndarray] = {}
    for seed in seeds:
        value = -claim.minus
        for term in claim.terms:
            metric = table.metric(term.metric)
            one, moved = figure_and_influences(of[term.row, seed], metric)
            value += term.weight * one
            before = influences.get(metric.on, np.zeros_like(moved))
            influences[metric.on] = before + term.weight * moved / len(seeds)
        by_seed.append(value)
    found = [_variance(runs[0], on, moved) for on, moved in influences.items()]
    variance, documents = sum(one for one, _ in found), min(number for _, number in found)
    finding = judge(by_seed, math.sqrt(variance), claim.within, documents)
    why = _why_nothing_is_said(claim, table, runs) if finding.verdict != NOT_SHOWN else ""
    return replace(finding, verdict=NOT_SHOWN, why=why) if why else finding


def _why_nothing_is_said(claim: Claim, table: Table, runs: Sequence[RunOfRow]) -> str:
    """Why the figures of a claim say nothing; empty where they do."""
    if claim.needs and find(claim.needs, table, runs).verdict != SHOWN:
        return f"not without “{claim.needs.text}”"
    rows = {term.row for term in claim.terms}
    stuck = sorted(
        {run.row.name for run in runs if run.row.name in rows and on_plateau(run, table)}
    )
    return f"on the unigrams' plateau: {', '.join(stuck)}" if stuck else ""


def on_plateau(run: RunOfRow, table: Table) -> bool:
    """Whether a model has learnt no context: its masked-LM loss is not below the entropy of the pieces.

    On held-out documents of the kind that it was trained on, where it is scored on such: on others a model
    may do worse than their frequencies for having learnt those of its own.
    """
    metric = next(metric for metric in table.metrics if metric.of == "mlm_loss")
    if run.scores(run.row.data).exists():
        metric = replace(metric, on=run.row.data)
    known = difficulty(run, metric.on)
    return bool(known and known.entropy) and figure(run, metric) >= known.entropy.value


def difficulty(run: RunOfRow, on: str) -> Difficulty | None:
    """What is reached without a model on a held-out set; None where that is not known."""
    path = data.held_out(run.output / "data", on) / DIFFICULTY
    return parse_sealed(path.read_bytes(), Difficulty, path) if path.exists() else None
