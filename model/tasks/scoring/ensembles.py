"""Ensembles of stored predictions, as in section 4.9 of the paper: nothing is trained.

Classes and options: the mean of the members' probabilities. Regression: the mean of their values.
Spans: of each question the mean of the probabilities of each span, found by its place in the paragraph,
and the mean of the null scores. A span that a member does not have among its n best counts 0 for it:
the mean over those alone that have it would rank a span highest that one member is sure of and all
others reject.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from albert_data.base.arrays import Float32, Float64
from albert_data.base.errors import ConfigError, DataError
from albert_data.base.gather import offsets_of

from ..table import Task
from .answers import MOST, Spans
from .predictions import Predictions


def ensemble(task: Task, members: Sequence[Predictions]) -> Predictions:
    """The predictions of several runs together; its logits are logarithms of mean probabilities.

    Raises:
        DataError: no member, or members of another task, split or other examples.
    """
    if not members:
        raise DataError("no predictions", fix="name the folders of runs that have some")
    first = members[0]
    for member in members:
        for name in ("task", "split", "examples", "ids"):
            if getattr(member, name) != getattr(first, name):
                what = (
                    "other examples"
                    if name in ("examples", "ids")
                    else f"{name} {getattr(member, name)}"
                )
                problem = f"predictions of {what}, where the first member's are of {first.task} {first.split}"
                raise DataError(
                    problem, fix="predict the same split of the same data with every run"
                )
    if task.name != first.task:
        raise DataError(
            f"predictions of {first.task}", where=task.title, fix=f"use --task {first.task}"
        )
    told = (first.task, first.split, first.examples, first.ids)
    spans = [member.spans for member in members if member.spans is not None]
    if spans:
        return Predictions(*told, spans=mean_spans(spans))
    logits = [member.logits for member in members if member.logits is not None]
    if task.head == "regression":
        mean = np.mean(np.stack(logits), axis=0, dtype=np.float64)
        return Predictions(*told, logits=np.asarray(mean, np.float32))
    return Predictions(*told, logits=mean_probabilities(logits))


def mean_probabilities(logits: Sequence[Float32[np.ndarray, "N C"]]) -> Float32[np.ndarray, "N C"]:
    """Logarithms of the mean of the members' probabilities."""
    found = np.zeros(logits[0].shape)
    for own in logits:
        raised = np.exp(own.astype(np.float64) - own.max(axis=1, keepdims=True))
        found += raised / raised.sum(axis=1, keepdims=True)
    tiny = np.finfo(np.float32).tiny
    return np.log(np.maximum(found / len(logits), tiny)).astype(np.float32)


def mean_spans(members: Sequence[Spans], most: int = MOST) -> Spans:
    """The n best spans of each question by the mean of the members' probabilities."""
    question = np.concatenate(
        [np.repeat(np.arange(len(own.nulls)), np.diff(own.offsets)) for own in members]
    )
    begins = np.concatenate([own.begins for own in members])
    ends = np.concatenate([own.ends for own in members])
    shares = np.concatenate([own.probabilities for own in members]) / len(members)
    keys, which = np.unique(np.stack([question, begins, ends]), axis=1, return_inverse=True)
    sums: Float64[np.ndarray, " S"] = np.bincount(which.ravel(), shares, keys.shape[1])
    order = np.lexsort((keys[2], keys[1], -sums, keys[0]))
    rank = np.arange(len(order)) - np.searchsorted(keys[0][order], keys[0][order])
    order = order[rank < most]
    number = len(members[0].nulls)
    return Spans(
        offsets_of(np.bincount(keys[0][order], minlength=number)),
        keys[1][order].astype(np.int32),
        keys[2][order].astype(np.int32),
        sums[order],
        np.mean([own.nulls for own in members], axis=0),
    )


def best_members(figures: Mapping[str, float], number: int) -> list[str]:
    """The names of the members with the highest figures on the development set, the best first; of equal
    ones the first by name.

    Raises:
        ConfigError: fewer members than that.
    """
    if not 1 <= number <= len(figures):
        problem = f"the best {number} of {len(figures)} members"
        raise ConfigError(problem, where="--best", fix=f"choose from 1 to {len(figures)}")
    return sorted(figures, key=lambda name: (-figures[name], name))[:number]
