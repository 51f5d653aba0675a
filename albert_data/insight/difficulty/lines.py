"""The baselines for people: rows of a table, a section of the data card, a line of the trainer."""

from __future__ import annotations

import math

from albert_data.schema import Baseline, Difficulty

# Of `Difficulty`: field → what it is.
NAMES = {
    "entropy": "entropy of the predicted pieces, nats",
    "commonest_piece": "predicted pieces: always the commonest one",
    "commonest_label": "labels: always the more frequent one",
    "cosine": "labels: one threshold on the idf cosine of x1 and x2",
    "logistic": "labels: logistic regression on words and end pieces",
}


def rows(difficulty: Difficulty) -> list[tuple[str, str, int]]:
    """(what, value ± standard error, of how many records or pieces), those that could be said."""
    found = [(field, getattr(difficulty, field)) for field in NAMES]
    return [(NAMES[field], value_of(field, one), one.n) for field, one in found if one is not None]


def value_of(field: str, one: Baseline) -> str:
    """`6.57 ± 0.05` of an entropy, `52.2 ± 0.4 %` of a share."""
    return (
        f"{one.value:.2f} ± {one.error:.2f}"
        if field == "entropy"
        else f"{100 * one.value:.1f} ± {100 * one.error:.1f} %"
    )


def section(difficulty: Difficulty) -> str:
    """The data card's part (Markdown)."""
    lines = "".join(f"| {what} | {value} | {n:,} |\n" for what, value, n in rows(difficulty))
    table = f"| without a model | value ± standard error | of |\n| --- | --- | --- |\n{lines}\n"
    notes = "".join(f"- {note}\n" for note in difficulty.notes)
    text = f"""
## What a model must beat

{about(difficulty)}

{table if lines else ""}{notes}"""
    return text.rstrip() + "\n"


def about(difficulty: Difficulty) -> str:
    """What the figures are of."""
    of = "" if difficulty.documents is None else f" of {difficulty.documents:,} documents"
    left = f"; {difficulty.left_out:,} of two halves were left out" if difficulty.left_out else ""
    halves = (
        f" The regression is tested on other documents than it is fitted on{left}."
        if difficulty.logistic and difficulty.documents is not None
        else ""
    )
    return f"From a sample of {difficulty.records:,} records{of}.{halves}"


def to_beat(difficulty: Difficulty) -> str:
    """One line for the beginning of a run; empty where nothing could be said."""
    entropy, piece = difficulty.entropy, difficulty.commonest_piece
    parts = []
    if entropy and piece:
        parts.append(
            f"mlm loss {value_of('entropy', entropy)} (perplexity {math.exp(entropy.value):,.0f}) and "
            f"accuracy {value_of('commonest_piece', piece)}, by the pieces' frequencies"
        )
    names = {"commonest_label": "one label", "cosine": "idf cosine", "logistic": "words"}
    labels = [
        f"{value_of(field, one)} ({name})"
        for field, name in names.items()
        if (one := getattr(difficulty, field)) is not None
    ]
    if labels:
        parts.append(f"sentence accuracy {', '.join(labels)}")
    return f"to beat: {'; '.join(parts)}" if parts else ""
