"""One pass over the batches: all that is counted, and a sample for what needs two passes.

Held in memory: 16 bytes a record (two hashes), and the sample.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64, UInt64
from albert_data.insight.difficulty.pair_sample import PairSample, joined
from albert_data.insight.foreign.batch import LONGEST, Batch
from albert_data.insight.foreign.pieces import Pieces

LONGEST_RUN = 10  # runs of so many words and more are counted together
SAMPLE = 10_000  # records; between this and half as many are kept
_KEYS = np.random.default_rng(0).integers(1, 2**63, (2, LONGEST), np.uint64) * np.uint64(2)
_KEYS += np.uint64(1)  # odd: a factor of each place, of its text and of its input


@dataclass
class Counts:
    """Of all batches that were added.

    Attributes:
        lengths: int64 [label, tokens], records; label 0 where there are none.
        runs, piece_runs: int64 [LONGEST_RUN + 1], runs of predictions by words (by pieces where words are not
            known) and by pieces.
        faults: what is wrong with records → how many.
    """

    records: int = 0
    places: int = 0
    tokens: int = 0
    predicted: int = 0
    mask: int = 0
    kept: int = 0
    random: int = 0
    random_special: int = 0
    words_masked: int = 0  # of several pieces, with a prediction on one of these at least
    words_in_part: int = 0
    specials_predicted: int = 0
    mask_elsewhere: int = 0
    repeated: int = 0
    unknown: int = 0
    unknown_known: bool = False
    most: int = 0
    masked: bool = False
    labelled: bool = False
    pairs: bool = False
    words_known: bool = False
    lengths: Int64[np.ndarray, "2 L"] = field(default_factory=lambda: np.zeros((2, 1), np.int64))
    runs: Int64[np.ndarray, " K"] = field(
        default_factory=lambda: np.zeros(LONGEST_RUN + 1, np.int64)
    )
    piece_runs: Int64[np.ndarray, " K"] = field(
        default_factory=lambda: np.zeros(LONGEST_RUN + 1, np.int64)
    )
    faults: dict[str, int] = field(default_factory=dict)
    _sample: list[PairSample] = field(default_factory=list)
    _texts: list[UInt64[np.ndarray, " R"]] = field(default_factory=list)
    _inputs: list[UInt64[np.ndarray, " R"]] = field(default_factory=list)
    _stride: int = 1

    @property
    def sample(self) -> PairSample:
        """The sampled records, of which there is one at least."""
        return joined(self._sample)

    @property
    def same_inputs(self) -> int:
        """Records that are the input and the predictions of an earlier one."""
        return _repeats(self._inputs)

    @property
    def same_texts(self) -> int:
        """Records that hold the text of an earlier one, masked alike or not."""
        return _repeats(self._texts)

    def add(self, batch: Batch, pieces: Pieces) -> None:
        """Counts a batch."""
        special = np.isin(batch.originals, pieces.specials[:3]) & batch.inside
        tokens = batch.inside.sum(axis=1)
        self._add_sizes(batch, tokens)
        self._add_faults(batch, pieces, tokens)
        if batch.masked:
            self._add_masks(batch, pieces)
            self._add_words(batch, pieces, special)
        self.unknown += int(((batch.originals == pieces.unk) & batch.inside).sum())
        self.unknown_known = pieces.unk >= 0
        self._add_hashes(batch)
        self._add_sample(batch, pieces, special)
        self.records += len(batch)

    def _add_sizes(self, batch: Batch, tokens: Int64[np.ndarray, " R"]) -> None:
        self.places += int((batch.ids >= 0).sum())
        self.tokens += int(tokens.sum())
        self.most = max(self.most, batch.most or 0)
        self.masked |= batch.masked
        self.labelled |= batch.labels is not None
        width = max(self.lengths.shape[1], batch.ids.shape[1] + 1)
        labels = np.zeros(len(batch), np.int64) if batch.labels is None else batch.labels
        new = np.bincount(labels * width + tokens, minlength=2 * width).reshape(2, width)
        new[:, : self.lengths.shape[1]] += self.lengths
        self.lengths = new

    def _add_faults(self, batch: Batch, pieces: Pieces, tokens: Int64[np.ndarray, " R"]) -> None:
        inside, originals = batch.inside, batch.originals
        place = np.arange(inside.shape[1])
        ends = np.take_along_axis(originals, np.maximum(tokens - 1, 0)[:, None], axis=1)[:, 0]
        separators = (originals == pieces.sep) & inside
        count = separators.sum(axis=1)
        pair = count == 2
        self.pairs |= bool(pair.any())
        wrong = {
            "input_mask is not ones followed by zeros": inside != (place < tokens[:, None]),
            "padding is not the padding piece": ~inside
            & (batch.ids != pieces.pad)
            & (batch.ids >= 0),
            "the padding piece within the text": inside
            & ~batch.predicted
            & (batch.ids == pieces.pad),
            "not [CLS] x1 [SEP] x2 [SEP]": ~pair
            | (originals[:, 0] != pieces.cls)
            | (ends != pieces.sep),
        }
        if batch.segments is not None:
            second = (place > separators.argmax(axis=1)[:, None]) & inside
            wrong["segment ids do not follow the first [SEP]"] = (
                (batch.segments & inside) != second
            ).any(axis=1) & pair
        if batch.masked:
            wrong["nothing is predicted"] = ~batch.predicted.any(axis=1)
        for name, bad in wrong.items():
            rows = int(bad.any(axis=1).sum() if bad.ndim > 1 else bad.sum())
            self.faults[name] = self.faults.get(name, 0) + rows

    def _add_masks(self, batch: Batch, pieces: Pieces) -> None:
        ids, predicted, originals = batch.ids, batch.predicted, batch.originals
        put, label = ids[predicted], originals[predicted]
        mask = put == pieces.mask
        kept = (put == label) & ~mask
        random = ~mask & ~kept
        self.predicted += len(put)
        self.mask += int(mask.sum())
        self.kept += int(kept.sum())
        self.random += int(random.sum())
        self.random_special += int(np.isin(put[random], pieces.specials[:3]).sum())
        wrong = np.isin(label, pieces.specials) | ~batch.inside[predicted]
        self.specials_predicted += int(wrong.sum())
        self.mask_elsewhere += int(((ids == pieces.mask) & ~predicted & batch.inside).sum())
        self.repeated += batch.repeated

    def _add_words(self, batch: Batch, pieces: Pieces, special: Bool[np.ndarray, "R S"]) -> None:
        starts = batch.starts
        if starts is None and pieces.starts is not None:
            starts = _starts_by(pieces.starts, batch.originals)
        self.words_known = starts is not None
        begins = np.ones(batch.ids.shape, np.bool_) if starts is None else starts | special
        begins[:, 1:] |= special[:, :-1]
        begins |= ~batch.inside
        begins[:, 0] = True
        first = np.flatnonzero(begins.ravel())
        predicted = batch.predicted & ~special & batch.inside
        chosen = np.add.reduceat(predicted.ravel(), first, dtype=np.int64)
        size = np.diff(np.append(first, begins.size))
        several = (chosen > 0) & (size > 1)
        self.words_masked += int(several.sum())
        self.words_in_part += int((several & (chosen < size)).sum())
        edges = np.diff(np.pad(predicted, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        row, begin = np.nonzero(edges == 1)
        end = np.nonzero(edges == -1)[1] - 1
        word = np.cumsum(begins, axis=1)
        words = word[row, end] - word[row, begin] + 1
        for runs, length in ((self.runs, words), (self.piece_runs, end - begin + 1)):
            runs += np.bincount(np.minimum(length, LONGEST_RUN), minlength=LONGEST_RUN + 1)

    def _add_hashes(self, batch: Batch) -> None:
        width = batch.ids.shape[1]
        text, shown = _KEYS[:, :width]
        originals = np.where(batch.inside, batch.originals + 1, 0).astype(np.uint64)
        inputs = np.where(batch.inside, 2 * batch.ids.astype(np.int64) + batch.predicted + 1, 0)
        of_text = _mixed(originals @ text)
        self._texts.append(of_text)
        self._inputs.append(_mixed(inputs.astype(np.uint64) @ shown) ^ of_text)

    def _add_sample(self, batch: Batch, pieces: Pieces, special: Bool[np.ndarray, "R S"]) -> None:
        """Every n-th record, with n doubled whenever they become more than SAMPLE."""
        numbers = np.arange(self.records, self.records + len(batch))
        separators = (batch.originals == pieces.sep) & batch.inside
        first = separators.argmax(axis=1)
        pair = separators.sum(axis=1) >= 2
        starts = batch.starts
        if starts is None and pieces.starts is not None:
            starts = _starts_by(pieces.starts, batch.originals)
        for row in np.flatnonzero(numbers % self._stride == 0).tolist():
            ids, text = batch.originals[row], batch.inside[row] & ~special[row]
            middle = int(first[row]) if pair[row] else len(ids)
            x1, size = int(text[:middle].sum()), int(text.sum())
            predicted = ids[batch.predicted[row] & text]
            one = PairSample(
                ids[text],
                np.array([0, x1, size]),
                np.array([0 if batch.labels is None else batch.labels[row]], np.int64),
                None if starts is None else starts[row][text],
                None,
                predicted,
                np.array([0, len(predicted)]),
            )
            self._sample.append(one)
        if len(self._sample) > SAMPLE:
            self._sample = self._sample[::2]
            self._stride *= 2


def _starts_by(
    starts: Bool[np.ndarray, " V"], ids: Int32[np.ndarray, "R S"]
) -> Bool[np.ndarray, "R S"]:
    """Where words begin, by the vocabulary; ids beyond it are words."""
    known = np.append(starts, True)
    begins: Bool[np.ndarray, "R S"] = known[np.minimum(ids, len(known) - 1)]
    return begins


def _mixed(values: UInt64[np.ndarray, " R"]) -> UInt64[np.ndarray, " R"]:
    mixed: UInt64[np.ndarray, " R"] = values ^ (values >> np.uint64(31))
    return mixed


def _repeats(hashes: Iterable[UInt64[np.ndarray, " R"]]) -> int:
    every = np.concatenate([np.zeros(0, np.uint64), *hashes])
    return len(every) - len(np.unique(every))
