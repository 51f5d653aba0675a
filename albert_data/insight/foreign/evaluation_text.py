"""Evaluation texts in others' records: n-grams of words that stand in both, as `contamination` finds them.

Words are compared by their characters, in lower case and without marks, whatever pieces they are cut
into; a text of evaluation files is so compared with x1 and x2 of every record before masking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.insight.contamination.evaluation import PARTS, read_sets
from albert_data.insight.contamination.ngrams import SHORTEST, Needles, ngrams_of
from albert_data.insight.contamination.search import Group, result_of
from albert_data.insight.contamination.words import WordTable, table_of_texts, words_of_texts
from albert_data.insight.foreign.batch import Batch
from albert_data.insight.foreign.pieces import Pieces
from albert_data.schema import ContaminationSet

NGRAM = 13  # words, as `contamination` has it


@dataclass(frozen=True)
class EvaluationFound:
    """What was found: by part of each evaluation set, and in how many records."""

    ngram: int
    sets: list[ContaminationSet]
    overlapping_records: int


class EvaluationSearch:
    """Looks for the texts of some evaluation files in batch after batch."""

    def __init__(self, specs: Sequence[str]) -> None:
        """
        Raises:
            ConfigError, DataError: of the files, or no text is long enough to be looked for.
        """
        self._groups = []
        for own in read_sets(list(specs)):
            for part in (part for part in PARTS if part in own.parts):
                words, ends = words_of_texts(_plain(own.parts[part]))
                ngrams = ngrams_of(words, ends, NGRAM)
                self._groups.append(Group(own, part, own.parts[part], ngrams))
        labels = [PARTS.index(group.part) for group in self._groups]
        ngrams_of_all = [group.ngrams for group in self._groups]
        self._needles = Needles(ngrams_of_all, labels, len(PARTS))
        if not len(self._needles.hashes):
            problem = f"no text has the {SHORTEST} words that can be looked for"
            raise DataError(problem, where="--evaluation", fix="name files with longer texts")
        self._records = 0
        self._table: WordTable | None = None
        self._known = 0

    def add(self, batch: Batch, pieces: Pieces) -> None:
        """Looks at a batch; `pieces` must have texts."""
        assert pieces.texts is not None
        if self._table is None or len(pieces.texts) > self._known:  # LDDL's grow
            self._table, self._known = table_of_texts(_plain(pieces.texts)), len(pieces.texts)
        special = np.isin(batch.originals, pieces.specials)
        text = batch.inside & ~special & (batch.originals < self._known)
        second = np.cumsum((batch.originals == pieces.sep) & batch.inside, axis=1) > 0
        sizes = [(text & ~second).sum(axis=1), (text & second).sum(axis=1)]
        bounds = offsets_of(np.stack(sizes, axis=1).ravel())
        words, ends = self._table.words(batch.originals[text], bounds)
        hits = self._needles.search(words, ends)[:, 0].reshape(-1, 2)
        self._records += int((hits.sum(axis=1) > 0).sum())

    def found(self) -> EvaluationFound:
        """In all batches so far."""
        sets = [result_of(group, self._needles) for group in self._groups]
        return EvaluationFound(NGRAM, sets, self._records)


def _plain(texts: Sequence[str]) -> list[str]:
    return list(NORMALIZERS["albert"](list(texts)))
