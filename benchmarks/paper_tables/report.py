"""The page of a table: figures beside the paper's, what is reached without a model, verdicts, costs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import numpy as np

from albert_data.insight.difficulty.lines import value_of
from benchmarks.record import table_text
from model.checkpoint_files import saved_steps

from .figures import difficulty, error, figure, find, is_defined, moves_of
from .programs import Cost
from .runs import RunOfRow
from .table import OF_MOVES, Metric, Table
from .verdicts import Finding

# Row without a model → metric → field of `Difficulty`.
WITHOUT = {
    "no model: the pieces' frequencies": {"mlm_loss": "entropy", "mlm_accuracy": "commonest_piece"},
    "no model: one label for all": {"sentence_accuracy": "commonest_label"},
    "no model: one threshold on the idf cosine": {"sentence_accuracy": "cosine"},
    "no model: logistic regression on words": {"sentence_accuracy": "logistic"},
}
SHARES = ("mlm_accuracy", "sentence_accuracy")


def page(table: Table, runs: Sequence[RunOfRow], about: Mapping[str, str]) -> str:
    """Markdown of a table.

    Args:
        runs: that are done, of all rows with the same seeds.
        about: conditions, by name.
    """
    seeds = sorted({run.seed for run in runs})
    how = "the error of the held-out documents" if len(seeds) == 1 else "the lowest and highest"
    lines = [
        f"# {table.name}: {table.title}",
        "",
        *(f"- {name}: {value}" for name, value in about.items()),
        "",
        f"Seeds {', '.join(map(str, seeds))}; medians over them, with {how}; losses in nats, accuracies in "
        "per cent. Paper: Lan et al. 2020.",
        "",
        table_text([headings(table), *rows(table, runs), *rows_without(table, runs[0])]),
        *([table_text(layer_rows(table, runs))] if of_layers(table) else []),
        "## Claims",
        "",
        table_text([CLAIM_HEADINGS, *claim_rows(table, runs)]),
        cost_line(runs),
        "",
    ]
    return "\n".join(lines)


def headings(table: Table) -> list[str]:
    papers = sorted({name for row in table.rows for name in row.paper})
    ours = [metric.name for metric in table.metrics]
    return ["row", *ours, *(f"paper: {name}" for name in papers), "steps", "processor s a run"]


def rows(table: Table, runs: Sequence[RunOfRow]) -> list[list[str]]:
    """A line a row."""
    papers = sorted({name for row in table.rows for name in row.paper})
    found = []
    for row in table.rows:
        of_row = [run for run in runs if run.row.name == row.name]
        cells = [cell(of_row, metric) for metric in table.metrics]
        paper = [str(row.paper.get(name, "")) for name in papers]
        steps = sorted({last_step(run) for run in of_row})
        span = f"{steps[0]:,}" if len(steps) == 1 else f"{steps[0]:,} to {steps[-1]:,}"
        seconds = statistics.median(run.costs("train").processor_seconds for run in of_row)
        found.append([row.name, *cells, *paper, span, f"{seconds:.0f}"])
    return found


def of_layers(table: Table) -> bool:
    """Whether it is about the moves of the layers."""
    return any(metric.of in OF_MOVES for metric in table.metrics)


def layer_rows(table: Table, runs: Sequence[RunOfRow]) -> list[list[str]]:
    """How far each layer moves its input: L2 distance and angle in degrees, medians over the seeds."""
    found = []
    for row in table.rows:
        curves = [moves_of(run) for run in runs if run.row.name == row.name]
        for name, digits in (("distances", 2), ("degrees", 1)):
            middle = np.median([curve[name] for curve in curves], 0)
            found.append([f"{row.name}, {name}", *(f"{value:.{digits}f}" for value in middle)])
    return [["layer", *(str(layer) for layer in range(1, len(found[0])))], *found]


def last_step(run: RunOfRow) -> int:
    """Of its newest checkpoint."""
    return saved_steps(str(run.model))[-1]


def cell(of_row: Sequence[RunOfRow], metric: Metric) -> str:
    """A figure of a row: median over its seeds and spread."""
    if not is_defined(of_row[0], metric):
        return "–"
    figures = [figure(run, metric) for run in of_row]
    middle = shown(statistics.median(figures), metric.of)
    if len(figures) > 1:
        return f"{middle} ({shown(min(figures), metric.of)} to {shown(max(figures), metric.of)})"
    spread = error(of_row[0], metric)
    return f"{middle} ± {shown(spread, metric.of)}" if spread else middle


def shown(value: float, of: str) -> str:
    """A figure with the digits that are usual for it, shares in per cent."""
    return f"{100 * value:.1f}" if of in SHARES else f"{value:.3f}"


def rows_without(table: Table, run: RunOfRow) -> list[list[str]]:
    """What is reached without a model on the held-out sets."""
    found = []
    width = len(headings(table)) - 1 - len(table.metrics)
    for name, fields in WITHOUT.items():
        cells = []
        for metric in table.metrics:
            one = None
            if field := fields.get(metric.of):
                one = getattr(difficulty(run, metric.on), field, None)
            cells.append(value_of(fields[metric.of], one).removesuffix(" %") if one else "")
        if any(cells):
            found.append([name, *cells, *[""] * width])
    return found


CLAIM_HEADINGS = ["claim", "paper", "by seed", "interval", "verdict"]


def claim_rows(table: Table, runs: Sequence[RunOfRow]) -> list[list[str]]:
    """A line a claim; its values are what the claim puts above 0 (or within bounds)."""
    found = []
    for claim in table.claims:
        finding = find(claim, table, runs)
        of = table.metric(claim.terms[0].metric).of
        by_seed = ", ".join(f"{_signed(value, of)}" for value in finding.by_seed)
        found.append([claim.text, claim.paper, by_seed, interval(finding, of), verdict(finding)])
    return found


def interval(finding: Finding, of: str) -> str:
    """Its ends, in points where the figure is a share."""
    if finding.low == -float("inf"):
        return "not known"
    points = " points" if of in SHARES else ""
    return f"{_signed(finding.low, of)} to {_signed(finding.high, of)}{points}"


def verdict(finding: Finding) -> str:
    one = " (of one seed)" if len(finding.by_seed) == 1 else ""
    return f"**{finding.verdict}**{one}" + (f": {finding.why}" if finding.why else "")


def _signed(value: float, of: str) -> str:
    return f"{100 * value:+.2f}" if of in SHARES else f"{value:+.4f}"


def cost_line(runs: Sequence[RunOfRow]) -> str:
    """What training and scoring took."""
    parts = []
    for what, words in (("train", "training"), ("score", "scores")):
        costs = [run.costs(what) for run in runs]
        whole = Cost(
            sum(cost.seconds for cost in costs), sum(cost.processor_seconds for cost in costs)
        )
        processor, clock = whole.processor_seconds / 3600, whole.seconds / 3600
        parts.append(f"{words} {processor:.2f} h of processor ({clock:.2f} h on the clock)")
    return f"Cost of {len(runs)} runs: {', '.join(parts)}."
