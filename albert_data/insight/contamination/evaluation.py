"""Evaluation files → texts by part: SQuAD, RACE, GLUE and plain text.

| kind | contexts | questions | answers | texts |
| --- | --- | --- | --- | --- |
| squad | paragraphs | questions | distinct answers of each question | |
| race | articles | questions | options | |
| glue | QNLI's sentences | QNLI's and QQP's questions | | the sentences of other tasks |
| text | | | | paragraphs; lines where no blank line parts them |

Contexts stand apart since some *are* a corpus: those of SQuAD and QNLI come from Wikipedia. A path is
`KIND:PATH` or a bare path whose kind is seen from its suffix and first line. A folder or glob is a set
a file; RACE's files, one article each, are a set a folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.characters import clean
from albert_data.corpus.file_formats import compressed, find_files, input_files, lines
from albert_data.corpus.file_formats.names import Names
from albert_data.corpus.file_sources import read_text
from albert_data.corpus.normalize import collapse
from albert_data.corpus.sources import jsonl
from albert_data.corpus.sources.squad import read_articles
from albert_data.storage.paths import location

MOST_BYTES = 256 * 2**20  # of a file of plain text
PARTS = ("contexts", "questions", "answers", "texts")
SUFFIXES = (*compressed.packed(".json", ".tsv", ".txt"), *jsonl.SOURCE.suffixes)

_RACE_ROW = SourceSettings(text_column="article")
_RACE_FORM = "JSON lines with the keys article, questions and options"
_SQUAD_FORM = "paragraphs of {context, qas: [{question, answers: [{text}]}]}"
_AGAIN = "fetch the file again, or say what it is: --against KIND:PATH (squad, race, glue, text)"

# Columns of GLUE's files that hold text, by the header's names.
_COLUMNS = {
    "question": "questions",
    "question1": "questions",
    "question2": "questions",
    "sentence": "texts",
    "sentence1": "texts",
    "sentence2": "texts",
    "#1 String": "texts",
    "#2 String": "texts",
}

Texts = Iterator[tuple[str, str, str]]  # part, text, and where in the file it stands


@dataclass
class EvaluationSet:
    """The texts of an evaluation file or, for RACE, folder.

    Attributes:
        name: as the user named it.
        kind: of its files.
        parts: texts of each of `PARTS` that it has, characters cleaned up and white space collapsed.
        places: of each text, in the same order: article and paragraph, a question's id, a line.
        tally: of rows that could not be used.
    """

    name: str
    kind: str
    parts: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)


def read_sets(specs: list[str]) -> list[EvaluationSet]:
    """The sets of all paths, in their order; a file named twice is read once.

    Raises:
        ConfigError: nothing is there, or it is of no known kind.
        DataError: broken content; names the file and the place.
    """
    sets: dict[tuple[str, str], EvaluationSet] = {}
    for path, kind in dict.fromkeys(found for spec in specs for found in _find(spec)):
        name = str(location(path).parent) if kind == "race" else path
        own = sets.setdefault((name, kind), EvaluationSet(name, kind))
        before = sum(map(len, own.parts.values()))
        for part, text, place in _READERS[kind](path, own.tally):
            if text := collapse(clean(text)):
                own.parts.setdefault(part, []).append(text)
                own.places.setdefault(part, []).append(
                    f"{location(path).name}: {place}" if kind == "race" else place
                )
        if before == sum(map(len, own.parts.values())):
            raise DataError("no text in this evaluation file", where=path, fix=_AGAIN)
    return list(sets.values())


def files_of(specs: list[str]) -> list[str]:
    """The files that `read_sets` reads; its errors of what is not there."""
    return [path for spec in specs for path, _ in _find(spec)]


def _find(spec: str) -> Iterator[tuple[str, str]]:
    """(path, kind) of all files of a `KIND:PATH` or path."""
    kind, colon, target = spec.partition(":")
    if not colon or kind not in _READERS:
        _refuse_kind(kind, target)
        kind, target = "", spec
    try:
        found = find_files.find(target, Names(kind or "--against", SUFFIXES))
    except ConfigError as error:
        error.where = f"--against {spec}"
        raise
    for path, _ in found:
        yield path, kind or _kind(path)


def _refuse_kind(kind: str, target: str) -> None:
    """An error where a word that is no kind stands before what is there (a store's gs:// is none)."""
    if re.fullmatch(r"[A-Za-z]+", kind) and target and not target.startswith("//"):
        raise ConfigError(
            f"no kind of evaluation file called '{kind}'",
            where=f"--against {kind}:{target}",
            fix=f"the kinds are: {', '.join(_READERS)}; without one it is seen from the file",
        )


def _kind(path: str) -> str:
    lower = path.lower()
    for packed in compressed.SUFFIXES:
        lower = lower.removesuffix(packed)
    if lower.endswith(".tsv"):
        return "glue"
    with input_files.open_binary(path) as stream:
        first = next((line.data for line in lines.read(stream) if not line.is_blank()), b"")
    if b'"article"' in first and b'"options"' in first:
        return "race"
    if lower.endswith(".json"):
        return "squad"
    if lower.endswith(".txt"):
        return "text"
    raise ConfigError(
        "not known what kind of evaluation file this is",
        where=path,
        fix="say it: --against KIND:PATH with one of squad, race, glue, text",
    )


def _squad(path: str, tally: Tally) -> Texts:
    for number, article in enumerate(read_articles(path)):
        try:
            for place, paragraph in enumerate(article["paragraphs"]):
                where = f"{article.get('title', f'article {number}')}, paragraph {place}"
                yield "contexts", _text(paragraph["context"]), where
                for question in paragraph["qas"]:
                    asked = f"{where}, question {question.get('id', '')}".rstrip()
                    yield "questions", _text(question["question"]), asked
                    answers = dict.fromkeys(_text(a["text"]) for a in question["answers"])
                    yield from (("answers", answer, asked) for answer in answers)
        except (KeyError, TypeError) as error:
            problem = f"not SQuAD's form, {_SQUAD_FORM}: {_reason(error)}"
            raise DataError(problem, where=f"{path}: article {number}", fix=_AGAIN) from None


def _race(path: str, tally: Tally) -> Texts:
    article = None
    for number, line in enumerate(_lines(path), 1):
        record, flaw, offset = jsonl.parse(line, _RACE_ROW)
        try:
            if flaw:
                raise ValueError(flaw[1])
            # On the hub every question is a row of its own, and its article is repeated.
            if record["article"] != article:
                article = record["article"]
                yield "contexts", _text(article), f"line {number}"
            questions: Any = record.get("questions", record.get("question"))
            several = isinstance(questions, list)
            for question in questions if several else [questions]:
                yield "questions", _text(question), f"line {number}"
            options = record["options"]
            for own in options if several else [options]:
                yield from (("answers", _text(option), f"line {number}") for option in own)
        except (KeyError, TypeError, ValueError) as error:
            problem = f"not RACE's form, {_RACE_FORM}: {_reason(error)}"
            raise DataError(problem, where=lines.place(path, offset), fix=_AGAIN) from None


def _glue(path: str, tally: Tally) -> Texts:
    rows = (_decode(path, line).split("\t") for line in _lines(path))
    first = next(rows, [])
    columns = {number: _COLUMNS[name] for number, name in enumerate(first) if name in _COLUMNS}
    if "questions" in columns.values():  # QNLI's sentences are where the answer may stand
        columns = {n: "contexts" if part == "texts" else part for n, part in columns.items()}
    if not columns and len(first) == 4 and first[1] in ("0", "1"):  # CoLA's has no header
        columns = {3: "texts"}
        yield "texts", first[3], "row 1"
    if not columns:
        fix = "GLUE files begin with their columns' names (CoLA's with a row); plain: text:PATH"
        raise DataError("no column of this file is known to hold text", where=path, fix=fix)
    for number, row in enumerate(rows, 2):
        if len(row) <= max(columns):
            tally.drop("row", "too few columns", f"{path}: row {number}")
            continue
        yield from ((part, row[column], f"row {number}") for column, part in columns.items())


def _plain(path: str, tally: Tally) -> Texts:
    text = read_text(path, MOST_BYTES).replace("\r\n", "\n")
    paragraphs = text.split("\n\n")
    apart = sum(1 for paragraph in paragraphs if paragraph.strip()) > 1
    unit, texts = ("paragraph", paragraphs) if apart else ("line", text.split("\n"))
    yield from (("texts", one, f"{unit} {number}") for number, one in enumerate(texts, 1))


_READERS: dict[str, Callable[[str, Tally], Texts]] = {
    "squad": _squad,
    "race": _race,
    "glue": _glue,
    "text": _plain,
}


def _reason(error: Exception) -> str:
    return f"no key {error}" if isinstance(error, KeyError) else str(error)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{json.dumps(value)[:40]} is not a text")
    return value


def _lines(path: str) -> Iterator[lines.Line]:
    with input_files.open_binary(path) as stream:
        for line in lines.read(stream, limit=2 * _RACE_ROW.max_document_bytes):
            if not line.is_blank():
                yield line


def _decode(path: str, line: lines.Line) -> str:
    try:
        return line.text()
    except lines.Undecodable as error:
        flaw, place = lines.undecodable(error), lines.place(path, error.offset)
        raise DataError(flaw.problem, where=place, fix=flaw.fix) from None
