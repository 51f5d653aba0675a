"""GLUE's tables: tab-separated text without quoting, as the benchmark's archive has it.

A field may begin with a quotation mark that is never closed, so that a CSV reader joins rows; here a
row is a line, and a field what stands between tabs. Lines end with LF or CRLF and nothing else (U+2028
and the like stand within sentences). A byte order mark is dropped. Columns go by the names of the
header; where there is none (CoLA), by their places.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from albert_data.base.arrays import Shaped
from albert_data.base.errors import DataError
from albert_data.corpus.file_sources import read_text

from ..examples import Sentences
from ..table import Columns, Task

MOST_BYTES = 2**30  # GLUE's largest file has 80 MB
BLANK, SHORT = "blank line", "row with too few columns"
LOWEST, HIGHEST = 0.0, 5.0  # of STS-B's scores
_FETCH = "fetch the file again, or write it as GLUE does: tab-separated, without quoting"


def read_table(path: str, task: Task, columns: Columns) -> Sentences:
    """The examples of one file.

    Raises:
        DataError: it is empty, no UTF-8, lacks a column or an example, has a row of another number of
            columns, a label that the task does not know, or, in a test, an id twice.
    """
    lines = read_text(path, MOST_BYTES).split("\n")
    whole = lines[-1] == ""
    rows = [line.removesuffix("\r").split("\t") for line in lines]
    first = 1
    if any(isinstance(column, str) for column in columns):
        places, width = _places(rows[0], columns, path)
    else:
        first = 0
        places, width = Columns(*columns), len(rows[0])
        _need_width(width, places, path)
    left_out: Counter[str] = Counter()
    numbers: list[int] = []
    for number in range(first, len(rows)):
        found = len(rows[number])
        if found == width:
            numbers.append(number)
        elif rows[number] == [""]:
            left_out[BLANK] += number + 1 < len(rows)  # the end of the last line is none
        elif task.short_rows and found < width and (whole or number + 1 < len(rows)):
            left_out[SHORT] += 1
        else:
            problem = (
                f"{found} columns, where {'the header' if first else 'the first row'} has {width}"
            )
            if number + 1 == len(rows) and not whole:
                problem = f"the file ends within a row ({problem})"
            raise DataError(problem, where=f"{path}: line {number + 1}", fix=_FETCH)
    if not numbers:
        raise DataError("no examples", where=path, fix=_FETCH)
    first_texts = [rows[number][int(places.first)] for number in numbers]
    second_texts = []
    if places.second is not None:
        second_texts = [rows[number][int(places.second)] for number in numbers]
    labels = None
    if places.label is not None:
        cells = [rows[number][int(places.label)] for number in numbers]
        labels = parse_labels(task, cells, [f"{path}: line {number + 1}" for number in numbers])
    own = None if places.id is None else [rows[number][int(places.id)] for number in numbers]
    ids = ids_of(own, len(numbers), labels is not None, path)
    return Sentences(ids, first_texts, second_texts, labels, dict(+left_out))


def parse_labels(
    task: Task, cells: Sequence[str], places: Sequence[str]
) -> Shaped[np.ndarray, " N"]:
    """Labels as int32 places in the task's labels, or scores as float32.

    Args:
        places: where each stands, for people.

    Raises:
        DataError: a label that the task does not know, a score that is none or out of range.
    """
    if task.head == "regression":
        return np.array(
            [_score(cell, at) for cell, at in zip(cells, places, strict=True)], np.float32
        )
    known = {label: number for number, label in enumerate(task.labels)}
    for cell, at in zip(cells, places, strict=True):
        if cell not in known:
            problem = f"{task.title} has no label {cell!r}"
            fix = (
                f"its labels are {', '.join(task.labels)}; is this another task's or split's file?"
            )
            raise DataError(problem, where=at, fix=fix)
    return np.fromiter(map(known.__getitem__, cells), np.int32, len(cells))


def ids_of(own: Sequence[str] | None, number: int, labelled: bool, where: str) -> list[str]:
    """The examples' own ids; their numbers, where they have none, or have labels and ids that repeat.

    Raises:
        DataError: an id twice in a test, whose submission goes by it.
    """
    if own is None or (labelled and len(set(own)) < number):
        return [str(row) for row in range(number)]
    refuse_repeated(own, where)
    return list(own)


def refuse_repeated(ids: Sequence[str], where: str) -> None:
    """Raises DataError where two examples have one id: predictions are kept by it."""
    name, times = Counter(ids).most_common(1)[0]
    if times > 1:
        problem = f"{times} examples have the id {name!r}"
        raise DataError(problem, where=where, fix="make ids unique, or fetch the file again")


def _places(header: Sequence[str], columns: Columns, path: str) -> tuple[Columns, int]:
    """Columns by place, and the number of columns."""
    repeated = [name for name, times in Counter(header).items() if times > 1 and name in columns]
    missing = [column for column in columns if isinstance(column, str) and column not in header]
    if columns.id in missing:  # the row's number serves as well
        missing.remove(columns.id)
        columns = columns._replace(id=None)
    if missing or repeated:
        problem = f"no column {missing[0]!r}" if missing else f"two columns {repeated[0]!r}"
        shown = ", ".join(name[:40] for name in header[:12])
        fix = f"the header is: {shown}; {_FETCH}"
        raise DataError(problem, where=f"{path}: line 1", fix=fix)
    at = [header.index(c) if isinstance(c, str) else c for c in columns]
    return Columns(*at), len(header)  # type: ignore[arg-type]


def _need_width(width: int, places: Columns, path: str) -> None:
    needed = max(int(place) for place in places if place is not None) + 1
    if width < needed:
        problem = f"{width} columns, where {needed} are needed"
        raise DataError(problem, where=f"{path}: line 1", fix=_FETCH)


def _score(cell: str, where: str) -> float:
    try:
        score = float(cell)
    except ValueError:
        score = math.nan
    if not LOWEST <= score <= HIGHEST:
        problem = f"{cell!r} is no score from {LOWEST:g} to {HIGHEST:g}"
        raise DataError(problem, where=where, fix=_FETCH)
    return score
