"""Data sets of the Hugging Face hub through `datasets`, and local copies of them:
`NAME[:CONFIG][@REVISION]`.

NAME is one of the hub's or a folder of this machine: one that `save_to_disk` wrote, or one of Parquet
files in the hub's layout. The configuration is the task's own unless one is named. Class labels go by
their *names*, for their numbers differ between copies (of MNLI, entailment is 0 there and 1 in GLUE's
archive).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import huggingface_hub

from albert_data.base import contact
from albert_data.base.errors import ConfigError, DataError, NetworkError
from albert_data.corpus.sources.hugging_face import Target, parse_target, pick

from ..examples import Answer, Examples, ParagraphQuestions, PassageQuestions, Sentences
from ..table import Task
from .race import make_choice
from .squad import make_question, text_of
from .tables import ids_of, parse_labels, refuse_repeated

HUB = "huggingface:"
_ANOTHER = "is it the data set of this task? See its page on the hub"


class Rows(NamedTuple):
    """A split: columns of equal length, and the class names of those that hold classes."""

    columns: Mapping[str, list[Any]]
    classes: Mapping[str, Sequence[str]]
    where: str

    def column(self, name: str) -> list[Any]:
        """Raises DataError where there is none."""
        if name not in self.columns:
            fix = f"its columns are {', '.join(self.columns)}; {_ANOTHER}"
            raise DataError(f"no column {name!r}", where=self.where, fix=fix)
        return self.columns[name]

    def texts(self, name: str) -> list[str]:
        """Raises DataError where one is no text."""
        for number, cell in enumerate(self.column(name)):
            if not isinstance(cell, str):
                text_of({name: cell}, name, f"{self.where}: row {number}")
        return self.columns[name]


def read_hub(target: str, task: Task, split: str, labelled: bool) -> Examples:
    """The examples of a split of a task.

    Args:
        target: without `huggingface:`.

    Raises:
        ConfigError: no such data set, configuration or split.
        DataError: another data set's columns, an unknown label, or no example; the hub cannot be read.
    """
    rows = _rows(parse_target(target), task, task.splits[split].hub)
    if not next(iter(rows.columns.values()), []):
        raise DataError("no examples", where=rows.where, fix=_ANOTHER)
    if task.reader == "tsv":
        return _sentences(rows, task, labelled)
    return (_paragraphs if task.reader == "squad" else _passages)(rows, task, labelled)


def _sentences(rows: Rows, task: Task, labelled: bool) -> Sentences:
    assert task.hub_columns is not None
    first, second, label, name = map(str, task.hub_columns)
    texts = rows.texts(first)
    pairs = rows.texts(second) if task.hub_columns.second is not None else []
    labels = None
    if labelled:
        places = [f"{rows.where}: row {number}" for number in range(len(texts))]
        labels = parse_labels(task, _label_names(rows, label, task), places)
    own = [str(cell) for cell in rows.columns[name]] if name in rows.columns else None
    return Sentences(ids_of(own, len(texts), labelled, rows.where), texts, pairs, labels)


def _label_names(rows: Rows, column: str, task: Task) -> list[str]:
    """Labels by the task's names."""
    cells = rows.column(column)
    if not task.labels:
        return [str(cell) for cell in cells]
    there = task.hub_labels or task.labels
    ours = dict(zip(there, task.labels, strict=True))
    names = rows.classes.get(column)
    if names is not None:  # −1: not labelled, which no task knows
        known = dict(enumerate(names))
        found = [known.get(cell, str(cell)) for cell in cells]
        return [ours.get(name, name) for name in found]
    if all(isinstance(cell, int) for cell in cells) and len(task.labels) > 2:
        raise DataError(
            f"the numbers of {column!r} have no names, so that none tells which class is which",
            where=rows.where,
            fix="keep the column's type ClassLabel, or write the names of the classes",
        )
    return [ours.get(str(cell), str(cell)) for cell in cells]


def _paragraphs(rows: Rows, task: Task, labelled: bool) -> ParagraphQuestions:
    numbers: dict[str, int] = {}
    questions = []
    contexts, names, texts = (rows.texts(name) for name in ("context", "id", "question"))
    given = rows.column("answers") if labelled else [None] * len(names)
    for context, name, text, entry in zip(contexts, names, texts, given, strict=True):
        number = numbers.setdefault(context, len(numbers))
        answers = _answers(entry, f"{rows.where}: question {name}") if labelled else []
        question = make_question(
            name, number, context, text, answers, None, task.head == "span", labelled, rows.where
        )
        questions.append(question)
    refuse_repeated(names, rows.where)
    return ParagraphQuestions(list(numbers), questions, labelled)


def _answers(entry: Any, where: str) -> list[Answer]:
    """The answers of a cell such as {"text": ["ferry"], "answer_start": [4]}."""
    try:
        pairs = list(zip(entry["text"], entry["answer_start"], strict=True))
    except (KeyError, TypeError, ValueError):
        pairs = [(None, None)]
    if not all(isinstance(text, str) and isinstance(begin, int) for text, begin in pairs):
        problem = "the answers are no lists text and answer_start of equal length"
        raise DataError(problem, where=where, fix=_ANOTHER)
    return [Answer(*pair) for pair in pairs]


