"""Parquet and Arrow files: LDDL's pairs of texts, and Hugging Face's lists with labels of -100.

LDDL: `A` and `B` are pieces with blanks between, masked already; `masked_lm_positions` is an array as
`numpy.save` writes it, in `[CLS] A [SEP] B [SEP]`; `masked_lm_labels` has the pieces. Where they are
absent, masks are drawn in training and only the pairs are looked at. Ids are given here, in the order
in which pieces appear.
Hugging Face: `input_ids` and `labels`, which is -100 where nothing is predicted; `attention_mask`,
`token_type_ids` and `next_sentence_label` or `sentence_order_label` may be absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of
from albert_data.corpus.sources.hugging_face import ArrowTable
from albert_data.corpus.sources.parquet import ParquetTable, TableFile
from albert_data.insight.foreign.batch import FIX, LONGEST, Batch, checked, dense, put_back
from albert_data.insight.foreign.pieces import Pieces, wordpiece_of

LDDL, HUGGING_FACE = "LDDL's Parquet", "Hugging Face data set"
_PAIR = ("A", "B", "is_random_next")
_PREDICTIONS = ("masked_lm_positions", "masked_lm_labels")
_LISTS = ("input_ids", "labels", "attention_mask", "token_type_ids")
_SENTENCE = ("next_sentence_label", "sentence_order_label", "next_sentence_labels")
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_CLS, _SEP = 2, 3
_NOT_PREDICTED = -100
_NUMPY = b"\x93NUMPY"


def table_form(path: Path) -> str:
    """Which form a file's columns are of.

    Raises:
        DataError: of none.
    """
    names = _open(path).schema.names
    if set(_PAIR) <= set(names):
        return LDDL
    if {"input_ids", "labels"} <= set(names):
        return HUGGING_FACE
    raise DataError(
        f"the columns are {', '.join(names)}: neither LDDL's (A, B, is_random_next) nor "
        "Hugging Face's (input_ids, labels)",
        where=path.name,
        fix="name pretraining examples; text is for `build`",
    )


def _open(path: Path) -> TableFile:
    return (ArrowTable if path.suffix == ".arrow" else ParquetTable)(str(path))


def _rows(path: Path, needed: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[Any]:
    """(number of the first row, record batch) for all rows of a file."""
    table = _open(path)
    names = table.schema.names
    if missing := [name for name in needed if name not in names]:
        raise DataError(f"the file has no column {missing[0]}", where=path.name, fix=FIX)
    columns = [*needed, *(name for name in optional if name in names)]
    first = 0
    for group in range(len(table.group_rows)):
        for rows in table.batches(group, columns):
            _no_nulls(rows, path.name, first)
            if rows.num_rows:
                yield first, rows
            first += rows.num_rows


def _no_nulls(rows: Any, where: str, first: int) -> None:
    for name in rows.schema.names:
        column = rows.column(name)
        if column.null_count:
            row = int(np.argmax(column.is_null().to_numpy(zero_copy_only=False)))
            raise DataError(f"row {first + row}: {name} is empty", where=where, fix=FIX)


def hugging_face(path: Path) -> Iterator[Batch]:
    """The rows of a file with lists of ids.

    Raises:
        DataError: naming the row whose lists do not fit, or hold what is no id or label.
    """
    for first, rows in _rows(path, _LISTS[:2], (*_LISTS[2:], *_SENTENCE)):
        yield _read_lists(rows, path.name, first)


def _read_lists(rows: Any, where: str, first: int) -> Batch:
    names = rows.schema.names
    lists, lengths = {}, None
    for name in _LISTS:
        if name not in names:
            continue
        values, own = _flat(rows.column(name), name, where, first)
        if lengths is None:
            lengths = own
        elif (own != lengths).any():
            row = int(np.argmax(own != lengths))
            raise DataError(
                f"row {first + row}: {name} holds {own[row]} values for {lengths[row]} tokens",
                where=where,
                fix=FIX,
            )
        lists[name] = values
    assert lengths is not None  # input_ids is one of them
    width = max(int(lengths.max(initial=0)), 1)
    if width > LONGEST:
        raise DataError(f"a record of {width} tokens", where=where, fix=FIX)
    mask = lists.get("attention_mask", np.ones(int(lengths.sum()), np.int64))
    inside = checked("attention_mask", dense(mask, lengths, 0, width), where, first, 2) != 0
    ids = checked("input_ids", dense(lists["input_ids"], lengths, 0, width), where, first)
    ids = np.where(np.arange(width) < lengths[:, None], ids, -1).astype(np.int32)
    labels = dense(lists["labels"], lengths, _NOT_PREDICTED, width)
    predicted = labels != _NOT_PREDICTED
    checked("labels", np.where(predicted, labels, 0), where, first)
    segments = None
    if "token_type_ids" in lists:
        types = dense(lists["token_type_ids"], lengths, 0, width)
        segments = checked("token_type_ids", types, where, first, 2) != 0
    sentence = next((rows.column(name) for name in _SENTENCE if name in names), None)
    return Batch(
        where,
        first,
        ids,
        inside,
        predicted,
        np.where(predicted, labels, ids).astype(np.int32),
        segments=segments,
        labels=None if sentence is None else _labels(sentence, where, first),
    )


class Lddl:
    """Two texts a row; keeps the ids that it gives to pieces."""

    def __init__(self) -> None:
        self._ids = {piece: i for i, piece in enumerate(_SPECIAL)}
        self._pieces = wordpiece_of(_SPECIAL, "the pieces' names")

    @property
    def pieces(self) -> Pieces:
        """Of all pieces met so far."""
        assert self._pieces.starts is not None  # WordPiece says them
        if len(self._pieces.starts) < len(self._ids):
            self._pieces = wordpiece_of(list(self._ids), self._pieces.said_by)
        return self._pieces

    def batches(self, path: Path) -> Iterator[Batch]:
        for first, rows in _rows(path, _PAIR, _PREDICTIONS):
            yield self._read(rows, path.name, first)

    def _read(self, rows: Any, where: str, first: int) -> Batch:
        (a, of_a), (b, of_b) = (self._split(rows, name, where, first) for name in ("A", "B"))
        lengths = of_a + of_b + 3
        width = int(lengths.max())
        if width > LONGEST:
            raise DataError(f"a record of {width} tokens", where=where, fix=FIX)
        place = np.arange(width)
        ids = np.full((len(lengths), width), -1, np.int32)
        second = (place > of_a[:, None] + 1) & (place < lengths[:, None])
        ids[:, 0] = _CLS
        ids[(place > 0) & (place <= of_a[:, None])] = a
        ids[place == of_a[:, None] + 1] = _SEP
        ids[second & (place < lengths[:, None] - 1)] = b
        ids[place == lengths[:, None] - 1] = _SEP
        predicted, originals, repeated = np.zeros(ids.shape, np.bool_), ids, 0
        masked = set(_PREDICTIONS) <= set(rows.schema.names)
        if masked:
            positions, counts = _saved(rows.column(_PREDICTIONS[0]), where, first)
            labels, of_labels = self._split(rows, _PREDICTIONS[1], where, first)
            if (counts != of_labels).any():
                row = int(np.argmax(counts != of_labels))
                raise DataError(
                    f"row {first + row}: {counts[row]} positions for {of_labels[row]} labels",
                    where=where,
                    fix=FIX,
                )
            most = int(counts.max(initial=0))
            used = np.arange(most) < counts[:, None]
            at = dense(positions, counts, 0, most)
            beyond = (at >= lengths[:, None]).any(axis=1)
            if beyond.any():
                row = int(np.argmax(beyond))
                raise DataError(
                    f"row {first + row}: position {at[row].max()} of {lengths[row]} tokens",
                    where=where,
                    fix=FIX,
                )
            predicted, originals, repeated = put_back(ids, at, dense(labels, counts, 0, most), used)
        sentence = _labels(rows.column("is_random_next"), where, first)
        return Batch(
            where,
            first,
            ids,
            place < lengths[:, None],
            predicted,
            originals,
            repeated,
            second,
            None if self.pieces.starts is None else self.pieces.starts[originals],
            sentence,
            masked=masked,
        )

    def _split(self, rows: Any, name: str, where: str, first: int) -> tuple[np.ndarray, np.ndarray]:
        """(ids one row after the other, number of each row's), of a column of pieces."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = rows.column(name)
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            problem = f"the column {name} holds {column.type}, not text"
            raise DataError(problem, where=where, fix=FIX)
        split = pc.split_pattern(column, " ")
        lengths = pc.list_value_length(split).to_numpy(zero_copy_only=False).astype(np.int64)
        empty = pc.equal(column, "").to_numpy(zero_copy_only=False)
        if empty.any():
            row = int(np.argmax(empty))
            raise DataError(f"row {first + row}: {name} has no pieces", where=where, fix=FIX)
        coded = split.flatten().dictionary_encode()
        known = self._ids
        new = [known.setdefault(piece, len(known)) for piece in coded.dictionary.to_pylist()]
        return np.array(new, np.int32)[coded.indices.to_numpy()], lengths


def _flat(column: Any, name: str, where: str, first: int) -> tuple[np.ndarray, np.ndarray]:
    """(values one row after the other, number of each row's), of a column of lists of integers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    if not (any(test(kind) for test in lists) and pa.types.is_integer(kind.value_type)):
        problem = f"the column {name} holds {kind}, not lists of ids"
        raise DataError(problem, where=where, fix=FIX)
    values = column.flatten()
    lengths = pc.list_value_length(column).to_numpy(zero_copy_only=False).astype(np.int64)
    if values.null_count:
        at = int(np.argmax(values.is_null().to_numpy(zero_copy_only=False)))
        row = int(np.searchsorted(offsets_of(lengths), at, side="right")) - 1
        raise DataError(f"row {first + row}: {name} has an empty value", where=where, fix=FIX)
    return values.to_numpy(zero_copy_only=False).astype(np.int64), lengths


def _labels(column: Any, where: str, first: int) -> np.ndarray:
    """Labels of the sentence task: integers or flags, alone or in lists of one."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        column, _ = column.flatten(), None
    if not (pa.types.is_integer(column.type) or pa.types.is_boolean(column.type)):
        problem = f"the sentence labels are {kind}, not 0 and 1"
        raise DataError(problem, where=where, fix=FIX)
    values = column.to_numpy(zero_copy_only=False).astype(np.int64)
    return np.asarray(checked("the sentence label", values, where, first, 2))


def _saved(column: Any, where: str, first: int) -> tuple[np.ndarray, np.ndarray]:
    """(positions one row after the other, number of each row's) of arrays that `numpy.save` wrote."""
    arrays = []
    for row, raw in enumerate(column.to_pylist()):
        data = raw if isinstance(raw, bytes) else b""
        begin = 10 + int.from_bytes(data[8:10], "little")
        if data[:6] != _NUMPY or b"'<u2'" not in data[:begin] or (len(data) - begin) % 2:
            raise DataError(
                f"row {first + row}: masked_lm_positions is no saved array of uint16",
                where=where,
                fix=FIX,
            )
        arrays.append(np.frombuffer(data, "<u2", offset=begin))
    lengths = np.array([len(array) for array in arrays], np.int64)
    return np.concatenate([np.zeros(0, "<u2"), *arrays]).astype(np.int64), lengths
