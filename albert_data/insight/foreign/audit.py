"""The audit of one path: its form, one pass over its records, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from albert_data.base.errors import ConfigError, DataError
from albert_data.insight.difficulty.measure import difficulty_of
from albert_data.insight.foreign.batch import FIX, Batch
from albert_data.insight.foreign.counts import Counts
from albert_data.insight.foreign.evaluation_text import EvaluationFound, EvaluationSearch
from albert_data.insight.foreign.findings import Finding, findings
from albert_data.insight.foreign.forms import open_foreign
from albert_data.insight.foreign.pieces import NONE, Pieces, pieces_of, pieces_seen
from albert_data.insight.foreign.related import Related, relatedness
from albert_data.schema import Difficulty
from albert_data.storage import file_names


@dataclass(frozen=True)
class Audit:
    """What was found.

    Attributes:
        path, form: what was looked at.
        files: how many.
        left_out: names of what lies beside them and was not read.
        records, tokens: how many.
        special_ids: name → id, and who says so (`special_ids_by`).
        findings: in the order of the table.
        difficulty: what is reached without a model.
        evaluation: texts of evaluation files in the records; None where none were named.
        not_measured: what could not be, and why.
    """

    path: str
    form: str
    files: int
    left_out: tuple[str, ...]
    records: int
    tokens: int
    special_ids: dict[str, int]
    special_ids_by: str
    findings: list[Finding]
    difficulty: Difficulty
    evaluation: EvaluationFound | None
    not_measured: list[str]


def audit(
    path: Path,
    vocabulary: Path | None = None,
    progress: Callable[[str], None] = lambda file: None,
    evaluation: Sequence[str] = (),
) -> Audit:
    """Looks at all records of a file or folder.

    Args:
        vocabulary: `.model` or `vocab.txt`; a `vocab.model` beside the records is taken by itself.
        progress: is called with each file's name before it is read.
        evaluation: paths of evaluation files to look for, as `contamination` takes them.

    Raises:
        ConfigError: there are no records, or the vocabulary is not theirs.
        DataError: naming the file and the record that is damaged.
    """
    foreign = open_foreign(path)
    beside = (path if path.is_dir() else path.parent) / file_names.VOCABULARY
    if vocabulary is None and beside.is_file():
        vocabulary = beside
    counts, pieces = Counts(), None
    search = EvaluationSearch(evaluation) if evaluation else None
    for file in foreign.files:
        progress(file.name)
        for batch in foreign.batches(file):
            if pieces is None:
                pieces = foreign.pieces() or _pieces(batch, vocabulary)
            counts.add(batch, pieces)
            if search is not None:
                now = foreign.pieces() or pieces
                if now.texts is None:
                    raise ConfigError(
                        "texts are looked for by the texts of pieces, which nothing says",
                        where="--evaluation",
                        fix="pass --vocab what the records were made with",
                    )
                search.add(batch, now)
    if pieces is None:
        raise DataError("there are no records in it", where=str(path), fix=FIX)
    sample = counts.sample
    related = relatedness(sample) if counts.labelled and counts.pairs else None
    difficulty = difficulty_of(sample)
    return Audit(
        path=str(path),
        form=foreign.form,
        files=len(foreign.files),
        left_out=foreign.left_out,
        records=counts.records,
        tokens=counts.tokens,
        special_ids=_named(pieces),
        special_ids_by=pieces.said_by,
        findings=findings(counts, related, difficulty.cosine),
        difficulty=difficulty,
        evaluation=search.found() if search is not None else None,
        not_measured=_not_measured(counts, pieces, related, search is not None),
    )


def _pieces(batch: Batch, vocabulary: Path | None) -> Pieces:
    """By the vocabulary, which must fit; by the first records where none is given."""
    seen = pieces_seen(batch)
    if vocabulary is None:
        return seen
    pieces = pieces_of(vocabulary)
    assert pieces.starts is not None  # a vocabulary says them
    largest = int(max(batch.ids.max(), batch.originals.max()))
    if seen.cls != pieces.cls or largest >= len(pieces.starts):
        problem = f"the records begin with {seen.cls}, its [CLS] is {pieces.cls}"
        if seen.cls == pieces.cls:
            problem = f"the records have id {largest}, it has {len(pieces.starts)} pieces"
        raise ConfigError(
            problem, where=str(vocabulary), fix="pass --vocab what the records were made with"
        )
    return pieces


def _named(pieces: Pieces) -> dict[str, int]:
    ids = {
        "[CLS]": pieces.cls,
        "[SEP]": pieces.sep,
        "[MASK]": pieces.mask,
        "padding": pieces.pad,
        "unknown": pieces.unk,
    }
    return {name: number for name, number in ids.items() if number != NONE}


def _not_measured(
    counts: Counts, pieces: Pieces, related: Related | None, searched: bool
) -> list[str]:
    reasons = []
    if not (counts.masked and counts.predicted):
        reasons.append("masks: the records have no predictions")
    elif not counts.words_known:
        reasons.append(
            "words: neither the records nor a vocabulary (--vocab) says where they begin"
        )
    if pieces.unk == NONE:
        reasons.append("<unk>: no vocabulary (--vocab) says which id it is")
    if not counts.labelled:
        reasons.append("labels: the records have none of a sentence task")
    elif related is None and counts.lengths[1].any():
        reasons.append("x2 of another document: too few pairs of either label")
    if not searched:
        reasons.append("texts of evaluation sets: none were named (--evaluation)")
    return reasons
