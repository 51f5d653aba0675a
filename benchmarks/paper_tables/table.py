"""What a table of the paper is here: rows to train, figures to measure, claims to test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Of the move of each layer's input (figure 1), not of held-out predictions.
OF_MOVES = ("distance_roughness", "angle_roughness", "last_distance", "last_angle")
OF_EXAMPLES = ("mlm_loss", "mlm_accuracy", "sentence_accuracy")


@dataclass(frozen=True)
class Metric:
    """A figure of a row.

    Attributes:
        name: heading of its column.
        of: what it is, one of ``OF_EXAMPLES`` and ``OF_MOVES``.
        on: variant of the data whose held-out documents it is measured on.
    """

    name: str
    of: str
    on: str = "sop"


@dataclass(frozen=True)
class Branch:
    """A row that goes on from a checkpoint of another one, weights, slots and step.

    Attributes:
        row: name of the other.
        step: of its checkpoint.
    """

    row: str
    step: int


@dataclass(frozen=True)
class Row:
    """A model that is trained.

    Attributes:
        name: of the row.
        paper: figures of the paper, by heading.
        data: variant of the data that it is trained on.
        model, train: settings on top of the scale's.
        branch: where it begins, if not with weights that are drawn.
    """

    name: str
    paper: Mapping[str, float | str]
    data: str = "sop"
    model: Mapping[str, Any] = field(default_factory=dict)
    train: Mapping[str, Any] = field(default_factory=dict)
    branch: Branch | None = None


@dataclass(frozen=True)
class Term:
    """A figure with the weight that it has in a claim's sum."""

    weight: float
    row: str
    metric: str


@dataclass(frozen=True)
class Claim:
    """What the paper says, as a sum of weighted figures.

    Attributes:
        text: in words.
        paper: what the paper has of it.
        terms: whose sum, less ``minus``, the claim puts above 0.
        minus: a number without an error, as chance.
        within: above 0 the claim is that the sum lies between -within and within.
        needs: a claim without which this one says nothing.
    """

    text: str
    paper: str
    terms: tuple[Term, ...]
    minus: float = 0.0
    within: float = 0.0
    needs: Claim | None = None


@dataclass(frozen=True)
class Table:
    """A table (or figure) of the paper at a scale.

    Attributes:
        name: table3 … table8, figure1.
        title: what it compares.
        rows, metrics, claims: as above.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    metrics: tuple[Metric, ...]
    claims: tuple[Claim, ...]

    def row(self, name: str) -> Row:
        """The row of a name."""
        return next(row for row in self.rows if row.name == name)

    def metric(self, name: str) -> Metric:
        """The metric of a heading."""
        return next(metric for metric in self.metrics if metric.name == name)

    @property
    def variants(self) -> list[str]:
        """Of the data, trained on or measured on."""
        return sorted({row.data for row in self.rows} | {metric.on for metric in self.metrics})


def above(text: str, paper: str, better: str, worse: str, metric: str, sign: float = 1.0) -> Claim:
    """The claim that a row has more of a figure than another (with sign -1: less)."""
    terms = (Term(sign, better, metric), Term(-sign, worse, metric))
    return Claim(text, paper, terms)