def _passages(rows: Rows, task: Task, labelled: bool) -> PassageQuestions:
    numbers: dict[str, int] = {}
    questions = []
    articles, names = rows.texts("article"), rows.texts("example_id")
    columns = (rows.column(name) for name in ("question", "options", "answer"))
    for place, (text, options, answer) in enumerate(zip(*columns, strict=True)):
        name, where = names[place], f"{rows.where}: row {place}"
        group = next((group for group in ("middle", "high") if name.startswith(group)), "")
        if not group:
            problem = f"example_id {name!r} begins neither with middle nor with high"
            raise DataError(problem, where=where, fix=_ANOTHER)
        number = numbers.setdefault(articles[place], len(numbers))
        questions.append(
            make_choice(
                f"{name}/{place}", number, text, options, answer if labelled else None, group, where
            )
        )
    return PassageQuestions(list(numbers), questions)


def _rows(target: Target, task: Task, split: str) -> Rows:
    where = f"{HUB}{target.name}"
    config = target.config or task.hub[1]
    if not target.local:
        return _of_dataset(_load(target, config, split, where), f"{where}:{config}/{split}")
    for folder in (os.path.join(target.name, config), target.name):
        if os.path.isfile(os.path.join(folder, "dataset_dict.json")):
            return _of_saved(os.path.join(folder, split), f"{where}/{split}")
        if os.path.isfile(os.path.join(folder, split, "state.json")):
            return _of_saved(os.path.join(folder, split), f"{where}/{split}")
        if os.path.isfile(os.path.join(folder, "state.json")):
            return _of_saved(folder, where)
    return _of_parquet(target.name, config, split, where)


def _load(target: Target, config: str, split: str, where: str) -> Any:
    import datasets

    silence = _silence(target, where)
    if silence:  # a copy in the cache of the library may do
        datasets.config.HF_HUB_OFFLINE = huggingface_hub.constants.HF_HUB_OFFLINE = True
    try:
        return datasets.load_dataset(
            target.name, config, split=split, revision=target.revision or None
        )
    except ValueError as error:  # no such configuration or split
        if silence:
            raise silence from None
        raise ConfigError(_first_line(error), where=where, fix=_ANOTHER) from None
    except (
        Exception
    ) as error:  # of the HTTP library and the file system, which differ between versions
        if silence:
            raise silence from None
        raise DataError(
            f"the data set cannot be read ({_first_line(error)})",
            where=where,
            fix="check the name and the network, or download the data set once and name its folder",
        ) from None
    finally:
        if silence:
            datasets.config.HF_HUB_OFFLINE = huggingface_hub.constants.HF_HUB_OFFLINE = False


def _silence(target: Target, where: str) -> NetworkError | None:
    """Why the hub does not answer; None where it does, or is not to be asked."""
    if huggingface_hub.constants.HF_HUB_OFFLINE:
        return None
    host = huggingface_hub.constants.ENDPOINT.partition("://")[2].partition("/")[0]
    setting = "or download the data set once and name its folder; HF_ENDPOINT names another hub"
    ask = partial(huggingface_hub.HfApi().dataset_info, target.name, timeout=contact.patience())
    try:
        contact.answered(ask, host, where, setting)
    except NetworkError as error:
        return error
    except Exception:  # an answer, such as that there is no such data set
        return None
    return None


def _of_saved(folder: str, where: str) -> Rows:
    import datasets

    if not os.path.isdir(folder):
        raise ConfigError("no such split", where=where, fix="save all splits of the data set")
    try:
        with open(os.path.join(folder, "state.json"), encoding="utf-8") as stream:
            if not json.load(stream)["_data_files"]:  # nothing was saved, which it cannot load
                return Rows({}, {}, where)
        return _of_dataset(datasets.load_from_disk(folder), where)
    except Exception as error:  # pyarrow's and the operating system's
        problem = f"not as save_to_disk writes it ({_first_line(error)})"
        raise DataError(problem, where=folder, fix="save the data set again") from None


def _of_dataset(dataset: Any, where: str) -> Rows:
    classes = {key: kind.names for key, kind in dataset.features.items() if hasattr(kind, "names")}
    return Rows(dataset.to_dict(), classes, where)


def _of_parquet(folder: str, config: str, split: str, where: str) -> Rows:
    import datasets
    from pyarrow import ArrowException, parquet

    names = sorted(
        os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")
        for parent, _, files in os.walk(folder)
        for name in files
    )
    own = [name for name in names if name.startswith(f"{config}/")]
    chosen = pick(own or names, config if own else "", split, where)
    try:
        tables = [parquet.read_table(os.path.join(folder, name)) for name in chosen]
    except (ArrowException, OSError) as error:
        problem = f"not Parquet, or damaged ({_first_line(error)})"
        raise DataError(problem, where=where, fix="fetch it again") from None
    features = datasets.Features.from_arrow_schema(tables[0].schema)
    classes = {key: kind.names for key, kind in features.items() if hasattr(kind, "names")}
    columns: dict[str, list[Any]] = {name: [] for name in tables[0].column_names}
    for table in tables:
        for name, cells in table.to_pydict().items():
            columns[name] += cells
    return Rows(columns, classes, f"{where}/{split}")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0]
